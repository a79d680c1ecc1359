/* SPDX-License-Identifier: MIT */
/*
 * type: the userdata types of the runtime. Every full userdata begins with a pointer to its struct type, so a check is one
 * comparison. Methods may be read as fields (`type(obj.method) == "function"`), unknown names give nil,
 * getmetatable(obj) gives false. The metatable of a type is made on first use in a state, its methods on first touch.
 */
#ifndef VM_TYPE_H
#define VM_TYPE_H

#include <stdbool.h>
#include <stddef.h>

#include <lauxlib.h>
#include <lua.h>

/* A key of the registry of its own, where a metatable is found in half the time that it takes by address. */
enum type_place { TYPE_ANYWHERE, TYPE_ENVELOPE, TYPE_PAYLOAD, TYPE_TIME, TYPE_DURATION, TYPE_PLACES };

struct type {
    const char *name; /* as in "bad argument #1 to 'f' (channel expected, got nil)" and the default tostring text */
    const luaL_Reg *methods;  /* ends with {NULL, NULL} */
    lua_CFunction tostring;   /* NULL: "name" and address are not shown, just "name{}" */
    lua_CFunction index;      /* called for names that are no method; NULL: nil */
    lua_CFunction concat;     /* __concat, or NULL */
    lua_CFunction call;       /* __call, or NULL */
    lua_CFunction eq, le, lt; /* __eq, __le, __lt, or NULL */
    bool is_generic;          /* it may be named with type arguments, which say nothing while a program runs */
    lua_CFunction finalize;   /* native __gc: never runs Lua, never raises; NULL: none */
    enum type_place place;    /* of types that are made for each message or at each look at the clock */
};

/* Pushes a new userdata of the type, `size` bytes all told (its struct begins with `const struct type *type`), zeroed. */
void *type_new(lua_State *L, const struct type *type, size_t size);

/* Pushes a new metatable for values of the type, which the caller keeps and sets: type_new has its own. */
void type_make_metatable(lua_State *L, const struct type *type);

/* What every userdata begins with. */
struct object {
    const struct type *type;
};

/* The userdata at `index` if it has that type, else NULL; and the same raising an argument error. */
static inline void *type_test(lua_State *L, int index, const struct type *type)
{
    if (lua_type(L, index) != LUA_TUSERDATA)
        return NULL;
    struct object *object = lua_touserdata(L, index);
    return object->type == type ? object : NULL;
}

void *type_check_failed(lua_State *L, int index, const struct type *type); /* never returns */

static inline void *type_check(lua_State *L, int index, const struct type *type)
{
    void *object = type_test(L, index, type);
    return object ? object : type_check_failed(L, index, type);
}

/*
 * The name of the method that the C function is, NULL: of none. Looks at the type of the value at `self` first, then at all types that the state
 * has met: for error messages.
 */
const char *type_method_name(lua_State *L, lua_CFunction function, int self);

/* The type of the userdata at `index`, or NULL for other values. */
const struct type *type_of(lua_State *L, int index);

/* The types that the state has met, and which of their methods: for lazy_learn. And: makes those of the set. */
struct lazy_set;
void type_learn(lua_State *L, struct lazy_set *set);
void type_prepare(lua_State *L, const struct lazy_set *set);

#endif
