/* SPDX-License-Identifier: MIT */
/*
 * base: the plain global functions.
 */
#ifndef STDLIB_BASE_H
#define STDLIB_BASE_H

#include <lua.h>

#include "vm/lazy.h"

extern const struct lazy_entry std_base_entries[];

/* base_call.c */
int base_assert(lua_State *L);
int base_error(lua_State *L);
int base_pcall(lua_State *L);
int base_xpcall(lua_State *L);

/* base_text.c */
int base_print(lua_State *L);
int base_tonumber(lua_State *L);
int base_tostring(lua_State *L);

/* require.c */
int base_require(lua_State *L);

#endif
