/* SPDX-License-Identifier: MIT */
/*
 * floor: the work of bench/apps by hand, in the obvious way, with the API of Lua and without any runtime around it. What moonlet adds shows beside it;
 * where it saves what the obvious way does (clones instead of new states, one copy of a string), it can be faster.
 *
 *   floor payload <name> <items> <trips>    payload.c
 *   floor least <name> <items> <trips>      least.c: the calls of Lua that a copy of such a value needs; 0 items: of a table with three fields
 *   floor timers <count> [parts]            sleepers.c: processes that sleep once, copies of a template, with who starts them, who hears of them, and
 *                                           a clock; and these processes alone: with what a copy costs, and the two resumes
 *                                           states.c: each a new state, without timers and messages
 *   floor growth <count>                    states.c: the message of a process to others, while more and more of them live
 *   floor ring <states> <hops> [inbox]      switch.c: a number that is passed on, without mailboxes and a scheduler
 *   floor pingpong 1 <trips>                the same between two states
 *   floor pingpong 1 <trips> table          trade.c: a table that is made, copied, read and copied back
 *   floor spawn_monitored <count>           watch.c: what the process does that spawns others and sees them end, without the others
 *   floor broadcast <members> <count>       broadcast.c: a table with a text, looked at once for all receivers, and once for each
 *   floor memory <states> [<bytes> <copied> <lines>]
 *                                           memory.c: what the memory of so many states costs the first time and again
 *   floor fetch <states> <bytes> <lines>    fetch.c: what asking for the lines of a state ahead is good for, for either level of the cache
 *   floor lend <megabytes>                  memory.c: no figure; the next program finds so much memory that the host has lent
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

static int keep(lua_State *L, const void *bytes, size_t length, void *ctx)
{
    struct floor_dump *dump = ctx;
    (void)L;
    if (length > sizeof dump->bytes - dump->length)
        return 1;
    memcpy(dump->bytes + dump->length, bytes, length);
    dump->length += length;
    return 0;
}

void floor_compile(struct floor_dump *dump, const char *source, bool strip)
{
    lua_State *L = floor_new_state();
    dump->length = 0;
    floor_must(L, luaL_loadstring(L, source));
    floor_must(L, lua_dump(L, keep, dump, strip) ? LUA_ERRERR : LUA_OK);
    lua_close(L);
}

void floor_load(lua_State *L, const struct floor_dump *dump)
{
    floor_must(L, luaL_loadbufferx(L, dump->bytes, dump->length, "=floor", "b"));
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

static long number_from(const char *text, long least)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (*end == '\0' && end != text && value >= least && value <= 100000000)
        return value;
    fprintf(stderr, "floor: '%s' is no number from %ld to 100000000\n", text, least);
    exit(2);
}

static long number(const char *text)
{
    return number_from(text, 0);
}

/* The arguments of each are those that the application of that name gets. */

static void run_payload(int argc, char **argv)
{
    (void)argc;
    floor_payload(argv[0], number(argv[1]), number(argv[2]));
}

static void run_least(int argc, char **argv)
{
    (void)argc;
    floor_least(argv[0], number(argv[1]), number(argv[2]));
}

/* The first under the name that the figure has elsewhere; the others have no other. */
static void run_timers(int argc, char **argv)
{
    char name[32], metric[64];
    bool with_parts = argc == 2;
    if (with_parts && strcmp(argv[1], "parts") != 0) {
        fputs("floor timers: parts, or nothing\n", stderr);
        exit(2);
    }
    long count = number_from(argv[0], 1);
    floor_count_name(name, sizeof name, count);
    snprintf(metric, sizeof metric, "timers_%s_cpu", name);
    floor_sleepers(metric, count);
    snprintf(metric, sizeof metric, "timers_%s_cpu_alone", name);
    floor_sleepers_alone(metric, count, with_parts);
    snprintf(metric, sizeof metric, "timers_%s_cpu_new", name);
    floor_states(metric, count);
}

static void run_growth(int argc, char **argv)
{
    (void)argc;
    floor_growth(number_from(argv[0], 1));
}

static void run_ring(int argc, char **argv)
{
    floor_ring(number(argv[0]), number(argv[1]), argc == 3);
}

static void run_pingpong(int argc, char **argv)
{
    if (argc == 3)
        floor_trade(number(argv[1]));
    else
        floor_pingpong(number(argv[1]));
}

static void run_watch(int argc, char **argv)
{
    (void)argc;
    floor_watch(number(argv[0]));
}

static void run_broadcast(int argc, char **argv)
{
    (void)argc;
    floor_broadcast(number(argv[0]), number(argv[1]));
}

static void run_memory(int argc, char **argv)
{
    struct floor_state state = {7680, 5248, 24};
    if (argc == 4)
        state = (struct floor_state){number(argv[1]), number(argv[2]), number(argv[3])};
    bool is_good = state.lines >= 1 && state.copied >= 64 * state.lines && state.copied <= state.size;
    if (!is_good || (argc != 1 && argc != 4)) {
        fputs("floor memory: all three or none, the lines in what is copied, and that in the bytes\n", stderr);
        exit(2);
    }
    floor_memory(number(argv[0]), &state);
}

static void run_fetch(int argc, char **argv)
{
    struct floor_state state = {.size = number(argv[1]), .lines = number(argv[2])};
    (void)argc;
    if (number(argv[0]) < 1 || state.lines < 1 || state.size % 64 != 0 || state.size < 64 * state.lines) {
        fputs("floor fetch: the bytes are whole lines, and as many at least as are wanted\n", stderr);
        exit(2);
    }
    floor_fetch(number(argv[0]), &state);
}

static void run_lend(int argc, char **argv)
{
    (void)argc;
    floor_lend(number(argv[0]));
}

static const struct command {
    const char *name;
    int least, most; /* arguments */
    void (*run)(int argc, char **argv);
    const char *arguments;
} commands[] = {
    {"payload", 3, 3, run_payload, "<name> <items> <trips>"},
    {"least", 3, 3, run_least, "<name> <items> <trips>"},
    {"timers", 1, 2, run_timers, "<count> [parts]"},
    {"growth", 1, 1, run_growth, "<count>"},
    {"ring", 2, 3, run_ring, "<states> <hops> [inbox]"},
    {"pingpong", 2, 3, run_pingpong, "1 <trips> [table]"},
    {"spawn_monitored", 1, 1, run_watch, "<count>"},
    {"broadcast", 2, 2, run_broadcast, "<members> <count>"},
    {"memory", 1, 4, run_memory, "<states> [<bytes> <copied> <lines>]"},
    {"fetch", 3, 3, run_fetch, "<states> <bytes> <lines>"},
    {"lend", 1, 1, run_lend, "<megabytes>"},
};

int main(int argc, char **argv)
{
    size_t count = sizeof commands / sizeof *commands;
    for (size_t i = 0; argc >= 2 && i < count; i++) {
        const struct command *command = &commands[i];
        int arguments = argc - 2;
        if (strcmp(argv[1], command->name) != 0 || arguments < command->least || arguments > command->most)
            continue;
        command->run(arguments, argv + 2);
        return 0;
    }
    fputs("usage:\n", stderr);
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "  floor %s %s\n", commands[i].name, commands[i].arguments);
    return 2;
}
