/* SPDX-License-Identifier: MIT */
/* alloc: see the header. Arrays double, from 8 items on. */
#include "host/alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 8 };

static void *checked(void *block)
{
    if (block)
        return block;
    fputs("moonlet: out of memory\n", stderr);
    abort();
}

void *alloc_zeroed(size_t size)
{
    return checked(calloc(1, size ? size : 1));
}

void *alloc_resize(void *block, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return checked(NULL);
    return checked(realloc(block, bytes ? bytes : 1));
}

char *alloc_copy(const char *data, size_t length)
{
    if (length == SIZE_MAX)
        return checked(NULL);
    char *copy = checked(malloc(length + 1));
    if (length)
        memcpy(copy, data, length);
    copy[length] = '\0';
    return copy;
}

char *alloc_string(const char *text)
{
    return alloc_copy(text, strlen(text));
}

void *alloc_grow(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity ? *capacity * 2 : FIRST_CAPACITY;
    return alloc_resize(items, *capacity, size);
}
