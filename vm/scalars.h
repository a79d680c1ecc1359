/* SPDX-License-Identifier: MIT */
/*
 * scalars: encodings (vm/codec.h) of a few small values, which most messages are, made and read at one go: without the cursors, the
 * growing bytes and the checks of the Lua stack that values of any size need.
 */
#ifndef VM_SCALARS_H
#define VM_SCALARS_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

enum { SCALARS_BYTES = 256, SCALARS_ONE_MAX = 64 };

/* Writes the value, without the head of an encoding: at most SCALARS_ONE_MAX bytes; returns how many. 0: it is none of the kinds below. */
size_t scalars_put(lua_State *L, int index, unsigned char *at);
/* The same of what is known to be a string, or a number. */
size_t scalars_put_string(lua_State *L, int index, unsigned char *at);
size_t scalars_put_number(lua_State *L, int index, unsigned char *at);

/*
 * Encodes the `count` values from stack index `first` on if all are nil, booleans, numbers or short strings and there is room for them; returns
 * the length. 0: encode them in another way. Never raises.
 */
size_t scalars_encode(lua_State *L, int first, int count, unsigned char bytes[static SCALARS_BYTES]);

/* If the encoding is of one such value: pushes it and returns true. Else decode it in another way; it may be corrupt. Needs one free stack slot. */
bool scalars_decode_one(lua_State *L, const unsigned char *data, size_t length);

/* If it is of several such values: pushes a table of them. Needs two free stack slots. */
bool scalars_decode_list(lua_State *L, const unsigned char *data, size_t length);

/* If it is of nothing but such values: pushes them and returns true. Checks the Lua stack, leaving room for some more than the values. */
bool scalars_decode(lua_State *L, const unsigned char *data, size_t length, int *count);

#endif
