/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <criterion/criterion.h>

#include "sched/base/rng.h"
#include "tests/unit/vm_rig.h"
#include "vm/groups.h"
#include "vm/heap.h"
#include "vm/members.h"
#include "vm/process_struct.h"
#include "vm/slab.h"

/* A VM that does not run, and processes of which only what groups use is there. */
enum { PROCESSES = 40 };

static struct vm *vm;
static struct log quiet = {.level = LOG_OFF};
static struct slab_depot *depot;
static struct slab_cache *cache;
static struct groups *groups;
static struct process processes[PROCESSES];
static size_t used[PROCESSES];

static void open_all(void)
{
    struct vm_config config = {.workers = 1, .classic_spawn = true, .log = &quiet};
    cr_assert_eq(vm_new(&vm, &config), 0);
    depot = slab_depot_new(false, NULL);
    cache = slab_cache_new(depot);
    for (unsigned i = 0; i < PROCESSES; i++) {
        processes[i] = (struct process){.vm = vm, .pid = i + 1, .heap = heap_new(cache, 64, 1024, NULL)};
        list_init(&processes[i].memberships);
        used[i] = heap_used(processes[i].heap);
    }
    groups = groups_new(vm, "a:scope", &(struct groups_limits){.monitor_buffer = 64});
    groups_start(groups);
}

/* All leave, and what they were charged for is given back. */
static void close_all(void)
{
    for (unsigned i = 0; i < PROCESSES; i++) {
        while (!groups_leave_some(&processes[i], 7))
            ;
        cr_assert_eq(heap_used(processes[i].heap), used[i]);
        heap_drop(processes[i].heap, cache, UINT32_MAX);
    }
    struct groups_list *list = groups_list(groups);
    cr_assert_eq(list->count, 0);
    groups_list_free(list);
    slab_cache_free(cache);
    slab_depot_free(depot);
    vm_free(vm);
}

TestSuite(groups, .init = open_all, .fini = close_all);

static struct groups_name name_of(const char *text)
{
    return (struct groups_name){text, strlen(text)};
}

static enum groups_answer join(unsigned process, const char *group)
{
    struct groups_name name = name_of(group);
    unsigned refused;
    return groups_join(groups, &processes[process], &name, 1, &refused);
}

static enum groups_answer leave(unsigned process, const char *group)
{
    struct groups_name name = name_of(group);
    return groups_leave(groups, &processes[process], &name, 1);
}

/* "1*2 3*1": members by number and how often they have joined. */
static const char *members(const char *group)
{
    static char text[1024];
    struct members *all = groups_members(groups, name_of(group));
    text[0] = 0;
    for (unsigned pid = 1; all && pid <= PROCESSES; pid++)
        for (uint32_t i = 0; i < all->count; i++)
            if (all->items[i].pid == pid)
                sprintf(text + strlen(text), "%s%u*%u", text[0] ? " " : "", pid, all->items[i].joins);
    members_unref(all);
    return text;
}

Test(groups, join_and_leave)
{
    cr_assert_str_eq(members("g"), "");
    cr_assert_eq(leave(0, "g"), GROUPS_NOT_A_MEMBER);
    cr_assert_eq(join(0, "g"), GROUPS_OK);
    cr_assert_eq(join(1, "g"), GROUPS_OK);
    cr_assert_eq(join(0, "g"), GROUPS_OK);
    cr_assert_eq(join(2, "g"), GROUPS_OK);
    cr_assert_str_eq(members("g"), "1*2 2*1 3*1");
    cr_assert_eq(leave(1, "g"), GROUPS_OK);
    cr_assert_eq(leave(1, "g"), GROUPS_NOT_A_MEMBER);
    cr_assert_str_eq(members("g"), "1*2 3*1");
    cr_assert_eq(leave(0, "g"), GROUPS_OK);
    cr_assert_str_eq(members("g"), "1*1 3*1");
    cr_assert_eq(leave(0, "g"), GROUPS_OK);
    cr_assert_eq(leave(2, "g"), GROUPS_OK);
    cr_assert_null(groups_members(groups, name_of("g")));
    cr_assert_eq(leave(2, "g"), GROUPS_NOT_A_MEMBER);
}

Test(groups, who_looks_sees_one_moment)
{
    for (unsigned i = 0; i < 5; i++)
        join(i, "g");
    struct members *before = groups_members(groups, name_of("g"));
    struct groups_list *list = groups_list(groups);
    leave(0, "g");
    join(1, "g");
    join(7, "g");
    join(7, "h");
    cr_assert_str_eq(members("g"), "2*2 3*1 4*1 5*1 8*1");
    cr_assert_eq(before->count, 5);
    for (unsigned i = 0; i < 5; i++) {
        cr_assert_eq(before->items[i].pid, i + 1);
        cr_assert_eq(before->items[i].joins, 1);
    }
    cr_assert_eq(list->count, 1);
    cr_assert_eq(list->items[0].members, before);
    cr_assert_eq(groups_item_name(&list->items[0]).length, 1);
    for (unsigned i = 0; i < PROCESSES; i++)
        while (!groups_leave_some(&processes[i], 1))
            ;
    cr_assert_eq(before->items[4].pid, 5); /* also when the group is gone */
    cr_assert_eq(*groups_item_name(&list->items[0]).text, 'g');
    groups_list_free(list);
    members_unref(before);
}

Test(groups, a_batch_is_all_or_nothing)
{
    struct groups_name names[] = {name_of("a"), name_of("b"), name_of("a"), name_of("c")};
    unsigned refused = 9;
    groups_new(vm, "a:scope", &(struct groups_limits){.max_groups = 2, .max_members_per_group = 2});
    cr_assert_eq(groups_join(groups, &processes[0], names, 4, &refused), GROUPS_TOO_MANY);
    cr_assert_eq(refused, 3);
    cr_assert_str_eq(members("a"), "");
    cr_assert_eq(groups_join(groups, &processes[0], names, 3, &refused), GROUPS_OK);
    cr_assert_str_eq(members("a"), "1*2");
    cr_assert_eq(groups_join(groups, &processes[1], names + 1, 2, &refused), GROUPS_FULL);
    cr_assert_eq(refused, 1);
    cr_assert_str_eq(members("b"), "1*1");
    cr_assert_eq(groups_leave(groups, &processes[0], names + 2, 2), GROUPS_OK);
    cr_assert_str_eq(members("a"), "1*1");
    cr_assert_eq(groups_leave(groups, &processes[1], names, 4), GROUPS_NOT_A_MEMBER);
}

Test(groups, joins_of_one_process_have_an_end)
{
    for (unsigned i = 0; i < GROUPS_JOINS_MAX; i++)
        cr_assert_eq(join(0, "g"), GROUPS_OK);
    cr_assert_eq(join(0, "g"), GROUPS_TOO_OFTEN);
    cr_assert_eq(join(1, "g"), GROUPS_OK);
    cr_assert_not(groups_leave_some(&processes[0], 0));
    cr_assert(groups_leave_some(&processes[0], 1)); /* one membership at least */
    cr_assert_str_eq(members("g"), "2*1");
}

Test(groups, leaves_in_slices)
{
    char name[16];
    for (unsigned i = 0; i < 100; i++) {
        sprintf(name, "g%u", i);
        cr_assert_eq(join(3, name), GROUPS_OK);
        cr_assert_eq(join(4, name), GROUPS_OK);
    }
    unsigned slices = 1;
    while (!groups_leave_some(&processes[3], 10))
        slices++;
    cr_assert_eq(slices, 10);
    cr_assert_str_eq(members("g0"), "5*1");
    cr_assert_str_eq(members("g99"), "5*1");
}

Test(groups, stopping_takes_everybody_out)
{
    cr_assert(groups_is_running(groups));
    for (unsigned i = 0; i < PROCESSES; i++) {
        join(i, "g");
        join(i, i % 2 ? "odd" : "even");
    }
    groups_stop(groups);
    cr_assert_not(groups_is_running(groups));
    cr_assert_null(groups_members(groups, name_of("g")));
    cr_assert_eq(join(0, "g"), GROUPS_STOPPED);
    cr_assert_eq(leave(0, "g"), GROUPS_STOPPED);
    cr_assert(groups_leave_some(&processes[5], 100));
    groups_stop(groups);
    groups_start(groups);
    cr_assert_eq(leave(0, "g"), GROUPS_NOT_A_MEMBER);
    cr_assert_eq(join(0, "g"), GROUPS_OK);
    cr_assert_eq(join(6, "g"), GROUPS_OK);
    cr_assert_str_eq(members("g"), "1*1 7*1");
    cr_assert(groups_leave_some(&processes[0], 100)); /* with what was left of the first time */
    cr_assert_str_eq(members("g"), "7*1");
}

Test(groups, scopes_are_found_by_id)
{
    struct groups *other = groups_new(vm, "a:other", &(struct groups_limits){.monitor_buffer = 5});
    cr_assert_eq(groups_find(vm, "a:other", 7), other);
    cr_assert_eq(groups_find(vm, "a:scope", 7), groups);
    cr_assert_null(groups_find(vm, "a:othe", 6));
    cr_assert_null(groups_find(vm, "a:othe\0", 7));
    cr_assert_not(groups_is_running(other));
    cr_assert_str_eq(groups_id(other), "a:other");
    cr_assert_eq(groups_monitor_buffer(other), 5);
    cr_assert_eq(groups_new(vm, "a:other", &(struct groups_limits){.monitor_buffer = 6}), other);
    cr_assert_eq(groups_monitor_buffer(other), 6);
}

/* Random joins, leaves and exits against a table of numbers. */
Test(groups, agrees_with_a_table)
{
    enum { NAMES = 30, ROUNDS = 30000 };
    static unsigned table[PROCESSES][NAMES];
    struct rng rng;
    char names[NAMES][8];
    rng_seed(&rng, 7);
    for (unsigned g = 0; g < NAMES; g++)
        sprintf(names[g], "g%u", g);
    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned p = (unsigned)rng_below(&rng, PROCESSES), g = (unsigned)rng_below(&rng, NAMES);
        switch (rng_below(&rng, 8)) {
        case 0:
            if (rng_below(&rng, 8) == 0) {
                while (!groups_leave_some(&processes[p], 3))
                    ;
                memset(table[p], 0, sizeof table[p]);
            }
            break;
        case 1:
        case 2:
        case 3:
            cr_assert_eq(leave(p, names[g]), table[p][g] ? GROUPS_OK : GROUPS_NOT_A_MEMBER);
            table[p][g] -= table[p][g] > 0;
            break;
        default:
            cr_assert_eq(join(p, names[g]), GROUPS_OK);
            table[p][g]++;
        }
        if (round % 100)
            continue;
        char expected[1024] = "";
        for (p = 0; p < PROCESSES; p++)
            if (table[p][g])
                sprintf(expected + strlen(expected), "%s%u*%u", expected[0] ? " " : "", p + 1, table[p][g]);
        cr_assert_str_eq(members(names[g]), expected);
    }
}

/* ---- members ---- */

Test(members, are_copied_when_somebody_looks)
{
    struct members *one = members_new();
    cr_assert_eq(members_change(one, 1), one);
    one->items[one->count++] = (struct member){.pid = 1, .joins = 1};
    struct members *seen = members_ref(one);
    struct members *two = members_change(one, 0);
    cr_assert_neq(two, seen);
    cr_assert_eq(two->count, 1);
    cr_assert_eq(members_change(two, 0), two);
    members_unref(seen);
    members_unref(two);
    members_unref(NULL);
}

Test(members, grow_and_shrink)
{
    struct members *all = members_new();
    for (uint32_t i = 0; i < 10000; i++) {
        all = members_change(all, 1);
        cr_assert_lt(all->count, all->capacity);
        all->items[all->count++].pid = i;
    }
    for (uint32_t i = 0; i < all->count; i++)
        cr_assert_eq(all->items[i].pid, i);
    uint32_t most = all->capacity;
    while (all->count > 0) {
        all = members_change(all, 0);
        all->count--;
        cr_assert_eq(all->items[all->count].pid, all->count);
    }
    cr_assert_lt(all->capacity, most / 50);
    members_unref(all);
}
