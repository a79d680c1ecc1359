/* SPDX-License-Identifier: MIT */
/*
 * states: many Lua states that live at the same time, each of which waits in a function. Of libraries there is only what the function needs.
 *
 *   floor_states    each is made, goes on when all others have begun, and is closed
 *   floor_growth    while more and more live, some anywhere among them are given a number and answer
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

static const char answerer[] = "local receive, value = ..., 0\n"
                               "while true do\n"
                               "  value = receive(value)\n"
                               "end\n";

static int sleep_for(lua_State *L)
{
    return lua_yield(L, 1); /* what it is resumed with is what it returns */
}

static lua_State *begin(const struct floor_dump *dump, lua_Integer ms)
{
    lua_State *L = luaL_newstate();
    if (!L) {
        fputs("floor: out of memory\n", stderr);
        exit(1);
    }
    floor_load(L, dump);
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
    struct floor_dump dump;
    lua_State **states = calloc((size_t)count, sizeof *states);
    lua_Integer late = 0;
    if (!states)
        exit(1);
    floor_compile(&dump, sleeper, false);
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

enum { GROWTH_FIRST = 1000, GROWTH_MESSAGES = 20000, GROWTH_PORTIONS = 9, GROWTH_STEP = 7919 };

/* Numbers to states all over; each answers with what it was given when it asks for the next. Returns the seconds for one. */
static double send_around(lua_State **states, long live, long count)
{
    long sum = 0;
    double began = floor_now_seconds();
    for (long i = 1; i <= count; i++) {
        lua_State *L = states[i * GROWTH_STEP % live];
        lua_settop(L, 0);
        lua_pushinteger(L, i);
        if (lua_resume(L, NULL, 1) != LUA_YIELD)
            floor_must(L, LUA_ERRRUN);
        sum += (long)lua_tointeger(L, -1);
    }
    double seconds = floor_now_seconds() - began;
    if (sum == count * (count + 1) / 2)
        return seconds / (double)count;
    fputs("floor: wrong answers\n", stderr);
    exit(1);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of some portions. */
static double measure(lua_State **states, long live, long count)
{
    double took[GROWTH_PORTIONS];
    for (int i = 0; i < GROWTH_PORTIONS; i++)
        took[i] = send_around(states, live, count);
    qsort(took, GROWTH_PORTIONS, sizeof *took, by_value);
    return took[GROWTH_PORTIONS / 2];
}

void floor_growth(long most)
{
    struct floor_dump dump;
    lua_State **states = calloc((size_t)most, sizeof *states);
    if (!states)
        exit(1);
    floor_compile(&dump, answerer, false);
    long live = 0, count = most < GROWTH_MESSAGES ? most : GROWTH_MESSAGES;
    for (long wanted = most < GROWTH_FIRST ? most : GROWTH_FIRST; live < most; wanted *= 10) {
        for (; live < wanted && live < most; live++)
            states[live] = begin(&dump, 0);
        send_around(states, live, live); /* all have begun */
        char name[32];
        floor_count_name(name, sizeof name, live);
        printf("RESULT growth_send_%s %.3f ns\n", name, measure(states, live, count) * 1e9);
    }
    while (live > 0)
        lua_close(states[--live]);
    free(states);
}
