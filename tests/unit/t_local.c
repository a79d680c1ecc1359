/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <criterion/criterion.h>

#include "sched/base/compiler.h"
#include "tests/unit/vm_rig.h"
#include "vm/local.h"

static const char key = 0, other_key = 0;
static _Atomic int made, freed, uses;

struct thing {
    struct local_item item;
    int uses;
};

static void free_thing(struct local_item *item)
{
    struct thing *thing = container_of(item, struct thing, item);
    atomic_fetch_add(&freed, 1);
    atomic_fetch_add(&uses, thing->uses);
    free(thing);
}

static struct thing *make_thing(const void *whose)
{
    struct thing *thing = calloc(1, sizeof *thing);
    thing->item = (struct local_item){.key = whose, .free = free_thing};
    atomic_fetch_add(&made, 1);
    return thing;
}

/* use(): uses the thing of the worker, which may be another one than last time: spares come in on a slow machine. */
static int use(lua_State *L)
{
    struct local_item *item = local_find(L, &key);
    cr_assert_null(local_find(L, &other_key));
    if (!item)
        local_add(L, item = &make_thing(&key)->item);
    container_of(item, struct thing, item)->uses++;
    return 0;
}

/* shelve(): puts two of one key on the shelf and takes them off again. */
static int shelve(lua_State *L)
{
    struct thing *first = make_thing(&other_key), *second = make_thing(&other_key);
    local_add(L, &first->item);
    cr_assert_eq(local_find(L, &other_key), &first->item);
    local_add(L, &second->item);
    cr_assert_eq(local_find(L, &other_key), &second->item);
    local_remove(L, &first->item);
    cr_assert_eq(local_find(L, &other_key), &second->item);
    local_remove(L, &second->item);
    cr_assert_null(local_find(L, &other_key));
    free_thing(&first->item);
    free_thing(&second->item);
    return 0;
}

static const struct lazy_entry extra[] = {LAZY_F("use", use), LAZY_F("shelve", shelve), LAZY_DONE};

Test(local, belongs_to_the_worker_until_the_end)
{
    struct rig rig;
    rig_open(&rig, &(struct rig_options){.workers = 1, .extra = extra});
    rig_add(&rig, "t:use", "return function() use() return 1 end");
    rig_add(&rig, "t:shelve", "return function() use() shelve() use() return 1 end");
    for (int i = 0; i < 5; i++)
        cr_assert_eq(rig_integer(rig_run(&rig, "t:use")), 1);
    cr_assert_eq(rig_integer(rig_run(&rig, "t:shelve")), 1);
    cr_assert_eq(atomic_load(&freed), 2);
    cr_assert_lt(atomic_load(&made), 2 + 7 + 1);
    rig_close(&rig);
    cr_assert_eq(atomic_load(&freed), atomic_load(&made));
    cr_assert_eq(atomic_load(&uses), 7);
}
