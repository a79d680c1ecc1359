/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "sched/base/fault.h"
#include "vm/delta.h"
#include "vm/heap.h"
#include "vm/slab.h"
#include "vm/slab_asan.h"
#include "vm/template.h"
#include "vm/template_fitted.h"

/* The self-test itself, with these in place of what it tests: broken in one way or another, or out of memory. */
static enum { WHOLE, NO_DELTA, ANY_DELTA, ANOTHER_NUMBER, NO_ROOM } damage;
static struct fault_plan *faults;

static bool my_delta_write(struct delta *out, struct heap *heap, const char *fresh)
{
    return (delta_write(out, heap, fresh) || damage == ANY_DELTA) && damage != NO_DELTA;
}

static void *my_window_take(struct window_cache *cache, struct windows *windows, unsigned number)
{
    return window_take(cache, windows, damage == ANOTHER_NUMBER ? (number + 1) % WINDOW_NUMBERS : number);
}

static int my_template_new(struct template **out, const struct template_config *config, char *message, size_t size)
{
    struct template_config mine = *config;
    mine.fault = faults;
    return template_new(out, &mine, message, size);
}

static struct heap *my_template_clone_to(struct template *tmpl, struct slab_cache *cache,
                                         struct template_fitted *fitted, void *memory, size_t room)
{
    if (damage != NO_ROOM)
        return template_clone_to(tmpl, cache, fitted, memory, room);
    size_t size = template_image_size(tmpl), unit = SLAB_CHUNK_UNIT;
    const char *fresh = template_fresh(tmpl, cache, fitted, memory, (size + unit - 1) / unit * unit);
    heap_image_again(memory, fresh, size - heap_user_offset());
    return memory;
}

static int my_delta_self_test(struct slab_depot *depot, struct windows *windows, char *message, size_t size);

#define delta_write my_delta_write
#define window_take my_window_take
#define template_new my_template_new
#define template_clone_to my_template_clone_to
#define delta_self_test my_delta_self_test
#include "vm/delta_self_test.c"
#undef delta_self_test

static struct slab_depot *depot;
static struct windows windows;

static void begin(void)
{
    depot = slab_depot_new(false, faults);
    windows_init(&windows, 4, faults);
}

static void end(void)
{
    struct slab_stats stats;
    slab_depot_stats(depot, &stats);
    cr_assert_eq(stats.used, 0);
    cr_assert_eq(stats.large, 0);
    cr_assert_eq(windows_used(&windows), 0);
    slab_depot_free(depot);
    windows_destroy(&windows);
}

Test(delta_self_test, it_holds_with_this_lua, .init = begin, .fini = end)
{
    for (int i = 0; i < 3; i++) {
        char message[200] = "";
        cr_assert_eq(delta_self_test(depot, &windows, message, sizeof message), 0, "%s", message);
        cr_assert_eq(my_delta_self_test(depot, &windows, message, sizeof message), 0, "%s", message);
        cr_assert_str_eq(message, "");
    }
    cr_assert_leq(windows.count, 2);
}

Test(delta_self_test, it_says_what_does_not_hold, .init = begin, .fini = end)
{
    static const char *const reasons[] = {
        [NO_DELTA] = "a state has no delta",
        [ANY_DELTA] = "a number that is like an address is not told from it",
        [ANOTHER_NUMBER] = "objects are not found in a state that has been moved",
        [NO_ROOM] = "a state has no delta",
    };
    for (damage = NO_DELTA; damage <= NO_ROOM; damage++) {
        char message[200] = "", little[8];
        cr_assert_eq(my_delta_self_test(depot, &windows, message, sizeof message), -EFAULT, "%d", damage);
        cr_assert_str_eq(message, reasons[damage]);
        cr_assert_eq(my_delta_self_test(depot, &windows, little, sizeof little), -EFAULT);
        cr_assert_eq(strlen(little), 7);
    }
}

/* The point fails from its k-th hit on, or only then. True: it was reached. */
static bool fail_at(enum fault_point point, uint64_t k, uint64_t count)
{
    char message[200] = "";
    begin();
    fault_set(faults, point, k, count, ENOMEM);
    int status = my_delta_self_test(depot, &windows, message, sizeof message);
    bool is_hit = fault_hits(faults, point) >= k;
    fault_set(faults, point, 1, 0, 0);
    if (status == 0)
        cr_assert_str_eq(message, "");
    else
        cr_assert(status < 0 && message[0], "%d %s", status, message);
    cr_assert(status == 0 || is_hit, "%s", message);
    cr_assert(status < 0 || !is_hit, "point %d step %d: without memory it says that all is well", point, (int)k);
    end();
    return is_hit;
}

Test(delta_self_test, without_memory_it_says_so_and_leaves_nothing, .timeout = 60)
{
    static const enum fault_point points[] = {FAULT_MALLOC, FAULT_SLAB};
    faults = fault_plan_new();
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        for (uint64_t count = 1; count; count = count == 1 ? UINT64_MAX : 0) {
            uint64_t k = 1;
            while (fail_at(points[i], k, count))
                k++;
            cr_assert_gt(k, 2, "point %d", points[i]);
        }
    }
    fault_plan_free(faults);
}
