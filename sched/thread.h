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

#endif
