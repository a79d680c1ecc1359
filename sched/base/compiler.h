/* SPDX-License-Identifier: MIT */
/*
 * compiler: the few compiler facilities that every layer uses.
 */
#ifndef SCHED_BASE_COMPILER_H
#define SCHED_BASE_COMPILER_H

#include <stddef.h>

enum { CACHE_LINE = 64 };

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define cache_aligned __attribute__((aligned(64)))
/*
 * Fetches into the cache what is needed soon; it need not exist. `size`: if it is a constant, there is no loop. The empty instruction is for gcc,
 * which takes a function that does nothing else for one without effect, and leaves the calls of it out.
 */
static inline __attribute__((always_inline)) void prefetch(const void *at, size_t size)
{
    __asm__ volatile("");
#pragma GCC unroll 16
    for (size_t i = 0; i < size; i += CACHE_LINE)
        __builtin_prefetch((const char *)at + i, 1);
}

/*
 * As prefetch, to the second-level cache: for what is needed after much else. Of a hundred requests at once for the first level the processor
 * that was measured (AMD Zen 4) drops half: bench/floor/fetch.c.
 */
static inline __attribute__((always_inline)) void prefetch_later(const void *at, size_t size)
{
    __asm__ volatile("");
#pragma GCC unroll 16
    for (size_t i = 0; i < size; i += CACHE_LINE)
        __builtin_prefetch((const char *)at + i, 0, 2);
}

/* Of a size that only the run knows: eight lines at a time, so perhaps a few too many. */
static inline void prefetch_area_later(const void *at, size_t size)
{
    enum { STEP = 8 * CACHE_LINE };
    for (size_t i = 0; i < size; i += STEP)
        prefetch_later((const char *)at + i, STEP);
}

/*
 * For what lies between lua_resume and the loop of the worker: a coroutine that yields leaves its C frames by longjmp, and from then on the
 * processor mispredicts every return to a frame below, at 5 ns each. So there should be few of them.
 */
#define no_return_of_its_own inline __attribute__((always_inline))
#define printf_like(fmt, first) __attribute__((format(printf, fmt, first)))

/* The struct of `type` whose member `member` lies at `ptr`. */
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#endif
