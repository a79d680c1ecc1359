/* SPDX-License-Identifier: MIT */
/*
 * The plain string functions.
 *
 *   s:byte([i [, j]])     codes of the characters i..j
 *   string.char(...)      the string of these codes
 *   s:len() s:lower() s:upper() s:reverse() s:sub(i [, j])
 *   s:rep(n [, sep])      n copies with sep between them
 *
 * Results longer than SHORT are made in a userdata, piece by piece; the number of bytes done is the context of the
 * continuation.
 */
#include <limits.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "stdlib/string_lib.h"
#include "stdlib/string_work.h"
#include "vm/state.h"

/* FEW values need no room on the Lua stack but what every C function has. */
enum { SHORT = 512, FEW = LUA_MINSTACK - 4 };

int string_len(lua_State *L)
{
    size_t length;
    string_arg(L, 1, &length);
    lua_pushinteger(L, (lua_Integer)length);
    return 1;
}

int string_sub(lua_State *L)
{
    size_t length;
    const char *s = string_arg(L, 1, &length);
    lua_Integer first = string_position(luaL_checkinteger(L, 2), length);
    lua_Integer last = string_position(luaL_optinteger(L, 3, -1), length);
    if (first < 1)
        first = 1;
    if (last > (lua_Integer)length)
        last = (lua_Integer)length;
    if (first > last)
        lua_pushliteral(L, "");
    else
        lua_pushlstring(L, s + first - 1, (size_t)(last - first) + 1);
    return 1;
}

/* ---- byte, char ---- */

/* Context: the index of the next character, from 0. The end is the integer at index 3. */
static int byte_run(lua_State *L, int status, lua_KContext next)
{
    size_t length;
    const char *s = string_arg(L, 1, &length);
    lua_Integer end = lua_tointeger(L, 3);
    (void)status;
    while (next < end) {
        lua_Integer pause = end - next > STRING_WORK_UNIT ? next + STRING_WORK_UNIT : end;
        for (; next < pause; next++)
            lua_pushinteger(L, (unsigned char)s[next]);
        if (next < end && string_is_over(L, STRING_WORK_UNIT))
            return state_reschedule(L, next, byte_run);
    }
    return lua_gettop(L) - 3;
}

int string_byte(lua_State *L)
{
    size_t length;
    const char *s = string_arg(L, 1, &length);
    lua_Integer first = string_position(luaL_optinteger(L, 2, 1), length);
    lua_Integer last = string_position(luaL_optinteger(L, 3, first), length);
    if (first < 1)
        first = 1;
    if (last > (lua_Integer)length)
        last = (lua_Integer)length;
    if (first > last)
        return 0;
    if (last - first < FEW) {
        for (lua_Integer i = first; i <= last; i++)
            lua_pushinteger(L, (unsigned char)s[i - 1]);
        return (int)(last - first) + 1;
    }
    if (last - first >= INT_MAX - 3)
        return luaL_error(L, "string slice too long");
    lua_settop(L, 2);
    luaL_checkstack(L, (int)(last - first) + 2, "string slice too long");
    lua_pushinteger(L, last);
    return byte_run(L, LUA_OK, first - 1);
}

int string_char(lua_State *L)
{
    int count = lua_gettop(L);
    char small[SHORT], *text = small;
    if (count > SHORT)
        text = lua_newuserdata(L, (size_t)count);
    for (int i = 1; i <= count; i++) {
        lua_Integer code = luaL_checkinteger(L, i);
        luaL_argcheck(L, code == (unsigned char)code, i, "value out of range");
        text[i - 1] = (char)code;
    }
    lua_pushlstring(L, text, (size_t)count);
    return 1;
}

/* ---- lower, upper, reverse: one byte of the result for each byte of the argument ---- */

/* Fills to[from..end) from the whole string. */
typedef void (*string_map_f)(char *to, const char *s, size_t length, size_t from, size_t end);

static void map_lower(char *to, const char *s, size_t length, size_t from, size_t end)
{
    (void)length;
    for (size_t i = from; i < end; i++)
        to[i] = (char)(s[i] | ((unsigned char)(s[i] - 'A') < 26 ? 0x20 : 0));
}

static void map_upper(char *to, const char *s, size_t length, size_t from, size_t end)
{
    (void)length;
    for (size_t i = from; i < end; i++)
        to[i] = (char)(s[i] & ((unsigned char)(s[i] - 'a') < 26 ? ~0x20 : ~0));
}

static void map_reverse(char *to, const char *s, size_t length, size_t from, size_t end)
{
    for (size_t i = from; i < end; i++)
        to[i] = s[length - 1 - i];
}

static int map_run(lua_State *L, size_t done, string_map_f map, lua_KFunction k)
{
    size_t length;
    const char *s = string_arg(L, 1, &length);
    char *to = lua_touserdata(L, 2);
    while (done < length) {
        size_t end = length - done > STRING_PIECE ? done + STRING_PIECE : length;
        map(to, s, length, done, end);
        done = end;
        if (string_is_over(L, STRING_WORK_UNIT))
            return state_reschedule(L, (lua_KContext)done, k);
    }
    lua_pushlstring(L, to, length);
    return 1;
}

static int map_string(lua_State *L, string_map_f map, lua_KFunction k)
{
    size_t length;
    char small[SHORT];
    const char *s = string_arg(L, 1, &length);
    if (length > SHORT) {
        lua_settop(L, 1);
        lua_newuserdata(L, length);
        return map_run(L, 0, map, k);
    }
    map(small, s, length, 0, length);
    lua_pushlstring(L, small, length);
    return 1;
}

static int lower_continue(lua_State *L, int status, lua_KContext done)
{
    (void)status;
    return map_run(L, (size_t)done, map_lower, lower_continue);
}

static int upper_continue(lua_State *L, int status, lua_KContext done)
{
    (void)status;
    return map_run(L, (size_t)done, map_upper, upper_continue);
}

static int reverse_continue(lua_State *L, int status, lua_KContext done)
{
    (void)status;
    return map_run(L, (size_t)done, map_reverse, reverse_continue);
}

int string_lower(lua_State *L)
{
    return map_string(L, map_lower, lower_continue);
}

int string_upper(lua_State *L)
{
    return map_string(L, map_upper, upper_continue);
}

int string_reverse(lua_State *L)
{
    return map_string(L, map_reverse, reverse_continue);
}

/* ---- rep ---- */

struct rep {
    const char *s, *separator;
    size_t length, separator_length;
    size_t total; /* of the result, which ends without a separator */
};

/*
 * The bytes at offset `done` of the result, as many as a piece may have. The result repeats itself, so most are copied
 * from it.
 */
static size_t rep_piece(const struct rep *rep, char *to, size_t done)
{
    size_t unit = rep->length + rep->separator_length, size = rep->total - done;
    const char *from = to;
    if (done >= unit) {
        size_t period = done - done % unit;
        if (period > STRING_PIECE)
            period = unit > STRING_PIECE ? unit : STRING_PIECE - STRING_PIECE % unit;
        from = to + done - period;
        size = size < period ? size : period;
    } else if (done < rep->length) {
        from = rep->s + done;
        size = size < rep->length - done ? size : rep->length - done;
    } else {
        from = rep->separator + (done - rep->length);
        size = size < unit - done ? size : unit - done;
    }
    size = size < STRING_PIECE ? size : STRING_PIECE;
    memcpy(to + done, from, size);
    return size;
}

static lua_Integer rep_arguments(lua_State *L, struct rep *rep)
{
    rep->s = string_arg(L, 1, &rep->length);
    lua_Integer count = luaL_checkinteger(L, 2);
    rep->separator = "";
    rep->separator_length = 0;
    if (!lua_isnoneornil(L, 3))
        rep->separator = string_arg(L, 3, &rep->separator_length);
    return count;
}

/* Stack: s, n, separator, total, userdata. */
static int rep_continue(lua_State *L, int status, lua_KContext context)
{
    struct rep rep;
    size_t done = (size_t)context;
    char *to = lua_touserdata(L, 5);
    (void)status;
    rep_arguments(L, &rep);
    rep.total = (size_t)lua_tointeger(L, 4);
    while (done < rep.total) {
        size_t size = rep_piece(&rep, to, done);
        done += size;
        if (string_is_over(L, size / (STRING_PIECE / STRING_WORK_UNIT)))
            return state_reschedule(L, (lua_KContext)done, rep_continue);
    }
    lua_pushlstring(L, to, rep.total);
    return 1;
}

int string_rep(lua_State *L)
{
    struct rep rep;
    char small[SHORT];
    lua_Integer count = rep_arguments(L, &rep);
    size_t unit = rep.length + rep.separator_length;
    if (count <= 0 || unit == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if (unit < rep.length || unit > (size_t)INT_MAX / (size_t)count)
        return luaL_error(L, "resulting string too large");
    rep.total = (size_t)count * unit - rep.separator_length;
    if (rep.total <= SHORT) {
        for (size_t done = 0; done < rep.total;)
            done += rep_piece(&rep, small, done);
        lua_pushlstring(L, small, rep.total);
        return 1;
    }
    lua_settop(L, 3);
    lua_pushinteger(L, (lua_Integer)rep.total);
    lua_newuserdata(L, rep.total);
    return rep_continue(L, LUA_OK, 0);
}
