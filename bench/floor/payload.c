/* SPDX-License-Identifier: MIT */
/*
 * payload: the list of records of apps/payload from one lua_State to another and back, value by value, with nothing in between: no bytes, no
 * queues, no threads.
 */
#include "floor.h"

#include <stdio.h>

#include <lauxlib.h>

static const char make_list[] =
    "local items = ...\n"
    "local list = {}\n"
    "for i = 1, items do\n"
    "  list[i] = {id = i, name = 'user_' .. i, score = i * 1.5, tags = {'alpha', 'beta', 'gamma'}}\n"
    "end\n"
    "return list\n";

static const char check_list[] = "local list, items = ...\n"
                                 "assert(#list == items)\n"
                                 "for i, item in ipairs(list) do\n"
                                 "  assert(item.id == i and item.name == 'user_' .. i and item.score == i * 1.5)\n"
                                 "  assert(table.concat(item.tags, ' ') == 'alpha beta gamma')\n"
                                 "end\n";

static void copy_value(lua_State *from, lua_State *to);

/* The table on top of `from`. */
static void copy_table(lua_State *from, lua_State *to)
{
    luaL_checkstack(from, 4, NULL);
    luaL_checkstack(to, 4, NULL);
    lua_createtable(to, (int)lua_rawlen(from, -1), 0);
    lua_pushnil(from);
    while (lua_next(from, -2)) {
        lua_pushvalue(from, -2);
        copy_value(from, to);
        lua_pop(from, 1);
        copy_value(from, to);
        lua_pop(from, 1);
        lua_rawset(to, -3);
    }
}

/* Pushes onto `to` what is on top of `from`, and leaves it there. */
static void copy_value(lua_State *from, lua_State *to)
{
    size_t length;
    const char *text;

    switch (lua_type(from, -1)) {
    case LUA_TNUMBER:
        if (lua_isinteger(from, -1))
            lua_pushinteger(to, lua_tointeger(from, -1));
        else
            lua_pushnumber(to, lua_tonumber(from, -1));
        break;
    case LUA_TSTRING:
        text = lua_tolstring(from, -1, &length);
        lua_pushlstring(to, text, length);
        break;
    case LUA_TBOOLEAN:
        lua_pushboolean(to, lua_toboolean(from, -1));
        break;
    case LUA_TTABLE:
        copy_table(from, to);
        break;
    default:
        lua_pushnil(to);
    }
}

/* Moves the value on top of one state to the other. */
static void send_value(lua_State *from, lua_State *to)
{
    copy_value(from, to);
    lua_settop(from, 0);
}

void floor_payload(const char *name, long items, long trips)
{
    lua_State *here = floor_new_state(), *there = floor_new_state();
    floor_must(here, luaL_loadstring(here, make_list));
    lua_pushinteger(here, items);
    floor_must(here, lua_pcall(here, 1, 1, 0));

    double began = floor_now_seconds();
    for (long i = 0; i < trips; i++) {
        send_value(here, there);
        send_value(there, here);
    }
    double seconds = floor_now_seconds() - began;

    floor_must(here, luaL_loadstring(here, check_list));
    lua_insert(here, 1);
    lua_pushinteger(here, items);
    floor_must(here, lua_pcall(here, 2, 0, 0));
    printf("RESULT payload_%s %.3f us\n", name, seconds * 1e6 / (2.0 * (double)trips));
    lua_close(here);
    lua_close(there);
}
