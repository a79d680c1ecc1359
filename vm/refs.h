/* SPDX-License-Identifier: MIT */
/*
 * refs: the reference count of what many processes share: a version of code, an inherited context. Every process has one of each, taken on one
 * worker and dropped on another, perhaps: if each of these wrote the count, its cache line would be all that spawning waits for. So a worker
 * takes REFS_AHEAD at a time into a bank, and puts into it what is dropped there. A bank is emptied when something else takes its place, and
 * when the worker is idle: until then what nobody uses any more may stay.
 */
#ifndef VM_REFS_H
#define VM_REFS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct refs;
typedef void (*refs_destroy_f)(struct refs *refs);

enum { REFS_AHEAD = 64, REFS_BANKS = 8 };

/* Embedded in the object. */
struct refs {
    _Atomic uint32_t count;
    bool is_banked;
    refs_destroy_f destroy; /* frees the object, on the thread that drops the last reference */
};

/* References that a worker has ahead. */
struct refs_bank {
    struct refs *of; /* NULL: none */
    uint32_t spare;
};

/* With one reference. Not banked: what is so large that it has to go as soon as nobody uses it. */
void refs_init(struct refs *refs, bool is_banked, refs_destroy_f destroy);

/* Any thread. */
void refs_take(struct refs *refs);
void refs_drop(struct refs *refs);

/* Empties REFS_BANKS banks. On the worker whose they are, or when there are no workers any more. */
void refs_flush(struct refs_bank *banks);

#endif
