/* SPDX-License-Identifier: MIT */
/*
 * heap: nanoseconds of CPU for what a process costs in memory work: alloc and free of a block, clone and drop, clone,
 * run and drop, hot and with many alive at once; and what is left of one that hibernates.
 *
 *   gcc -O2 -D_GNU_SOURCE -I. bench/micro/heap.c vm/heap*.c vm/slab*.c vm/template*.c vm/delta.c sched/base/{fault,memory,rng}.c \
 *       $(pkg-config --cflags --libs lua5.3) -lpthread -o /tmp/bench_heap
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lauxlib.h>
#include <lua.h>

#include "vm/delta.h"
#include "vm/heap.h"
#include "vm/slab.h"
#include "vm/template.h"
#include "vm/template_fitted.h"

enum { ROUNDS = 7, ALIVE = 20000 };

struct owner {
    lua_State *L;
    char rest[192]; /* about what a struct state has */
};

static const char source[] = "local n = 0\n"
                             "local function add(x) n = n + x return n end\n"
                             "return add(1) + add(2)\n";

static char dump[4096];
static size_t dump_length;

static uint64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int write_dump(lua_State *L, const void *part, size_t size, void *ud)
{
    (void)L;
    (void)ud;
    memcpy(dump + dump_length, part, size);
    dump_length += size;
    return 0;
}

static int setup(lua_State *L, void *user, void *ctx)
{
    (void)user;
    (void)ctx;
    return template_undump(L, dump, dump_length, "=bench") == LUA_OK ? 0 : -1;
}

static void report(const char *what, double best)
{
    printf("%-44s %8.1f ns\n", what, best);
}

static void bench_alloc(struct slab_cache *cache)
{
    enum { BLOCKS = 1000 };
    void *blocks[BLOCKS];
    struct heap *heap = heap_new(cache, 0, 4096, NULL);
    double best = 1e9;
    for (int round = 0; round < 200; round++) {
        uint64_t start = cpu_ns();
        for (size_t i = 0; i < BLOCKS; i++)
            blocks[i] = heap_alloc(heap, NULL, 0, 16 + i * 7919 % 113);
        for (size_t i = 0; i < BLOCKS; i++)
            heap_alloc(heap, blocks[i], 16 + i * 7919 % 113, 0);
        double ns = (double)(cpu_ns() - start) / BLOCKS;
        best = ns < best ? ns : best;
    }
    report("alloc + free, 16..128 bytes", best);
    while (!heap_drop(heap, cache, 64))
        ;
}

static void bench_clone(const struct template *tmpl, struct slab_cache *cache, bool run)
{
    enum { CLONES = 20000 };
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t start = cpu_ns();
        for (int i = 0; i < CLONES; i++) {
            struct heap *heap = template_clone(tmpl, cache);
            if (run)
                lua_resume(((struct owner *)heap_user(heap))->L, NULL, 0);
            while (!heap_drop(heap, cache, 64))
                ;
        }
        double ns = (double)(cpu_ns() - start) / CLONES;
        best = ns < best ? ns : best;
    }
    report(run ? "clone + run + drop" : "clone + drop", best);
}

/* What a process costs that hibernates (vm/delta.h): to leave its window, and to go on there. */
static void bench_delta(struct template *tmpl, struct slab_cache *cache)
{
    enum { TIMES = 20000 };
    static uint64_t memory[(DELTA_MAX + 7) / 8];
    static char window[WINDOW_SIZE] __attribute__((aligned(WINDOW_SIZE)));
    static struct template_fitted fitted;
    struct delta *delta = (struct delta *)memory;
    struct heap *heap = template_clone_to(tmpl, cache, &fitted, window, WINDOW_SIZE - CACHE_LINE);
    const char *fresh = template_fresh(tmpl, cache, &fitted, heap, heap_room(heap));
    double leave = 1e9, back = 1e9;
    lua_resume(((struct owner *)heap_user(heap))->L, NULL, 0);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t start = cpu_ns();
        for (int i = 0; i < TIMES; i++)
            delta_write(delta, heap, fresh);
        uint64_t middle = cpu_ns();
        for (int i = 0; i < TIMES; i++)
            delta_apply(delta, heap, fresh);
        double written = (double)(middle - start) / TIMES, applied = (double)(cpu_ns() - middle) / TIMES;
        leave = written < leave ? written : leave;
        back = applied < back ? applied : back;
    }
    printf("delta of %u bytes\n", delta->size);
    report("delta written", leave);
    report("delta applied", back);
    heap_drop(heap, cache, UINT32_MAX);
    template_fitted_drop(&fitted);
}

static void bench_alive(const struct template *tmpl, struct slab_cache *cache)
{
    struct heap **heaps = calloc(ALIVE, sizeof(struct heap *));
    for (int round = 0; round < 3; round++) {
        uint64_t start = cpu_ns();
        size_t reserved = 0;
        for (int i = 0; i < ALIVE; i++) {
            heaps[i] = template_clone(tmpl, cache);
            lua_resume(((struct owner *)heap_user(heaps[i]))->L, NULL, 0);
            reserved += heap_reserved(heaps[i]);
        }
        uint64_t middle = cpu_ns();
        for (int i = 0; i < ALIVE; i++)
            while (!heap_drop(heaps[i], cache, 64))
                ;
        printf("%d alive, round %d: clone + run %.0f ns, drop %.0f ns, %zu bytes each\n", ALIVE, round,
               (double)(middle - start) / ALIVE, (double)(cpu_ns() - middle) / ALIVE, reserved / ALIVE);
    }
    free(heaps);
}

int main(void)
{
    lua_State *L = luaL_newstate();
    luaL_loadstring(L, source);
    lua_dump(L, write_dump, NULL, 0);
    lua_close(L);

    char message[256] = "";
    struct slab_depot *depot = slab_depot_new(false, NULL);
    struct slab_cache *cache = slab_cache_new(depot);
    struct template_config config = {.depot = depot, .user = sizeof(struct owner), .setup = setup};
    struct template *tmpl;
    uint64_t start = cpu_ns();
    int status = template_self_test(depot, message, sizeof(message));
    printf("self-test: %d %s (%.2f ms)\n", status, message, (double)(cpu_ns() - start) / 1e6);
    if (template_new(&tmpl, &config, message, sizeof(message)) < 0) {
        printf("template: %s\n", message);
        return 1;
    }
    printf("image %zu bytes, shared %zu\n", template_image_size(tmpl), template_shared_size(tmpl));
    bench_alloc(cache);
    bench_clone(tmpl, cache, false);
    bench_clone(tmpl, cache, true);
    bench_delta(tmpl, cache);
    bench_alive(tmpl, cache);
    template_unref(tmpl);
    slab_cache_free(cache);
    slab_depot_free(depot);
    return 0;
}
