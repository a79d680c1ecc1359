/* SPDX-License-Identifier: MIT */
/*
 * least: the calls of Lua's API without which no copy of the values of apps/payload and apps/pingpong can be, CPU time. Every entry is visited once
 * and read once, and nothing is kept of it: the least an encoder can do. Tables are made in their final size and filled, and strings that come again
 * lie on the stack: the least a decoder can do, the collection of what was made before included.
 */
#include "floor.h"

#include <stdio.h>
#include <stdlib.h>

#include <lauxlib.h>

enum { ID = 1, NAME, SCORE, TAGS, ALPHA, WORDS = 7 }; /* stack indices of the strings */

enum { RECORD_SCALARS = 6, FIELDS_SCALARS = 3 };

static long scalars; /* that were read */

static void visit_value(lua_State *L);

/* The table on top. */
static void visit_table(lua_State *L)
{
    size_t length;
    luaL_checkstack(L, 4, NULL);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        if (lua_type(L, -2) == LUA_TSTRING)
            lua_tolstring(L, -2, &length);
        visit_value(L);
        lua_pop(L, 1);
    }
}

static void visit_value(lua_State *L)
{
    size_t length;
    switch (lua_type(L, -1)) {
    case LUA_TNUMBER:
        if (lua_isinteger(L, -1))
            lua_tointeger(L, -1);
        else
            lua_tonumber(L, -1);
        scalars++;
        break;
    case LUA_TSTRING:
        lua_tolstring(L, -1, &length);
        scalars++;
        break;
    case LUA_TTABLE:
        visit_table(L);
        break;
    }
}

static void push_words(lua_State *L)
{
    static const char *const words[WORDS] = {"id", "name", "score", "tags", "alpha", "beta", "gamma"};
    lua_settop(L, 0);
    for (int i = 0; i < WORDS; i++)
        lua_pushstring(L, words[i]);
}

/* The name of a record; strings that are met once must be looked up. */
static void push_name(lua_State *L, long number)
{
    char text[32] = "user_", *at = text + sizeof text, *end = at;
    for (; number > 0; number /= 10)
        *--at = (char)('0' + number % 10);
    for (size_t i = sizeof "user_" - 1; i-- > 0;)
        *--at = text[i];
    lua_pushlstring(L, at, (size_t)(end - at));
}

static void make_record(lua_State *L, long number)
{
    lua_createtable(L, 0, 4);
    lua_pushvalue(L, ID);
    lua_pushinteger(L, number);
    lua_rawset(L, -3);
    lua_pushvalue(L, NAME);
    push_name(L, number);
    lua_rawset(L, -3);
    lua_pushvalue(L, SCORE);
    lua_pushnumber(L, (lua_Number)number * 1.5);
    lua_rawset(L, -3);
    lua_pushvalue(L, TAGS);
    lua_createtable(L, 3, 0);
    for (int i = 0; i < 3; i++) {
        lua_pushvalue(L, ALPHA + i);
        lua_rawseti(L, -2, i + 1);
    }
    lua_rawset(L, -3);
}

static void make_records(lua_State *L, long items)
{
    lua_createtable(L, (int)items, 0);
    for (long i = 1; i <= items; i++) {
        make_record(L, i);
        lua_rawseti(L, -2, i);
    }
}

/* The table of pingpong: a message by itself, so every string must be looked up. */
static void make_fields(lua_State *L)
{
    lua_createtable(L, 0, 3);
    lua_pushlstring(L, "id", 2);
    lua_pushinteger(L, 5);
    lua_rawset(L, -3);
    lua_pushlstring(L, "name", 4);
    lua_pushlstring(L, "ping", 4);
    lua_rawset(L, -3);
    lua_pushlstring(L, "share", 5);
    lua_pushnumber(L, 2.5);
    lua_rawset(L, -3);
}

void floor_least(const char *name, long items, long trips)
{
    lua_State *L = floor_new_state();
    double began = floor_cpu_seconds();
    for (long i = 0; i < trips; i++) {
        push_words(L);
        if (items)
            make_records(L, items);
        else
            make_fields(L);
    }
    double made = floor_cpu_seconds();
    for (long i = 0; i < trips; i++)
        visit_table(L);
    double visited = floor_cpu_seconds();
    if (scalars != trips * (items ? items * RECORD_SCALARS : FIELDS_SCALARS)) {
        fputs("floor: not all was read\n", stderr);
        exit(1);
    }
    printf("RESULT least_%s_visit %.3f us\n", name, (visited - made) * 1e6 / (double)trips);
    printf("RESULT least_%s_make %.3f us\n", name, (made - began) * 1e6 / (double)trips);
    lua_close(L);
}
