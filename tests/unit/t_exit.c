/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/* How processes end: results, failures, the order of what others see, deaths that nobody can catch. */
#include <criterion/criterion.h>
#include <lauxlib.h>

#include "tests/unit/vm_rig.h"
#include "vm/process_struct.h"
#include "vm/state.h"

static int boundary(lua_State *L)
{
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* Leaves itself a signal, which its next drain finds. */
static int terminate_later(lua_State *L)
{
    struct process *process = state_process(L);
    struct message *message = message_signal(MESSAGE_TERMINATE, 0, 0);
    if (slot_send(process->vm->slots, process->vm->sched, process->pid, message) != 0)
        return luaL_error(L, "not sent");
    return 0;
}

static const struct lazy_entry extra[] = {LAZY_F("boundary", boundary), LAZY_F("terminate_later", terminate_later),
                                          LAZY_DONE};

static struct rig rig;

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){.extra = extra, .limits = {.memory_limit = 4 << 20}});
}

static void close_rig(void)
{
    rig_close(&rig);
}

TestSuite(exit, .init = open_rig, .fini = close_rig);

static const char *run(const char *source)
{
    rig_add(&rig, "t:main", source);
    rig_run(&rig, "t:main");
    return rig_text(&rig);
}

static const char *run_body(const char *body)
{
    static char source[4000];
    snprintf(source, sizeof source, "return function() %s end", body);
    return run(source);
}

static void expect_prefix(const char *text, const char *prefix)
{
    cr_assert_eq(strncmp(text, prefix, strlen(prefix)), 0, "%s", text);
}

/* It waits for ever, but what is in its mailbox comes first. */
Test(exit, mail_is_read_before_a_deadlock_is_stated)
{
    const char *deadlock = run_body("channel.new():send(1)");
    cr_assert_not_null(strstr(deadlock, "deadlock"), "%s", deadlock);
    const char *terminated = run_body("terminate_later() channel.new():send(1)");
    cr_assert_null(strstr(terminated, "deadlock"), "%s", terminated);
    cr_assert_not_null(strstr(terminated, "terminated"), "%s", terminated);
}

/* ---- results ---- */

Test(exit, values)
{
    cr_assert_str_eq(run_body("return 'text'"), "text");
    cr_assert_str_eq(run_body("return 42"), "42");
    cr_assert_eq(rig_value(rig_run(&rig, "t:main")).tag, CODEC_INTEGER);
    run_body("return");
    cr_assert_eq(rig_value(&rig.last).tag, CODEC_NIL);
    cr_assert_not(rig.last.failed);
    run_body("return {1, 2, 3}");
    cr_assert_eq(rig_value(&rig.last).tag, CODEC_TABLE);
}

Test(exit, second_value_is_the_error)
{
    cr_assert_str_eq(run_body("return nil, 'went wrong'"), "Internal: went wrong");
    cr_assert_str_eq(run_body("return 'value', errors.new({kind = errors.TIMEOUT, message = 'late'})"),
                     "Timeout: late");
    cr_assert_str_eq(run_body("return 'value', 5"), "value");
}

Test(exit, raised_values)
{
    cr_assert_str_eq(run_body("error('text')"), "Internal: t:main:1: text");
    cr_assert_str_eq(run_body("error(42)"), "Internal: 42");
    cr_assert_str_eq(run_body("error(1.5)"), "Internal: 1.5");
    cr_assert_str_eq(run_body("error(true)"), "Internal: true");
    cr_assert_str_eq(run_body("error(nil)"), "Internal: nil");
    expect_prefix(run_body("error({})"), "Internal: table: ");
    cr_assert_str_eq(run_body("error(errors.new({kind = errors.INVALID, message = 'bad'}))"), "Invalid: bad");
}

Test(exit, no_lua_runs_for_the_text_of_an_error)
{
    expect_prefix(run_body("error(setmetatable({}, {__tostring = function() while true do end end}))"),
                  "Internal: table: ");
}

Test(exit, result_that_cannot_be_sent)
{
    expect_prefix(run_body("local t = {} local r = t for i = 1, 200 do t.t = {} t = t.t end return r"),
                  "Internal: result cannot be sent: ");
}

Test(exit, huge_messages_are_kept_within_reason)
{
    run_body("error(('x'):rep(2000000), 0)");
    cr_assert(rig.last.failed);
    cr_assert_leq(rig.last.length, (1 << 20) + 100);
}

/* ---- order ---- */

Test(exit, what_was_sent_before_comes_before_the_exit)
{
    rig_add(&rig, "t:sender", "return function(to) for i = 1, 50 do process.send(to, 't', i) end end");
    cr_assert_str_eq(run_body("local inbox, events = process.inbox(), process.events()\n"
                              "for round = 1, 50 do\n"
                              "  local pid = process.spawn_monitored('t:sender', 't:h', process.pid())\n"
                              "  assert(events:receive().from == pid)\n"
                              "  for i = 1, 50 do\n"
                              "    local r = channel.select{inbox:case_receive(), default = true}\n"
                              "    assert(r.value and r.value:payload():data() == i)\n"
                              "  end\n"
                              "end\n"
                              "return 'ok'"),
                     "ok");
}

Test(exit, who_saw_exit_cannot_reach_it)
{
    rig_add(&rig, "t:brief", "return function() end");
    cr_assert_str_eq(run_body("local events = process.events()\n"
                              "for round = 1, 200 do\n"
                              "  local pid = process.spawn_monitored('t:brief', 't:h')\n"
                              "  assert(events:receive().from == pid)\n"
                              "  local ok, err = process.send(pid, 't')\n"
                              "  assert(not ok and err:kind() == errors.NOT_FOUND)\n"
                              "  assert(not process.monitor(pid) and not process.link(pid))\n"
                              "  assert(not process.cancel(pid) and not process.terminate(pid))\n"
                              "end\n"
                              "return 'ok'"),
                     "ok");
}

Test(exit, many_watchers_all_hear)
{
    rig_add(&rig, "t:watch",
            "return function(pid)\n"
            "  assert(process.monitor(pid))\n"
            "  process.send(pid, 'ready')\n"
            "  return process.events():receive().result.value\n"
            "end");
    rig_add(&rig, "t:target", "return function(n) for i = 1, n do process.inbox():receive() end return 'seen' end");
    cr_assert_str_eq(run_body("local target = process.spawn('t:target', 't:h', 1500)\n"
                              "for i = 1, 1500 do assert(process.spawn_monitored('t:watch', 't:h', target)) end\n"
                              "for i = 1, 1500 do assert(process.events():receive().result.value == 'seen') end\n"
                              "return 'ok'"),
                     "ok");
}

Test(exit, unread_mail_is_given_back)
{
    rig_add(&rig, "t:deaf", "return function() process.listen('end'):receive() end");
    cr_assert_str_eq(run_body("local pid = process.spawn_monitored('t:deaf', 't:h')\n"
                              "for i = 1, 3000 do process.send(pid, 't' .. i % 50, ('x'):rep(i % 600)) end\n"
                              "process.send(pid, 'end')\n"
                              "process.events():receive()\n"
                              "return 'ok'"),
                     "ok"); /* close_rig looks at the count */
}

Test(exit, unseen_failures_are_logged)
{
    rig_add(&rig, "t:fail", "return function() error('nobody sees this') end");
    run_body("for i = 1, 3 do process.spawn('t:fail', 't:h') end process.spawn_monitored('t:fail', 't:h')\n"
             "process.events():receive()");
    RIG_UNTIL(vm_host_live(rig.host) == 0);
    cr_assert_eq(atomic_load(&rig.errors), 3, "%s", rig.log_text);
    cr_assert_not_null(strstr(rig.log_text, "nobody sees this"));
}

Test(exit, statistics)
{
    struct vm_host_stats stats;
    rig_add(&rig, "t:fail", "return function() error('x') end");
    rig_add(&rig, "t:broken", "error('x')");
    run_body("for i = 1, 5 do process.spawn_monitored('t:fail', 't:h') process.spawn('t:broken', 't:h') end\n"
             "for i = 1, 5 do process.events():receive() end");
    RIG_UNTIL(vm_host_live(rig.host) == 0);
    vm_host_stats(rig.host, &stats);
    cr_assert_eq(stats.spawned, 11);
    cr_assert_eq(stats.finished, 11);
    cr_assert_eq(stats.failed, 5);
    cr_assert_eq(stats.live, 0);
}

/* ---- deaths ---- */

Test(exit, terminating_oneself)
{
    cr_assert_str_eq(run_body("pcall(process.terminate, process.pid()) error('went on')"),
                     "Internal: process terminated");
    cr_assert_str_eq(run_body("boundary(pcall, process.terminate, process.pid()) error('went on')"),
                     "Internal: process terminated");
    cr_assert_str_eq(run_body("coroutine.wrap(function() process.terminate(process.pid()) end)() error('went on')"),
                     "Internal: process terminated");
}

Test(exit, terminated_while_it_waits)
{
    static const char *const shapes[] = {
        "channel.new():receive() process.inbox()",
        "process.inbox():receive()",
        "process.listen('t'):receive()",
        "channel.select{process.inbox():case_receive(), process.events():case_receive()}",
        "require('time').sleep('1h')",
        "require('time').ticker('1ms'):channel():receive() process.inbox():receive()",
        "process.inbox() coroutine.wrap(function() pcall(function() channel.new():receive() end) end)()",
        "process.inbox() for i = 1, 9 do coroutine.spawn(function() channel.new():send(i) end) end time.sleep('1h')",
    };
    char source[400], id[20];
    for (unsigned i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        snprintf(source, sizeof source,
                 "local time = require('time') return function() process.inbox() %s error('went on') end", shapes[i]);
        snprintf(id, sizeof id, "t:wait%u", i);
        rig_add(&rig, id, source);
    }
    cr_assert_str_eq(run_body("for round = 1, 3 do for i = 0, 7 do\n"
                              "  local pid = process.spawn_monitored('t:wait' .. i, 't:h')\n"
                              "  if round > 1 then require('time').sleep('1ms') end\n"
                              "  process.terminate(pid)\n"
                              "  local e = process.events():receive()\n"
                              "  assert(e.from == pid and e.result.error:message() == 'process terminated')\n"
                              "end end return 'ok'"),
                     "ok");
}

Test(exit, out_of_memory_cannot_be_caught)
{
    static const char *const shapes[] = {
        "local t = {} while true do t[#t + 1] = {#t} end",
        "local t = {} while true do pcall(function() while true do t[#t + 1] = {#t} end end) end",
        "local s = 'x' while true do s = s .. s end",
        "local s = ('x'):rep(100000000)",
        "local t = {} boundary(function() while true do t[#t + 1] = {#t} end end)",
        "local t = {} boundary(pcall, function() while true do t[#t + 1] = {#t} end end) error('went on')",
        "local t = {} coroutine.wrap(function() while true do t[#t + 1] = {#t} end end)()",
        "for i = 1, 1e9 do coroutine.spawn(function() channel.new():receive() end) end",
    };
    for (unsigned i = 0; i < sizeof shapes / sizeof *shapes; i++)
        expect_prefix(run_body(shapes[i]), "Internal: out of memory (limit 4 MB) in t:main at t:main:1");
}

Test(exit, garbage_is_no_reason_to_die)
{
    cr_assert_str_eq(run_body("for i = 1, 200 do local s = ('x'):rep(500000) end\n"
                              "for i = 1, 200000 do local t = {i, {}} end return 'ok'"),
                     "ok");
}

Test(exit, out_of_memory_while_loading)
{
    expect_prefix(run("local t = {} while true do t[#t + 1] = {#t} end"), "Internal: out of memory (limit 4 MB)");
    cr_assert_not(rig.last.loaded);
}

Test(exit, deadlock_is_found)
{
    expect_prefix(run_body("channel.new():receive()"), "Internal: deadlock: ");
    expect_prefix(run_body("local ch = channel.new() coroutine.spawn(function() ch:receive() end) ch:receive()"),
                  "Internal: deadlock: ");
    expect_prefix(run_body("channel.select{}"), "Internal: deadlock: ");
    expect_prefix(run_body("local ch = process.listen('t') process.unlisten(ch) channel.new():send(1)"),
                  "Internal: deadlock: ");
    expect_prefix(run_body("local t = require('time').timer('1h') t:stop() channel.new():send(1)"),
                  "Internal: deadlock: ");
}

/* Whoever has a subscription may still be woken. */
Test(exit, no_deadlock_with_a_subscription)
{
    static const char *const shapes[] = {"process.inbox()", "process.events()", "process.listen('t')",
                                         "subscribe('t', channel.new(1))", "require('time').ticker('1h')"};
    char source[300], id[20];
    for (unsigned i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        snprintf(source, sizeof source, "return function() local keep = %s channel.new():receive() end", shapes[i]);
        snprintf(id, sizeof id, "t:sub%u", i);
        rig_add(&rig, id, source);
    }
    cr_assert_str_eq(run_body("local pids = {}\n"
                              "for i = 0, 4 do pids[i] = process.spawn_monitored('t:sub' .. i, 't:h') end\n"
                              "require('time').sleep('20ms')\n"
                              "for i = 0, 4 do\n"
                              "  process.terminate(pids[i])\n"
                              "  local e = process.events():receive()\n"
                              "  assert(e.from == pids[i] and e.result.error:message() == 'process terminated',\n"
                              "         e.result.error:message())\n"
                              "end return 'ok'"),
                     "ok");
}

Test(exit, finalizers_do_not_run_at_the_end)
{
    cr_assert_str_eq(
        run_body("for i = 1, 10 do setmetatable({}, {__gc = function() while true do end end}) end return 'ok'"), "ok");
}
