/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <criterion/criterion.h>

#include "tests/unit/vm_rig.h"

static struct rig rig;

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){0});
    rig_add(&rig, "t:echo", "return function(...) return select('#', ...) > 1 and {...} or ... end");
    rig_add(&rig, "t:fail", "return function(m) error(m or 'boom', 0) end");
    rig_add(&rig, "t:idle", "return function() process.events():receive() return 'canceled' end");
    rig_add(&rig, "t:broken", "error('no load', 0)");
    rig_add(&rig, "t:slow",
            "local s = 0 for i = 1, 400 do s = s + #('x'):rep(50000):reverse() end\n"
            "return function() return s end");
    rig_add(&rig, "t:slow_broken",
            "local s = 0 for i = 1, 400 do s = s + #('x'):rep(50000):reverse() end\n"
            "error('late ' .. s, 0)");
}

static void open_classic(void)
{
    rig_open(&rig, &(struct rig_options){.classic = true});
    rig_add(&rig, "t:echo", "return function(...) return ... end");
}

static void close_rig(void)
{
    rig_close(&rig);
}

TestSuite(spawn, .init = open_rig, .fini = close_rig);

static void check(const char *body)
{
    char source[4000];
    snprintf(source, sizeof source, "return function()\nlocal events = process.events()\n%s\nreturn 'ok' end", body);
    rig_add(&rig, "t:main", source);
    rig_run(&rig, "t:main");
    cr_assert_str_eq(rig_text(&rig), "ok", "%s", rig_text(&rig));
}

Test(spawn, arguments_are_copied)
{
    check("local t = {1, {2}, x = 'y'}\n"
          "local pid = process.spawn_monitored('t:echo', 't:h', t, nil, false)\n"
          "t[1] = 'changed'\n"
          "local v = events:receive().result.value\n"
          "assert(v[1][1] == 1 and v[1][2][1] == 2 and v[1].x == 'y' and v[2] == nil and v[3] == false)");
}

/* Few bytes lie in the process, more in a buffer: on both sides of that border. */
Test(spawn, arguments_of_every_size)
{
    check("for size = 0, 100 do\n"
          "  local text = ('x'):rep(size)\n"
          "  process.spawn_monitored('t:echo', 't:h', text)\n"
          "  assert(events:receive().result.value == text)\n"
          "  process.spawn_monitored('t:echo', 't:h', size, text)\n"
          "  local v = events:receive().result.value\n"
          "  assert(v[1] == size and v[2] == text)\n"
          "end\n"
          "process.spawn_monitored('t:echo', 't:h')\n"
          "assert(events:receive().result.value == nil)");
}

Test(spawn, large_arguments_and_results)
{
    check("local t = {} for i = 1, 50000 do t[i] = i end\n"
          "process.spawn_monitored('t:echo', 't:h', t, ('s'):rep(1000000))\n"
          "local v = events:receive().result.value\n"
          "assert(#v[1] == 50000 and v[1][50000] == 50000 and #v[2] == 1000000)");
}

Test(spawn, what_cannot_be_sent_is_refused)
{
    check("local deep = {} local t = deep for i = 1, 200 do t.t = {} t = t.t end\n"
          "local pid, err = process.spawn('t:idle', 't:h', deep)\n"
          "assert(not pid and err:kind() == errors.INVALID)");
    cr_assert_eq(vm_host_live(rig.host), 0);
}

Test(spawn, refusals_name_the_reason)
{
    check("local function fails(kind, text, ...)\n"
          "  local pid, err = process.spawn(...)\n"
          "  assert(pid == nil and err:kind() == kind and err:message():find(text, 1, true), tostring(err))\n"
          "end\n"
          "fails(errors.INVALID, 'process id required')\n"
          "fails(errors.INVALID, 'process id required', '', 't:h')\n"
          "fails(errors.INVALID, 'host id required', 't:echo')\n"
          "fails(errors.NOT_FOUND, 'host not found', 't:echo', 'no:host')\n"
          "fails(errors.NOT_FOUND, 'factory not found', 't:none', 't:h')\n"
          "fails(errors.INTERNAL, 'no load', 't:broken', 't:h')\n"
          "fails(errors.UNAVAILABLE, 'host is shutting down', 't:echo', 'rig')");
}

Test(spawn, failed_loads_leave_no_relation)
{
    check("for i = 1, 50 do\n"
          "  assert(not process.spawn_linked_monitored('t:broken', 't:h'))\n"
          "  assert(not process.spawn_linked_monitored(i % 10 == 0 and 't:slow_broken' or 't:broken', 't:h'))\n"
          "end\n"
          "coroutine.yield()\n"
          "assert(channel.select{events:case_receive(), default = true}.default)");
}

/* The chunk takes longer than a slice: the spawner waits, its other coroutines run on. */
Test(spawn, preempted_load)
{
    check("local ran = 0\n"
          "coroutine.spawn(function() while true do ran = ran + 1 coroutine.yield() end end)\n"
          "local pid = process.spawn_monitored('t:slow', 't:h')\n"
          "assert(pid)\n"
          "assert(events:receive().result.value == 20000000)");
}

Test(spawn, preempted_load_that_fails)
{
    check("local pid, err = process.spawn_monitored('t:slow_broken', 't:h')\n"
          "assert(pid == nil and err:message() == 'late 20000000', tostring(err))");
}

Test(spawn, spawner_dies_while_the_child_loads)
{
    rig_add(&rig, "t:spawner", "return function(id) process.spawn_linked_monitored(id, 't:h') end");
    check("for i = 1, 6 do\n"
          "  local pid = process.spawn_monitored('t:spawner', 't:h', i % 2 == 0 and 't:slow' or 't:slow_broken')\n"
          "  for j = 1, i do coroutine.yield() end\n"
          "  process.terminate(pid)\n"
          "  assert(events:receive().from == pid)\n"
          "end");
    RIG_UNTIL(vm_host_live(rig.host) == 0);
}

/* Somebody else may know a process that is loading: it told them. They hear of its end, too. */
Test(spawn, others_hear_of_a_failed_load)
{
    rig_add(&rig, "t:watch",
            "return function(parent)\n"
            "  local m = process.inbox():receive()\n"
            "  assert(process.monitor(m:from()))\n"
            "  process.send(m:from(), 'watched')\n"
            "  return process.events():receive().result.error:message()\n"
            "end");
    rig_add(&rig, "t:tells",
            "process.send('watcher', 'hello')\n"
            "local s = 0 for i = 1, 2000 do s = s + #('x'):rep(50000):reverse() end\n"
            "error('failed', 0)");
    check("local watcher = process.spawn_monitored('t:watch', 't:h')\n"
          "process.registry.register('watcher', watcher)\n"
          "local pid, err = process.spawn_monitored('t:tells', 't:h')\n"
          "assert(pid == nil and err:message() == 'failed', tostring(err))\n"
          "local e = events:receive()\n"
          "assert(e.from == watcher and e.result.value == 'failed', tostring(e.result.error))");
}

Test(spawn, monitored_sees_even_the_shortest_life)
{
    check("for i = 1, 300 do\n"
          "  local pid = process.spawn_monitored('t:echo', 't:h', i)\n"
          "  local e = events:receive()\n"
          "  assert(e.from == pid and e.kind == process.event.EXIT and e.result.value == i)\n"
          "end");
}

Test(spawn, linked_and_monitored_get_both)
{
    check("process.set_options{trap_links = true}\n"
          "for i = 1, 100 do\n"
          "  local pid = process.spawn_linked_monitored('t:fail', 't:h', 'e' .. i)\n"
          "  local a, b = events:receive(), events:receive()\n"
          "  assert(a.kind == process.event.EXIT and b.kind == process.event.LINK_DOWN)\n"
          "  assert(a.from == pid and b.from == pid and b.result.error:message() == 'e' .. i)\n"
          "end");
}

Test(spawn, spawner_failure_kills_linked_children)
{
    rig_add(&rig, "t:parent",
            "return function(to)\n"
            "  for i = 1, 5 do process.send(to, 'child', (process.spawn_linked('t:idle', 't:h'))) end\n"
            "  process.inbox():receive()\n"
            "  error('parent fails')\n"
            "end");
    check("local parent = process.spawn('t:parent', 't:h', process.pid())\n"
          "local left = {}\n"
          "for i = 1, 5 do\n"
          "  local pid = process.inbox():receive():payload():data()\n"
          "  left[pid] = true process.monitor(pid)\n"
          "end\n"
          "process.send(parent, 'go')\n"
          "for i = 1, 5 do\n"
          "  local e = events:receive()\n"
          "  assert(left[e.from] and e.result.error:message() == 'linked process failed')\n"
          "  left[e.from] = nil\n"
          "end");
}

Test(spawn, not_while_loading)
{
    rig_add(&rig, "t:early",
            "local ok, err = pcall(process.spawn, 't:echo', 't:h')\n"
            "return function() return tostring(ok) end");
    check("process.spawn_monitored('t:early', 't:h') assert(events:receive().result.value == 'false')");
}

Test(spawn, generations)
{
    rig_add(&rig, "t:chain",
            "return function(n)\n"
            "  if n == 0 then return 0 end\n"
            "  process.spawn_monitored('t:chain', 't:h', n - 1)\n"
            "  return process.events():receive().result.value + 1\n"
            "end");
    check("process.spawn_monitored('t:chain', 't:h', 200)\n"
          "assert(events:receive().result.value == 200)");
    cr_assert_eq(vm_live(rig.vm), 1);
}

Test(spawn, thousands)
{
    check("local sum = 0\n"
          "for i = 1, 3000 do assert(process.spawn_monitored('t:echo', 't:h', i)) end\n"
          "for i = 1, 3000 do sum = sum + events:receive().result.value end\n"
          "assert(sum == 3000 * 3001 // 2)");
}

Test(spawn_classic, works, .init = open_classic, .fini = close_rig)
{
    check("for i = 1, 20 do\n"
          "  process.spawn_monitored('t:echo', 't:h', i)\n"
          "  assert(events:receive().result.value == i)\n"
          "end");
}

static uint64_t parent_of_child, pid_of_parent;

static void look(void *ctx, const struct process_info *info)
{
    (void)ctx;
    if (strcmp(info->entry, "t:idle") == 0)
        parent_of_child = info->parent;
    if (strcmp(info->entry, "t:stays") == 0)
        pid_of_parent = info->pid;
}

Test(spawn, parent_is_known)
{
    rig_add(&rig, "t:stays", "return function() process.spawn('t:idle', 't:h') process.inbox():receive() end");
    check("process.spawn('t:stays', 't:h')");
    RIG_UNTIL((process_visit(rig.vm, "t:h", look, NULL), parent_of_child != 0));
    cr_assert_neq(pid_of_parent, 0);
    cr_assert_eq(parent_of_child, pid_of_parent);
}

/* A vector of constants of 1 or 2 KB looks like a string table: its long strings are no words of the compiler. */
Test(spawn, programs_with_any_number_of_constants)
{
    for (int count = 59; count <= 130; count = count == 66 ? 123 : count + 1) {
        char source[4000], id[32];
        size_t length = (size_t)snprintf(source, sizeof source, "return function() local t = {");
        for (int i = 0; i < count; i++)
            length += (size_t)snprintf(source + length, sizeof source - length, "%d.5, ", i);
        snprintf(source + length, sizeof source - length, "} return '%060d' end", count);
        snprintf(id, sizeof id, "t:constants%d", count);
        rig_add(&rig, id, source);
        rig_run(&rig, id);
        snprintf(source, sizeof source, "%060d", count);
        cr_assert_str_eq(rig_text(&rig), source);
    }
}
