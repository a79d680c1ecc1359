/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Processes join, leave, broadcast, watch, publish and end at random, in every way a process can end; threads look at the groups meanwhile
 * and stop and start a second scope. Who watches has at the end counted exactly what there is; events of the bus come in the
 * order of their publishers; and when all are gone no group, no subscription and no message is left.
 * Usage: s_groups [seed [scale]]
 */
#include "sched/base/rng.h"
#include "tests/unit/vm_rig.h"
#include "vm/broker.h"
#include "vm/bus.h"
#include "vm/groups.h"
#include "vm/members.h"

enum { LOOKERS = 2 };

static struct rig rig;
static struct groups *stable, *shaky;
static atomic_bool over;

static const char member[] =
    "return function(parent, seed, rounds)\n"
    "  math.randomseed(seed)\n"
    "  local i, joined, mine = assert(pg.open('t:stable')), {}, process.pid()\n"
    "  local shaky = pg.open('t:shaky')\n"
    "  local topic = process.listen('b')\n"
    "  for n = 1, rounds do\n"
    "    local g, what = 'g' .. math.random(5), math.random(12)\n"
    "    if what <= 4 then assert(i:join(g)) joined[g] = (joined[g] or 0) + 1\n"
    "    elseif what == 5 then assert(i:join{g, 'all', g}) joined[g] = (joined[g] or 0) + 2\n"
    "    elseif what <= 8 then\n"
    "      local ok = i:leave(g)\n"
    "      assert(ok == ((joined[g] or 0) > 0 and true or nil))\n"
    "      if ok then joined[g] = joined[g] - 1 end\n"
    "    elseif what == 9 then assert(i:broadcast(g, 'b', mine, n, ('x'):rep(math.random(0, 600))))\n"
    "    elseif what == 10 then assert(events.send('bus.' .. math.random(3), 'k', mine, n))\n"
    "    elseif what == 11 then\n"
    "      local list = assert(i:get_members(g))\n"
    "      local count = 0\n"
    "      for _, pid in ipairs(list) do if pid == mine then count = count + 1 end end\n"
    "      assert(count == (joined[g] or 0))\n"
    "    else\n"
    "      if shaky then shaky:join(g) shaky:leave{g, 'x'} shaky:which_groups() else shaky = pg.open('t:shaky') end\n"
    "      coroutine.yield()\n"
    "    end\n"
    "    while not channel.select({topic:case_receive()}, true).default do end\n"
    "  end\n"
    "  local how = math.random(4)\n"
    "  if how == 1 then error('told to', 0) end\n"
    "  if how == 2 then process.terminate(mine) end\n"
    "  if how == 3 then process.events():receive() end\n" /* until the driver terminates it */
    "end";

/* Keeps count by snapshot and events until the mark, and then knows who is in every group. */
static const char watcher[] =
    "return function(parent, seed)\n"
    "  math.randomseed(seed)\n"
    "  for n = 1, math.random(0, 30) do coroutine.yield() end\n"
    "  local i = assert(pg.open('t:stable'))\n"
    "  local only = math.random(2) == 1 and 'g1'\n"
    "  local sub, snapshot\n"
    "  if only then sub, snapshot = i:monitor(only) snapshot = {[only] = snapshot} else sub, snapshot = i:events() "
    "end\n"
    "  local bus, last = events.subscribe('bus*'), {}\n"
    "  local counts = {}\n"
    "  for g, pids in pairs(snapshot) do\n"
    "    for _, pid in ipairs(pids) do local key = g .. pid counts[key] = (counts[key] or 0) + 1 end\n"
    "  end\n"
    "  local bus_ch, ch = bus:channel(), sub:channel()\n"
    "  while true do\n"
    "    local r = channel.select{bus_ch:case_receive(), ch:case_receive()}\n"
    "    local e = r.value\n"
    "    if r.channel == bus_ch then\n"
    "      if not r.ok then bus = events.subscribe('bus.1') bus_ch = bus:channel()\n"
    "      else\n"
    "        assert((last[e.path] or 0) < e.data, 'a publisher out of order')\n"
    "        last[e.path] = e.data\n"
    "        if math.random(200) == 1 then bus:close() end\n"
    "      end\n"
    "    else\n"
    "      if e.data.PIDs[1] == parent then break end\n" /* the mark */
    "      for _, pid in ipairs(e.data.PIDs) do\n"
    "        local key = e.path .. pid\n"
    "        counts[key] = (counts[key] or 0) + (e.kind == 'member.joined' and 1 or -1)\n"
    "        if counts[key] < 0 then error('left without having joined', 0) end\n"
    "      end\n"
    "    end\n"
    "  end\n"
    "  for key, count in pairs(counts) do if count ~= 0 then error(key .. ' is still there', 0) end end\n"
    "end";

static const char driver[] =
    "return function(seed, members, watchers, rounds)\n"
    "  math.randomseed(seed)\n"
    "  local exits, left, pids = process.events(), 0, {}\n"
    "  local watching = {}\n"
    "  for n = 1, members do\n"
    "    pids[n] = assert(process.spawn_monitored('t:member', 't:h', process.pid(), seed + n, rounds))\n"
    "    if n <= watchers then\n"
    "      watching[assert(process.spawn_monitored('t:watcher', 't:h', process.pid(), seed - n))] = true\n"
    "    end\n"
    "  end\n"
    "  while left < members do\n"
    "    local r = channel.select({exits:case_receive()}, true)\n"
    "    if r.default then process.terminate(pids[math.random(members)]) time.sleep('1ms')\n"
    "    else\n"
    "      local err = r.value.result.error and tostring(r.value.result.error)\n"
    "      if err and err ~= 'told to' and err ~= 'process terminated' then error(err, 0) end\n"
    "      if not watching[r.value.from] then left = left + 1 end\n"
    "    end\n"
    "  end\n"
    "  local i = assert(pg.open('t:stable'))\n"
    "  if #i:which_groups() ~= 0 then error('groups of nobody', 0) end\n"
    "  assert(i:join('g1'))\n" /* the mark */
    "  for n = 1, watchers do\n"
    "    local e = exits:receive()\n"
    "    if e.result.error then error(tostring(e.result.error), 0) end\n"
    "    assert(watching[e.from])\n"
    "  end\n"
    "  return members\n"
    "end";

/* Looks at the groups the whole time; one of the threads shakes the second scope. */
static void *look(void *arg)
{
    struct rng rng;
    bool shakes = *(unsigned *)arg % 2;
    rng_seed(&rng, *(unsigned *)arg);
    while (!atomic_load(&over)) {
        struct groups_list *list = groups_list(stable);
        for (size_t i = 0; i < list->count; i++)
            for (uint32_t k = 0; k < list->items[i].members->count; k++)
                if (!list->items[i].members->items[k].pid || !list->items[i].members->items[k].joins)
                    rig_die("a member that is none");
        groups_list_free(list);
        members_unref(groups_members(stable, (struct groups_name){"g2", 2}));
        if (shakes && rng_below(&rng, 4) == 0) {
            groups_stop(shaky);
            sched_yield();
            groups_start(shaky);
        }
        rig_pause();
    }
    return NULL;
}

static void check_empty(struct groups *groups)
{
    struct groups_list *list = groups_list(groups);
    if (list->count)
        rig_die("%zu groups are left", list->count);
    groups_list_free(list);
}

static void run_round(uint64_t seed, unsigned members, unsigned watchers, unsigned rounds)
{
    struct codec_bytes args = {0};
    codec_begin(&args, 4);
    codec_put_integer(&args, (int64_t)(seed & 0xffffffff));
    codec_put_integer(&args, members);
    codec_put_integer(&args, watchers);
    codec_put_integer(&args, rounds);
    const struct rig_result *result = rig_run_with(&rig, "t:driver", args.data, args.length);
    codec_bytes_free(&args);
    if (result->failed || rig_integer(result) != members)
        rig_die("driver: %s", rig_text(&rig));
    RIG_UNTIL(vm_host_live(rig.host) == 0);
    check_empty(stable);
    check_empty(shaky);
    RIG_UNTIL(!broker_is_heard(groups_broker(stable)) && !bus_is_heard(rig.vm));
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : rng_entropy();
    unsigned scale = argc > 2 ? (unsigned)atoi(argv[2]) : 1, seeds[LOOKERS] = {1, 2};
    pthread_t lookers[LOOKERS];
    printf("seed %llu\n", (unsigned long long)seed);
    fflush(stdout);
    rig_open(&rig, &(struct rig_options){.workers = 4});
    stable = groups_new(rig.vm, "t:stable", &(struct groups_limits){.monitor_buffer = 64});
    shaky = groups_new(rig.vm, "t:shaky", &(struct groups_limits){.monitor_buffer = 64, .max_groups = 3});
    groups_start(stable);
    groups_start(shaky);
    rig_add(&rig, "t:member", member);
    rig_add(&rig, "t:watcher", watcher);
    rig_add(&rig, "t:driver", driver);
    for (unsigned i = 0; i < LOOKERS; i++)
        pthread_create(&lookers[i], NULL, look, &seeds[i]);
    for (unsigned round = 0; round < 4 * scale; round++)
        run_round(seed + round * 1000003, 60, 12, 60);
    atomic_store(&over, true);
    for (unsigned i = 0; i < LOOKERS; i++)
        pthread_join(lookers[i], NULL);
    rig_close(&rig);
    return 0;
}
