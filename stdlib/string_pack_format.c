/* SPDX-License-Identifier: MIT */
/*
 * Options of pack formats and the bytes of numbers.
 */
#include <limits.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "stdlib/string_lib.h"
#include "stdlib/string_pack.h"

/* What '!' without a number means: the strictest alignment of a C type that an option stands for. */
enum {
    NATIVE_ALIGN = _Alignof(union {
        double d;
        void *p;
        lua_Integer i;
        long l;
    })
};

static bool is_native_little(void)
{
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
}

void string_pack_begin(lua_State *L, struct string_pack_format *format)
{
    size_t length;
    format->at = string_arg(L, 1, &length);
    format->end = format->at + length;
    format->is_little = is_native_little();
    format->max_align = 1;
}

static bool at_digit(const struct string_pack_format *format)
{
    return format->at < format->end && *format->at >= '0' && *format->at <= '9';
}

/* The number at the format's place, or `otherwise`. Stops reading digits before it grows too large. */
static int read_number(struct string_pack_format *format, int otherwise)
{
    if (!at_digit(format))
        return otherwise;
    int number = 0;
    do {
        number = number * 10 + (*format->at++ - '0');
    } while (at_digit(format) && number <= (INT_MAX - 9) / 10);
    return number;
}

static unsigned read_size(lua_State *L, struct string_pack_format *format, int otherwise)
{
    int size = read_number(format, otherwise);
    if (size > PACK_MAX_INTEGER || size <= 0)
        luaL_error(L, "integral size (%d) out of limits [1,%d]", size, PACK_MAX_INTEGER);
    return (unsigned)size;
}

static void set(struct string_pack_option *option, enum string_pack_kind kind, size_t size)
{
    option->kind = kind;
    option->size = size;
}

/* Options that stand for no value: they change how the others are read. */
static void read_control(lua_State *L, struct string_pack_format *format, char letter)
{
    switch (letter) {
    case ' ':
        break;
    case '<':
        format->is_little = true;
        break;
    case '>':
        format->is_little = false;
        break;
    case '=':
        format->is_little = is_native_little();
        break;
    case '!':
        format->max_align = read_size(L, format, NATIVE_ALIGN);
        break;
    default:
        luaL_error(L, "invalid format option '%c'", letter);
    }
}

/* A dispatch over all option letters. */
static void read_option(lua_State *L, struct string_pack_format *format, struct string_pack_option *option)
{
    char letter = *format->at++;
    set(option, PACK_NOTHING, 0);
    switch (letter) {
    case 'b':
        return set(option, PACK_SIGNED, sizeof(char));
    case 'B':
        return set(option, PACK_UNSIGNED, sizeof(char));
    case 'h':
        return set(option, PACK_SIGNED, sizeof(short));
    case 'H':
        return set(option, PACK_UNSIGNED, sizeof(short));
    case 'l':
        return set(option, PACK_SIGNED, sizeof(long));
    case 'L':
        return set(option, PACK_UNSIGNED, sizeof(long));
    case 'j':
        return set(option, PACK_SIGNED, sizeof(lua_Integer));
    case 'J':
        return set(option, PACK_UNSIGNED, sizeof(lua_Integer));
    case 'T':
        return set(option, PACK_UNSIGNED, sizeof(size_t));
    case 'i':
        return set(option, PACK_SIGNED, read_size(L, format, sizeof(int)));
    case 'I':
        return set(option, PACK_UNSIGNED, read_size(L, format, sizeof(int)));
    case 'f':
        return set(option, PACK_FLOAT, sizeof(float));
    case 'd':
        return set(option, PACK_FLOAT, sizeof(double));
    case 'n':
        return set(option, PACK_FLOAT, sizeof(lua_Number));
    case 's':
        return set(option, PACK_STRING, read_size(L, format, sizeof(size_t)));
    case 'z':
        return set(option, PACK_ZERO, 0);
    case 'x':
        return set(option, PACK_PAD, 1);
    case 'X':
        return set(option, PACK_ALIGN, 0);
    case 'c': {
        int size = read_number(format, -1);
        if (size < 0)
            luaL_error(L, "missing size for format option 'c'");
        return set(option, PACK_FIXED, (size_t)size);
    }
    default:
        read_control(L, format, letter);
    }
}

/* Bytes before a value of that option at offset `total`; `align`: its natural alignment. */
static size_t padding(lua_State *L, const struct string_pack_format *format, size_t total, size_t align)
{
    if (align > format->max_align)
        align = format->max_align;
    if (align & (align - 1))
        luaL_argerror(L, 1, "format asks for alignment not power of 2");
    return (align - (total & (align - 1))) & (align - 1);
}

bool string_pack_next(lua_State *L, struct string_pack_format *format, size_t total, struct string_pack_option *option)
{
    if (format->at >= format->end)
        return false;
    read_option(L, format, option);
    size_t align = option->size;
    if (option->kind == PACK_ALIGN) {
        struct string_pack_option next = {.kind = PACK_FIXED};
        if (format->at < format->end)
            read_option(L, format, &next);
        align = next.size;
        if (next.kind == PACK_FIXED || align == 0)
            luaL_argerror(L, 1, "invalid next option for option 'X'");
    }
    option->padding = option->kind != PACK_FIXED && align > 1 ? padding(L, format, total, align) : 0;
    return true;
}

void string_pack_integer(const struct string_pack_format *format, char *to, lua_Unsigned value, size_t size,
                         bool negative)
{
    for (size_t i = 0; i < size; i++) {
        char byte = i < sizeof value ? (char)(value >> (8 * i)) : negative ? '\xff' : '\0';
        to[format->is_little ? i : size - 1 - i] = byte;
    }
}

lua_Integer string_unpack_integer(lua_State *L, const struct string_pack_format *format, const char *from, size_t size,
                                  bool is_signed)
{
    lua_Unsigned value = 0;
    size_t kept = size < sizeof value ? size : sizeof value;
    for (size_t i = kept; i-- > 0;)
        value = value << 8 | (unsigned char)from[format->is_little ? i : size - 1 - i];
    if (size < sizeof value && is_signed) {
        lua_Unsigned sign = (lua_Unsigned)1 << (size * 8 - 1);
        value = (value ^ sign) - sign;
    }
    unsigned char above = is_signed && (lua_Integer)value < 0 ? 0xff : 0;
    for (size_t i = sizeof value; i < size; i++) {
        if ((unsigned char)from[format->is_little ? i : size - 1 - i] != above)
            luaL_error(L, "%d-byte integer does not fit into Lua Integer", (int)size);
    }
    return (lua_Integer)value;
}

void string_pack_swap(const struct string_pack_format *format, char *to, const char *from, size_t size)
{
    if (format->is_little == is_native_little()) {
        memcpy(to, from, size);
        return;
    }
    for (size_t i = 0; i < size; i++)
        to[i] = from[size - 1 - i];
}
