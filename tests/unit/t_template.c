/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "sched/base/fault.h"
#include "vm/heap.h"
#include "vm/heap_layout.h"
#include "vm/slab.h"
#include "vm/template.h"
#include "vm/template_fitted.h"

#if defined(__SANITIZE_THREAD__)
#define TSAN 1 /* maps memory of its own for every slab */
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TSAN 1
#endif
#endif
#ifndef TSAN
#define TSAN 0
#endif

#ifdef SLAB_ASAN
enum { ASAN = 1 };
#else
enum { ASAN = 0 };
#endif

enum { KB = 1024, TEXT = 512 };

/* A program of many functions, with all kinds of constants; its result depends on everything it does. */
static const char program[] =
    "local seed, planted = ...\n"
    "local Point = {} Point.__index = Point\n"
    "function Point.new(x, y) return setmetatable({x = x, y = y}, Point) end\n"
    "function Point.__add(a, b) return Point.new(a.x + b.x, a.y + b.y) end\n"
    "function Point:norm() return self.x * self.x + self.y * self.y end\n"
    "local function mix(h, v) return (h * 31 + v) & 0xffffffff end\n"
    "local hash = seed\n"
    "local function generator(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i * 3) end end) end\n"
    "local sum = Point.new(0.0, 0)\n"
    "local store, weak = {}, setmetatable({}, {__mode = 'k'})\n"
    "for v in generator(60) do\n"
    "  sum = sum + Point.new(v, 1.5)\n"
    "  local key = ('k%d'):format(v % 17)\n"
    "  store[key] = (store[key] or '') .. string.char(65 + v % 26)\n"
    "  weak[{}] = function() return v + seed end\n"
    "  hash = mix(hash, v)\n"
    "end\n"
    "for i = 0, 16 do for c in (store['k' .. i] or ''):gmatch('.') do hash = mix(hash, c:byte()) end end\n"
    "local ok, message = pcall(function() local x = nil; return x.field end)\n"
    "hash = mix(hash, #message)\n"
    "goto done\n"
    "hash = 0\n"
    "::done::\n"
    "planted.runs = (planted.runs or 0) + 1\n"
    "local big = {}\n"
    "for i = 1, 200 do big[i] = {i, tostring(i)} end\n"
    "for i = 1, 200, 3 do hash = mix(hash, big[i][1] + #big[i][2]) end\n"
    "return string.format('%d %d %.1f %d %s', hash, sum:norm(), sum.y, planted.runs, message)\n";

struct dump {
    char bytes[65536];
    size_t length;
};

/* The user area of the states here. */
struct owner {
    long mark;
    lua_State *L;
    void *heap;
    struct owner *self;
};

/* What a setup is to do, and what it saw. */
struct plan {
    struct dump dump;
    unsigned calls;
    uintptr_t seen[2]; /* user area of the calls */
    uintptr_t plant;   /* start of a range of look-alike integers */
    int fail;
};

static struct slab_depot *depot;
static struct slab_cache *cache;
static struct plan plan;

static int write_dump(lua_State *L, const void *part, size_t size, void *ud)
{
    (void)L;
    struct dump *dump = ud;
    cr_assert_leq(dump->length + size, sizeof(dump->bytes));
    memcpy(dump->bytes + dump->length, part, size);
    dump->length += size;
    return 0;
}

static void compile(struct dump *dump, const char *source)
{
    dump->length = 0;
    lua_State *L = luaL_newstate();
    cr_assert_eq(luaL_loadbufferx(L, source, strlen(source), "=app:test", "t"), LUA_OK);
    cr_assert_eq(lua_dump(L, write_dump, dump, 0), 0);
    lua_close(L);
}

static void begin(void)
{
    depot = slab_depot_new(false, NULL);
    cache = slab_cache_new(depot);
    compile(&plan.dump, program);
}

static void check_base(void)
{
    struct slab_stats stats;
    slab_cache_flush(cache);
    slab_depot_stats(depot, &stats);
    cr_assert_eq(stats.used, 0);
    cr_assert_eq(stats.large, 0);
}

static void end(void)
{
    check_base();
    slab_cache_free(cache);
    slab_depot_free(depot);
}

static void open_libraries(lua_State *L)
{
    static const luaL_Reg libraries[] = {
        {"_G", luaopen_base},
        {"table", luaopen_table},
        {"string", luaopen_string},
        {"coroutine", luaopen_coroutine},
    };
    for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++) {
        luaL_requiref(L, libraries[i].name, libraries[i].func, 1);
        lua_pop(L, 1);
    }
}

/* Leaves the program and a table. */
static int setup_program(lua_State *L, void *user, void *ctx)
{
    struct plan *p = ctx;
    struct owner *owner = user;
    p->seen[p->calls++ % 2] = (uintptr_t)user;
    owner->mark = 4711;
    owner->self = owner;
    owner->heap = heap_of_user(user);
    open_libraries(L);
    if (template_undump(L, p->dump.bytes, p->dump.length, "=app:test") != LUA_OK)
        return -EINVAL;
    lua_newtable(L);
    return 0;
}

static struct template_config config_of(template_setup_f setup)
{
    return (struct template_config){
        .depot = depot,
        .user = sizeof(struct owner),
        .lua_offset = offsetof(struct owner, L),
        .setup = setup,
        .ctx = &plan,
    };
}

static struct template *make(const struct template_config *config)
{
    struct template *tmpl = NULL;
    char message[TEXT] = "";
    int status = template_new(&tmpl, config, message, sizeof(message));
    cr_assert_eq(status, 0, "%s", message);
    return tmpl;
}

static void drop(struct heap *heap)
{
    while (!heap_drop(heap, cache, 7))
        ;
}

static struct heap *clone_of(const struct template *tmpl)
{
    struct heap *heap = template_clone(tmpl, cache);
    cr_assert_not_null(heap);
    return heap;
}

static lua_State *state_of_heap(struct heap *heap)
{
    return ((struct owner *)heap_user(heap))->L;
}

/* Runs the program that setup left. */
static void run(struct heap *heap, char *text)
{
    lua_State *L = state_of_heap(heap);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 12345);
    lua_pushvalue(L, 2);
    cr_assert_eq(lua_pcall(L, 2, 1, 0), LUA_OK, "%s", lua_tostring(L, -1));
    snprintf(text, TEXT, "%s", lua_tostring(L, -1));
    lua_pop(L, 1);
}

static void expect(char *text)
{
    struct template_config config = config_of(setup_program);
    config.classic = true;
    struct template *tmpl = make(&config);
    struct heap *heap = clone_of(tmpl);
    run(heap, text);
    drop(heap);
    template_unref(tmpl);
}

Test(template, clones_do_what_the_classic_path_does, .init = begin, .fini = end)
{
    char expected[TEXT], text[TEXT];
    expect(expected);
    cr_assert_not_null(strstr(expected, "app:test:19: attempt to index a nil value (local 'x')"), "%s", expected);
    struct template_config config = config_of(setup_program);
    struct template *tmpl = make(&config);
    struct heap *one = clone_of(tmpl), *two = clone_of(tmpl);
    run(two, text);
    cr_assert_str_eq(text, expected);
    run(one, text);
    cr_assert_str_eq(text, expected);
    drop(one);
    one = clone_of(tmpl);
    run(one, text);
    cr_assert_str_eq(text, expected, "a clone changed its template");
    drop(one);
    drop(two);
    template_unref(tmpl);
}

Test(template, the_user_area_is_copied_and_relocated, .init = begin, .fini = end)
{
    for (int classic = 0; classic < 2; classic++) {
        struct template_config config = config_of(setup_program);
        config.classic = classic;
        struct template *tmpl = make(&config);
        struct heap *heap = clone_of(tmpl);
        struct owner *owner = heap_user(heap);
        cr_assert_eq(owner->mark, 4711);
        cr_assert_eq(owner->self, owner);
        cr_assert_eq(owner->heap, heap);
        cr_assert_eq(*(void **)lua_getextraspace(owner->L), owner);
        lua_State *co = lua_newthread(owner->L);
        cr_assert_eq(*(void **)lua_getextraspace(co), owner);
        void *ud;
        cr_assert_eq(lua_getallocf(owner->L, &ud), heap_alloc);
        cr_assert_eq(ud, heap);
        cr_assert_eq(lua_gettop(owner->L), 3);
        drop(heap);
        template_unref(tmpl);
    }
}

static void preempt(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    /* Only the main thread: a yield of a coroutine of the program would go to the program. */
    if (lua_isyieldable(L) && (*(struct owner **)lua_getextraspace(L))->L == L)
        lua_yield(L, 0);
}

/* Many clones at a time, each in small slices, with collections between them. */
Test(template, clones_run_interleaved, .init = begin, .fini = end)
{
    enum { CLONES = 60 };
    static struct heap *heaps[CLONES];
    char expected[TEXT];
    expect(expected);
    struct template_config config = config_of(setup_program);
    struct template *tmpl = make(&config);
    for (int i = 0; i < CLONES; i++) {
        heaps[i] = clone_of(tmpl);
        lua_State *L = state_of_heap(heaps[i]);
        lua_pushvalue(L, 1);
        lua_pushinteger(L, 12345);
        lua_pushvalue(L, 2);
        lua_sethook(L, preempt, LUA_MASKCOUNT, 50);
    }
    int left = CLONES, started[CLONES] = {0};
    for (int round = 0; left > 0; round++) {
        for (int i = 0; i < CLONES; i++) {
            if (!heaps[i])
                continue;
            lua_State *L = state_of_heap(heaps[i]);
            if (round % 7 == i % 7)
                lua_gc(L, LUA_GCSTEP, 0);
            int status = lua_resume(L, NULL, started[i] ? 0 : 2);
            started[i] = 1;
            if (status == LUA_YIELD)
                continue;
            cr_assert_eq(status, LUA_OK, "%s", lua_tostring(L, -1));
            cr_assert_str_eq(lua_tostring(L, -1), expected);
            lua_gc(L, LUA_GCCOLLECT, 0);
            drop(heaps[i]);
            heaps[i] = NULL;
            left--;
        }
    }
    template_unref(tmpl);
}

/* Whether the mapping with the address may be written to. */
static bool is_writable(uintptr_t address)
{
    char line[512], mode[8];
    unsigned long long from, to;
    bool found = false, writable = false;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof(line), maps)) {
        if (sscanf(line, "%llx-%llx %7s", &from, &to, mode) == 3 && from <= address && address < to) {
            found = true;
            writable = mode[1] == 'w';
        }
    }
    fclose(maps);
    cr_assert(found);
    return writable;
}

Test(template, code_is_shared_and_read_only, .init = begin, .fini = end)
{
    struct template_config config = config_of(setup_program);
    struct template *tmpl = make(&config);
    size_t shared = template_shared_size(tmpl), image = template_image_size(tmpl);
    cr_assert_gt(shared, 1500, "%zu", shared);
    struct heap *heap = clone_of(tmpl);
    cr_assert_not(is_writable(heap->shared));
    cr_assert_geq(heap_reserved(heap), image);
    cr_assert_leq(heap_reserved(heap), image + KB + SLAB_CHUNK_UNIT);
    lua_State *L = state_of_heap(heap);
    lua_settop(L, 0);
    lua_gc(L, LUA_GCCOLLECT, 0); /* frees the program, its code included */
    cr_assert_eq(luaL_dostring(L, "return #string.rep('x', 100)"), LUA_OK);
    drop(heap);
    template_unref(tmpl);
}

/* The leanest state: what a parked process costs depends on it. */
static int setup_nothing(lua_State *L, void *user, void *ctx)
{
    (void)L;
    (void)user;
    (void)ctx;
    return 0;
}

Test(template, an_empty_state_is_small, .init = begin, .fini = end)
{
    struct template_config config = config_of(setup_nothing);
    struct template *tmpl = make(&config);
    cr_assert_leq(template_image_size(tmpl), 5600, "%zu", template_image_size(tmpl));
    cr_assert_eq(template_shared_size(tmpl), 0);
    template_unref(tmpl);
}

Test(template, what_an_empty_state_has_is_cold, .init = begin, .fini = end)
{
    struct template_config config = config_of(setup_program);
    struct template *tmpl = make(&config);
    struct heap *heap = clone_of(tmpl);
    lua_State *L = state_of_heap(heap);
    struct heap_hot hot = heap_hot(heap);
    const char *from = (const char *)heap + hot.cold_from * 64, *to = (const char *)heap + hot.cold_to * 64;
    cr_assert_geq(to - from, 2048);
    cr_assert_lt((const char *)L, from - 256);
    for (int i = 1; i <= lua_gettop(L); i++)
        cr_assert_geq((const char *)lua_topointer(L, i), to, "value %d is what setup has left", i);
    const char *const *words = (const char *const *)(const void *)L;
    for (size_t i = 0; i < 200 / sizeof *words; i++)
        cr_assert_not(words[i] >= from && words[i] < to, "word %zu of the thread: its stack and its calls are wanted",
                      i);
    static const struct {
        const char *text;
        bool is_cold;
    } names[] = {{"__index", false}, {"__gc", false}, {"__newindex", true}, {"__concat", true}, {"__len", true}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *at = lua_pushstring(L, names[i].text);
        cr_assert_eq(at >= from && at < to, names[i].is_cold, "%s", names[i].text);
    }
    lua_pushglobaltable(L);
    cr_assert_geq((const char *)lua_topointer(L, -1), to);
    lua_pushvalue(L, LUA_REGISTRYINDEX);
    cr_assert_geq((const char *)lua_topointer(L, -1), to);
    drop(heap);
    template_unref(tmpl);
}

/* Without the compiler's words the string table is whole, and the words are strings like others. */
Test(template, no_source_leaves_out_only_the_compilers_words, .init = begin, .fini = end)
{
    struct template_config config = config_of(setup_program);
    struct template *whole = make(&config);
    config.no_source = true;
    struct template *tmpl = make(&config);
    cr_assert_leq(template_image_size(tmpl) + 20 * 32, template_image_size(whole));
    struct heap *heaps[2] = {clone_of(whole), clone_of(tmpl)};
    for (int i = 0; i < 2; i++) {
        lua_State *L = state_of_heap(heaps[i]);
        lua_gc(L, LUA_GCCOLLECT, 0);
        lua_createtable(L, 0, 0);
        lua_pushboolean(L, true);
        lua_setfield(L, -2, "while");
        for (int key = 0; key < 300; key++) { /* the string table grows */
            lua_pushfstring(L, "key %d", key);
            lua_pushstring(L, key % 2 ? "and" : "end");
            lua_rawset(L, -3);
        }
        lua_gc(L, LUA_GCCOLLECT, 0);
        cr_assert_eq(lua_getfield(L, -1, "while"), LUA_TBOOLEAN);
        lua_getfield(L, -2, "key 299");
        cr_assert_str_eq(lua_tostring(L, -1), "and");
        lua_settop(L, 0);
        lua_gc(L, LUA_GCCOLLECT, 0);
        drop(heaps[i]);
    }
    template_unref(whole);
    template_unref(tmpl);
}

/* Later clones get a first chunk that is enough for three of four. */
Test(template, the_first_chunk_follows_what_clones_need, .init = begin, .fini = end)
{
    struct template_config config = config_of(setup_nothing);
    struct template *tmpl = make(&config);
    size_t image = template_image_size(tmpl);
    for (int i = 0; i < 30; i++)
        template_learn(tmpl, image + (i % 5 ? 300 : 1900));
    struct heap *heap = clone_of(tmpl);
    cr_assert_geq(heap_reserved(heap), image + 300);
    cr_assert_lt(heap_reserved(heap), image + 300 + SLAB_CHUNK_UNIT);
    drop(heap);
    for (int i = 0; i < 100; i++)
        template_learn(tmpl, image + 100 * KB); /* beyond what a first chunk is made larger for */
    for (int i = 0; i < 100; i++)
        template_learn(tmpl, image + 1000);
    heap = clone_of(tmpl);
    cr_assert_geq(heap_reserved(heap), image + 1000);
    cr_assert_lt(heap_reserved(heap), image + 1000 + SLAB_CHUNK_UNIT);
    drop(heap);
    template_unref(tmpl);
}

/* The stack has its first size: calling a library function from a Lua function does not grow it. */
Test(template, the_first_call_does_not_grow_the_stack, .init = begin, .fini = end)
{
    struct template_config config = config_of(setup_program);
    compile(&plan.dump, "local a, b, c, d, e, f = 1, 2, 3 return select('#', a, b, c)");
    struct template *tmpl = make(&config);
    struct heap *heap = clone_of(tmpl);
    lua_State *L = state_of_heap(heap);
    size_t used = heap_used(heap);
    lua_settop(L, 1);
    cr_assert_eq(lua_resume(L, NULL, 0), LUA_OK);
    cr_assert_lt(heap_used(heap), used + 200);
    drop(heap);
    template_unref(tmpl);
}

static int setup_presized(lua_State *L, void *user, void *ctx)
{
    (void)user;
    (void)ctx;
    for (int i = 0; i < 20; i++)
        lua_createtable(L, i % 3, 1 << i % 6);
    return 0;
}

/* Lua keeps the end of a table's nodes, which may be where the next block begins. */
Test(template, presized_tables_find_their_free_nodes, .init = begin, .fini = end)
{
    struct slab_depot *fixed =
        slab_depot_new(true, NULL); /* below the templates: an old end would be far above the nodes */
    struct slab_cache *low = slab_cache_new(fixed);
    struct template_config config = config_of(setup_presized);
    struct template *tmpl = make(&config);
    struct heap *heap = template_clone(tmpl, low);
    lua_State *L = state_of_heap(heap);
    for (int i = 0; i < 20; i++) {
        for (int key = 0; key < 1 << i % 6; key++) {
            lua_pushinteger(L, key + i);
            lua_rawseti(L, i + 1, 1000 + key * 32);
        }
    }
    for (int i = 0; i < 20; i++) {
        for (int key = 0; key < 1 << i % 6; key++) {
            lua_rawgeti(L, i + 1, 1000 + key * 32);
            cr_assert_eq(lua_tointeger(L, -1), key + i);
            lua_pop(L, 1);
        }
    }
    lua_gc(L, LUA_GCCOLLECT, 0);
    cr_assert(heap_drop(heap, low, 1000));
    template_unref(tmpl);
    slab_cache_free(low);
    slab_depot_free(fixed);
}

static bool survives(const struct template *tmpl, int count)
{
    static const char source[] = "local n = ... local weak = setmetatable({{}}, {__mode = 'v'})\n"
                                 "for i = 1, n do local t = {i} end return weak[1] ~= nil";
    struct heap *heap = clone_of(tmpl);
    lua_State *L = state_of_heap(heap);
    cr_assert_eq(luaL_loadstring(L, source), LUA_OK);
    lua_pushinteger(L, count);
    cr_assert_eq(lua_pcall(L, 1, 1, 0), LUA_OK);
    bool alive = lua_toboolean(L, -1);
    cr_assert_eq(lua_gc(L, LUA_GCISRUNNING, 0), 1);
    drop(heap);
    return alive;
}

Test(template, the_collector_starts_after_the_credit, .init = begin, .fini = end)
{
    for (int classic = 0; classic < 2; classic++) {
        struct template_config config = config_of(setup_program);
        config.classic = classic;
        struct template *tmpl = make(&config);
        cr_assert(survives(tmpl, 250), "collected within the credit");
        cr_assert_not(survives(tmpl, 5000), "never collected");
        template_unref(tmpl);
    }
}

/* Integers that are addresses of the region where templates are built, and strings and floats with such bytes. */
static int setup_look_alikes(lua_State *L, void *user, void *ctx)
{
    struct plan *p = ctx;
    p->seen[p->calls++ % 2] = (uintptr_t)user;
    lua_newtable(L);
    for (int i = 0; i < 300; i++) {
        lua_pushinteger(L, (lua_Integer)(p->plant + (uintptr_t)i * 8));
        lua_rawseti(L, -2, i + 1);
    }
    uintptr_t words[64];
    for (int i = 0; i < 64; i++)
        words[i] = (uintptr_t)user + (uintptr_t)i * 64;
    lua_pushlstring(L, (char *)words, sizeof(words));
    lua_pushlstring(L, (char *)words + 8, 24);
    return 0;
}

static void check_look_alikes(struct heap *heap)
{
    lua_State *L = state_of_heap(heap);
    for (int i = 0; i < 300; i++) {
        cr_assert_eq(lua_rawgeti(L, 1, i + 1), LUA_TNUMBER);
        cr_assert_eq((uintptr_t)lua_tointeger(L, -1), plan.plant + (uintptr_t)i * 8);
        lua_pop(L, 1);
    }
    uintptr_t words[64];
    memcpy(words, lua_tostring(L, 2), sizeof(words));
    for (int i = 0; i < 64; i++)
        cr_assert_eq(words[i], plan.seen[1] + (uintptr_t)i * 64);
    memcpy(words, lua_tostring(L, 3), 24);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(words[i], plan.seen[1] + (uintptr_t)(i + 1) * 64);
}

Test(template, look_alikes_are_left_alone, .init = begin, .fini = end)
{
    struct template_config config = config_of(setup_look_alikes);
    config.fixed_addresses = true;
    plan.plant = 1;
    for (int round = 0; round < 3; round++) {
        struct template *tmpl = make(&config);
        uintptr_t place = plan.seen[1];
        struct heap *heap = clone_of(tmpl);
        check_look_alikes(heap);
        drop(heap);
        template_unref(tmpl);
        if (round > 0)
            cr_assert_neq(place & ~(uintptr_t)0xfff, plan.plant & ~(uintptr_t)0xfff, "built where a number points");
        plan.plant = place; /* where the second build was, and would be again */
    }
}

Test(template, build_addresses_have_odd_low_halves, .init = begin, .fini = end)
{
    uintptr_t first = 0;
    for (int i = 0; i < 8; i++) {
        struct template_config config = config_of(setup_program);
        template_unref(make(&config));
        for (int k = 0; k < 2; k++) {
            uint32_t low = (uint32_t)plan.seen[k];
            cr_assert(low >= 0x40000000 && low < 0xC0000000);
        }
        cr_assert_neq(plan.seen[0], first, "not random");
        first = plan.seen[0];
    }
}

Test(template, seeded_mode_builds_in_the_same_place, .init = begin, .fini = end)
{
    struct template_config config = config_of(setup_program);
    config.fixed_addresses = true;
    template_unref(make(&config));
    uintptr_t first = plan.seen[0], second = plan.seen[1];
    template_unref(make(&config));
    cr_assert_eq(plan.seen[0], first);
    cr_assert_eq(plan.seen[1], second);
}

static int setup_failing(lua_State *L, void *user, void *ctx)
{
    const struct plan *p = ctx;
    (void)user;
    switch (p->fail) {
    case 0:
        return luaL_error(L, "no entry %d", 7);
    case 1:
        lua_pushliteral(L, "said so");
        return -ENOENT;
    case 2:
        lua_newtable(L);
        return lua_error(L);
    case 3:
        lua_pushnumber(L, 1.5);
        return lua_error(L);
    case 4:
        lua_newuserdata(L, 80u << 20);
        return 0;
    case 5:
        return -EPERM;
    default:
        return template_undump(L, "\033Lua", 4, "=bad") == LUA_OK ? 0 : -EINVAL;
    }
}

Test(template, a_failed_setup_explains_itself, .init = begin, .fini = end)
{
    static const struct {
        int status;
        const char *message;
    } cases[] = {
        {-EINVAL, "no entry 7"},
        {-ENOENT, "said so"},
        {-EINVAL, "setup failed with a table value as its message"},
        {-EINVAL, "1.5"},
        {-ENOMEM, "not enough memory: the template is over 64 MB"},
        {-EPERM, "setup failed with a no value as its message"},
        {-EINVAL, "bad: truncated precompiled chunk"},
    };
    for (int classic = 0; classic < 2; classic++) {
        for (plan.fail = 0; plan.fail < 7; plan.fail++) {
            if (classic && plan.fail == 4)
                continue;
            struct template_config config = config_of(setup_failing);
            config.classic = classic;
            struct template *tmpl = NULL;
            char message[TEXT] = "";
            cr_assert_eq(template_new(&tmpl, &config, message, sizeof(message)), cases[plan.fail].status);
            cr_assert_str_eq(message, cases[plan.fail].message);
            cr_assert_null(tmpl);
        }
    }
}

static int setup_fickle(lua_State *L, void *user, void *ctx)
{
    struct plan *p = ctx;
    return p->calls == 0 ? setup_program(L, user, ctx) : setup_nothing(L, user, p);
}

Test(template, a_setup_that_differs_is_found_out, .init = begin, .fini = end)
{
    struct template_config config = config_of(setup_fickle);
    struct template *tmpl = NULL;
    char message[TEXT] = "";
    cr_assert_eq(template_new(&tmpl, &config, message, sizeof(message)), -EINVAL);
    cr_assert_str_eq(message, "setup did not do the same when it was run again");
}

static size_t count_mappings(void)
{
    char line[512];
    size_t count = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof(line), maps))
        count++;
    fclose(maps);
    return count;
}

/* One point fails at its k-th hit, for all k: an error or a working template, and nothing left behind. */
static void fail_everywhere(enum fault_point point, bool classic, uint64_t step)
{
    struct fault_plan *faults = fault_plan_new();
    struct template_config config = config_of(setup_program);
    config.fault = faults;
    config.classic = classic;
    uint64_t failures = 0, passed = 0;
    for (uint64_t k = 1; passed == 0; k += step) {
        struct template *tmpl = NULL;
        struct heap *heap = NULL;
        char message[TEXT] = "", text[TEXT];
        fault_set(faults, point, k, 1, ENOMEM);
        int status = template_new(&tmpl, &config, message, sizeof(message));
        if (status == 0)
            heap = template_clone(tmpl, cache);
        bool hit = fault_hits(faults, point) >= k;
        fault_set(faults, point, UINT64_MAX, 0, 0);
        cr_assert(status == 0 || (status == -ENOMEM && message[0] != '\0'), "k = %d: %d %s", (int)k, status, message);
        if (heap)
            run(heap, text);
        if (heap)
            drop(heap);
        if (tmpl)
            template_unref(tmpl);
        failures += hit;
        passed += !hit;
    }
    cr_assert_gt(failures, 0);
    fault_plan_free(faults);
    check_base();
}

Test(template, faults_leave_nothing_behind, .init = begin, .fini = end)
{
    fail_everywhere(FAULT_SLAB, false, 1); /* the allocations of libc, first */
    size_t mappings = count_mappings();
    fail_everywhere(FAULT_HEAP, false, 5);
    fail_everywhere(FAULT_HEAP, true, 7);
    fail_everywhere(FAULT_MALLOC, false, 1);
    fail_everywhere(FAULT_MALLOC, true, 1);
    fail_everywhere(FAULT_SLAB, false, 1);
    if (!TSAN)
        cr_assert_leq(count_mappings(), mappings + 4);
}

static void *clone_often(void *arg)
{
    const struct template *tmpl = arg;
    struct slab_cache *own = slab_cache_new(depot);
    for (int i = 0; i < 100; i++) {
        char text[TEXT];
        struct heap *heap = template_clone(tmpl, own);
        run(heap, text);
        while (!heap_drop(heap, own, 7))
            ;
    }
    slab_cache_free(own);
    return NULL;
}

Test(template, threads_clone_at_the_same_time, .init = begin, .fini = end)
{
    struct template_config config = config_of(setup_program);
    struct template *tmpl = make(&config);
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, clone_often, tmpl), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    template_unref(tmpl);
}

/* An image of more than a slab chunk, and constants that need no pointers. */
Test(template, big_programs_are_cloned_too, .init = begin, .fini = end)
{
    static char source[40000];
    size_t length = 0, size = sizeof(source);
    for (int i = 0; i < 150; i++)
        length += (size_t)snprintf(source + length, size - length,
                                   "function f%d(a, b) local s = 'constant %d' return #s + a * %d + (b or 0) end\n", i,
                                   i, i + 1000);
    snprintf(source + length, size - length, "local n = 0 for i = 0, 149 do n = n + _G['f' .. i](i) end return n");
    compile(&plan.dump, source);
    struct template_config config = config_of(setup_program);
    struct template *tmpl = make(&config);
    cr_assert_gt(template_image_size(tmpl), SLAB_CHUNK_MAX);
    for (int i = 0; i < 5; i++) {
        char text[TEXT];
        struct heap *heap = clone_of(tmpl);
        run(heap, text);
        cr_assert_str_eq(text, "12290465");
        lua_gc(state_of_heap(heap), LUA_GCCOLLECT, 0);
        drop(heap);
    }
    template_unref(tmpl);
}

Test(template, the_self_test_passes, .init = begin, .fini = end)
{
    char message[TEXT] = "";
    cr_assert_eq(template_self_test(depot, message, sizeof(message)), 0, "%s", message);
    struct slab_depot *fixed = slab_depot_new(true, NULL);
    cr_assert_eq(template_self_test(fixed, message, sizeof(message)), 0, "%s", message);
    struct slab_stats stats;
    slab_depot_stats(fixed, &stats);
    cr_assert_eq(stats.used, 0);
    slab_depot_free(fixed);
}

/* ---- fitted copies ---- */

static struct template_fitted fitted;

static struct heap *fitted_clone(struct template *tmpl)
{
    struct heap *heap = template_clone_fitted(tmpl, cache, &fitted);
    cr_assert_not_null(heap);
    return heap;
}

/* What the one before has done to its heap is not in this one. */
static void check_fresh(struct heap *heap)
{
    cr_assert(heap->limit == SIZE_MAX && heap->watch == SIZE_MAX && heap->cache == cache && !heap->charged);
    cr_assert(!heap->chunks && !heap->bigs && heap->reserved == heap->first_size && heap->slow_takes == 0);
    cr_assert_eq((char *)heap + heap->first_size, heap->end);
    for (unsigned kind = 0; kind < HEAP_LARGE; kind++)
        cr_assert_null(heap->free[kind]);
    cr_assert_eq(slab_is_poisoned(heap->bump), ASAN);
    cr_assert_not(slab_is_poisoned(heap->bump - 1));
    heap_set_limit(heap, 100 << 20, NULL);
    heap_charge(heap, 100);
}

/* Runs so many clones one after the other; returns how many of them were made from a copy. */
static int run_in_turn(struct template *tmpl, int count, const char *expected)
{
    int found = 0;
    for (int i = 0; i < count; i++) {
        char text[TEXT];
        const struct template_fitted_copy *copy = template_fitted_place(&fitted, tmpl);
        struct heap *heap = fitted_clone(tmpl);
        found += copy->tmpl == tmpl && copy->at == heap && copy->times == 0;
        cr_assert_eq(((struct owner *)heap_user(heap))->heap, heap);
        check_fresh(heap);
        run(heap, text);
        cr_assert_str_eq(text, expected);
        lua_gc(state_of_heap(heap), LUA_GCCOLLECT, 0);
        drop(heap);
    }
    return found;
}

Test(template, what_is_cloned_to_one_address_is_copied_as_it_was, .init = begin, .fini = end)
{
    char expected[TEXT];
    expect(expected);
    struct template_config config = config_of(setup_program);
    struct template *tmpl = make(&config);
    int found = run_in_turn(tmpl, 20, expected);
    cr_assert_geq(found, 10);
    cr_assert_lt(found, 20, "made at once");
    template_fitted_drop(&fitted);
    cr_assert_null(template_fitted_place(&fitted, tmpl)->tmpl);
    run_in_turn(tmpl, 3, expected);
    cr_assert_null(template_fitted_place(&fitted, tmpl)->tmpl);
    template_unref(tmpl);
    template_fitted_drop(&fitted);
}

Test(template, a_copy_serves_its_own_address_only, .init = begin, .fini = end)
{
    char expected[TEXT], text[TEXT];
    expect(expected);
    struct template_config config = config_of(setup_program);
    struct template *tmpl = make(&config);
    run_in_turn(tmpl, 10, expected);
    struct heap *heaps[12];
    for (size_t i = 0; i < 12; i++) {
        heaps[i] = fitted_clone(tmpl);
        cr_assert_eq(((struct owner *)heap_user(heaps[i]))->heap, heaps[i]);
    }
    for (size_t i = 0; i < 12; i++) {
        run(heaps[i], text);
        cr_assert_str_eq(text, expected);
        drop(heaps[i]);
    }
    cr_assert_geq(run_in_turn(tmpl, 20, expected), 10, "it moves along");
    template_unref(tmpl);
    template_fitted_drop(&fitted);
}

/* The next template may lie where the last one was, and its clones too. */
Test(template, a_copy_is_never_taken_for_another_template, .init = begin, .fini = end)
{
    for (int i = 0; i < 6; i++) {
        char source[64], expected[TEXT];
        snprintf(source, sizeof(source), "return 'template %d'", i);
        snprintf(expected, sizeof(expected), "template %d", i);
        compile(&plan.dump, source);
        struct template_config config = config_of(setup_program);
        struct template *tmpl = make(&config);
        run_in_turn(tmpl, 12, expected);
        template_unref(tmpl); /* the copy keeps it */
    }
    template_fitted_drop(&fitted);
}

Test(template, templates_in_turn_share_the_places, .init = begin, .fini = end)
{
    enum { TEMPLATES = 3 * TEMPLATE_FITTED_PLACES };
    struct template *tmpls[TEMPLATES];
    char source[64], expected[TEXT];
    for (int i = 0; i < TEMPLATES; i++) {
        snprintf(source, sizeof(source), "return 'template %d'", i);
        compile(&plan.dump, source);
        struct template_config config = config_of(setup_program);
        tmpls[i] = make(&config);
    }
    for (int round = 0; round < 200; round++) {
        int i = round * 7 % TEMPLATES;
        snprintf(expected, sizeof(expected), "template %d", i);
        run_in_turn(tmpls[i], 1 + round % 9, expected);
    }
    for (int i = 0; i < TEMPLATES; i++)
        template_unref(tmpls[i]);
    template_fitted_drop(&fitted);
}

Test(template, large_images_are_not_kept, .init = begin, .fini = end)
{
    static char source[80000];
    size_t length = 0, size = sizeof(source);
    for (int i = 0; i < 300; i++)
        length += (size_t)snprintf(source + length, size - length,
                                   "function f%d(a, b) local s = 'constant %d' return #s + a * %d + (b or 0) end\n", i,
                                   i, i + 1000);
    snprintf(source + length, size - length, "return 'large'");
    compile(&plan.dump, source);
    struct template_config config = config_of(setup_program);
    struct template *tmpl = make(&config);
    cr_assert_gt(template_image_size(tmpl), TEMPLATE_FITTED_MAX + KB);
    cr_assert_eq(run_in_turn(tmpl, 20, "large"), 0);
    cr_assert_null(template_fitted_place(&fitted, tmpl)->tmpl);
    template_unref(tmpl);
}

Test(template, classic_clones_need_no_copies, .init = begin, .fini = end)
{
    char expected[TEXT];
    expect(expected);
    struct template_config config = config_of(setup_program);
    config.classic = true;
    struct template *tmpl = make(&config);
    for (int i = 0; i < 10; i++) {
        char text[TEXT];
        struct heap *heap = fitted_clone(tmpl);
        run(heap, text);
        cr_assert_str_eq(text, expected);
        drop(heap);
    }
    cr_assert_null(template_fitted_place(&fitted, tmpl)->tmpl);
    template_unref(tmpl);
}

/* Bytes that stand for the beginning of a clone; noted as often as it takes. */
static void note_often(struct template *tmpl, const struct heap *at, size_t room)
{
    for (int i = 0; i < 4; i++)
        template_fitted_note(&fitted, tmpl, at, room, 64);
}

/* At the same address a first chunk may be of another size, when the template has learned: the end of the heap is elsewhere. */
Test(template, a_copy_serves_one_size_of_first_chunk_only, .init = begin, .fini = end)
{
    static const _Alignas(max_align_t) char bytes[64] = "a heap", other[64] = "another";
    const struct heap *at = (const void *)bytes, *elsewhere = (const void *)other;
    struct template_config config = config_of(setup_program);
    struct template *tmpl = make(&config);
    note_often(tmpl, at, 4096);
    cr_assert_str_eq(template_fitted_find(&fitted, tmpl, at, 4096), "a heap");
    cr_assert_null(template_fitted_find(&fitted, tmpl, at, 8192));
    cr_assert_null(template_fitted_find(&fitted, tmpl, elsewhere, 4096));
    note_often(tmpl, at, 8192);
    cr_assert_str_eq(template_fitted_find(&fitted, tmpl, at, 8192), "a heap");
    cr_assert_null(template_fitted_find(&fitted, tmpl, at, 4096));
    template_unref(tmpl);
    template_fitted_drop(&fitted);
}

/* No memory for a copy: none is found, and when it has come often once more it is tried again. */
Test(template, without_memory_no_copy_is_kept, .init = begin, .fini = end)
{
    static const _Alignas(max_align_t) char bytes[64] = "a heap";
    const struct heap *at = (const void *)bytes;
    struct fault_plan *faults = fault_plan_new();
    struct template_config config = config_of(setup_program);
    config.fault = faults;
    struct template *tmpl = make(&config);
    fault_set(faults, FAULT_MALLOC, 1, 1, ENOMEM);
    note_often(tmpl, at, 4096);
    cr_assert_eq(fault_hits(faults, FAULT_MALLOC), 1);
    cr_assert_null(template_fitted_find(&fitted, tmpl, at, 4096));
    cr_assert_null(template_fitted_place(&fitted, tmpl)->tmpl);
    note_often(tmpl, at, 4096);
    cr_assert_str_eq(template_fitted_find(&fitted, tmpl, at, 4096), "a heap");
    template_unref(tmpl);
    template_fitted_drop(&fitted);
    fault_plan_free(faults);
}

/* ---- clones in memory of the caller ---- */

enum { LENT = 32 * KB };

static _Alignas(64) char lent[2][LENT];

static struct heap *lent_clone(struct template *tmpl, void *memory)
{
    slab_unpoison(memory, LENT);
    struct heap *heap = template_clone_to(tmpl, cache, &fitted, memory, SIZE_MAX);
    cr_assert_eq((void *)heap, memory);
    return heap;
}

/* The memory stays the caller's; what a clone takes beyond it is given back. */
Test(template, clones_in_lent_memory_do_what_others_do, .init = begin, .fini = end)
{
    char expected[TEXT], text[TEXT];
    expect(expected);
    struct template_config config = config_of(setup_program);
    struct template *tmpl = make(&config);
    cr_assert(template_fits(tmpl, LENT));
    for (int i = 0; i < 10; i++) {
        struct heap *heap = lent_clone(tmpl, lent[i % 3 / 2]);
        const struct owner *owner = heap_user(heap);
        cr_assert(owner->heap == heap && owner->self == owner && owner->mark == 4711);
        cr_assert(heap_is_lent(heap) && heap_is_movable(heap));
        cr_assert_eq(heap_end(heap), template_image_size(tmpl));
        cr_assert_eq(heap_image_end(heap), template_image_size(tmpl));
        check_fresh(heap);
        run(heap, text);
        cr_assert_str_eq(text, expected);
        cr_assert_not(heap_is_movable(heap));
        lua_gc(state_of_heap(heap), LUA_GCCOLLECT, 0);
        drop(heap);
        check_base();
    }
    struct heap *other = clone_of(tmpl);
    cr_assert_not(heap_is_lent(other) || heap_is_movable(other));
    drop(other);
    template_unref(tmpl);
    template_fitted_drop(&fitted);
}

static const char *fresh_at(struct template *tmpl, void *at, size_t room)
{
    const char *fresh = template_fresh(tmpl, cache, &fitted, at, room);
    cr_assert_not_null(fresh);
    return fresh;
}

/* Whatever its clones do. It is kept for one address and room. */
Test(template, fresh_is_what_a_clone_begins_with, .init = begin, .fini = end)
{
    static char before[LENT];
    char text[TEXT];
    struct template_config config = config_of(setup_program);
    struct template *tmpl = make(&config);
    size_t size = template_image_size(tmpl);
    struct heap *heap = lent_clone(tmpl, lent[0]);
    size_t room = heap_room(heap);
    const char *fresh = fresh_at(tmpl, heap, room);
    cr_assert_eq(memcmp(fresh, heap, size), 0);
    memcpy(before, fresh, size);
    run(heap, text);
    drop(heap);
    cr_assert_eq(fresh_at(tmpl, heap, room), fresh);
    cr_assert_eq(memcmp(fresh, before, size), 0);
    const uint64_t *here = (const uint64_t *)before, *there = (const uint64_t *)fresh_at(tmpl, lent[1], room);
    size_t moved = 0;
    for (size_t i = 0; i < size / sizeof *here; i++) {
        cr_assert(here[i] == there[i] || there[i] - here[i] == (uint64_t)LENT, "word %zu", i);
        moved += here[i] != there[i];
    }
    cr_assert_gt(moved, 100);
    cr_assert_eq(memcmp(fresh_at(tmpl, lent[0], room), before, size), 0, "and back");
    const struct heap *wider = (const void *)fresh_at(tmpl, lent[0], room + 1024);
    cr_assert_eq(wider->end, lent[0] + room + 1024);
    cr_assert_eq(wider->bump, lent[0] + size);
    cr_assert_eq(heap_room(wider), room + 1024);
    cr_assert_eq(heap_reserved(wider), room + 1024);
    template_unref(tmpl);
    template_fitted_drop(&fitted);
}

/* As much as the next clone is going to have. A classic one fits nowhere. */
Test(template, memory_fits_if_the_first_chunk_does, .init = begin, .fini = end)
{
    struct template_config config = config_of(setup_nothing);
    struct template *tmpl = make(&config);
    for (int i = 0; i < 2; i++) {
        struct heap *heap = lent_clone(tmpl, lent[0]);
        size_t room = heap_room(heap);
        cr_assert_geq(room, template_image_size(tmpl) + (i == 0 ? KB : 1900));
        cr_assert(template_fits(tmpl, room) && template_fits(tmpl, SIZE_MAX));
        cr_assert_not(template_fits(tmpl, room - 1) || template_fits(tmpl, 0));
        drop(heap);
        for (int k = 0; k < 10; k++)
            template_learn(tmpl, template_image_size(tmpl) + 1900);
    }
    template_unref(tmpl);
    template_fitted_drop(&fitted);
    config.classic = true;
    tmpl = make(&config);
    cr_assert_not(template_fits(tmpl, SIZE_MAX));
    template_unref(tmpl);
}

Test(template, without_memory_there_is_nothing_fresh, .init = begin, .fini = end)
{
    struct fault_plan *faults = fault_plan_new();
    struct template_config config = config_of(setup_program);
    config.fault = faults;
    struct template *tmpl = make(&config);
    fault_set(faults, FAULT_MALLOC, 1, 2, ENOMEM);
    cr_assert_null(template_fresh(tmpl, cache, &fitted, (void *)lent[0], LENT));
    cr_assert_null(template_clone_to(tmpl, cache, &fitted, lent[0], SIZE_MAX));
    cr_assert_eq(fault_hits(faults, FAULT_MALLOC), 2);
    cr_assert_null(template_fitted_place(&fitted, tmpl)->tmpl);
    char text[TEXT];
    struct heap *heap = lent_clone(tmpl, lent[0]);
    run(heap, text);
    drop(heap);
    template_unref(tmpl);
    template_fitted_drop(&fitted);
    fault_plan_free(faults);
}

static void learn_sleeps(struct template *tmpl, int count, bool is_good)
{
    for (int i = 0; i < count; i++)
        template_learn_sleep(tmpl, is_good);
}

/* How many good ones it takes until the next are expected to be good. */
static int good_ones(struct template *tmpl)
{
    int count = 0;
    for (; !template_sleeps(tmpl); count++)
        template_learn_sleep(tmpl, true);
    return count;
}

Test(template, one_bad_sleep_outweighs_many_good_ones, .init = begin, .fini = end)
{
    struct template_config config = config_of(setup_nothing);
    struct template *tmpl = make(&config);
    cr_assert_not(template_sleeps(tmpl), "nothing is known");
    cr_assert_eq(good_ones(tmpl), 1);
    learn_sleeps(tmpl, 1, false);
    cr_assert_eq(good_ones(tmpl), 16);
    learn_sleeps(tmpl, 100000, true);
    cr_assert(template_sleeps(tmpl));
    learn_sleeps(tmpl, 1, false);
    cr_assert_eq(good_ones(tmpl), 1, "more than sixteen good ones do not count");
    learn_sleeps(tmpl, 100000, false);
    int count = good_ones(tmpl);
    cr_assert(count > 1000 && count <= 1025, "%d", count);
    struct template *newer = make(&config);
    learn_sleeps(tmpl, 100, true);
    template_inherit(newer, tmpl);
    cr_assert(template_sleeps(newer));
    learn_sleeps(newer, 1, false);
    cr_assert_eq(good_ones(newer), 1);
    cr_assert(template_sleeps(tmpl), "it learns for itself");
    template_unref(newer);
    template_unref(tmpl);
}

/* What is larger than 1 KB gets a block of its own each time. */
Test(template, the_largest_delta_is_learned, .init = begin, .fini = end)
{
    struct template_config config = config_of(setup_nothing);
    struct template *tmpl = make(&config);
    static const uint32_t sizes[][2] = {{0, 0},      {700, 700},        {699, 700},   {701, 701},
                                        {1025, 701}, {UINT32_MAX, 701}, {1024, 1024}, {1, 1024}};
    cr_assert_eq(template_delta_room(tmpl), 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        template_learn_delta(tmpl, sizes[i][0]);
        cr_assert_eq(template_delta_room(tmpl), sizes[i][1], "after %u", sizes[i][0]);
    }
    template_unref(tmpl);
}

static void make_copy(struct template *tmpl, const void *at, size_t room, const char *text)
{
    char *bytes = template_fitted_make_lent(&fitted, tmpl, at, room, 64);
    cr_assert_not_null(bytes);
    strcpy(bytes, text);
}

static const char *find_lent(const struct template *tmpl, const void *at, size_t room)
{
    return template_fitted_find_lent(&fitted, tmpl, at, room);
}

/* Where another template has the place that the copy is in. */
static const void *same_place(const struct template *tmpl, const struct template_fitted_copy *copy)
{
    uintptr_t at = 16 * KB;
    while (template_fitted_lent(&fitted, tmpl, (const void *)at) != copy)
        at += 16 * KB;
    cr_assert_leq(at, TEMPLATE_FITTED_LENT * 16 * KB, "memory next to each other has places of its own");
    return (const void *)at;
}

/* The caller writes it; a place is shared with other templates, of which only the last one is referred to. */
Test(template, a_copy_is_made_at_once_when_asked_for, .init = begin, .fini = end)
{
    struct template_config config = config_of(setup_nothing);
    struct fault_plan *faults = fault_plan_new();
    config.fault = faults;
    struct template *first = make(&config), *second = make(&config);
    const void *here = lent[0], *there = lent[1];
    make_copy(first, here, 4096, "here");
    cr_assert_str_eq(find_lent(first, here, 4096), "here");
    cr_assert(!find_lent(first, there, 4096) && !find_lent(first, here, 4095) && !find_lent(second, here, 4096));
    make_copy(first, there, 8192, "there");
    cr_assert_str_eq(find_lent(first, there, 8192), "there");
    cr_assert_str_eq(find_lent(first, here, 4096), "here", "both are kept");
    cr_assert_null(template_fitted_find(&fitted, first, here, 4096), "those in chunks are others");

    const struct template_fitted_copy *copy = template_fitted_lent(&fitted, first, here);
    const void *same = same_place(second, copy);
    make_copy(second, same, 4096, "instead");
    cr_assert_str_eq(find_lent(second, same, 4096), "instead");
    cr_assert_null(find_lent(first, here, 4096));
    template_unref(second); /* the copy keeps it */
    fault_set(faults, FAULT_MALLOC, 1, 1, ENOMEM);
    cr_assert_null(template_fitted_make_lent(&fitted, first, here, 4096, 64));
    cr_assert_null(copy->tmpl, "the one that was there is gone");
    make_copy(first, here, 4096, "at last");
    template_unref(first);
    template_fitted_drop(&fitted);
    for (int i = 0; i < TEMPLATE_FITTED_LENT; i++)
        cr_assert(!fitted.lent[i].tmpl && !fitted.lent[i].bytes);
    fault_plan_free(faults);
}
