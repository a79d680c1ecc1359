/* SPDX-License-Identifier: MIT */
/*
 * buffer: see buffer.h. The count is the only shared word: a reference is taken by someone who already has one, so the
 * increment needs no order; the last decrement must see every other holder's reads done.
 */
#include "vm/buffer.h"

#include <stdlib.h>

struct buffer *buffer_new(size_t length)
{
    if (length > SIZE_MAX - sizeof(struct buffer))
        return NULL;
    struct buffer *buffer = malloc(sizeof *buffer + length);
    if (!buffer)
        return NULL;
    atomic_init(&buffer->refs, 1);
    buffer->reserved = 0;
    buffer->length = length;
    return buffer;
}

struct buffer *buffer_ref(struct buffer *buffer)
{
    atomic_fetch_add_explicit(&buffer->refs, 1, memory_order_relaxed);
    return buffer;
}

void buffer_unref(struct buffer *buffer)
{
    /* The release of each holder pairs with the acquire of the one that frees. */
    if (buffer && atomic_fetch_sub_explicit(&buffer->refs, 1, memory_order_acq_rel) == 1)
        free(buffer);
}
