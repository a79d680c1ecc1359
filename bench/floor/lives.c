/* SPDX-License-Identifier: MIT */
/*
 * lives: see lives.h.
 *
 * The template is one block, whose allocator takes from its end only. It is made up to the first instruction of the sleeper. What calls need is
 * there too, and behind it room for the objects that a sleeper makes; Lua never collects. What was of use on the way only stays in it, 800 bytes, and
 * so do the compiler's words, 700. A word of the block is a pointer if it is an address in the block: what lay there before is zero, and
 * numbers and texts of a sleeper are no such addresses (vm/template_build.c has to be more careful). In a copy they are moved. What else
 * depends on an address, the seed of the hashes, is the same in all.
 *
 * When the time of a life has come, nothing of it is in a cache. The lines that it needs can be fetched while the one before it runs: those that
 * a trial has changed, and all behind the bare state, which are the functions, their tables, and the room.
 */
#include "lives.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "floor.h"

/* That of the application. */
static const char sleeper[] = "local time = require('time')\n"
                              "local function main(parent, ms)\n"
                              "  local began = time.now()\n"
                              "  time.sleep(ms * time.MILLISECOND)\n"
                              "  process.send(parent, 'late', time.now():sub(began):microseconds() - ms * 1000)\n"
                              "end\n"
                              "return { main = main }\n";

static const char parent[] = "{bench:processes|0x10000000000000}";

enum { LINE = 64, REGION = 64 * 1024 };

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
    return push_ns(L, lives_of(L)->now(lives_of(L)));
}

static int time_sub(lua_State *L)
{
    return push_ns(L, ns_of(L, 1) - ns_of(L, 2));
}

static int duration_microseconds(lua_State *L)
{
    lua_pushinteger(L, ns_of(L, 1) / LIVES_US);
    return 1;
}

static int time_sleep(lua_State *L)
{
    return lua_yield(L, 1);
}

static int process_send(lua_State *L)
{
    lives_of(L)->report(lives_of(L), lua_tointeger(L, 3));
    return 0;
}

static int require(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    return 1;
}

/* A life */

struct life *lives_clone(const struct lives *lives, void *memory)
{
    uint64_t *words = memcpy(memory, lives->image, lives->copied);
    for (size_t i = 0; i < lives->pointer_count; i++)
        words[lives->pointers[i]] += (uintptr_t)memory;
    return memory;
}

lua_Integer lives_begin(struct life *life, lua_Integer ms)
{
    lua_pushlstring(life->L, parent, sizeof parent - 1);
    lua_pushinteger(life->L, ms);
    if (lua_resume(life->L, NULL, 2) != LUA_YIELD)
        floor_must(life->L, LUA_ERRRUN);
    return lua_tointeger(life->L, -1);
}

void lives_end(struct life *life)
{
    lua_settop(life->L, 0);
    floor_must(life->L, lua_resume(life->L, NULL, 0));
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
    lua_pushinteger(L, LIVES_MS);
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

static lua_Integer always_now(struct lives *lives)
{
    (void)lives;
    return 0;
}

static void ignore(struct lives *lives, lua_Integer late_us)
{
    (void)lives;
    (void)late_us;
}

/* Has one of them live, sees how much room it takes, and which lines it touches after its sleep. */
static void try_one(struct lives *lives)
{
    char *memory = floor_map(REGION), *before = malloc(REGION);
    if (!before)
        exit(1);
    struct life *life = lives_clone(lives, memory);
    lives_begin(life, 0);
    memcpy(before, memory, REGION);
    lives_end(life);
    lives->size = ((size_t)(life->bump - memory) + LINE - 1) / LINE * LINE;
    ((struct life *)lives->image)->end = (char *)lives->size; /* an offset, as all pointers there */
    lives->hot = calloc(lives->size / LINE, sizeof *lives->hot);
    for (size_t at = 0; lives->hot && at < lives->size; at += LINE)
        if (at + LINE > lives->function || memcmp(before + at, memory + at, LINE) != 0)
            lives->hot[lives->hot_count++] = (uint32_t)at;
    munmap(memory, REGION);
    free(before);
}

void lives_init(struct lives *lives)
{
    struct lives maker = *lives;
    lives->now = always_now;
    lives->report = ignore;
    build(lives);
    find_pointers(lives);
    try_one(lives);
    lives->now = maker.now;
    lives->report = maker.report;
}

void lives_destroy(struct lives *lives)
{
    munmap(lives->image, REGION);
    free(lives->pointers);
    free(lives->hot);
}
