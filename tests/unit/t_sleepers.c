/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Processes that leave their memory while they sleep (vm/hibernate.h), in a VM in which all do that can. A process beside them, the scrambler, empties
 * windows that are free and sees to it that often another one is taken next: who wakes up is elsewhere, and what still points to where it was finds rubbish.
 */
#include <criterion/criterion.h>

#include <lauxlib.h>

#include "sched/base/fault.h"
#include "tests/unit/vm_rig.h"
#include "vm/code_struct.h"
#include "vm/fiber.h"
#include "vm/groups.h"
#include "vm/heap.h"
#include "vm/process_struct.h"
#include "vm/state.h"
#include "vm/template.h"
#include "vm/template_fitted.h"
#include "vm/timer_struct.h"
#include "vm/window.h"

enum { FIRST_RUNS = 12 };

static struct rig rig;
static int runs;

/* ---- what the programs have besides ---- */

/* In which layer the state lies; nil: in none. */
static int layer(lua_State *L)
{
    struct heap *heap = heap_of_user(state_of(L));
    if (!heap_is_lent(heap))
        return 0;
    lua_pushinteger(L, (lua_Integer)((uintptr_t)heap >> 32));
    return 1;
}

/* Which of two windows of each number is taken next is up to chance; they are empty, and the worker has no copies of fresh clones. */
static int scramble(lua_State *L)
{
    struct vm_local *local = vm_local(state_vm(L));
    struct windows *windows = &state_vm(L)->windows;
    struct window_cache first = {0}, second = {0};
    template_fitted_drop(&local->fitted);
    window_flush(&local->windows, windows);
    for (unsigned i = 0; i < WINDOW_NUMBERS; i++) {
        first.free[i] = window_take(&first, windows, i);
        second.free[i] = window_take(&second, windows, i);
    }
    bool in_turn = rand() % 2;
    window_flush(in_turn ? &first : &second, windows);
    window_flush(in_turn ? &second : &first, windows);
    return 0;
}

static int collect(lua_State *L)
{
    lua_gc(L, LUA_GCCOLLECT, 0);
    return 0;
}

static int is_first(lua_State *L)
{
    lua_pushboolean(L, runs < FIRST_RUNS);
    return 1;
}

/* The address of the heap as an integer. */
static int here(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)(uintptr_t)heap_of_user(state_of(L)) + 256);
    return 1;
}

/* It should have been moved by now. */
static int stuck(lua_State *L)
{
    struct heap *heap = heap_of_user(state_of(L));
    return luaL_error(L, "not moved: movable %d image %d end %d room %d reserved %d", heap_is_movable(heap),
                      (int)heap_image_end(heap), (int)heap_end(heap), (int)heap_room(heap), (int)heap_reserved(heap));
}

/* How many timers of the process its heap does not count; and all. */
static int apart(lua_State *L)
{
    const struct list *timers = &state_process(L)->timers;
    lua_Integer count = 0, all = 0;
    for (const struct list *link = timers->next; link != timers; link = link->next, all++)
        count += container_of(link, struct vmtimer, link)->apart > 0;
    lua_pushinteger(L, count);
    lua_pushinteger(L, all);
    return 2;
}

static struct fault_plan *faults;

/* From now on nothing is to be had of malloc, nor a layer of windows. */
static int run_out(lua_State *L)
{
    (void)L;
    fault_set(faults, FAULT_MALLOC, 1, UINT64_MAX, 12);
    fault_set(faults, FAULT_SLAB, 1, UINT64_MAX, 12);
    return 0;
}

static const struct lazy_entry extra[] = {
    {.kind = LAZY_FUNCTION, .name = "layer", .function = layer},
    {.kind = LAZY_FUNCTION, .name = "scramble", .function = scramble},
    {.kind = LAZY_FUNCTION, .name = "collect", .function = collect},
    {.kind = LAZY_FUNCTION, .name = "stuck", .function = stuck},
    {.kind = LAZY_FUNCTION, .name = "is_first", .function = is_first},
    {.kind = LAZY_FUNCTION, .name = "here", .function = here},
    {.kind = LAZY_FUNCTION, .name = "run_out", .function = run_out},
    {.kind = LAZY_FUNCTION, .name = "apart", .function = apart},
    LAZY_DONE,
};

/* ---- the VM ---- */

static void open_with(struct rig_options options)
{
    options.hibernation = VM_ALWAYS_HIBERNATES;
    options.extra = extra;
    rig_open(&rig, &options);
    rig_add(&rig, "t:scrambler",
            "local time = require('time')\n"
            "return function() process.inbox() while true do scramble() time.sleep('1ms') end end");
    rig_add(&rig, "t:begin", "return function() process.spawn('t:scrambler', 't:h') end");
    rig_run(&rig, "t:begin");
}

static void open_one(void)
{
    open_with((struct rig_options){.workers = 1});
}

static void open_many(void)
{
    open_with((struct rig_options){.workers = 4});
}

static void close_rig(void)
{
    rig_close(&rig);
}

/*
 * `move` sleeps until the process is elsewhere. Where a clone runs out of its room it stays, so the template is taught what programs open, and to give as
 * much room as it may.
 */
#define PRELUDE                                                                             \
    "local time = require('time')\n"                                                        \
    "local layer, collect, stuck, here, is_first = layer, collect, stuck, here, is_first\n" \
    "local function nap() time.sleep(2000000) end\n"                                        \
    "local function move() if is_first() then return time.sleep(1000000) end\n"             \
    "  local a, n = layer(), 0\n"                                                           \
    "  repeat collect() time.sleep(3000000) n = n + 1 until layer() ~= a or n > 50\n"       \
    "  if n > 50 then stuck() end end\n"

static const char *run(const char *body)
{
    char source[12000], x[1600];
    memset(x, 'x', sizeof x);
    snprintf(source, sizeof source,
             PRELUDE "local pads = {'1%.*s', '2%.*s', '3%.*s'}\n"
                     "return function()\npads = nil collect()\n%s\nend",
             1550, x, 1450, x, 700, x, body);
    struct code *code = rig_add(&rig, "t:main", source);
    for (runs = 0; runs < FIRST_RUNS; runs++)
        rig_run(&rig, "t:main");
    struct template *tmpl = code_template(code, NULL);
    for (int i = 0; i < 200; i++)
        template_learn(tmpl, template_image_size(tmpl) + 2000);
    rig_run(&rig, "t:main");
    return rig_text(&rig);
}

/* Runs the body, and says what came instead of the text. */
static void check(const char *body, const char *expected)
{
    const char *got = run(body);
    if (strcmp(got, expected) != 0)
        fprintf(stderr, "got: %s\n", got);
    cr_assert_str_eq(got, expected);
}

TestSuite(sleepers, .init = open_one, .fini = close_rig);
TestSuite(sleepers_many, .init = open_many, .fini = close_rig);

Test(sleepers, go_on_elsewhere)
{
    check("local t = {1, 2, 3} move() move() return table.concat(t, ' ')", "1 2 3");
}

/* The bump area is a block that was free, with blocks in use behind it. */
Test(sleepers, keep_what_lies_behind_the_place_where_they_allocate)
{
    check("local keep = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}\n"
          "for i = 1, 12 do keep[i] = {i}\n"
          "  collect() nap()\n"
          "  for j = 1, i do assert(keep[j][1] == j, 'lost') end\n"
          "end return 'kept'",
          "kept");
}

Test(sleepers, find_objects_by_their_identity)
{
    check("local a, b, c = {}, function() end, coroutine.create(nap)\n"
          "local d = time.now()\n"
          "local t = {[a] = 1, [b] = 2, [c] = 3, [d] = 4, [nap] = 5}\n"
          "local was = tostring(a)\n"
          "for i = 1, 4 do move() assert(t[a] == 1 and t[b] == 2 and t[c] == 3 and t[d] == 4 and t[nap] == 5)\n"
          "  assert(tostring(a) == was) end\n"
          "local n = 0 for k, v in pairs(t) do n = n + v end return n",
          "15");
}

Test(sleepers, keep_their_place_in_a_traversal)
{
    check("local t, seen, n = {}, {}, 0\n"
          "for i = 1, 8 do t[{}] = 30 + i end\n"
          "for k, v in pairs(t) do assert(not seen[v]) seen[v] = true n = n + 1 move() end\n"
          "return n",
          "8");
}

Test(sleepers, keep_metatables_and_upvalues)
{
    check("local n = 0 local function four() return n end\n"
          "local function add(i) n = n + i end\n"
          "local function get() return n end\n"
          "local t = setmetatable({}, {__index = function(_, k) return k .. n end, __len = get})\n"
          "add(2) move() add(3) move() return t.x .. #t .. get()",
          "x555");
}

Test(sleepers, go_on_in_a_coroutine)
{
    check("local co = coroutine.create(function(a) local b = a move() b = b + coroutine.yield(b) move() return b end)\n"
          "local _, x = coroutine.resume(co, 5) move()\n"
          "local _, y = coroutine.resume(co, 6) return x .. ' ' .. y .. ' ' .. coroutine.status(co)",
          "5 11 dead");
}

Test(sleepers, go_on_in_a_coroutine_while_another_is_suspended)
{
    check("local log = ''\n"
          "local other = coroutine.wrap(function() for i = 1, 9 do coroutine.yield(i) end end)\n"
          "for i = 1, 3 do log = log .. other() move() end return log",
          "123");
}

Test(sleepers, go_on_in_an_iterator)
{
    check(
        "local s = 0 for i in function(_, i) move() i = (i or 0) + 1 if i < 4 then return i end end do s = s + i end\n"
        "return s",
        "6");
}

Test(sleepers, go_on_in_metamethods)
{
    check("local t = setmetatable({}, {__index = function(_, k) move() return k end,\n"
          "  __add = function(a, b) move() return b end, __lt = function() move() return true end,\n"
          "  __concat = function(a, b) move() return 'c' end, __eq = function() move() return true end})\n"
          "return t.x .. (t + 1) .. tostring(t < t) .. (t .. '')",
          "x1truec");
}

Test(sleepers, go_on_in_callbacks)
{
    check("local s = ('a   b'):gsub('%a', function(c) move() return c .. c end)\n"
          "local t = {2, 4, 3, 1} table.sort(t, function(a, b) move() return a < b end)\n"
          "return s .. t[1] .. t[2] .. t[3] .. t[4]",
          "aa   bb1234");
}

Test(sleepers, raise_errors_that_are_caught)
{
    check("local ok, e = pcall(function() move() error({1}) end)\n"
          "local ok2, e2 = pcall(function() pcall(move) move() error('two', 0) end)\n"
          "local ok3, e3 = xpcall(function() move() error('three', 0) end, function(m) return m .. '!' end)\n"
          "return tostring(ok) .. e[1] .. tostring(ok2) .. e2 .. tostring(ok3) .. e3",
          "false1falsetwofalsethree!");
}

Test(sleepers, fail_with_an_error_that_is_not_caught)
{
    check("move() error('end', 0)", "Internal: end");
}

Test(sleepers, keep_weak_tables)
{
    check("local k = setmetatable({}, {__mode = 'k'}) local v = setmetatable({}, {__mode = 'v'})\n"
          "local a = {} k[a] = 1 k[{}] = 2 v[1] = a v[2] = {}\n"
          "move() collect() move()\n"
          "local n = 0 for _ in pairs(k) do n = n + 1 end\n"
          "return n .. tostring(k[a]) .. tostring(v[1] == a) .. tostring(v[2])",
          "11truenil");
}

static void numbers_that_look_like_addresses(const char *made)
{
    char body[600];
    snprintf(body, sizeof body,
             "local n = %s local hi = layer()\n"
             "nap() assert(layer() == hi, 'moved') assert(n == %s, 'changed') return 'kept'",
             made, made);
    check(body, "kept");
}

Test(sleepers, stay_with_an_integer_that_is_like_an_address)
{
    numbers_that_look_like_addresses("here()");
}

/* It is the user value of a userdata, whose tag is not behind it. */
Test(sleepers, stay_with_a_payload_of_such_an_integer)
{
    check("local a, n, p = here() >> 1, layer(), payload.new(here()) here = nil\n"
          "for i = 1, 20 do nap() end\n"
          "assert(p:data() >> 1 == a, 'changed') return 'kept'",
          "kept");
}

/* ---- out of memory ---- */

static void open_faulty(void)
{
    faults = fault_plan_new();
    open_with((struct rig_options){.workers = 1, .fault = faults});
    struct groups *groups = groups_new(rig.vm, "t:scope", &(struct groups_limits){.monitor_buffer = 4});
    groups_start(groups);
}

static void close_faulty(void)
{
    fault_set(faults, FAULT_MALLOC, 1, 0, 0);
    fault_set(faults, FAULT_SLAB, 1, 0, 0);
    close_rig();
    fault_plan_free(faults);
}

TestSuite(sleepers_without_memory, .init = open_faulty, .fini = close_faulty);

/* Who cannot be woken ends, and those who watch it learn why. */
Test(sleepers_without_memory, end_with_an_error)
{
    check("move() if not is_first() then run_out() end time.sleep(30000000) return 'slept'",
          "Unavailable: out of memory: no place to wake t:main in");
}

Test(sleepers_without_memory, leave_their_process_groups)
{
    check("assert(require('pg').open('t:scope')):join('g') move()\n"
          "if not is_first() then run_out() end time.sleep(30000000) return 'slept'",
          "Unavailable: out of memory: no place to wake t:main in");
}

/* ---- what comes while they sleep ---- */

Test(sleepers, find_messages_that_came_meanwhile)
{
    rig_add(&rig, "t:sender",
            "local time = require('time')\n"
            "return function(to, n) for i = 1, n do process.send(to, 'topic', i) time.sleep(700000) end end");
    check("if not is_first() then assert(process.spawn('t:sender', 't:h', process.pid(), 12)) end\n"
          "for i = 1, 3 do move() end if is_first() then return end\n"
          "local topic, s = process.listen('topic'), 0\n"
          "for i = 1, 12 do s = s + topic:receive() end return s",
          "78");
}

Test(sleepers, sleep_on_in_the_same_sleep_when_a_message_wakes_them)
{
    rig_add(&rig, "t:sender",
            "local time = require('time')\n"
            "return function(to) for i = 1, 40 do process.send(to, 'topic', i) time.sleep(1000000) end end");
    check("if not is_first() then assert(process.spawn('t:sender', 't:h', process.pid())) end\n"
          "local before, l = time.now(), layer() time.sleep(60000000)\n"
          "return tostring(time.now():sub(before):milliseconds() >= 60)",
          "true");
}

Test(sleepers, are_named_watched_linked_and_ended)
{
    rig_add(&rig, "t:sleeper",
            "local time, layer = require('time'), layer\n"
            "return function(ms) for i = 1, 1000 do time.sleep(ms * 1000000) end end");
    rig_add(&rig, "t:parent",
            "local time = require('time')\n"
            "return function()\n"
            "  local events, log = process.events(), {}\n"
            "  process.set_options({trap_links = true})\n"
            "  for round = 1, 20 do\n"
            "    local pid = assert(process.spawn('t:sleeper', 't:h', 2))\n"
            "    time.sleep(4000000 + round * 100000)\n"
            "    assert(process.registry.register('name' .. round, pid))\n"
            "    assert(process.monitor(pid))\n"
            "    assert(process.link(pid))\n"
            "    time.sleep(1000000 + round * 100000)\n"
            "    assert(process.registry.lookup('name' .. round) == pid)\n"
            "    assert(process.terminate(pid))\n"
            "    local kinds = {}\n"
            "    for i = 1, 2 do local e = events:receive() assert(e.from == pid) kinds[e.kind] = true end\n"
            "    assert(kinds[process.event.EXIT] and kinds[process.event.LINK_DOWN])\n"
            "    assert(not process.registry.lookup('name' .. round))\n"
            "  end\n"
            "  return 'all'\n"
            "end");
    rig_run(&rig, "t:parent");
    cr_assert_str_eq(rig_text(&rig), "all");
}

Test(sleepers, wait_for_other_timers_too)
{
    check("local a = time.after(8000000) local t = time.ticker(2000000) move = nil\n"
          "local n = 0 nap() n = n + (t:channel():receive() and 1 or 0) t:stop()\n"
          "nap() a:receive() nap()\n"
          "local done = channel.new(4)\n"
          "for i = 1, 4 do coroutine.spawn(function() time.sleep(i * 1500000) done:send(i) end) end\n"
          "for i = 1, 4 do n = n + done:receive() end nap() return n",
          "11");
}

/* Or a process of many coroutines that sleep would have more memory than its limit. */
Test(sleepers, have_timers_that_their_heap_counts)
{
    check("for i = 1, 5 do coroutine.spawn(function() time.sleep('1h') end) end\n"
          "nap() local n, all = apart() return n .. ' of ' .. all",
          "1 of 5");
}

Test(sleepers, become_reachable_after_a_sleep)
{
    rig_add(&rig, "t:echo", "return function(to) process.send(to, 'back', 7) end");
    check("move() local inbox = process.inbox() nap() local back = process.listen('back')\n"
          "assert(process.spawn('t:echo', 't:h', process.pid())) nap()\n"
          "local got = back:receive() nap() process.unlisten(back) nap() return got",
          "7");
}

Test(sleepers, share_timers_among_coroutines)
{
    check("local log = {} local done = channel.new(3)\n"
          "for i = 1, 3 do coroutine.spawn(function()\n"
          "  for j = 1, 3 do time.sleep(i * 1000000) log[#log + 1] = i end done:send(true) end) end\n"
          "for i = 1, 3 do done:receive() end nap() return #log",
          "9");
}

static const char restless[] =
    "local time = require('time')\n"
    "local function work(n, depth)\n"
    "  local t = {n, tostring(n)}\n"
    "  t[t] = n\n"
    "  time.sleep((n % 7) * 400000 + 600000)\n"
    "  assert(t[t] == n and t[2] == tostring(n))\n"
    "  return depth > 0 and work(n + 1, depth - 1) or t[1]\n"
    "end\n"
    "return function(n)\n"
    "  local s = 0\n"
    "  for i = 1, 6 do s = s + work(i + n, 2) local ok, e = pcall(function() time.sleep(1100000) error('x', 0) end)\n"
    "    assert(not ok and e == 'x') end\n"
    "  return s\n"
    "end";

static const char crowd[] =
    "local time = require('time')\n"
    "return function()\n"
    "  local events, left, pids = process.events(), 0, {}\n"
    "  for i = 1, 400 do\n"
    "    local pid = assert(process.spawn_monitored('t:restless', 't:h', i)) pids[pid] = i left = left + 1\n"
    "    if i % 5 == 0 then process.send(pid, 'noise', i) end\n"
    "    if i % 11 == 0 then process.terminate(pid) end\n"
    "  end\n"
    "  for round = 1, 3 do for pid, i in pairs(pids) do if i % 3 == 0 then process.send(pid, 'noise', i) end end\n"
    "    time.sleep(1500000) end\n"
    "  while left > 0 do local e = events:receive() local i = pids[e.from]\n"
    "    if i % 11 ~= 0 then assert(e.result.value == 6 * i + 33, tostring(e.result.error)) end\n"
    "    left = left - 1 end\n"
    "  return 'all'\n"
    "end";

Test(sleepers_many, go_on_on_any_worker)
{
    rig_add(&rig, "t:restless", restless);
    rig_add(&rig, "t:crowd", crowd);
    for (int i = 0; i < 4; i++) {
        rig_run(&rig, "t:crowd");
        cr_assert_str_eq(rig_text(&rig), "all");
    }
}

/* The VM stops while they sleep, run, and load. */
Test(sleepers_many, are_stopped_with_the_vm)
{
    rig_add(&rig, "t:restless", restless);
    rig_add(&rig, "t:leave",
            "return function() for i = 1, 300 do process.spawn('t:restless', 't:h', i) end\n"
            "require('time').sleep(3000000) end");
    rig_run(&rig, "t:leave");
}

/* Its exit takes several slices. */
Test(sleepers_without_memory, leave_many_process_groups)
{
    check("local scope = assert(require('pg').open('t:scope'))\n"
          "for i = 1, is_first() and 1 or 2500 do scope:join('g' .. i) if i % 10 == 0 then collect() end end move()\n"
          "if not is_first() then run_out() end time.sleep(30000000) return 'slept'",
          "Unavailable: out of memory: no place to wake t:main in");
}

/* ---- after a sleep ---- */

Test(sleepers, reach_their_memory_limit)
{
    const char *got = run("move() if is_first() then return end local t = {}\n"
                          "for i = 1, 1 << 30 do t[i] = {i} end");
    cr_assert(strstr(got, "out of memory (limit 64 MB) in t:main"), "%s", got);
}

Test(sleepers, are_interrupted_while_they_run)
{
    rig_add(&rig, "t:ender",
            "local time = require('time')\n"
            "return function(pid) time.sleep(5000000) process.terminate(pid) end");
    check("move() if is_first() then return end assert(process.spawn('t:ender', 't:h', process.pid()))\n"
          "while true do end",
          "Internal: process terminated");
}

Test(sleepers, spawn_and_wait)
{
    rig_add(&rig, "t:child",
            "local time = require('time')\n"
            "return function(n) time.sleep(3000000) return n + 1 end");
    check("local n = 0 for i = 1, 3 do move() n = process.exec('t:child', 't:h', n) end move() return n", "3");
}

Test(sleepers, go_on_while_another_coroutine_waits_for_a_channel)
{
    check("local c, d = channel.new(), channel.new(1) coroutine.spawn(function() move() c:send(4) end)\n"
          "local v = c:receive()\n"
          "coroutine.spawn(function() move() d:send(5) end)\n"
          "local r = channel.select{c:case_receive(), d:case_receive()} return v + r.value",
          "9");
}

Test(sleepers, check_types_and_keep_them)
{
    check("type Point = {x: number, y: number}\n"
          "local t = {[Point] = 1} move()\n"
          "local p, e = Point({x = 1, y = 2}) assert(p and not e and t[Point] == 1) move()\n"
          "assert(not pcall(Point, {x = 1})) return p.x + p.y",
          "3");
}

Test(sleepers, keep_strings_and_numbers)
{
    check("local s, l, f, i = 'short' .. layer(), string.rep('long', 20), 1.5, math.mininteger\n"
          "local t = {[s] = 1, [l] = 2, [f] = 3, [i] = 4} move() local m = string.rep('long', 20) move()\n"
          "return t[s] + t[m] + t[1.5] + t[math.mininteger]",
          "10");
}

static void fail_once_at_each(enum fault_point point)
{
    run("local n = 0 for i = 1, 3 do nap() n = n + i end return n");
    for (unsigned k = 1; k <= 40; k++) {
        fault_set(faults, point, k, 1, 12);
        rig_run(&rig, "t:main");
        fault_set(faults, point, 1, 0, 0);
        const char *text = rig_text(&rig);
        cr_assert(strcmp(text, "6") == 0 || strstr(text, "memory"), "%s", text);
    }
}

Test(sleepers_without_memory, go_on_or_end_with_an_error_whatever_fails)
{
    fail_once_at_each(FAULT_MALLOC);
    fail_once_at_each(FAULT_SLAB);
    fail_once_at_each(FAULT_HEAP);
}
