/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <criterion/criterion.h>
#include <sched.h>

#include "sched/base/fault.h"
#include "tests/unit/vm_rig.h"
#include "vm/code_struct.h"
#include "vm/template.h"

static struct rig rig;

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){0});
}

static void close_rig(void)
{
    rig_close(&rig);
}

TestSuite(preload, .init = open_rig, .fini = close_rig);

/* Runs the program and says whether its chunk had been run ahead; what it returned is in rig_text. */
static bool is_preloaded(const char *source)
{
    struct code *code = rig_add(&rig, "t:one", source);
    rig_run(&rig, "t:one");
    return code_is_preloaded(code);
}

static void is_run_ahead(const char *source, const char *result)
{
    cr_assert(is_preloaded(source), "%s", source);
    cr_assert_str_eq(rig_text(&rig), result, "%s: %s", source, rig_text(&rig));
}

static void is_run_by_the_process(const char *source, const char *result)
{
    cr_assert_not(is_preloaded(source), "%s", source);
    cr_assert_str_eq(rig_text(&rig), result, "%s: %s", source, rig_text(&rig));
}

Test(preload, chunks_that_only_define_are_run_ahead)
{
    is_run_ahead("return {main = function() return 'plain' end}", "plain");
    is_run_ahead("local n = 40\nlocal function f() n = n + 1 return n end\nreturn {main = function() return f() end}",
                 "41");
    is_run_ahead("local t = {1, 2, {a = 'deep'}}\nreturn {main = function() return t[3].a end}", "deep");
    is_run_ahead("local C = {}\nC.__index = C\nfunction C.new() return setmetatable({v = 7}, C) end\n"
                 "function C:get() return self.v end\nreturn {main = function() return C.new():get() end}",
                 "7");
    is_run_ahead("x = 'global'\nreturn {main = function() return x end}", "global");
    is_run_ahead("local time = require('time')\nreturn {main = function() return type(time.now) end}", "function");
    is_run_ahead("local t = {}\nfor i = 1, 100 do t[#t + 1] = i end\nreturn {main = function() return #t end}", "100");
    is_run_ahead("local send, max = process.send, math.max(3, 4)\nreturn {main = function() return max end}", "4");
    is_run_ahead("local w = setmetatable({}, {__mode = 'k'})\nreturn {main = function() return 'weak' end}", "weak");
}

/* A module that shows its types is run ahead, and every process has values of its own for them. */
Test(preload, types_are_copied)
{
    is_run_ahead("type P = {x: number}\nlocal M = {P = P, T = time.Time}\n"
                 "return {main = function() return tostring(M.P) .. tostring(M.T) .. tostring(rawequal(M.P, P)) end}",
                 "Ptime.Timetrue");
    is_run_ahead("type P = {x: number}\ntype Q = {p: P}\nlocal a = P\n"
                 "return {main = function()\n"
                 "  local again, is = P, a.is\n"
                 "  for i = 1, 2000 do assert(again:is({x = i}) and is({x = i}) and Q:is({p = {x = i}})) end\n"
                 "  return tostring(again == a and rawequal(Q.p, a)) .. select(2, Q:is({p = {}})):message()\n"
                 "end}",
                 "truep.x: required field missing");
    for (int i = 0; i < 20; i++)
        cr_assert(!rig_run(&rig, "t:one")->failed, "%s", rig_text(&rig));
    is_run_by_the_process("type P<T> = {x: T}\nlocal Q = P(P)\nreturn {main = function() return tostring(Q) end}", "P");
    is_run_by_the_process("type P = {x: number}\nlocal p = P({x = 1})\nreturn {main = function() return p.x end}", "1");
    is_run_by_the_process(
        "type P = {x: number}\nlocal t = {[P] = 'by type'}\nreturn {main = function() return t[P] end}", "by type");
}

Test(preload, what_may_differ_from_process_to_process_is_not)
{
    is_run_by_the_process("local me = process.pid()\nreturn {main = function() return type(me) end}", "string");
    is_run_by_the_process("local r = math.random(5)\nreturn {main = function() return math.type(r) end}", "integer");
    is_run_by_the_process("local now = require('time').now()\nreturn {main = function() return type(now) end}",
                          "userdata");
    is_run_by_the_process("local s = tostring({})\nreturn {main = function() return s:sub(1, 5) end}", "table");
    is_run_by_the_process(
        "local ok = pcall(function() process.pid() end)\nreturn {main = function() return tostring(ok) end}", "true");
    is_run_by_the_process("local s = ('x'):format()\nreturn {main = function() return s end}", "x");
}

Test(preload, what_cannot_be_copied_is_not)
{
    is_run_by_the_process(
        "local key = {}\nlocal t = {[key] = 'by object'}\nreturn {main = function() return t[key] end}", "by object");
    is_run_by_the_process("local f = function() end\nlocal t = {[f] = 'by function'}\n"
                          "return {main = function() return t[f] end}",
                          "by function");
    is_run_by_the_process("local t = {}\nt[print] = 'by C function'\nreturn {main = function() return t[print] end}",
                          "by C function");
    is_run_by_the_process("local co = coroutine.create(function() end)\nreturn {main = function() return type(co) end}",
                          "thread");
    is_run_by_the_process("local ch = channel.new(1)\nreturn {main = function() return type(ch) end}", "userdata");
    is_run_by_the_process("local list\nfor i = 1, 500 do list = {next = list} end\n"
                          "return {main = function() return type(list.next) end}",
                          "table");
}

Test(preload, long_chunks_are_not)
{
    is_run_by_the_process("local n = 0\nfor i = 1, 1000000 do n = n + 1 end\nreturn {main = function() return n end}",
                          "1000000");
}

/* Few instructions that make much: the spawner, in whose slice the template is made, is not held up for it. */
Test(preload, large_chunks_are_not)
{
    is_run_by_the_process("local n = 0\nfor i = 1, 200 do n = n + #('x'):rep(50000):reverse() end\n"
                          "return {main = function() return n end}",
                          "10000000");
    is_run_by_the_process("local s = ('x'):rep(20000000)\nreturn {main = function() return #s end}", "20000000");
    is_run_ahead("local t = {}\nfor i = 1, 1000 do t[i] = {i} end\nreturn {main = function() return t[1000][1] end}",
                 "1000");
}

Test(preload, chunks_that_fail_fail_in_the_process)
{
    is_run_by_the_process("\nerror('broken')", "Internal: t:one:2: broken");
    is_run_by_the_process("return 5", "NotFound: method \"main\" not found in module t:one");
    is_run_by_the_process("local x = nil + 1", "Internal: t:one:1: attempt to perform arithmetic on a nil value");
}

Test(preload, processes_do_not_share_what_the_chunk_made)
{
    rig_add(&rig, "t:one",
            "local t = {n = 0}\nseen = {}\n"
            "return {main = function() t.n = t.n + 1 seen[t.n] = true print = nil return t.n + #seen end}");
    for (int i = 0; i < 20; i++)
        cr_assert_eq(rig_integer(rig_run(&rig, "t:one")), 2);
}

Test(preload, imports_are_run_ahead_too)
{
    const char *const aliases[] = {"lib", NULL};
    const unsigned imports[] = {0};
    const char *library = "local M = {n = 1}\nfunction M.f() M.n = M.n + 1 return M.n end\nreturn M";
    const char *source = "local lib = require('lib')\nreturn {main = function() lib.f() return lib.f() end}";
    struct code_unit_spec units[] = {{.id = "t:lib", .source = library, .source_length = strlen(library)},
                                     {.id = "t:main",
                                      .source = source,
                                      .source_length = strlen(source),
                                      .import_aliases = aliases,
                                      .import_units = imports}};
    struct vm_error error;
    struct code *code;
    cr_assert_eq(code_new(rig.vm, &code, &(struct code_spec){.method = "main", .units = units, .count = 2}, &error), 0);
    rig_add_code(&rig, code);
    cr_assert_eq(rig_integer(rig_run(&rig, "t:main")), 3);
    cr_assert_eq(rig_integer(rig_run(&rig, "t:main")), 3);
    cr_assert(code_is_preloaded(code));
}

/* The fifth and later ones find open what the fourth had used; nothing of that can be seen. */
Test(preload, learned_libraries_look_the_same)
{
    rig_add(&rig, "t:one",
            "return {main = function()\n"
            "  local n = 0\n"
            "  for name in pairs(string) do n = n + 1 end\n"
            "  local before = rawget(_G, 'os') ~= nil and math.max(1, 2) == 2 and ('a'):rep(3) == 'aaa'\n"
            "  local ok, why = pcall(function() math.max = 1 end)\n"
            "  tostring = nil\n"
            "  return n .. ' ' .. type(before) .. ' ' .. why .. ' ' .. type(tostring) .. ' ' .. type(coroutine.wrap)\n"
            "end}");
    char first[1024];
    rig_run(&rig, "t:one");
    snprintf(first, sizeof first, "%s", rig_text(&rig));
    cr_assert_not_null(strstr(first, "read-only table 'math' nil function"), "%s", first);
    for (int i = 0; i < 20; i++) {
        rig_run(&rig, "t:one");
        cr_assert_str_eq(rig_text(&rig), first);
    }
}

Test(preload, learned_types_look_the_same)
{
    rig_add(&rig, "t:one",
            "return {main = function()\n"
            "  local ch = channel.new(2)\n"
            "  ch:send(5)\n"
            "  return tostring(ch:receive()) .. type(ch.close) .. type(ch.nothing) .. tostring(getmetatable(ch))\n"
            "end}");
    for (int i = 0; i < 20; i++) {
        rig_run(&rig, "t:one");
        cr_assert_str_eq(rig_text(&rig), "5functionnilfalse");
    }
}

/* The bytes with which clones of the program begin after many of its processes. */
static size_t learned_size(const char *id, const char *source, const char *result)
{
    struct code *code = rig_add(&rig, id, source);
    for (int i = 0; i < 20; i++) {
        rig_run(&rig, id);
        cr_assert_str_eq(rig_text(&rig), result);
    }
    return template_image_size(code_template(code, NULL));
}

/* What a process uses before it waits for the first time is learned then, what it uses afterwards at its end. */
Test(preload, learns_when_processes_wait_and_when_they_end)
{
    size_t begins = template_image_size(code_template(rig_add(&rig, "t:new", "return {main = function() end}"), NULL));
    size_t at_rest = learned_size("t:rest",
                                  "local time = require('time')\n"
                                  "return {main = function()\n"
                                  "  local began = time.now()\n"
                                  "  time.sleep(time.MILLISECOND)\n"
                                  "  return 'slept'\n"
                                  "end}",
                                  "slept");
    size_t at_end = learned_size("t:end",
                                 "local time = require('time')\n"
                                 "return {main = function()\n"
                                 "  local began = time.now()\n"
                                 "  time.sleep(time.MILLISECOND)\n"
                                 "  local slept = time.now():sub(began):microseconds() >= 1000\n"
                                 "  return tostring(slept) .. math.max(1, 2) .. type(os.clock())\n"
                                 "end}",
                                 "true2number");
    cr_assert_geq(at_rest, begins + 300, "%zu %zu", begins, at_rest);
    cr_assert_geq(at_end, at_rest + 1000, "%zu %zu", at_rest, at_end); /* two methods, a type, three libraries */
}

/* None of them ends. The last to wait may do so after it has answered. */
Test(preload, learns_from_processes_that_never_end)
{
    rig_add(&rig, "t:main",
            "return {main = function()\n"
            "  for i = 1, 20 do process.send(assert(process.spawn('t:idle', 't:h', process.pid())), 'ping', i) end\n"
            "  local sum, inbox = 0, process.inbox()\n"
            "  for i = 1, 20 do sum = sum + inbox:receive():payload():data() end\n"
            "  return sum\n"
            "end}");
    struct code *code = rig_add(&rig, "t:idle",
                                "return {main = function(parent)\n"
                                "  local inbox = process.inbox()\n"
                                "  while true do process.send(parent, 'pong', inbox:receive():payload():data()) end\n"
                                "end}");
    struct template *first = code_template(code, NULL);
    for (int i = 0; i < 2; i++) {
        rig_run(&rig, "t:main");
        cr_assert_eq(rig_integer(&rig.last), 210);
        while (code_template(code, NULL) == first)
            sched_yield();
    }
}

/* ---- no memory for the state when a process first runs ---- */

static const char spawns_child[] = "return {main = function()\n"
                                   "  local pid, err = process.spawn_monitored('t:child', 't:h')\n"
                                   "  if not pid then return tostring(err) end\n"
                                   "  return tostring(process.events():receive().result.error)\n"
                                   "end}";

/*
 * One allocation after the other fails; in one of these runs it is the state of the child. Nothing is lost: every run ends. On a loaded machine something
 * else may come first in just that run; then all are tried again.
 */
Test(preload_faults, watchers_hear_that_there_was_no_memory)
{
    enum { RUNS = 199, TRIES = 10 };
    unsigned told = 0;
    struct fault_plan *plan = fault_plan_new();
    struct rig faulty;
    rig_open(&faulty, &(struct rig_options){.fault = plan});
    rig_add(&faulty, "t:child", "return {main = function() return 1 end}");
    rig_add(&faulty, "t:main", spawns_child);
    rig_run(&faulty, "t:main"); /* templates are made */
    for (unsigned run = 0; run < RUNS || (told == 0 && run < TRIES * RUNS); run++) {
        fault_set(plan, FAULT_HEAP, 1 + run % RUNS, 1, 12);
        rig_run(&faulty, "t:main");
        told += !faulty.last.failed && strstr(rig_text(&faulty), "out of memory: no new state for t:child") != NULL;
        fault_set(plan, FAULT_HEAP, 1, 0, 0);
    }
    cr_assert_geq(told, 1);
    rig_run(&faulty, "t:main");
    cr_assert_str_eq(rig_text(&faulty), "nil");
    rig_close(&faulty);
    fault_plan_free(plan);
}

Test(preload_faults, spawner_in_c_is_told)
{
    struct fault_plan *plan = fault_plan_new();
    struct rig faulty;
    rig_open(&faulty, &(struct rig_options){.fault = plan});
    rig_add(&faulty, "t:child", "return {main = function() return 1 end}");
    cr_assert_eq(rig_integer(rig_run(&faulty, "t:child")), 1);
    fault_set(plan, FAULT_HEAP, 1, 1, 12);
    rig_run(&faulty, "t:child");
    cr_assert_str_eq(rig_text(&faulty), "Unavailable: out of memory: no new state for t:child");
    cr_assert_not(faulty.last.loaded);
    cr_assert_eq(rig_integer(rig_run(&faulty, "t:child")), 1);
    rig_close(&faulty);
    fault_plan_free(plan);
}
