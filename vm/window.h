/* SPDX-License-Identifier: MIT */
/*
 * window: places of memory in which one process after the other runs: each leaves its window when it goes to sleep, with what it differs by from a fresh
 * one (vm/delta.h), and goes on in another one when it is woken, on whatever worker that is.
 *
 * Lua hashes an object by the lower 32 bits of its address. So windows come in layers that lie multiples of 4 GB apart: windows of the same number
 * have the same lower 32 bits in all of them, and a process goes on in any window that has the number of its first one. A layer is no
 * memory until its windows are used.
 *
 * Each worker keeps a free window or none of each number, by itself; others wait for all workers.
 */
#ifndef VM_WINDOW_H
#define VM_WINDOW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault_plan;

enum { WINDOW_SIZE = 16 * 1024, WINDOW_NUMBERS = 128, WINDOW_LAYER = WINDOW_SIZE * WINDOW_NUMBERS };

/* Of a VM. */
struct windows {
    struct fault_plan *fault;
    unsigned turn;        /* so many that are born one after the other on a worker have windows of one number */
    _Atomic size_t out;   /* windows that workers or processes have; changed under the lock */
    pthread_mutex_t lock; /* guards the rest */
    char **layers;
    size_t count, capacity;      /* of layers; of what all arrays have room for */
    void **free[WINDOW_NUMBERS]; /* free windows that no worker has, the one given last at the end */
    size_t frees[WINDOW_NUMBERS];
};

/* Is there address space for all layers that there can be? If not, who has left its window might find no other one. */
bool windows_fit(void);

void windows_init(struct windows *windows, unsigned workers, struct fault_plan *fault);
/* No window is in use. */
void windows_destroy(struct windows *windows);

/* Of a worker, by its thread only. Zeroed it is empty. */
struct window_cache {
    void *free[WINDOW_NUMBERS];
    unsigned next, taken; /* the number for whoever runs for the first time; how many were given so */
};

/* A window of that number; NULL: memory or address space is out. */
void *window_take(struct window_cache *cache, struct windows *windows, unsigned number);
/* A window of any number. */
void *window_take_any(struct window_cache *cache, struct windows *windows);
void window_give(struct window_cache *cache, struct windows *windows, void *window);

/* Gives back all that the worker keeps. */
void window_flush(struct window_cache *cache, struct windows *windows);

/* Bytes of the windows that workers or processes have. Any thread. */
static inline size_t windows_used(struct windows *windows)
{
    return atomic_load_explicit(&windows->out, memory_order_relaxed) * WINDOW_SIZE;
}

static inline unsigned window_number(const void *window)
{
    return (uint32_t)(uintptr_t)window / WINDOW_SIZE % WINDOW_NUMBERS;
}

#endif
