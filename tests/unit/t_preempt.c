/* SPDX-License-Identifier: MIT */
/* links: stdlib; skip: tsan (its signal handlers do not run while a thread is in code that it has not instrumented, as liblua) */
#include <criterion/criterion.h>
#include <lauxlib.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sched/core.h"
#include "sched/worker.h"
#include "tests/unit/vm_rig.h"
#include "vm/fiber.h"

static int boundary(lua_State *L)
{
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static const struct lazy_entry extra[] = {LAZY_F("boundary", boundary), LAZY_DONE};

static struct rig rig;

static void open_one_worker(void)
{
    rig_open(&rig, &(struct rig_options){.workers = 1, .extra = extra});
}

static void open_seeded(void)
{
    rig_open(&rig, &(struct rig_options){.seeded = true, .seed = 5, .extra = extra});
}

static void close_rig(void)
{
    rig_close(&rig);
}

TestSuite(preempt, .init = open_one_worker, .fini = close_rig);

/* Loops that never call anything, in all shapes; each must be stopped by a process on the same worker. */
static const char *const loops[] = {
    "while true do end",
    "local i = 0 repeat i = i + 1 until false",
    "for i = 1, math.huge do end",
    "while true do pcall(function() while true do end end) end",
    "while true do pcall(error) end",
    "local co = coroutine.wrap(function() while true do end end) co()",
    "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
    "coroutine.spawn(function() while true do end end)",
    "coroutine.spawn(function() while true do coroutine.yield() end end) while true do coroutine.yield() end",
    "local function f() return f() end f()",
    "local t = setmetatable({}, {__index = function() while true do end end}) return t.x",
    "xpcall(function() while true do end end, function() while true do end end)",
    "for _ in function() while true do end end do end",
    "while true do local t = {} for i = 1, 100 do t[i] = {i} end end",
    "while true do coroutine.wrap(function() end)() end",
    "goto again ::again:: goto again",
};

enum { LOOPS = sizeof loops / sizeof *loops };

static void add_loops(void)
{
    char source[600], id[20];
    for (unsigned i = 0; i < LOOPS; i++) {
        snprintf(source, sizeof source, "return function() do %s end end", loops[i]);
        if (strncmp(loops[i], "goto", 4) == 0)
            snprintf(source, sizeof source, "return function() ::again:: goto again end");
        if (strncmp(loops[i], "local function f", 16) == 0)
            snprintf(source, sizeof source, "return function() local function f() return f() end return f() end");
        snprintf(id, sizeof id, "t:loop%u", i);
        rig_add(&rig, id, source);
    }
}

static void check(const char *format, unsigned n)
{
    char source[3000];
    snprintf(source, sizeof source, format, n);
    rig_add(&rig, "t:main", source);
    rig_run(&rig, "t:main");
    cr_assert_str_eq(rig_text(&rig), "ok");
}

static const char terminate_all[] =
    "return function()\n"
    "  local events, pids = process.events(), {}\n"
    "  for i = 0, %u do pids[i] = assert(process.spawn_monitored('t:loop' .. i, 't:h')) end\n"
    "  for turn = 1, 3 do coroutine.yield() end\n"
    "  for i, pid in pairs(pids) do\n"
    "    assert(process.terminate(pid))\n"
    "    local e = events:receive()\n"
    "    assert(e.from == pid, i)\n"
    "    assert(e.result.error:message() == 'process terminated', e.result.error:message())\n"
    "  end\n"
    "  return 'ok'\n"
    "end";

Test(preempt, endless_loops_are_terminated)
{
    add_loops();
    check(terminate_all, LOOPS - 1);
}

Test(preempt_seeded, endless_loops_are_terminated, .init = open_seeded, .fini = close_rig)
{
    add_loops();
    check(terminate_all, LOOPS - 1);
}

Test(preempt, endless_loops_share_a_worker)
{
    rig_add(&rig, "t:count",
            "local n = ... return function(to) for i = 1, 5 do\n"
            "  local x = 0 for j = 1, 3000000 do x = x + j end process.send(to, 't', i) end end");
    check("return function()\n"
          "  for i = 1, 4 do process.spawn('t:count', 't:h', process.pid()) end\n"
          "  local inbox = process.inbox()\n"
          "  for i = 1, 4 * 5 + %u do inbox:receive() end\n"
          "  return 'ok'\n"
          "end",
          0);
    struct sched_stats stats;
    sched_stats_total(vm_sched(rig.vm), &stats);
    cr_assert_gt(stats.preemptions, 0);
}

/* A loop that cannot be suspended is ended as stuck; others are served meanwhile or afterwards. */
Test(preempt, stuck_in_a_boundary)
{
    rig_add(&rig, "t:main", "return function() boundary(function() while true do end end) end");
    rig_run(&rig, "t:main");
    cr_assert_str_eq(rig_text(&rig), "Internal: stuck in a call that cannot be suspended in t:main at t:main:1");
}

Test(preempt, stuck_and_catching)
{
    rig_add(&rig, "t:main",
            "return function()\n"
            "  boundary(function() while true do pcall(function() while true do end end) end end)\n"
            "end");
    rig_run(&rig, "t:main");
    cr_assert_not_null(strstr(rig_text(&rig), "stuck in a call that cannot be suspended"), "%s", rig_text(&rig));
}

Test(preempt, stuck_in_an_error_handler)
{
    rig_add(&rig, "t:main",
            "return function()\n"
            "  boundary(xpcall, error, function() while true do end end)\n"
            "end");
    rig_run(&rig, "t:main");
    cr_assert_not_null(strstr(rig_text(&rig), "stuck in a call that cannot be suspended"), "%s", rig_text(&rig));
}

Test(preempt, stuck_while_loading)
{
    rig_add(&rig, "t:main", "boundary(function() while true do end end)");
    rig_run(&rig, "t:main");
    cr_assert_not(rig.last.loaded);
    cr_assert_not_null(strstr(rig_text(&rig), "stuck in a call that cannot be suspended"), "%s", rig_text(&rig));
}

Test(preempt, short_boundaries_are_no_trouble)
{
    check("return function()\n"
          "  for i = 1, 30 do boundary(function() local x = 0 for j = 1, 100000 do x = x + j end end) end\n"
          "  return %u == 0 and 'ok'\n"
          "end",
          0);
}

/* What was computed across preemptions is right: stacks, upvalues, coroutines, varargs. */
Test(preempt, values_survive)
{
    check(
        "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end\n"
        "local function sum(...) local s = 0 for i = 1, select('#', ...) do s = s + (select(i, ...)) end return s end\n"
        "return function()\n"
        "  assert(fib(25) == 75025)\n"
        "  local gen = coroutine.wrap(function() for i = 1, 50000 do coroutine.yield(i) end end)\n"
        "  local total = 0 for i = 1, 50000 do total = total + gen() end\n"
        "  assert(total == 50000 * 50001 // 2)\n"
        "  local t = {} for i = 1, 100 do t[i] = i end\n"
        "  for i = 1, 3000 do assert(sum(table.unpack(t)) == 5050) end\n"
        "  return %u == 0 and 'ok'\n"
        "end",
        0);
}

Test(preempt, order_of_traversal_survives)
{
    check("return function()\n"
          "  local t = {} for i = 1, 20000 do t['k' .. i] = i end\n"
          "  for round = 1, 10 do\n"
          "    local n, s = 0, 0 for k, v in pairs(t) do n = n + 1 s = s + v end\n"
          "    assert(n == 20000 and s == 20000 * 20001 // 2)\n"
          "  end\n"
          "  return %u == 0 and 'ok'\n"
          "end",
          0);
}

Test(preempt, vm_stops_with_endless_loops)
{
    add_loops();
    check("return function() for i = 0, %u do process.spawn('t:loop' .. i, 't:h') end return 'ok' end", LOOPS - 1);
    cr_assert_geq(vm_host_live(rig.host), 1);
}

static void open_roomy(void)
{
    rig_open(&rig, &(struct rig_options){.limits = {.memory_limit = 256 << 20}});
}

/* Here, for it outlasts many slices while the stack moves. */
Test(preempt_roomy, endless_recursion_is_an_error, .init = open_roomy, .fini = close_rig)
{
    rig_add(&rig, "t:main", "return function() local function f() return 1 + f() end f() end");
    rig_run(&rig, "t:main");
    cr_assert(rig.last.failed);
    cr_assert_not_null(strstr(rig_text(&rig), "stack overflow"), "%s", rig_text(&rig));
}

/* ---- the watchdog's traceback: written between any two instructions of liblua ---- */

static _Atomic bool is_tracing;
static _Atomic unsigned traced;

static void trace_now(int signal)
{
    (void)signal;
    char text[256];
    struct worker *w = worker_self();
    void *running = w ? atomic_load(&w->running) : NULL;
    if (running && state_traceback(running, text, sizeof text) < sizeof text)
        atomic_fetch_add(&traced, 1);
}

static void *ask_for_traces(void *arg)
{
    const struct worker *w = arg;
    while (atomic_load(&is_tracing)) {
        syscall(SYS_tgkill, getpid(), w->tid, SIGPROF);
        usleep(20);
    }
    return NULL;
}

/* Calls deep down need new frames, which Lua makes in memory that is empty at first. */
Test(preempt, traceback_at_any_time)
{
    pthread_t thread;
    struct sigaction action = {.sa_handler = trace_now, .sa_flags = SA_RESTART};
    sigaction(SIGPROF, &action, NULL);
    atomic_store(&is_tracing, true);
    cr_assert_eq(pthread_create(&thread, NULL, ask_for_traces, vm_sched(rig.vm)->workers[0]), 0);
    rig_add(&rig, "t:main",
            "local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end\n"
            "return function() for i = 1, 40 do assert(coroutine.wrap(f)(60000) == 60000) end return 'ok' end");
    do {
        rig_run(&rig, "t:main");
        cr_assert_str_eq(rig_text(&rig), "ok");
    } while (atomic_load(&traced) <= 100); /* on a loaded machine the other thread may come late */
    atomic_store(&is_tracing, false);
    pthread_join(thread, NULL);
}
