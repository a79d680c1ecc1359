/* SPDX-License-Identifier: MIT */
/*
 * keys: the keys of the small tables (vm/flat.h) that a state receives again and again. Lua hashes each text that a message brings, the largest part of
 * what a small table costs its receiver. The messages of a process mostly have the same keys in the same order; once several in a row had
 * others than those that are known, the last ones are learned. A key that is in its place in the message then needs no more than to be compared.
 *
 * The strings stand in a table in the registry of the state, at KEYS_PLACE, so that the collector leaves them.
 */
#ifndef VM_KEYS_H
#define VM_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

#include "sched/base/bytes.h"
#include "vm/type.h"

enum { KEYS_MAX = 8, KEYS_TEXT = 16, KEYS_PLACE = -(int)TYPE_PLACES };

struct keys {
    uint8_t count;
    uint8_t patience;                /* unknown tables in a row until those keys are learned; doubles each time */
    uint8_t sizes[KEYS_MAX];         /* of the texts */
    char texts[KEYS_MAX][KEYS_TEXT]; /* as in an encoding: a tag, then the string */
};

/* Is key number `index` at `at`? *size: its bytes. */
static inline bool keys_is(const struct keys *keys, unsigned index, const unsigned char *at, const unsigned char *end,
                           size_t *size)
{
    *size = keys->sizes[index];
    return *size <= (size_t)(end - at) && bytes_equal(keys->texts[index], (const char *)at, *size);
}

/* So many unknown tables in a row are enough. */
unsigned keys_patience(const struct keys *keys);

/*
 * Learns the keys of an encoding that flat_decode has read, as many as there is room for up to one that is too long; none from a table with a sequence. `*keys`
 * is NULL at first; it belongs to the heap of the state. Raises when memory is out; what was known is forgotten then.
 */
void keys_learn(lua_State *L, struct keys **keys, const void *data, size_t length);

#endif
