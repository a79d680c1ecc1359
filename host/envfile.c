/* SPDX-License-Identifier: MIT */
/* envfile: see the header. */
#include "host/envfile.h"

#include <string.h>

#include "host/text.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* Narrows [*from, *to) to what stands between its blanks. */
static void trim(const char **from, const char **to)
{
    while (*from < *to && is_blank(**from))
        ++*from;
    while (*to > *from && is_blank((*to)[-1]))
        --*to;
}

/* The first `c` in [from, to), or `to`. */
static const char *find(const char *from, const char *to, char c)
{
    const char *found = memchr(from, c, (size_t)(to - from));
    return found ? found : to;
}

/* Reads the line at [from, to), its line break excluded. False: it sets nothing. */
static bool read_line(struct envfile_line *line, const char *from, const char *to)
{
    const char *comment = find(from, to, '#');
    const char *equals = find(from, comment, '=');
    if (equals == comment)
        return false;
    const char *name = from, *name_end = equals, *value = equals + 1, *value_end = comment;
    trim(&name, &name_end);
    trim(&value, &value_end);
    line->name = name;
    line->name_length = (size_t)(name_end - name);
    line->value = value < value_end ? value : equals + 1;
    line->value_length = (size_t)(value_end - value);
    return line->name_length > 0;
}

/* Editors of some systems begin a file with this mark. */
static const char *skip_mark(const char *from, const char *end)
{
    return end - from >= 3 && !memcmp(from, "\xEF\xBB\xBF", 3) ? from + 3 : from;
}

bool envfile_next(struct envfile_line *line, const char *end)
{
    const char *at = line->name ? line->end : skip_mark(line->end, end);
    while (at < end) {
        const char *line_end = find(at, end, '\n');
        line->end = line_end < end ? line_end + 1 : end;
        if (read_line(line, at, line_end))
            return true;
        at = line->end;
    }
    return false;
}

static const char *check(const char *name, const char *value, size_t value_length)
{
    if (!*name || is_blank(name[0]) || is_blank(name[strlen(name) - 1]) || strpbrk(name, "=#\n"))
        return "the name must not be empty, begin or end with a blank, or hold '=', '#' or a line break";
    if (memchr(value, '\n', value_length) || memchr(value, '#', value_length) || memchr(value, '\0', value_length))
        return "the value holds a line break, a '#' or a zero byte, which a .env file cannot keep";
    if (value_length && (is_blank(value[0]) || is_blank(value[value_length - 1])))
        return "the value begins or ends with a blank, which a .env file does not keep";
    return NULL;
}

const char *envfile_set(struct text *out, const char *text, size_t length, const char *name, const char *value,
                        size_t value_length)
{
    const char *end = text + length, *problem = check(name, value, value_length);
    struct envfile_line line = {.end = text}, old = {0};
    if (problem)
        return problem;
    while (envfile_next(&line, end))
        if (line.name_length == strlen(name) && !memcmp(line.name, name, line.name_length))
            old = line;
    if (old.name) {
        text_add(out, text, (size_t)(old.value - text));
        text_add(out, value, value_length);
        text_add(out, old.value + old.value_length, (size_t)(end - (old.value + old.value_length)));
        return NULL;
    }
    text_add(out, text, length);
    if (length && text[length - 1] != '\n')
        text_add_char(out, '\n');
    text_printf(out, "%s=", name);
    text_add(out, value, value_length);
    text_add_char(out, '\n');
    return NULL;
}
