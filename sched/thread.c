/* SPDX-License-Identifier: MIT */
/*
 * thread: see thread.h.
 */
#include "sched/thread.h"

#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sched/base/fault.h"

enum { STACK_SIZE = 8 << 20, GUARD_SIZE = 4096, SLICE_NS = 100000 /* the least that the kernel takes */ };

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

/* The first form of what sched_setattr(2) takes; neither it nor the call is in the C library. */
struct scheduling {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t slice_ns, deadline_ns, period_ns;
};

void thread_run_soon(void)
{
    struct scheduling wanted = {.size = sizeof wanted,
                                .policy = SCHED_OTHER,
                                .nice = getpriority(PRIO_PROCESS, 0), /* as it is */
                                .slice_ns = SLICE_NS};
    syscall(SYS_sched_setattr, 0, &wanted, 0);
}
