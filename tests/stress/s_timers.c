/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Many processes arm, stop and reset timers and tickers, sleep, and are killed at random. No timer comes early, none after its stop, and the
 * memory of those that are gone is free again.
 * Usage: s_timers [seed [scale]]
 */
#include "sched/base/rng.h"
#include "tests/unit/vm_rig.h"

static const char actor[] = "local time = require('time')\n"
                            "local function us(n) return n * time.MICROSECOND end\n"
                            "return function(seed, steps)\n"
                            "  math.randomseed(seed)\n"
                            "  local function check(start, n)\n"
                            "    if time.now():sub(start):nanoseconds() < us(n) - 1000 then error('early', 0) end\n"
                            "  end\n"
                            "  local left, done = 3, channel.new()\n"
                            "  for i = 1, 3 do coroutine.spawn(function()\n"
                            "    for step = 1, steps do\n"
                            "      local n, start = math.random(0, 3000), time.now()\n"
                            "      local what = math.random(6)\n"
                            "      if what == 1 then\n"
                            "        time.sleep(us(n)) check(start, n)\n"
                            "      elseif what == 2 then\n"
                            "        local v, ok = time.after(us(n + 1)):receive()\n"
                            "        if not ok then error('no value', 0) end\n"
                            "        check(start, n + 1)\n"
                            "      elseif what == 3 then\n"
                            "        local t = time.timer(us(n + 1))\n"
                            "        if math.random(2) == 1 then time.sleep(us(math.random(0, 2000))) end\n"
                            "        local stopped = t:stop()\n"
                            "        local v, ok = t:channel():receive()\n"
                            "        if ok == stopped then error('a value after stop, or none after firing', 0) end\n"
                            "      elseif what == 4 then\n"
                            "        local t = time.timer(us(n + 1))\n"
                            "        if math.random(2) == 1 then time.sleep(us(math.random(0, 2000))) end\n"
                            "        local again, m = time.now(), math.random(1, 2000)\n"
                            "        local ok = t:reset(us(m))\n"
                            "        t:channel():receive()\n"
                            "        if ok then check(again, m) else check(start, n + 1) end\n"
                            "      elseif what == 5 then\n"
                            "        local t = time.ticker(us(math.random(500, 2000)))\n"
                            "        for j = 1, math.random(0, 3) do t:channel():receive() end\n"
                            "        t:stop()\n"
                            "        local left = 0\n" /* what had come stays, and no more comes */
                            "        while select(2, t:channel():receive()) do left = left + 1 end\n"
                            "        if left > 16 then error('tick after stop', 0) end\n"
                            "      else\n"
                            "        for j = 1, 5 do time.after(us(math.random(1, 5000))) end\n" /* forgotten */
                            "      end\n"
                            "    end\n"
                            "    left = left - 1\n"
                            "    if left == 0 then done:send(true) end\n"
                            "  end) end\n"
                            "  done:receive()\n"
                            "end";

static const char driver[] =
    "local time = require('time')\n"
    "return function(seed, count, steps)\n"
    "  math.randomseed(seed)\n"
    "  local pids, events = {}, process.events()\n"
    "  for i = 1, count do pids[i] = process.spawn_monitored('t:actor', 't:h', seed + i, steps) end\n"
    "  for i = 1, count // 2 do\n"
    "    time.sleep(math.random(1, 400) * time.MICROSECOND)\n"
    "    process.terminate(pids[math.random(count)])\n"
    "  end\n"
    "  for i = 1, count do\n"
    "    local err = events:receive().result.error\n"
    "    if err and err:message() ~= 'process terminated' then error(err:message(), 0) end\n"
    "  end\n"
    "  return 'ok'\n"
    "end";

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
    codec_begin(&args, 3);
    codec_put_integer(&args, (int64_t)(seed & INT32_MAX));
    codec_put_integer(&args, 60);
    codec_put_integer(&args, 30);
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
    rig_add(&rig, "t:actor", actor);
    rig_add(&rig, "t:driver", driver);
    round_of(seed);
    round_of(seed + 1);
    size_t base = used(); /* what the caches of the workers keep is in it */
    for (unsigned i = 0; i < 6 * scale; i++)
        round_of(seed + 1000 * i);
    if (used() > 2 * base + (4 << 20))
        rig_die("memory grew from %zu to %zu", base, used());
    rig_close(&rig);
    return 0;
}
