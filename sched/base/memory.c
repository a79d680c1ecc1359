/* SPDX-License-Identifier: MIT */
/* memory: see memory.h. The text is made on the stack and written at once: stdio may want memory itself. */
#include "sched/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void memory_out(size_t size, const char *what)
{
    char text[160];
    int length = snprintf(text, sizeof text, "moonlet: out of memory: %zu bytes for %s\n", size, what);
    if ((size_t)length >= sizeof text)
        length = sizeof text - 1;
    (void)!write(STDERR_FILENO, text, (size_t)length);
    abort();
}

void *memory_alloc(size_t size, const char *what)
{
    void *block = malloc(size ? size : 1);
    if (!block)
        memory_out(size, what);
    return block;
}

void *memory_zeroed(size_t size, const char *what)
{
    void *block = calloc(1, size ? size : 1);
    if (!block)
        memory_out(size, what);
    return block;
}

void *memory_resize(void *block, size_t size, const char *what)
{
    void *moved = realloc(block, size ? size : 1);
    if (!moved)
        memory_out(size, what);
    return moved;
}

char *memory_string(const char *text, const char *what)
{
    size_t size = strlen(text) + 1;
    return memcpy(memory_alloc(size, what), text, size);
}
