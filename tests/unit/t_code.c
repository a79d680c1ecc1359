/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <criterion/criterion.h>
#include <pthread.h>

#include "tests/unit/vm_rig.h"
#include "vm/code_struct.h"

static struct rig rig;

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){0});
}

static void close_rig(void)
{
    rig_close(&rig);
}

TestSuite(code, .init = open_rig, .fini = close_rig);

static const char *run(const char *method, const struct code_unit_spec *units, unsigned count)
{
    struct vm_error error;
    struct code *code;
    struct code_spec spec = {.method = method, .units = units, .count = count};
    struct code_unit_spec copy[8];
    memcpy(copy, units, count * sizeof *units);
    for (unsigned i = 0; i < count; i++)
        copy[i].source_length = strlen(copy[i].source);
    spec.units = copy;
    if (code_new(rig.vm, &code, &spec, &error) != 0)
        rig_die("%s", error.message);
    rig_add_code(&rig, code);
    rig_run(&rig, code_id(code));
    return rig_text(&rig);
}

static const char *run_one(const char *method, const char *source)
{
    return run(method, &(struct code_unit_spec){.id = "t:one", .source = source}, 1);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define UNITS(...) ((const unsigned[]){__VA_ARGS__})

Test(code, entry_is_a_returned_function_or_the_method_of_a_table)
{
    cr_assert_str_eq(run_one("main", "return function() return 'function' end"), "function");
    cr_assert_str_eq(run_one("run", "return {run = function() return 'method' end, main = 5}"), "method");
}

Test(code, method_defaults_to_main)
{
    cr_assert_str_eq(run_one("", "return {main = function() return 'main' end}"), "main");
}

Test(code, missing_method_fails_the_load)
{
    cr_assert_str_eq(run_one("run", "return {main = function() end}"),
                     "NotFound: method \"run\" not found in module t:one");
    cr_assert_not(rig.last.loaded);
}

Test(code, chunk_without_entry_fails_the_load)
{
    cr_assert_str_eq(run_one("main", "local x = 1"), "NotFound: method \"main\" not found in module t:one");
}

Test(code, error_of_a_chunk_fails_the_load)
{
    cr_assert_str_eq(run_one("main", "\n\nerror('in the chunk')"), "Internal: t:one:3: in the chunk");
    cr_assert_not(rig.last.loaded);
}

Test(code, syntax_errors_say_where)
{
    struct vm_error error = {0};
    cr_assert_null(rig_compile(rig.vm, "app:bad", "return function()\n  x = = 1\nend", &error));
    cr_assert_str_eq(error.kind, ERROR_INVALID);
    cr_assert_not_null(strstr(error.message, "app:bad:2:"), "%s", error.message);
}

Test(code, syntax_error_of_a_later_unit_frees_all)
{
    struct vm_error error = {0};
    struct code *code = NULL;
    struct code_unit_spec units[] = {{.id = "t:a", .source = "return 1", .source_length = 8, .modules = LIST("time")},
                                     {.id = "t:b", .source = "return (", .source_length = 8},
                                     {.id = "t:c", .source = "return 3", .source_length = 8}};
    cr_assert_eq(code_new(rig.vm, &code, &(struct code_spec){.units = units, .count = 3}, &error), -1);
    cr_assert_null(code);
    cr_assert_not_null(strstr(error.message, "t:b:1:"), "%s", error.message);
}

Test(code, long_errors_are_cut)
{
    static char source[5000];
    struct vm_error error = {0};
    memset(source, 'x', sizeof source - 1);
    cr_assert_null(rig_compile(rig.vm, "app:long", source, &error));
    cr_assert_lt(strlen(error.message), sizeof error.message);
}

Test(code, bytecode_is_refused)
{
    struct vm_error error = {0};
    cr_assert_null(rig_compile(rig.vm, "app:bytes", LUA_SIGNATURE "S\x01", &error));
    cr_assert_str_eq(error.kind, ERROR_INVALID);
    cr_assert_not_null(strstr(error.message, "bytecode"), "%s", error.message);
}

Test(code, bytecode_is_refused_at_run_time)
{
    cr_assert_str_eq(run_one("main", "return function()\n"
                                     "  if not load then return 'none' end\n"
                                     "  local f = load('\\27LuaS')\n"
                                     "  return f == nil and 'none' or 'some'\n"
                                     "end"),
                     "none");
}

/* ---- imports ---- */

Test(code, imports_are_globals_and_required)
{
    struct code_unit_spec units[] = {
        {.id = "t:lib", .source = "return {value = 42}"},
        {.id = "t:main",
         .source = "assert(lib.value == 42) return function() return require('lib') == lib and 'same' end",
         .import_aliases = LIST("lib"),
         .import_units = UNITS(0)},
    };
    cr_assert_str_eq(run("main", units, 2), "same");
}

Test(code, each_unit_runs_once_in_order)
{
    struct code_unit_spec units[] = {
        {.id = "t:base", .source = "count = (count or 0) + 1 return {n = count}"},
        {.id = "t:left", .source = "return b", .import_aliases = LIST("b"), .import_units = UNITS(0)},
        {.id = "t:right", .source = "return base", .import_aliases = LIST("base"), .import_units = UNITS(0)},
        {.id = "t:main",
         .source = "return function() return (l == r and count == 1) and 'once' end",
         .import_aliases = LIST("l", "r"),
         .import_units = UNITS(1, 2)},
    };
    cr_assert_str_eq(run("main", units, 4), "once");
}

/* An alias means what the calling chunk's entry says. */
Test(code, require_is_scoped_to_the_calling_chunk)
{
    struct code_unit_spec units[] = {
        {.id = "t:one", .source = "return 'one'"},
        {.id = "t:two", .source = "return 'two'"},
        {.id = "t:lib",
         .source = "return function() return require('dep') end",
         .import_aliases = LIST("dep"),
         .import_units = UNITS(0)},
        {.id = "t:main",
         .source =
             "return function() return lib() .. ' ' .. require('dep') .. ' ' .. tostring(pcall(require, 'other')) end",
         .import_aliases = LIST("lib", "dep"),
         .import_units = UNITS(2, 1)},
    };
    cr_assert_str_eq(run("main", units, 4), "one two false");
}

Test(code, modules_must_be_listed)
{
    struct code_unit_spec with = {
        .id = "t:with", .source = "return function() return type(require('time').sleep) end", .modules = LIST("time")};
    cr_assert_str_eq(run("main", &with, 1), "function");
    struct code_unit_spec without = {.id = "t:without",
                                     .source = "return function() return tostring(pcall(require, 'time')) end"};
    cr_assert_str_eq(run("main", &without, 1), "false");
}

Test(code, libraries_see_only_their_own_modules_by_require)
{
    struct code_unit_spec units[] = {
        {.id = "t:lib", .source = "return function() return tostring(pcall(require, 'time')) end"},
        {.id = "t:main",
         .source = "return function() return lib() .. ' ' .. type(require('time')) end",
         .modules = LIST("time"),
         .import_aliases = LIST("lib"),
         .import_units = UNITS(0)},
    };
    cr_assert_str_eq(run("main", units, 2), "false table");
}

/* ---- life ---- */

Test(code, id_is_that_of_the_last_unit)
{
    struct code_unit_spec units[] = {{.id = "t:lib", .source = "return 1"},
                                     {.id = "t:main", .source = "return function() return process.id() end"}};
    cr_assert_str_eq(run("main", units, 2), "t:main");
}

Test(code, outlives_its_owner_in_a_process)
{
    struct vm_error error;
    struct code *code = rig_compile(rig.vm, "t:short", "return function() return 'lived' end", &error);
    rig_add_code(&rig, code);
    rig_run(&rig, "t:short");
    cr_assert_str_eq(rig_text(&rig), "lived");
    cr_assert_eq(code_ref(code), code);
    code_unref(code);
}

Test(code, states_do_not_share_globals)
{
    rig_add(&rig, "t:count", "n = (n or 0) + 1 t = t or {} t[#t + 1] = n return function() return n + #t end");
    for (unsigned i = 0; i < 5; i++)
        cr_assert_eq(rig_integer(rig_run(&rig, "t:count")), 2);
}

static struct code *shared;

static void *build(void *out)
{
    struct vm_error error;
    *(struct template **)out = code_template(shared, &error);
    return NULL;
}

Test(code, template_is_built_once)
{
    struct template *got[4] = {NULL};
    pthread_t threads[4];
    shared = rig_add(&rig, "t:shared", "return function() return 1 end");
    for (unsigned i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, build, &got[i]);
    for (unsigned i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (unsigned i = 0; i < 4; i++)
        cr_assert(got[i] && got[i] == got[0]);
}
