/* SPDX-License-Identifier: MIT */
/* units: see the header. Whole parts are computed in integers; only the digits behind a point go through a double. */
#include "host/units.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "host/value.h"

struct unit {
    const char *name;
    int64_t factor;
};

/* Reads "12", "12.5" or ".5". False: no number, or too big. */
static bool read_number(const char **text, int64_t *whole, double *fraction)
{
    const char *s = *text;
    bool digits = false;
    *whole = 0;
    *fraction = 0;
    for (; isdigit((unsigned char)*s); s++, digits = true)
        if (__builtin_mul_overflow(*whole, 10, whole) || __builtin_add_overflow(*whole, *s - '0', whole))
            return false;
    if (*s == '.') {
        double weight = 0.1;
        for (s++; isdigit((unsigned char)*s); s++, digits = true, weight /= 10)
            *fraction += weight * (*s - '0');
    }
    *text = s;
    return digits;
}

/* The longest unit that the text begins with. */
static const struct unit *read_unit(const char **text)
{
    static const struct unit units[] = {
        {"ns", 1},       {"us", 1000},      {"\xC2\xB5s", 1000}, {"\xCE\xBCs", 1000},
        {"ms", 1000000}, {"s", 1000000000}, {"m", 60000000000},  {"h", 3600000000000},
    };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t length = strlen(units[i].name);
        if (strncmp(*text, units[i].name, length))
            continue;
        *text += length;
        return &units[i];
    }
    return NULL;
}

bool units_parse_duration(const char *text, int64_t *ns)
{
    bool negative = *text == '-';
    text += *text == '-' || *text == '+';
    *ns = 0;
    if (!strcmp(text, "0"))
        return true;
    if (!*text)
        return false;
    while (*text) {
        int64_t whole, part;
        double fraction;
        if (!read_number(&text, &whole, &fraction))
            return false;
        const struct unit *unit = read_unit(&text);
        if (!unit || __builtin_mul_overflow(whole, unit->factor, &part) || __builtin_add_overflow(*ns, part, ns) ||
            __builtin_add_overflow(*ns, (int64_t)(fraction * (double)unit->factor + 0.5), ns))
            return false;
    }
    if (negative)
        *ns = -*ns;
    return true;
}

bool units_duration_of(const struct value *value, uint64_t *ns)
{
    int64_t signed_ns;
    if (!value)
        return false;
    if (value->kind == VALUE_INT)
        signed_ns = value->integer;
    else if (value->kind == VALUE_FLOAT && value->number >= 0 && value->number < 9e18)
        signed_ns = (int64_t)value->number;
    else if (value->kind != VALUE_STRING || !units_parse_duration(value->string.data, &signed_ns))
        return false;
    if (signed_ns < 0)
        return false;
    *ns = (uint64_t)signed_ns;
    return true;
}

bool units_parse_size(const char *text, size_t *bytes)
{
    static const struct unit units[] = {
        {"K", 1024},
        {"M", 1024 * 1024},
        {"G", 1024 * 1024 * 1024},
        {"T", 1024LL * 1024 * 1024 * 1024},
    };
    int64_t whole, factor = 1, size;
    double fraction;
    if (!read_number(&text, &whole, &fraction))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (toupper((unsigned char)*text) == units[i].name[0])
            factor = units[i].factor;
    text += factor > 1;
    if (*text && strcasecmp(text, "b") && (factor == 1 || strcasecmp(text, "ib")))
        return false;
    if (__builtin_mul_overflow(whole, factor, &size) ||
        __builtin_add_overflow(size, (int64_t)(fraction * (double)factor), &size))
        return false;
    *bytes = (size_t)size;
    return true;
}

bool units_size_of(const struct value *value, size_t *bytes)
{
    if (value && value->kind == VALUE_STRING)
        return units_parse_size(value->string.data, bytes);
    if (!value || value->kind != VALUE_INT || value->integer < 0)
        return false;
    *bytes = (size_t)value->integer;
    return true;
}

void units_format_duration(uint64_t ns, char text[static 32])
{
    uint64_t minutes = ns / 60000000000u;
    if (minutes)
        snprintf(text, 32, "%" PRIu64 "m%gs", minutes, (double)(ns % 60000000000u) / 1e9);
    else if (ns >= 1000000000)
        snprintf(text, 32, "%gs", (double)ns / 1e9);
    else if (ns >= 1000000)
        snprintf(text, 32, "%gms", (double)ns / 1e6);
    else
        snprintf(text, 32, "%" PRIu64 "%s", ns, ns ? "ns" : "s");
}

void units_format_size(size_t bytes, char text[static 32])
{
    static const char *const names[] = {"bytes", "KB", "MB", "GB"};
    unsigned unit = 0;
    while (unit < 3 && bytes && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    snprintf(text, 32, "%zu %s", bytes, names[unit]);
}
