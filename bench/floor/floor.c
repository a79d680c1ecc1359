/* SPDX-License-Identifier: MIT */
/*
 * floor: what a workload of bench/apps costs at least, done by hand with the API of Lua and without any runtime around it.
 *
 *   floor payload <name> <items> <trips>    copies the list of records of apps/payload from one lua_State to another and back, value by
 *                                           value, with nothing in between: no bytes, no queues, no threads
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

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

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Exits with what Lua says when `status` is an error. */
static void must(lua_State *L, int status)
{
    if (status == LUA_OK)
        return;
    fprintf(stderr, "floor: %s\n", lua_tostring(L, -1));
    exit(1);
}

static lua_State *new_state(void)
{
    lua_State *L = luaL_newstate();
    if (!L) {
        fputs("floor: out of memory\n", stderr);
        exit(1);
    }
    luaL_openlibs(L);
    return L;
}

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

static void run_payload(const char *name, long items, long trips)
{
    lua_State *here = new_state(), *there = new_state();
    must(here, luaL_loadstring(here, make_list));
    lua_pushinteger(here, items);
    must(here, lua_pcall(here, 1, 1, 0));

    double began = now_seconds();
    for (long i = 0; i < trips; i++) {
        send_value(here, there);
        send_value(there, here);
    }
    double seconds = now_seconds() - began;

    must(here, luaL_loadstring(here, check_list));
    lua_insert(here, 1);
    lua_pushinteger(here, items);
    must(here, lua_pcall(here, 2, 0, 0));
    printf("RESULT payload_%s %.3f us\n", name, seconds * 1e6 / (2.0 * (double)trips));
    lua_close(here);
    lua_close(there);
}

int main(int argc, char **argv)
{
    if (argc != 5 || strcmp(argv[1], "payload") != 0) {
        fputs("usage: floor payload <name> <items> <trips>\n", stderr);
        return 2;
    }
    run_payload(argv[2], strtol(argv[3], NULL, 10), strtol(argv[4], NULL, 10));
    return 0;
}
