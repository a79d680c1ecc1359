/* SPDX-License-Identifier: MIT */
/* links: vm */
/*
 * Libraries that open on first touch look like ordinary globals to a program, whichever way it looks.
 */
#include <string.h>

#include <criterion/criterion.h>
#include <lauxlib.h>
#include <lualib.h>

#include "vm/lazy.h"

static int opened;

static int open_inner(lua_State *L)
{
    opened++;
    lua_createtable(L, 0, 0);
    return 1;
}

static int open_module(lua_State *L)
{
    lua_pushliteral(L, "the module");
    return 1;
}

static int give_seven(lua_State *L)
{
    lua_pushinteger(L, 7);
    return 1;
}

static int string_shout(lua_State *L)
{
    lua_pushfstring(L, "%s!", luaL_checkstring(L, 1));
    return 1;
}

static const struct lazy_entry tool_entries[] = {
    LAZY_F("seven", give_seven), LAZY_I("count", 3),          LAZY_N("half", 0.5),
    LAZY_S("word", "hello"),     LAZY_O("inner", open_inner), LAZY_DONE,
};
static const struct lazy_entry string_entries[] = {LAZY_F("shout", string_shout), LAZY_DONE};
static const struct lazy_entry base_entries[] = {LAZY_F("seven", give_seven), LAZY_S("_VERSION", "Lua 5.3"), LAZY_DONE};
static const struct library libraries[] = {
    {.name = "tool", .is_global = true, .entries = tool_entries},
    {.name = "string", .is_global = true, .entries = string_entries},
    {.name = "hidden", .entries = tool_entries},
    {.name = "module", .open = open_module},
    {.name = NULL},
};

static bool allow_module(lua_State *L, const char *name)
{
    (void)L;
    return strcmp(name, "module") == 0;
}

/* What base will do in terms of lazy. */
static int test_pairs(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lazy_target(L, 1))
        lua_pushvalue(L, 1);
    int count = 0;
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        cr_assert(lua_type(L, -2) != LUA_TLIGHTUSERDATA);
        count++;
        lua_pop(L, 1);
    }
    lua_pushinteger(L, count);
    return 1;
}

static int test_freeze(lua_State *L)
{
    lazy_freeze(L, 1);
    cr_assert(lazy_is_frozen(L, 1));
    cr_assert_eq(lua_gettop(L), 1);
    return 1;
}

static int test_hidden(lua_State *L)
{
    lua_pushboolean(L, lua_getmetatable(L, 1) && lazy_is_hidden(L, -1));
    return 1;
}

static int test_former(lua_State *L)
{
    return lazy_former_metatable(L, 1);
}

/* Stock base functions, then what is under test. */
static lua_State *new_state(void)
{
    lua_State *L = luaL_newstate();
    luaL_requiref(L, "_G", luaopen_base, 1);
    lazy_install(L, base_entries, libraries);
    lua_register(L, "count", test_pairs);
    lua_register(L, "freeze", test_freeze);
    lua_register(L, "is_hidden", test_hidden);
    lua_register(L, "former", test_former);
    lua_settop(L, 0);
    opened = 0;
    return L;
}

static void run(lua_State *L, const char *text)
{
    if (luaL_dostring(L, text))
        cr_assert(false, "%s", lua_tostring(L, -1));
    lua_settop(L, 0);
}

#define LUA_TEST(name, text)            \
    Test(lazy, name)                    \
    {                                   \
        lua_State *L = new_state();     \
        run(L, (text));                 \
        cr_assert_eq(lua_gettop(L), 0); \
        lua_close(L);                   \
    }

LUA_TEST(members, "assert(tool.seven() == 7 and tool.count == 3 and tool.half == 0.5 and tool.word == 'hello')\n"
                  "assert(tool.unknown == nil and tool[1] == nil and tool.seven == tool.seven)")

LUA_TEST(globals, "assert(rawget(_G, 'seven') == nil and seven() == 7 and rawget(_G, 'seven'))\n"
                  "assert(unknown == nil and _VERSION == 'Lua 5.3')")

LUA_TEST(same_table_every_time, "local t = tool; assert(t == tool); tool = nil; assert(tool == nil)\n"
                                "seven = nil; assert(seven == nil)")

LUA_TEST(removed_before_first_touch_stays_removed, "tool = nil; assert(tool == nil); seven = 5; assert(seven == 5)\n"
                                                   "seven = nil; assert(seven == nil)")

LUA_TEST(read_only, "local ok, e = pcall(function() tool.count = 4 end)\n"
                    "assert(not ok and #e:shout() > 10 and tool.count == 3)")

LUA_TEST(hidden_metatables, "assert(is_hidden(_G) and is_hidden(tool) and is_hidden('x') and not is_hidden({}))\n"
                            "assert(('a'):shout() == 'a!' and is_hidden('x'))\n"
                            "assert(not is_hidden(setmetatable({}, {__newindex = print})))")

LUA_TEST(walking_a_library,
         "assert(count(tool) == 5 and count(tool) == 5 and tool.half == 0.5 and tool.unknown == nil)\n"
         "assert(not pcall(function() tool.x = 1 end))")

LUA_TEST(walking_globals, "assert(count(_G) > 5 and rawget(_G, 'tool') and rawget(_G, 'seven') and not is_hidden(_G))\n"
                          "assert(rawget(_G, 'hidden') == nil)\n"
                          "setmetatable(_G, {__index = function(_, k) return k end}); assert(nothing == 'nothing')")

LUA_TEST(removed_globals_do_not_come_back_by_walking,
         "seven = nil; tool = nil; count(_G); assert(seven == nil and tool == nil)")

LUA_TEST(string_methods, "assert(('a'):shout() == 'a!' and ('a').nothing == nil and string.shout('b') == 'b!')\n"
                         "assert(not pcall(function() local s = 'x'; s.y = 1 end))")

LUA_TEST(string_methods_after_removal_of_the_global, "string = nil; assert(('a'):shout() == 'a!')")

LUA_TEST(nil_and_nan_are_no_names,
         "assert(not pcall(function() _G[nil] = 1 end) and not pcall(function() _G[0/0] = 1 end))\n"
         "assert(_G[nil] == nil); _G[1] = 2; assert(_G[1] == 2)")

LUA_TEST(freeze_plain,
         "local t = {1, 2, 3, a = {b = 1}}; local same = freeze(t)\n"
         "assert(same == t and t[2] == 2 and #t == 3 and t.a.b == 1 and count(t) == 4)\n"
         "for _, f in pairs{function() t[1] = 2 end, function() t.a = nil end, function() t.new = 1 end,\n"
         "  function() t[4] = 1 end} do assert(not pcall(f)) end\n"
         "t.a.b = 2; assert(t.a.b == 2); freeze(t); local n = 0; for i in ipairs(t) do n = n + i end\n"
         "assert(n == 6 and former(t) == nil)")

LUA_TEST(freeze_object, "local mt = {__index = {m = 5}, __call = function(self, x) return x + self.v end,\n"
                        "  __tostring = function() return 'obj' end, __newindex = function() end}\n"
                        "local o = freeze(setmetatable({v = 2}, mt))\n"
                        "assert(o.m == 5 and o(3) == 5 and tostring(o) == 'obj' and former(o) == mt)\n"
                        "assert(not pcall(function() o.x = 1 end) and not pcall(function() o.v = 1 end))")

LUA_TEST(freeze_object_with_index_function,
         "local seen\n"
         "local o = setmetatable({}, {__index = function(t, k) seen = t; return k end})\n"
         "freeze(o); assert(o.abc == 'abc' and seen == o)")

LUA_TEST(freeze_class, "local C = {}; C.__index = C; function C:m() return self.v end\n"
                       "function C.new(v) return setmetatable({v = v}, C) end\n"
                       "C.__add = function(a, b) return C.new(a.v + b.v) end\n"
                       "local before = C.new(1); freeze(C); local after = C.new(2)\n"
                       "assert(before:m() == 1 and after:m() == 2 and (before + after):m() == 3 and count(C) == 4)\n"
                       "assert(not pcall(function() C.x = 1 end))")

LUA_TEST(freeze_globals,
         "freeze(_G); assert(tool.count == 3 and seven() == 7); assert(not pcall(function() x = 1 end))")

LUA_TEST(freeze_library_is_nothing, "freeze(tool); assert(tool.count == 3 and count(tool) == 5)")

Test(lazy, error_names_the_library)
{
    lua_State *L = new_state();
    cr_assert(luaL_dostring(L, "tool.count = 4"));
    cr_assert(strstr(lua_tostring(L, -1), "attempt to modify read-only table 'tool'"), "%s", lua_tostring(L, -1));
    cr_assert(luaL_dostring(L, "freeze({}).x = 4"));
    cr_assert(strstr(lua_tostring(L, -1), "attempt to modify read-only table"), "%s", lua_tostring(L, -1));
    lua_close(L);
}

Test(lazy, modules_need_permission)
{
    lua_State *L = new_state();
    run(L, "assert(module == nil and hidden == nil)");
    lazy_set_allow(L, allow_module);
    run(L, "assert(module == 'the module' and hidden == nil)");
    cr_assert(lazy_require(L, "hidden"));
    cr_assert_eq(lua_type(L, -1), LUA_TTABLE);
    cr_assert(!lazy_require(L, "nothing"));
    cr_assert_eq(lua_gettop(L), 1);
    cr_assert_str_eq(lazy_find(L, "tool")->name, "tool");
    cr_assert_null(lazy_find(L, "nothing"));
    lua_close(L);
}

Test(lazy, openers_run_once)
{
    lua_State *L = new_state();
    run(L, "assert(tool.word and true)");
    cr_assert_eq(opened, 0);
    run(L, "local i = tool.inner; assert(i == tool.inner); count(tool); assert(i == tool.inner)");
    cr_assert_eq(opened, 1);
    lua_close(L);
}

Test(lazy, require_gives_the_global_table)
{
    lua_State *L = new_state();
    cr_assert(lazy_require(L, "tool"));
    lua_setglobal(L, "required");
    run(L, "assert(required == tool)");
    lua_close(L);
}

Test(lazy, open_all_may_keep_the_metatable)
{
    lua_State *L = new_state();
    lua_pushglobaltable(L);
    lazy_open_all(L, -1, true);
    run(L, "assert(rawget(_G, 'tool') and is_hidden(_G)); tool = nil; assert(tool == nil)");
    lua_close(L);
}

static size_t used(lua_State *L)
{
    lua_gc(L, LUA_GCCOLLECT, 0);
    return (size_t)lua_gc(L, LUA_GCCOUNT, 0) * 1024 + (size_t)lua_gc(L, LUA_GCCOUNTB, 0);
}

/* The limits are what an idle actor can afford (8 KB all told); x86-64. */
Test(lazy, costs_little)
{
    lua_State *L = luaL_newstate();
    size_t before = used(L);
    lazy_install(L, base_entries, libraries);
    size_t installed = used(L);
    cr_assert_lt(installed - before, 400, "install: %zu", installed - before);
    lua_getglobal(L, "tool");
    lua_getfield(L, -1, "seven");
    lua_settop(L, 0);
    size_t touched = used(L);
    cr_assert_lt(touched - installed, 600, "one member: %zu", touched - installed);
    lua_close(L);
}
