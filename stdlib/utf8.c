/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 text.
 *
 *   utf8.char(...)                the characters with these codes
 *   utf8.charpattern              a pattern that matches one character
 *   utf8.codes(s)                 for position, code in utf8.codes(s)
 *   utf8.codepoint(s [, i [, j]]) codes of the characters that begin in i..j
 *   utf8.len(s [, i [, j]])       their number; nil and the position of the first wrong byte
 *   utf8.offset(s, n [, i])       position of the n-th character from i on
 */
#include "stdlib/utf8.h"

#include <limits.h>

#include <lauxlib.h>

#include "stdlib/string_buf.h"
#include "stdlib/string_lib.h"
#include "stdlib/string_work.h"
#include "vm/state.h"

enum { MAX_CODE = 0x10FFFF };

static inline bool is_continuation(char c)
{
    return (c & 0xC0) == 0x80;
}

/*
 * The length of the character at s[0..length), length > 0, and its code; 0: not UTF-8 (surrogates are let through, as
 * in 5.3).
 */
static inline unsigned decode(const char *s, size_t length, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)s[0];
    unsigned size = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF8 ? 4 : 0;
    if (size == 1)
        *code = first;
    if (size <= 1 || size > length)
        return size <= 1 ? size : 0;
    uint32_t value = first & (0x7Fu >> size);
    for (unsigned i = 1; i < size; i++) {
        if (!is_continuation(s[i]))
            return 0;
        value = value << 6 | (s[i] & 0x3F);
    }
    *code = value;
    return value >= least[size] && value <= MAX_CODE ? size : 0;
}

static unsigned encode(char *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    unsigned size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (unsigned i = size - 1; i > 0; i--, code >>= 6)
        to[i] = (char)(0x80 | (code & 0x3F));
    to[0] = (char)(0xF00 >> size | code); /* as many leading ones as bytes */
    return size;
}

static uint32_t code_arg(lua_State *L, int arg)
{
    lua_Integer code = luaL_checkinteger(L, arg);
    luaL_argcheck(L, 0 <= code && code <= MAX_CODE, arg, "value out of range");
    return (uint32_t)code;
}

static int utf8_char(lua_State *L)
{
    struct string_buf buf;
    int count = lua_gettop(L);
    luaL_checkstack(L, 2, NULL);
    lua_settop(L, count + 1);
    string_buf_init(&buf, count + 1);
    for (int i = 1; i <= count; i++) {
        uint32_t code = code_arg(L, i);
        buf.length += encode(string_buf_reserve(L, &buf, 4), code);
    }
    string_buf_push(L, &buf);
    return 1;
}

/* ---- codepoint. Stack: s, end (from 0, integer), codes so far ---- */

static int codepoint_run(lua_State *L, int status, lua_KContext next)
{
    size_t length, debt = 0;
    const char *s = string_arg(L, 1, &length);
    lua_Integer end = lua_tointeger(L, 2);
    (void)status;
    for (lua_Integer i = next; i < end;) {
        uint32_t code;
        unsigned size = decode(s + i, length - (size_t)i, &code);
        if (size == 0)
            return luaL_error(L, "invalid UTF-8 code");
        lua_pushinteger(L, code);
        i += size;
        if (string_owes(L, &debt, 2))
            return state_reschedule(L, i, codepoint_run);
    }
    return lua_gettop(L) - 2;
}

static int utf8_codepoint(lua_State *L)
{
    size_t length;
    string_arg(L, 1, &length);
    lua_Integer first = string_position(luaL_optinteger(L, 2, 1), length);
    lua_Integer last = string_position(luaL_optinteger(L, 3, first), length);
    luaL_argcheck(L, first >= 1, 2, "out of range");
    luaL_argcheck(L, last <= (lua_Integer)length, 3, "out of range");
    if (first > last)
        return 0;
    if (last - first >= INT_MAX - 4)
        return luaL_error(L, "string slice too long");
    lua_settop(L, 1);
    luaL_checkstack(L, (int)(last - first) + 4, "string slice too long");
    lua_pushinteger(L, last);
    return codepoint_run(L, LUA_OK, first - 1);
}

/* ---- len. Stack: s, position (from 0), last position, count so far ---- */

static int len_run(lua_State *L, int status, lua_KContext context)
{
    size_t length, debt = 0;
    const char *s = string_arg(L, 1, &length);
    lua_Integer i = lua_tointeger(L, 2), last = lua_tointeger(L, 3), count = lua_tointeger(L, 4);
    (void)status;
    (void)context;
    for (; i <= last; count++) {
        uint32_t code;
        unsigned size = (unsigned char)s[i] < 0x80 ? 1 : decode(s + i, length - (size_t)i, &code);
        if (size == 0) {
            lua_pushnil(L);
            lua_pushinteger(L, i + 1);
            return 2;
        }
        i += size;
        if (string_owes(L, &debt, 1)) {
            lua_settop(L, 1);
            lua_pushinteger(L, i);
            lua_pushinteger(L, last);
            lua_pushinteger(L, count + 1);
            return state_reschedule(L, 0, len_run);
        }
    }
    lua_pushinteger(L, count);
    return 1;
}

static int utf8_len(lua_State *L)
{
    size_t length;
    string_arg(L, 1, &length);
    lua_Integer first = string_position(luaL_optinteger(L, 2, 1), length);
    lua_Integer last = string_position(luaL_optinteger(L, 3, -1), length);
    luaL_argcheck(L, 1 <= first && first <= (lua_Integer)length + 1, 2, "initial position out of string");
    luaL_argcheck(L, last <= (lua_Integer)length, 3, "final position out of string");
    lua_settop(L, 1);
    lua_pushinteger(L, first - 1);
    lua_pushinteger(L, last - 1);
    lua_pushinteger(L, 0);
    return len_run(L, LUA_OK, 0);
}

/* ---- offset. Stack: s, characters still to go, position (from 0) ---- */

/* Byte by byte: a character more is passed where the next one begins, or at the ends of s. */
static int offset_run(lua_State *L, int status, lua_KContext context)
{
    size_t length, debt = 0;
    const char *s = string_arg(L, 1, &length);
    lua_Integer left = lua_tointeger(L, 2), i = lua_tointeger(L, 3), end = (lua_Integer)length;
    int direction = left > 0 ? 1 : -1;
    (void)status;
    (void)context;
    while (left != 0 && (direction > 0 ? i < end : i > 0)) {
        i += direction;
        if (i == 0 || i == end || !is_continuation(s[i]))
            left -= direction;
        if (string_owes(L, &debt, 1)) {
            lua_settop(L, 1);
            lua_pushinteger(L, left);
            lua_pushinteger(L, i);
            return state_reschedule(L, 0, offset_run);
        }
    }
    if (left == 0)
        lua_pushinteger(L, i + 1);
    else
        lua_pushnil(L);
    return 1;
}

/* n == 0: the beginning of the character that byte i is part of. */
static int offset_begin_run(lua_State *L, int status, lua_KContext i)
{
    size_t length, debt = 0;
    const char *s = string_arg(L, 1, &length);
    (void)status;
    while (i > 0 && i < (lua_Integer)length && is_continuation(s[i])) {
        i--;
        if (string_owes(L, &debt, 1))
            return state_reschedule(L, i, offset_begin_run);
    }
    lua_pushinteger(L, i + 1);
    return 1;
}

static int utf8_offset(lua_State *L)
{
    size_t length;
    const char *s = string_arg(L, 1, &length);
    lua_Integer n = luaL_checkinteger(L, 2), end = (lua_Integer)length;
    lua_Integer i = string_position(luaL_optinteger(L, 3, n >= 0 ? 1 : end + 1), length) - 1;
    luaL_argcheck(L, 0 <= i && i <= end, 3, "position out of range");
    lua_settop(L, 1);
    if (n == 0)
        return offset_begin_run(L, LUA_OK, i);
    if (i < end && is_continuation(s[i]))
        return luaL_error(L, "initial position is a continuation byte");
    lua_pushinteger(L, n > 0 ? n - 1 : n);
    lua_pushinteger(L, i);
    return offset_run(L, LUA_OK, 0);
}

/* ---- codes ---- */

/* (s, position) -> position and code of the next character; context: where to look, from 0. */
static int codes_run(lua_State *L, int status, lua_KContext next)
{
    size_t length, debt = 0;
    const char *s = string_arg(L, 1, &length);
    size_t i = (size_t)next;
    uint32_t code;
    (void)status;
    for (; i < length && is_continuation(s[i]); i++) {
        if (string_owes(L, &debt, 1))
            return state_reschedule(L, (lua_KContext)i + 1, codes_run);
    }
    if (i >= length)
        return 0;
    unsigned size = decode(s + i, length - i, &code);
    if (size == 0 || (i + size < length && is_continuation(s[i + size])))
        return luaL_error(L, "invalid UTF-8 code");
    lua_pushinteger(L, (lua_Integer)i + 1);
    lua_pushinteger(L, code);
    return 2;
}

static int codes_next(lua_State *L)
{
    size_t length;
    string_arg(L, 1, &length);
    lua_Integer position = lua_tointeger(L, 2);
    if (position < 0 || position > (lua_Integer)length)
        position = position < 0 ? 0 : (lua_Integer)length;
    lua_settop(L, 2);
    if (position == 0 && length > 0) { /* the first character is not skipped to */
        uint32_t code;
        const char *s = string_arg(L, 1, &length);
        if (decode(s, length, &code) == 0)
            return luaL_error(L, "invalid UTF-8 code");
    }
    return codes_run(L, LUA_OK, position);
}

static int utf8_codes(lua_State *L)
{
    size_t length;
    string_arg(L, 1, &length);
    lua_pushcfunction(L, codes_next);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

static int open_charpattern(lua_State *L)
{
    static const char pattern[] = "[\0-\x7F\xC2-\xF4][\x80-\xBF]*";
    lua_pushlstring(L, pattern, sizeof pattern - 1);
    return 1;
}

const struct lazy_entry std_utf8_entries[] = {
    LAZY_F("char", utf8_char),
    LAZY_O("charpattern", open_charpattern),
    LAZY_F("codepoint", utf8_codepoint),
    LAZY_F("codes", utf8_codes),
    LAZY_F("len", utf8_len),
    LAZY_F("offset", utf8_offset),
    LAZY_DONE,
};
