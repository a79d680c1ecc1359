/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Many callers, small pools, random ends. Callers wait, look at futures, cancel them, set time limits, call through functions that call, raise, return
 * and are terminated in the middle of it. What comes back is right or one of the errors that may be; at the end no call is alive,
 * no call waits, no pool has more states than it may, and the memory is what it was.
 * Usage: s_calls [seed [scale]]
 */
#include "sched/base/rng.h"
#include "tests/unit/vm_rig.h"

/* Ends in many ways, most of them with its argument. */
static const char worker[] =
    "local time = require('time')\n"
    "local calls, kept = 0, channel.new(1)\n"
    "return function(x, how)\n"
    "  calls = calls + 1\n"
    "  coroutine.spawn(function() kept:receive() end)\n"
    "  if how == 1 then error('told to', 0) end\n"
    "  if how == 2 then return nil, errors.new{message = 'busy', kind = errors.UNAVAILABLE} end\n"
    "  if how == 3 then time.sleep('2ms') end\n"
    "  if how == 4 then coroutine.yield() end\n"
    "  if how == 5 then time.after('1h') process.inbox() process.registry.register('worker' .. x) end\n"
    "  if how == 6 then local s = 0 for i = 1, 20000 do s = s + i end end\n"
    "  if how == 7 then channel.new():receive() end\n"
    "  if how == 8 then coroutine.spawn(function() error('aside', 0) end) time.sleep('1ms') end\n"
    "  if how == 9 then return {x, ('x'):rep(3000)} end\n"
    "  return x\n"
    "end";

static const char relay[] = "local funcs = require('funcs')\n"
                            "return function(id, ...) return funcs.call(id, ...) end";

static const char caller[] =
    "local funcs, time = require('funcs'), require('time')\n"
    "local function check(x, how, value, err)\n"
    "  if err == nil then\n"
    "    if how == 9 then value = value[1] end\n"
    "    if value ~= x or how == 1 or how == 2 or how == 7 then error('wrong value for ' .. how, 0) end\n"
    "    return\n"
    "  end\n"
    "  local text = err:message()\n"
    "  if err:kind() == errors.TIMEOUT or (how == 7 and text:find('deadlock')) or (how == 1 and text == 'told to') or\n"
    "    (how == 2 and text == 'busy') or (how == 8 and text == 'aside') then return end\n"
    "  error('wrong error for ' .. how .. ': ' .. text, 0)\n"
    "end\n"
    "return function(seed, rounds)\n"
    "  math.randomseed(seed)\n"
    "  local ids = {'t:lazy', 't:static', 't:one', 't:inline', 't:relay', 't:process'}\n"
    "  local quick = funcs.new():with_options{timeout = 3}\n"
    "  local again = funcs.new():with_options{retry = {max_attempts = 3, initial_delay = 1, max_delay = 1}}\n"
    "  local running, done = 0, channel.new(1000)\n"
    "  for i = 1, rounds do\n"
    "    local x, how, id = math.random(1000), math.random(12), ids[math.random(#ids)]\n"
    "    local by = ({funcs, quick, again})[math.random(3)]\n"
    "    local function go(kind, ...)\n"
    "      local call = by == funcs and function(f, ...) return f(...) end or function(f, ...) return f(by, ...) end\n"
    "      if id == 't:relay' then return call(by[kind], id, ids[math.random(4)], ...) end\n"
    "      return call(by[kind], id, ...)\n"
    "    end\n"
    "    local choice = math.random(5)\n"
    "    if choice == 1 then check(x, how, go('call', x, how))\n"
    "    elseif choice == 2 then\n"
    "      running = running + 1\n"
    "      coroutine.spawn(function() check(x, how, go('call', x, how)) done:send(true) end)\n"
    "    elseif choice == 3 then\n"
    "      local item, ok = assert(go('async', x, how)):channel():receive()\n"
    "      if not ok then error('no item', 0) end\n"
    "      if item.data then check(x, how, item:data(), nil) else check(x, how, nil, item) end\n"
    "    elseif choice == 4 then\n"
    "      local f = assert(go('async', x, how))\n"
    "      if math.random(2) == 1 then coroutine.yield() end\n"
    "      f:cancel()\n"
    "      if select(2, f:channel():receive()) then error('item after cancel', 0) end\n"
    "    else assert(go('async', x, how)) end\n"
    "  end\n"
    "  if math.random(4) == 1 then error('caller', 0) end\n"
    "  if math.random(4) == 1 then return 'early' end\n"
    "  for _ = 1, running do done:receive() end\n"
    "  return 'all'\n"
    "end";

/* Failures with the text of a caller's own end are part of the game; any other one is a finding. */
static const char driver[] =
    "local time = require('time')\n"
    "return function(seed, callers, rounds)\n"
    "  math.randomseed(seed)\n"
    "  local events, alive, pids = process.events(), 0, {}\n"
    "  for i = 1, callers do\n"
    "    pids[i] = assert(process.spawn_monitored('t:caller', 't:h', seed + i, rounds))\n"
    "    alive = alive + 1\n"
    "  end\n"
    "  local ticks = time.ticker('1ms')\n"
    "  local victims = callers // 3\n"
    "  while alive > 0 do\n"
    "    local r = channel.select{events:case_receive(), ticks:channel():case_receive()}\n"
    "    if r.channel == events then\n"
    "      alive = alive - 1\n"
    "      local err = r.value.result.error\n"
    "      local text = err and err:message()\n"
    "      if text and text ~= 'caller' and text ~= 'process terminated' then error(text, 0) end\n"
    "    elseif victims > 0 then\n"
    "      victims = victims - 1\n"
    "      process.terminate(pids[math.random(#pids)])\n"
    "    end\n"
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

/* True when no call runs or waits, all states are at rest. */
static bool is_quiet(void)
{
    for (unsigned i = 0; i < rig.pool_count; i++) {
        struct pool_stats stats;
        pool_stats(rig.pools[i], &stats);
        if (stats.waiting || stats.states != stats.idle)
            return false;
    }
    return vm_host_live(rig.host) == 0;
}

static void round_of(uint64_t seed, unsigned callers)
{
    struct codec_bytes args = {0};
    codec_begin(&args, 3);
    codec_put_integer(&args, (int64_t)(seed & INT32_MAX));
    codec_put_integer(&args, callers);
    codec_put_integer(&args, 40);
    rig_run_with(&rig, "t:driver", args.data, args.length);
    codec_bytes_free(&args);
    if (rig.last.failed)
        rig_die("%s", rig_text(&rig));
    RIG_UNTIL(is_quiet());
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : rng_entropy() >> 16;
    unsigned scale = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
    printf("seed %llu\n", (unsigned long long)seed);
    fflush(stdout);
    rig_open(&rig, &(struct rig_options){.workers = 3, .function_idle_ns = 5000000});
    atomic_store(&rig.log.level, LOG_OFF); /* failures are the point */
    rig_add_function(&rig, "t:lazy", worker, &(struct pool_config){.most = 4, .queue = UINT32_MAX});
    rig_add_function(&rig, "t:static", worker, &(struct pool_config){.most = 2, .least = 2, .queue = 3});
    rig_add_function(&rig, "t:one", worker, &(struct pool_config){.most = 1, .queue = 0});
    rig_add_function(&rig, "t:inline", worker, &(struct pool_config){.is_inline = true, .queue = UINT32_MAX});
    rig_add_function(&rig, "t:relay", relay, &(struct pool_config){.most = 8, .queue = UINT32_MAX});
    rig_add(&rig, "t:process", worker);
    rig_add(&rig, "t:caller", caller);
    rig_add(&rig, "t:driver", driver);
    for (unsigned i = 0; i < 2; i++)
        round_of(seed + i, 30);
    size_t base = used(); /* what the caches of the workers keep is in it */
    for (unsigned i = 0; i < 10 * scale; i++)
        round_of(seed + 1000 * i, 30);
    if (used() > 2 * base + (8 << 20))
        rig_die("memory grew from %zu to %zu", base, used());
    rig_close(&rig);
    return 0;
}
