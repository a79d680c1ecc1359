/* SPDX-License-Identifier: MIT */
/*
 * tz_rule: the rule by which a zone changes between standard and daylight saving time every year, in POSIX' notation with the extensions of
 * RFC 8536: "CET-1CEST,M3.5.0,M10.5.0/3", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0". It stands at the end of a TZif file, and in $TZ.
 * No Lua; a rule does not change once it is read.
 */
#ifndef STDLIB_TZ_RULE_H
#define STDLIB_TZ_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A stretch of time in which a zone has one offset. */
struct tz_period {
    int64_t start, end; /* from start up to but not at end; INT64_MIN, INT64_MAX: without limit */
    const char *name;   /* "CET"; lives as long as the rule or zone */
    int32_t offset;     /* seconds east of UTC */
    bool is_dst;
};

enum { TZ_NAME_MAX = 16 }; /* with its NUL */

/* When a change happens in a year. */
struct tz_rule_date {
    enum { TZ_JULIAN, TZ_DAY, TZ_MONTH } form; /* Jn without leap days, n from 0 with leap days, Mm.w.d */
    int day;                                   /* of the week (0 Sunday) for TZ_MONTH */
    int month, week;                           /* week 5: the last */
    int32_t time; /* seconds after midnight by the clock that is changed; may be negative or over a day */
};

struct tz_rule {
    bool has_dst;
    int32_t offset, dst_offset; /* seconds east of UTC */
    struct tz_rule_date dst_start, dst_end;
    char name[TZ_NAME_MAX], dst_name[TZ_NAME_MAX];
};

/* Reads the whole text. False: it is no rule. */
bool tz_rule_parse(struct tz_rule *rule, const char *text, size_t length);

/* The period in which the moment lies. */
void tz_rule_at(const struct tz_rule *rule, int64_t seconds, struct tz_period *out);

#endif
