/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <criterion/criterion.h>

#include "sched/base/compiler.h"
#include "tests/unit/vm_rig.h"
#include "vm/local.h"

static const char key = 0, other_key = 0;
static _Atomic int made, freed;

struct thing {
    struct local_item item;
    int uses;
};

static void free_thing(struct local_item *item)
{
    atomic_fetch_add(&freed, 1);
    free(container_of(item, struct thing, item));
}

/* use(): how often the worker's thing was used before. */
static int use(lua_State *L)
{
    struct local_item *item = local_find(L, &key);
    cr_assert_null(local_find(L, &other_key));
    if (!item) {
        struct thing *thing = calloc(1, sizeof *thing);
        thing->item = (struct local_item){.key = &key, .free = free_thing};
        atomic_fetch_add(&made, 1);
        local_add(L, item = &thing->item);
    }
    lua_pushinteger(L, container_of(item, struct thing, item)->uses++);
    return 1;
}

/* take(): off the shelf. */
static int take(lua_State *L)
{
    struct local_item *item = local_find(L, &key);
    local_remove(L, item);
    cr_assert_null(local_find(L, &key));
    item->free(item);
    return 0;
}

static const struct lazy_entry extra[] = {LAZY_F("use", use), LAZY_F("take", take), LAZY_DONE};

Test(local, belongs_to_the_worker_until_the_end)
{
    struct rig rig;
    rig_open(&rig, &(struct rig_options){.workers = 1, .extra = extra});
    rig_add(&rig, "t:use", "return function() return use() end");
    rig_add(&rig, "t:take", "return function() take() return use() end");
    for (int i = 0; i < 5; i++)
        cr_assert_eq(rig_integer(rig_run(&rig, "t:use")), i);
    cr_assert_eq(rig_integer(rig_run(&rig, "t:take")), 0);
    cr_assert_eq(rig_integer(rig_run(&rig, "t:use")), 1);
    cr_assert_eq(atomic_load(&made), 2);
    cr_assert_eq(atomic_load(&freed), 1);
    rig_close(&rig);
    cr_assert_eq(atomic_load(&freed), 2);
}
