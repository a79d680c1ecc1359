/* SPDX-License-Identifier: MIT */
/* links: host */
/*
 * f_envfile: any bytes as a .env file, and a value set in it: then it is there, every other name has what it had, and setting it again
 * to the same changes nothing. The input is "name, value, file", parted by zero bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/envfile.h"
#include "host/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_name(const struct envfile_line *line, const char *name, size_t length)
{
    return line->name_length == length && !memcmp(line->name, name, length);
}

/* The last line of that name; line->name NULL: none. */
static struct envfile_line find(const char *text, size_t size, const char *name, size_t length)
{
    struct envfile_line line = {.end = text}, found = {0};
    while (envfile_next(&line, text + size))
        if (is_name(&line, name, length))
            found = line;
    return found;
}

static bool is_same(const struct envfile_line *a, const char *value, size_t length)
{
    return a->name && a->value_length == length && (!length || !memcmp(a->value, value, length));
}

static void check_kept(const char *old, size_t old_size, const struct text *new, const char *name)
{
    struct envfile_line line = {.end = old};
    const char *last = old;
    while (envfile_next(&line, old + old_size)) {
        if (line.name < last || line.value + line.value_length > line.end || line.end > old + old_size)
            abort();
        last = line.end;
        struct envfile_line before = find(old, old_size, line.name, line.name_length);
        struct envfile_line after = find(new->data, new->length, line.name, line.name_length);
        if (!is_name(&line, name, strlen(name)) && !is_same(&after, before.value, before.value_length))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *name = (const char *)data, *end = name + size;
    const char *value = memchr(name, '\0', size);
    const char *file = value ? memchr(value + 1, '\0', (size_t)(end - value - 1)) : NULL;
    if (!file || size > 20000 || (unsigned char)*name >= 0x80) /* a name may not begin with the mark of a file */
        return 0;
    value++;
    size_t value_length = (size_t)(file++ - value), file_length = (size_t)(end - file);
    struct text new = {0}, again = {0};
    if (!envfile_set(&new, file, file_length, name, value, value_length)) {
        struct envfile_line line = find(new.data, new.length, name, strlen(name));
        if (!is_same(&line, value, value_length))
            abort();
        check_kept(file, file_length, &new, name);
        if (envfile_set(&again, new.data, new.length, name, value, value_length) || again.length != new.length ||
            memcmp(again.data, new.data, new.length) != 0)
            abort();
    } else if (new.length) {
        abort();
    }
    text_free(&new);
    text_free(&again);
    return 0;
}
