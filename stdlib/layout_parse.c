/* SPDX-License-Identifier: MIT */
/*
 * layout_parse: texts as moments: see layout.h. Every piece of the layout reads its part of the text; what only the whole can tell, such as
 * whether the month has that day, is looked at in the end.
 */
#include <string.h>
#include <strings.h>

#include "stdlib/layout.h"

enum { NOT_SET = -1, NAME_LEAST = 3, NAME_MOST = 5 };

/* What readers of pieces return; any other text names what is out of range. */
#define FITS NULL
static const char differs[] = "";

struct reader {
    const char *start, *at, *end; /* of the text */
    struct calendar_fields fields;
    int year_day;
    bool is_am, is_pm;
    const char *day_at, *year_day_at;
    struct layout_result *out;
};

/* ---- numbers ---- */

static bool has_digit(const struct reader *reader, size_t ahead)
{
    return (size_t)(reader->end - reader->at) > ahead && reader->at[ahead] >= '0' && reader->at[ahead] <= '9';
}

/* Exactly `digits` of them. */
static bool take_digits(struct reader *reader, int digits, int *out)
{
    int value = 0;
    for (int i = 0; i < digits; i++) {
        if (!has_digit(reader, 0))
            return false;
        value = value * 10 + (*reader->at++ - '0');
    }
    *out = value;
    return true;
}

/* Two digits, or, unless `two`, one. */
static const char *take_number(struct reader *reader, bool two, int least, int most, const char *what, int64_t *out)
{
    int value;
    if (!take_digits(reader, two || has_digit(reader, 1) ? 2 : 1, &value))
        return differs;
    *out = value;
    return value < least || value > most ? what : FITS;
}

static bool take_char(struct reader *reader, char c)
{
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

/* ---- names ---- */

/* The index of the name that the text begins with, in full or its first three letters; -1: none does. */
static int take_name(struct reader *reader, const char *const *names, int count, bool full)
{
    for (int i = 0; i < count; i++) {
        size_t length = full ? strlen(names[i]) : 3;
        if ((size_t)(reader->end - reader->at) >= length && strncasecmp(reader->at, names[i], length) == 0) {
            reader->at += length;
            return i;
        }
    }
    return -1;
}

static const char *read_month_name(struct reader *reader, bool full)
{
    int month = take_name(reader, calendar_months, 12, full);
    reader->fields.month = month + 1;
    return month < 0 ? differs : FITS;
}

/* Not compared with the date. */
static const char *read_weekday(struct reader *reader, bool full)
{
    return take_name(reader, calendar_weekdays, 7, full) < 0 ? differs : FITS;
}

static const char *read_half(struct reader *reader, const char *am, const char *pm)
{
    if (reader->end - reader->at < 2)
        return differs;
    reader->is_am = memcmp(reader->at, am, 2) == 0;
    reader->is_pm = memcmp(reader->at, pm, 2) == 0;
    reader->at += 2;
    return reader->is_am || reader->is_pm ? FITS : differs;
}

/* ---- literals ---- */

static const char *read_literal(struct reader *reader, const struct layout_piece *piece)
{
    const char *p = piece->text, *end = p + piece->length;
    while (p < end) {
        if (*p != ' ') {
            if (!take_char(reader, *p++))
                return differs;
            continue;
        }
        while (p < end && *p == ' ')
            p++;
        if (!take_char(reader, ' ') && reader->at < reader->end)
            return differs;
        while (take_char(reader, ' '))
            ;
    }
    return FITS;
}

/* ---- date and time of day ---- */

static const char *read_year(struct reader *reader, bool is_short)
{
    int year;
    if (!take_digits(reader, is_short ? 2 : 4, &year))
        return differs;
    if (is_short)
        year += year < 69 ? 2000 : 1900; /* as POSIX has it */
    reader->fields.year = year;
    return FITS;
}

static const char *read_day(struct reader *reader, enum layout_token token)
{
    if (token == LAYOUT_DAY_SPACE)
        take_char(reader, ' ');
    reader->day_at = reader->at;
    return take_number(reader, token == LAYOUT_DAY_2, 0, 99, NULL, &reader->fields.day);
}

static const char *read_year_day(struct reader *reader, enum layout_token token)
{
    int digits = 3;
    if (token == LAYOUT_YEAR_DAY_SPACE) {
        while (digits > 1 && take_char(reader, ' '))
            digits--;
        digits = has_digit(reader, 1) ? has_digit(reader, 2) ? 3 : 2 : 1;
    }
    reader->year_day_at = reader->at;
    return take_digits(reader, digits, &reader->year_day) ? FITS : differs;
}

static bool is_fraction_next(const struct reader *reader)
{
    return reader->at < reader->end && (*reader->at == '.' || *reader->at == ',') && has_digit(reader, 1);
}

/* Point and digits; those after the ninth are dropped. `digits` 0: as many as there are. */
static const char *read_fraction(struct reader *reader, size_t digits)
{
    int32_t nanosecond = 0, weight = CALENDAR_NS_PER_S / 10;
    if (!is_fraction_next(reader))
        return differs;
    reader->at++;
    for (size_t i = 0; digits ? i < digits : has_digit(reader, 0); i++, weight /= 10) {
        if (!has_digit(reader, 0))
            return differs;
        nanosecond += (*reader->at++ - '0') * weight;
    }
    reader->fields.nanosecond = nanosecond;
    return FITS;
}

static const char *read_second(struct reader *reader, bool two, const struct layout_walker *rest)
{
    struct layout_walker walker = *rest;
    struct layout_piece next;
    const char *problem = take_number(reader, two, 0, 59, "second out of range", &reader->fields.second);
    if (problem || !is_fraction_next(reader))
        return problem;
    layout_next(&walker, &next);
    if (next.token == LAYOUT_FRACTION || next.token == LAYOUT_FRACTION_TRIMMED)
        return FITS;
    return read_fraction(reader, 0);
}

/* ---- zones ---- */

/* `form` as in the layout: "-07:00". */
static const char *read_offset(struct reader *reader, const char *form, size_t length)
{
    int parts[3] = {0}, count = length < 5 ? 1 : length < 7 ? 2 : 3;
    bool colons = length > 3 && form[3] == ':';
    if (*form == 'Z' && take_char(reader, 'Z')) {
        reader->out->zone = LAYOUT_ZONE_UTC;
        return FITS;
    }
    bool west = take_char(reader, '-');
    if (!west && !take_char(reader, '+'))
        return differs;
    for (int i = 0; i < count; i++)
        if ((i && colons && !take_char(reader, ':')) || !take_digits(reader, 2, &parts[i]))
            return differs;
    int offset = parts[0] * 3600 + parts[1] * 60 + parts[2];
    if (parts[0] > 24 || parts[1] > 59 || parts[2] > 59)
        return "zone offset out of range";
    if (reader->out->zone != LAYOUT_ZONE_UTC)
        reader->out->zone = LAYOUT_ZONE_OFFSET;
    reader->out->offset = west ? -offset : offset;
    return FITS;
}

static bool begins(const struct reader *reader, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(reader->end - reader->at) >= length && memcmp(reader->at, text, length) == 0;
}

/* "GMT+3", "GMT-11": a name that is an offset. */
static const char *read_gmt(struct reader *reader)
{
    int64_t hours;
    reader->at += 3;
    bool west = *reader->at++ == '-';
    const char *problem = take_number(reader, false, 0, 24, "zone offset out of range", &hours);
    if (reader->out->zone == LAYOUT_ZONE_NONE) {
        reader->out->zone = LAYOUT_ZONE_OFFSET;
        reader->out->offset = (int32_t)(west ? -hours : hours) * 3600;
    }
    return problem;
}

static size_t count_capitals(const struct reader *reader)
{
    size_t count = 0;
    while (reader->at + count < reader->end && reader->at[count] >= 'A' && reader->at[count] <= 'Z')
        count++;
    return count;
}

/* CET, ChST, GMT+3; zones without a name write their offset there. */
static const char *read_zone(struct reader *reader)
{
    struct layout_result *out = reader->out;
    const char *start = reader->at;
    if (begins(reader, "+") || begins(reader, "-"))
        return read_offset(reader, "-0700", has_digit(reader, 3) && has_digit(reader, 4) ? 5 : 3);
    size_t length = begins(reader, "ChST") || begins(reader, "MeST") ? 4 : count_capitals(reader);
    if (length < NAME_LEAST || length > NAME_MOST)
        return differs;
    const char *problem = FITS;
    if (length == 3 && begins(reader, "GMT") && reader->end - start > 4 && (start[3] == '+' || start[3] == '-') &&
        has_digit(reader, 4))
        problem = read_gmt(reader);
    else
        reader->at += length;
    out->name = start;
    out->name_length = (size_t)(reader->at - start);
    if (out->name_length == 3 && memcmp(start, "UTC", 3) == 0)
        out->zone = LAYOUT_ZONE_UTC;
    else if (out->zone == LAYOUT_ZONE_NONE)
        out->zone = LAYOUT_ZONE_NAME;
    return problem;
}

/* ---- pieces ---- */

static const char *read_piece(struct reader *reader, const struct layout_piece *piece, const struct layout_walker *rest)
{
    struct calendar_fields *fields = &reader->fields;
    enum layout_token token = piece->token;
    switch (token) {
    case LAYOUT_END:
        return reader->at == reader->end ? FITS : differs;
    case LAYOUT_LITERAL:
        return read_literal(reader, piece);
    case LAYOUT_YEAR:
    case LAYOUT_YEAR_SHORT:
        return read_year(reader, token == LAYOUT_YEAR_SHORT);
    case LAYOUT_MONTH:
    case LAYOUT_MONTH_2:
        return take_number(reader, token == LAYOUT_MONTH_2, 1, 12, "month out of range", &fields->month);
    case LAYOUT_MONTH_NAME:
    case LAYOUT_MONTH_SHORT:
        return read_month_name(reader, token == LAYOUT_MONTH_NAME);
    case LAYOUT_DAY:
    case LAYOUT_DAY_2:
    case LAYOUT_DAY_SPACE:
        return read_day(reader, token);
    case LAYOUT_YEAR_DAY_3:
    case LAYOUT_YEAR_DAY_SPACE:
        return read_year_day(reader, token);
    case LAYOUT_WEEKDAY_NAME:
    case LAYOUT_WEEKDAY_SHORT:
        return read_weekday(reader, token == LAYOUT_WEEKDAY_NAME);
    case LAYOUT_HOUR_2:
        return take_number(reader, false, 0, 23, "hour out of range", &fields->hour);
    case LAYOUT_HOUR_12:
    case LAYOUT_HOUR_12_2:
        return take_number(reader, token == LAYOUT_HOUR_12_2, 0, 12, "hour out of range", &fields->hour);
    case LAYOUT_MINUTE:
    case LAYOUT_MINUTE_2:
        return take_number(reader, token == LAYOUT_MINUTE_2, 0, 59, "minute out of range", &fields->minute);
    case LAYOUT_SECOND:
    case LAYOUT_SECOND_2:
        return read_second(reader, token == LAYOUT_SECOND_2, rest);
    case LAYOUT_FRACTION:
        return read_fraction(reader, piece->length - 1);
    case LAYOUT_FRACTION_TRIMMED:
        return is_fraction_next(reader) ? read_fraction(reader, 0) : FITS;
    case LAYOUT_PM:
        return read_half(reader, "AM", "PM");
    case LAYOUT_PM_SMALL:
        return read_half(reader, "am", "pm");
    case LAYOUT_ZONE:
        return read_zone(reader);
    case LAYOUT_OFFSET:
        return read_offset(reader, piece->text, piece->length);
    }
    return differs;
}

/* ---- the whole ---- */

/* The day of the year, if there is one, as month and day. */
static const char *use_year_day(struct reader *reader)
{
    struct calendar_fields *fields = &reader->fields;
    struct calendar date;
    if (reader->year_day == NOT_SET)
        return FITS;
    if (reader->year_day < 1 || reader->year_day > (calendar_is_leap(fields->year) ? 366 : 365))
        return "day of year out of range";
    calendar_split(&date, (calendar_days(fields->year, 1, 1) + reader->year_day - 1) * CALENDAR_DAY_S, 0);
    if (fields->month != NOT_SET && fields->month != date.month)
        return "day of year is not in that month";
    if (fields->day != NOT_SET && fields->day != date.day)
        return "day of year is not that day of the month";
    fields->month = date.month;
    fields->day = date.day;
    return FITS;
}

static const char *check_day(struct reader *reader)
{
    struct calendar_fields *fields = &reader->fields;
    fields->month = fields->month == NOT_SET ? 1 : fields->month;
    fields->day = fields->day == NOT_SET ? 1 : fields->day;
    bool has_day = fields->day >= 1 && fields->day <= calendar_month_days(fields->year, (int)fields->month);
    return has_day ? FITS : "day out of range";
}

static bool finish(struct reader *reader, struct layout_problem *problem)
{
    struct calendar_fields *fields = &reader->fields;
    problem->at = (size_t)((reader->year_day_at ? reader->year_day_at : reader->end) - reader->start);
    problem->what = use_year_day(reader);
    if (!problem->what) {
        problem->at = (size_t)((reader->day_at ? reader->day_at : reader->end) - reader->start);
        problem->what = check_day(reader);
    }
    if (reader->is_pm && fields->hour < 12)
        fields->hour += 12;
    else if (reader->is_am && fields->hour == 12)
        fields->hour = 0;
    return !problem->what && calendar_join(fields, &reader->out->local, &reader->out->nanosecond);
}

bool layout_parse(const char *layout, size_t length, const char *text, size_t text_length, struct layout_result *out,
                  struct layout_problem *problem)
{
    struct layout_walker walker = {layout, layout + length};
    struct reader reader = {.start = text, .at = text, .end = text + text_length, .year_day = NOT_SET, .out = out};
    reader.fields.month = reader.fields.day = NOT_SET;
    *out = (struct layout_result){.zone = LAYOUT_ZONE_NONE};
    do {
        const char *start = reader.at;
        layout_next(&walker, &problem->piece);
        const char *what = read_piece(&reader, &problem->piece, &walker);
        if (what) {
            problem->what = what == differs ? NULL : what;
            problem->at = (size_t)(start - text);
            return false;
        }
    } while (problem->piece.token != LAYOUT_END);
    return finish(&reader, problem);
}
