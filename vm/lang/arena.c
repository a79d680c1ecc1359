/* SPDX-License-Identifier: MIT */
/* arena: chunks double in size up to LARGEST; a block that fits none gets a chunk of its own. */
#include "vm/lang/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/memory.h"

enum { SMALLEST = 4096, LARGEST = 256 * 1024, ALIGN = 8 };

struct arena_chunk {
    struct arena_chunk *next;
    char bytes[];
};

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

void arena_destroy(struct arena *arena)
{
    while (arena->chunks) {
        struct arena_chunk *chunk = arena->chunks;
        arena->chunks = chunk->next;
        free(chunk);
    }
    *arena = (struct arena){0};
}

static void *add_chunk(struct arena *arena, size_t size)
{
    size_t wanted = arena->total < SMALLEST ? SMALLEST : arena->total > LARGEST ? LARGEST : arena->total;
    if (wanted < size)
        wanted = size;
    struct arena_chunk *chunk = memory_zeroed(sizeof *chunk + wanted, "parsing a source");
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->total += sizeof *chunk + wanted;
    arena->next = chunk->bytes + size;
    arena->end = chunk->bytes + wanted;
    return chunk->bytes;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (unlikely((size_t)(arena->end - arena->next) < size))
        return add_chunk(arena, size);
    void *block = arena->next;
    arena->next += size;
    return block;
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *arena_vprintf(struct arena *arena, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    char *text = arena_alloc(arena, (size_t)(length < 0 ? 0 : length) + 1);
    vsnprintf(text, (size_t)length + 1, fmt, args);
    return text;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = arena_vprintf(arena, fmt, args);
    va_end(args);
    return text;
}
