/* SPDX-License-Identifier: MIT */
/*
 * interrupt: interrupting a slice.
 *
 * A request is a number, the slice's sequence number above eight bits of reasons, in worker->interrupt, and SIGURG for
 * the worker's thread. The handler runs there, so it reads `running` as its own thread wrote it and nothing of
 * the interrupted program is touched from outside. It compares the number with the slice it has interrupted: a request that
 * comes late finds another slice, or none, and is dropped. A newer request replaces an older one, never the reverse.
 *
 * If `running` is NULL (the slice is between two resumes) the request is kept in worker->missed for worker_set_running.
 */
#include "sched/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sched/base/fence.h"
#include "sched/core.h"
#include "sched/worker.h"

enum { REASON_BITS = 8, REASON_MASK = 255 };

static void write_trace(struct worker *w, void *running, uint64_t seq)
{
    struct trace *trace = &w->trace;
    if (atomic_load_explicit(&trace->done, memory_order_relaxed) == seq)
        return;
    trace->length =
        w->sched->config.traceback ? w->sched->config.traceback(running, trace->text, INTERRUPT_TRACE_SIZE) : 0;
    atomic_store_explicit(&trace->done, seq, memory_order_release);
}

/* On the worker's thread, in the handler or not. */
static void deliver(struct worker *w, void *running, uint64_t request)
{
    uint64_t seq = request >> REASON_BITS;
    unsigned reasons = (unsigned)request & REASON_MASK;
    if (reasons & INTERRUPT_TRACE)
        write_trace(w, running, seq);
    reasons &= ~(unsigned)INTERRUPT_TRACE;
    if (!reasons || !w->sched->config.interrupt)
        return;
    if (reasons & INTERRUPT_PREEMPT)
        atomic_fetch_add_explicit(&w->counters.preemptions, 1, memory_order_relaxed);
    w->sched->config.interrupt(running, reasons);
}

static bool is_for_this_slice(const struct worker *w, uint64_t request)
{
    return request >> REASON_BITS == atomic_load_explicit(&w->seq, memory_order_relaxed);
}

/* In the handler, which nothing on this thread interrupts: no read-modify-write needed. */
static void keep_missed(struct worker *w, uint64_t request)
{
    uint64_t former = atomic_load_explicit(&w->missed, memory_order_relaxed);
    if (is_for_this_slice(w, former))
        request |= former;
    atomic_store_explicit(&w->missed, request, memory_order_relaxed);
}

static void on_signal(int signal)
{
    (void)signal;
    struct worker *w = worker_self();
    if (!w)
        return;
    int saved_errno = errno;
    /* Acquire: pairs with the release in interrupt_request. */
    uint64_t request = atomic_exchange_explicit(&w->interrupt, 0, memory_order_acquire);
    void *running = atomic_load_explicit(&w->running, memory_order_relaxed);
    if (request && is_for_this_slice(w, request)) {
        if (running)
            deliver(w, running, request);
        else
            keep_missed(w, request);
    }
    errno = saved_errno;
}

/* Delivers what came while nothing was running. */
static __attribute__((noinline)) void deliver_missed(struct worker *w, void *running)
{
    uint64_t request = atomic_exchange_explicit(&w->missed, 0, memory_order_relaxed);
    if (is_for_this_slice(w, request))
        deliver(w, running, request);
}

void *worker_set_running(struct worker *w, void *running)
{
    void *former = atomic_load_explicit(&w->running, memory_order_relaxed);
    atomic_store_explicit(&w->running, running, memory_order_relaxed);
    /* First `running`, then `missed`: a signal between the two is delivered by the handler itself. */
    atomic_signal_fence(memory_order_seq_cst);
    if (unlikely(atomic_load_explicit(&w->missed, memory_order_relaxed)))
        deliver_missed(w, running);
    return former;
}

void worker_reset_running(struct worker *w, void *former)
{
    atomic_store_explicit(&w->running, former, memory_order_relaxed);
}

static sigset_t only_signal(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGURG);
    return set;
}

void interrupt_install(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGURG, &action, NULL);
    interrupt_block();
}

void interrupt_block(void)
{
    sigset_t set = only_signal();
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void interrupt_unblock(void)
{
    /* Faults of the thread itself, and a profiler's ticks, are for it too. */
    static const int own[] = {SIGURG, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGPROF};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sigaddset(&set, own[i]);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void interrupt_request(struct worker *w, uint64_t seq, unsigned reasons)
{
    uint64_t request = seq << REASON_BITS | reasons;
    uint64_t former = atomic_load_explicit(&w->interrupt, memory_order_relaxed), wanted;
    do {
        uint64_t former_seq = former >> REASON_BITS;
        if (former_seq > seq)
            return;
        wanted = former_seq == seq ? former | request : request;
    } while (!atomic_compare_exchange_weak_explicit(&w->interrupt, &former, wanted, memory_order_acq_rel,
                                                    memory_order_relaxed));
    syscall(SYS_tgkill, getpid(), w->tid, SIGURG);
}

void sched_interrupt(struct sched *sched, struct task *task, unsigned reasons)
{
    /* The caller has published what the slice is to notice; task_start has the other half. */
    fence_full();
    for (unsigned i = 0; i < sched->capacity; i++) {
        struct worker *w = sched->workers[i];
        uint64_t seq = atomic_load_explicit(&w->seq, memory_order_acquire);
        if (!(seq & 1) || atomic_load_explicit(&w->current, memory_order_acquire) != task)
            continue;
        if (atomic_load_explicit(&w->seq, memory_order_relaxed) == seq)
            interrupt_request(w, seq, reasons);
        return;
    }
}
