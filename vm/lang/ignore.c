/* SPDX-License-Identifier: MIT */
/* ignore: see the header. Lines are searched as text: a string that looks like such a comment counts as one. */
#include "vm/lang/ignore.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "vm/lang/source.h"

enum { FIRST_LINES = 10, CODE_LENGTH = 5 };

/* What is left of a line. */
struct rest {
    const char *at, *end;
};

static struct rest line_of(const struct source *source, uint32_t line)
{
    size_t length;
    const char *text = source_line(source, line, &length);
    return (struct rest){text, text + length};
}

static void skip_blanks(struct rest *rest)
{
    while (rest->at < rest->end && (*rest->at == ' ' || *rest->at == '\t' || *rest->at == ','))
        rest->at++;
}

/* Goes behind the word if it is next, with a blank or the end of the line behind it. */
static bool accept(struct rest *rest, const char *word)
{
    size_t length = strlen(word);
    skip_blanks(rest);
    if ((size_t)(rest->end - rest->at) < length || memcmp(rest->at, word, length) != 0)
        return false;
    const char *behind = rest->at + length;
    if (behind < rest->end && *behind != ' ' && *behind != '\t' && *behind != ',')
        return false;
    rest->at = behind;
    return true;
}

static bool is_code(const struct rest *rest)
{
    if (rest->end - rest->at < CODE_LENGTH || !isupper((unsigned char)*rest->at))
        return false;
    for (int i = 1; i < CODE_LENGTH; i++)
        if (!isdigit((unsigned char)rest->at[i]))
            return false;
    return true;
}

/* Is the code in the list, or the list empty? */
static bool lists(struct rest rest, const char *code)
{
    skip_blanks(&rest);
    if (!is_code(&rest))
        return true;
    for (; is_code(&rest); skip_blanks(&rest)) {
        if (accept(&rest, code))
            return true;
        rest.at += CODE_LENGTH;
    }
    return false;
}

/* Has the line a comment "lint: <word>" that covers the code? */
static bool has_comment(struct rest rest, const char *word, const char *code)
{
    for (; rest.end - rest.at > 2; rest.at++) {
        struct rest comment = {rest.at + 2, rest.end};
        if (!memcmp(rest.at, "--", 2) && accept(&comment, "lint:") && accept(&comment, word) && lists(comment, code))
            return true;
    }
    return false;
}

static bool is_comment(struct rest rest)
{
    skip_blanks(&rest);
    return rest.end - rest.at > 2 && !memcmp(rest.at, "--", 2);
}

bool ignore_covers(const struct source *source, uint32_t line, const char *code)
{
    if (code[0] == 'P')
        return false;
    if (has_comment(line_of(source, line), "ignore", code))
        return true;
    if (line > 1 && is_comment(line_of(source, line - 1)) && has_comment(line_of(source, line - 1), "ignore", code))
        return true;
    for (uint32_t i = 1; i <= FIRST_LINES && i <= source->line_count; i++)
        if (has_comment(line_of(source, i), "ignore-file", code))
            return true;
    return false;
}
