/* SPDX-License-Identifier: MIT */
/*
 * memory: checked allocation for the small structs of the runtime. Without memory for those nothing can go on in order, so the
 * program ends at once, but not without a word on standard error. free() gives the memory back. Any thread.
 */
#ifndef SCHED_BASE_MEMORY_H
#define SCHED_BASE_MEMORY_H

#include <stddef.h>

/* `what` completes "out of memory: 64 bytes for ...": "a process", "the table of names". */
void *memory_alloc(size_t size, const char *what) __attribute__((malloc, returns_nonnull));
void *memory_zeroed(size_t size, const char *what) __attribute__((malloc, returns_nonnull));
void *memory_resize(void *block, size_t size, const char *what) __attribute__((returns_nonnull));
char *memory_string(const char *text, const char *what) __attribute__((returns_nonnull)); /* a copy */

/* Says it and ends the program; for those who allocate in their own way. */
void memory_out(size_t size, const char *what) __attribute__((noreturn, cold));

#endif
