/* SPDX-License-Identifier: MIT */
/*
 * Tables as lists, respecting metamethods as Lua 5.3 does.
 *
 *   table.insert(t, [pos,] v)   table.remove(t [, pos])   table.move(a, f, e, t [, b])
 *   table.pack(...)             table.unpack(t [, i [, j]])
 *   table.create([narr [, nhash]])   an empty table with room
 *   table.make_immutable(t)     t, which raises on writing from now on; table.is_immutable(t)
 *   table.maxn(t)               the largest positive number that is a key;  table.getn(t): #t
 *
 * Each loop keeps its cursor in the context of its continuation, and all else on the Lua stack.
 */
#include "stdlib/table.h"

#include <limits.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "stdlib/string_work.h"
#include "stdlib/table_lib.h"
#include "vm/state.h"

/* Work of one lua_geti or lua_seti of a plain table. */
enum { ACCESS = 2 };

/* So many values need no room on the Lua stack but what every C function has. */
enum { FEW = LUA_MINSTACK - 4 };

/* Has the metatable at index `metatable` that field? Leaves a value on the stack. */
static bool has_field(lua_State *L, int metatable, const char *name)
{
    lua_pushstring(L, name);
    return lua_rawget(L, metatable) != LUA_TNIL;
}

void table_check(lua_State *L, int arg, int needs)
{
    if (likely(lua_istable(L, arg)))
        return;
    int top = lua_gettop(L), metatable = top + 1;
    bool is_fit = lua_getmetatable(L, arg) && (!(needs & TABLE_READ) || has_field(L, metatable, "__index")) &&
                  (!(needs & TABLE_WRITE) || has_field(L, metatable, "__newindex")) &&
                  (!(needs & TABLE_LENGTH) || has_field(L, metatable, "__len"));
    lua_settop(L, top);
    if (!is_fit)
        luaL_checktype(L, arg, LUA_TTABLE);
}

lua_Integer table_length(lua_State *L, int arg, int needs)
{
    table_check(L, arg, needs | TABLE_LENGTH);
    return luaL_len(L, arg);
}

/* ---- insert, remove ---- */

/* Stack: t, pos, value. Moves t[pos..at) one up, from the end, and sets t[pos]. */
static int insert_run(lua_State *L, int status, lua_KContext at)
{
    size_t debt = 0;
    lua_Integer position = lua_tointeger(L, 2);
    (void)status;
    for (lua_Integer i = at; i > position; i--) {
        lua_geti(L, 1, i - 1);
        lua_seti(L, 1, i);
        if (string_owes(L, &debt, 2 * ACCESS))
            return state_reschedule(L, i - 1, insert_run);
    }
    lua_seti(L, 1, position);
    return 0;
}

static int table_insert(lua_State *L)
{
    lua_Integer end = (lua_Integer)((lua_Unsigned)table_length(L, 1, TABLE_READ | TABLE_WRITE) + 1);
    int count = lua_gettop(L);
    if (count == 2) {
        lua_seti(L, 1, end);
        return 0;
    }
    if (count != 3)
        return luaL_error(L, "wrong number of arguments to 'insert'");
    lua_Integer position = luaL_checkinteger(L, 2);
    luaL_argcheck(L, 1 <= position && position <= end, 2, "position out of bounds");
    return insert_run(L, LUA_OK, end);
}

/* Stack: t, pos, size, result. Moves t(at..size] one down and clears t[size]. */
static int remove_run(lua_State *L, int status, lua_KContext at)
{
    size_t debt = 0;
    lua_Integer size = lua_tointeger(L, 3), i = at;
    (void)status;
    for (; i < size; i++) {
        lua_geti(L, 1, i + 1);
        lua_seti(L, 1, i);
        if (string_owes(L, &debt, 2 * ACCESS))
            return state_reschedule(L, i + 1, remove_run);
    }
    lua_pushnil(L);
    lua_seti(L, 1, i);
    return 1;
}

static int table_remove(lua_State *L)
{
    lua_Integer size = table_length(L, 1, TABLE_READ | TABLE_WRITE);
    lua_Integer position = luaL_optinteger(L, 2, size);
    if (position != size)
        luaL_argcheck(L, 1 <= position && position <= size + 1, 1, "position out of bounds");
    lua_settop(L, 2);
    lua_pushinteger(L, size);
    lua_geti(L, 1, position);
    return remove_run(L, LUA_OK, position);
}

/* ---- move ---- */

static int move_push_result(lua_State *L, int to)
{
    lua_pushvalue(L, to);
    return 1;
}

/* Stack: a1, f, e, t, a2. Upwards, `done` elements are moved already. */
static int move_up_run(lua_State *L, int status, lua_KContext done)
{
    size_t debt = 0;
    int to = lua_isnil(L, 5) ? 1 : 5;
    lua_Integer from = lua_tointeger(L, 2), count = lua_tointeger(L, 3) - from + 1, target = lua_tointeger(L, 4);
    (void)status;
    for (lua_Integer i = done; i < count; i++) {
        lua_geti(L, 1, from + i);
        lua_seti(L, to, target + i);
        if (string_owes(L, &debt, 2 * ACCESS))
            return state_reschedule(L, i + 1, move_up_run);
    }
    return move_push_result(L, to);
}

/* The same from the end, for a target that overlaps; `left` elements are still to be moved. */
static int move_down_run(lua_State *L, int status, lua_KContext left)
{
    size_t debt = 0;
    int to = lua_isnil(L, 5) ? 1 : 5;
    lua_Integer from = lua_tointeger(L, 2), target = lua_tointeger(L, 4);
    (void)status;
    for (lua_Integer i = left - 1; i >= 0; i--) {
        lua_geti(L, 1, from + i);
        lua_seti(L, to, target + i);
        if (string_owes(L, &debt, 2 * ACCESS))
            return state_reschedule(L, i, move_down_run);
    }
    return move_push_result(L, to);
}

static int table_move(lua_State *L)
{
    lua_Integer from = luaL_checkinteger(L, 2), end = luaL_checkinteger(L, 3), target = luaL_checkinteger(L, 4);
    int to = !lua_isnoneornil(L, 5) ? 5 : 1;
    table_check(L, 1, TABLE_READ);
    table_check(L, to, TABLE_WRITE);
    lua_settop(L, 5);
    if (end < from)
        return move_push_result(L, to);
    luaL_argcheck(L, from > 0 || end < LUA_MAXINTEGER + from, 3, "too many elements to move");
    lua_Integer count = end - from + 1;
    luaL_argcheck(L, target <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
    if (target > end || target <= from || (to != 1 && !lua_compare(L, 1, to, LUA_OPEQ)))
        return move_up_run(L, LUA_OK, 0);
    return move_down_run(L, LUA_OK, count);
}

/* ---- pack, unpack ---- */

static int table_pack(lua_State *L)
{
    int count = lua_gettop(L);
    lua_createtable(L, count, 1);
    lua_insert(L, 1);
    for (int i = count; i >= 1; i--)
        lua_rawseti(L, 1, i);
    lua_pushinteger(L, count);
    lua_setfield(L, 1, "n");
    return 1;
}

/* Stack: t, i, j, values so far. */
static int unpack_run(lua_State *L, int status, lua_KContext next)
{
    lua_Integer end = lua_tointeger(L, 3);
    (void)status;
    while (next < end) {
        lua_Integer pause = end - next > STRING_WORK_UNIT ? next + STRING_WORK_UNIT : end;
        for (; next < pause; next++)
            lua_geti(L, 1, next);
        if (next < end && string_is_over(L, STRING_WORK_UNIT * ACCESS))
            return state_reschedule(L, next, unpack_run);
    }
    lua_geti(L, 1, end);
    return lua_gettop(L) - 3;
}

int table_unpack(lua_State *L)
{
    lua_Integer first = luaL_optinteger(L, 2, 1);
    lua_Integer last = luaL_opt(L, luaL_checkinteger, 3, luaL_len(L, 1));
    if (first > last)
        return 0;
    lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)first;
    if (count < FEW) {
        for (lua_Integer i = first; i < last; i++)
            lua_geti(L, 1, i);
        lua_geti(L, 1, last);
        return (int)count + 1;
    }
    lua_settop(L, 2);
    if (count >= INT_MAX - 4 || !lua_checkstack(L, (int)count + 4))
        return luaL_error(L, "too many results to unpack");
    lua_pushinteger(L, last);
    return unpack_run(L, LUA_OK, first);
}

/* ---- beyond Lua 5.3 ---- */

static int table_create(lua_State *L)
{
    lua_Integer narr = luaL_optinteger(L, 1, 0), nhash = luaL_optinteger(L, 2, 0);
    luaL_argcheck(L, 0 <= narr && narr < INT_MAX, 1, "size out of range");
    luaL_argcheck(L, 0 <= nhash && nhash < INT_MAX, 2, "size out of range");
    lua_createtable(L, (int)narr, (int)nhash);
    return 1;
}

static int table_make_immutable(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (!lazy_is_frozen(L, 1))
        lazy_freeze(L, 1);
    return 1;
}

static int table_is_immutable(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushboolean(L, lazy_is_frozen(L, 1));
    return 1;
}

/* Stack: t, the largest number so far, key. */
static int maxn_run(lua_State *L, int status, lua_KContext context)
{
    size_t debt = 0;
    (void)status;
    (void)context;
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        if (lua_type(L, 3) == LUA_TNUMBER && lua_compare(L, 2, 3, LUA_OPLT)) {
            lua_pushvalue(L, 3);
            lua_replace(L, 2);
        }
        if (string_owes(L, &debt, ACCESS))
            return state_reschedule(L, 0, maxn_run);
    }
    lua_settop(L, 2);
    return 1;
}

static int table_maxn(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (lazy_target(L, 1))
        lua_replace(L, 1);
    lua_pushinteger(L, 0);
    lua_pushnil(L);
    return maxn_run(L, LUA_OK, 0);
}

static int table_getn(lua_State *L)
{
    lua_pushinteger(L, table_length(L, 1, TABLE_LENGTH));
    return 1;
}

const struct lazy_entry std_table_entries[] = {
    LAZY_P("concat", table_concat),
    LAZY_P("create", table_create),
    LAZY_F("getn", table_getn),
    LAZY_P("insert", table_insert),
    LAZY_F("is_immutable", table_is_immutable),
    LAZY_F("make_immutable", table_make_immutable),
    LAZY_F("maxn", table_maxn),
    LAZY_F("move", table_move),
    LAZY_P("pack", table_pack),
    LAZY_P("remove", table_remove),
    LAZY_F("sort", table_sort),
    LAZY_P("unpack", table_unpack),
    LAZY_DONE,
};
