/* SPDX-License-Identifier: MIT */
/* links: vm */
/* compile: bytecode of typed sources, what errors say, and that nothing is compiled twice or kept too long. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "vm/compile.h"
#include "vm/error.h"
#include "vm/lang/erase.h"
#include "vm/vm.h"

static struct compile_cache *cache;

static void open_cache(void)
{
    cache = compile_cache_new();
}

static void close_cache(void)
{
    compile_cache_free(cache);
}

TestSuite(compile, .init = open_cache, .fini = close_cache);

static const struct compiled *compile(const char *id, const char *source)
{
    struct vm_error error;
    const struct compiled *compiled;
    cr_assert_eq(compile_source(cache, &compiled, id, source, strlen(source), &error), 0, "%s", error.message);
    return compiled;
}

/* Loads it; with types, `types` (a Lua expression) is their table. Returns what the chunk returns or says, as text. */
static const char *run(const char *source, const char *types)
{
    static char text[256];
    const struct compiled *compiled = compile("t:x", source);
    lua_State *L = luaL_newstate();
    luaL_requiref(L, "_G", luaopen_base, 1);
    cr_assert_eq(luaL_loadbufferx(L, (const char *)compiled->dump, compiled->length, "=?", "b"), LUA_OK);
    cr_assert_eq(compiled->has_types, types != NULL);
    if (types) {
        cr_assert_eq(luaL_dostring(L, types), LUA_OK);
        cr_assert_not_null(lua_setupvalue(L, -2, ERASE_TYPES_UPVALUE));
    }
    lua_pcall(L, 0, 1, 0);
    snprintf(text, sizeof text, "%s", luaL_tolstring(L, -1, NULL));
    lua_close(L);
    compile_release(cache, compiled);
    return text;
}

static void check_refused(const char *source, size_t length, const char *message)
{
    struct vm_error error;
    const struct compiled *compiled;
    cr_assert_eq(compile_source(cache, &compiled, "t:x", source, length, &error), -1);
    cr_assert_str_eq(error.kind, ERROR_INVALID);
    cr_assert_str_eq(error.message, message, "%s", error.message);
}

Test(compile, typed_and_plain_sources)
{
    cr_assert_str_eq(run("return 1 + 2", NULL), "3");
    cr_assert_str_eq(run("type T = number\nlocal function f(x: T): T return x * 2 end\nreturn f(3) as T", NULL), "6");
    cr_assert_str_eq(run("#!/usr/bin/env moonlet\nreturn 'x'", NULL), "x");
    cr_assert_str_eq(run("", NULL), "nil");
}

Test(compile, run_time_errors_have_the_lines_of_the_source)
{
    cr_assert_str_eq(run("type T = {\n  x: number,\n\n}\nlocal x: T? = nil\nreturn x.y", NULL),
                     "t:x:6: attempt to index a nil value (local 'x')");
    cr_assert_str_eq(
        run("local function f(\n  a: T,\n  b: U\n): T\n  return a as\n    T + nil + b\nend\nreturn f(1, 2)", NULL),
        "t:x:6: attempt to perform arithmetic on a nil value");
    cr_assert_str_eq(run("interface I\n  function f(): A\nend\nerror('here')", NULL), "t:x:4: here");
    cr_assert_str_eq(run("type T = A\nlocal x = T\n\nerror('here')", "return {}"), "t:x:4: here");
}

Test(compile, types_are_the_second_upvalue)
{
    cr_assert_str_eq(
        run("type A = B type C = D\nlocal function f() return C .. A end\nreturn f() .. A", "return {'c', 'a'}"),
        "caa");
    cr_assert_str_eq(run("return select('#', ...), string(1)", "return {tostring}"), "0");
    cr_assert_str_eq(run("x = 2 local y = _ENV return y.x .. string(1)", "return {tostring}"), "21");
    cr_assert_str_eq(run("do local _ENV = {} end return string(1) -- the end", "return {tostring}"), "1");
}

Test(compile, errors)
{
    check_refused("x = = 1", 7, "t:x:1:5: unexpected symbol near '='");
    check_refused("\n  a != b", 8, "t:x:2:5: Lua has no '!='; write '~='");
    check_refused("x = = 1 y() local z = )", 23, "t:x:1:5: unexpected symbol near '=' (and 1 more)");
    check_refused("\x1bLua", 4, "t:x: source is bytecode, which is not accepted; give Lua text");
    check_refused("x = \x1b", 5, "t:x:1:5: unexpected symbol near '<\\27>'");
}

Test(compile, limits_of_lua_are_errors_too)
{
    char source[8192] = "local x: T = 1\n";
    for (int i = 0; i < 200; i++)
        snprintf(source + strlen(source), 24, "local a%d\n", i);
    check_refused(source, strlen(source),
                  "t:x:202: too many local variables (limit is 200) in main function near <eof>");
}

Test(compile, same_text_and_id_are_compiled_once)
{
    const struct compiled *a = compile("t:a", "return 1"), *b = compile("t:a", "return 1");
    cr_assert_eq(a, b);
    const struct compiled *c = compile("t:b", "return 1"), *d = compile("t:a", "return 2");
    cr_assert_neq(a, c);
    cr_assert_neq(a, d);
    compile_release(cache, b);
    compile_release(cache, c);
    compile_release(cache, d);
    b = compile("t:a", "return 1");
    cr_assert_eq(a, b);
    compile_release(cache, a);
    compile_release(cache, b);
}

static void *compile_often(void *unused)
{
    for (int i = 0; i < 300; i++) {
        char source[64];
        snprintf(source, sizeof source, "local x: T = %d return x", i % 7);
        compile_release(cache, compile("t:x", source));
    }
    return unused;
}

Test(compile, many_threads_compile_at_the_same_time)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, compile_often, NULL), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

/* A function that uses `count` variables from outside, and then what `last` says; NULL: it is good. */
static void check_upvalues(int count, const char *last, const char *message)
{
    static char source[16 * 1024];
    char *at = source, *end = source + sizeof source;
    at += snprintf(at, sizeof source, "type T = number ");
    for (int i = 0; i < count; i++)
        at += snprintf(at, (size_t)(end - at), "local a%d%s", i, i == count / 2 ? " return function() " : " ");
    at += snprintf(at, (size_t)(end - at), "return function() ");
    for (int i = 0; i < count; i++)
        at += snprintf(at, (size_t)(end - at), "a%d = 1 ", i);
    snprintf(at, (size_t)(end - at), "return %s end end", last);
    if (message)
        check_refused(source, strlen(source), message);
    else
        compile_release(cache, compile("t:x", source));
}

static void check_levels(const char *first, int count, const char *message)
{
    char source[1024];
    int length = snprintf(source, sizeof source, "%s return ", first);
    memset(source + length, '(', (size_t)count);
    source[length + count] = '1';
    memset(source + length + count + 1, ')', (size_t)count);
    size_t all = (size_t)length + 2 * (size_t)count + 1;
    source[all] = '\0';
    if (message)
        check_refused(source, all, message);
    else
        compile_release(cache, compile("t:x", source));
}

Test(compile, limits_that_types_come_nearer_to)
{
    check_upvalues(255, "0", NULL);
    check_upvalues(254, "T", NULL);
    check_upvalues(
        255, "T",
        "t:x:1: too many upvalues (limit is 255) in function at line 1 near '['; the types that a function uses "
        "as values count as one more variable from outside: keep some of the others in a table");
    check_levels("local t = Number", 197, NULL);
    check_levels("type T = number local t = T", 197,
                 "t:x:1: too many C levels (limit is 200) in function at line 1 near '1'; a source that uses types as "
                 "values has two levels less: give an inner part a name of its own");
}
