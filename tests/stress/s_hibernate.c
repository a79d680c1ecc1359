/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Many processes that sleep again and again, in windows wherever there is one, while others of them are woken, receive, stay where they are, grow out of their
 * window, and are ended in their sleep. Each keeps objects that are keys of tables, closures, suspended coroutines and texts, and a plain account of them: both
 * always agree. At the end the memory is what it was.
 * Usage: s_hibernate [seed [scale]]
 */
#include "sched/base/rng.h"
#include "tests/unit/vm_rig.h"

static const char actor[] =
    "local time = require('time')\n"
    "local function counter() local n = 0 return function(by) n = n + by return n end end\n"
    "local makers = {\n"
    "  function(i) return {i} end, function(i) return function() return i end end,\n"
    "  function(i) return coroutine.create(function() while true do i = coroutine.yield(i) end end) end,\n"
    "  function() return channel.new(1) end, function() return time.now() end}\n"
    "return function(seed, steps)\n"
    "  math.randomseed(seed)\n"
    "  local objects, by, texts, sums, add = {}, {}, {}, 0, counter()\n"
    "  local weak, expected = setmetatable({}, {__mode = 'k'}), 0\n"
    "  local function check()\n"
    "    for i, object in ipairs(objects) do\n"
    "      if by[object] ~= i or weak[object] ~= i then error('object ' .. i .. ' is lost', 0) end\n"
    "      if texts[i] ~= tostring(object) then error('address of ' .. i, 0) end\n"
    "    end\n"
    "    local n = 0\n"
    "    for object, i in pairs(by) do n = n + 1 if objects[i] ~= object then error('key of ' .. i, 0) end end\n"
    "    if n ~= #objects then error('lost keys', 0) end\n"
    "  end\n"
    "  local own\n"
    "  for step = 1, steps do\n"
    "    local what = math.random(12)\n"
    "    if what <= 5 then\n"
    "      time.sleep(math.random(1, 4) * time.MILLISECOND)\n"
    "    elseif what == 6 then\n"
    "      time.sleep(math.random(1, 900) * time.MICROSECOND)\n"
    "    elseif what <= 8 then\n"
    "      local i = #objects + 1\n"
    "      local object = makers[math.random(#makers)](i)\n"
    "      objects[i], by[object], weak[object], texts[i] = object, i, i, tostring(object)\n"
    "    elseif what == 9 then\n"
    "      local n = math.random(100)\n"
    "      expected = expected + n\n"
    "      if add(n) ~= expected then error('upvalue', 0) end\n"
    "    elseif what == 10 then\n"
    "      for n = 1, math.random(60) do local garbage = {n, tostring(n)} end\n"
    "    elseif what == 11 and math.random(20) == 1 then\n"
    "      local t = {} for n = 1, 300 do t[n] = {n} end\n" /* more than a window has room for */
    "    elseif what == 12 and math.random(30) == 1 then\n"
    "      own = own or process.listen('own')\n" /* stays from now on */
    "      process.send(process.pid(), 'own', step)\n"
    "      if own:receive() ~= step then error('message', 0) end\n"
    "    end\n"
    "    check()\n"
    "  end\n"
    "  return #objects\n"
    "end";

static const char driver[] =
    "local time = require('time')\n"
    "return function(seed, count, steps)\n"
    "  math.randomseed(seed)\n"
    "  local pids, events, live = {}, process.events(), 0\n"
    "  for i = 1, count do pids[i] = process.spawn_monitored('t:actor', 't:h', seed + i, steps) end\n"
    "  for i = 1, count // 4 do\n"
    "    time.sleep(math.random(1, 2000) * time.MICROSECOND)\n"
    "    process.terminate(pids[math.random(count)])\n"
    "    process.send(pids[math.random(count)], 'wake', i)\n"
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
    codec_put_integer(&args, 150);
    codec_put_integer(&args, 40);
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
    rig_open(&rig, &(struct rig_options){.workers = 3, .hibernation = VM_ALWAYS_HIBERNATES});
    rig_add(&rig, "t:actor", actor);
    rig_add(&rig, "t:driver", driver);
    round_of(seed);
    round_of(seed + 1);
    size_t base = used(); /* what the caches of the workers keep is in it */
    for (unsigned i = 0; i < 4 * scale; i++)
        round_of(seed + 1000 * i);
    if (used() > 2 * base + (4 << 20))
        rig_die("memory grew from %zu to %zu", base, used());
    rig_close(&rig);
    return 0;
}
