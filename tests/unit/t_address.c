/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/window_rig.h"
#include "vm/address.h"

enum { TEXT = 128, OBJECTS = 6 };

static struct rig rig;
static int something;

static int setup(lua_State *L, void *user, void *ctx)
{
    (void)user;
    (void)ctx;
    luaL_requiref(L, "_G", luaopen_base, 1);
    lua_settop(L, 0);
    return 0;
}

static void begin(void)
{
    rig_open(&rig, setup, false);
}

static void end(void)
{
    rig_close(&rig);
}

static int nothing(lua_State *L)
{
    return lua_gettop(L);
}

/* The text of the value, which comes on top of what there was. */
static void get_text(lua_State *L, int index, char *text)
{
    size_t length = 99;
    int top = lua_gettop(L);
    lua_pushvalue(L, index);
    lua_insert(L, 1); /* to see that it is not the one that is changed */
    top++;
    const char *at = address_tolstring(L, index < 0 ? index : index + 1, &length);
    cr_assert_eq(lua_gettop(L), top + 1);
    cr_assert_eq(lua_type(L, -1), LUA_TSTRING);
    cr_assert_eq(at, lua_tostring(L, -1));
    cr_assert_eq(length, lua_rawlen(L, -1));
    cr_assert_lt(length, TEXT);
    memcpy(text, at, length + 1);
    lua_pop(L, 1);
    cr_assert(lua_rawequal(L, 1, index < 0 ? index : index + 1), "the value is another one");
    lua_remove(L, 1);
}

/* An object of each kind, at 1 to OBJECTS. */
static void push_objects(lua_State *L)
{
    lua_newtable(L);
    cr_assert_eq(luaL_loadstring(L, "return ..."), LUA_OK);
    lua_pushinteger(L, 1);
    lua_pushcclosure(L, nothing, 1);
    lua_newthread(L);
    lua_newuserdata(L, 8);
    lua_newtable(L);
}

static const char *const kinds[OBJECTS] = {"table", "function", "function", "thread", "userdata", "table"};

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

Test(address, objects_keep_their_texts_as_they_move, .init = begin, .fini = end)
{
    lua_State *L = rig_lodge(&rig);
    char texts[OBJECTS][TEXT], text[TEXT];
    const void *shown[OBJECTS];
    push_objects(L);
    for (int i = 0; i < OBJECTS; i++) {
        get_text(L, i + 1, texts[i]);
        shown[i] = address_shown(L, i + 1);
        cr_assert(starts_with(texts[i], kinds[i]) && starts_with(texts[i] + strlen(kinds[i]), ": 0x"), "%s", texts[i]);
        snprintf(text, sizeof text, "%s: %p", kinds[i], shown[i]);
        cr_assert_str_eq(texts[i], text);
        cr_assert_neq(shown[i], lua_topointer(L, i + 1), "it is told where it is");
        for (int k = 0; k < i; k++)
            cr_assert(strcmp(texts[i], texts[k]) != 0 && shown[i] != shown[k]);
    }
    for (int moves = 0; moves < 3; moves++) {
        lua_settop(L, OBJECTS); /* texts are garbage */
        lua_gc(L, LUA_GCCOLLECT, 0);
        cr_assert(rig_move(&rig));
        L = rig_state(&rig);
        for (int i = 0; i < OBJECTS; i++) {
            get_text(L, i + 1, text);
            cr_assert_str_eq(text, texts[i]);
            get_text(L, i - OBJECTS, text);
            cr_assert_str_eq(text, texts[i]);
            cr_assert_eq(address_shown(L, i + 1), shown[i]);
            cr_assert_eq(address_shown(L, i - OBJECTS), shown[i]);
        }
    }
    rig_leave(&rig);
}

/* In the window and, when that is full, outside. */
Test(address, no_two_objects_have_the_same, .init = begin, .fini = end)
{
    enum { COUNT = 400 };
    static const void *shown[COUNT];
    lua_State *L = rig_lodge(&rig);
    bool is_outside = false;
    lua_createtable(L, COUNT, 0);
    for (int i = 0; i < COUNT; i++) {
        lua_newuserdata(L, 16);
        shown[i] = address_shown(L, -1);
        is_outside |= shown[i] == lua_topointer(L, -1);
        for (int k = 0; k < i; k++)
            cr_assert_neq(shown[i], shown[k], "%d and %d", i, k);
        lua_rawseti(L, 1, i + 1);
    }
    cr_assert(is_outside);
    for (int i = 0; i < COUNT; i++) {
        lua_rawgeti(L, 1, i + 1);
        cr_assert_eq(address_shown(L, -1), shown[i]);
        lua_pop(L, 1);
    }
    rig_leave(&rig);
}

/* The same as Lua's own, to the byte. */
static void check_like_lua(lua_State *L, int index)
{
    size_t length = 1, expected_length = 2;
    int top = lua_gettop(L);
    const char *text = address_tolstring(L, index, &length);
    cr_assert_eq(lua_gettop(L), top + 1);
    const char *expected = luaL_tolstring(L, index < 0 ? index - 1 : index, &expected_length);
    cr_assert_eq(length, expected_length);
    cr_assert_eq(memcmp(text, expected, length), 0, "%s instead of %s", text, expected);
    lua_pop(L, 2);
    cr_assert_eq(lua_tostring(L, index) != NULL, lua_isstring(L, index));
    text = address_tolstring(L, index, NULL);
    cr_assert_eq(text, lua_tostring(L, -1));
    lua_pop(L, 1);
}

/* Values that are no objects of the window. */
Test(address, other_values_have_the_texts_of_lua, .init = begin, .fini = end)
{
    lua_State *L = rig_lodge(&rig);
    lua_pushnil(L);
    lua_pushboolean(L, true);
    lua_pushboolean(L, false);
    lua_pushinteger(L, -42);
    lua_pushnumber(L, 2.0);
    lua_pushnumber(L, 1e300);
    lua_pushlstring(L, "zero \0 bytes\0", 13);
    lua_pushliteral(L, "");
    lua_pushlightuserdata(L, &something);
    lua_pushlightuserdata(L, NULL);
    lua_pushcfunction(L, nothing);
    int top = lua_gettop(L);
    for (int i = 1; i <= top; i++) {
        lua_pushvalue(L, i);
        check_like_lua(L, i);
        check_like_lua(L, -1);
        cr_assert_eq(address_shown(L, i), lua_topointer(L, i));
        lua_pop(L, 1);
        cr_assert_eq(lua_gettop(L), top);
    }
    cr_assert_eq(address_shown(L, 9), &something);
    rig_leave(&rig);
}

/* In a heap that stays where it is, addresses are addresses. */
Test(address, objects_elsewhere_have_the_texts_of_lua, .init = begin, .fini = end)
{
    struct heap *heap = template_clone(rig.tmpl, rig.cache);
    lua_State *L = ((struct rig_owner *)heap_user(heap))->L;
    push_objects(L);
    for (int i = 1; i <= OBJECTS; i++) {
        check_like_lua(L, i);
        cr_assert_eq(address_shown(L, i), lua_topointer(L, i));
    }
    cr_assert(heap_drop(heap, rig.cache, 1000));
    L = rig_lodge(&rig);
    lua_newuserdata(L, 20000);
    check_like_lua(L, 1);
    cr_assert_eq(address_shown(L, 1), lua_touserdata(L, 1));
    rig_leave(&rig);
}

/* A table with a metatable that has the value on top as that field, in its place. */
static void with_field(lua_State *L, const char *field)
{
    lua_newtable(L);
    lua_newtable(L);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, field);
    lua_setmetatable(L, -2);
    lua_replace(L, -2);
}

static int say(lua_State *L)
{
    cr_assert_eq(lua_gettop(L), 1);
    lua_pushlstring(L, "an \0 object", 11);
    return 1;
}

static int say_number(lua_State *L)
{
    lua_pushinteger(L, 17);
    return 1;
}

static int fail(lua_State *L)
{
    return luaL_error(L, "no text");
}

static int protected(lua_State *L)
{
    address_tolstring(L, 1, NULL);
    return 1;
}

Test(address, tostring_is_asked, .init = begin, .fini = end)
{
    lua_State *L = rig_lodge(&rig);
    lua_pushcfunction(L, say);
    with_field(L, "__tostring");
    check_like_lua(L, 1);
    check_like_lua(L, -1);
    cr_assert_str_eq(address_tolstring(L, 1, NULL), "an ");
    lua_settop(L, 0);
    lua_pushcfunction(L, say_number);
    with_field(L, "__tostring");
    check_like_lua(L, 1);
    lua_settop(L, 0);
    static const struct {
        lua_CFunction says;
        const char *error;
    } bad[] = {{nothing, "'__tostring' must return a string"}, {fail, "no text"}};
    for (size_t i = 0; i < 2; i++) {
        lua_pushcfunction(L, protected);
        lua_pushcfunction(L, bad[i].says);
        with_field(L, "__tostring");
        cr_assert_eq(lua_pcall(L, 1, 1, 0), LUA_ERRRUN);
        cr_assert_not_null(strstr(lua_tostring(L, -1), bad[i].error), "%s", lua_tostring(L, -1));
        lua_settop(L, 0);
    }
    rig_leave(&rig);
}

Test(address, a_name_is_told, .init = begin, .fini = end)
{
    char text[TEXT];
    lua_State *L = rig_lodge(&rig);
    lua_pushliteral(L, "my.type");
    with_field(L, "__name");
    get_text(L, 1, text);
    cr_assert(starts_with(text, "my.type: 0x1"), "%s", text);
    get_text(L, -1, text);
    cr_assert(starts_with(text, "my.type: 0x1"), "%s", text);
    rig_leave(&rig);
}

/* A name that is no string is none, wherever the value is. */
Test(address, a_name_that_is_no_string_is_not_told, .init = begin, .fini = end)
{
    char text[TEXT];
    lua_State *L = rig_lodge(&rig);
    for (int kind = 0; kind < 3; kind++) {
        if (kind == 0)
            lua_pushboolean(L, true);
        if (kind == 1)
            lua_pushinteger(L, 5);
        if (kind == 2)
            lua_pushcfunction(L, nothing);
        with_field(L, "__name");
        get_text(L, 1, text);
        cr_assert(starts_with(text, "table: 0x1"), "%s", text);
        get_text(L, -1, text);
        cr_assert(starts_with(text, "table: 0x1"), "%s", text);
        lua_settop(L, 0);
    }
    rig_leave(&rig);
}

/* Objects with both are asked, and those of which the metatable says nothing have an address. */
Test(address, metatables_may_say_nothing, .init = begin, .fini = end)
{
    char text[TEXT];
    lua_State *L = rig_lodge(&rig);
    lua_pushliteral(L, "what");
    with_field(L, "__other");
    get_text(L, 1, text);
    cr_assert(starts_with(text, "table: 0x1"), "%s", text);
    lua_getmetatable(L, 1);
    lua_pushcfunction(L, say);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "my.type");
    lua_setfield(L, -2, "__name");
    lua_pop(L, 1);
    check_like_lua(L, 1);
    rig_leave(&rig);
}
