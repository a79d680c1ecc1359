/* SPDX-License-Identifier: MIT */
/*
 * template: making clones.
 *
 * Why it is safe to copy a Lua state. It is at rest: no C frame; code of the application that has run, if any, was
 * watched (preload.h). So there is no finalizer, no table keyed by the address of an object, no handle. All its memory came through our allocator, so all
 * of it is in the image. Lua keeps pointers as aligned words and nothing that depends on an address but the seed of its
 * string hash, which all clones of a template share. template_build.c says how pointers are told from other words;
 * template_self_test asks the liblua at hand.
 *
 * Two builds. The first shows which vectors that lua_load allocates hold no pointers: instructions, line tables,
 * constants that are all numbers. Lua never writes to them, and the collector never looks at them. The second build
 * puts them into memory that is read-only from then on and that all clones use; a heap ignores frees there. The image
 * is taken from the second build.
 *
 * Only the image and the list of its pointers are kept, and never written, so any number of threads may clone. Where one
 * of them clones to the same address again and again, template_fitted.h spares it the pointers.
 *
 * The first chunk of a clone. The image grows by what the program makes before it waits for the first time, and each
 * chunk that it has to take for that would be half empty. So the first chunk is larger than the image, by 1 KB to begin
 * with, then by as much as three of four clones have needed.
 */
#include "vm/template.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sched/base/compiler.h"
#include "sched/base/fault.h"
#include "vm/heap.h"
#include "vm/slab.h"
#include "vm/slab_map.h"
#include "vm/template_build.h"
#include "vm/template_fitted.h"
#include "vm/template_image.h"

enum {
    EXTRA_FIRST = 1024,
    EXTRA_MAX = 2048,
    EXTRAS = EXTRA_MAX / SLAB_CHUNK_UNIT + 1,
    SAMPLES = 256, /* clones that are learned from */
    SLEEPS_MAX = 16,
    SLEEPS_MIN = -1024,
    SLEEP_COST = SLEEPS_MAX,
    DELTA_ROOM_MAX = 1024, /* larger ones have blocks of their own */
};

struct template
{
    struct template_config config; /* ctx is used on the classic path only */
    struct template_image image;
    void *shared;         /* read-only; NULL if there is nothing to share */
    size_t shared_size;   /* used of it */
    size_t shared_mapped; /* in whole pages */
    size_t first_size;    /* classic path: what a fresh state takes */
    _Atomic uint32_t refs;
    _Atomic uint32_t extra; /* units of the first chunk behind those of the image */
    _Atomic uint32_t samples;
    _Atomic uint32_t delta_room;
    _Atomic int sleeps;              /* see template_learn_sleep */
    _Atomic uint16_t extras[EXTRAS]; /* how many of the samples have needed so many units */
};

/* Classic path */

/* A heap with a state made by setup; NULL and the reason. */
static struct heap *classic_clone(const struct template *tmpl, struct slab_cache *cache, int *status, char *message,
                                  size_t size)
{
    const struct template_config *config = &tmpl->config;
    struct heap *heap = heap_new(cache, config->user, tmpl->first_size, config->fault);
    lua_State *L = heap ? lua_newstate(heap_alloc, heap) : NULL;
    *status = L ? template_setup(config, L, heap_user(heap), message, size) : -ENOMEM;
    if (!L)
        snprintf(message, size, "not enough memory for a state");
    if (*status == 0)
        return heap;
    while (heap && !heap_drop(heap, cache, UINT32_MAX))
        ;
    return NULL;
}

/* Runs setup once, to see that it works and how much it takes. */
static int classic_try(struct template *tmpl, char *message, size_t size)
{
    int status;
    struct slab_cache *cache = slab_cache_new(tmpl->config.depot);
    struct heap *heap = classic_clone(tmpl, cache, &status, message, size);
    if (heap) {
        tmpl->first_size = heap_user_offset() + heap_user_size(tmpl->config.user) + heap_used(heap);
        if (tmpl->first_size > SLAB_CHUNK_MAX)
            tmpl->first_size = SLAB_CHUNK_MAX;
        while (!heap_drop(heap, cache, UINT32_MAX))
            ;
    }
    slab_cache_free(cache);
    return status;
}

/* Image path */

/* Takes image and shared memory out of the second build. */
static int take_image(struct template *tmpl, struct template_build *build, char *message, size_t size)
{
    if (!template_build_check_shared(build)) {
        snprintf(message, size, "setup did not do the same when it was run again");
        return -EINVAL;
    }
    bool complete = !tmpl->config.no_source || template_build_drop_words(build);
    if (!complete || template_image_init(&tmpl->image, build) < 0) {
        snprintf(message, size, "not enough memory for the image");
        return -ENOMEM;
    }
    if (build->shared) {
        tmpl->shared = build->shared;
        tmpl->shared_size = (size_t)(build->shared_bump - build->shared);
        tmpl->shared_mapped = build->shared_size;
        build->shared = NULL;
        mprotect(tmpl->shared, tmpl->shared_mapped, PROT_READ);
    }
    return 0;
}

static int build_twice(struct template *tmpl, char *message, size_t size)
{
    struct template_build first, second;
    int status = template_build_init(&first, &tmpl->config, NULL, message, size);
    if (status < 0)
        goto first_failed;
    template_build_find_shared(&first);
    status = template_build_init(&second, &tmpl->config, &first, message, size);
    if (status == 0)
        status = take_image(tmpl, &second, message, size);
    template_build_destroy(&second);
first_failed:
    template_build_destroy(&first);
    return status;
}

int template_new(struct template **out, const struct template_config *config, char *message, size_t size)
{
    struct template *tmpl = fault_hit(config->fault, FAULT_MALLOC) ? NULL : calloc(1, sizeof(*tmpl));
    if (!tmpl) {
        snprintf(message, size, "not enough memory for a template");
        return -ENOMEM;
    }
    tmpl->config = *config;
    atomic_init(&tmpl->refs, 1);
    atomic_init(&tmpl->extra, EXTRA_FIRST / SLAB_CHUNK_UNIT);
    int status = config->classic ? classic_try(tmpl, message, size) : build_twice(tmpl, message, size);
    if (status < 0) {
        template_unref(tmpl);
        return status;
    }
    if (!config->classic)
        tmpl->config.ctx = NULL;
    *out = tmpl;
    return 0;
}

struct template *template_ref(struct template *tmpl)
{
    atomic_fetch_add_explicit(&tmpl->refs, 1, memory_order_relaxed);
    return tmpl;
}

void template_unref(struct template *tmpl)
{
    /* the release of each holder pairs with the acquire of the one that frees */
    if (atomic_fetch_sub_explicit(&tmpl->refs, 1, memory_order_acq_rel) != 1)
        return;
    if (tmpl->shared)
        slab_unmap(tmpl->shared, tmpl->shared_mapped);
    template_image_destroy(&tmpl->image);
    free(tmpl);
}

/* The units of a chunk for the image alone. */
static size_t image_units(const struct template *tmpl)
{
    return (heap_user_offset() + tmpl->image.size + SLAB_CHUNK_UNIT - 1) / SLAB_CHUNK_UNIT;
}

/* What is enough for three of four samples. */
static uint32_t choose_extra(const struct template *tmpl, uint32_t samples)
{
    uint32_t enough = samples - samples / 4, extra = 0;
    for (uint32_t sum = 0; extra < EXTRAS - 1; extra++) {
        sum += atomic_load_explicit(&tmpl->extras[extra], memory_order_relaxed);
        if (sum >= enough)
            break;
    }
    return extra;
}

void template_learn(struct template *tmpl, size_t extent)
{
    if (likely(atomic_load_explicit(&tmpl->samples, memory_order_relaxed) >= SAMPLES) || tmpl->config.classic)
        return;
    size_t units = (extent + SLAB_CHUNK_UNIT - 1) / SLAB_CHUNK_UNIT, least = image_units(tmpl);
    if (units < least || units - least >= EXTRAS)
        return;
    atomic_fetch_add_explicit(&tmpl->extras[units - least], 1, memory_order_relaxed);
    uint32_t samples = atomic_fetch_add_explicit(&tmpl->samples, 1, memory_order_relaxed) + 1;
    atomic_store_explicit(&tmpl->extra, choose_extra(tmpl, samples), memory_order_relaxed);
}

static void describe_image(const struct template *tmpl, struct heap_image *out)
{
    size_t extra = atomic_load_explicit(&tmpl->extra, memory_order_relaxed);
    *out = (struct heap_image){
        .first_size = (image_units(tmpl) + extra) * SLAB_CHUNK_UNIT,
        .size = tmpl->image.size,
        .live = tmpl->image.live,
        .cold_from = tmpl->image.cold_from,
        .cold_to = tmpl->image.cold_to,
        .shared = tmpl->shared,
        .shared_size = tmpl->shared_mapped,
    };
}

/* Writes the image for a heap at `heap` to `user`. */
static void fill(const struct template_image *image, void *user, const struct heap *heap)
{
    uint64_t *words = memcpy(user, image->bytes, image->size), base = (uintptr_t)heap;
    const uint32_t *place = image->words, *end = place + image->word_count;
    for (; end - place >= 8; place += 8) { /* by eights: a clone has hundreds */
        words[place[0]] += base;
        words[place[1]] += base;
        words[place[2]] += base;
        words[place[3]] += base;
        words[place[4]] += base;
        words[place[5]] += base;
        words[place[6]] += base;
        words[place[7]] += base;
    }
    for (; place < end; place++)
        words[*place] += base;
}

static struct heap *clone_classic(const struct template *tmpl, struct slab_cache *cache)
{
    int status;
    char message[8];
    return classic_clone(tmpl, cache, &status, message, sizeof(message));
}

struct heap *template_clone(const struct template *tmpl, struct slab_cache *cache)
{
    if (tmpl->config.classic)
        return clone_classic(tmpl, cache);
    struct heap_image what;
    describe_image(tmpl, &what);
    struct heap *heap = heap_image_take(cache, &what, tmpl->config.fault);
    if (!heap)
        return NULL;
    heap_image_begin(heap, cache, &what, tmpl->config.fault);
    fill(&tmpl->image, heap_user(heap), heap);
    return heap;
}

struct heap *template_clone_fitted(struct template *tmpl, struct slab_cache *cache, struct template_fitted *fitted)
{
    if (unlikely(tmpl->config.classic))
        return clone_classic(tmpl, cache);
    struct heap_image what;
    describe_image(tmpl, &what);
    struct heap *heap = heap_image_take(cache, &what, tmpl->config.fault);
    if (unlikely(!heap))
        return NULL;
    const char *copy = template_fitted_find(fitted, tmpl, heap, what.first_size);
    if (likely(copy != NULL)) {
        heap_image_again(heap, copy, what.size);
        return heap;
    }
    heap_image_begin(heap, cache, &what, tmpl->config.fault);
    fill(&tmpl->image, heap_user(heap), heap);
    template_fitted_note(fitted, tmpl, heap, what.first_size, heap_user_offset() + what.size);
    return heap;
}

const char *template_fresh(struct template *tmpl, struct slab_cache *cache, struct template_fitted *fitted,
                           struct heap *at, size_t room)
{
    const char *known = template_fitted_find_lent(fitted, tmpl, at, room);
    if (likely(known != NULL))
        return known;
    struct heap_image what;
    describe_image(tmpl, &what);
    what.first_size = room;
    what.lent = true;
    char *copy = template_fitted_make_lent(fitted, tmpl, at, room, heap_user_offset() + what.size);
    if (!copy)
        return NULL;
    heap_image_sketch(copy, at, cache, &what, tmpl->config.fault);
    fill(&tmpl->image, copy + heap_user_offset(), at);
    return copy;
}

bool template_fits(const struct template *tmpl, size_t room)
{
    struct heap_image what;
    describe_image(tmpl, &what);
    return !tmpl->config.classic && heap_image_room(&what) <= room;
}

struct heap *template_clone_to(struct template *tmpl, struct slab_cache *cache, struct template_fitted *fitted,
                               void *memory, size_t room)
{
    struct heap_image what;
    describe_image(tmpl, &what);
    size_t wanted = heap_image_room(&what);
    const char *copy = wanted <= room ? template_fresh(tmpl, cache, fitted, memory, wanted) : NULL;
    if (unlikely(!copy))
        return NULL;
    heap_image_again(memory, copy, what.size);
    return memory;
}

void template_learn_sleep(struct template *tmpl, bool is_good)
{
    int sleeps = atomic_load_explicit(&tmpl->sleeps, memory_order_relaxed);
    int wanted = is_good ? sleeps + 1 : sleeps - SLEEP_COST;
    if (wanted > SLEEPS_MAX || wanted < SLEEPS_MIN)
        return;
    atomic_store_explicit(&tmpl->sleeps, wanted, memory_order_relaxed);
}

void template_inherit(struct template *tmpl, const struct template *older)
{
    atomic_store_explicit(&tmpl->sleeps, atomic_load_explicit(&older->sleeps, memory_order_relaxed),
                          memory_order_relaxed);
}

void template_learn_delta(struct template *tmpl, uint32_t size)
{
    if (size > template_delta_room(tmpl) && size <= DELTA_ROOM_MAX)
        atomic_store_explicit(&tmpl->delta_room, size, memory_order_relaxed);
}

uint32_t template_delta_room(const struct template *tmpl)
{
    return atomic_load_explicit(&tmpl->delta_room, memory_order_relaxed);
}

bool template_sleeps(const struct template *tmpl)
{
    return atomic_load_explicit(&tmpl->sleeps, memory_order_relaxed) > 0;
}

struct fault_plan *template_fault(const struct template *tmpl)
{
    return tmpl->config.fault;
}

void template_poison(struct template *tmpl)
{
    memset(tmpl->image.bytes, 0xAA, tmpl->image.size);
}

size_t template_image_size(const struct template *tmpl)
{
    return tmpl->config.classic ? tmpl->first_size : heap_user_offset() + tmpl->image.size;
}

size_t template_shared_size(const struct template *tmpl)
{
    return tmpl->shared_size;
}
