/* SPDX-License-Identifier: MIT */
/*
 * buffer: reference-counted immutable bytes: encoded values that are too big to travel inside a message node, or that
 * several messages share. Any thread; the last buffer_unref frees.
 */
#ifndef VM_BUFFER_H
#define VM_BUFFER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
    _Atomic uint32_t refs;
    uint32_t reserved;
    size_t length;
    unsigned char bytes[];
};

/* A buffer with one reference and uninitialised bytes, NULL when memory is out. */
struct buffer *buffer_new(size_t length);
struct buffer *buffer_ref(struct buffer *buffer);
void buffer_unref(struct buffer *buffer); /* NULL is allowed */

#endif
