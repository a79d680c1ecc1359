/* SPDX-License-Identifier: MIT */
/*
 * placeholder: `${…}` inside texts of entries and of configuration files.
 *
 *   ${env:NAME}            an environment variable; NAME may be the id of its entry
 *   ${env:NAME|default}    the same with a text for when it is missing
 *   ${NAME|default}        the same; NAME is in upper case
 *   ${name}                a name without default: a variable of the configuration, plain text in entries
 *   $${                    the text ${
 *
 * A default in double quotes is a string, whatever it looks like; bare ones may be a boolean or a number. Anything else is text.
 */
#ifndef HOST_PLACEHOLDER_H
#define HOST_PLACEHOLDER_H

#include <stdbool.h>
#include <stddef.h>

struct value;

enum placeholder_kind { PLACEHOLDER_TEXT, PLACEHOLDER_ENV, PLACEHOLDER_NAME };

/* A piece of a text; everything points into it. */
struct placeholder {
    enum placeholder_kind kind;
    const char *text; /* the literal text, or the name */
    size_t length;
    bool has_default;
    bool is_quoted; /* the default; its quotes are not part of it */
    const char *standard;
    size_t standard_length;
};

/* The piece at *at, which is moved behind it. False: *at is `end`. Literal text may come in several pieces. */
bool placeholder_next(const char **at, const char *end, struct placeholder *piece);

/* Is the text exactly one placeholder of that kind? */
bool placeholder_is_whole(const char *text, size_t length, enum placeholder_kind kind, struct placeholder *piece);

/* The default as a value of its own type: boolean, integer, float or string. */
struct value *placeholder_default(const struct placeholder *piece);

#endif
