/* SPDX-License-Identifier: MIT */
/*
 * duration: see duration.h.
 *
 * Text is summed up as an unsigned magnitude of at most 2^63, so the lowest value is readable too. The fraction of a number is scaled
 * to the unit digit by digit and cut off below a nanosecond.
 *
 *   d:nanoseconds() d:microseconds() d:milliseconds()   integers, cut off
 *   d:seconds() d:minutes() d:hours()                   floats
 */
#include "stdlib/duration.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "vm/type.h"

enum { US = 1000, MS = 1000 * 1000, SECOND = 1000 * 1000 * 1000 };
static const uint64_t MINUTE = 60ull * SECOND, HOUR = 3600ull * SECOND;
static const uint64_t MAGNITUDE_MAX = 1ull << 63;

struct unit {
    const char *name;
    uint64_t ns;
};

/* The unit at the start of the text, longest name first, and how long its name is; NULL: none. */
static const struct unit *find_unit(const char *text, const char *end, size_t *length)
{
    static const struct unit units[] = {
        {"ns", 1},         {"us", US},    {"\xc2\xb5s", US}, /* U+00B5, micro sign */
        {"\xce\xbcs", US},                                   /* U+03BC, Greek mu */
        {"ms", MS},        {"s", SECOND}, {"m", 60ull * SECOND}, {"h", 3600ull * SECOND},
    };
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        *length = strlen(units[i].name);
        if ((size_t)(end - text) >= *length && memcmp(text, units[i].name, *length) == 0)
            return &units[i];
    }
    return NULL;
}

static bool is_digit(const char *text, const char *end)
{
    return text < end && *text >= '0' && *text <= '9';
}

/* One "number unit" at *text is added to *sum. */
static bool parse_part(const char **text, const char *end, uint64_t *sum)
{
    const char *p = *text;
    uint64_t whole = 0, part;
    for (; is_digit(p, end); p++)
        if (__builtin_mul_overflow(whole, 10, &whole) || __builtin_add_overflow(whole, *p - '0', &whole))
            return false;
    bool has_digits = p > *text;
    const char *fraction = p;
    if (p < end && *p == '.') {
        fraction = ++p;
        while (is_digit(p, end))
            p++;
        has_digits = has_digits || p > fraction;
    }
    const char *fraction_end = p;
    size_t length;
    const struct unit *unit = has_digits ? find_unit(p, end, &length) : NULL;
    if (!unit || __builtin_mul_overflow(whole, unit->ns, &part))
        return false;
    uint64_t scale = unit->ns, tail = 0, weight = 1;
    /* 18 digits after the point are beyond any unit; the rest cannot matter */
    for (; fraction < fraction_end && weight < 100000000000000000ull; fraction++, weight *= 10)
        tail = tail * 10 + (uint64_t)(*fraction - '0');
    part += (uint64_t)((unsigned __int128)tail * scale / weight);
    if (__builtin_add_overflow(*sum, part, sum) || *sum > MAGNITUDE_MAX)
        return false;
    *text = p + length;
    return true;
}

bool duration_parse(const char *text, size_t length, int64_t *ns)
{
    const char *end = text + length;
    bool negative = length && *text == '-';
    if (length && (*text == '-' || *text == '+'))
        text++;
    if (text == end)
        return false;
    uint64_t sum = 0;
    if (end - text == 1 && *text == '0') {
        *ns = 0;
        return true;
    }
    while (text < end)
        if (!parse_part(&text, end, &sum))
            return false;
    if (!negative && sum == MAGNITUDE_MAX)
        return false;
    *ns = (int64_t)(negative ? -sum : sum);
    return true;
}

/* Writes value/unit with its fraction, zeros at the end dropped. `digits`: how many decimal places the unit has. */
static int format_fraction(char *text, size_t size, uint64_t value, uint64_t unit, int digits)
{
    uint64_t fraction = value % unit;
    int length = snprintf(text, size, "%llu", (unsigned long long)(value / unit));
    if (!fraction)
        return length;
    while (fraction % 10 == 0) {
        fraction /= 10;
        digits--;
    }
    return length + snprintf(text + length, size - (size_t)length, ".%0*llu", digits, (unsigned long long)fraction);
}

size_t duration_format(int64_t ns, char text[static DURATION_TEXT])
{
    uint64_t value = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    char *p = text;
    char *end = text + DURATION_TEXT;
    if (ns < 0)
        *p++ = '-';
    if (value && value < SECOND) {
        uint64_t unit = value < US ? 1 : value < MS ? US : MS;
        p += format_fraction(p, (size_t)(end - p), value, unit, value < US ? 0 : value < MS ? 3 : 6);
        p += snprintf(p, (size_t)(end - p), "%s", value < US ? "ns" : value < MS ? "\xc2\xb5s" : "ms");
        return (size_t)(p - text);
    }
    if (value >= HOUR)
        p += snprintf(p, (size_t)(end - p), "%lluh", (unsigned long long)(value / HOUR));
    if (value >= MINUTE)
        p += snprintf(p, (size_t)(end - p), "%llum", (unsigned long long)(value / MINUTE % 60));
    p += format_fraction(p, (size_t)(end - p), value % MINUTE, SECOND, 9);
    p += snprintf(p, (size_t)(end - p), "s");
    return (size_t)(p - text);
}

/* ---- objects ---- */

struct duration {
    const struct type *type;
    int64_t ns;
};

static int64_t self_ns(lua_State *L)
{
    struct duration *duration = type_check(L, 1, &duration_type);
    return duration->ns;
}

static int duration_nanoseconds(lua_State *L)
{
    lua_pushinteger(L, self_ns(L));
    return 1;
}

static int duration_microseconds(lua_State *L)
{
    lua_pushinteger(L, self_ns(L) / US);
    return 1;
}

static int duration_milliseconds(lua_State *L)
{
    lua_pushinteger(L, self_ns(L) / MS);
    return 1;
}

/* Whole and fraction apart: more exact than one division of a rounded number. */
static int push_units(lua_State *L, int64_t unit)
{
    int64_t whole = self_ns(L) / unit, rest = self_ns(L) % unit;
    lua_pushnumber(L, (lua_Number)whole + (lua_Number)rest / (lua_Number)unit);
    return 1;
}

static int duration_seconds(lua_State *L)
{
    return push_units(L, SECOND);
}

static int duration_minutes(lua_State *L)
{
    return push_units(L, (int64_t)MINUTE);
}

static int duration_hours(lua_State *L)
{
    return push_units(L, (int64_t)HOUR);
}

static int duration_tostring(lua_State *L)
{
    char text[DURATION_TEXT];
    size_t length = duration_format(self_ns(L), text);
    lua_pushlstring(L, text, length);
    return 1;
}

static const luaL_Reg duration_methods[] = {
    {"nanoseconds", duration_nanoseconds},
    {"microseconds", duration_microseconds},
    {"milliseconds", duration_milliseconds},
    {"seconds", duration_seconds},
    {"minutes", duration_minutes},
    {"hours", duration_hours},
    {NULL, NULL},
};

const struct type duration_type = {
    .name = "time.Duration", .methods = duration_methods, .tostring = duration_tostring, .place = TYPE_DURATION};

void duration_push(lua_State *L, int64_t ns)
{
    struct duration *duration = type_new(L, &duration_type, sizeof(*duration));
    duration->ns = ns;
}

static bool from_float(double value, int64_t *ns)
{
    value = trunc(value);
    if (!(value >= -0x1p63 && value < 0x1p63))
        return false;
    *ns = (int64_t)value;
    return true;
}

bool duration_get(lua_State *L, int index, int64_t *ns)
{
    size_t length;
    const char *text;
    struct duration *duration;
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        if (!lua_isinteger(L, index))
            return from_float(lua_tonumber(L, index), ns);
        *ns = lua_tointeger(L, index);
        return true;
    case LUA_TSTRING:
        text = lua_tolstring(L, index, &length);
        return duration_parse(text, length, ns);
    default:
        duration = type_test(L, index, &duration_type);
        *ns = duration ? duration->ns : 0;
        return duration != NULL;
    }
}

int64_t duration_check(lua_State *L, int index)
{
    int64_t ns;
    if (duration_get(L, index, &ns))
        return ns;
    int type = lua_type(L, index);
    if (type == LUA_TSTRING || type == LUA_TNUMBER)
        luaL_argerror(L, index, "invalid duration");
    luaL_argerror(L, index, lua_pushfstring(L, "duration expected, got %s", luaL_typename(L, index)));
    return 0;
}
