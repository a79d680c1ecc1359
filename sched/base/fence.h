/* SPDX-License-Identifier: MIT */
/*
 * fence: the full barrier of Dekker-style protocols (store mine, fence, load yours). The thread sanitizer has no model
 * of fences; there an exchange on a dummy stands in, which is a full barrier on the machine too.
 */
#ifndef SCHED_BASE_FENCE_H
#define SCHED_BASE_FENCE_H

#include <stdatomic.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FENCE_BY_EXCHANGE 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define FENCE_BY_EXCHANGE 1
#endif

#ifdef FENCE_BY_EXCHANGE
static inline void fence_full(void)
{
    _Atomic int dummy = 0;
    atomic_exchange(&dummy, 1);
}
#else
static inline void fence_full(void)
{
    atomic_thread_fence(memory_order_seq_cst);
}
#endif

static inline void fence_pause(void)
{
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
}

#endif
