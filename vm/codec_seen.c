/* SPDX-License-Identifier: MIT */
/*
 * codec_seen: which tables an encoder has met, so that the second meeting writes a reference. The first CODEC_SEEN_LIST
 * stand in a list in the encoder; marks say of nearly all of them that they are new, and who shares a mark with another is looked
 * for from one end to the other. Values with more tables than that pay for one allocation, of the ids in their order and of slots that
 * say where one stands: open addressing, linear probing, at most half full.
 */
#include <stdlib.h>

#include "vm/codec_cursor.h"

enum { SLOTS_MIN = 128, GROWTH = 4 };

void *codec_encoder_realloc(struct codec_encoder *encoder, void *block, size_t old_size, size_t new_size)
{
    if (encoder->alloc)
        return encoder->alloc(encoder->alloc_ud, block, old_size, new_size);
    if (new_size > 0)
        return realloc(block, new_size);
    free(block);
    return NULL;
}

static uint32_t *find_slot(const struct codec_seen *seen, const void *id)
{
    uint32_t at = (uint32_t)(codec_seen_hash(id) >> 32) & seen->mask;
    while (seen->slots[at] && seen->ids[seen->slots[at] - 1] != id)
        at = (at + 1) & seen->mask;
    return &seen->slots[at];
}

/* Bytes of so many slots and of the ids for which they are enough. */
static size_t size_of(uint32_t slots)
{
    return slots / 2 * sizeof(const void *) + slots * sizeof(uint32_t);
}

/* Makes `slots` slots and notes in them what is known so far; false when memory is out. */
static bool rehash(struct codec_encoder *encoder, uint32_t slots)
{
    struct codec_seen *seen = &encoder->seen;
    const void **old = seen->mask ? seen->ids : seen->list,
               **ids = codec_encoder_realloc(encoder, NULL, 0, size_of(slots));
    if (!ids)
        return false;
    memcpy(ids, old, seen->count * sizeof *ids);
    codec_seen_destroy(encoder);
    seen->ids = ids;
    seen->slots = memset(ids + slots / 2, 0, slots * sizeof(uint32_t));
    seen->mask = slots - 1;
    for (uint32_t i = 0; i < seen->count; i++)
        *find_slot(seen, ids[i]) = i + 1;
    return true;
}

static enum codec_seen_result visit_hashed(struct codec_encoder *encoder, const void *id, uint32_t *number)
{
    struct codec_seen *seen = &encoder->seen;
    uint32_t *slot = find_slot(seen, id);
    if (*slot) {
        *number = *slot - 1;
        return CODEC_SEEN_AGAIN;
    }
    if (seen->count > seen->mask / 2) {
        if (!rehash(encoder, (seen->mask + 1) * GROWTH))
            return CODEC_SEEN_NO_MEMORY;
        slot = find_slot(seen, id);
    }
    *number = seen->count;
    seen->ids[seen->count++] = id;
    *slot = seen->count;
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
        codec_encoder_realloc(encoder, seen->ids, size_of(seen->mask + 1), 0);
    seen->mask = 0;
}
