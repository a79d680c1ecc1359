/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * spawn: when a spawner lets others run: when many wait, when a timer is due, and after so many spawns. What is seen is how many processes it had
 * made when first something else had run on its worker.
 *
 * Tried again: while a worker gets no CPU for long enough, a spare one runs what waits behind it.
 */
#include <criterion/criterion.h>
#include <lauxlib.h>

#include "sched/sched.h"
#include "sched/task.h"
#include "sched/wheel.h"
#include "sched/worker.h"
#include "tests/unit/vm_rig.h"

enum { CROWD = 240, TRIES = 5, SPAWNS = 2000, PER_LOOK = 32, LOADS_MAX = 8 };

static struct rig rig;
static struct task crowd[CROWD];
static struct timer timer;
static _Atomic int ran;

static enum task_verdict run_one(struct task *task)
{
    (void)task;
    atomic_fetch_add(&ran, 1);
    return TASK_PARKED;
}

static struct task *fire(struct timer *due)
{
    (void)due;
    atomic_fetch_add(&ran, 1);
    return NULL;
}

/* For the programs: many tasks to wait on this worker, a timer to be due there, a child to leave a trace, and the spawner to look for one. */

static int gather(lua_State *L)
{
    (void)L;
    for (int i = 0; i < CROWD; i++)
        task_wake_later(worker_sched(worker_self()), &crowd[i]);
    return 0;
}

static int make_due(lua_State *L)
{
    (void)L;
    wheel_arm(worker_sched(worker_self()), &timer, 1);
    return 0;
}

static int leave_trace(lua_State *L)
{
    (void)L;
    atomic_fetch_add(&ran, 1);
    return 0;
}

static int has_run(lua_State *L)
{
    lua_pushboolean(L, atomic_load(&ran) != 0);
    return 1;
}

static const struct lazy_entry extra[] = {LAZY_F("gather", gather), LAZY_F("make_due", make_due),
                                          LAZY_F("leave_trace", leave_trace), LAZY_F("has_run", has_run), LAZY_DONE};

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){.workers = 1, .extra = extra});
    rig_add(&rig, "t:ready", "return function() leave_trace() end");
    rig_add(&rig, "t:loads", "has_run() return function() leave_trace() end");
    wheel_timer_init(&timer, fire);
    for (int i = 0; i < CROWD; i++)
        task_init(&crowd[i], run_one, TASK_IDLE);
}

static void close_rig(void)
{
    rig_close(&rig);
}

TestSuite(spawn_rest, .init = open_rig, .fini = close_rig);

static bool is_crowd_gone(void)
{
    for (int i = 0; i < CROWD; i++)
        if (atomic_load(&crowd[i].state) != TASK_IDLE)
            return false;
    return true;
}

/* How many processes a spawner had made when it first saw that something had run; `first` is what it does before. At most `most`, if it can be. */
static int64_t spawned_before_rest(const char *first, const char *child, int64_t most)
{
    char source[300];
    snprintf(
        source, sizeof source,
        "return function() %s for i = 1, %d do assert(process.spawn('%s', 't:h')) if has_run() then return i end end "
        "return %d end",
        first, SPAWNS, child, SPAWNS);
    rig_add(&rig, "t:spawner", source);
    int64_t spawned = INT64_MAX;
    for (int i = 0; i < TRIES && spawned > most; i++) {
        atomic_store(&ran, 0);
        spawned = rig_integer(rig_run(&rig, "t:spawner"));
        cr_assert_gt(spawned, 0);
        RIG_UNTIL(vm_host_live(rig.host) == 0 && is_crowd_gone());
        wheel_cancel(&timer);
    }
    return spawned;
}

Test(spawn_rest, when_many_wait)
{
    cr_assert_leq(spawned_before_rest("gather()", "t:ready", PER_LOOK + 1), PER_LOOK + 1);
}

Test(spawn_rest, when_a_timer_is_due)
{
    cr_assert_leq(spawned_before_rest("make_due()", "t:ready", PER_LOOK + 1), PER_LOOK + 1);
}

/* Those that have to load count for more. */
Test(spawn_rest, after_so_many_spawns)
{
    cr_assert_leq(spawned_before_rest("", "t:loads", LOADS_MAX + 1), LOADS_MAX + 1);
}
