/* SPDX-License-Identifier: MIT */
/* layout_format: moments as texts: see layout.h. */
#include <string.h>

#include "stdlib/layout.h"

struct out {
    char *data;
    size_t size, length; /* length may be over size: then the rest was not written */
};

static void add_char(struct out *out, char c)
{
    if (out->length < out->size)
        out->data[out->length] = c;
    out->length++;
}

static void add(struct out *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        add_char(out, text[i]);
}

/* At least `digits` of them, filled up with `fill`. */
static void add_number(struct out *out, uint64_t value, int digits, char fill)
{
    char text[24];
    int length = 0;
    do
        text[length++] = (char)('0' + value % 10);
    while (value /= 10);
    while (length < digits)
        text[length++] = fill;
    while (length)
        add_char(out, text[--length]);
}

static void add_year(struct out *out, int64_t year)
{
    if (year < 0)
        add_char(out, '-');
    add_number(out, year < 0 ? -(uint64_t)year : (uint64_t)year, 4, '0');
}

static void add_fraction(struct out *out, const struct layout_piece *piece, int32_t nanosecond)
{
    char digits[9];
    size_t length = piece->length - 1 < 9 ? piece->length - 1 : 9;
    for (int i = 8; i >= 0; i--, nanosecond /= 10)
        digits[i] = (char)('0' + nanosecond % 10);
    if (piece->token == LAYOUT_FRACTION_TRIMMED) {
        while (length && digits[length - 1] == '0')
            length--;
        if (!length)
            return;
    }
    add_char(out, piece->text[0]);
    add(out, digits, length);
}

/* `form`: as in the layout, "-07:00" or "Z070000". */
static void add_offset(struct out *out, const char *form, size_t length, int32_t offset)
{
    if (*form == 'Z' && offset == 0) {
        add_char(out, 'Z');
        return;
    }
    bool colons = length > 3 && form[3] == ':';
    unsigned size = (unsigned)(offset < 0 ? -offset : offset);
    unsigned parts = length < 5 ? 1 : length < 7 ? 2 : 3;
    unsigned shown = parts == 3 ? size : size / 60 * 60;
    add_char(out, offset < 0 && shown ? '-' : '+');
    add_number(out, size / 3600, 2, '0');
    if (parts > 1 && colons)
        add_char(out, ':');
    if (parts > 1)
        add_number(out, size / 60 % 60, 2, '0');
    if (parts > 2 && colons)
        add_char(out, ':');
    if (parts > 2)
        add_number(out, size % 60, 2, '0');
}

/* A zone without a name shows its offset: +05, or +0530 where there are minutes. */
static void add_zone(struct out *out, const struct calendar *moment)
{
    if (moment->zone_length)
        add(out, moment->zone, moment->zone_length);
    else
        add_offset(out, "-0700", moment->offset / 60 % 60 ? 5 : 3, moment->offset);
}

static void add_date(struct out *out, enum layout_token token, const struct calendar *m)
{
    const char *month = calendar_months[m->month - 1], *weekday = calendar_weekdays[m->weekday];
    switch (token) {
    case LAYOUT_YEAR:
        add_year(out, m->year);
        break;
    case LAYOUT_YEAR_SHORT:
        add_number(out, m->year < 0 ? 0 : (uint64_t)m->year % 100, 2, '0');
        break;
    case LAYOUT_MONTH:
    case LAYOUT_MONTH_2:
        add_number(out, (uint64_t)m->month, token == LAYOUT_MONTH ? 1 : 2, '0');
        break;
    case LAYOUT_MONTH_NAME:
    case LAYOUT_MONTH_SHORT:
        add(out, month, token == LAYOUT_MONTH_NAME ? strlen(month) : 3);
        break;
    case LAYOUT_DAY:
    case LAYOUT_DAY_2:
    case LAYOUT_DAY_SPACE:
        add_number(out, (uint64_t)m->day, token == LAYOUT_DAY ? 1 : 2, token == LAYOUT_DAY_2 ? '0' : ' ');
        break;
    case LAYOUT_YEAR_DAY_3:
    case LAYOUT_YEAR_DAY_SPACE:
        add_number(out, (uint64_t)m->year_day, 3, token == LAYOUT_YEAR_DAY_3 ? '0' : ' ');
        break;
    default:
        add(out, weekday, token == LAYOUT_WEEKDAY_NAME ? strlen(weekday) : 3);
    }
}

static void add_clock(struct out *out, enum layout_token token, const struct calendar *m)
{
    bool two =
        token == LAYOUT_HOUR_2 || token == LAYOUT_HOUR_12_2 || token == LAYOUT_MINUTE_2 || token == LAYOUT_SECOND_2;
    int value = m->second;
    if (token == LAYOUT_HOUR_2)
        value = m->hour;
    else if (token == LAYOUT_HOUR_12 || token == LAYOUT_HOUR_12_2)
        value = (m->hour + 11) % 12 + 1;
    else if (token == LAYOUT_MINUTE || token == LAYOUT_MINUTE_2)
        value = m->minute;
    add_number(out, (uint64_t)value, two ? 2 : 1, '0');
}

static void add_piece(struct out *out, const struct layout_piece *piece, const struct calendar *moment)
{
    switch (piece->token) {
    case LAYOUT_END:
        break;
    case LAYOUT_LITERAL:
        add(out, piece->text, piece->length);
        break;
    case LAYOUT_HOUR_2:
    case LAYOUT_HOUR_12:
    case LAYOUT_HOUR_12_2:
    case LAYOUT_MINUTE:
    case LAYOUT_MINUTE_2:
    case LAYOUT_SECOND:
    case LAYOUT_SECOND_2:
        add_clock(out, piece->token, moment);
        break;
    case LAYOUT_FRACTION:
    case LAYOUT_FRACTION_TRIMMED:
        add_fraction(out, piece, moment->nanosecond);
        break;
    case LAYOUT_PM:
        add(out, moment->hour < 12 ? "AM" : "PM", 2);
        break;
    case LAYOUT_PM_SMALL:
        add(out, moment->hour < 12 ? "am" : "pm", 2);
        break;
    case LAYOUT_ZONE:
        add_zone(out, moment);
        break;
    case LAYOUT_OFFSET:
        add_offset(out, piece->text, piece->length, moment->offset);
        break;
    default:
        add_date(out, piece->token, moment);
    }
}

size_t layout_format(char *out, size_t size, const char *layout, size_t length, const struct calendar *moment)
{
    struct layout_walker walker = {layout, layout + length};
    struct out text = {.data = out, .size = size};
    struct layout_piece piece;
    do {
        layout_next(&walker, &piece);
        add_piece(&text, &piece, moment);
    } while (piece.token != LAYOUT_END);
    return text.length;
}
