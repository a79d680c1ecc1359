/* SPDX-License-Identifier: MIT */
/*
 * flat: small tables whose keys and values are small themselves, made and read at one go, as vm/scalars does it with values that are no tables.
 * Most messages with a table are of this kind: {id = 5, name = "x", share = 0.5}.
 */
#ifndef VM_FLAT_H
#define VM_FLAT_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

#include "vm/scalars.h"

/*
 * Encodes the value at stack index `index` if it is a table without a metatable, a sequence first and then string keys, short strings and scalars
 * in it, and there is room for it; returns the length. 0: encode it in another way. Never raises. Needs two free stack slots.
 */
size_t flat_encode(lua_State *L, int index, unsigned char bytes[static SCALARS_BYTES]);

/* If the encoding is of one such table: pushes it and returns true. Else decode it in another way; it may be corrupt. Needs three free stack slots. */
bool flat_decode(lua_State *L, const unsigned char *data, size_t length);

#endif
