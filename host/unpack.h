/* SPDX-License-Identifier: MIT */
/*
 * unpack: values from encodings of vm/plain.h: what a program gives the registry, as the host keeps it. The other way round is host/encode.h.
 */
#ifndef HOST_UNPACK_H
#define HOST_UNPACK_H

struct codec_walk;
struct value;

/* The next value of the walk; the caller owns it. NULL: there is none, or it is no plain data. */
struct value *unpack_value(struct codec_walk *walk);

#endif
