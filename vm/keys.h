/* SPDX-License-Identifier: MIT */
/*
 * keys: the strings in the small tables (vm/flat.h) that a state receives again and again. Lua hashes each text that a message brings, the largest part
 * of what a small table costs its receiver. The messages of a process mostly have the same keys in the same order; once several in a row had
 * others than those that are known, the last ones are learned. A key that is in its place in the message then needs no more than to be compared.
 * So does the string that is its value, if that is the one that was learned: {type = "job", id = 7} has the same type each time.
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

/* As in an encoding: a tag, then the string. */
struct keys_text {
    uint8_t size; /* 0: none */
    char bytes[KEYS_TEXT];
};

struct keys {
    uint8_t count;
    uint8_t patience; /* unknown tables in a row until those keys are learned; doubles each time */
    uint8_t missed;   /* short strings that were not the known value of their key, since one of them was learned */
    struct keys_text keys[KEYS_MAX], values[KEYS_MAX];
};

/* Where the strings of key number `index` are in the table at KEYS_PLACE. */
static inline int keys_key_at(unsigned index)
{
    return 1 + 2 * (int)index;
}
static inline int keys_value_at(unsigned index)
{
    return 2 + 2 * (int)index;
}

/* Is that what is at `at`? */
static inline bool keys_is(const struct keys_text *text, const unsigned char *at, const unsigned char *end)
{
    return text->size <= (size_t)(end - at) && bytes_equal(text->bytes, (const char *)at, text->size);
}

/* So many unknown tables in a row are enough. */
unsigned keys_patience(const struct keys *keys);

/*
 * Learns the keys of an encoding that flat_decode has read, as many as there is room for up to one that is too long; none from a table with a sequence. `*keys`
 * is NULL at first; it belongs to the heap of the state. Raises when memory is out; what was known is forgotten then.
 */
void keys_learn(lua_State *L, struct keys **keys, const void *data, size_t length);

/*
 * Key number `index` had the value that is on top and at `at`, and not the known one: learns it now and then, if it is a short string. `strings` is the stack
 * index of the table at KEYS_PLACE. Never raises. Needs a free stack slot.
 */
void keys_miss(lua_State *L, struct keys *keys, unsigned index, int strings, const unsigned char *at);

#endif
