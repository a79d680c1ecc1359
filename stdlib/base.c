/* SPDX-License-Identifier: MIT */
/*
 * base: the plain globals, as in Lua 5.3 but for what follows.
 *
 *   next pairs rawget rawset   see through the laziness of _G and the libraries, and through read-only tables
 *   getmetatable               nil for _G while it is lazy and for decoded empty maps, false for runtime objects, strings and libraries
 *   setmetatable               a __gc field is not seen: programs have no finalizers; libraries and read-only tables are refused
 *   assert                     raises its message unchanged
 *   pcall xpcall               never keep the process from being ended (base_call.c)
 *   tostring print             may suspend inside __tostring (base_text.c); pairs inside __pairs
 *   type getmetatable          "type" for a type value
 *   number integer boolean any unknown never Number Integer String Boolean Any Unknown Never Nil    type values (base_types.c)
 *   typeof                     the builtin type of a value (base_types.c)
 *   print                      writes a log record (base_text.c)
 *   require                    imports, listed modules, ambient libraries (require.c)
 *   unpack                     is table.unpack
 *
 * Absent, because they would lead out of the process or show what is hidden: load and its kind, dofile, collectgarbage, rawlen.
 */
#include "stdlib/base.h"

#include <stdbool.h>
#include <string.h>

#include <lauxlib.h>

#include "stdlib/data_empty.h"
#include "stdlib/process.h"
#include "stdlib/table.h"
#include "vm/typed.h"

static int base_type(lua_State *L)
{
    int type = lua_type(L, 1);
    luaL_argcheck(L, type != LUA_TNONE, 1, "value expected");
    lua_pushstring(L, type == LUA_TUSERDATA && typed_test(L, 1) ? "type" : lua_typename(L, type));
    return 1;
}

static int base_select(lua_State *L)
{
    int n = lua_gettop(L);
    if (lua_type(L, 1) == LUA_TSTRING && *lua_tostring(L, 1) == '#') {
        lua_pushinteger(L, n - 1);
        return 1;
    }
    lua_Integer i = luaL_checkinteger(L, 1);
    if (i < 0)
        i += n;
    else if (i > n)
        i = n;
    luaL_argcheck(L, i >= 1, 1, "index out of range");
    return n - (int)i;
}

static int base_rawequal(lua_State *L)
{
    luaL_checkany(L, 1);
    luaL_checkany(L, 2);
    lua_pushboolean(L, lua_rawequal(L, 1, 2));
    return 1;
}

/* ---- tables that are not what they seem ---- */

/* Is there a metatable of ours on the table at 1? */
static bool is_special(lua_State *L)
{
    if (!lua_getmetatable(L, 1))
        return false;
    bool is_hidden = lazy_is_hidden(L, -1);
    lua_pop(L, 1);
    return is_hidden;
}

static int base_next(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    if (lua_getmetatable(L, 1)) {
        bool is_hidden = lazy_is_hidden(L, -1);
        lua_settop(L, 2);
        if (is_hidden && lazy_target(L, 1))
            lua_replace(L, 1);
    }
    if (lua_next(L, 1))
        return 2;
    lua_pushnil(L);
    return 1;
}

static int pairs_done(lua_State *L, int status, lua_KContext ctx)
{
    (void)L;
    (void)status;
    (void)ctx;
    return 3;
}

static int base_pairs(lua_State *L)
{
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") == LUA_TNIL) {
        lua_pushcfunction(L, base_next);
        lua_pushvalue(L, 1);
        lua_pushnil(L);
        return 3;
    }
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 3, 0, pairs_done);
    return 3;
}

static int ipairs_next(lua_State *L)
{
    lua_Integer i = luaL_checkinteger(L, 2) + 1;
    lua_pushinteger(L, i);
    return lua_geti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

static int base_ipairs(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushcfunction(L, ipairs_next);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

static int base_rawget(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    lua_settop(L, 2);
    if (!is_special(L)) {
        lua_rawget(L, 1);
        return 1;
    }
    if (!lazy_is_frozen(L, 1)) { /* a lazy _G: its __index is ours and finds only what belongs there */
        lua_gettable(L, 1);
        return 1;
    }
    lazy_target(L, 1);
    lua_insert(L, 2);
    lua_rawget(L, 2);
    return 1;
}

static int base_rawset(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    luaL_checkany(L, 3);
    lua_settop(L, 3);
    bool special = is_special(L);
    if (special && lazy_is_frozen(L, 1))
        return lazy_raise(L, 1);
    if (special)
        lua_settable(L, 1);
    else
        lua_rawset(L, 1);
    return 1;
}

/* ---- metatables ---- */

/* Pushes what stands for a hidden metatable. */
static void push_instead(lua_State *L)
{
    if (lazy_former_metatable(L, 1))
        return;
    if (lua_type(L, 1) == LUA_TTABLE && !lazy_is_frozen(L, 1))
        lua_pushnil(L);
    else
        lua_pushboolean(L, false);
}

static int base_getmetatable(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TUSERDATA) {
        if (typed_test(L, 1))
            lua_pushliteral(L, "type");
        else
            lua_pushboolean(L, false);
        return 1;
    }
    if (!lua_getmetatable(L, 1)) {
        lua_pushnil(L);
        return 1;
    }
    if (lazy_is_hidden(L, -1))
        push_instead(L);
    if (lua_type(L, -1) != LUA_TTABLE)
        return 1;
    if (data_empty_is_mark(L, -1)) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushliteral(L, "__metatable");
    if (lua_rawget(L, -2) == LUA_TNIL)
        lua_pop(L, 1);
    return 1;
}

/* Lua looks for __gc only at this moment, so a table never gets a finalizer. No step in here can fail half way. */
static void set_without_gc(lua_State *L)
{
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) == LUA_TNIL) {
        lua_settop(L, 2);
        lua_setmetatable(L, 1);
        return;
    }
    lua_pushliteral(L, "__gc");
    lua_pushvalue(L, -1);
    lua_pushnil(L);
    lua_rawset(L, 2);
    lua_pushvalue(L, 2);
    lua_setmetatable(L, 1);
    lua_insert(L, -2);
    lua_rawset(L, 2);
}

static int base_setmetatable(lua_State *L)
{
    int type = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argcheck(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table expected");
    lua_settop(L, 2);
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL || lazy_is_frozen(L, 1))
        return luaL_error(L, "cannot change a protected metatable");
    if (is_special(L))
        lazy_open_all(L, 1, false);
    if (type == LUA_TNIL)
        lua_setmetatable(L, 1);
    else
        set_without_gc(L);
    lua_settop(L, 1);
    return 1;
}

/* ---- the table of all ---- */

static int open_globals(lua_State *L)
{
    lua_pushglobaltable(L);
    return 1;
}

/* table.unpack and unpack are one function. */
static int open_unpack(lua_State *L)
{
    const struct lazy_entry *entry = std_table_entries;
    while (entry->kind != LAZY_END && strcmp(entry->name, "unpack") != 0)
        entry++;
    lua_pushcfunction(L, entry->function);
    return 1;
}

const struct lazy_entry std_base_entries[] = {
    LAZY_P("assert", base_assert),
    LAZY_F("error", base_error),
    LAZY_P("getmetatable", base_getmetatable),
    LAZY_P("ipairs", base_ipairs),
    LAZY_P("next", base_next),
    LAZY_P("pairs", base_pairs),
    LAZY_F("pcall", base_pcall),
    LAZY_F("print", base_print),
    LAZY_P("rawequal", base_rawequal),
    LAZY_P("rawget", base_rawget),
    LAZY_P("rawset", base_rawset),
    LAZY_P("require", base_require),
    LAZY_P("select", base_select),
    LAZY_P("setmetatable", base_setmetatable),
    LAZY_F("subscribe", process_subscribe),
    LAZY_P("tonumber", base_tonumber),
    LAZY_F("tostring", base_tostring),
    LAZY_P("type", base_type),
    LAZY_F("unsubscribe", process_unsubscribe),
    LAZY_F("xpcall", base_xpcall),
    LAZY_F("typeof", base_typeof),
    LAZY_O("Any", base_open_any),
    LAZY_O("Boolean", base_open_boolean),
    LAZY_O("Integer", base_open_integer),
    LAZY_O("Never", base_open_never),
    LAZY_O("Nil", base_open_nil),
    LAZY_O("Number", base_open_number),
    LAZY_O("String", base_open_string),
    LAZY_O("Unknown", base_open_unknown),
    LAZY_O("any", base_open_any),
    LAZY_O("boolean", base_open_boolean),
    LAZY_O("integer", base_open_integer),
    LAZY_O("never", base_open_never),
    LAZY_O("number", base_open_number),
    LAZY_O("unknown", base_open_unknown),
    LAZY_O("unpack", open_unpack),
    LAZY_O("_G", open_globals),
    LAZY_S("_VERSION", "Lua 5.3"),
    LAZY_DONE,
};
