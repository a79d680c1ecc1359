/* SPDX-License-Identifier: MIT */
/*
 * lazy: see lazy.h.
 *
 * One table per state, the filler, is the metatable of everything that is not complete yet: _G, the type `string` until its first use,
 * the real tables of libraries, the method tables of types and light userdata (the types of a chunk, typed.h). Its __index is one C function that sees from its first argument
 * what is asked for. The filler also remembers the opened libraries (key: address of the struct library). And it is the metatable of the
 * registry, see lazy_callee.c.
 *
 *     P (what programs see)  --metatable-->  { __index = R, __newindex = refuse }       R --metatable--> filler
 *
 * A library is an empty proxy P before the real table R; after the first touch of a member it costs one more table lookup than
 * a plain table. R names its struct lazy_entry list under a light userdata key while it has the filler as metatable; both go when
 * all members are there. All keys that are addresses are addresses of static data, so clones of a template agree on them.
 *
 * Which globals have come into being is one bit each in a userdata, so that a global the program has removed stays removed.
 *
 * I1  A metatable whose __newindex is one of our two C functions is hidden: programs get hold neither of it nor of those functions.
 * I2  While a table has the filler as metatable and no key below, it is _G or the registry.
 */
#include "vm/lazy.h"

#include <string.h>

#include <lauxlib.h>

#include "vm/lazy_proxy.h"
#include "vm/typed.h"

enum hidden { HIDDEN_NOT, HIDDEN_PROXY, HIDDEN_FILLER };

/* Keys: only the addresses count. */
static const char lazy_key = 0, entries_key = 0, methods_key = 0;

static const struct lazy_entry no_entries[] = {LAZY_DONE};
static const struct library no_libraries[] = {{.name = NULL}};

static int fill_index(lua_State *L);
static int fill_newindex(lua_State *L);

/* ---- the configuration ---- */

/* Makes the configuration, with the filler on top of the stack as its user value; leaves the filler there. */
static struct lazy *make_config(lua_State *L, const struct lazy_entry *base, const struct library *libraries)
{
    unsigned base_count = 0, library_count = 0;
    while (base[base_count].kind != LAZY_END)
        base_count++;
    while (libraries[library_count].name)
        library_count++;
    size_t size = sizeof(struct lazy) + (base_count + library_count + 7) / 8;
    struct lazy *lazy = lua_newuserdata(L, size);
    memset(lazy, 0, size);
    lazy->base = base;
    lazy->libraries = libraries;
    lazy->base_count = base_count;
    lua_pushvalue(L, -2);
    lua_setuservalue(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &lazy_key);
    return lazy;
}

/* The value on top of the stack becomes the __index of a new table. */
static void wrap_index(lua_State *L, lua_CFunction newindex)
{
    lua_createtable(L, 0, 2);
    lua_pushliteral(L, "__index");
    lua_pushvalue(L, -3);
    lua_rawset(L, -3);
    lua_pushliteral(L, "__newindex");
    lua_pushcfunction(L, newindex);
    lua_rawset(L, -3);
    lua_remove(L, -2);
}

struct lazy *lazy_push_filler(lua_State *L)
{
    luaL_checkstack(L, 8, "libraries");
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &lazy_key) == LUA_TUSERDATA) {
        struct lazy *lazy = lua_touserdata(L, -1);
        lua_getuservalue(L, -1);
        lua_remove(L, -2);
        return lazy;
    }
    lua_pop(L, 1);
    lua_pushcfunction(L, fill_index);
    wrap_index(L, fill_newindex);
    return make_config(L, no_entries, no_libraries);
}

bool lazy_is_touched(const struct lazy *lazy, unsigned bit)
{
    return lazy->touched[bit / 8] >> (bit % 8) & 1;
}

static void touch(struct lazy *lazy, unsigned bit)
{
    lazy->touched[bit / 8] |= (unsigned char)(1u << (bit % 8));
}

/* Most names differ in their first letter; every new process looks some up. */
static inline bool is_name(const char *name, const char *wanted)
{
    return *name == *wanted && strcmp(name, wanted) == 0;
}

/* The bit of a global, or -1: not ours. */
static int find_global(lua_State *L, const struct lazy *lazy, const char *name)
{
    for (unsigned i = 0; i < lazy->base_count; i++)
        if (is_name(lazy->base[i].name, name))
            return (int)i;
    for (unsigned i = 0; lazy->libraries[i].name; i++) {
        const struct library *library = &lazy->libraries[i];
        if (is_name(library->name, name))
            return library->is_global || (lazy->allow && lazy->allow(L, name)) ? (int)(lazy->base_count + i) : -1;
    }
    return -1;
}

/* ---- proxies ---- */

static enum hidden hidden_kind(lua_State *L, int metatable)
{
    metatable = lua_absindex(L, metatable);
    if (lua_type(L, metatable) != LUA_TTABLE)
        return HIDDEN_NOT;
    lua_pushliteral(L, "__newindex");
    lua_rawget(L, metatable);
    lua_CFunction function = lua_tocfunction(L, -1);
    lua_pop(L, 1);
    if (function == fill_newindex)
        return HIDDEN_FILLER;
    return function == lazy_refuse ? HIDDEN_PROXY : HIDDEN_NOT;
}

/* The kind of the table at `index`; unless HIDDEN_NOT its metatable is pushed. */
static enum hidden table_kind(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TTABLE || !lua_getmetatable(L, index))
        return HIDDEN_NOT;
    enum hidden kind = hidden_kind(L, -1);
    if (kind == HIDDEN_NOT)
        lua_pop(L, 1);
    return kind;
}

/* Replaces the metatable of a proxy on top of the stack by the real table. */
static void metatable_to_target(lua_State *L)
{
    lua_pushliteral(L, "__index");
    lua_rawget(L, -2);
    lua_remove(L, -2);
}

/* Puts a proxy with the real table on top of the stack in place of that table. */
static void wrap_target(lua_State *L)
{
    lua_createtable(L, 0, 0);
    lua_insert(L, -2);
    wrap_index(L, lazy_refuse);
    lua_setmetatable(L, -2);
}

static void push_fillable(lua_State *L, const void *key, const void *list)
{
    luaL_checkstack(L, 8, "libraries");
    lua_createtable(L, 0, 2);
    lua_pushlightuserdata(L, (void *)list);
    lua_rawsetp(L, -2, key);
    lazy_push_filler(L);
    lua_setmetatable(L, -2);
}

void lazy_push(lua_State *L, const struct lazy_entry *entries)
{
    push_fillable(L, &entries_key, entries);
    wrap_target(L);
}

void lazy_push_methods(lua_State *L, const luaL_Reg *methods)
{
    push_fillable(L, &methods_key, methods);
}

/* ---- filling ---- */

static void push_entry(lua_State *L, const struct lazy_entry *entry)
{
    switch (entry->kind) {
    case LAZY_FUNCTION:
    case LAZY_PURE:
        lua_pushcfunction(L, entry->function);
        break;
    case LAZY_INTEGER:
        lua_pushinteger(L, entry->integer);
        break;
    case LAZY_NUMBER:
        lua_pushnumber(L, entry->number);
        break;
    case LAZY_STRING:
        lua_pushstring(L, entry->string);
        break;
    case LAZY_TABLE:
        lazy_push(L, entry->entries);
        break;
    case LAZY_TYPE:
        typed_push_host(L, entry->type);
        break;
    case LAZY_OPEN:
        lua_pushcfunction(L, entry->function);
        lua_call(L, 0, 1);
        break;
    case LAZY_END:
        lua_pushnil(L);
        break;
    }
}

static const struct lazy_entry *find_entry(const struct lazy_entry *entry, const char *name)
{
    while (entry->kind != LAZY_END && !is_name(entry->name, name))
        entry++;
    return entry;
}

/* The value on top of the stack becomes field `name` of the table at `index`, and stays on top. */
static void keep_field(lua_State *L, int index, const char *name)
{
    lua_pushstring(L, name);
    lua_pushvalue(L, -2);
    lua_rawset(L, index);
}

static int fill_library(lua_State *L, const struct lazy_entry *entries, const char *name)
{
    const struct lazy_entry *entry = find_entry(entries, name);
    if (entry->kind == LAZY_END)
        return 0;
    push_entry(L, entry);
    keep_field(L, 1, name);
    return 1;
}

static int fill_methods(lua_State *L, const luaL_Reg *methods, const char *name)
{
    while (methods->name && !is_name(methods->name, name))
        methods++;
    if (!methods->name)
        return 0;
    lua_pushcfunction(L, methods->func);
    keep_field(L, 1, name);
    return 1;
}

/* Pushes the library's value, the same every time. */
static void push_library(lua_State *L, const struct library *library)
{
    lazy_push_filler(L);
    if (lua_rawgetp(L, -1, library) != LUA_TNIL) {
        lua_remove(L, -2);
        return;
    }
    lua_pop(L, 1);
    if (library->open) {
        lua_pushcfunction(L, library->open);
        lua_call(L, 0, 1);
    } else {
        lazy_push(L, library->entries);
    }
    lua_pushvalue(L, -1);
    lua_rawsetp(L, -3, library);
    lua_remove(L, -2);
}

/* Pushes the global of that bit, stores it in the _G at `index` and marks it. */
static void open_global(lua_State *L, struct lazy *lazy, unsigned bit, int index)
{
    touch(lazy, bit);
    const struct library *library = bit < lazy->base_count ? NULL : &lazy->libraries[bit - lazy->base_count];
    if (library)
        push_library(L, library);
    else
        push_entry(L, &lazy->base[bit]);
    keep_field(L, index, library ? library->name : lazy->base[bit].name);
}

static int fill_global(lua_State *L, const char *name)
{
    struct lazy *lazy = lazy_push_filler(L);
    lua_pop(L, 1);
    int bit = find_global(L, lazy, name);
    if (bit < 0 || lazy_is_touched(lazy, (unsigned)bit))
        return 0;
    open_global(L, lazy, (unsigned)bit, 1);
    return 1;
}

/* First use of a method of a string: from now on strings go to the real table of the library. */
static int fill_string(lua_State *L)
{
    if (!lazy_require(L, "string"))
        return 0;
    if (table_kind(L, -1) != HIDDEN_PROXY)
        return 0;
    metatable_to_target(L);
    lua_pushvalue(L, -1);
    wrap_index(L, fill_newindex);
    lua_pushvalue(L, 1);
    lua_insert(L, -2);
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
    lua_pushvalue(L, 2);
    lua_gettable(L, -2);
    return 1;
}

static int fill_index(lua_State *L)
{
    if (lua_type(L, 1) == LUA_TSTRING)
        return fill_string(L);
    if (lua_type(L, 1) == LUA_TLIGHTUSERDATA)
        return typed_index_chunk(L);
    if (lua_type(L, 1) != LUA_TTABLE || lua_type(L, 2) != LUA_TSTRING)
        return 0;
    if (lua_rawequal(L, 1, LUA_REGISTRYINDEX))
        return lazy_push_callee(L);
    const char *name = lua_tostring(L, 2);
    if (lua_rawgetp(L, 1, &entries_key) == LUA_TLIGHTUSERDATA)
        return fill_library(L, lua_touserdata(L, -1), name);
    if (lua_rawgetp(L, 1, &methods_key) == LUA_TLIGHTUSERDATA)
        return fill_methods(L, lua_touserdata(L, -1), name);
    return fill_global(L, name);
}

/* A new global; or an attempt to write to a string. */
static int fill_newindex(lua_State *L)
{
    if (lua_type(L, 1) != LUA_TTABLE)
        return luaL_error(L, "attempt to index a %s value", luaL_typename(L, 1));
    if (lua_type(L, 2) == LUA_TSTRING && !lua_rawequal(L, 1, LUA_REGISTRYINDEX)) {
        struct lazy *lazy = lazy_push_filler(L);
        lua_pop(L, 1);
        int bit = find_global(L, lazy, lua_tostring(L, 2));
        if (bit >= 0)
            touch(lazy, (unsigned)bit);
    }
    lua_settop(L, 3);
    if (!lua_isnil(L, 3)) /* nil would take a slot */
        lua_rawset(L, 1);
    return 0;
}

static bool is_pure_in(const struct lazy_entry *entry, lua_CFunction function)
{
    for (; entry->kind != LAZY_END; entry++) {
        if (entry->kind == LAZY_PURE && entry->function == function)
            return true;
        if (entry->kind == LAZY_TABLE && is_pure_in(entry->entries, function))
            return true;
    }
    return false;
}

bool lazy_is_pure(lua_State *L, lua_CFunction function)
{
    const struct lazy *lazy = lazy_push_filler(L);
    lua_pop(L, 1);
    bool is_pure = function == fill_index || function == fill_newindex || is_pure_in(lazy->base, function);
    for (const struct library *library = lazy->libraries; !is_pure && library->name; library++)
        is_pure = library->entries && is_pure_in(library->entries, function);
    return is_pure;
}

/* ---- everything at once ---- */

/* Completes the real table of a library on top of the stack. */
static void complete_library(lua_State *L)
{
    int real = lua_gettop(L);
    luaL_checkstack(L, 8, "libraries");
    if (lua_rawgetp(L, real, &entries_key) != LUA_TLIGHTUSERDATA) {
        lua_settop(L, real);
        return;
    }
    const struct lazy_entry *entry = lua_touserdata(L, -1);
    for (; entry->kind != LAZY_END; entry++) {
        lua_pushstring(L, entry->name);
        if (lua_rawget(L, real) == LUA_TNIL) {
            push_entry(L, entry);
            keep_field(L, real, entry->name);
        }
        lua_settop(L, real);
    }
    lua_pushnil(L);
    lua_setmetatable(L, real);
    lua_pushnil(L);
    lua_rawsetp(L, real, &entries_key);
}

static void complete_globals(lua_State *L, int index, bool keep)
{
    struct lazy *lazy = lazy_push_filler(L);
    lua_pop(L, 1);
    for (unsigned i = 0; i < lazy->base_count; i++) {
        if (lazy_is_touched(lazy, i))
            continue;
        open_global(L, lazy, i, index);
        lua_pop(L, 1);
    }
    for (unsigned i = 0; lazy->libraries[i].name; i++) {
        int bit = find_global(L, lazy, lazy->libraries[i].name);
        if (bit < 0 || lazy_is_touched(lazy, (unsigned)bit))
            continue;
        open_global(L, lazy, (unsigned)bit, index);
        lua_pop(L, 1);
    }
    if (keep)
        return;
    lua_pushnil(L);
    lua_setmetatable(L, index);
}

void lazy_open_all(lua_State *L, int index, bool keep)
{
    index = lua_absindex(L, index);
    enum hidden kind = table_kind(L, index);
    if (kind == HIDDEN_NOT)
        return;
    if (kind == HIDDEN_FILLER) {
        lua_pop(L, 1);
        complete_globals(L, index, keep);
        return;
    }
    metatable_to_target(L);
    complete_library(L);
    lua_pop(L, 1);
}

bool lazy_target(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    enum hidden kind = table_kind(L, index);
    if (kind == HIDDEN_PROXY) {
        metatable_to_target(L);
        complete_library(L);
        return true;
    }
    if (kind == HIDDEN_FILLER) {
        lua_pop(L, 1);
        complete_globals(L, index, false);
    }
    return false;
}

/* ---- set-up and look-up ---- */

void lazy_install(lua_State *L, const struct lazy_entry *base, const struct library *libraries)
{
    lazy_allow_f allow = lazy_push_filler(L)->allow;
    make_config(L, base, libraries)->allow = allow;
    lua_pushglobaltable(L);
    lua_pushliteral(L, "");
    lua_pushlightuserdata(L, NULL);
    lua_pushvalue(L, LUA_REGISTRYINDEX);
    for (int i = 1; i <= 4; i++) {
        lua_pushvalue(L, -5);
        lua_setmetatable(L, -1 - i);
    }
    lua_pop(L, 5);
}

void lazy_set_allow(lua_State *L, lazy_allow_f allow)
{
    lazy_push_filler(L)->allow = allow;
    lua_pop(L, 1);
}

const struct library *lazy_find(lua_State *L, const char *name)
{
    const struct library *library = lazy_push_filler(L)->libraries;
    lua_pop(L, 1);
    while (library->name && !is_name(library->name, name))
        library++;
    return library->name ? library : NULL;
}

bool lazy_require(lua_State *L, const char *name)
{
    const struct library *library = lazy_find(L, name);
    if (library)
        push_library(L, library);
    return library != NULL;
}

bool lazy_is_hidden(lua_State *L, int index)
{
    return hidden_kind(L, index) != HIDDEN_NOT;
}
