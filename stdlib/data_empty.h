/* SPDX-License-Identifier: MIT */
/*
 * data_empty: tables that were decoded from an empty map remember it, so that `{}` does not come back as `[]` while they stay empty. The mark
 * is a metatable without fields that programs do not see: getmetatable gives nil and setmetatable replaces it. It does not travel in messages.
 */
#ifndef STDLIB_DATA_EMPTY_H
#define STDLIB_DATA_EMPTY_H

#include <stdbool.h>

#include <lua.h>

/* Marks the table at `index`, which has no metatable. */
void data_empty_mark(lua_State *L, int index);

/* Has the table at `index` the mark? And is the table at `index` the metatable that marks? */
bool data_empty_is_marked(lua_State *L, int index);
bool data_empty_is_mark(lua_State *L, int index);

#endif
