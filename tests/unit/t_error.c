/* SPDX-License-Identifier: MIT */
/* links: stdlib; skip: tsan (there is one thread only) */
/*
 * Error objects from C and from Lua. What Lua programs see is covered row by row in tests/lua/errors; here are the C
 * functions, objects that travel, and the cases that need a plain state.
 */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <lauxlib.h>
#include <lualib.h>

#include "stdlib/errors.h"
#include "vm/codec.h"
#include "vm/codec_write.h"
#include "vm/error.h"
#include "vm/heap.h"
#include "vm/type.h"

static lua_State *L;
static struct codec_bytes bytes;
static void *head; /* of the heap that each state is said to have */

static void setup(void)
{
    L = luaL_newstate();
    head = calloc(1, heap_user_offset() + 16);
    *(void **)lua_getextraspace(L) = heap_user(heap_init_shell(head));
    luaL_openlibs(L);
    lazy_push(L, std_errors_entries);
    lua_setglobal(L, "errors");
}

static void teardown(void)
{
    codec_bytes_free(&bytes);
    lua_close(L);
    free(head);
}

TestSuite(error, .init = setup, .fini = teardown);

static void run(const char *text)
{
    if (luaL_dostring(L, text))
        cr_assert(false, "%s: %s", text, lua_tostring(L, -1));
}

/* Calls the Lua function of the text with the value on top, which is popped. */
static void check(const char *text)
{
    run(text);
    lua_insert(L, -2);
    if (lua_pcall(L, 1, 0, 0))
        cr_assert(false, "%s: %s", text, lua_tostring(L, -1));
}

static void check_view(int index, const char *kind, const char *message, int retryable)
{
    struct error_view view;
    cr_assert(error_view(L, index, &view));
    cr_assert_str_eq(view.kind, kind);
    cr_assert_str_eq(view.message, message);
    cr_assert_eq(view.message_length, strlen(message));
    cr_assert_eq(view.retryable, retryable);
}

Test(error, push)
{
    error_push(L, ERROR_NOT_FOUND, "no %s number %d", "thing", 5);
    cr_assert_eq(lua_gettop(L), 1);
    cr_assert_eq(type_of(L, 1), &error_type);
    check_view(1, "NotFound", "no thing number 5", 0);
    check("return function(e) assert(e:retryable() == false and e:details() == nil and #e:stack() > 0) end");
}

Test(error, push_long_message)
{
    static const size_t lengths[] = {0, 1, 510, 511, 512, 513, 5000};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct error_view view;
        error_push(L, "", "%*s", (int)lengths[i], "");
        cr_assert_eq(lua_gettop(L), 1);
        cr_assert(error_view(L, 1, &view));
        cr_assert_eq(view.message_length, lengths[i]);
        cr_assert_eq(strlen(view.message), lengths[i]);
        lua_settop(L, 0);
    }
}

Test(error, push_full)
{
    run("details = {field = 'name', inner = {1, 2}, [1] = 'dropped', f = print} return details");
    error_push_full(L, "Custom", "with\0nul", 8, 1, 1);
    cr_assert_eq(lua_gettop(L), 2);
    check("return function(e) assert(e:kind() == 'Custom' and e:message() == 'with\\0nul' and e:retryable() == true) "
          "local d = e:details() assert(d.field == 'name' and #d.inner == 2 and d[1] == nil and d.f == nil) "
          "d.field = nil d.inner[1] = 'changed' details.field = 'changed' assert(details[1] == 'dropped') "
          "assert(e:details().field == 'name' and e:details().inner[1] == 1) end");
    lua_settop(L, 0);
    run("return {}");
    error_push_full(L, ERROR_INVALID, "m", 1, -1, 1);
    check("return function(e) assert(e:details() == nil and e:retryable() == nil) end");
}

/* From C such details are lost, not fatal; errors.new raises. */
Test(error, details_that_cannot_be_kept)
{
    run("deep = {} for i = 1, 200 do deep = {x = deep} end return deep");
    error_push_full(L, ERROR_INVALID, "deep", 4, 0, 1);
    check("return function(e) assert(e:message() == 'deep' and e:details() == nil) "
          "local ok, m = pcall(errors.new, {message = 'm', details = deep}) assert(not ok and m:find('details')) end");
}

Test(error, add_detail)
{
    lua_pushinteger(L, 1);
    error_push(L, ERROR_INVALID, "bad");
    error_add_detail(L, "field", "name");
    error_add_detail(L, "constraint", "min");
    error_add_detail(L, "field", "other");
    cr_assert_eq(lua_gettop(L), 2);
    check_view(2, "Invalid", "bad", 0);
    check("return function(e) local d = e:details() assert(d.field == 'other' and d.constraint == 'min') end");
    error_add_detail(L, "not", "an error");
    cr_assert_eq(lua_tointeger(L, -1), 1);
}

Test(error, returns)
{
    cr_assert_eq(error_return(L, ERROR_TIMEOUT, "after %d ms", 5), 2);
    cr_assert(lua_isnil(L, 1));
    check_view(2, "Timeout", "after 5 ms", 0);
    cr_assert_eq(error_return_false(L, ERROR_CONFLICT, "x"), 2);
    cr_assert(lua_isboolean(L, 3) && !lua_toboolean(L, 3));
    check_view(4, "Conflict", "x", 0);
}

Test(error, or_string)
{
    size_t length;
    error_push(L, ERROR_INTERNAL, "text");
    lua_pushlstring(L, "a\0b", 3);
    lua_pushinteger(L, 12);
    lua_pushboolean(L, true);
    lua_newuserdata(L, 64);
    *(const void **)lua_touserdata(L, 5) = NULL;
    cr_assert_str_eq(error_or_string(L, 1, &length), "text");
    cr_assert_eq(length, 4);
    cr_assert_str_eq(error_or_string(L, 1, NULL), "text");
    error_or_string(L, 2, &length);
    cr_assert_eq(length, 3);
    cr_assert_str_eq(error_or_string(L, 3, &length), "12");
    cr_assert_null(error_or_string(L, 4, &length));
    cr_assert_null(error_or_string(L, 5, &length));
    cr_assert_null(error_or_string(L, 20, &length));
    cr_assert_eq(lua_gettop(L), 5);
}

static int raise_in_c(lua_State *state)
{
    (void)state;
    cr_assert(false, "Lua code ran while normalizing");
    return 0;
}

Test(error, normalize)
{
    lua_pushliteral(L, "chunk:1: boom");
    error_normalize(L, 1);
    check_view(1, "Internal", "chunk:1: boom", -1);
    lua_pushvalue(L, 1);
    error_normalize(L, -1);
    cr_assert(lua_rawequal(L, 1, 2), "error objects stay what they are");
    lua_settop(L, 0);
    lua_pushnil(L);
    error_normalize(L, 1);
    check_view(1, "Internal", "nil", -1);
    lua_pushboolean(L, false);
    error_normalize(L, 2);
    check_view(2, "Internal", "false", -1);
    lua_pushinteger(L, 42);
    error_normalize(L, 3);
    check_view(3, "Internal", "42", -1);
    lua_newtable(L);
    lua_newtable(L);
    lua_pushcfunction(L, raise_in_c);
    lua_setfield(L, -2, "__tostring");
    lua_setmetatable(L, 4);
    error_normalize(L, 4);
    struct error_view view;
    cr_assert(error_view(L, 4, &view));
    cr_assert(strncmp(view.message, "table: 0x", 9) == 0);
    cr_assert_eq(lua_gettop(L), 4);
}

Test(error, normalize_cuts_text)
{
    struct error_view view;
    run("return ('x'):rep(50000000), ('x'):rep(1022) .. '\\u{20ac}\\u{20ac}', ('x'):rep(1024)");
    for (int i = 1; i <= 3; i++)
        error_normalize(L, i);
    cr_assert(error_view(L, 1, &view));
    cr_assert_eq(view.message_length, 1024);
    cr_assert(error_view(L, 2, &view));
    cr_assert_eq(view.message_length, 1022, "not inside a character");
    cr_assert(error_view(L, 3, &view));
    cr_assert_eq(view.message_length, 1024);
}

/* After an uncaught error the coroutine still knows where it was. */
Test(error, normalize_sees_where_it_was_raised)
{
    lua_State *thread = lua_newthread(L);
    cr_assert_eq(luaL_loadstring(thread, "local function inner()\n error('boom')\nend\ninner()"), LUA_OK);
    cr_assert_eq(lua_resume(thread, L, 0), LUA_ERRRUN);
    error_normalize(thread, -1);
    lua_xmove(thread, L, 1);
    check("return function(e) local s = e:stack() assert(s:find(':2 %(inner%)') and s:find(':4 %(main chunk%)'), s) "
          "assert(e:message():find(':2: boom')) assert(errors.call_stack(e).thread == 'coroutine') end");
}

static void travel(void)
{
    int count;
    bytes.length = 0;
    cr_assert_eq(codec_encode(L, -1, 1, &bytes), CODEC_OK);
    lua_State *other = luaL_newstate();
    cr_assert_eq(codec_decode(other, bytes.data, bytes.length, &count), CODEC_OK);
    bytes.length = 0;
    cr_assert_eq(codec_encode(other, -1, 1, &bytes), CODEC_OK);
    lua_close(other);
    lua_pop(L, 1);
    cr_assert_eq(codec_decode(L, bytes.data, bytes.length, &count), CODEC_OK);
}

Test(error, travels)
{
    run("return errors.new{message = 'gone', kind = errors.NOT_FOUND, retryable = true, details = {id = 7, list = {1, "
        "2}, "
        "cause = errors.new('inner')}}");
    travel();
    check("return function(e) assert(e:kind() == 'NotFound' and e:message() == 'gone' and e:retryable() == true) "
          "local d = e:details() assert(d.id == 7 and #d.list == 2 and d.cause:message() == 'inner') "
          "assert(e:stack():find('%(main chunk%)') and errors.call_stack(e).frames[1].line == 1) end");
    run("return errors.new('plain')");
    travel();
    check("return function(e) assert(e:kind() == '' and e:retryable() == nil and e:details() == nil) end");
    run("return errors.wrap(errors.new{message = 'low', kind = 'Custom kind', retryable = false}, 'ctx')");
    travel();
    check("return function(e) assert(e:kind() == 'Custom kind' and e:retryable() == false and tostring(e) == 'low') "
          "assert(e:stack():find('ctx', 1, true)) assert(errors.wrap(e, 'c'):message() == 'ctx: low') end");
}

Test(error, travels_inside_tables)
{
    run("local e = errors.new('shared') return {e, e, [e] = e, list = {e}}");
    travel();
    check("return function(t) assert(t[1] == t[2] and t[t[1]] == t[1] and t.list[1] == t[1] and tostring(t[1]) == "
          "'shared') end");
}

/* The texts of an error that came from outside may be anything; nothing of it is believed. */
Test(error, strange_texts_are_harmless)
{
    static const char *const texts[] = {"",         "\n",
                                        "\n\n  :",  "  a:1 (",
                                        "  a:1 (f", "  a:-7 (f)\n  b",
                                        ":1 (x",    "  x:99999999999999999999 (f)",
                                        "  (",      "  s:1 (main chunk)"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct error_parts parts = {.retryable = -1};
        parts.text[ERROR_TEXT_FRAMES] = (struct error_text){texts[i], strlen(texts[i])};
        parts.text[ERROR_TEXT_DETAILS] = (struct error_text){texts[i], strlen(texts[i])};
        error_push_parts(L, &parts);
        travel();
        check("return function(e) assert(e:details() == nil and #e:stack() > 0) local s = errors.call_stack(e) "
              "for _, f in ipairs(s and s.frames or {}) do "
              "assert(math.type(f.line) == 'integer' and f.source and f.name and f.type) end end");
    }
}

Test(error, identity_concat_and_methods)
{
    run("local a, b = errors.new('x'), errors.new('x') assert(a ~= b and a == a) "
        "assert(a .. 'y' == 'xy' and 'y' .. a == 'yx' and a .. 1 == 'x1' and 1.5 .. a == '1.5x' and a .. b == 'xx') "
        "assert(not pcall(function() return a .. nil end) and not pcall(function() return {} .. a end)) "
        "assert(type(a.kind) == 'function' and a.nothing == nil) "
        "for _, name in ipairs{'kind', 'message', 'retryable', 'details', 'stack'} do "
        "assert(not pcall(a[name]) and not pcall(a[name], 1) and not pcall(a[name], {})) end");
}

Test(error, wrapping_many_times_stays_bounded)
{
    run("local e = errors.new('root') for i = 1, 300 do e = errors.wrap(e, 'level ' .. i) end "
        "assert(#e:stack() < 16384) assert(e:message():find('level 299: .*level 1: root$')) "
        "assert(e:stack():find('^level 300\\n'))");
}
