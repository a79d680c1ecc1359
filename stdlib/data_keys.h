/* SPDX-License-Identifier: MIT */
/*
 * data_keys: the keys of the maps that a writer is in, each map's sorted by bytes. They are a stack: a map adds its keys, sorts them, takes one
 * after the other, and drops them; maps inside it do the same meanwhile. All memory is the Lua heap's. A few keys lie in the struct
 * itself; the strings are held by a Lua table, through which a key also comes back to the Lua stack without being made anew.
 */
#ifndef STDLIB_DATA_KEYS_H
#define STDLIB_DATA_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

enum { DATA_KEYS_SMALL = 48 };

struct data_key {
    const char *data;
    uint32_t length;
    uint32_t slot; /* index in the Lua table */
};

struct data_keys {
    struct data_key *all; /* `small`, or a userdata at stack index `slot` */
    size_t count, room;
    int slot, strings;           /* stack indices: of the userdata or nil; of the Lua table or nil */
    size_t heap_from, heap_left; /* cursor of data_keys_sort: keys still to be made a heap of; size of the heap */
    size_t work;
    bool has_long;
    struct data_key small[DATA_KEYS_SMALL];
};

/* `slot` and `slot + 1` are stack indices that it may use. */
void data_keys_init(struct data_keys *keys, int slot);

/* The struct `from` was copied to `to`. */
void data_keys_moved(struct data_keys *to, const struct data_keys *from);

/* Adds the string at the top of the stack, which stays there. */
void data_keys_add(lua_State *L, struct data_keys *keys);

/* Sorts the keys from `first` on: data_keys_sort_begin, then data_keys_sort until it is true; each call does at most ~100 us. */
void data_keys_sort_begin(struct data_keys *keys, size_t first);
bool data_keys_sort(struct data_keys *keys, size_t first);

/* Pushes the key. */
void data_keys_push(lua_State *L, const struct data_keys *keys, size_t index);

/* Forgets the keys from `first` on. */
static inline void data_keys_drop(struct data_keys *keys, size_t first)
{
    keys->count = first;
}

#endif
