/* SPDX-License-Identifier: MIT */
/*
 * address: what a program is told of where an object is. It stays the same as long as the object lives, and no two objects of a process have the same, but it may
 * not be the address: that of an object in a window changes when its process has slept (vm/delta.h), and is nobody's business.
 */
#ifndef VM_ADDRESS_H
#define VM_ADDRESS_H

#include <stddef.h>

#include <lua.h>

/* For "%p": of a table, function, thread or userdata. */
const void *address_shown(lua_State *L, int index);

/* luaL_tolstring, with that address: pushes the text of the value at `index`, by __tostring if it has that. */
const char *address_tolstring(lua_State *L, int index, size_t *length);

#endif
