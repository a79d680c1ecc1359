/* SPDX-License-Identifier: MIT */
/*
 * window_rig: a clone of a template in a window, for tests of what moves it to another window of the same number. The one it has left is
 * overwritten, so that whoever still looks there finds nothing of use.
 */
#ifndef TESTS_UNIT_WINDOW_RIG_H
#define TESTS_UNIT_WINDOW_RIG_H

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "sched/base/compiler.h"
#include "vm/delta.h"
#include "vm/heap.h"
#include "vm/slab.h"
#include "vm/slab_asan.h"
#include "vm/template.h"
#include "vm/template_fitted.h"
#include "vm/window.h"

enum { RIG_ROOM = WINDOW_SIZE - 2 * CACHE_LINE /* of the first chunk: whole units */ };

/* The user area of the states here. */
struct rig_owner {
    lua_State *L;
    struct rig_owner *self;
};

struct rig {
    struct slab_depot *depot;
    struct slab_cache *cache;
    struct windows windows;
    struct window_cache places;
    struct template_fitted fitted;
    struct template *tmpl;
    struct heap *heap; /* NULL: no clone */
    uint64_t delta[(DELTA_MAX + 7) / 8];
};

static inline void rig_open(struct rig *rig, template_setup_f setup, bool no_source)
{
    char message[200] = "";
    *rig = (struct rig){.depot = slab_depot_new(false, NULL)};
    rig->cache = slab_cache_new(rig->depot);
    windows_init(&rig->windows, 4, NULL);
    struct template_config config = {
        .depot = rig->depot,
        .user = sizeof(struct rig_owner),
        .lua_offset = offsetof(struct rig_owner, L),
        .setup = setup,
        .no_source = no_source,
    };
    cr_assert_eq(template_new(&rig->tmpl, &config, message, sizeof message), 0, "%s", message);
}

static inline lua_State *rig_state(const struct rig *rig)
{
    return ((struct rig_owner *)heap_user(rig->heap))->L;
}

/* What a clone there begins with. */
static inline const char *rig_fresh(struct rig *rig, void *at)
{
    const char *fresh = template_fresh(rig->tmpl, rig->cache, &rig->fitted, at, RIG_ROOM);
    cr_assert_not_null(fresh);
    return fresh;
}

/* A clone in a window of any number. */
static inline lua_State *rig_lodge(struct rig *rig)
{
    rig->heap = window_take_any(&rig->places, &rig->windows);
    cr_assert_not_null(rig->heap);
    heap_image_again(rig->heap, rig_fresh(rig, rig->heap), template_image_size(rig->tmpl) - heap_user_offset());
    return rig_state(rig);
}

static inline void rig_leave(struct rig *rig)
{
    cr_assert(heap_drop(rig->heap, rig->cache, UINT32_MAX));
    window_give(&rig->places, &rig->windows, rig->heap);
    rig->heap = NULL;
}

/* To another window. False: the heap has to stay where it is, and does. */
static inline bool rig_move(struct rig *rig)
{
    struct delta *delta = (struct delta *)rig->delta;
    struct heap *from = rig->heap, *to;
    if (!heap_is_movable(from) || !delta_write(delta, from, rig_fresh(rig, from)))
        return false;
    to = window_take(&rig->places, &rig->windows, window_number(from));
    cr_assert(to && to != from && (uint32_t)(uintptr_t)to == (uint32_t)(uintptr_t)from);
    cr_assert_leq(delta->size, DELTA_MAX);
    slab_unpoison(from, WINDOW_SIZE);
    memset(to, 0x33, WINDOW_SIZE);
    memset(from, 0xAA, WINDOW_SIZE);
    delta_apply(delta, to, rig_fresh(rig, to));
    window_give(&rig->places, &rig->windows, from);
    rig->heap = to;
    return true;
}

/* Nothing is left. */
static inline void rig_close(struct rig *rig)
{
    struct slab_stats stats;
    template_fitted_drop(&rig->fitted);
    template_unref(rig->tmpl);
    window_flush(&rig->places, &rig->windows);
    cr_assert_eq(windows_used(&rig->windows), 0);
    windows_destroy(&rig->windows);
    slab_cache_flush(rig->cache);
    slab_depot_stats(rig->depot, &stats);
    cr_assert_eq(stats.used, 0);
    cr_assert_eq(stats.large, 0);
    slab_cache_free(rig->cache);
    slab_depot_free(rig->depot);
}

/* For setups. */
static inline void rig_libraries(lua_State *L)
{
    static const luaL_Reg libraries[] = {
        {"_G", luaopen_base},
        {"table", luaopen_table},
        {"string", luaopen_string},
        {"coroutine", luaopen_coroutine},
    };
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        luaL_requiref(L, libraries[i].name, libraries[i].func, 1);
        lua_pop(L, 1);
    }
}

#endif
