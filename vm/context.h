/* SPDX-License-Identifier: MIT */
/*
 * context: what a process has from where it came: named values in the plain-data form (spec actor-core 13), immutable and shared by all
 * that inherit it. Merging makes a new one. A process without any has NULL, and so does everything below: NULL is the empty context. Actor
 * and scope of the security identity are inherited the same way and belong into this struct.
 *
 * Reference counted; any thread.
 */
#ifndef VM_CONTEXT_H
#define VM_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

struct context;

enum { CONTEXT_KEYS_MAX = 10000 }; /* and CODEC_MAX_BYTES all told */

struct context *context_ref(struct context *context); /* returns its argument */
void context_unref(struct context *context);

/*
 * `base` (borrowed) overlaid with the fields of an encoding of plain_encode_fields (vm/plain.h; copied). 0 and a reference in *out, which is
 * NULL when there is no value at all; -E2BIG: too many keys or too large; -EINVAL: no such encoding; -ENOMEM.
 */
int context_merge(struct context **out, struct context *base, const void *data, size_t length);

/* The values of `base` overlaid with those of `over`; both borrowed. Results as above. */
int context_overlay(struct context **out, struct context *base, struct context *over);

/* One line for people: "more than 10000 keys, or larger than 16 MB". */
const char *context_message(int error);

/* A value: an encoding of vm/codec.h. The pointers live as long as the context. */
struct context_value {
    const char *key; /* no NUL */
    size_t key_length;
    const unsigned char *data;
    size_t length;
};

size_t context_count(const struct context *context);
size_t context_size(const struct context *context); /* bytes of memory, 0 for NULL */

/* Value number `index` (from 0, less than context_count), in the order of their keys; and the one of that key, false: none. */
void context_at(const struct context *context, size_t index, struct context_value *out);
bool context_find(const struct context *context, const char *key, size_t length, struct context_value *out);

#endif
