/* SPDX-License-Identifier: MIT */
/* links: vm */
/*
 * Userdata types: recognised by their first word, methods readable as fields, nothing else.
 */
#include <string.h>

#include <criterion/criterion.h>
#include <lauxlib.h>
#include <lualib.h>

#include "vm/lazy.h"
#include "vm/type.h"

struct box {
    const struct type *type;
    lua_Integer value;
};

static int finalized;

static const struct type box_type, pipe_type;

static int box_get(lua_State *L)
{
    struct box *box = type_check(L, 1, &box_type);
    lua_pushinteger(L, box->value);
    return 1;
}

static int box_set(lua_State *L)
{
    struct box *box = type_check(L, 1, &box_type);
    box->value = luaL_checkinteger(L, 2);
    return 0;
}

static int pipe_index(lua_State *L)
{
    lua_pushfstring(L, "field %s", luaL_tolstring(L, 2, NULL));
    return 1;
}

static int pipe_tostring(lua_State *L)
{
    lua_pushliteral(L, "a pipe");
    return 1;
}

static int pipe_concat(lua_State *L)
{
    lua_pushliteral(L, "joined");
    return 1;
}

static int pipe_call(lua_State *L)
{
    lua_pushinteger(L, lua_gettop(L) - 1);
    return 1;
}

static int pipe_finalize(lua_State *L)
{
    (void)L;
    finalized++;
    return 0;
}

static const luaL_Reg box_methods[] = {{"get", box_get}, {"set", box_set}, {NULL, NULL}};
static const struct type box_type = {.name = "box", .methods = box_methods};

static const luaL_Reg pipe_methods[] = {{"get", box_get}, {NULL, NULL}};
static const struct type pipe_type = {
    .name = "pipe",
    .methods = pipe_methods,
    .tostring = pipe_tostring,
    .index = pipe_index,
    .concat = pipe_concat,
    .call = pipe_call,
    .finalize = pipe_finalize,
};

static int new_box(lua_State *L)
{
    lua_Integer value = luaL_optinteger(L, 1, 0);
    struct box *box = type_new(L, &box_type, sizeof(*box));
    cr_assert_eq(box->value, 0);
    box->value = value;
    return 1;
}

static int new_pipe(lua_State *L)
{
    type_new(L, &pipe_type, sizeof(struct box));
    return 1;
}

static lua_State *new_state(void)
{
    lua_State *L = luaL_newstate();
    luaL_requiref(L, "_G", luaopen_base, 1);
    luaL_requiref(L, "string", luaopen_string, 1);
    lua_register(L, "box", new_box);
    lua_register(L, "pipe", new_pipe);
    lua_settop(L, 0);
    finalized = 0;
    return L;
}

static void run(lua_State *L, const char *text)
{
    if (luaL_dostring(L, text))
        cr_assert(false, "%s", lua_tostring(L, -1));
    lua_settop(L, 0);
}

Test(type, methods_are_fields)
{
    lua_State *L = new_state();
    run(L, "local b = box(4); assert(b:get() == 4); b:set(5); assert(b:get() == 5 and box(1):get() == 1)\n"
           "assert(type(b) == 'userdata' and type(b.get) == 'function' and b.get == box().get)\n"
           "assert(b.unknown == nil and b.__index == nil and b[1] == nil and b[b] == nil)\n"
           "assert(tostring(b) == 'box{}' and b ~= box(4))\n"
           "assert(not pcall(function() b.x = 1 end))");
    lua_close(L);
}

Test(type, callbacks)
{
    lua_State *L = new_state();
    run(L, "local p = pipe(); assert(p.some == 'field some' and p[1] == 'field 1' and type(p.get) == 'function')\n"
           "assert(tostring(p) == 'a pipe' and p .. 'x' == 'joined' and 'x' .. p == 'joined' and p(1, 2, 3) == 3)");
    lua_close(L);
    cr_assert_eq(finalized, 1);
}

Test(type, checks)
{
    lua_State *L = new_state();
    run(L, "local ok, e = pcall(box().get, pipe()); assert(not ok and e:find('box expected, got pipe', 1, true), e)\n"
           "ok, e = pcall(box().get, 1); assert(not ok and e:find('box expected, got number', 1, true), e)\n"
           "ok, e = pcall(box().get); assert(not ok and e:find('box expected, got no value', 1, true), e)");
    lua_pushinteger(L, 1);
    void *box = type_new(L, &box_type, sizeof(struct box));
    cr_assert_eq(type_test(L, -1, &box_type), box);
    cr_assert_null(type_test(L, -1, &pipe_type));
    cr_assert_null(type_test(L, 1, &box_type));
    cr_assert_null(type_test(L, 9, &box_type));
    cr_assert_eq(type_of(L, -1), &box_type);
    cr_assert_null(type_of(L, 1));
    lua_pushlightuserdata(L, box);
    cr_assert_null(type_test(L, -1, &box_type));
    lua_close(L);
}

Test(type, metatable_is_small)
{
    lua_State *L = luaL_newstate();
    lazy_install(L, (const struct lazy_entry[]){LAZY_DONE}, (const struct library[]){{.name = NULL}});
    lua_gc(L, LUA_GCCOLLECT, 0);
    int before = lua_gc(L, LUA_GCCOUNT, 0) * 1024 + lua_gc(L, LUA_GCCOUNTB, 0);
    type_new(L, &box_type, sizeof(struct box));
    lua_getfield(L, -1, "get");
    lua_settop(L, 0);
    lua_gc(L, LUA_GCCOLLECT, 0);
    int after = lua_gc(L, LUA_GCCOUNT, 0) * 1024 + lua_gc(L, LUA_GCCOUNTB, 0);
    cr_assert_lt(after - before, 500, "%d", after - before);
    lua_close(L);
}
