/* SPDX-License-Identifier: MIT */
/*
 * push: a walk with its own stack, so that it can stop between any two values.
 *
 * I1  Between two steps the Lua stack holds, above the entry's table, the table of each open frame.
 */
#include "host/push.h"

#include <stddef.h>

#include <lauxlib.h>

#include "host/entry.h"
#include "host/value.h"
#include "stdlib/registry.h"
#include "vm/state.h"

enum { SMALL_NODES = 500, PARTS = 2 };

/* ---- is it small? ---- */

/* What is left of `room` after the nodes of the value; 0: it has that many or more. */
static size_t count_nodes(const struct value *value, size_t room)
{
    if (room)
        room--;
    if (value->kind == VALUE_LIST)
        for (size_t i = 0; i < value->list.count && room; i++)
            room = count_nodes(value->list.items[i], room);
    else if (value->kind == VALUE_MAP)
        for (size_t i = 0; i < value->map.count && room; i++)
            room = count_nodes(value->map.pairs[i].value, room);
    return room;
}

bool push_is_small(const struct entry *entry)
{
    return count_nodes(entry->data, count_nodes(entry->meta, SMALL_NODES));
}

/* ---- the walk ---- */

static size_t count_items(const struct value *value)
{
    return value->kind == VALUE_LIST ? value->list.count : value->map.count;
}

/* Pushes the value; a list or map as an empty table, and then a frame for it. */
static void open_value(lua_State *L, struct registry_cursor *cursor, const struct value *value)
{
    switch (value->kind) {
    case VALUE_BOOL:
        lua_pushboolean(L, value->boolean);
        return;
    case VALUE_INT:
        lua_pushinteger(L, value->integer);
        return;
    case VALUE_FLOAT:
        lua_pushnumber(L, value->number);
        return;
    case VALUE_STRING:
        lua_pushlstring(L, value->string.data, value->string.length);
        return;
    case VALUE_NULL:
        lua_pushnil(L);
        return;
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
    int count = (int)count_items(value);
    if (cursor->depth == REGISTRY_DEPTH_MAX)
        luaL_error(L, "an entry is nested deeper than %d levels", REGISTRY_DEPTH_MAX);
    luaL_checkstack(L, 4, "entry nested too deep");
    lua_createtable(L, value->kind == VALUE_LIST ? count : 0, value->kind == VALUE_MAP ? count : 0);
    cursor->frames[cursor->depth].value = value;
    cursor->frames[cursor->depth++].next = 0;
}

/* Stores the value on top of the stack, which item number `index` of the frame has become, in the table below it. */
static void store(lua_State *L, const struct value *parent, size_t index)
{
    if (parent->kind == VALUE_LIST)
        lua_rawseti(L, -2, (lua_Integer)index + 1);
    else
        lua_setfield(L, -2, parent->map.pairs[index].key);
}

/* One step of the value whose frames these are; false when it is complete and on top of the stack. */
static bool step(lua_State *L, struct registry_cursor *cursor)
{
    if (!cursor->depth)
        return false;
    const struct value *value = cursor->frames[cursor->depth - 1].value;
    size_t index = cursor->frames[cursor->depth - 1].next;
    unsigned depth = cursor->depth;
    if (index == count_items(value)) {
        if (--cursor->depth)
            store(L, cursor->frames[cursor->depth - 1].value, cursor->frames[cursor->depth - 1].next++);
        return cursor->depth;
    }
    open_value(L, cursor, value->kind == VALUE_LIST ? value->list.items[index] : value->map.pairs[index].value);
    if (cursor->depth == depth)
        store(L, value, cursor->frames[depth - 1].next++);
    return true;
}

static void begin(lua_State *L, const struct entry *entry)
{
    lua_createtable(L, 0, 4);
    lua_pushstring(L, entry->id);
    lua_setfield(L, -2, "id");
    lua_pushstring(L, entry->kind);
    lua_setfield(L, -2, "kind");
}

bool push_entry(lua_State *L, const struct entry *entry, struct registry_cursor *cursor)
{
    struct registry_cursor own;
    bool may_stop = cursor;
    if (!cursor) {
        cursor = &own;
        cursor->part = cursor->depth = 0;
    }
    /* Parts count double: even before, odd inside one. */
    if (cursor->part == 0)
        begin(L, entry);
    for (; cursor->part < 2 * PARTS; cursor->part++) {
        bool is_meta = cursor->part < 2;
        if (cursor->part % 2 == 0)
            open_value(L, cursor, is_meta ? entry->meta : entry->data);
        else
            while (step(L, cursor))
                if (may_stop && state_budget(L))
                    return false;
        if (cursor->part % 2)
            lua_setfield(L, -2, is_meta ? "meta" : "data");
    }
    return true;
}
