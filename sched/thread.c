/* SPDX-License-Identifier: MIT */
/*
 * thread: see thread.h.
 */
#include "sched/thread.h"

#include <signal.h>
#include <stddef.h>

#include "sched/base/fault.h"

enum { STACK_SIZE = 8 << 20, GUARD_SIZE = 4096 };

int thread_start(pthread_t *out, struct fault_plan *fault, const char *name, void *(*run)(void *), void *arg)
{
    int error = fault_hit(fault, FAULT_THREAD);
    if (error)
        return -error;
    pthread_attr_t attr;
    error = pthread_attr_init(&attr);
    if (error)
        return -error;
    sigset_t all;
    sigfillset(&all);
    pthread_attr_setsigmask_np(&attr, &all);
    pthread_attr_setguardsize(&attr, GUARD_SIZE);
    error = pthread_attr_setstacksize(&attr, STACK_SIZE);
    if (!error)
        error = pthread_create(out, &attr, run, arg);
    pthread_attr_destroy(&attr);
    if (!error)
        pthread_setname_np(*out, name);
    return -error;
}
