/* SPDX-License-Identifier: MIT */
/*
 * arena: memory that is given back all at once: everything that belongs to one parsed source. Blocks are zeroed and aligned for
 * pointers. Without memory the program ends (base/memory.h). One thread at a time.
 */
#ifndef LANG_ARENA_H
#define LANG_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "sched/base/compiler.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks;
    char *next, *end; /* what is left of the newest chunk */
    size_t total;     /* bytes taken from malloc */
};

void arena_init(struct arena *arena);
void arena_destroy(struct arena *arena);

void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, returns_nonnull));

/* A copy with a NUL behind it. */
char *arena_copy(struct arena *arena, const char *text, size_t length);

char *arena_printf(struct arena *arena, const char *fmt, ...) printf_like(2, 3);
char *arena_vprintf(struct arena *arena, const char *fmt, va_list args);

#endif
