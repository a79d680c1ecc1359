/* SPDX-License-Identifier: MIT */
/*
 * entropy: bytes that nobody can guess, for identifiers and keys. They come from the kernel, some hundred at a time for each worker, and are
 * wiped as they are handed out. In seeded mode they come from the worker's random numbers, so that a run can be repeated: then they are no secret.
 */
#ifndef STDLIB_ENTROPY_H
#define STDLIB_ENTROPY_H

#include <stddef.h>

struct entropy;

struct entropy *entropy_new(void);
void entropy_free(struct entropy *entropy); /* after the workers have ended; NULL is allowed */

/* Fills `out`. 0, or a negative errno: the kernel has none to give. Any thread. */
int entropy_fill(struct entropy *entropy, void *out, size_t size);

#endif
