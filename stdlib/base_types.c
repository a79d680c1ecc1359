/* SPDX-License-Identifier: MIT */
/* base_types: the types that are globals, and typeof. They come into being when a program first names them. */
#include <lauxlib.h>

#include "stdlib/base.h"
#include "vm/error.h"
#include "vm/lang/shape.h"
#include "vm/lang/word.h"
#include "vm/type.h"
#include "vm/typed.h"

static int push(lua_State *L, enum word_builtin kind)
{
    typed_push_builtin(L, kind);
    return 1;
}

int base_open_any(lua_State *L)
{
    return push(L, BUILTIN_ANY);
}

int base_open_boolean(lua_State *L)
{
    return push(L, BUILTIN_BOOLEAN);
}

int base_open_integer(lua_State *L)
{
    return push(L, BUILTIN_INTEGER);
}

int base_open_never(lua_State *L)
{
    return push(L, BUILTIN_NEVER);
}

int base_open_nil(lua_State *L)
{
    return push(L, BUILTIN_NIL);
}

int base_open_number(lua_State *L)
{
    return push(L, BUILTIN_NUMBER);
}

int base_open_string(lua_State *L)
{
    return push(L, BUILTIN_STRING);
}

int base_open_unknown(lua_State *L)
{
    return push(L, BUILTIN_UNKNOWN);
}

/* Does it say what values are? any and what means nothing do not. */
static bool says_something(const struct typed *typed)
{
    const struct shape_node *node = shape_node(typed->shapes, shape_look(typed->shapes, typed->node, false));
    return node->kind != BUILTIN_ANY && node->kind != BUILTIN_UNKNOWN && node->kind != BUILTIN_NEVER &&
           node->kind != SHAPE_UNRESOLVED;
}

/*
 * For expressions other than names of declared type, which are known when the source is compiled. The second argument, which erase.h adds,
 * is the type that the expression has as far as it can be seen.
 */
int base_typeof(lua_State *L)
{
    luaL_checkany(L, 1);
    const struct typed *seen = typed_test(L, 2);
    if (seen && says_something(seen)) {
        lua_pushvalue(L, 2);
        return 1;
    }
    switch (lua_type(L, 1)) {
    case LUA_TNIL:
        return push(L, BUILTIN_NIL);
    case LUA_TBOOLEAN:
        return push(L, BUILTIN_BOOLEAN);
    case LUA_TNUMBER:
        return push(L, lua_isinteger(L, 1) ? BUILTIN_INTEGER : BUILTIN_NUMBER);
    case LUA_TSTRING:
        return push(L, BUILTIN_STRING);
    case LUA_TTABLE:
        return push(L, BUILTIN_TABLE);
    case LUA_TFUNCTION:
        return push(L, BUILTIN_FUNCTION);
    case LUA_TTHREAD:
        return push(L, BUILTIN_THREAD);
    default:
        return push(L, type_of(L, 1) == &error_type ? BUILTIN_ERROR : BUILTIN_USERDATA);
    }
}
