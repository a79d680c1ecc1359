/* SPDX-License-Identifier: MIT */
/*
 * codec_seen: which tables an encoder has met, so that the second meeting writes a reference. The first CODEC_SEEN_LIST
 * stand in a list in the encoder that is searched from one end to the other: that costs less than hashing them, and values
 * with more tables than that pay for one allocation. Past it: open addressing, linear probing, at most half full.
 */
#include <stdlib.h>

#include "vm/codec_cursor.h"

enum { SLOTS_MIN = 128, GROWTH = 4 };

struct codec_seen_slot {
    const void *id; /* NULL: free */
    uint32_t number;
};

void *codec_encoder_realloc(struct codec_encoder *encoder, void *block, size_t old_size, size_t new_size)
{
    if (encoder->alloc)
        return encoder->alloc(encoder->alloc_ud, block, old_size, new_size);
    if (new_size > 0)
        return realloc(block, new_size);
    free(block);
    return NULL;
}

static struct codec_seen_slot *find_slot(const struct codec_seen *seen, const void *id)
{
    uint32_t at = (uint32_t)(((uintptr_t)id * 0x9e3779b97f4a7c15u) >> 32) & seen->mask;
    while (seen->slots[at].id && seen->slots[at].id != id)
        at = (at + 1) & seen->mask;
    return &seen->slots[at];
}

/* A table of `size` slots with all that is known so far; false when memory is out. */
static bool rehash(struct codec_encoder *encoder, uint32_t size)
{
    struct codec_seen *seen = &encoder->seen;
    struct codec_seen old = *seen;
    struct codec_seen_slot *slots = codec_encoder_realloc(encoder, NULL, 0, size * sizeof *slots);
    if (!slots)
        return false;
    memset(slots, 0, size * sizeof *slots);
    seen->slots = slots;
    seen->mask = size - 1;
    for (uint32_t i = 0; !old.mask && i < CODEC_SEEN_LIST; i++)
        *find_slot(seen, old.list[i]) = (struct codec_seen_slot){old.list[i], i};
    for (uint32_t i = 0; old.mask && i <= old.mask; i++) {
        if (old.slots[i].id)
            *find_slot(seen, old.slots[i].id) = old.slots[i];
    }
    if (old.mask)
        codec_encoder_realloc(encoder, old.slots, (old.mask + (size_t)1) * sizeof *slots, 0);
    return true;
}

static enum codec_seen_result visit_hashed(struct codec_encoder *encoder, const void *id, uint32_t *number)
{
    struct codec_seen *seen = &encoder->seen;
    struct codec_seen_slot *slot = find_slot(seen, id);
    if (slot->id) {
        *number = slot->number;
        return CODEC_SEEN_AGAIN;
    }
    if (seen->count > seen->mask / 2) {
        if (!rehash(encoder, (seen->mask + 1) * GROWTH))
            return CODEC_SEEN_NO_MEMORY;
        slot = find_slot(seen, id);
    }
    *number = seen->count++;
    *slot = (struct codec_seen_slot){id, *number};
    return CODEC_SEEN_NEW;
}

enum codec_seen_result codec_seen_visit(struct codec_encoder *encoder, const void *id, uint32_t *number)
{
    struct codec_seen *seen = &encoder->seen;
    if (seen->mask)
        return visit_hashed(encoder, id, number);
    for (uint32_t i = 0; i < seen->count; i++) {
        if (seen->list[i] == id) {
            *number = i;
            return CODEC_SEEN_AGAIN;
        }
    }
    if (seen->count == CODEC_SEEN_LIST)
        return rehash(encoder, SLOTS_MIN) ? visit_hashed(encoder, id, number) : CODEC_SEEN_NO_MEMORY;
    *number = seen->count;
    seen->list[seen->count++] = id;
    return CODEC_SEEN_NEW;
}

void codec_seen_destroy(struct codec_encoder *encoder)
{
    struct codec_seen *seen = &encoder->seen;
    if (seen->mask)
        codec_encoder_realloc(encoder, seen->slots, (seen->mask + (size_t)1) * sizeof *seen->slots, 0);
    seen->mask = 0;
}
