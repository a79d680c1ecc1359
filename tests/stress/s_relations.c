/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * A storm of link, unlink, monitor, unmonitor, and of deaths of all kinds, among processes that trap links. Each keeps count: exactly one EXIT for
 * every monitored death, none without a monitor, no LINK_DOWN without a link, and nobody is left at the end.
 * Usage: s_relations [seed [scale]]
 */
#include "sched/base/rng.h"
#include "tests/unit/vm_rig.h"

static const char actor[] =
    "local time = require('time')\n"
    "process.set_options{trap_links = true}\n" /* while loading: before anybody can link to it and die */
    "return function(seed, steps)\n"
    "  math.randomseed(seed)\n"
    "  local inbox, events = process.inbox(), process.events()\n"
    "  local peers = inbox:receive():payload():data()\n"
    "  local monitored, exits = {}, 0\n"
    "  local dead = {}\n"
    "  local function handle(e)\n"
    "    if e.kind == 'pid.exit' then\n"
    "      if dead[e.from] then error('EXIT twice') end\n"
    "      if monitored[e.from] then monitored[e.from] = nil exits = exits + 1 dead[e.from] = true\n"
    "      elseif monitored[e.from] == nil then error('EXIT without monitor') end\n"
    "    elseif e.kind ~= 'pid.link.down' then error('event ' .. e.kind) end\n"
    "  end\n"
    "  local function drain()\n"
    "    while true do\n"
    "      local r = channel.select{events:case_receive(), default = true}\n"
    "      if r.default then return end\n"
    "      handle(r.value)\n"
    "    end\n"
    "  end\n"
    "  for step = 1, steps do\n"
    "    local peer = peers[math.random(#peers)]\n"
    "    local what = math.random(12)\n"
    "    if peer == process.pid() then drain()\n"
    "    elseif what <= 3 then if process.monitor(peer) then monitored[peer] = true end\n"
    "    elseif what == 4 then\n"
    "      drain()\n" /* what is in the queue now was sent before */
    "      process.unmonitor(peer)\n"
    "      if monitored[peer] then\n"
    "        local r repeat r = channel.select{events:case_receive(), default = true}\n"
    "          if not r.default then handle(r.value) end until r.default\n"
    "        monitored[peer] = nil\n"
    "      end\n"
    "    elseif what <= 6 then process.link(peer)\n"
    "    elseif what == 7 then process.unlink(peer)\n"
    "    elseif what == 8 and math.random(20) == 1 then process.terminate(peer)\n"
    "    elseif what == 9 and math.random(60) == 1 then error('storm', 0)\n"
    "    elseif what == 10 and math.random(60) == 1 then return 'left'\n"
    "    elseif what == 11 then coroutine.yield()\n"
    "    elseif math.random(10) == 1 then time.sleep('100us')\n"
    "    else drain() end\n"
    "  end\n"
    "  -- stay until everybody monitored has ended: each owes one EXIT\n"
    "  process.send('judge', 'idle')\n"
    "  local stop = process.listen('stop')\n"
    "  local stopping = false\n"
    "  while true do\n"
    "    drain()\n"
    "    if stopping and not next(monitored) then break end\n"
    "    local r = channel.select{events:case_receive(), stop:case_receive()}\n"
    "    if r.channel == events then handle(r.value) else stopping = true\n"
    "      for peer in pairs(monitored) do process.terminate(peer) end end\n"
    "  end\n"
    "  return 'left'\n"
    "end";

/* Starts all, waits until each is idle or gone, tells those that are left to stop, and hears from every one exactly once. */
static const char judge[] =
    "return function(seed, count, steps)\n"
    "  process.registry.register('judge')\n"
    "  local pids, gone, left = {}, {}, count\n"
    "  local events, inbox = process.events(), process.inbox()\n"
    "  for i = 1, count do pids[i] = process.spawn_monitored('t:actor', 't:h', seed + i, steps) end\n"
    "  for i = 1, count do process.send(pids[i], 'peers', pids) end\n"
    "  local idle, n = {}, 0\n"
    "  local function take(r)\n"
    "    if r.channel == inbox then\n"
    "      local from = r.value:from() if not gone[from] and not idle[from] then idle[from] = true n = n + 1 end\n"
    "    else\n"
    "      local e = r.value\n"
    "      if gone[e.from] then error('EXIT twice for the judge') end\n"
    "      gone[e.from] = true left = left - 1\n"
    "      if not idle[e.from] then n = n + 1 end\n"
    "      local err = e.result.error and e.result.error:message()\n"
    "      if err and err ~= 'storm' and err ~= 'process terminated' then error(err, 0) end\n"
    "    end\n"
    "  end\n"
    "  while n < count do take(channel.select{events:case_receive(), inbox:case_receive()}) end\n"
    "  for i = 1, count do process.send(pids[i], 'stop') end\n"
    "  while left > 0 do take(channel.select{events:case_receive(), inbox:case_receive()}) end\n"
    "  for i = 1, count do\n"
    "    if process.send(pids[i], 't') then error('still there') end\n"
    "  end\n"
    "  process.registry.unregister('judge')\n"
    "  return 'ok'\n"
    "end";

static struct rig rig;

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : rng_entropy() >> 16;
    unsigned scale = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
    printf("seed %llu\n", (unsigned long long)seed);
    fflush(stdout);
    rig_open(&rig, &(struct rig_options){.workers = 3});
    atomic_store(&rig.log.level, LOG_OFF); /* failures are the point */
    rig_add(&rig, "t:actor", actor);
    rig_add(&rig, "t:judge", judge);
    for (unsigned i = 0; i < 6 * scale; i++) {
        struct codec_bytes args = {0};
        codec_begin(&args, 3);
        codec_put_integer(&args, (int64_t)((seed + i * 1000) & INT32_MAX));
        codec_put_integer(&args, 40);
        codec_put_integer(&args, 300);
        rig_run_with(&rig, "t:judge", args.data, args.length);
        codec_bytes_free(&args);
        if (rig.last.failed)
            rig_die("round %u: %s", i, rig_text(&rig));
        RIG_UNTIL(vm_host_live(rig.host) == 0);
    }
    rig_close(&rig);
    return 0;
}
