/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/* feed: events that nobody takes, of feeds that are open, closed, collected or left behind; rig_close finds whatever is not given back. */
#include <criterion/criterion.h>

#include "tests/unit/vm_rig.h"
#include "vm/broker.h"
#include "vm/bus.h"

static struct rig rig;

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){.workers = 2});
}

static void close_rig(void)
{
    RIG_UNTIL(vm_host_live(rig.host) == 0);
    RIG_UNTIL(!bus_is_heard(rig.vm)); /* all subscriptions have ended with their processes */
    rig_close(&rig);
}

TestSuite(feed, .init = open_rig, .fini = close_rig);

static int64_t run(const char *body)
{
    char source[4096];
    snprintf(source, sizeof source, "return function(...)\n%s\nend", body);
    rig_add(&rig, "t:main", source);
    const struct rig_result *result = rig_run(&rig, "t:main");
    cr_assert_not(result->failed, "%s", rig_text(&rig));
    return rig_integer(result);
}

Test(feed, events_left_behind)
{
    cr_assert_eq(run("local subs = {}\n"
                     "for i = 1, 50 do subs[i] = events.subscribe('s') end\n"
                     "local mark = events.subscribe('mark'):channel()\n"
                     "for i = 1, 100 do events.send('s', 'k', '/', ('x'):rep(i * 10)) end\n"
                     "events.send('mark', 'k', '/')\n"
                     "mark:receive()\n"
                     "return 7"),
                 7);
}

Test(feed, events_of_closed_feeds)
{
    cr_assert_eq(run("local mark = events.subscribe('mark'):channel()\n"
                     "local kept\n"
                     "for i = 1, 50 do\n"
                     "  local sub = events.subscribe('s')\n"
                     "  for n = 1, 20 do events.send('s', 'k', '/', ('x'):rep(500)) end\n"
                     "  events.send('mark', 'k', '/')\n"
                     "  mark:receive()\n"
                     "  sub:close()\n"
                     "  if i == 25 then kept = sub:channel() end\n"
                     "end\n"
                     "for i = 1, 50 do local t = {} for n = 1, 5000 do t[n] = {} end end\n" /* collects most of them */
                     "local count = 0\n"
                     "while kept:receive() do count = count + 1 end\n"
                     "return count"),
                 20);
}

/* The end comes while events are still on their way from the broker. */
Test(feed, ends_under_fire)
{
    rig_add(&rig, "t:victim",
            "return function(n)\n"
            "  local ch = events.subscribe('fire*'):channel()\n"
            "  for i = 1, n do ch:receive() end\n"
            "  if n % 3 == 0 then error('over', 0) end\n"
            "end");
    cr_assert_eq(run("local pids = {}\n"
                     "local mine = events.subscribe('fire'):channel()\n"
                     "for i = 1, 60 do pids[i] = process.spawn('t:victim', 't:h', i) end\n"
                     "for i = 1, 2000 do\n"
                     "  events.send(i % 2 == 0 and 'fire' or 'fire!', 'k', '/', i)\n"
                     "  if i % 50 == 0 then process.terminate(pids[i // 50]) coroutine.yield() end\n"
                     "end\n"
                     "for _, pid in ipairs(pids) do process.terminate(pid) end\n"
                     "local count = 0\n"
                     "for i = 1, 1000 do count = count + mine:receive().data % 2 end\n"
                     "return count"),
                 0);
}

Test(feed, a_number_of_a_closed_feed_is_nobodys)
{
    cr_assert_eq(run("local count = 0\n"
                     "for i = 1, 200 do\n"
                     "  local old = events.subscribe('s' .. i)\n"
                     "  for n = 1, 3 do events.send('s' .. i, 'k', '/old') end\n"
                     "  old:close()\n"
                     "  local new = events.subscribe('t')\n" /* takes the place of the old one */
                     "  events.send('t', 'k', '/new')\n"
                     "  assert(new:channel():receive().path == '/new')\n"
                     "  new:close()\n"
                     "  count = count + 1\n"
                     "end\n"
                     "return count"),
                 200);
}

Test(feed, load_failure_releases_them)
{
    rig_add(&rig, "t:broken", "events.subscribe('s') events.send('s', 'k', '/') error('broken', 0)");
    cr_assert_eq(run("for i = 1, 20 do\n"
                     "  local pid, err = process.spawn('t:broken', 't:h')\n"
                     "  assert(pid == nil and tostring(err):find('broken'))\n"
                     "end\n"
                     "return 1"),
                 1);
}
