/* SPDX-License-Identifier: MIT */
/*
 * tz_rule: see tz_rule.h. The calendar repeats every 400 years, so a moment is looked at in the 400 years from 2000, where no number overflows.
 * The changes of five years, sorted, hold one before and one after it, whatever the rule: a time of day may move a change by a week.
 */
#include "stdlib/tz_rule.h"

#include <string.h>

#include "stdlib/calendar.h"

static const int64_t cycle_start = 946684800, cycle_seconds = 146097ll * CALENDAR_DAY_S; /* from 2000-01-01 */

enum { YEARS_AROUND = 2, CHANGES = 2 * (2 * YEARS_AROUND + 1), TIME_MAX_HOURS = 167, OFFSET_MAX_HOURS = 24 };

/* ---- reading ---- */

struct reader {
    const char *at, *end;
};

static bool take(struct reader *reader, char c)
{
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

static bool is_digit(const struct reader *reader)
{
    return reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9';
}

static bool read_number(struct reader *reader, int least, int most, int *out)
{
    int value = 0, digits = 0;
    for (; is_digit(reader) && digits < 4; digits++)
        value = value * 10 + (*reader->at++ - '0');
    *out = value;
    return digits && value >= least && value <= most;
}

/* Three letters or more, or anything of letters, digits and signs in angle brackets. */
static bool read_name(struct reader *reader, char name[static TZ_NAME_MAX])
{
    bool quoted = take(reader, '<');
    size_t length = 0;
    while (reader->at < reader->end) {
        char c = *reader->at;
        bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!is_letter && !(quoted && (is_digit(reader) || c == '+' || c == '-')))
            break;
        if (length == TZ_NAME_MAX - 1)
            return false;
        name[length++] = *reader->at++;
    }
    name[length] = '\0';
    return length >= 3 && (!quoted || take(reader, '>'));
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(struct reader *reader, int max_hours, int32_t *seconds)
{
    bool negative = take(reader, '-');
    int hours, minutes = 0, rest = 0;
    if (!negative)
        take(reader, '+');
    if (!read_number(reader, 0, max_hours, &hours))
        return false;
    if (take(reader, ':')) {
        if (!read_number(reader, 0, 59, &minutes))
            return false;
        if (take(reader, ':') && !read_number(reader, 0, 59, &rest))
            return false;
    }
    int32_t sum = hours * 3600 + minutes * 60 + rest;
    *seconds = negative ? -sum : sum;
    return true;
}

/* ,date[/time] */
static bool read_date(struct reader *reader, struct tz_rule_date *date)
{
    bool good;
    if (!take(reader, ','))
        return false;
    if (take(reader, 'M')) {
        date->form = TZ_MONTH;
        good = read_number(reader, 1, 12, &date->month) && take(reader, '.') &&
               read_number(reader, 1, 5, &date->week) && take(reader, '.') && read_number(reader, 0, 6, &date->day);
    } else if (take(reader, 'J')) {
        date->form = TZ_JULIAN;
        good = read_number(reader, 1, 365, &date->day);
    } else {
        date->form = TZ_DAY;
        good = read_number(reader, 0, 365, &date->day);
    }
    date->time = 2 * 3600;
    return good && (!take(reader, '/') || read_time(reader, TIME_MAX_HOURS, &date->time));
}

/* Standard time has been read. */
static bool read_dst(struct reader *reader, struct tz_rule *rule)
{
    static const struct tz_rule_date us_start = {.form = TZ_MONTH, .month = 3, .week = 2, .time = 7200},
                                     us_end = {.form = TZ_MONTH, .month = 11, .week = 1, .time = 7200};
    rule->has_dst = true;
    rule->dst_offset = rule->offset + 3600;
    if (!read_name(reader, rule->dst_name))
        return false;
    if (reader->at < reader->end && *reader->at != ',') {
        if (!read_time(reader, OFFSET_MAX_HOURS, &rule->dst_offset))
            return false;
        rule->dst_offset = -rule->dst_offset; /* the notation counts westwards */
    }
    if (reader->at == reader->end) { /* POSIX leaves the dates open; the C library takes those of the USA */
        rule->dst_start = us_start;
        rule->dst_end = us_end;
        return true;
    }
    return read_date(reader, &rule->dst_start) && read_date(reader, &rule->dst_end);
}

bool tz_rule_parse(struct tz_rule *rule, const char *text, size_t length)
{
    struct reader reader = {text, text + length};
    *rule = (struct tz_rule){0};
    if (!read_name(&reader, rule->name) || !read_time(&reader, OFFSET_MAX_HOURS, &rule->offset))
        return false;
    rule->offset = -rule->offset;
    if (reader.at < reader.end && !read_dst(&reader, rule))
        return false;
    return reader.at == reader.end;
}

/* ---- changes ---- */

struct change {
    int64_t seconds;
    bool is_start; /* of daylight saving time */
};

static int64_t day_of(const struct tz_rule_date *date, int64_t year)
{
    int64_t new_year = calendar_days(year, 1, 1);
    if (date->form == TZ_DAY)
        return new_year + date->day;
    if (date->form == TZ_JULIAN)
        return new_year + date->day - 1 + (calendar_is_leap(year) && date->day >= 60);
    int64_t first = calendar_days(year, date->month, 1);
    int weekday = (int)((first + 4) % 7); /* dates here are after 1970 */
    int day = (date->day - weekday + 7) % 7 + (date->week - 1) * 7;
    while (day >= calendar_month_days(year, date->month))
        day -= 7;
    return first + day;
}

/* Keeps the order of equal ones: where a change undoes another at the same moment, the later one holds. */
static void insert(struct change *changes, int count, struct change change)
{
    for (; count && changes[count - 1].seconds > change.seconds; count--)
        changes[count] = changes[count - 1];
    changes[count] = change;
}

static void list_changes(const struct tz_rule *rule, int64_t year, struct change changes[static CHANGES])
{
    int count = 0;
    for (int64_t y = year - YEARS_AROUND; y <= year + YEARS_AROUND; y++) {
        int64_t start = day_of(&rule->dst_start, y) * CALENDAR_DAY_S + rule->dst_start.time - rule->offset;
        int64_t end = day_of(&rule->dst_end, y) * CALENDAR_DAY_S + rule->dst_end.time - rule->dst_offset;
        insert(changes, count++, (struct change){start, true});
        insert(changes, count++, (struct change){end, false});
    }
}

static void set_period(const struct tz_rule *rule, bool is_dst, struct tz_period *out)
{
    out->name = is_dst ? rule->dst_name : rule->name;
    out->offset = is_dst ? rule->dst_offset : rule->offset;
    out->is_dst = is_dst;
}

static int64_t shift(int64_t seconds, int64_t cycles)
{
    __int128 sum = seconds + (__int128)cycles * cycle_seconds;
    return sum > INT64_MAX ? INT64_MAX : sum < INT64_MIN ? INT64_MIN : (int64_t)sum;
}

void tz_rule_at(const struct tz_rule *rule, int64_t seconds, struct tz_period *out)
{
    struct change changes[CHANGES];
    struct calendar date;
    if (!rule->has_dst) {
        set_period(rule, false, out);
        out->start = INT64_MIN;
        out->end = INT64_MAX;
        return;
    }
    int64_t cycles = seconds / cycle_seconds, local = seconds - cycles * cycle_seconds;
    while (local < cycle_start) {
        local += cycle_seconds;
        cycles--;
    }
    calendar_split(&date, local, 0);
    list_changes(rule, date.year, changes);
    int last = CHANGES - 1;
    while (changes[last].seconds > local)
        last--;
    set_period(rule, changes[last].is_start, out);
    out->start = shift(changes[last].seconds, cycles);
    out->end = shift(changes[last + 1].seconds, cycles);
}
