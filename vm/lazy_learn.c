/* SPDX-License-Identifier: MIT */
/*
 * lazy_learn: what one process of a program has opened, the next ones find open. A lazy_set names it by the addresses of its static
 * descriptions.
 *
 * Learning reads a state that stands still, outside of protected mode, so it must not allocate, not even a string: fields are found by
 * walking the table.
 */
#include "vm/lazy_learn.h"

#include <string.h>

#include <lauxlib.h>

#include "vm/lazy_proxy.h"
#include "vm/type.h"

enum { STACK_NEEDED = 24, DEPTH_MAX = 4 };

/* ---- sets ---- */

bool lazy_set_is_empty(const struct lazy_set *set)
{
    return set->count + set->type_count == 0;
}

bool lazy_set_has(const struct lazy_set *set, const void *item)
{
    for (unsigned i = 0; i < set->count; i++)
        if (set->items[i] == item)
            return true;
    return false;
}

void lazy_set_add(struct lazy_set *set, const void *item)
{
    if (set->count < LAZY_SET_MAX && !lazy_set_has(set, item))
        set->items[set->count++] = item;
}

void lazy_set_add_type(struct lazy_set *set, const struct type *type)
{
    for (unsigned i = 0; i < set->type_count; i++)
        if (set->types[i] == type)
            return;
    if (set->type_count < LAZY_SET_TYPES)
        set->types[set->type_count++] = type;
}

/* ---- learning ---- */

bool lazy_push_field(lua_State *L, const char *name)
{
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        if (lua_type(L, -2) == LUA_TSTRING && strcmp(lua_tostring(L, -2), name) == 0) {
            lua_remove(L, -2);
            return true;
        }
        lua_pop(L, 1);
    }
    return false;
}

static const struct lazy_entry *entry_of(const struct lazy_entry *entry, const char *name)
{
    while (entry->kind != LAZY_END && strcmp(entry->name, name) != 0)
        entry++;
    return entry;
}

/* Templates hold no type values, and what opens an entry may do anything. */
static bool is_static(const struct lazy_entry *entry)
{
    return entry->kind != LAZY_TYPE && entry->kind != LAZY_OPEN;
}

/* The members that the library with the proxy on top has by now. */
static void learn_members(lua_State *L, const struct lazy_entry *entries, struct lazy_set *set, unsigned depth)
{
    int top = lua_gettop(L);
    if (depth == DEPTH_MAX || !lua_getmetatable(L, -1) || !lazy_push_field(L, "__index") || !lua_istable(L, -1)) {
        lua_settop(L, top);
        return;
    }
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        const struct lazy_entry *entry = lua_type(L, -2) == LUA_TSTRING ? entry_of(entries, lua_tostring(L, -2)) : NULL;
        if (entry && entry->kind != LAZY_END && is_static(entry))
            lazy_set_add(set, entry);
        if (entry && entry->kind == LAZY_TABLE)
            learn_members(L, entry->entries, set, depth + 1);
        lua_pop(L, 1);
    }
    lua_settop(L, top);
}

static void learn_libraries(lua_State *L, struct lazy_set *set)
{
    const struct lazy *lazy = lazy_push_filler(L);
    for (unsigned i = 0; i < lazy->base_count; i++)
        if (lazy_is_touched(lazy, i) && is_static(&lazy->base[i]))
            lazy_set_add(set, &lazy->base[i]);
    for (const struct library *library = lazy->libraries; library->name; library++) {
        if (library->entries && lua_rawgetp(L, -1, library) == LUA_TTABLE) {
            lazy_set_add(set, library);
            learn_members(L, library->entries, set, 0);
        }
        lua_settop(L, library->entries ? -2 : -1);
    }
    lua_pop(L, 1);
}

bool lazy_learn(lua_State *L, struct lazy_set *set)
{
    unsigned known = set->count + set->type_count;
    if (!lua_checkstack(L, STACK_NEEDED))
        return false;
    learn_libraries(L, set);
    type_learn(L, set);
    return set->count + set->type_count > known;
}

/* ---- preparing ---- */

/* Makes the members of the library whose proxy is on top. */
static void prepare_members(lua_State *L, const struct lazy_entry *entry, const struct lazy_set *set)
{
    for (; entry->kind != LAZY_END; entry++) {
        if (!lazy_set_has(set, entry))
            continue;
        lua_getfield(L, -1, entry->name);
        if (entry->kind == LAZY_TABLE)
            prepare_members(L, entry->entries, set);
        lua_pop(L, 1);
    }
}

static void prepare_library(lua_State *L, const struct library *library, const struct lazy_set *set)
{
    if (!lazy_set_has(set, library))
        return;
    if (library->is_global)
        lua_getglobal(L, library->name);
    else
        lazy_require(L, library->name);
    prepare_members(L, library->entries, set);
    lua_pop(L, 1);
}

void lazy_prepare(lua_State *L, const struct lazy_set *set)
{
    const struct lazy *lazy = lazy_push_filler(L);
    lua_pop(L, 1);
    luaL_checkstack(L, STACK_NEEDED, "libraries");
    for (const struct lazy_entry *entry = lazy->base; entry->kind != LAZY_END; entry++) {
        if (!lazy_set_has(set, entry))
            continue;
        lua_getglobal(L, entry->name);
        lua_pop(L, 1);
    }
    for (const struct library *library = lazy->libraries; library->name; library++)
        prepare_library(L, library, set);
    type_prepare(L, set);
}
