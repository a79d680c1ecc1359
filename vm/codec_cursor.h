/* SPDX-License-Identifier: MIT */
/*
 * codec_cursor: where an encoder or decoder is, so that it can stop between any two values and go on later. The one-shot
 * forms keep the same structs on the C stack, uninitialised but for their first fields.
 *
 * I1  A run stops only between two values; what it needs then is in the struct and on the Lua stack above `base`.
 * I2  An encoder's malloc-like memory comes from the Lua heap when it outlives a C call (codec_encoder_new), so that a heap
 *     dropped without finalizers takes it along.
 */
#ifndef VM_CODEC_CURSOR_H
#define VM_CODEC_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

#include "sched/base/compiler.h"
#include "vm/codec.h"
#include "vm/codec_strings.h"
#include "vm/codec_wire.h"

struct type;

/* Entries of tables between two looks at the clock. */
enum { CODEC_PAUSE_NODES = 256 };

/* The tables and error objects met so far, in that order, which gives them their numbers; found by codec_seen.c. */
enum { CODEC_SEEN_LIST = 32, CODEC_SEEN_MARKS = 512 };

struct codec_seen {
    uint32_t count, mask; /* mask: slots - 1, 0 while the list serves */
    const void **ids;     /* with slots: all that were met; the list is not used any more then */
    uint32_t *slots;      /* number + 1, 0: free */
    const void *list[CODEC_SEEN_LIST];
    uint64_t marks[CODEC_SEEN_MARKS / 64]; /* a bit for the hash of each in the list */
};

struct codec_encode_frame {
    size_t header;       /* offset of the table's tag */
    lua_Unsigned border; /* 0: not asked for yet, or none */
    uint32_t narr, nhash, holes;
    bool is_wide, in_array, value_pending;
    bool is_record; /* one of several in an array: its keys are those of its neighbours */
};

/* Lua stack while running: per open table [table, key], and the value when a table key is being written. */
struct codec_encoder {
    const struct type *type;
    unsigned char *data;
    size_t start, length, room; /* of this encoding, of all bytes, writable */
    lua_Alloc alloc;            /* NULL: realloc */
    void *alloc_ud;
    int first, count, next;
    int base;                        /* stack top at the first run, -1 before it */
    int depth, roomy;                /* the Lua stack has room for tables down to this depth */
    uint32_t countdown, pause_every; /* pause_every: entries between two looks at the clock; 0: never pause */
    bool by_count;                   /* pause without looking at the clock */
    enum codec_status failure;
    struct codec_seen seen;
    struct codec_strings strings;
    struct codec_encode_frame *frame; /* of the innermost open table, if there is one */
    struct codec_encode_frame frames[CODEC_MAX_DEPTH];
};

struct codec_decode_frame {
    uint32_t index, narr, nhash; /* index: array values stored; nhash: pairs left */
    bool has_key;
};

/* Lua stack while running: [refs], numbered strings, top-level values, per open table [table] or [table, key]. */
struct codec_decoder {
    const struct type *type;
    struct wire_reader in;
    struct wire_head head;
    uint32_t next, refs, strings; /* refs: tables and errors numbered so far; strings: those numbered so far */
    int base, values;             /* values: stack index of the first of them - 1 */
    int kept;                     /* stack index of the first numbered string */
    int depth, roomy;             /* the Lua stack has room for tables down to this depth */
    uint32_t countdown, pause_every;
    bool by_count;
    enum codec_status failure;
    struct codec_decode_frame frames[CODEC_MAX_DEPTH];
};

static inline void codec_seen_init(struct codec_seen *seen)
{
    seen->count = seen->mask = 0;
    memset(seen->marks, 0, sizeof seen->marks);
}

static inline uint64_t codec_seen_hash(const void *id)
{
    return (uintptr_t)id * 0x9e3779b97f4a7c15u; /* the upper bits are the better ones */
}

/* Adds `id` if nothing with its mark was met, so that it is new, and the list has room. False: codec_seen_visit must. */
static inline bool codec_seen_add(struct codec_seen *seen, const void *id)
{
    uint64_t hash = codec_seen_hash(id) >> 32, bit = (uint64_t)1 << hash % 64;
    uint64_t *word = &seen->marks[hash / 64 % (CODEC_SEEN_MARKS / 64)];
    if (unlikely(*word & bit) || unlikely(seen->count >= CODEC_SEEN_LIST))
        return false;
    *word |= bit;
    seen->list[seen->count++] = id;
    return true;
}

enum codec_seen_result { CODEC_SEEN_NEW, CODEC_SEEN_AGAIN, CODEC_SEEN_NO_MEMORY };

/* Looks up `id`, which codec_seen_add has refused, and adds it if it is new; *number is its number in either case. */
enum codec_seen_result codec_seen_visit(struct codec_encoder *encoder, const void *id, uint32_t *number);
void codec_seen_destroy(struct codec_encoder *encoder);
void *codec_encoder_realloc(struct codec_encoder *encoder, void *block, size_t old_size, size_t new_size);

/* Is the slice over its time? False on threads that are not workers. */
bool codec_is_time_up(void);

/* Makes room for `more` bytes; false: see failure. */
bool codec_encoder_grow(struct codec_encoder *encoder, size_t more);

/* ---- codec_encode.c, for the forms ---- */

/* The first fields of an encoder that has written nothing; `data`, `start`, `length`, `room` and `pause_every` are the caller's. */
void codec_encoder_init(struct codec_encoder *encoder, int first, int count);
/* Goes on from where it is, from the start at first; on failure the Lua stack is left as it is. */
enum codec_status codec_encoder_go(lua_State *L, struct codec_encoder *encoder);

#endif
