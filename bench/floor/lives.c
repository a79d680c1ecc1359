/* SPDX-License-Identifier: MIT */
/*
 * lives: the least that a runtime of isolated states of stock Lua does for a sleeper of apps/timers, when it makes states as moonlet does, as copies of a
 * template. A life is a copy, in memory of its own that nobody has used; a resume with its arguments; a place in a calendar; when its time has come
 * a resume, in which it reports; then its memory is in a free list. All live at the same time. There are no threads, mailboxes, messages, PIDs, limits,
 * and nobody waits: the clock says what the calendar is at.
 *
 * The template is one block, whose allocator takes from its end only. It is made up to the first instruction of the sleeper. What calls need is
 * there too, and behind it room for the objects that a sleeper makes; Lua never collects. What was of use on the way only stays in it, 800 bytes, and
 * so do the compiler's words, 700. A word of the block is a pointer if it is an address in the block: what lay there before is zero, and
 * numbers and texts of a sleeper are no such addresses (vm/template_build.c has to be more careful). In a copy they are moved. What else
 * depends on an address, the seed of the hashes, is the same in all.
 *
 * When the time of a life has come, nothing of it is in a cache. So the lines that it needs are fetched while the one before it runs: those that
 * a trial has changed, and all behind the bare state, which are the functions, their tables, and the room.
 */
#include "floor.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <lua.h>

/* That of the application. */
static const char sleeper[] = "local time = require('time')\n"
                              "local function main(parent, ms)\n"
                              "  local began = time.now()\n"
                              "  time.sleep(ms * time.MILLISECOND)\n"
                              "  process.send(parent, 'late', time.now():sub(began):microseconds() - ms * 1000)\n"
                              "end\n"
                              "return { main = main }\n";

static const char parent[] = "{bench:processes|0x10000000000000}";

enum { LINE = 64, REGION = 64 * 1024, LONGEST = 1000 /* ms */, STEP = 7919, US = 1000, MS = 1000000 };

/* What the block of a life begins with. */
struct life {
    struct life *next; /* due at the same time, or free */
    lua_State *L;
    char *bump, *end;
};

struct lives {
    char *image;         /* where the template is made; in the end its pointers are offsets */
    size_t copied, size; /* bytes of it; of a block with the room, whole lines */
    size_t function;     /* where it has what came after the bare state */
    uint32_t *pointers;  /* their places, in words */
    uint32_t *hot;       /* offsets of the lines that a wake-up touches */
    size_t pointer_count, hot_count;
    lua_Integer now;               /* ns */
    long reported, right;          /* have ended; and have reported what is right */
    struct life *due[LONGEST + 1]; /* by the millisecond */
    struct life *free;
};

/* What Lua calls */

static void *allocate(void *ud, void *data, size_t old_size, size_t size)
{
    struct life *life = ud;
    if (data && size <= old_size)
        return size > 0 ? data : NULL;
    size = (size + 7) & ~(size_t)7;
    if (size == 0 || size > (size_t)(life->end - life->bump))
        return NULL;
    void *block = life->bump;
    life->bump += size;
    return data ? memcpy(block, data, old_size) : block;
}

static struct lives *lives_of(lua_State *L)
{
    return *(struct lives **)lua_getextraspace(L);
}

/* An object with the metatable that is the first upvalue. */
static int push_ns(lua_State *L, lua_Integer ns)
{
    *(lua_Integer *)lua_newuserdata(L, sizeof ns) = ns;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_setmetatable(L, -2);
    return 1;
}

static lua_Integer ns_of(lua_State *L, int index)
{
    return *(lua_Integer *)lua_touserdata(L, index);
}

static int time_now(lua_State *L)
{
    return push_ns(L, lives_of(L)->now);
}

static int time_sub(lua_State *L)
{
    return push_ns(L, ns_of(L, 1) - ns_of(L, 2));
}

static int duration_microseconds(lua_State *L)
{
    lua_pushinteger(L, ns_of(L, 1) / US);
    return 1;
}

static int time_sleep(lua_State *L)
{
    return lua_yield(L, 1);
}

/* All are a millisecond late: see wake. */
static int process_send(lua_State *L)
{
    struct lives *lives = lives_of(L);
    lives->reported++;
    lives->right += lua_tointeger(L, 3) == MS / US;
    return 0;
}

static int require(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    return 1;
}

/* A life */

static struct life *clone(const struct lives *lives, void *memory)
{
    uint64_t *words = memcpy(memory, lives->image, lives->copied);
    for (size_t i = 0; i < lives->pointer_count; i++)
        words[lives->pointers[i]] += (uintptr_t)memory;
    return memory;
}

/* Runs it up to its sleep; returns for how many ms that is to be. */
static lua_Integer begin(struct life *life, lua_Integer ms)
{
    lua_pushlstring(life->L, parent, sizeof parent - 1);
    lua_pushinteger(life->L, ms);
    if (lua_resume(life->L, NULL, 2) != LUA_YIELD)
        floor_must(life->L, LUA_ERRRUN);
    return lua_tointeger(life->L, -1) / MS;
}

static void finish(struct life *life)
{
    lua_settop(life->L, 0);
    floor_must(life->L, lua_resume(life->L, NULL, 0));
}

static inline void fetch(const struct lives *lives, const struct life *life)
{
    for (size_t i = 0; i < lives->hot_count; i++)
        __builtin_prefetch((const char *)life + lives->hot[i], 1);
}

/* All lives */

static void spawn(struct lives *lives, char *memory, long count)
{
    for (long i = 1; i <= count; i++, memory += lives->size) {
        struct life *life = clone(lives, memory);
        lua_Integer ms = begin(life, i * STEP % (LONGEST + 1));
        life->next = lives->due[ms];
        lives->due[ms] = life;
    }
}

/* A timer is never early, so its millisecond is over when it fires. */
static void wake(struct lives *lives)
{
    for (lua_Integer ms = 0; ms <= LONGEST; ms++) {
        lives->now = (ms + 1) * MS;
        for (struct life *life = lives->due[ms], *next; life; life = next) {
            next = life->next;
            if (next)
                fetch(lives, next);
            finish(life);
            life->next = lives->free;
            lives->free = life;
        }
    }
}

/* The template */

/* Calls a C function in a C function: Lua keeps what it takes for as many calls as a sleeper makes. */
static int call_deep(lua_State *L)
{
    bool is_inner = lua_toboolean(L, 1);
    if (!is_inner) {
        lua_pushcfunction(L, call_deep);
        lua_pushboolean(L, true);
        lua_call(L, 1, 0);
    }
    return 0;
}

/* Pushes a function whose upvalue is a new metatable, with the function on the stack as its only method. */
static void push_maker(lua_State *L, lua_CFunction maker, const char *method)
{
    lua_createtable(L, 0, 1);
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, method);
    lua_setfield(L, -2, "__index");
    lua_pushcclosure(L, maker, 1);
    lua_remove(L, -2);
}

static void open_libraries(lua_State *L)
{
    lua_createtable(L, 0, 3);
    lua_pushcfunction(L, duration_microseconds);
    push_maker(L, time_sub, "microseconds");
    push_maker(L, time_now, "sub");
    lua_setfield(L, -2, "now");
    lua_pushcfunction(L, time_sleep);
    lua_setfield(L, -2, "sleep");
    lua_pushinteger(L, MS);
    lua_setfield(L, -2, "MILLISECOND");
    lua_pushcclosure(L, require, 1);
    lua_setglobal(L, "require");
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, process_send);
    lua_setfield(L, -2, "send");
    lua_setglobal(L, "process");
}

static void build(struct lives *lives)
{
    struct floor_dump dump;
    floor_compile(&dump, sleeper, true);
    lives->image = floor_map(REGION);
    struct life *life = (struct life *)lives->image;
    *life = (struct life){.bump = (char *)(life + 1), .end = lives->image + REGION};
    lua_State *L = life->L = lua_newstate(allocate, life);
    if (!L)
        exit(1);
    lives->function = (size_t)(life->bump - lives->image);
    *(struct lives **)lua_getextraspace(L) = lives;
    lua_gc(L, LUA_GCSTOP, 0);
    lua_pushcfunction(L, call_deep);
    lua_call(L, 0, 0);
    open_libraries(L);
    floor_load(L, &dump);
    lua_call(L, 0, 1);
    lua_getfield(L, 1, "main");
    lua_remove(L, 1);
    lives->copied = (size_t)(life->bump - lives->image);
}

static void find_pointers(struct lives *lives)
{
    uint64_t *words = (uint64_t *)lives->image;
    lives->pointers = calloc(lives->copied / sizeof *words, sizeof *lives->pointers);
    if (!lives->pointers)
        exit(1);
    for (uint32_t i = 0; i < lives->copied / sizeof *words; i++) {
        if (words[i] - (uintptr_t)lives->image > REGION)
            continue;
        words[i] -= (uintptr_t)lives->image;
        lives->pointers[lives->pointer_count++] = i;
    }
}

/* Has one of them live, sees how much room it takes, and which lines it touches after its sleep. */
static void try_one(struct lives *lives)
{
    char *memory = floor_map(REGION), *before = malloc(REGION);
    if (!before)
        exit(1);
    struct life *life = clone(lives, memory);
    begin(life, 0);
    memcpy(before, memory, REGION);
    lives->now = MS;
    finish(life);
    lives->now = 0;
    lives->reported = lives->right = 0;
    lives->size = ((size_t)(life->bump - memory) + LINE - 1) / LINE * LINE;
    ((struct life *)lives->image)->end = (char *)lives->size; /* an offset, as all pointers there */
    lives->hot = calloc(lives->size / LINE, sizeof *lives->hot);
    for (size_t at = 0; lives->hot && at < lives->size; at += LINE)
        if (at + LINE > lives->function || memcmp(before + at, memory + at, LINE) != 0)
            lives->hot[lives->hot_count++] = (uint32_t)at;
    munmap(memory, REGION);
    free(before);
}

/* What the copies alone are, in memory that is as new. */
static void measure_copies(const struct lives *lives, const char *metric, long count)
{
    char *memory = floor_map((size_t)count * lives->size);
    double began = floor_cpu_seconds();
    for (long i = 0; i < count; i++)
        clone(lives, memory + (size_t)i * lives->size);
    double seconds = floor_cpu_seconds() - began;
    munmap(memory, (size_t)count * lives->size);
    printf("RESULT %s_copy %.3f us\n", metric, seconds * 1e6 / (double)count);
}

void floor_lives(const char *metric, long count, bool with_parts)
{
    struct lives lives = {0};
    build(&lives);
    find_pointers(&lives);
    try_one(&lives);
    char *memory = floor_map((size_t)count * lives.size);
    double began = floor_cpu_seconds();
    spawn(&lives, memory, count);
    double slept = floor_cpu_seconds();
    wake(&lives);
    double ended = floor_cpu_seconds();
    if (lives.reported != count || lives.right != count) {
        fputs("floor: lost sleepers\n", stderr);
        exit(1);
    }
    munmap(memory, (size_t)count * lives.size);
    printf("RESULT %s %.3f us\n", metric, (ended - began) * 1e6 / (double)count);
    if (with_parts) {
        printf("RESULT %s_begin %.3f us\n", metric, (slept - began) * 1e6 / (double)count);
        printf("RESULT %s_finish %.3f us\n", metric, (ended - slept) * 1e6 / (double)count);
        measure_copies(&lives, metric, count);
        printf("%zu bytes, %zu copied, %zu pointers; %zu lines are fetched\n", lives.size, lives.copied,
               lives.pointer_count, lives.hot_count);
    }
    munmap(lives.image, REGION);
    free(lives.pointers);
    free(lives.hot);
}
