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

struct keys;

/*
 * Encodes the value at stack index `index` if it is one that scalars_encode takes, or a table without a metatable, a sequence first and then string
 * keys, short strings and scalars in it, for which there is room; returns the length. 0: encode it in another way. Never raises. Needs two free stack
 * slots.
 */
size_t flat_encode(lua_State *L, int index, unsigned char bytes[static SCALARS_BYTES]);

/* FLAT_NOT: decode it in another way, it may be corrupt; FLAT_STRANGE: not all of the known keys came, or there were none. */
enum flat_result { FLAT_NOT, FLAT_STRANGE, FLAT_KNOWN };
enum { FLAT_SLOTS = 5 };

/*
 * If the encoding is of one such table: pushes it. `keys`: what the state has learned, or NULL, and learns here of the values; whoever has
 * FLAT_STRANGE too often should learn them anew (vm/keys.h). Needs FLAT_SLOTS free stack slots.
 */
enum flat_result flat_decode(lua_State *L, struct keys *keys, const unsigned char *data, size_t length);

#endif
