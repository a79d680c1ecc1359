/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Processes use types as values and send them to each other while they fail, end and are killed at random, some in the middle of a big value
 * or of a method that waits. Their program is replaced meanwhile, and the version before is dropped while processes of it live: what they hold
 * of its types stays right, and so do the copies in other processes. At the end nobody is left and the memory is what it was.
 * Usage: s_types [seed [scale]]
 */
#include "sched/base/rng.h"
#include "tests/unit/vm_rig.h"

/* %u: the version. */
static const char worker[] =
    "type Point = {x: number, y: number}\n"
    "type Shape = {kind: 'dot', at: Point} | {kind: 'line', from: Point, to: Point} | 'v%u'\n"
    "type Tree<T> = {value: T, kids: {Tree<T>}}\n"
    "type Row = {id: integer, name: string @min_len(1), at: Point?, made: time.Time?}\n"
    "type Rows = {Row}\n"
    "interface Runner: channel.Channel<number>, Named function send(self, n: number) end\n"
    "interface Named function close(self) end\n"
    "interface Slow function run(self) function stop(self) end\n"
    "local slow = setmetatable({}, {__index = function(_, key) coroutine.yield() return function() return key end "
    "end})\n"
    "local point, dot = {x = 1, y = 2}, {kind = 'dot', at = {x = 1, y = 2}}\n"
    "local function rows(n, last)\n"
    "  local list = {}\n"
    "  for i = 1, n do list[i] = {id = i, name = 'n', at = point} end\n"
    "  list[n].name = last\n"
    "  return list\n"
    "end\n"
    "local function look(T)\n"
    "  local text = tostring(T)\n"
    "  if type(T) ~= 'type' or #text == 0 then error('no type: ' .. text, 0) end\n"
    "  for _, v in ipairs{1, 'x', point, dot, {value = 1, kids = {{value = 2, kids = {}}}}} do\n"
    "    local valid, err = T:is(v)\n"
    "    if not valid and #err:message() == 0 then error('nothing to say', 0) end\n"
    "  end\n"
    "  if T:kind() == 'record' then for _, part in T:fields() do tostring(part) end end\n"
    "  return T\n"
    "end\n"
    "local acts = {\n"
    "  function() if not Rows:is(rows(math.random(3000), 'n')) then error('rows', 0) end end,\n"
    "  function() if Rows:is(rows(math.random(3000), '')) then error('not rows', 0) end end,\n"
    "  function(me)\n"
    "    local T = Tree(math.random(2) == 1 and Shape or Tree(Integer))\n"
    "    me.kept[math.random(8)] = look(T)\n"
    "    if not Tree(Shape):is{value = dot, kids = {}} then error('tree', 0) end\n"
    "  end,\n"
    "  function(me)\n"
    "    local list = {Point, Tree(Integer), Tree(Tree(Row)), Runner, Shape, channel.Channel, Rows:elem(), Number}\n"
    "    for i, T in pairs(me.kept) do list[#list + 1] = T end\n"
    "    process.send(me.friends[math.random(#me.friends)], 'types', list)\n"
    "  end,\n"
    "  function(me)\n"
    "    local result = channel.select({me.types:case_receive()}, true)\n"
    "    if result.default then return end\n"
    "    local list = result.value\n"
    "    for i = 1, #list do me.kept[math.random(8)] = look(list[i]) end\n"
    "    process.send(me.friends[math.random(#me.friends)], 'types', list)\n"
    "  end,\n"
    "  function() if Slow:is(slow) ~= slow or not Runner:is(channel.new()) or Runner:is(slow) then error('method', 0) "
    "end end,\n"
    "  function() local s = {} for i = 1, 300 do s[i] = ('%%d'):format(i) end end,\n"
    "  function() if math.random(6) == 1 then error('fail', 0) end end,\n"
    "}\n"
    "return function(seed)\n"
    "  math.randomseed(seed)\n"
    "  local me = {kept = {}, types = process.listen('types'), friends = process.listen('friends'):receive()}\n"
    "  for _ = 1, math.random(4, 16) do acts[math.random(#acts)](me) end\n"
    "  return me.kept\n"
    "end\n";

/* Has types from messages only. */
static const char porter[] = "return function(seed)\n"
                             "  math.randomseed(seed)\n"
                             "  local types, friends = process.listen('types'), process.listen('friends'):receive()\n"
                             "  local last\n"
                             "  for _ = 1, 6 do\n"
                             "    local result = channel.select({types:case_receive()}, true)\n"
                             "    if not result.default then\n"
                             "      last = result.value\n"
                             "      process.send(friends[math.random(#friends)], 'types', last)\n"
                             "      for _, T in ipairs(last) do T:is({x = 1, y = 'x'}) end\n"
                             "    end\n"
                             "    coroutine.yield()\n"
                             "  end\n"
                             "  return last\n"
                             "end\n";

/* Failures with these texts are part of the game; any other one is a finding. */
static const char driver[] =
    "return function(seed, count)\n"
    "  math.randomseed(seed)\n"
    "  local events, pids = process.events(), {}\n"
    "  for i = 1, count do\n"
    "    local id = math.random(5) == 1 and 't:porter' or 't:worker'\n"
    "    pids[i] = assert(process.spawn_monitored(id, 't:h', seed + i))\n"
    "  end\n"
    "  for _, pid in ipairs(pids) do process.send(pid, 'friends', pids) end\n"
    "  for _ = 1, count // 4 do\n"
    "    process.terminate(pids[math.random(count)])\n"
    "    coroutine.yield()\n"
    "  end\n"
    "  local kept = 0\n"
    "  for _ = 1, count do\n"
    "    local result = events:receive().result\n"
    "    local text = result.error and result.error:message()\n"
    "    if text and text ~= 'fail' and not text:find('terminated', 1, true) then error(text, 0) end\n"
    "    for _, T in pairs(result.value or {}) do\n"
    "      T:is({x = 1, y = 2})\n"
    "      if #tostring(T) > 0 then kept = kept + 1 end\n"
    "    end\n"
    "  end\n"
    "  return kept\n"
    "end\n";

static struct rig rig;

static size_t used(void)
{
    struct vm_stats stats;
    vm_stats(rig.vm, &stats);
    return stats.memory_used;
}

/* Adds the next version of the workers' program and lets go of the one before. */
static void replace_worker(unsigned version)
{
    char source[sizeof worker + 16];
    struct code *old = NULL;
    snprintf(source, sizeof source, worker, version);
    struct code *new = rig_add(&rig, "t:worker", source);
    pthread_mutex_lock(&rig.lock);
    for (unsigned i = 0; i < rig.code_count && !old; i++)
        if (rig.codes[i] != new &&strcmp(code_id(rig.codes[i]), "t:worker") == 0) {
            old = rig.codes[i];
            rig.codes[i] = rig.codes[--rig.code_count];
        }
    pthread_mutex_unlock(&rig.lock);
    if (old)
        code_unref(old);
}

struct replacing {
    pthread_t thread;
    _Atomic bool is_over;
    unsigned versions;
};

static void *replace_now_and_then(void *arg)
{
    struct replacing *replacing = arg;
    while (!atomic_load(&replacing->is_over)) {
        replace_worker(++replacing->versions);
        rig_pause();
    }
    return NULL;
}

static int64_t round_of(uint64_t seed, unsigned count)
{
    struct codec_bytes args = {0};
    codec_begin(&args, 2);
    codec_put_integer(&args, (int64_t)(seed & INT32_MAX));
    codec_put_integer(&args, count);
    rig_run_with(&rig, "t:driver", args.data, args.length);
    codec_bytes_free(&args);
    if (rig.last.failed)
        rig_die("%s", rig_text(&rig));
    RIG_UNTIL(vm_host_live(rig.host) == 0);
    return rig_integer(&rig.last);
}

int main(int argc, char **argv)
{
    enum { PROCESSES = 60 };
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : rng_entropy() >> 16;
    unsigned scale = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
    struct replacing replacing = {.versions = 1};
    int64_t kept = 0;
    printf("seed %llu\n", (unsigned long long)seed);
    fflush(stdout);
    rig_open(&rig, &(struct rig_options){.workers = 3});
    atomic_store(&rig.log.level, LOG_OFF); /* failures are the point */
    replace_worker(replacing.versions);
    rig_add(&rig, "t:porter", porter);
    rig_add(&rig, "t:driver", driver);
    pthread_create(&replacing.thread, NULL, replace_now_and_then, &replacing);
    for (unsigned i = 0; i < 3; i++)
        kept += round_of(seed + i, PROCESSES);
    size_t base = used(); /* what the caches of the workers keep is in it */
    for (unsigned i = 0; i < 6 * scale; i++)
        kept += round_of(seed + 1000 * i, PROCESSES);
    atomic_store(&replacing.is_over, true);
    pthread_join(replacing.thread, NULL);
    if (used() > 2 * base + (4 << 20))
        rig_die("memory grew from %zu to %zu", base, used());
    if (kept == 0)
        rig_die("no type has come through");
    rig_close(&rig);
    return 0;
}
