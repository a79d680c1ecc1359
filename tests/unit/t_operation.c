/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Operations: work outside Lua that a coroutine waits for. The global `work(mode)` starts one; each record must be released exactly once,
 * whether its process waits for the end, is gone by then, or dies at that very moment.
 */
#include <criterion/criterion.h>
#include <lauxlib.h>
#include <stdatomic.h>

#include "sched/base/compiler.h"
#include "sched/blocking.h"
#include "tests/unit/vm_rig.h"
#include "vm/operation.h"
#include "vm/state.h"

enum mode { AT_ONCE, IN_POOL, BY_HAND, ABANDONED, BY_CANCEL };

struct work {
    struct blocking_job job;
    struct operation op;
    enum mode mode;
    unsigned released;
    struct work *next;
};

static struct rig rig;
static _Atomic unsigned made, released, cancelled;
static _Atomic(struct work *) by_hand;

static void release(struct operation *op)
{
    struct work *work = container_of(op, struct work, op);
    if (work->released++)
        rig_die("released twice");
    atomic_fetch_add(&released, 1);
    free(work);
}

static void cancel(struct operation *op)
{
    struct work *work = container_of(op, struct work, op);
    atomic_fetch_add(&cancelled, 1);
    if (work->mode == BY_CANCEL)
        operation_complete(op);
}

static void pool_run(struct blocking_job *job)
{
    operation_complete(&container_of(job, struct work, job)->op);
}

static int work_k(lua_State *L, int status, lua_KContext ctx)
{
    struct work *work = container_of((struct operation *)ctx, struct work, op);
    (void)status;
    lua_pushinteger(L, work->mode);
    operation_release(&work->op);
    return 1;
}

static void start(lua_State *L, struct work *work)
{
    switch (work->mode) {
    case AT_ONCE:
        operation_complete(&work->op);
        break;
    case IN_POOL:
        work->job.run = pool_run;
        if (blocking_submit(vm_sched(state_vm(L)), &work->job) != 0)
            rig_die("no pool");
        break;
    case BY_HAND:
        do
            work->next = atomic_load(&by_hand);
        while (!atomic_compare_exchange_strong(&by_hand, &work->next, work));
        break;
    default:
        break;
    }
}

static int lua_work(lua_State *L)
{
    enum mode mode = (enum mode)luaL_checkinteger(L, 1);
    state_check_block(L); /* so that the record cannot be lost by an error of operation_prepare */
    struct work *work = calloc(1, sizeof *work);
    work->mode = mode;
    work->op.release = release;
    work->op.cancel = mode == IN_POOL ? NULL : cancel;
    operation_prepare(L, &work->op);
    if (mode == ABANDONED) {
        operation_abandon(&work->op);
        free(work);
        return 0;
    }
    atomic_fetch_add(&made, 1);
    start(L, work);
    return operation_wait(L, &work->op, work_k);
}

static int lua_boundary(lua_State *L)
{
    lua_call(L, lua_gettop(L) - 1, 0);
    return 0;
}

static const struct lazy_entry extra[] = {
    LAZY_F("work", lua_work),
    LAZY_F("boundary", lua_boundary),
    LAZY_DONE,
};

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){.extra = extra});
    rig_add(&rig, "t:worker",
            "return function(mode, count)\n"
            "  for i = 2, count or 1 do coroutine.spawn(function() work(mode) end) end\n"
            "  return work(mode)\n"
            "end");
}

static void close_rig(void)
{
    rig_close(&rig);
    cr_assert_eq(atomic_load(&released), atomic_load(&made));
}

TestSuite(operation, .init = open_rig, .fini = close_rig);

static void complete_all_by_hand(void)
{
    struct work *work = atomic_exchange(&by_hand, NULL);
    for (struct work *next; work; work = next) {
        next = work->next;
        operation_complete(&work->op);
    }
}

static const char *run(const char *source)
{
    rig_add(&rig, "t:main", source);
    rig_run(&rig, "t:main");
    return rig_text(&rig);
}

Test(operation, complete_before_the_wait)
{
    cr_assert_str_eq(run("return function() for i = 1, 100 do assert(work(0) == 0) end return 'ok' end"), "ok");
    cr_assert_eq(atomic_load(&made), 100);
    cr_assert_eq(atomic_load(&cancelled), 0);
}

Test(operation, complete_on_another_thread)
{
    cr_assert_str_eq(run("return function() for i = 1, 200 do assert(work(1) == 1) end return 'ok' end"), "ok");
}

Test(operation, many_at_a_time)
{
    cr_assert_str_eq(run("return function()\n"
                         "  local done = channel.new()\n"
                         "  for i = 1, 300 do coroutine.spawn(function() done:send(work(i % 2)) end) end\n"
                         "  local sum = 0\n"
                         "  for i = 1, 300 do sum = sum + done:receive() end\n"
                         "  return sum\n"
                         "end"),
                     "150");
}

Test(operation, abandoned_is_forgotten)
{
    cr_assert_str_eq(run("return function() for i = 1, 10 do work(3) end return work(0) end"), "0");
    cr_assert_eq(atomic_load(&made), 1);
}

Test(operation, refused_where_nothing_can_block)
{
    cr_assert_str_eq(run("return function()\n"
                         "  local ok, err = pcall(boundary, work, 0)\n"
                         "  assert(not ok and tostring(err):find('cannot block'))\n"
                         "  return 'ok'\n"
                         "end"),
                     "ok");
    cr_assert_eq(atomic_load(&made), 0);
}

/* An operation under way is reason enough to wait: no deadlock. */
Test(operation, keeps_its_process_from_deadlock)
{
    cr_assert_str_eq(run("return function()\n"
                         "  local ch = channel.new()\n"
                         "  coroutine.spawn(function() ch:send(work(1)) end)\n"
                         "  return (ch:receive())\n"
                         "end"),
                     "1");
}

Test(operation, completes_after_its_process_died)
{
    cr_assert_str_eq(run("return function()\n"
                         "  for i = 1, 20 do\n"
                         "    local pid = process.spawn_monitored('t:worker', 't:h', 2, 5)\n"
                         "    coroutine.yield()\n"
                         "    process.terminate(pid)\n"
                         "    process.events():receive()\n"
                         "  end\n"
                         "  return 'ok'\n"
                         "end"),
                     "ok");
    cr_assert_eq(atomic_load(&released), 0);
    cr_assert_eq(atomic_load(&cancelled), atomic_load(&made));
    complete_all_by_hand();
    cr_assert_eq(atomic_load(&released), atomic_load(&made));
}

Test(operation, completes_in_its_own_cancel)
{
    cr_assert_str_eq(run("return function()\n"
                         "  for i = 1, 20 do\n"
                         "    local pid = process.spawn_monitored('t:worker', 't:h', 4, 3)\n"
                         "    coroutine.yield()\n"
                         "    process.terminate(pid)\n"
                         "    process.events():receive()\n"
                         "  end\n"
                         "  return 'ok'\n"
                         "end"),
                     "ok");
    cr_assert_eq(atomic_load(&cancelled), atomic_load(&made));
}

/* The end of the work and the end of the process race. */
Test(operation, completes_while_its_process_dies)
{
    cr_assert_str_eq(run("return function()\n"
                         "  local events = process.events()\n"
                         "  for i = 1, 300 do\n"
                         "    local pid = process.spawn_monitored('t:worker', 't:h', 1, i % 4 + 1)\n"
                         "    if i % 3 == 0 then coroutine.yield() end\n"
                         "    if i % 7 == 0 then require('time').sleep('20us') end\n"
                         "    process.terminate(pid)\n"
                         "  end\n"
                         "  for i = 1, 300 do events:receive() end\n"
                         "  return 'ok'\n"
                         "end"),
                     "ok");
}

/* The main coroutine ends while others wait. */
Test(operation, left_by_a_normal_end)
{
    cr_assert_str_eq(run("return function()\n"
                         "  for i = 1, 30 do coroutine.spawn(function() work(i % 2) end) end\n"
                         "  coroutine.spawn(function() work(4) end)\n"
                         "  return 'ok'\n"
                         "end"),
                     "ok");
}

Test(operation, left_by_the_end_of_the_vm)
{
    cr_assert_str_eq(run("return function()\n"
                         "  for i = 1, 20 do process.spawn('t:worker', 't:h', 4, 3) end\n"
                         "  for i = 1, 20 do process.spawn('t:worker', 't:h', 1, 3) end\n"
                         "  return 'ok'\n"
                         "end"),
                     "ok");
}
