/* SPDX-License-Identifier: MIT */
/*
 * lazy: libraries that cost nothing until touched. _G gets a metatable whose __index opens a library on first use; a library
 * table is an empty read-only proxy whose members come into being on first use. None of this is observable: pairs, next,
 * rawget, rawlen, #, and a program's own setmetatable(_G, …) see the whole table (stdlib/base uses lazy_open_all and lazy_target for that).
 */
#ifndef VM_LAZY_H
#define VM_LAZY_H

#include <stdbool.h>
#include <stdint.h>

#include <lauxlib.h>
#include <lua.h>

struct type;

enum lazy_kind {
    LAZY_END,
    LAZY_FUNCTION,
    LAZY_PURE,
    LAZY_INTEGER,
    LAZY_NUMBER,
    LAZY_STRING,
    LAZY_TABLE,
    LAZY_TYPE,
    LAZY_OPEN
};

/*
 * A member of a library: a C function, a constant, a library inside it, a userdata type that programs may name (as module.name, and it is a type
 * value then), or (LAZY_OPEN) a function that pushes the value, called once.
 * LAZY_PURE is a C function that does the same in a state that is made to be copied as in every copy: it looks at nothing but its arguments,
 * changes nothing but them, keeps nothing, and gives nothing away of where an object lies.
 */
struct lazy_entry {
    const char *name;
    enum lazy_kind kind;
    union {
        lua_CFunction function;
        lua_Integer integer;
        lua_Number number;
        const char *string;
        const struct lazy_entry *entries;
        const struct type *type;
    };
};

#define LAZY_F(n, f)                                        \
    {                                                       \
        .name = (n), .kind = LAZY_FUNCTION, .function = (f) \
    }
#define LAZY_P(n, f)                                    \
    {                                                   \
        .name = (n), .kind = LAZY_PURE, .function = (f) \
    }
#define LAZY_I(n, i)                                      \
    {                                                     \
        .name = (n), .kind = LAZY_INTEGER, .integer = (i) \
    }
#define LAZY_N(n, x)                                    \
    {                                                   \
        .name = (n), .kind = LAZY_NUMBER, .number = (x) \
    }
#define LAZY_S(n, s)                                    \
    {                                                   \
        .name = (n), .kind = LAZY_STRING, .string = (s) \
    }
#define LAZY_T(n, e)                                    \
    {                                                   \
        .name = (n), .kind = LAZY_TABLE, .entries = (e) \
    }
#define LAZY_U(n, t)                                \
    {                                               \
        .name = (n), .kind = LAZY_TYPE, .type = (t) \
    }
#define LAZY_O(n, f)                                    \
    {                                                   \
        .name = (n), .kind = LAZY_OPEN, .function = (f) \
    }
#define LAZY_DONE        \
    {                    \
        .kind = LAZY_END \
    }

/* One library or module. Global ones are reachable everywhere; others only when the entry lists them (see lazy_allow_f). */
struct library {
    const char *name;
    bool is_global;
    const struct lazy_entry *entries;
    lua_CFunction open; /* pushes the library's value, whose types are in entries; NULL: lazy_push(entries) */
};

/* Pushes a new read-only lazy library table. */
void lazy_push(lua_State *L, const struct lazy_entry *entries);

/* Pushes a new table (not a proxy) that fills itself with methods as they are asked for; only for vm/type.c: the __index of a metatable. */
void lazy_push_methods(lua_State *L, const luaL_Reg *methods);

/*
 * Gives _G its lazy metatable, and `string` values theirs. `base` are the plain global functions (print, pairs, …), written
 * into _G itself when touched; `libraries` (ends with name NULL) the libraries. Both are kept by pointer. Part of template set-up.
 */
void lazy_install(lua_State *L, const struct lazy_entry *base, const struct library *libraries);

/* Is it listed as LAZY_PURE, or one of those by which libraries open themselves? */
bool lazy_is_pure(lua_State *L, lua_CFunction function);

/* May the state use this non-global library? Set once by vm (looks at the code version's module lists). */
typedef bool (*lazy_allow_f)(lua_State *L, const char *name);
void lazy_set_allow(lua_State *L, lazy_allow_f allow);

/* Pushes the library of that name (opening it if need be), whether global or allowed or not; false and nothing pushed: no such library. */
bool lazy_require(lua_State *L, const char *name);
const struct library *lazy_find(lua_State *L, const char *name);

/*
 * Makes everything in the table at `index` exist: the members of a library; for _G all globals, and then it keeps its lazy metatable only
 * if keep (needless: nothing is left to open). Other values are left alone.
 */
void lazy_open_all(lua_State *L, int index, bool keep);

/*
 * If the value at `index` is a proxy (library or table.make_immutable), pushes the table behind it, all members present, and returns true.
 * Otherwise false and nothing pushed; a lazy _G has been opened altogether then, so that walking it with lua_next is right too.
 */
bool lazy_target(lua_State *L, int index);

/*
 * table.make_immutable: turns the table at `index` into a read-only proxy of its own former content. Its metamethods keep working, and so
 * does its use as a metatable. A table that is read-only already is left alone. lazy_is_frozen is true for libraries too.
 */
void lazy_freeze(lua_State *L, int index);
bool lazy_is_frozen(lua_State *L, int index);

/* If the table at `index` was frozen by lazy_freeze: pushes the metatable it had, or nil, and returns true. */
bool lazy_former_metatable(lua_State *L, int index);

/* Raises "attempt to modify read-only table 'name'" for the proxy at `index`. */
int lazy_raise(lua_State *L, int index);

/* True if the metatable at `index` is one of ours that programs must not see (getmetatable gives nil for _G, false for others). */
bool lazy_is_hidden(lua_State *L, int index);

#endif
