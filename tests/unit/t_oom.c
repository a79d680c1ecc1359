/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * oom: allocation number k fails, once or from then on, for k = 1, 2, ... until none is left to fail, in one VM that lives on: what a
 * process may do then either succeeds or fails with an error that names memory; a process that stands by is none the wiser;
 * nothing is left behind. tests/fault/oom.sh does the same to the whole program.
 */
#include <criterion/criterion.h>

#include "sched/base/fault.h"
#include "tests/unit/vm_rig.h"

TestSuite(oom, .timeout = 60);

static const char child[] = "return function(parent, text)\n"
                            "  process.send(parent, 'hello', text, {1, 2, {text}})\n"
                            "  return {text = text}\n"
                            "end";

static const char canary[] = "return function()\n"
                             "  process.registry.register('canary')\n"
                             "  local inbox, memory = process.inbox(), {}\n"
                             "  while true do\n"
                             "    local message = inbox:receive()\n"
                             "    memory[#memory + 1] = message:payload():data()\n"
                             "    process.send(message:from(), 'answer', #memory)\n"
                             "  end\n"
                             "end";

static const char start_canary[] = "return function()\n"
                                   "  assert(process.spawn('t:canary', 't:h'))\n"
                                   "  local time = require('time')\n"
                                   "  while not process.registry.lookup('canary') do time.sleep('1ms') end\n"
                                   "end";

static const char ask_canary[] = "return function()\n"
                                 "  local answers = process.listen('answer')\n"
                                 "  assert(process.send('canary', 'ask', 'x'))\n"
                                 "  return answers:receive()\n"
                                 "end";

static const char spawn[] =
    "return function()\n"
    "  local events, hellos = process.events(), process.listen('hello')\n"
    "  for i = 1, 3 do\n"
    "    local pid = assert(process.spawn_monitored('t:child', 't:h', process.pid(), string.rep('x', 300 * i)))\n"
    "    local event = events:receive()\n"
    "    assert(event.from == pid and event.kind == process.event.EXIT)\n"
    "    if event.result.error then error(event.result.error) end\n"
    "    assert(#event.result.value.text == 300 * i and #hellos:receive()[1] == 300 * i)\n"
    "  end\n"
    "  return 1\n"
    "end";

static const char load_failure[] = "return function()\n"
                                   "  local pid, err = process.spawn_linked_monitored('t:broken', 't:h')\n"
                                   "  assert(not pid)\n"
                                   "  local text = err:message()\n"
                                   "  assert(text:find('broken') or text:find('memory'), text)\n"
                                   "  return 1\n"
                                   "end";

static const char send[] =
    "return function()\n"
    "  local inbox, me, cycle = process.inbox(), process.pid(), {}\n"
    "  cycle.cycle, cycle.again = cycle, {cycle, cycle}\n"
    "  for _, size in ipairs{1, 20, 200, 2000, 40000} do\n"
    "    assert(process.send(me, 'topic', string.rep('y', size), cycle, errors.new('e'), 1.5, true))\n"
    "    local message = inbox:receive()\n"
    "    local parts = message:payload()\n"
    "    local back = parts[2]:data()\n"
    "    assert(#parts[1]:data() == size and back.cycle == back and back.again[2] == back and #message:topic() == 5)\n"
    "  end\n"
    "  return 1\n"
    "end";

static const char watch[] = "return function()\n"
                            "  local events = process.events()\n"
                            "  assert(process.set_options{trap_links = true})\n"
                            "  local pid = assert(process.spawn('t:canary2', 't:h'))\n"
                            "  local ok, err = pcall(function()\n"
                            "    assert(process.monitor(pid))\n"
                            "    assert(process.link(pid))\n"
                            "    assert(process.unlink(pid))\n"
                            "    assert(process.link(pid))\n"
                            "    assert(process.registry.register('a name'))\n"
                            "    assert(process.registry.lookup('a name') == process.pid())\n"
                            "  end)\n"
                            "  process.terminate(pid)\n"
                            "  if not ok then error(err) end\n"
                            "  for _ = 1, 2 do assert(events:receive().from == pid) end\n"
                            "  return 1\n"
                            "end";

static const char fibers[] =
    "local time = require('time')\n"
    "return function()\n"
    "  local numbers, done = channel.new(1), 0\n"
    "  for i = 1, 3 do coroutine.spawn(function() time.sleep(i .. 'us') numbers:send(i) end) end\n"
    "  for _ = 1, 3 do done = done + numbers:receive() end\n"
    "  local tick, late = time.ticker('100us'), time.timer('1h')\n"
    "  local got = channel.select{late:channel():case_receive(), tick:channel():case_receive()}\n"
    "  assert(got.channel == tick:channel() and late:stop())\n"
    "  local co = coroutine.wrap(function() for i = 1, 5 do coroutine.yield(('%5.2f'):format(i)) end end)\n"
    "  for _ = 1, 5 do assert(#co() == 5) end\n"
    "  local e = errors.wrap(errors.new{message = 'm', kind = errors.CONFLICT, details = {a = {1}}}, 'context')\n"
    "  local ok, caught = pcall(error, e)\n"
    "  if ok or caught ~= e then error(caught) end\n"
    "  assert(e:details().a[1] == 1 and ('a,b'):gsub(',', {[','] = '.'}) == 'a.b' and done == 6)\n"
    "  return 1\n"
    "end";

static const char formats[] = "return function()\n"
                              "  local doc = {list = {1, 2.5, 'x', {}}, map = {a = true, b = string.rep('y', 3000)}}\n"
                              "  for _, size in ipairs{10, 70000} do\n"
                              "    doc.text = string.rep('z', size)\n"
                              "    for _, name in ipairs{'JSON', 'YAML', 'MSGPACK'} do\n"
                              "      local format = payload.format[name]\n"
                              "      local coded = assert(payload.new(doc):transcode(format))\n"
                              "      local text = assert(coded:transcode(payload.format.STRING))\n"
                              "      local back = assert(assert(text:transcode(format)):data())\n"
                              "      assert(#back.list == 4 and back.map.b == doc.map.b and back.text == doc.text)\n"
                              "    end\n"
                              "  end\n"
                              "  return 1\n"
                              "end";

static const char broken[] = "local t = {} for i = 1, 50 do t[i] = {} end error('broken')";

struct scenario {
    const char *id, *source;
};

static const struct scenario scenarios[] = {
    {"t:spawn", spawn},   {"t:load_failure", load_failure}, {"t:send", send}, {"t:watch", watch},
    {"t:fibers", fibers}, {"t:formats", formats},
};

enum { SCENARIOS = sizeof scenarios / sizeof *scenarios, K_MOST = 100000 };

static void check_result(struct rig *rig, const struct scenario *scenario, uint64_t k)
{
    const struct rig_result *result = &rig->last;
    const char *text = rig_text(rig);
    if (result->failed)
        cr_assert(strstr(text, "memory"), "%s, %llu: %s", scenario->id, (unsigned long long)k, text);
    else
        cr_assert_eq(rig_integer(result), 1, "%s, %llu: %s", scenario->id, (unsigned long long)k, text);
}

/* One scenario under faults at one point; returns at which k nothing was left to fail. */
static uint64_t attack(struct rig *rig, struct fault_plan *plan, enum fault_point point,
                       const struct scenario *scenario, uint64_t count, int64_t *asked)
{
    for (uint64_t k = 1; k < K_MOST; k++) {
        fault_set(plan, point, k, count, 12);
        rig_run(rig, scenario->id);
        uint64_t hits = fault_hits(plan, point);
        fault_set(plan, point, 1, 0, 0);
        check_result(rig, scenario, k);
        rig_run(rig, "t:ask");
        cr_assert_eq(rig_integer(&rig->last), ++*asked, "%s, %llu: the canary: %s", scenario->id, (unsigned long long)k,
                     rig_text(rig));
        if (hits < k)
            return k;
    }
    cr_assert(false, "%s: it never ends", scenario->id);
    return 0;
}

static void attack_all(enum fault_point point, unsigned workers, uint64_t least)
{
    struct fault_plan *plan = fault_plan_new();
    struct rig rig;
    int64_t asked = 0;
    rig_open(&rig, &(struct rig_options){.workers = workers, .fault = plan});
    rig_add(&rig, "t:child", child);
    rig_add(&rig, "t:broken", broken);
    rig_add(&rig, "t:canary", canary);
    rig_add(&rig, "t:canary2", "return function() process.inbox():receive() end");
    rig_add(&rig, "t:start", start_canary);
    rig_add(&rig, "t:ask", ask_canary);
    for (int i = 0; i < SCENARIOS; i++)
        rig_add(&rig, scenarios[i].id, scenarios[i].source);
    cr_assert(!rig_run(&rig, "t:start")->failed);
    uint64_t points = 0;
    for (int i = 0; i < SCENARIOS; i++) {
        points += attack(&rig, plan, point, &scenarios[i], 1, &asked);
        points += attack(&rig, plan, point, &scenarios[i], UINT64_MAX, &asked);
    }
    cr_assert_geq(points, least, "only %llu points", (unsigned long long)points);
    rig_close(&rig);
    fault_plan_free(plan);
}

Test(oom, heap)
{
    attack_all(FAULT_HEAP, 1, 500);
}

Test(oom, heap_on_two_workers)
{
    attack_all(FAULT_HEAP, 2, 500);
}

Test(oom, slab)
{
    attack_all(FAULT_SLAB, 1, 2 * SCENARIOS);
}

Test(oom, malloc)
{
    attack_all(FAULT_MALLOC, 1, 2 * SCENARIOS);
}
