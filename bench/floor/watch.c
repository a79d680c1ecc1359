/* SPDX-License-Identifier: MIT */
/*
 * watch: what the one process of apps/spawn_monitored that spawns all others and sees them end does itself, in Lua and by the API of Lua: the loop, for each
 * process the text of a PID, for each end a table that tells of it. There are no other processes, no messages and no threads, so however many CPUs
 * run the children, it does not get faster than that.
 */
#include "floor.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <lauxlib.h>

static const char watcher[] = "local spawn_monitored, receive, count, EXIT = ...\n"
                              "for i = 1, count do assert(spawn_monitored('bench:child', 'bench:processes', i)) end\n"
                              "local sum = 0\n"
                              "for _ = 1, count do\n"
                              "  local event = receive()\n"
                              "  assert(event.kind == EXIT)\n"
                              "  sum = sum + event.result.value\n"
                              "end\n"
                              "return sum\n";

static lua_Integer ended;

/* As long as those of moonlet, and each another one. */
static void push_pid(lua_State *L, lua_Integer number)
{
    static const char digits[] = "0123456789abcdef";
    char text[] = "{bench:processes|0x10000000000000}";
    uint64_t spread = (uint64_t)number * UINT64_C(0x9e3779b97f4a7c15) >> 12;
    for (char *at = text + sizeof text - 3; spread; spread >>= 4)
        *at-- = digits[spread & 15];
    lua_pushlstring(L, text, sizeof text - 1);
}

static int spawn_monitored(lua_State *L)
{
    luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    push_pid(L, luaL_checkinteger(L, 3));
    return 1;
}

static int receive(lua_State *L)
{
    lua_createtable(L, 0, 4);
    lua_pushstring(L, "pid.exit");
    lua_setfield(L, -2, "kind");
    lua_pushinteger(L, 1577836800);
    lua_setfield(L, -2, "at");
    push_pid(L, ++ended);
    lua_setfield(L, -2, "from");
    lua_createtable(L, 0, 1);
    lua_pushinteger(L, ended);
    lua_setfield(L, -2, "value");
    lua_setfield(L, -2, "result");
    return 1;
}

void floor_watch(long count)
{
    lua_State *L = floor_new_state();
    floor_must(L, luaL_loadstring(L, watcher));
    lua_pushcfunction(L, spawn_monitored);
    lua_pushcfunction(L, receive);
    lua_pushinteger(L, count);
    lua_pushstring(L, "pid.exit");
    double began = floor_now_seconds();
    floor_must(L, lua_pcall(L, 4, 1, 0));
    double seconds = floor_now_seconds() - began;
    if (lua_tointeger(L, -1) != (lua_Integer)count * (count + 1) / 2) {
        fputs("floor: lost or doubled exits\n", stderr);
        exit(1);
    }
    lua_close(L);
    printf("RESULT spawn_monitored %.3f /s\n", (double)count / seconds);
}
