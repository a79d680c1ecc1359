/* SPDX-License-Identifier: MIT */
/*
 * string.format(format, ...): %d %i %u %c %o %x %X %a %A %e %E %f %F %g %G %q %s %%, with flags, width and precision as
 * in C (two digits each at most). %s takes any value (by its __tostring), %d and %i truncate a number with a fraction.
 *
 * State: struct format, on the C stack or parked behind the arguments. The conversion of one item is bounded, but for
 * %q of a long string, which goes on at `quoted`.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "stdlib/string_buf.h"
#include "stdlib/string_lib.h"
#include "stdlib/string_work.h"
#include "vm/address.h"
#include "vm/state.h"

enum {
    SPEC_SIZE = 32,   /* "%" flags width "." precision "ll" letter */
    ITEM_SIZE = 120,  /* the longest item but %f: 99 characters and a bit */
    FIXED_SIZE = 512, /* %99.99f of the largest double: 99 + 309 + 3 */
    LONG_STRING = 100 /* %s without precision: longer than any width */
};

struct format {
    const char *at, *end; /* of the format */
    int argument;         /* the last one used */
    int top;              /* number of arguments; the parked state is at top + 1, the result at top + 2 */
    bool is_quoting;      /* inside %q of the argument */
    size_t quoted;        /* bytes of it done */
    size_t debt;
    struct string_buf buf;
};

/* "%5.2" in a form for snprintf. */
struct spec {
    char text[SPEC_SIZE];
    unsigned length;
    bool is_bare; /* no flags, width or precision */
    bool has_precision;
};

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_flag(char c)
{
    return c == '-' || c == '+' || c == ' ' || c == '#' || c == '0';
}

/* Behind at most two digits. The text ends with a NUL. */
static const char *skip_digits(const char *at)
{
    at += is_digit(*at);
    return at + is_digit(*at);
}

/* Reads flags, width and precision at f->at, which moves to the conversion letter. */
static void read_spec(lua_State *L, struct format *f, struct spec *spec)
{
    const char *at = f->at;
    spec->text[0] = '%';
    spec->length = 1;
    spec->has_precision = false;
    spec->is_bare = !is_flag(*at) && !is_digit(*at) && *at != '.';
    if (spec->is_bare)
        return;
    while (is_flag(*at))
        at++;
    if (at - f->at > 5)
        luaL_error(L, "invalid format (repeated flags)");
    at = skip_digits(at);
    spec->has_precision = *at == '.';
    if (spec->has_precision)
        at = skip_digits(at + 1);
    if (is_digit(*at))
        luaL_error(L, "invalid format (width or precision too long)");
    spec->length += (unsigned)(at - f->at);
    memcpy(spec->text + 1, f->at, (size_t)(at - f->at));
    f->at = at;
}

static const char *finish_spec(struct spec *spec, const char *letters)
{
    strcpy(spec->text + spec->length, letters);
    return spec->text;
}

/* The number at argument `arg` for %d: towards zero. */
static lua_Integer truncated_integer(lua_State *L, int arg)
{
    int is_number;
    lua_Number number = lua_tonumberx(L, arg, &is_number);
    lua_Integer integer;
    if (is_number && !lua_isinteger(L, arg) && lua_numbertointeger(trunc(number), &integer)) {
        lua_Integer exact = lua_tointegerx(L, arg, &is_number); /* "9007199254740993" keeps its last digit */
        return is_number ? exact : integer;
    }
    return luaL_checkinteger(L, arg);
}

static void add_decimal(lua_State *L, struct string_buf *buf, lua_Integer value)
{
    char digits[24], *at = digits + sizeof digits;
    lua_Unsigned rest = value < 0 ? 0 - (lua_Unsigned)value : (lua_Unsigned)value;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        *--at = '-';
    string_buf_add(L, buf, at, (size_t)(digits + sizeof digits - at));
}

static void add_integer(lua_State *L, struct format *f, struct spec *spec, char letter)
{
    bool is_signed = letter == 'd' || letter == 'i';
    lua_Integer value = is_signed ? truncated_integer(L, f->argument) : luaL_checkinteger(L, f->argument);
    if (is_signed && spec->is_bare) {
        add_decimal(L, &f->buf, value);
        return;
    }
    char *to = string_buf_reserve(L, &f->buf, ITEM_SIZE);
    f->buf.length +=
        (size_t)snprintf(to, ITEM_SIZE, finish_spec(spec, (char[]){'l', 'l', letter, 0}), (long long)value);
}

static void add_number(lua_State *L, struct format *f, struct spec *spec, char letter)
{
    lua_Number value = luaL_checknumber(L, f->argument);
    size_t size = letter == 'f' || letter == 'F' ? FIXED_SIZE : ITEM_SIZE;
    char item[FIXED_SIZE];
    int length = snprintf(item, size, finish_spec(spec, (char[]){letter, 0}), (double)value);
    string_buf_add(L, &f->buf, item, (size_t)length);
}

static void add_string(lua_State *L, struct format *f, struct spec *spec)
{
    size_t length;
    const char *text = address_tolstring(L, f->argument, &length);
    if (spec->is_bare || (!spec->has_precision && length >= LONG_STRING && strlen(text) == length)) {
        string_buf_add(L, &f->buf, text, length);
    } else {
        luaL_argcheck(L, length == strlen(text), f->argument, "string contains zeros");
        char *to = string_buf_reserve(L, &f->buf, ITEM_SIZE);
        f->buf.length += (size_t)snprintf(to, ITEM_SIZE, finish_spec(spec, "s"), text);
    }
    lua_pop(L, 1);
}

/* ---- %q ---- */

static inline bool is_plain(char c)
{
    return (unsigned char)c >= ' ' && c != '"' && c != '\\' && c != '\x7f';
}

static void quote_char(lua_State *L, struct string_buf *buf, char c, char next)
{
    char code[8] = {'\\', c};
    int length = 2;
    if (c != '"' && c != '\\' && c != '\n')
        length = snprintf(code, sizeof code, is_digit(next) ? "\\%03d" : "\\%d", (unsigned char)c);
    string_buf_add(L, buf, code, (size_t)length);
}

/* Quotes the string from f->quoted on. False: the slice is over. */
static bool quote_string(lua_State *L, struct format *f)
{
    size_t length;
    const char *s = lua_tolstring(L, f->argument, &length);
    if (f->quoted == 0)
        string_buf_add_char(L, &f->buf, '"');
    while (f->quoted < length) {
        const char *from = s + f->quoted, *at = from;
        const char *pause = length - f->quoted > STRING_PIECE / 4 ? from + STRING_PIECE / 4 : s + length;
        while (at < pause && is_plain(*at))
            at++;
        string_buf_add(L, &f->buf, from, (size_t)(at - from));
        if (at < pause) {
            quote_char(L, &f->buf, *at, at[1]);
            at++;
        }
        f->quoted = (size_t)(at - s);
        if (string_owes(L, &f->debt, 4 + (size_t)(at - from) / 16))
            return false;
    }
    string_buf_add_char(L, &f->buf, '"');
    f->is_quoting = false;
    return true;
}

static void quote_number(lua_State *L, struct format *f)
{
    char item[ITEM_SIZE];
    int length;
    if (lua_isinteger(L, f->argument)) {
        lua_Integer value = lua_tointeger(L, f->argument);
        /* the text -9223372036854775808 would be read as a float */
        length = snprintf(item, sizeof item, value == LUA_MININTEGER ? "0x%llx" : "%lld", (long long)value);
    } else {
        length = snprintf(item, sizeof item, "%a", lua_tonumber(L, f->argument));
    }
    string_buf_add(L, &f->buf, item, (size_t)length);
}

/* Adds the argument as a Lua literal. False: the slice is over, quote_string goes on. */
static bool add_quoted(lua_State *L, struct format *f)
{
    size_t length;
    switch (lua_type(L, f->argument)) {
    case LUA_TNUMBER:
        quote_number(L, f);
        return true;
    case LUA_TNIL:
    case LUA_TBOOLEAN: {
        const char *text = address_tolstring(L, f->argument, &length);
        string_buf_add(L, &f->buf, text, length);
        lua_pop(L, 1);
        return true;
    }
    case LUA_TSTRING:
        break;
    default: {
        const char *text = string_of(L, f->argument, &length);
        luaL_argcheck(L, text != NULL, f->argument, "value has no literal form");
        lua_pushlstring(L, text, length);
        lua_replace(L, f->argument);
    }
    }
    f->is_quoting = true;
    f->quoted = 0;
    return quote_string(L, f);
}

/* ---- the format ---- */

/* The item behind a '%'. False: the slice is over inside %q. */
static bool add_item(lua_State *L, struct format *f)
{
    struct spec spec;
    if (++f->argument > f->top)
        luaL_argerror(L, f->argument, "no value");
    read_spec(L, f, &spec);
    char letter = f->at < f->end ? *f->at : '\0';
    f->at++;
    switch (letter) {
    case 'c': {
        char *to = string_buf_reserve(L, &f->buf, ITEM_SIZE);
        int value = (int)luaL_checkinteger(L, f->argument);
        f->buf.length += (size_t)snprintf(to, ITEM_SIZE, finish_spec(&spec, "c"), value);
        return true;
    }
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X':
        add_integer(L, f, &spec, letter);
        return true;
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        add_number(L, f, &spec, letter);
        return true;
    case 'q':
        return add_quoted(L, f);
    case 's':
        add_string(L, f, &spec);
        return true;
    default:
        return luaL_error(L, "invalid option '%%%c' to 'format'", letter);
    }
}

static int format_continue(lua_State *L, int status, lua_KContext context);

static int format_yield(lua_State *L, struct format *f)
{
    struct format *parked = string_park(L, f->top + 1, f, sizeof *f);
    if (parked != f)
        string_buf_moved(&parked->buf, &f->buf);
    return state_reschedule(L, f->top + 1, format_continue);
}

static int format_run(lua_State *L, struct format *f)
{
    if (f->is_quoting && !quote_string(L, f))
        return format_yield(L, f);
    while (f->at < f->end) {
        const char *percent = memchr(f->at, '%', (size_t)(f->end - f->at));
        size_t plain = (size_t)((percent ? percent : f->end) - f->at);
        string_buf_add(L, &f->buf, f->at, plain);
        f->at += plain;
        if (!percent)
            break;
        f->at++;
        if (f->at < f->end && *f->at == '%')
            string_buf_add_char(L, &f->buf, *f->at++);
        else if (!add_item(L, f))
            return format_yield(L, f);
        if (string_owes(L, &f->debt, 8 + plain / 64))
            return format_yield(L, f);
    }
    string_buf_push(L, &f->buf);
    return 1;
}

static int format_continue(lua_State *L, int status, lua_KContext slot)
{
    (void)status;
    return format_run(L, lua_touserdata(L, (int)slot));
}

int string_format(lua_State *L)
{
    struct format f;
    size_t length;
    f.top = lua_gettop(L);
    f.at = string_arg(L, 1, &length);
    f.end = f.at + length;
    f.argument = 1;
    f.is_quoting = false;
    f.quoted = f.debt = 0;
    luaL_checkstack(L, 4, NULL);
    lua_settop(L, f.top + 2);
    string_buf_init(&f.buf, f.top + 2);
    return format_run(L, &f);
}
