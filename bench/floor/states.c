/* SPDX-License-Identifier: MIT */
/*
 * states: many Lua states that live at the same time. Each is made, begins a function, waits, goes on when all others have begun, and is closed.
 * Of libraries there is only what the function needs.
 */
#include "floor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

static const char sleeper[] = "local sleep, ms = ...\n"
                              "local began = sleep(ms)\n"
                              "return began - ms\n";

struct dump {
    char bytes[1024];
    size_t length;
};

static int keep(lua_State *L, const void *bytes, size_t length, void *ctx)
{
    struct dump *dump = ctx;
    (void)L;
    if (length > sizeof dump->bytes - dump->length)
        return 1;
    memcpy(dump->bytes + dump->length, bytes, length);
    dump->length += length;
    return 0;
}

/* Compiled once, as a runtime would. */
static void compile(struct dump *dump)
{
    lua_State *L = floor_new_state();
    dump->length = 0;
    floor_must(L, luaL_loadstring(L, sleeper));
    floor_must(L, lua_dump(L, keep, dump, 0) ? LUA_ERRERR : LUA_OK);
    lua_close(L);
}

static int sleep_for(lua_State *L)
{
    return lua_yield(L, 1); /* what it is resumed with is what it returns */
}

static lua_State *begin(const struct dump *dump, lua_Integer ms)
{
    lua_State *L = luaL_newstate();
    if (!L) {
        fputs("floor: out of memory\n", stderr);
        exit(1);
    }
    floor_must(L, luaL_loadbufferx(L, dump->bytes, dump->length, "=sleeper", "b"));
    lua_pushcfunction(L, sleep_for);
    lua_pushinteger(L, ms);
    if (lua_resume(L, NULL, 2) != LUA_YIELD)
        floor_must(L, LUA_ERRRUN);
    return L;
}

static lua_Integer finish(lua_State *L, lua_Integer ms)
{
    lua_settop(L, 0);
    lua_pushinteger(L, ms);
    floor_must(L, lua_resume(L, NULL, 1));
    lua_Integer late = lua_tointeger(L, -1);
    lua_close(L);
    return late;
}

void floor_states(const char *metric, long count)
{
    struct dump dump;
    lua_State **states = calloc((size_t)count, sizeof *states);
    lua_Integer late = 0;
    if (!states)
        exit(1);
    compile(&dump);
    double began = floor_cpu_seconds();
    for (long i = 0; i < count; i++)
        states[i] = begin(&dump, i % 1000);
    for (long i = 0; i < count; i++)
        late += finish(states[i], i % 1000 + 1);
    double seconds = floor_cpu_seconds() - began;
    if (late != count) {
        fputs("floor: lost sleepers\n", stderr);
        exit(1);
    }
    free(states);
    printf("RESULT %s %.3f us\n", metric, seconds * 1e6 / (double)count);
}
