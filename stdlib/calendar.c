/* SPDX-License-Identifier: MIT */
/*
 * calendar: see calendar.h. A year is taken to begin on the first of March: then the leap day is the last day of a year, and the months before it
 * have lengths that one formula gives. 400 years, an era, are 146,097 days, of which era 0 begins on 0000-03-01.
 */
#include "stdlib/calendar.h"

enum { ERA_YEARS = 400, ERA_DAYS = 146097, ERA_ZERO = 719468 }; /* days from the start of era 0 to the epoch */

const char *const calendar_months[12] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
const char *const calendar_weekdays[7] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/* Rounded down; the divisor is positive. */
static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

/* What is left over by floor_div: 0 to by - 1. */
static int64_t floor_rest(int64_t value, int64_t by)
{
    int64_t rest = value % by;
    return rest < 0 ? rest + by : rest;
}

bool calendar_is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int calendar_month_days(int64_t year, int month)
{
    static const signed char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && calendar_is_leap(year));
}

/* Days from the first of March to the first of a month; 0 is March. */
static int days_before_month(int march_month)
{
    return (153 * march_month + 2) / 5;
}

int64_t calendar_days(int64_t year, int month, int64_t day)
{
    int march_month = (month + 9) % 12;
    int64_t march_year = year - (month <= 2);
    int64_t era = floor_div(march_year, ERA_YEARS), year_of_era = march_year - era * ERA_YEARS;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + days_before_month(march_month);
    return era * ERA_DAYS + day_of_era - ERA_ZERO + day - 1;
}

static void split_days(struct calendar *out, int64_t days)
{
    int64_t era = floor_div(days + ERA_ZERO, ERA_DAYS);
    int day = (int)(days + ERA_ZERO - era * ERA_DAYS);
    /* leap days that have been before it, so that years have 365 days */
    int year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= year * 365 + year / 4 - year / 100;
    int march_month = (5 * day + 2) / 153;
    out->month = march_month < 10 ? march_month + 3 : march_month - 9;
    out->day = day - days_before_month(march_month) + 1;
    out->year = era * ERA_YEARS + year + (out->month <= 2);
    out->year_day = (int)(days - calendar_days(out->year, 1, 1)) + 1;
    out->weekday = (int)floor_rest(days + 4, 7); /* the epoch was a Thursday */
}

void calendar_split(struct calendar *out, int64_t seconds, int32_t offset)
{
    int64_t rest = floor_rest(seconds, CALENDAR_DAY_S) + offset;
    int clock = (int)floor_rest(rest, CALENDAR_DAY_S);
    split_days(out, floor_div(seconds, CALENDAR_DAY_S) + floor_div(rest, CALENDAR_DAY_S));
    out->hour = clock / 3600;
    out->minute = clock / 60 % 60;
    out->second = clock % 60;
    out->offset = offset;
}

bool calendar_join(const struct calendar_fields *fields, int64_t *seconds, int32_t *nanosecond)
{
    static const int64_t year_max = 300000000000; /* more than there are, and calendar_days is safe */
    __int128 months = (__int128)fields->year * 12 + fields->month - 1;
    __int128 year = months / 12 - (months % 12 < 0);
    if (year > year_max || year < -year_max)
        return false;
    int month = (int)(months - year * 12) + 1;
    __int128 days = (__int128)calendar_days((int64_t)year, month, 1) + fields->day - 1;
    __int128 sum = days * CALENDAR_DAY_S + (__int128)fields->hour * 3600 + (__int128)fields->minute * 60 +
                   fields->second + floor_div(fields->nanosecond, CALENDAR_NS_PER_S);
    if (sum > INT64_MAX || sum < INT64_MIN)
        return false;
    *seconds = (int64_t)sum;
    *nanosecond = (int32_t)floor_rest(fields->nanosecond, CALENDAR_NS_PER_S);
    return true;
}

/* Does a year end, or begin, on a Thursday? Those have 53 weeks. */
static int weeks_of(int64_t year)
{
    struct calendar last;
    split_days(&last, calendar_days(year, 12, 31));
    bool begins = (last.weekday + 7 - (calendar_is_leap(year) ? 1 : 0)) % 7 == 4;
    return last.weekday == 4 || begins ? 53 : 52;
}

int calendar_iso_week(const struct calendar *date)
{
    int weekday = date->weekday ? date->weekday : 7; /* from Monday */
    int week = (date->year_day - weekday + 10) / 7;
    if (week < 1)
        return weeks_of(date->year - 1);
    return week == 53 && weeks_of(date->year) == 52 ? 1 : week;
}
