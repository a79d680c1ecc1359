/* SPDX-License-Identifier: MIT */
/*
 * base_text: values as text: tostring, tonumber, print. A __tostring may suspend: print keeps its progress in the continuation's context and
 * puts each text in the place of its value.
 */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/log.h"
#include "stdlib/base.h"
#include "stdlib/log_fields.h"
#include "vm/address.h"
#include "vm/state.h"
#include "vm/vm.h"

/* Pushes a __tostring of the value at `index` and the value, ready to call; or the text at once, and returns false. */
static bool prepare_tostring(lua_State *L, int index)
{
    if (luaL_getmetafield(L, index, "__tostring") == LUA_TNIL) {
        address_tolstring(L, index, NULL);
        return false;
    }
    lua_pushvalue(L, index);
    return true;
}

/* A number becomes its text, as in stock Lua. */
static void check_text(lua_State *L)
{
    if (!lua_tostring(L, -1))
        luaL_error(L, "'__tostring' must return a string");
}

static int tostring_done(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    check_text(L);
    return 1;
}

int base_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING) {
        lua_settop(L, 1);
        return 1;
    }
    if (!prepare_tostring(L, 1))
        return 1;
    lua_callk(L, 1, 1, 0, tostring_done);
    return tostring_done(L, LUA_OK, 0);
}

/* ---- print ---- */

static void write_record(lua_State *L, const char *message, size_t length)
{
    struct log *log = vm_log(state_vm(L));
    if (!log_is_on(log, LOG_INFO))
        return;
    struct log_text text;
    log_text_open(L, &text);
    log_fields_process(L, &text);
    struct log_record record = {.level = LOG_INFO,
                                .logger = "lua",
                                .message = message,
                                .message_length = length,
                                .fields = text.data,
                                .fields_length = text.length};
    log_write(log, &record);
    log_text_close(L, &text);
}

/* All arguments are strings or numbers by now. */
static int print_texts(lua_State *L, int count)
{
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (int i = 1; i <= count; i++) {
        if (i > 1)
            luaL_addchar(&buffer, ' ');
        lua_pushvalue(L, i);
        luaL_addvalue(&buffer);
    }
    luaL_pushresult(&buffer);
    size_t length;
    const char *message = lua_tolstring(L, -1, &length);
    write_record(L, message, length);
    return 0;
}

static int print_done(lua_State *L, int status, lua_KContext ctx);

/* Turns arguments `from`… into text; those before are done. */
static int print_from(lua_State *L, int from)
{
    int count = lua_gettop(L);
    for (int i = from; i <= count; i++) {
        int type = lua_type(L, i);
        if (type == LUA_TSTRING || type == LUA_TNUMBER)
            continue;
        if (prepare_tostring(L, i)) {
            lua_callk(L, 1, 1, i, print_done);
            check_text(L);
        }
        lua_replace(L, i);
    }
    return print_texts(L, count);
}

/* A __tostring that had been suspended has returned the text of argument number `ctx`. */
static int print_done(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    check_text(L);
    lua_replace(L, (int)ctx);
    return print_from(L, (int)ctx + 1);
}

int base_print(lua_State *L)
{
    return print_from(L, 1);
}

/* ---- tonumber ---- */

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return isalpha((unsigned char)c) ? toupper((unsigned char)c) - 'A' + 10 : 99;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The whole text as an integer in that base, wrapping around as Lua's own do. */
static bool parse_integer(const char *text, size_t length, int base, lua_Integer *out)
{
    const char *p = text, *end = text + length;
    while (p < end && is_space(*p))
        p++;
    while (end > p && is_space(end[-1]))
        end--;
    bool negative = p < end && *p == '-';
    p += negative;
    if (p == end)
        return false;
    lua_Unsigned value = 0;
    for (; p < end; p++) {
        int digit = digit_value(*p);
        if (digit >= base)
            return false;
        value = value * (lua_Unsigned)base + (lua_Unsigned)digit;
    }
    *out = (lua_Integer)(negative ? 0u - value : value);
    return true;
}

int base_tonumber(lua_State *L)
{
    size_t length;
    const char *text;
    if (lua_isnoneornil(L, 2)) {
        luaL_checkany(L, 1);
        if (lua_type(L, 1) == LUA_TNUMBER) {
            lua_settop(L, 1);
            return 1;
        }
        text = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &length) : NULL;
        if (!text || lua_stringtonumber(L, text) != length + 1)
            lua_pushnil(L);
        return 1;
    }
    lua_Integer base = luaL_checkinteger(L, 2), value;
    luaL_checktype(L, 1, LUA_TSTRING);
    luaL_argcheck(L, base >= 2 && base <= 36, 2, "base out of range");
    text = lua_tolstring(L, 1, &length);
    if (parse_integer(text, length, (int)base, &value))
        lua_pushinteger(L, value);
    else
        lua_pushnil(L);
    return 1;
}
