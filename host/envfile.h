/* SPDX-License-Identifier: MIT */
/*
 * envfile: the text of a .env file.
 *
 *   # comment
 *   NAME = value     # everything from the first # on is a comment, also inside quotes
 *
 * Split at the first '='; blanks around name and value do not count; quotes are part of the value; lines without '=' or name mean nothing; of
 * several lines of one name the last counts. Only this file's bytes are looked at: what is on disk, envstore knows.
 */
#ifndef HOST_ENVFILE_H
#define HOST_ENVFILE_H

#include <stdbool.h>
#include <stddef.h>

struct text;

/* One `NAME=value` line; all point into the text. */
struct envfile_line {
    const char *name, *value;
    size_t name_length, value_length;
    const char *end; /* behind the line and its line break */
};

/* The next line that sets something, from `at` on; false: none before `end`. Begin with *line zeroed and line->end at the start. */
bool envfile_next(struct envfile_line *line, const char *end);

/*
 * Appends the text with the value of `name` replaced, or a new line at its end; everything else, the comment behind the old value included,
 * stays. NULL, or why that name or value cannot be kept in such a file (nothing is appended then).
 */
const char *envfile_set(struct text *out, const char *text, size_t length, const char *name, const char *value,
                        size_t value_length);

#endif
