/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <pthread.h>

#include <criterion/criterion.h>

#include "sched/base/compiler.h"
#include "tests/unit/vm_rig.h"
#include "vm/refs.h"

/* More than there are banks, so that several meet in one. */
enum { OBJECTS = 3 * REFS_BANKS, TIMES = 500 };

struct object {
    char before[CACHE_LINE];
    struct refs refs;
    unsigned destroyed;
};

static struct object objects[OBJECTS];

static void destroy(struct refs *refs)
{
    container_of(refs, struct object, refs)->destroyed++;
}

static void init_all(bool is_banked)
{
    for (unsigned i = 0; i < OBJECTS; i++) {
        objects[i] = (struct object){0};
        refs_init(&objects[i].refs, is_banked, destroy);
    }
}

static unsigned count_destroyed(void)
{
    unsigned count = 0;
    for (unsigned i = 0; i < OBJECTS; i++) {
        cr_assert_leq(objects[i].destroyed, 1);
        count += objects[i].destroyed;
    }
    return count;
}

static uint32_t spare(const struct vm_local *local)
{
    uint32_t count = 0;
    for (unsigned i = 0; i < REFS_BANKS; i++)
        count += local->refs[i].spare;
    return count;
}

Test(refs, outside_of_workers_they_are_counted_at_once)
{
    init_all(true);
    refs_take(&objects[0].refs);
    refs_drop(&objects[0].refs);
    cr_assert_eq(objects[0].destroyed, 0);
    refs_drop(&objects[0].refs);
    cr_assert_eq(objects[0].destroyed, 1);
}

/* Each taken and dropped more often than a bank holds, in changing order. */
static void take_and_drop(void)
{
    for (unsigned i = 0; i < OBJECTS; i++) {
        for (unsigned j = 0; j < TIMES; j++)
            refs_take(&objects[i * j % OBJECTS].refs);
        for (unsigned j = 0; j < TIMES; j++)
            refs_drop(&objects[i * j % OBJECTS].refs);
    }
}

static void use_banks(struct native *native, void *ctx)
{
    struct vm_local *local = vm_local(native_vm(native));
    (void)ctx;
    refs_flush(local->refs);
    init_all(true);
    take_and_drop();
    cr_assert_neq(spare(local), 0);
    cr_assert_leq(spare(local), 2 * REFS_AHEAD * REFS_BANKS);
    cr_assert_eq(count_destroyed(), 0);
    for (unsigned i = 0; i < OBJECTS; i++)
        refs_drop(&objects[i].refs);
    cr_assert_geq(count_destroyed(), OBJECTS - REFS_BANKS);
    refs_flush(local->refs);
    cr_assert_eq(spare(local), 0);
    cr_assert_eq(count_destroyed(), OBJECTS);
}

static void use_none(struct native *native, void *ctx)
{
    struct vm_local *local = vm_local(native_vm(native));
    (void)ctx;
    refs_flush(local->refs);
    init_all(false);
    take_and_drop();
    cr_assert_eq(spare(local), 0);
    for (unsigned i = 0; i < OBJECTS; i++) {
        refs_drop(&objects[i].refs);
        cr_assert_eq(objects[i].destroyed, 1);
    }
}

static void leave_spare(struct native *native, void *ctx)
{
    (void)ctx;
    cr_assert_not_null(vm_local(native_vm(native))); /* made by the first who asks for it */
    for (unsigned i = 0; i < OBJECTS; i++)
        refs_take(&objects[i].refs);
    for (unsigned i = 0; i < OBJECTS; i++)
        refs_drop(&objects[i].refs);
}

Test(refs, workers_have_banks)
{
    struct rig rig;
    rig_open(&rig, &(struct rig_options){.workers = 1});
    rig_call(&rig, use_banks, NULL);
    rig_call(&rig, use_none, NULL);
    rig_close(&rig);
}

/* What a worker has spare is given back by its VM in the end, whoever has dropped the last one. */
Test(refs, nothing_is_left_with_the_workers)
{
    struct rig rig;
    rig_open(&rig, &(struct rig_options){.workers = 1});
    init_all(true);
    rig_call(&rig, leave_spare, NULL);
    for (unsigned i = 0; i < OBJECTS; i++)
        refs_drop(&objects[i].refs);
    cr_assert_lt(count_destroyed(), OBJECTS);
    rig_close(&rig);
    cr_assert_eq(count_destroyed(), OBJECTS);
}

/* Taken on one worker, dropped on another: what goes to and fro is counted right. */
Test(refs, pass_between_workers)
{
    struct rig rig;
    rig_open(&rig, &(struct rig_options){.workers = 3});
    rig_add(&rig, "t:child", "return function() end");
    rig_add(&rig, "t:main",
            "return function()\n"
            "  for i = 1, 3000 do process.spawn('t:child', 't:h') end\n"
            "  return 'ok'\n"
            "end");
    rig_run(&rig, "t:main");
    cr_assert_str_eq(rig_text(&rig), "ok");
    rig_close(&rig);
}
