/* SPDX-License-Identifier: MIT */
/*
 * template_build: the region and its allocator.
 *
 * What is a pointer. Memory of the region is zero before its first use, so nothing stale lies in a block but what its
 * owner left there. Words beside a small integer or boolean may keep the upper half of an old pointer; their lower half
 * is too small for an address of the region. Bytes of strings are not looked at. What remains is a number that happens
 * to be an address: the second region is placed where no word of the first build points, and both builds do the same.
 */
#include "vm/template_build.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <lauxlib.h>

#include "sched/base/fault.h"
#include "sched/base/rng.h"
#include "vm/heap.h"
#include "vm/slab_map.h"

/* Low halves of region addresses: LOW_FIRST + n * LOW_STEP, below 0xC0000000 with the whole region. */
#define LOW_FIRST UINT64_C(0x40000000)
#define LOW_END UINT64_C(0xC0000000)
#define HIGH_STEP (UINT64_C(1) << 32)

enum {
    PAGE = 4096,
    ALIGNMENT = 16,
    TRIES = 1000,          /* addresses tried for a region */
    STRING_HEAD_WORDS = 3, /* next; tags and hash; length or next in the string table */
};

/* Places */

/* Where to try to map the region, by number: the same list in seeded mode, else anywhere. */
static uint64_t place(const struct template_config *config, struct rng *rng, unsigned number)
{
    uint64_t highs = (SLAB_AREA_END - SLAB_AREA_TEMPLATES) / HIGH_STEP;
    uint64_t lows = (LOW_END - LOW_FIRST - TEMPLATE_REGION) / PAGE;
    uint64_t high = number % highs, low = (uint64_t)number * (TEMPLATE_REGION / PAGE) % lows;
    if (!config->fixed_addresses) {
        high = rng_below(rng, highs);
        low = rng_below(rng, lows);
    }
    return SLAB_AREA_TEMPLATES + high * HIGH_STEP + LOW_FIRST + low * PAGE;
}

/* True if one of the words is an address in the region at `start`. */
static bool points_into(const uint64_t *words, size_t count, uint64_t start)
{
    for (size_t i = 0; i < count; i++)
        if (words[i] - start <= TEMPLATE_REGION)
            return true;
    return false;
}

/* True if a word of the build that is no string content is an address in the region at `start`. */
static bool mentions(const struct template_build *build, uint64_t start)
{
    const uint64_t *user = heap_user(build->heap);
    if (points_into(user, heap_user_size(build->config->user) / sizeof(uint64_t), start))
        return true;
    struct template_block *block = template_build_live(build, build->first);
    for (; block; block = template_build_live(build, template_block_next(block)))
        if (points_into((const uint64_t *)template_block_data(block), template_block_words(block), start))
            return true;
    return false;
}

static void *map_region(const struct template_config *config, const struct template_build *model)
{
    struct rng rng;
    rng_seed(&rng, config->fixed_addresses ? 0 : rng_entropy());
    for (unsigned i = 0; i < TRIES; i++) {
        uint64_t start = place(config, &rng, i);
        if (model && mentions(model, start))
            continue;
        void *region = slab_map_at(start, TEMPLATE_REGION);
        if (region || errno != EEXIST)
            return region;
    }
    return NULL;
}

/* Allocator */

static char *region_end(const struct template_build *build)
{
    return (char *)build->heap + TEMPLATE_REGION;
}

static struct template_block *block_of(void *data)
{
    return (struct template_block *)data - 1;
}

static void *block_new(struct template_build *build, size_t size, bool is_string)
{
    /* At least one byte of gap, so that the address past the end belongs to this block only. */
    size_t whole = sizeof(struct template_block) + ((size + ALIGNMENT) & ~(size_t)(ALIGNMENT - 1));
    if (size > TEMPLATE_REGION || whole > (size_t)(build->end - build->bump)) {
        build->out_of_memory = true;
        return NULL;
    }
    struct template_block *block = (struct template_block *)build->bump;
    build->bump += whole;
    *block = (struct template_block){
        .size = (uint32_t)size, .whole = (uint32_t)whole, .is_live = true, .is_string = is_string};
    return template_block_data(block);
}

static struct template_vector *vector_add(struct template_build *build, size_t size)
{
    if (build->count == build->capacity) {
        size_t capacity = build->capacity ? 2 * build->capacity : 64;
        struct template_vector *grown = realloc(build->vectors, capacity * sizeof(*grown));
        if (!grown)
            return NULL;
        build->vectors = grown;
        build->capacity = capacity;
    }
    struct template_vector *vector = &build->vectors[build->count++];
    *vector = (struct template_vector){.size = (uint32_t)size};
    return vector;
}

/* True if the first build found that the vector that comes next can be shared. */
static bool next_is_shared(const struct template_build *build, size_t size)
{
    const struct template_build *model = build->model;
    return model && build->count < model->count && model->vectors[build->count].is_shared &&
           model->vectors[build->count].size == size;
}

static void *vector_new(struct template_build *build, size_t size)
{
    bool is_shared = next_is_shared(build, size);
    struct template_vector *vector = vector_add(build, size);
    if (!vector)
        return NULL;
    vector->is_shared = is_shared;
    if (is_shared) {
        void *data = build->shared_bump;
        build->shared_bump += (size + 7) & ~(size_t)7;
        return data;
    }
    void *data = block_new(build, size, false);
    if (data)
        block_of(data)->vector = (uint32_t)build->count;
    return data;
}

static bool in_shared(const struct template_build *build, const void *data)
{
    return (uintptr_t)data - (uintptr_t)build->shared < build->shared_size;
}

static void block_free(struct template_build *build, void *data)
{
    if (in_shared(build, data))
        return;
    struct template_block *block = block_of(data);
    block->is_live = false;
    memset(data, 0, block->size);
}

/* The lua_Alloc of a build. Lua tells what a new object is in the place of the old size, and 0 for vectors. */
static void *build_alloc(void *ud, void *data, size_t old_size, size_t new_size)
{
    struct template_build *build = ud;
    if (new_size == 0) {
        if (data)
            block_free(build, data);
        return NULL;
    }
    if ((!data || new_size > old_size) && fault_hit(build->config->fault, FAULT_HEAP))
        return NULL;
    if (!data && build->undumping && old_size == 0)
        return vector_new(build, new_size);
    if (!data)
        return block_new(build, new_size, old_size == LUA_TSTRING);
    void *moved = block_new(build, new_size, false);
    if (!moved)
        return new_size <= old_size ? data : NULL;
    memcpy(moved, data, old_size < new_size ? old_size : new_size);
    block_free(build, data);
    return moved;
}

/* Public */

size_t template_block_words(const struct template_block *block)
{
    size_t words = block->size / sizeof(uint64_t);
    return block->is_string && words > STRING_HEAD_WORDS ? STRING_HEAD_WORDS : words;
}

struct template_block *template_build_live(const struct template_build *build, char *at)
{
    while (at < build->bump) {
        struct template_block *block = (struct template_block *)at;
        if (block->is_live)
            return block;
        at = template_block_next(block);
    }
    return NULL;
}

static int build_run(struct template_build *build, char *message, size_t size)
{
    build->L = lua_newstate(build_alloc, build);
    if (!build->L) {
        snprintf(message, size, "not enough memory for a state");
        return -ENOMEM;
    }
    build->bare = build->bump;
    int status = template_setup(build->config, build->L, heap_user(build->heap), message, size);
    if (status < 0) {
        if (build->out_of_memory)
            snprintf(message, size, "not enough memory: the template is over %d MB", TEMPLATE_REGION >> 20);
        return status;
    }
    lua_setallocf(build->L, heap_alloc, build->heap);
    return 0;
}

int template_build_init(struct template_build *build, const struct template_config *config,
                        const struct template_build *model, char *message, size_t size)
{
    size_t shared = 0;
    for (size_t i = 0; model && i < model->count; i++)
        shared += model->vectors[i].is_shared ? (model->vectors[i].size + 7) & ~(size_t)7 : 0;
    *build = (struct template_build){.config = config, .model = model};
    void *region = fault_hit(config->fault, FAULT_SLAB) ? NULL : map_region(config, model);
    if (!region)
        goto no_memory;
    build->heap = heap_init_shell(region);
    build->first = build->bump = (char *)region + heap_user_offset() + heap_user_size(config->user);
    build->end = region_end(build);
    if (shared > 0) {
        build->shared_size = (shared + PAGE - 1) & ~(size_t)(PAGE - 1);
        build->shared = fault_hit(config->fault, FAULT_SLAB) ? NULL : slab_map(build->shared_size);
        build->shared_bump = build->shared;
        if (!build->shared)
            goto no_memory;
    }
    return build_run(build, message, size);
no_memory:
    snprintf(message, size, "no memory to build a template in");
    return -ENOMEM;
}

void template_build_destroy(struct template_build *build)
{
    if (build->heap)
        slab_unmap_used(build->heap, TEMPLATE_REGION, (size_t)(build->bump - (char *)build->heap));
    if (build->shared)
        slab_unmap(build->shared, build->shared_size);
    free(build->vectors);
    *build = (struct template_build){0};
}

static bool is_shareable(const struct template_build *build, struct template_block *block)
{
    const uint64_t *words = (const uint64_t *)template_block_data(block);
    size_t count = (block->size + sizeof(uint64_t) - 1) / sizeof(uint64_t);
    return block->vector > 0 && !points_into(words, count, (uintptr_t)build->heap);
}

void template_build_find_shared(struct template_build *build)
{
    struct template_block *block = template_build_live(build, build->first);
    for (; block; block = template_build_live(build, template_block_next(block)))
        if (is_shareable(build, block))
            build->vectors[block->vector - 1].is_shared = true;
}

bool template_build_check_shared(const struct template_build *build)
{
    size_t words = (size_t)(build->shared_bump - build->shared) / sizeof(uint64_t);
    return build->count == build->model->count &&
           !points_into((const uint64_t *)build->shared, words, (uintptr_t)build->heap);
}

/* The build that L is the state of, NULL: of none. */
static struct template_build *build_of(lua_State *L)
{
    void *ud;
    return lua_getallocf(L, &ud) == build_alloc ? ud : NULL;
}

void template_leave(lua_State *L, size_t bytes)
{
    struct template_build *build = build_of(L);
    if (!build)
        return;
    size_t left = (size_t)(region_end(build) - build->bump);
    build->end = build->bump + (bytes < left ? bytes : left);
}

bool template_holds(lua_State *L, const void *address)
{
    const struct template_build *build = build_of(L);
    return build && (uintptr_t)address - (uintptr_t)build->heap <= TEMPLATE_REGION;
}

int template_undump(lua_State *L, const void *dump, size_t length, const char *chunk_name)
{
    struct template_build *build = build_of(L);
    if (build)
        build->undumping = true;
    int status = luaL_loadbufferx(L, dump, length, chunk_name, "b");
    if (build)
        build->undumping = false;
    return status;
}
