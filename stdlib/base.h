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

/* base_types.c */
int base_typeof(lua_State *L);
int base_open_any(lua_State *L);
int base_open_boolean(lua_State *L);
int base_open_integer(lua_State *L);
int base_open_never(lua_State *L);
int base_open_nil(lua_State *L);
int base_open_number(lua_State *L);
int base_open_string(lua_State *L);
int base_open_unknown(lua_State *L);

/* require.c */
int base_require(lua_State *L);

#endif
