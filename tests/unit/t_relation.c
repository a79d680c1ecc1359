/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "sched/base/rng.h"
#include "tests/unit/vm_rig.h"
#include "vm/relation.h"

/* ---- sets ---- */

Test(relation_set, empty)
{
    struct relation_set set = {0};
    struct relation out;
    cr_assert_null(relation_find(&set, 5));
    cr_assert_not(relation_remove(&set, 5, 0));
    cr_assert_not(relation_take(&set, &out));
    relation_set_destroy(&set);
}

Test(relation_set, put_replaces)
{
    struct relation_set set = {0};
    relation_put(&set, 100, 1);
    relation_put(&set, 100, 2);
    cr_assert_eq(relation_count(&set), 1);
    cr_assert_eq(relation_find(&set, 100)->id, 2);
    cr_assert_not(relation_remove(&set, 100, 1), "another id");
    cr_assert(relation_remove(&set, 100, 2));
    cr_assert_null(relation_find(&set, 100));
    cr_assert_eq(set.pid, 0, "an empty set keeps no memory");
    relation_set_destroy(&set);
}

Test(relation_set, one_pair_needs_no_memory)
{
    struct relation_set set = {0};
    struct relation out;
    relation_put(&set, 7, 70);
    cr_assert_eq(relation_count(&set), 1);
    cr_assert_eq(relation_find(&set, 7)->id, 70);
    cr_assert_null(relation_find(&set, 8));
    cr_assert_not(relation_remove(&set, 8, 0));
    cr_assert_neq(set.pid, RELATION_TABLE);
    cr_assert(relation_take(&set, &out));
    cr_assert(out.pid == 7 && out.id == 70);
    cr_assert_not(relation_take(&set, &out));
    cr_assert_eq(relation_count(&set), 0);
}

Test(relation_set, the_first_pair_moves_in_with_the_second)
{
    struct relation_set set = {0};
    relation_put(&set, 7, 70);
    relation_put(&set, 8, 80);
    cr_assert_eq(set.pid, RELATION_TABLE);
    cr_assert_eq(relation_count(&set), 2);
    cr_assert(relation_find(&set, 7)->id == 70 && relation_find(&set, 8)->id == 80);
    cr_assert(relation_remove(&set, 7, 70));
    cr_assert_eq(relation_count(&set), 1);
    cr_assert_null(relation_find(&set, 7));
    cr_assert(relation_remove(&set, 8, 80));
    cr_assert_eq(set.pid, 0, "an empty set keeps no memory");
    relation_put(&set, 9, 90);
    cr_assert_eq(relation_find(&set, 9)->id, 90);
    relation_set_destroy(&set);
    cr_assert_eq(relation_count(&set), 0);
}

/* Values that stand for something else in a set. */
Test(relation_set, nobody_is_never_found)
{
    struct relation_set set = {0};
    for (uint64_t pid = 2; pid < 5; pid++) {
        cr_assert_null(relation_find(&set, 0));
        cr_assert_not(relation_remove(&set, 0, 0));
        relation_put(&set, pid, pid);
    }
    relation_set_destroy(&set);
}

Test(relation_set, tombstones_do_not_hide_or_fill)
{
    struct relation_set set = {0};
    relation_put(&set, 2, 2);
    relation_put(&set, 3, 3);
    for (uint64_t pid = 10; pid < 20000; pid++) {
        relation_put(&set, pid, pid);
        cr_assert(relation_remove(&set, pid, pid));
        cr_assert_not_null(relation_find(&set, 2));
    }
    cr_assert_leq(set.table->capacity, 64, "%u places for one entry", set.table->capacity);
    relation_set_destroy(&set);
}

Test(relation_set, take_gives_each_once)
{
    enum { COUNT = 1000 };
    struct relation_set set = {0};
    struct relation out;
    bool seen[COUNT] = {false};
    for (uint64_t i = 0; i < COUNT; i++)
        relation_put(&set, i + 2, i);
    for (uint64_t i = 0; i < COUNT; i += 3)
        relation_remove(&set, i + 2, 0);
    unsigned left = relation_count(&set);
    while (relation_take(&set, &out)) {
        cr_assert_eq(out.pid, out.id + 2);
        cr_assert_neq(out.id % 3, 0);
        cr_assert_not(seen[out.id]);
        seen[out.id] = true;
        left--;
    }
    cr_assert_eq(left, 0);
    relation_set_destroy(&set);
}

Test(relation_set, usable_again_after_take)
{
    struct relation_set set = {0};
    struct relation out;
    for (unsigned round = 0; round < 5; round++) {
        for (uint64_t i = 0; i < 20; i++)
            relation_put(&set, i + 2, i);
        unsigned taken = 0;
        while (relation_take(&set, &out))
            taken++;
        cr_assert_eq(taken, 20);
    }
    relation_set_destroy(&set);
}

Test(relation_set, agrees_with_an_array)
{
    enum { PIDS = 200, STEPS = 50000 };
    struct relation_set set = {0};
    uint64_t ids[PIDS] = {0};
    unsigned count = 0;
    struct rng rng;
    rng_seed(&rng, 99);
    for (uint64_t step = 1; step <= STEPS; step++) {
        uint64_t pid = rng_below(&rng, PIDS), key = (pid + 2) << 24;
        struct relation *found = relation_find(&set, key);
        cr_assert_eq(found ? found->id : 0, ids[pid]);
        if (rng_below(&rng, 2)) {
            relation_put(&set, key, step);
            count += ids[pid] == 0;
            ids[pid] = step;
        } else {
            cr_assert_eq(relation_remove(&set, key, rng_below(&rng, 2) ? ids[pid] : 0), ids[pid] != 0);
            count -= ids[pid] != 0;
            ids[pid] = 0;
        }
        cr_assert_eq(relation_count(&set), count);
    }
    relation_set_destroy(&set);
}

/* ---- between processes ---- */

static struct rig rig;

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){0});
    rig_add(&rig, "t:idle", "return function() process.events():receive() return 'canceled' end");
    rig_add(&rig, "t:fail", "return function() process.inbox():receive() error('boom') end");
    rig_add(&rig, "t:quit", "return function() process.inbox():receive() return 'done' end");
}

static void close_rig(void)
{
    rig_close(&rig);
}

static void check(const char *source)
{
    rig_add(&rig, "t:main", source);
    const struct rig_result *r = rig_run(&rig, "t:main");
    cr_assert_not(r->failed, "%s", rig_text(&rig));
    cr_assert_str_eq(rig_text(&rig), "ok");
}

TestSuite(relation, .init = open_rig, .fini = close_rig);

Test(relation, monitor_gives_one_exit)
{
    check(
        "return function()\n"
        "  local events = process.events()\n"
        "  local pid = process.spawn('t:quit', 't:h')\n"
        "  assert(process.monitor(pid))\n"
        "  local ok, err = process.monitor(pid)\n"
        "  assert(not ok and err:message() == 'already monitoring pid')\n"
        "  process.send(pid, 'go')\n"
        "  local e = events:receive()\n"
        "  assert(e.kind == process.event.EXIT and e.from == pid and e.result.value == 'done' and not e.result.error)\n"
        "  assert(channel.select{events:case_receive(), default = true}.default)\n"
        "  assert(not process.monitor(pid))\n"
        "  return 'ok'\n"
        "end");
}

Test(relation, nothing_after_unmonitor)
{
    check("return function()\n"
          "  local time = require('time')\n"
          "  local events = process.events()\n"
          "  for i = 1, 200 do\n"
          "    local pid = process.spawn_monitored('t:quit', 't:h')\n"
          "    process.send(pid, 'go')\n"
          "    if i % 3 == 0 then coroutine.yield() elseif i % 3 == 1 then time.sleep('1us') end\n"
          "    assert(process.unmonitor(pid))\n"
          "    local r = channel.select{events:case_receive(), default = true}\n"
          "    while not r.default do r = channel.select{events:case_receive(), default = true} end\n"
          "  end\n"
          "  time.sleep('20ms')\n"
          "  assert(channel.select{events:case_receive(), default = true}.default)\n"
          "  return 'ok'\n"
          "end");
}

Test(relation, monitor_again_after_unmonitor)
{
    check("return function()\n"
          "  local pid = process.spawn_monitored('t:quit', 't:h')\n"
          "  for i = 1, 10 do assert(process.unmonitor(pid)) assert(process.monitor(pid)) end\n"
          "  process.send(pid, 'go')\n"
          "  local events = process.events()\n"
          "  assert(events:receive().from == pid)\n"
          "  assert(channel.select{events:case_receive(), default = true}.default)\n"
          "  return 'ok'\n"
          "end");
}

Test(relation, link_failure_travels)
{
    rig_add(&rig, "t:linker",
            "return function(pid) assert(process.link(pid)) process.send(pid, 'go') process.events():receive() end");
    check("return function()\n"
          "  local target = process.spawn('t:fail', 't:h')\n"
          "  local pid = process.spawn_monitored('t:linker', 't:h', target)\n"
          "  local e = process.events():receive()\n"
          "  assert(e.from == pid and e.result.error:message() == 'linked process failed', tostring(e.result.error))\n"
          "  return 'ok'\n"
          "end");
}

Test(relation, trapped_link_failure_is_an_event)
{
    check("return function()\n"
          "  assert(process.set_options{trap_links = true})\n"
          "  local pid = process.spawn('t:fail', 't:h')\n"
          "  assert(process.link(pid))\n"
          "  process.send(pid, 'go')\n"
          "  local e = process.events():receive()\n"
          "  assert(e.kind == process.event.LINK_DOWN and e.from == pid)\n"
          "  assert(e.result.error:message():find('boom'), e.result.error:message())\n"
          "  return 'ok'\n"
          "end");
}

Test(relation, normal_end_of_a_linked_process_is_silent)
{
    check("return function()\n"
          "  process.set_options{trap_links = true}\n"
          "  local pid = process.spawn_linked_monitored('t:quit', 't:h')\n"
          "  process.send(pid, 'go')\n"
          "  local events = process.events()\n"
          "  assert(events:receive().kind == process.event.EXIT)\n"
          "  assert(channel.select{events:case_receive(), default = true}.default)\n"
          "  return 'ok'\n"
          "end");
}

Test(relation, unlinked_is_unlinked)
{
    check("return function()\n"
          "  local pid = process.spawn_linked_monitored('t:fail', 't:h')\n"
          "  assert(process.unlink(pid))\n"
          "  process.send(pid, 'go')\n"
          "  assert(process.events():receive().result.error)\n"
          "  return 'ok'\n"
          "end");
}

/* Both ends link at the same time, then one fails: the other one dies, whichever id won. */
Test(relation, simultaneous_links_keep_one_id)
{
    rig_add(&rig, "t:peer",
            "return function(fails)\n"
            "  local peer = process.inbox():receive():payload():data()\n"
            "  process.link(peer)\n"
            "  if fails then\n"
            "    require('time').sleep('1ms')\n"
            "    error('boom')\n"
            "  end\n"
            "  process.events():receive()\n"
            "end");
    check("return function()\n"
          "  local events, got = process.events(), {}\n"
          "  for i = 1, 50 do\n"
          "    local a = process.spawn_monitored('t:peer', 't:h', true)\n"
          "    local b = process.spawn_monitored('t:peer', 't:h', false)\n"
          "    process.send(a, 'peer', b)\n"
          "    process.send(b, 'peer', a)\n"
          "    for j = 1, 2 do local e = events:receive() got[e.from] = e.result.error:message() end\n"
          "    assert(got[a]:find('boom'), got[a])\n"
          "    assert(got[b] == 'linked process failed', got[b])\n"
          "  end\n"
          "  return 'ok'\n"
          "end");
}

Test(relation, linking_oneself_is_nothing)
{
    check("return function()\n"
          "  assert(process.link(process.pid()))\n"
          "  assert(process.unlink(process.pid()))\n"
          "  return 'ok'\n"
          "end");
}

/* A process that watched many and ends leaves nothing behind with them. */
Test(relation, watchers_that_end_are_forgotten)
{
    rig_add(&rig, "t:watch", "return function(pid) assert(process.monitor(pid)) end");
    check("return function()\n"
          "  local target = process.spawn('t:quit', 't:h')\n"
          "  for i = 1, 200 do\n"
          "    process.spawn_monitored('t:watch', 't:h', target)\n"
          "    assert(not process.events():receive().result.error)\n"
          "  end\n"
          "  process.monitor(target)\n"
          "  process.send(target, 'go')\n"
          "  assert(process.events():receive().from == target)\n"
          "  return 'ok'\n"
          "end");
}

/* Virtual time: an event says when it came, not when somebody asked for it. */
Test(relation_time, events_say_when_they_came)
{
    struct rig seeded;
    rig_open(&seeded, &(struct rig_options){.seeded = true});
    rig_add(&seeded, "t:quit", "return function() return 'done' end");
    rig_add(&seeded, "t:main",
            "return function()\n"
            "  local time = require('time')\n"
            "  local events, begun = process.events(), os.time()\n"
            "  local pid = process.spawn_monitored('t:quit', 't:h')\n"
            "  process.cancel(process.pid(), 'myself')\n"
            "  time.sleep('10s')\n"
            "  local ended = os.time()\n"
            "  for i = 1, 2 do\n"
            "    local e = events:receive()\n"
            "    assert(e.at >= begun and e.at <= begun + 1 and ended >= e.at + 9, e.kind .. ' at ' .. e.at - begun)\n"
            "  end\n"
            "  process.cancel(process.pid(), 'myself')\n"
            "  assert(events:receive().at >= ended)\n"
            "  return 'ok'\n"
            "end");
    const struct rig_result *r = rig_run(&seeded, "t:main");
    cr_assert_not(r->failed, "%s", rig_text(&seeded));
    cr_assert_str_eq(rig_text(&seeded), "ok");
    rig_close(&seeded);
}
