/* SPDX-License-Identifier: MIT */
/*
 * data_keys: see data_keys.h. Few keys are sorted by insertion; more by a heap sort, for it needs no memory, its worst case is n log n, and
 * it can stop between any two of its steps.
 */
#include "stdlib/data_keys.h"

#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"

enum {
    INSERTION_MAX = 24,
    LONG_KEY = 4096,
    CALL_WORK = 4096, /* of data_keys_sort: comparisons, those of long keys count more */
    FIRST_STRINGS = 16
};

void data_keys_init(struct data_keys *keys, int slot)
{
    keys->all = keys->small;
    keys->count = 0;
    keys->has_long = false;
    keys->room = DATA_KEYS_SMALL;
    keys->slot = slot;
    keys->strings = slot + 1;
}

void data_keys_moved(struct data_keys *to, const struct data_keys *from)
{
    if (to->all == from->small)
        to->all = to->small;
}

static void grow(lua_State *L, struct data_keys *keys)
{
    struct data_key *all = lua_newuserdata(L, keys->room * 2 * sizeof *all);
    memcpy(all, keys->all, keys->count * sizeof *all);
    lua_replace(L, keys->slot);
    keys->all = all;
    keys->room *= 2;
}

void data_keys_add(lua_State *L, struct data_keys *keys)
{
    size_t length;
    const char *data = lua_tolstring(L, -1, &length);
    if (unlikely(length > UINT32_MAX || keys->count >= UINT32_MAX))
        luaL_error(L, "table too large");
    if (unlikely(keys->count == keys->room))
        grow(L, keys);
    if (unlikely(lua_isnil(L, keys->strings))) {
        lua_createtable(L, FIRST_STRINGS, 0);
        lua_replace(L, keys->strings);
    }
    keys->has_long |= length >= LONG_KEY;
    uint32_t slot = (uint32_t)keys->count + 1;
    lua_pushvalue(L, -1);
    lua_rawseti(L, keys->strings, slot);
    keys->all[keys->count++] = (struct data_key){data, (uint32_t)length, slot};
}

static bool is_less(struct data_keys *keys, const struct data_key *a, const struct data_key *b)
{
    uint32_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->data, b->data, shorter);
    keys->work += 1 + shorter / (LONG_KEY / 2);
    return order ? order < 0 : a->length < b->length;
}

static void sort_by_insertion(struct data_keys *keys, struct data_key *part, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct data_key key = part[i];
        size_t at = i;
        for (; at > 0 && is_less(keys, &key, &part[at - 1]); at--)
            part[at] = part[at - 1];
        part[at] = key;
    }
}

/* Puts `key` into the heap [0, count) whose place `at` is free, at that place or below it. */
static void sift_down(struct data_keys *keys, struct data_key *heap, size_t at, size_t count, struct data_key key)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count)
            break;
        if (child + 1 < count && is_less(keys, &heap[child], &heap[child + 1]))
            child++;
        if (!is_less(keys, &key, &heap[child]))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = key;
}

void data_keys_sort_begin(struct data_keys *keys, size_t first)
{
    keys->heap_left = keys->count - first;
    keys->heap_from = keys->heap_left / 2;
}

bool data_keys_sort(struct data_keys *keys, size_t first)
{
    struct data_key *heap = keys->all + first;
    size_t count = keys->count - first;
    if (count <= INSERTION_MAX && !keys->has_long) {
        sort_by_insertion(keys, heap, count);
        return true;
    }
    for (keys->work = 0; keys->heap_from > 0 && keys->work < CALL_WORK;) {
        keys->heap_from--;
        sift_down(keys, heap, keys->heap_from, count, heap[keys->heap_from]);
    }
    while (keys->heap_left > 1 && keys->work < CALL_WORK) {
        struct data_key last = heap[--keys->heap_left];
        heap[keys->heap_left] = heap[0];
        sift_down(keys, heap, 0, keys->heap_left, last);
    }
    return keys->heap_left <= 1;
}

void data_keys_push(lua_State *L, const struct data_keys *keys, size_t index)
{
    lua_rawgeti(L, keys->strings, keys->all[index].slot);
}
