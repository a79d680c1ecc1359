/* SPDX-License-Identifier: MIT */
/*
 * type: see type.h. The metatable of a type lies in the registry under the address of its struct type, which is static data and so the
 * same in every clone of a template. It holds two to five entries; methods live in a second table that fills itself
 * (lazy_push_methods), so that `obj:method()` is two table lookups once the method has been used. There is no __metatable
 * entry: the only getmetatable that programs can reach is ours, and it answers false for every userdata.
 *
 * A type with an `index` callback has no method table: the callback wants the object, so every lookup is a C call.
 */
#include "vm/type.h"

#include <stdbool.h>
#include <string.h>

#include "sched/base/compiler.h"
#include "vm/lazy.h"
#include "vm/lazy_learn.h"

static int default_tostring(lua_State *L)
{
    const struct type *type = type_of(L, 1);
    lua_pushfstring(L, "%s{}", type ? type->name : "object");
    return 1;
}

/* __index of types with an index callback. */
static int index_object(lua_State *L)
{
    const struct type *type = type_of(L, 1);
    if (!type)
        return 0;
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;
    for (const luaL_Reg *reg = type->methods; name && reg && reg->name; reg++) {
        if (strcmp(reg->name, name) == 0) {
            lua_pushcfunction(L, reg->func);
            return 1;
        }
    }
    return type->index(L);
}

static const char *find_method(const struct type *type, lua_CFunction function)
{
    const luaL_Reg *method = type->methods;
    while (method && method->name && method->func != function)
        method++;
    return method ? method->name : NULL;
}

/* Is the value on top of the stack a metatable of ours? All that are in the registry under an address have a __tostring. */
static bool is_type_metatable(lua_State *L)
{
    if (!lua_istable(L, -1))
        return false;
    lua_pushliteral(L, "__tostring");
    bool found = lua_rawget(L, -2) == LUA_TFUNCTION;
    lua_pop(L, 1);
    return found;
}

const char *type_method_name(lua_State *L, lua_CFunction function, int self)
{
    const struct type *type = type_of(L, self);
    const char *name = type ? find_method(type, function) : NULL;
    lua_pushnil(L);
    while (!name && lua_next(L, LUA_REGISTRYINDEX)) {
        if (lua_type(L, -2) == LUA_TLIGHTUSERDATA && is_type_metatable(L))
            name = find_method(lua_touserdata(L, -2), function);
        lua_pop(L, name ? 2 : 1);
    }
    return name;
}

static void set_function(lua_State *L, const char *name, lua_CFunction function)
{
    if (!function)
        return;
    lua_pushstring(L, name);
    lua_pushcfunction(L, function);
    lua_rawset(L, -3);
}

void type_make_metatable(lua_State *L, const struct type *type)
{
    luaL_checkstack(L, 6, "metatable");
    lua_createtable(L, 0, 2 + !!type->concat + !!type->call + !!type->eq + !!type->le + !!type->lt + !!type->finalize);
    if (type->index) {
        set_function(L, "__index", type->methods ? index_object : type->index);
    } else if (type->methods) {
        lua_pushliteral(L, "__index");
        lazy_push_methods(L, type->methods);
        lua_rawset(L, -3);
    }
    set_function(L, "__tostring", type->tostring ? type->tostring : default_tostring);
    set_function(L, "__concat", type->concat);
    set_function(L, "__call", type->call);
    set_function(L, "__eq", type->eq);
    set_function(L, "__le", type->le);
    set_function(L, "__lt", type->lt);
    set_function(L, "__gc", type->finalize);
}

static void push_metatable(lua_State *L, const struct type *type)
{
    lua_Integer place = -(lua_Integer)type->place; /* luaL_ref has those above 0 */
    int found = place ? lua_rawgeti(L, LUA_REGISTRYINDEX, place) : lua_rawgetp(L, LUA_REGISTRYINDEX, type);
    if (likely(found == LUA_TTABLE))
        return;
    lua_pop(L, 1);
    type_make_metatable(L, type);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, type);
    if (!place)
        return;
    lua_pushvalue(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, place);
}

void *type_new(lua_State *L, const struct type *type, size_t size)
{
    struct object *object = lua_newuserdata(L, size);
    memset(object, 0, size);
    object->type = type;
    push_metatable(L, type);
    lua_setmetatable(L, -2);
    return object;
}

const struct type *type_of(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TUSERDATA)
        return NULL;
    const struct object *object = lua_touserdata(L, index);
    return object->type;
}

/* ---- what a state has met ---- */

/* Those methods of the type that the table on top has by now. */
static void learn_methods(lua_State *L, const struct type *type, struct lazy_set *set)
{
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        const luaL_Reg *method = lua_type(L, -2) == LUA_TSTRING ? type->methods : NULL;
        while (method && method->name && strcmp(method->name, lua_tostring(L, -2)) != 0)
            method++;
        if (method && method->name)
            lazy_set_add(set, method);
        lua_pop(L, 1);
    }
}

void type_learn(lua_State *L, struct lazy_set *set)
{
    lua_pushnil(L);
    while (lua_next(L, LUA_REGISTRYINDEX)) {
        int top = lua_gettop(L);
        if (lua_type(L, -2) == LUA_TLIGHTUSERDATA && lua_istable(L, -1) && lazy_push_field(L, "__tostring")) {
            const struct type *type = lua_touserdata(L, -3);
            lua_settop(L, top);
            lazy_set_add_type(set, type);
            if (lazy_push_field(L, "__index") && lua_istable(L, -1))
                learn_methods(L, type, set);
        }
        lua_settop(L, top - 1);
    }
}

void type_prepare(lua_State *L, const struct lazy_set *set)
{
    for (unsigned i = 0; i < set->type_count; i++) {
        const struct type *type = set->types[i];
        push_metatable(L, type);
        lua_getfield(L, -1, "__index");
        for (const luaL_Reg *method = type->methods; lua_istable(L, -1) && method && method->name; method++) {
            if (!lazy_set_has(set, method))
                continue;
            lua_getfield(L, -1, method->name);
            lua_pop(L, 1);
        }
        lua_pop(L, 2);
    }
}

/* ---- asking ---- */

void *type_check_failed(lua_State *L, int index, const struct type *type)
{
    const struct type *other = type_of(L, index);
    const char *got = other ? other->name : luaL_typename(L, index);
    luaL_argerror(L, index, lua_pushfstring(L, "%s expected, got %s", type->name, got));
    return NULL;
}
