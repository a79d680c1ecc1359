/* SPDX-License-Identifier: MIT */
/*
 * layout: times as texts whose form is given by an example: how the reference moment, Monday, January 2 2006 15:04:05 in a zone MST seven hours
 * west of Greenwich, would be written (01/02 03:04:05PM '06 -0700). Both ways walk the layout piece by piece with layout_next. No Lua, any thread.
 *
 *   year         2006 06                      hour, minute, second   15 03 3, 04 4, 05 5
 *   month        01 1 Jan January             half of the day        PM pm
 *   day          02 2 _2                      fraction               .000 ,000 (as many digits), .999 ,999 (at most), of any length
 *   day of year  002 __2                      zone                   MST, -0700 -07:00 -07 -070000 -07:00:00, with Z for UTC: Z0700 …
 *   weekday      Mon Monday                   _ stands for a space
 */
#ifndef STDLIB_LAYOUT_H
#define STDLIB_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stdlib/calendar.h"

enum layout_token {
    LAYOUT_END,
    LAYOUT_LITERAL,
    LAYOUT_YEAR,
    LAYOUT_YEAR_SHORT,
    LAYOUT_MONTH,
    LAYOUT_MONTH_2, /* the _2 of these: with two digits */
    LAYOUT_MONTH_NAME,
    LAYOUT_MONTH_SHORT,
    LAYOUT_DAY,
    LAYOUT_DAY_2,
    LAYOUT_DAY_SPACE, /* or a space and a digit */
    LAYOUT_YEAR_DAY_3,
    LAYOUT_YEAR_DAY_SPACE,
    LAYOUT_WEEKDAY_NAME,
    LAYOUT_WEEKDAY_SHORT,
    LAYOUT_HOUR_2,
    LAYOUT_HOUR_12,
    LAYOUT_HOUR_12_2,
    LAYOUT_MINUTE,
    LAYOUT_MINUTE_2,
    LAYOUT_SECOND,
    LAYOUT_SECOND_2,
    LAYOUT_FRACTION,         /* all digits of it */
    LAYOUT_FRACTION_TRIMMED, /* without zeros at the end */
    LAYOUT_PM,
    LAYOUT_PM_SMALL,
    LAYOUT_ZONE,
    LAYOUT_OFFSET /* its form is its text */
};

struct layout_piece {
    enum layout_token token;
    const char *text; /* in the layout */
    size_t length;
};

struct layout_walker {
    const char *at, *end;
};

/* The next piece; LAYOUT_END for ever after the last. Literals are as long as can be. */
void layout_next(struct layout_walker *walker, struct layout_piece *piece);

/* ---- writing ---- */

/* Writes at most `size` bytes, no NUL. Returns how many the whole text has. */
size_t layout_format(char *out, size_t size, const char *layout, size_t length, const struct calendar *moment);

/* ---- reading ---- */

enum layout_zone { LAYOUT_ZONE_NONE, LAYOUT_ZONE_UTC, LAYOUT_ZONE_OFFSET, LAYOUT_ZONE_NAME };

struct layout_result {
    int64_t local; /* seconds since the epoch that a clock at UTC would have shown the text at */
    int32_t nanosecond;
    enum layout_zone zone; /* what the text says of its zone; with an offset there may be a name too */
    int32_t offset;        /* seconds east of UTC */
    const char *name;      /* in the text */
    size_t name_length;    /* 0: none */
};

/* Why a text cannot be read. */
struct layout_problem {
    const char *what;          /* a constant: "month out of range"; NULL: the text differs from `piece` */
    size_t at;                 /* where in the text */
    struct layout_piece piece; /* of the layout; LAYOUT_END: the text goes on after it */
};

/*
 * Reads the text. Names of months and weekdays in upper or lower case; a fraction behind the seconds even if the layout has none; one space or more
 * for one or more in the layout. What the layout does not have is that of 0000-01-01 00:00:00. False and *problem otherwise.
 */
bool layout_parse(const char *layout, size_t length, const char *text, size_t text_length, struct layout_result *out,
                  struct layout_problem *problem);

/* The problem as a sentence, cut to `size` with its NUL; bytes that cannot be shown are escaped. */
void layout_explain(char *out, size_t size, const char *layout, size_t length, const char *text, size_t text_length,
                    const struct layout_problem *problem);

#endif
