/* SPDX-License-Identifier: MIT */
/*
 * encode: values of definitions and command lines as arguments of processes (encodings of vm/codec.h).
 */
#ifndef HOST_ENCODE_H
#define HOST_ENCODE_H

#include <stddef.h>

struct codec_bytes;
struct value;

/* One argument. */
void encode_value(struct codec_bytes *out, const struct value *value);

/* Appends a value to an encoding that was begun. */
void encode_put(struct codec_bytes *out, const struct value *value);

/* One argument per item of the list; NULL or anything else: none. Aborts when memory is out. */
void encode_list(struct codec_bytes *out, const struct value *list);

/* One string argument each. */
void encode_strings(struct codec_bytes *out, char *const *strings, size_t count);

#endif
