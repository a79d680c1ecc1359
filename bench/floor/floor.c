/* SPDX-License-Identifier: MIT */
/*
 * floor: what a workload of bench/apps costs at least, done by hand with the API of Lua and without any runtime around it.
 *
 *   floor payload <name> <items> <trips>    payload.c
 *   floor least <name> <items> <trips>      least.c: the calls of Lua that a copy of such a value needs; 0 items: of a table with three fields
 *   floor timers <count>                    states.c: processes that sleep once, without timers and messages
 *   floor growth <count>                    states.c: the message of a process to others, while more and more of them live
 *   floor ring <states> <hops> [inbox]      switch.c: a number that is passed on, without mailboxes and a scheduler
 *   floor pingpong 1 <trips>                the same between two states
 *   floor pingpong 1 <trips> table          trade.c: a table that is made, copied, read and copied back
 *   floor spawn_monitored <count>           watch.c: what the process does that spawns others and sees them end, without the others
 *   floor broadcast <members> <count>       broadcast.c: a table with a text, looked at once for all receivers, and once for each
 */
#include "floor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lauxlib.h>
#include <lualib.h>

double floor_now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double floor_cpu_seconds(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

void floor_must(lua_State *L, int status)
{
    if (status == LUA_OK)
        return;
    fprintf(stderr, "floor: %s\n", lua_tostring(L, -1));
    exit(1);
}

lua_State *floor_new_state(void)
{
    lua_State *L = luaL_newstate();
    if (!L) {
        fputs("floor: out of memory\n", stderr);
        exit(1);
    }
    luaL_openlibs(L);
    return L;
}

void floor_count_name(char *name, size_t size, long count)
{
    if (count % 1000000 == 0)
        snprintf(name, size, "%ldM", count / 1000000);
    else if (count % 1000 == 0)
        snprintf(name, size, "%ldk", count / 1000);
    else
        snprintf(name, size, "%ld", count);
}

/* Under the name that the figure has elsewhere. */
static void run_timers(long count)
{
    char name[32], metric[64];
    floor_count_name(name, sizeof name, count);
    snprintf(metric, sizeof metric, "timers_%s_cpu", name);
    floor_states(metric, count);
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "payload") == 0) {
        floor_payload(argv[2], strtol(argv[3], NULL, 10), strtol(argv[4], NULL, 10));
    } else if (argc == 5 && strcmp(argv[1], "least") == 0) {
        floor_least(argv[2], strtol(argv[3], NULL, 10), strtol(argv[4], NULL, 10));
    } else if (argc == 3 && strcmp(argv[1], "timers") == 0) {
        run_timers(strtol(argv[2], NULL, 10));
    } else if (argc == 3 && strcmp(argv[1], "growth") == 0) {
        floor_growth(strtol(argv[2], NULL, 10));
    } else if ((argc == 4 || argc == 5) && strcmp(argv[1], "ring") == 0) {
        floor_ring(strtol(argv[2], NULL, 10), strtol(argv[3], NULL, 10), argc == 5);
    } else if (argc == 4 && strcmp(argv[1], "pingpong") == 0) {
        floor_pingpong(strtol(argv[3], NULL, 10));
    } else if (argc == 5 && strcmp(argv[1], "pingpong") == 0) {
        floor_trade(strtol(argv[3], NULL, 10));
    } else if (argc == 3 && strcmp(argv[1], "spawn_monitored") == 0) {
        floor_watch(strtol(argv[2], NULL, 10));
    } else if (argc == 4 && strcmp(argv[1], "broadcast") == 0) {
        floor_broadcast(strtol(argv[2], NULL, 10), strtol(argv[3], NULL, 10));
    } else {
        fputs("usage: floor payload|least <name> <items> <trips> | timers|growth|spawn_monitored <count> | ring "
              "<states> <hops> "
              "[inbox] | "
              "pingpong 1 <trips> [table] | broadcast <members> <count>\n",
              stderr);
        return 2;
    }
    return 0;
}
