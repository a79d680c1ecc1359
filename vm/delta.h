/* SPDX-License-Identifier: MIT */
/*
 * delta: what a clone of a template has become, as the words by which its heap differs from a fresh clone, and what it has added. A process that has
 * run to its first wait has changed some hundred of the thousand words it began with.
 *
 * A delta is of a heap in a window (vm/window.h), and can be applied in any window of the same number. Then the lower halves of all addresses stay as they
 * were, and so does what Lua derives from them: the places of objects in tables whose keys they are. Pointers into the heap are moved. They are told from
 * other words by their value, an address in the window. What could be taken for one is
 *   - a number: there is no delta of a heap that has such a number. Numbers are known by the tag behind them, or in the head of the userdata whose value
 *     they are. So a heap may stay for no reason, where an object that ends with a pointer lies in front of a block that begins with 3 or 19;
 *   - bytes of a string or a userdata: those are moved. By chance they are such an address once in 2^47 words or so; on purpose a program can only
 *     spoil its own strings, and is not told the address (vm/address.h).
 */
#ifndef VM_DELTA_H
#define VM_DELTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/window.h"

struct heap;
struct slab_depot;

struct delta {
    uint32_t size;         /* bytes of all of it */
    uint32_t room;         /* bytes of the first chunk of the heap */
    uint32_t image, end;   /* bytes: up to there words are compared; then up to there all are kept */
    const struct heap *at; /* where the heap was */
    uint64_t words[];      /* for each 64 words: bits for those that differ; then these */
};

/* A delta has at most so many bytes: all words, and their bits. */
enum { DELTA_MAX = sizeof(struct delta) + WINDOW_SIZE + WINDOW_SIZE / 64 + sizeof(uint64_t) };

/*
 * Writes the delta of a heap, which heap_is_movable, to `out`, which has DELTA_MAX bytes; `fresh`: what a clone in its place begins with (template_fresh). False:
 * the heap has to stay where it is.
 */
bool delta_write(struct delta *out, struct heap *heap, const char *fresh);

/* Makes the heap in the window `to`, for which `fresh` is. */
void delta_apply(const struct delta *delta, struct heap *to, const char *fresh);

/* Is all of that true with this liblua? 0, or a negative errno and the reason. */
int delta_self_test(struct slab_depot *depot, struct windows *windows, char *message, size_t size);

/* Where that address in the heap, or another one, is when the heap is in `to`. */
void *delta_moved(const struct delta *delta, const struct heap *to, void *address);

#endif
