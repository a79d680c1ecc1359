/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Processes spawn, fail, end, kill and are killed at random, with children that load at once, slowly or not at all. A spawn that asked for
 * monitor and link gets both or neither. At the end nobody is left and the memory is what it was.
 * Usage: s_spawn [seed [scale]]
 */
#include "sched/base/rng.h"
#include "tests/unit/vm_rig.h"

static const char node[] =
    "return function(seed, depth)\n"
    "  math.randomseed(seed)\n"
    "  process.set_options{trap_links = true}\n"
    "  local events, watched, linked = process.events(), {}, {}\n"
    "  local ids = {'t:node', 't:node', 't:node', 't:quick', 't:fail', 't:broken', 't:slow', 't:slow_broken'}\n"
    "  local expected = 0\n"
    "  for i = 1, math.random(1, 6) do\n"
    "    local id = ids[math.random(#ids)]\n"
    "    if id == 't:node' and depth == 0 then id = 't:quick' end\n"
    "    local how = math.random(4)\n"
    "    local spawn = ({process.spawn, process.spawn_monitored, process.spawn_linked,\n"
    "                    process.spawn_linked_monitored})[how]\n"
    "    local pid, err = spawn(id, 't:h', math.random(1 << 30), depth - 1)\n"
    "    local breaks = id == 't:broken' or id == 't:slow_broken'\n"
    "    if (pid == nil) ~= breaks then error('spawn of ' .. id .. ': ' .. tostring(err), 0) end\n"
    "    if pid then\n"
    "      if how % 2 == 0 then watched[pid] = true expected = expected + 1 end\n"
    "      if how > 2 then linked[pid] = id end\n"
    "      if math.random(4) == 1 then process.terminate(pid) end\n"
    "      if math.random(4) == 1 then coroutine.yield() end\n"
    "    end\n"
    "  end\n"
    "  if math.random(8) == 1 then error('node', 0) end\n"
    "  local downs = {}\n"
    "  while expected > 0 do\n"
    "    local e = events:receive()\n"
    "    if e.kind == 'pid.exit' then\n"
    "      if not watched[e.from] then error('EXIT without monitor', 0) end\n"
    "      watched[e.from] = nil expected = expected - 1\n"
    "    else\n"
    "      if not linked[e.from] then error('LINK_DOWN without link', 0) end\n"
    "      linked[e.from] = nil downs[e.from] = true\n"
    "    end\n"
    "  end\n"
    "end";

/* Failures with these texts are part of the game; any other one is a finding. */
static const char driver[] =
    "return function(seed, roots)\n"
    "  local events = process.events()\n"
    "  process.set_options{trap_links = true}\n"
    "  for i = 1, roots do assert(process.spawn_linked_monitored('t:node', 't:h', seed + i, 3)) end\n"
    "  local exits, downs, failed = 0, 0, 0\n"
    "  while exits < roots or downs < failed do\n"
    "    local e = events:receive()\n"
    "    local err = e.result.error and e.result.error:message()\n"
    "    if err and err ~= 'node' then error(err, 0) end\n"
    "    if e.kind == 'pid.exit' then exits = exits + 1 if err then failed = failed + 1 end\n"
    "    else downs = downs + 1 end\n"
    "  end\n"
    "  if downs ~= failed then error('EXIT and LINK_DOWN differ', 0) end\n"
    "  return 'ok'\n"
    "end";

/* Takes a while in one call, then again; shorter under sanitizers, which look at each byte of it. */
#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)
#define SLOW "local n = " TEXT(MOONLET_SLOWNESS) " for i = 1, 30 // n do local s = ('x'):rep(50000 // n):reverse() end"

static struct rig rig;

static size_t used(void)
{
    struct vm_stats stats;
    vm_stats(rig.vm, &stats);
    return stats.memory_used;
}

static void round_of(uint64_t seed)
{
    struct codec_bytes args = {0};
    codec_begin(&args, 2);
    codec_put_integer(&args, (int64_t)(seed & INT32_MAX));
    codec_put_integer(&args, 20);
    rig_run_with(&rig, "t:driver", args.data, args.length);
    codec_bytes_free(&args);
    if (rig.last.failed)
        rig_die("%s", rig_text(&rig));
    RIG_UNTIL(vm_host_live(rig.host) == 0);
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : rng_entropy() >> 16;
    unsigned scale = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
    printf("seed %llu\n", (unsigned long long)seed);
    fflush(stdout);
    rig_open(&rig, &(struct rig_options){.workers = 3});
    atomic_store(&rig.log.level, LOG_OFF); /* failures are the point */
    rig_add(&rig, "t:node", node);
    rig_add(&rig, "t:driver", driver);
    rig_add(&rig, "t:quick", "return function() return 1 end");
    rig_add(&rig, "t:fail", "return function() error('fail', 0) end");
    rig_add(&rig, "t:broken", "error('broken', 0)");
    rig_add(&rig, "t:slow", SLOW " return function() end");
    rig_add(&rig, "t:slow_broken", SLOW " error('broken', 0)");
    for (unsigned i = 0; i < 3; i++)
        round_of(seed + i);
    size_t base = used(); /* what the caches of the workers keep is in it */
    for (unsigned i = 0; i < 6 * scale; i++)
        round_of(seed + 1000 * i);
    if (used() > 2 * base + (4 << 20))
        rig_die("memory grew from %zu to %zu", base, used());
    rig_close(&rig);
    return 0;
}
