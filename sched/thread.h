/* SPDX-License-Identifier: MIT */
/*
 * thread: how all threads of a scheduler are made: 8 MB of stack (nested pattern callbacks of Lua need 2) with a guard
 * page, and all signals blocked. A worker opens the preemption signal for itself.
 */
#ifndef SCHED_THREAD_H
#define SCHED_THREAD_H

#include <pthread.h>

struct fault_plan;

/* `name`: up to 15 bytes. 0 or a negative errno (FAULT_THREAD). */
int thread_start(pthread_t *out, struct fault_plan *fault, const char *name, void *(*run)(void *), void *arg);

/*
 * For a thread that runs seldom and shortly, but soon when it wakes: asks the kernel for short time slices, so that it need not wait for one of
 * another thread to end (sched(7), sched_runtime; Linux 6.12 and later, without privileges). Without effect elsewhere.
 */
void thread_run_soon(void);

#endif
