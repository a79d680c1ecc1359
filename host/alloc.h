/* SPDX-License-Identifier: MIT */
/*
 * alloc: memory for the host's own small structs. Running out of it aborts: at boot there is nobody to report to, and later
 * these structs are a few hundred bytes each (style 5.7). Any thread.
 */
#ifndef HOST_ALLOC_H
#define HOST_ALLOC_H

#include <stddef.h>

/* Zeroed memory; free() releases it. */
void *alloc_zeroed(size_t size);

/* realloc of an array of `count` items of `size` bytes. */
void *alloc_resize(void *block, size_t count, size_t size);

/* A copy of `length` bytes with a NUL behind them. */
char *alloc_copy(const char *data, size_t length);
char *alloc_string(const char *text);

/*
 * Makes room for one more item in an array: returns `items`, moved if it was full. *capacity counts items and is updated.
 */
void *alloc_grow(void *items, size_t count, size_t *capacity, size_t size);

#endif
