/* SPDX-License-Identifier: MIT */
/*
 * calendar: days and seconds since 1970-01-01T00:00:00Z as dates of the Gregorian calendar, which is continued into the past before its
 * invention; the year before 1 is 0. All of the 292,277,026,596 years either way that seconds in 64 bits reach. No Lua, no zones.
 */
#ifndef STDLIB_CALENDAR_H
#define STDLIB_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CALENDAR_DAY_S = 86400, CALENDAR_NS_PER_S = 1000000000 };

/* 0001-01-01T00:00:00Z: the zero of Time values, from which they are rounded. */
#define CALENDAR_YEAR_ONE_S (-62135596800ll)

extern const char *const calendar_months[12];  /* "January" … */
extern const char *const calendar_weekdays[7]; /* "Sunday" … */

/* A moment as it is shown in one place. */
struct calendar {
    int64_t year;
    int month, day; /* from 1 */
    int year_day;   /* from 1 */
    int weekday;    /* 0: Sunday */
    int hour, minute, second;
    int32_t nanosecond;
    int32_t offset; /* seconds east of UTC */
    bool is_dst;
    const char *zone; /* short name of the zone, borrowed; need not end in NUL; empty: none */
    size_t zone_length;
};

bool calendar_is_leap(int64_t year);
int calendar_month_days(int64_t year, int month);

/* Days since the epoch of a date; month 1 to 12, any day. For years of at most 15 digits. */
int64_t calendar_days(int64_t year, int month, int64_t day);

/* Sets date and time of day of the moment, `offset` east of UTC; leaves the zone alone. */
void calendar_split(struct calendar *out, int64_t seconds, int32_t offset);

/* Date and time of day in numbers that may be out of range: they are carried over. */
struct calendar_fields {
    int64_t year, month, day, hour, minute, second, nanosecond;
};

/* Seconds since the epoch, taken as UTC, and 0 to 999,999,999 nanoseconds. False: not in 64 bits. */
bool calendar_join(const struct calendar_fields *fields, int64_t *seconds, int32_t *nanosecond);

/* Week of the year as ISO 8601 counts them: 1 to 53. Early days of January may be in the last week of the year before, and the other way round. */
int calendar_iso_week(const struct calendar *date);

#endif
