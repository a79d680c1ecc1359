/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/* Processes that leave their memory when they sleep. In most of these VMs all do that can. */
#include <criterion/criterion.h>
#include <errno.h>

#include "sched/base/fault.h"
#include "tests/unit/vm_rig.h"

enum { AWAKE = 4000 /* bytes: a state that is there has more, what is left of one that sleeps has less */ };

static struct rig rig;
static struct fault_plan *faults;

static void open_with(struct rig_options options)
{
    faults = fault_plan_new();
    options.fault = faults;
    rig_open(&rig, &options);
}

static void open_always(void)
{
    open_with((struct rig_options){.hibernation = VM_ALWAYS_HIBERNATES});
}

static void open_one_worker(void)
{
    open_with((struct rig_options){.hibernation = VM_ALWAYS_HIBERNATES, .workers = 1});
}

static void open_learning(void)
{
    open_with((struct rig_options){.workers = 1});
}

static void open_never(void)
{
    open_with((struct rig_options){.hibernation = VM_NEVER_HIBERNATES, .workers = 1});
}

static void open_seeded(void)
{
    open_with((struct rig_options){.hibernation = VM_ALWAYS_HIBERNATES, .seeded = true, .seed = 7});
}

static void close_rig(void)
{
    rig_close(&rig);
    fault_plan_free(faults);
}

/* Runs a program that has the PID of t:main and events. Gives its text. */
static const char *run(const char *body)
{
    char source[4000];
    snprintf(source, sizeof source,
             "local time = require('time')\n"
             "return function()\n"
             "local events = process.events()\n"
             "local function spawn(...) return assert(process.spawn_monitored('t:child', 't:h', ...)) end\n"
             "local function result() local r = events:receive().result\n"
             "  if r.error then error(tostring(r.error), 0) end return r.value end\n"
             "%s\nend",
             body);
    rig_add(&rig, "t:main", source);
    rig_run(&rig, "t:main");
    return rig_text(&rig);
}

static void add_child(const char *body)
{
    char source[4000];
    snprintf(source, sizeof source, "local time = require('time')\nreturn function(...)\n%s\nend", body);
    rig_add(&rig, "t:child", source);
}

/* Processes of t:child: all, and those of which little is left. */
struct census {
    unsigned all, little;
};

static void count_child(void *ctx, const struct process_info *info)
{
    struct census *census = ctx;
    if (strcmp(info->entry, "t:child") != 0 || info->steps == 0)
        return;
    census->all++;
    census->little += info->memory > 0 && info->memory < AWAKE;
}

static struct census count(void)
{
    struct census census = {0};
    process_visit(rig.vm, "t:h", count_child, &census);
    return census;
}

static bool are(unsigned all, unsigned little)
{
    struct census census = count();
    return census.all == all && census.little == little;
}

/* Begins children and waits until they are as they should be. */
static void begin_children(unsigned children, const char *args)
{
    char source[300];
    snprintf(source, sizeof source,
             "return function() for i = 1, %u do assert(process.spawn('t:child', 't:h'%s)) end end", children, args);
    rig_add(&rig, "t:main", source);
    cr_assert_not(rig_run(&rig, "t:main")->failed);
}

TestSuite(hibernate, .init = open_always, .fini = close_rig);

Test(hibernate, little_is_left_of_a_sleeper)
{
    add_child("time.sleep('1h')");
    begin_children(200, "");
    RIG_UNTIL(are(200, 200));
    struct vm_stats stats;
    vm_stats(rig.vm, &stats);
    cr_assert_lt(stats.memory_used, 200 * AWAKE);
    cr_assert_eq(atomic_load(&rig.warnings), 0, "the self-test of deltas is content");
}

Test(hibernate, goes_on_with_all_it_had)
{
    add_child("local key, f, co = {}, function() end, coroutine.create(function(a) while true do a = a + "
              "coroutine.yield(a) end end)\n"
              "local kept = {[key] = 'table', [f] = 'function', [co] = 'thread', [time.now()] = 'userdata'}\n"
              "local names = {tostring(key), tostring(f), tostring(co), string.format('%s', key)}\n"
              "local weak, sum = setmetatable({}, {__mode = 'k'}), 0\n"
              "weak[key] = co\n"
              "for i = 1, 12 do\n"
              "  time.sleep(1 + (... + i) % 4 * time.MILLISECOND)\n"
              "  assert(kept[key] == 'table' and kept[f] == 'function' and kept[co] == 'thread' and weak[key] == co)\n"
              "  assert(names[1] == tostring(key) and names[2] == tostring(f) and names[3] == tostring(co) and\n"
              "    names[4] == names[1] and names[1] ~= tostring({}), 'addresses')\n"
              "  local _, n = coroutine.resume(co, i)\n"
              "  sum = sum + n\n"
              "  kept[#kept + 1] = ('item %d'):format(i)\n"
              "  for n = 1, 100 do local garbage = {n} end\n"
              "  local count = 0\n"
              "  for k, v in pairs(kept) do count = count + 1 end\n"
              "  assert(count == 4 + i)\n"
              "end\n"
              "return sum");
    cr_assert_str_eq(run("for i = 1, 100 do spawn(i) end\n"
                         "for i = 1, 100 do local sum = result() assert(sum == 364, sum) end return 'done'"),
                     "done");
}

Test(hibernate, what_arrives_meanwhile_is_there_afterwards)
{
    add_child("local parent = ...\n"
              "process.send(parent, 'asleep', true)\n"
              "time.sleep('30ms')\n"
              "local inbox, text = process.inbox(), ''\n"
              "for i = 1, 5 do text = text .. inbox:receive():payload():data() end\n"
              "return text");
    cr_assert_str_eq(run("local asleep = process.listen('asleep')\n"
                         "local pid = spawn(process.pid())\n"
                         "asleep:receive()\n"
                         "for i = 1, 5 do time.sleep('1ms') process.send(pid, 'text', tostring(i)) end\n"
                         "return result()"),
                     "12345");
}

Test(hibernate, can_be_ended_in_its_sleep)
{
    add_child("time.sleep('1h')");
    cr_assert_str_eq(run("local pids = {}\n"
                         "for i = 1, 40 do pids[i] = spawn() end\n"
                         "time.sleep('20ms')\n"
                         "for _, pid in ipairs(pids) do assert(process.terminate(pid)) end\n"
                         "for i = 1, 40 do local r = events:receive().result\n"
                         "  assert(tostring(r.error):find('terminated'), tostring(r.error)) end return 'done'"),
                     "done");
    RIG_UNTIL(are(0, 0));
}

Test(hibernate, dies_with_those_it_is_linked_to)
{
    add_child("local role = ...\n"
              "if role == 'parent' then\n"
              "  for i = 1, 10 do process.spawn_linked('t:child', 't:h', 'sleeper') end\n"
              "  time.sleep('20ms') error('on purpose', 0)\n"
              "end\n"
              "time.sleep('1h')");
    cr_assert_str_eq(run("spawn('parent') local r = events:receive().result return tostring(r.error)"), "on purpose");
    RIG_UNTIL(are(0, 0));
}

Test(hibernate, is_told_events_when_it_wakes)
{
    add_child("assert(process.monitor(...)) process.send(..., 'end') time.sleep('20ms')\n"
              "local event = process.events():receive()\n"
              "return event.kind == process.event.EXIT and event.from == ...");
    rig_add(&rig, "t:short", "return function() process.inbox():receive() end");
    cr_assert_str_eq(run("spawn(assert(process.spawn('t:short', 't:h'))) return tostring(result())"), "true");
}

Test(hibernate, a_vm_can_be_stopped_meanwhile)
{
    add_child("time.sleep('1h')");
    begin_children(300, "");
    RIG_UNTIL(are(300, 300));
}

Test(hibernate, a_short_sleep_is_not_worth_it)
{
    add_child("for i = 1, 200 do time.sleep(900 * time.MICROSECOND) end return true");
    cr_assert_str_eq(run("spawn() return tostring(result())"), "true");
}

/* An upvalue that three closures share looks like a number: see delta.c. */
Test(hibernate, who_has_a_doubtful_word_goes_on_too)
{
    add_child("local n = 0\n"
              "local function a() n = n + 1 end\n"
              "local function b() n = n + 10 end\n"
              "local function c() return n end\n"
              "for i = 1, 5 do a() time.sleep('2ms') b() end return c()");
    cr_assert_str_eq(run("for i = 1, 20 do spawn() end for i = 1, 20 do assert(result() == 55) end return 'done'"),
                     "done");
}

Test(hibernate, coroutines_sleep_one_at_a_time)
{
    add_child("local sum = 0\n"
              "for i = 1, 5 do\n"
              "  local done = channel.new(1)\n"
              "  coroutine.spawn(function() time.sleep('2ms') done:send(i) end)\n"
              "  sum = sum + done:receive()\n"
              "end return sum");
    cr_assert_str_eq(run("for i = 1, 20 do spawn() end for i = 1, 20 do assert(result() == 15) end return 'done'"),
                     "done");
}

Test(hibernate, an_error_afterwards_is_as_ever)
{
    add_child("local ok, err = pcall(function() time.sleep('2ms') error('inside', 0) end)\n"
              "assert(not ok and err == 'inside')\n"
              "time.sleep('2ms')\n"
              "local t = setmetatable({}, {__index = function(_, k) time.sleep('2ms') return k .. '!' end})\n"
              "assert(t.name == 'name!')\n"
              "error('at the end', 0)");
    cr_assert_str_eq(run("spawn() return tostring(events:receive().result.error)"), "at the end");
}

Test(hibernate, the_memory_limit_holds_afterwards)
{
    add_child("time.sleep('5ms') local t = {} while true do t[#t + 1] = ('x'):rep(10000) .. #t end");
    cr_assert_str_eq(run("spawn() local text = tostring(events:receive().result.error)\n"
                         "return text:match('^out of memory %(limit 64 MB%)') or text"),
                     "out of memory (limit 64 MB)");
}

/* Until the only worker has done all that it can. */
static void settle(void)
{
    rig_add(&rig, "t:nothing", "return function() end");
    rig_run(&rig, "t:nothing");
    rig_run(&rig, "t:nothing");
}

/* They are known outside, where what arrives is put, or something of theirs has to be released. */
Test(hibernate_alone, others_stay_where_they_are, .init = open_one_worker, .fini = close_rig)
{
    enum { EACH = 12 };
    static const char *const bodies[] = {
        "local inbox = process.inbox() time.sleep('1h')",
        "local events = process.events() time.sleep('1h')",
        "local topic = process.listen('topic') time.sleep('1h')",
        "local sub = require('events').subscribe('orders') time.sleep('1h')",
        "local ticker = time.ticker('1h') time.sleep('1h')",
        "local timer = time.timer('1h') time.sleep('1h')",
        "coroutine.spawn(function() time.sleep('2h') end) time.sleep('1h')",
        "coroutine.spawn(function() require('funcs').call('t:long') end) coroutine.yield() time.sleep('1h')",
        "local spawner = process.with_context({}) time.sleep('1h')",
        "process.inbox():receive()",
        "local big = ('x'):rep(30000) time.sleep('1h')",
        "local many = {} for i = 1, 500 do many[i] = {i} end time.sleep('1h')",
        "time.sleep(900 * time.MICROSECOND) process.inbox():receive()",
    };
    rig_add_function(&rig, "t:long", "return function() require('time').sleep('1h') end",
                     &(struct pool_config){.most = 1, .queue = UINT32_MAX});
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        add_child(bodies[i]);
        begin_children(EACH, ""); /* the later ones find the libraries open that the first ones need more memory for */
        RIG_UNTIL(count().all == EACH * (i + 1));
        settle();
        cr_assert_eq(count().little, 0, "%s", bodies[i]);
    }
    add_child("time.sleep('1h')");
    begin_children(1, "");
    settle();
    cr_assert_eq(count().little, 1, "and this one shows that the others could have been seen");
}

/* What they slept in is free again. */
Test(hibernate_alone, nothing_is_left_of_those_ended_in_their_sleep, .init = open_one_worker, .fini = close_rig)
{
    enum { SPARE = 256 * 1024 };
    struct vm_stats before, after;
    add_child("time.sleep('1h')");
    for (int round = 0; round < 3; round++) {
        vm_stats(rig.vm, round == 1 ? &before : &after); /* the first round fills the magazines */
        cr_assert_str_eq(run("local pids = {}\n"
                             "for i = 1, 1000 do pids[i] = spawn() end\n"
                             "time.sleep('5ms')\n"
                             "for _, pid in ipairs(pids) do process.terminate(pid) end\n"
                             "for i = 1, 1000 do events:receive() end return 'done'"),
                         "done");
        RIG_UNTIL(are(0, 0));
    }
    vm_stats(rig.vm, &after);
    cr_assert_lt(after.memory_used, before.memory_used + SPARE);
}

static void fill(int count)
{
    struct codec_bytes args = {0};
    cr_assert(codec_begin(&args, 1) && codec_put_integer(&args, count));
    cr_assert_not(rig_run_with(&rig, "t:filler", args.data, args.length)->failed);
    codec_bytes_free(&args);
}

/* There is no window of its number any more, and no address space for another one. */
Test(hibernate_alone, one_that_cannot_be_woken_ends_with_a_reason, .init = open_one_worker, .fini = close_rig)
{
    rig_add(&rig, "t:stays", "return function() process.inbox():receive() end");
    rig_add(&rig, "t:filler",
            "return function(n) for i = 1, n do assert(process.spawn('t:stays', 't:h')) end\n"
            "  process.send('sleeper', 'wake', true) end");
    add_child("process.registry.register('sleeper') require('time').sleep('1h')");
    fill(1); /* nothing has to be prepared any more */
    begin_children(1, "");
    RIG_UNTIL(are(1, 1));
    fault_set(faults, FAULT_SLAB, 1, UINT64_MAX, ENOMEM);
    fill(2 * WINDOW_NUMBERS);
    RIG_UNTIL(are(0, 0));
    pthread_mutex_lock(&rig.lock);
    bool is_told = strstr(rig.log_text, "failed: out of memory: no place to wake t:child in");
    pthread_mutex_unlock(&rig.lock);
    cr_assert(is_told);
}

static void open_limited(void)
{
    open_with((struct rig_options){.hibernation = VM_ALWAYS_HIBERNATES, .workers = 1, .memory_limit = 24 << 20});
}

/* Little as they take now: all of them may wake at the same time. */
Test(hibernate_alone, those_asleep_count_for_the_memory_limit_as_if_awake, .init = open_limited, .fini = close_rig)
{
    add_child("time.sleep('1h')");
    rig_add(&rig, "t:main",
            "return function() local time = require('time')\n"
            "  for i = 1, 40 do\n"
            "    for k = 1, 250 do\n"
            "      local pid, err = process.spawn('t:child', 't:h')\n"
            "      if not pid then return i .. ' ' .. err:message() end\n"
            "    end\n"
            "    time.sleep('5ms')\n"
            "  end return 'all 10,000' end");
    rig_run(&rig, "t:main");
    int rounds = atoi(rig_text(&rig));
    cr_assert(rounds > 2 && strstr(rig_text(&rig), "memory limit of the runtime reached"), "%s", rig_text(&rig));
    cr_assert_lt(rounds, 20, "%d", rounds); /* 24 MB have room for some 3,000 states */
}

/* Four processes of a program are looked at, then the next ones begin in windows. */
Test(hibernate_learned, those_of_a_program_that_sleeps, .init = open_learning, .fini = close_rig)
{
    add_child("time.sleep('1h')");
    for (unsigned i = 1; i <= 20; i++) {
        begin_children(1, "");
        RIG_UNTIL(count().all == i && count().little + 1 >= (i > 8 ? i - 7 : 1));
    }
    cr_assert_gt(count().little, 10);
}

Test(hibernate_learned, not_those_of_a_program_that_waits, .init = open_learning, .fini = close_rig)
{
    add_child("if ... then time.sleep('1h') end process.inbox():receive()");
    begin_children(20, "");
    RIG_UNTIL(count().all == 20);
    begin_children(20, ", true");
    RIG_UNTIL(count().all == 40);
    settle();
    cr_assert_eq(count().little, 0, "those before have shown that it does not pay");
}

/* The fourth one has its template made anew. */
Test(hibernate_learned, what_is_known_outlives_the_template, .init = open_learning, .fini = close_rig)
{
    add_child("if ... then time.sleep('1h') end process.inbox():receive()");
    for (unsigned i = 1; i <= 34; i++) {
        begin_children(1, i > 4 ? ", true" : "");
        RIG_UNTIL(count().all == i);
    }
    settle();
    cr_assert_eq(count().little, 0);
}

/* Those that begin in a window and stay there are as telling as those that stay in a chunk. */
Test(hibernate_learned, and_the_other_way_round, .init = open_learning, .fini = close_rig)
{
    add_child("if ... then time.sleep('1h') end process.inbox():receive()");
    begin_children(40, ", true");
    RIG_UNTIL(count().all == 40 && count().little > 0);
    begin_children(40, "");
    RIG_UNTIL(count().all == 80);
    begin_children(40, ", true");
    RIG_UNTIL(count().all == 120);
    settle();
    cr_assert_leq(count().little, 40);
}

static size_t windows(void)
{
    return windows_used(&rig.vm->windows) / WINDOW_SIZE;
}

/* Within some seconds after all have ended. */
Test(hibernate, workers_without_work_give_their_windows_back)
{
    add_child("time.sleep('5ms')");
    begin_children(50, "");
    RIG_UNTIL(are(0, 0));
    RIG_UNTIL(windows() == 0);
}

/* One of some that sleep is tried, and shows that its memory does not fit a window: few of the others are. */
Test(hibernate_learned, few_of_those_that_need_more, .init = open_learning, .fini = close_rig)
{
    add_child("local many = {} for i = 1, 500 do many[i] = {i} end time.sleep('1h')");
    for (unsigned i = 1; i <= 60; i++) {
        begin_children(1, "");
        RIG_UNTIL(count().all == i);
    }
    settle();
    cr_assert_eq(count().little, 0);
    cr_assert_gt(windows(), 0);
    cr_assert_lt(windows(), 10);
}

Test(hibernate_learned, none_that_sleep_for_moments, .init = open_learning, .fini = close_rig)
{
    add_child("time.sleep(900 * time.MICROSECOND) time.sleep('1h')");
    for (unsigned i = 1; i <= 30; i++) {
        begin_children(1, "");
        RIG_UNTIL(count().all == i);
    }
    settle();
    cr_assert_eq(windows(), 0);
}

Test(hibernate_never, where_it_is_not_wanted, .init = open_never, .fini = close_rig)
{
    add_child("time.sleep('1h')");
    begin_children(30, "");
    RIG_UNTIL(count().all == 30);
    settle();
    cr_assert_eq(count().little, 0);
}

Test(hibernate_never, in_seeded_mode, .init = open_seeded, .fini = close_rig)
{
    add_child("time.sleep('3ms') return tostring({})");
    cr_assert_str_eq(run("spawn() return type(result())"), "string");
    cr_assert_eq(windows(), 0);
}
