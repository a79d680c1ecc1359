/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Days and dates: day by day through centuries, and the ends of what there is.
 */
#include <stdint.h>
#include <string.h>

#include <criterion/criterion.h>

#include "stdlib/calendar.h"

static void shows(int64_t seconds, int64_t year, int month, int day, int weekday, int year_day)
{
    struct calendar date;
    calendar_split(&date, seconds, 0);
    cr_assert(date.year == year && date.month == month && date.day == day, "%lld: %lld-%d-%d", (long long)seconds,
              (long long)date.year, date.month, date.day);
    cr_assert_eq(date.weekday, weekday, "%lld", (long long)seconds);
    cr_assert_eq(date.year_day, year_day, "%lld", (long long)seconds);
}

Test(calendar, known_days)
{
    shows(0, 1970, 1, 1, 4, 1);
    shows(-1, 1969, 12, 31, 3, 365);
    shows(951782400, 2000, 2, 29, 2, 60);
    shows(CALENDAR_YEAR_ONE_S, 1, 1, 1, 1, 1);
    shows(CALENDAR_YEAR_ONE_S - 1, 0, 12, 31, 0, 366);
    shows(253402300799, 9999, 12, 31, 5, 365);
    shows(INT64_MAX, 292277026596, 12, 4, 0, 339);
    shows(INT64_MIN, -292277022657, 1, 27, 0, 27);
}

/* Counts days as a child would. */
Test(calendar, every_day_of_a_thousand_years)
{
    int64_t year = 1601, days = calendar_days(1601, 1, 1);
    int month = 1, day = 1, year_day = 1, weekday = 1;
    cr_assert_eq(days, -134774);
    for (; year < 2601; days++) {
        shows(days * CALENDAR_DAY_S + 43200, year, month, day, weekday, year_day);
        cr_assert_eq(calendar_days(year, month, day), days);
        weekday = (weekday + 1) % 7;
        year_day++;
        if (++day > calendar_month_days(year, month)) {
            day = 1;
            month++;
        }
        if (month > 12) {
            month = year_day = 1;
            year++;
        }
    }
}

Test(calendar, time_of_day_and_offset)
{
    struct calendar date;
    calendar_split(&date, 0, -1);
    cr_assert(date.year == 1969 && date.hour == 23 && date.minute == 59 && date.second == 59 && date.offset == -1);
    calendar_split(&date, 86399, 1);
    cr_assert(date.day == 2 && date.hour == 0 && date.minute == 0 && date.second == 0);
    calendar_split(&date, INT64_MAX, INT32_MAX);
    cr_assert_eq(date.year, 292277026664);
    calendar_split(&date, INT64_MIN, INT32_MIN);
    cr_assert_eq(date.year, -292277022725);
}

static bool joins(struct calendar_fields fields, int64_t expected, int32_t expected_ns)
{
    int64_t seconds = 0;
    int32_t nanosecond = 0;
    return calendar_join(&fields, &seconds, &nanosecond) && seconds == expected && nanosecond == expected_ns;
}

Test(calendar, carries_over)
{
    cr_assert(joins((struct calendar_fields){1970, 1, 1, 0, 0, 0, 0}, 0, 0));
    cr_assert(joins((struct calendar_fields){1969, 13, 1, 0, 0, 0, 0}, 0, 0));
    cr_assert(joins((struct calendar_fields){1971, -11, 1, 0, 0, 0, 0}, 0, 0));
    cr_assert(joins((struct calendar_fields){1970, 1, 0, 24, -1, 60, 0}, 0, 0));
    cr_assert(joins((struct calendar_fields){1970, 1, 1, 0, 0, 0, -1}, -1, 999999999));
    cr_assert(joins((struct calendar_fields){1970, 1, 1, 0, 0, 0, INT64_MIN}, -9223372037, 145224192));
    cr_assert(joins((struct calendar_fields){1970, 1, 1, 0, 0, INT64_MAX, 0}, INT64_MAX, 0));
    cr_assert(joins((struct calendar_fields){1970, 1, 1, 0, 0, INT64_MIN, 999999999}, INT64_MIN, 999999999));
    cr_assert(joins((struct calendar_fields){0, INT64_C(1970) * 12 + 1, 1, 0, 0, 0, 0}, 0, 0));
}

static bool fails(struct calendar_fields fields)
{
    int64_t seconds;
    int32_t nanosecond;
    return !calendar_join(&fields, &seconds, &nanosecond);
}

Test(calendar, refuses_what_is_not_in_64_bits)
{
    cr_assert(fails((struct calendar_fields){1970, 1, 1, 0, 0, INT64_MAX, 1000000000}));
    cr_assert(fails((struct calendar_fields){1970, 1, 1, 0, 0, INT64_MIN, -1}));
    cr_assert(
        fails((struct calendar_fields){INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX}));
    cr_assert(
        fails((struct calendar_fields){INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN}));
    cr_assert(fails((struct calendar_fields){1970, INT64_MIN, 1, 0, 0, 0, 0}));
    cr_assert(fails((struct calendar_fields){1970, 1, INT64_MAX, 0, 0, 0, 0}));
    cr_assert(fails((struct calendar_fields){1970, 1, 1, INT64_MIN, 0, 0, 0}));
    cr_assert(fails((struct calendar_fields){292277026597, 1, 1, 0, 0, 0, 0}));
}

static void week(int64_t year, int month, int day, int expected)
{
    struct calendar date;
    calendar_split(&date, calendar_days(year, month, day) * CALENDAR_DAY_S, 0);
    cr_assert_eq(calendar_iso_week(&date), expected, "%lld-%d-%d: %d", (long long)year, month, day,
                 calendar_iso_week(&date));
}

Test(calendar, iso_weeks)
{
    week(2005, 1, 1, 53); /* ISO 8601's own examples and their neighbours */
    week(2005, 1, 2, 53);
    week(2005, 1, 3, 1);
    week(2005, 12, 31, 52);
    week(2006, 1, 1, 52);
    week(2006, 1, 2, 1);
    week(2007, 1, 1, 1);
    week(2007, 12, 31, 1);
    week(2008, 12, 28, 52);
    week(2008, 12, 29, 1);
    week(2009, 12, 31, 53);
    week(2010, 1, 3, 53);
    week(2010, 1, 4, 1);
    week(2020, 12, 31, 53);
    week(2021, 1, 3, 53);
    week(2026, 12, 31, 53);
    week(0, 1, 1, 52);
    week(-400, 1, 1, 52);
}
