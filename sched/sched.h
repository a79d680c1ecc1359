/* SPDX-License-Identifier: MIT */
/*
 * sched: workers, run queues, stealing, timers, preemption monitor, blocking pool as one object. Several may live in one OS
 * process. It knows no Lua and no io_uring: what it waits in is a struct sched_poller, what it interrupts is a pointer.
 */
#ifndef SCHED_SCHED_H
#define SCHED_SCHED_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/task.h"

struct clock;
struct fault_plan;
struct log;
struct sched;
struct worker;

/*
 * How a worker waits and is woken; io/ gives an io_uring one, sched/poller_futex.c has one without I/O for tests.
 * All but wake are called on the worker's own thread.
 */
struct sched_poller {
    /* Makes the poller of one worker. 0 and *out, or a negative errno. `ctx` is sched_config.poller_ctx. */
    int (*open)(void *ctx, struct worker *worker, void **out);
    void (*close)(void *poller);
    /* Handles what has completed, without waiting; cheap when nothing has. Returns how many completions it handled. */
    unsigned (*poll)(void *poller);
    /* Gives queued operations to the kernel. */
    void (*submit)(void *poller);
    /* Waits for a completion, a wake, or until timeout_ns has passed (UINT64_MAX: no limit); handles what completed. */
    void (*park)(void *poller, uint64_t timeout_ns);
    /* Ends the park of that worker, or makes its next park return at once. `from` is the caller's own poller, NULL off workers. */
    void (*wake)(void *from, void *poller);
    /* Operations in flight that will complete by themselves (seeded mode: the clock stands while > 0). May be NULL. */
    unsigned (*outstanding)(void *poller);
};

enum { SCHED_MAX_WORKERS = 256 };

struct sched_config {
    unsigned workers; /* 0: online CPUs; at most SCHED_MAX_WORKERS */
    bool seeded;      /* one worker, virtual clock, seeded choices, no monitor */
    uint64_t seed;
    unsigned blocking_threads;         /* most threads of the pool; 0: 4 x workers, at least 4 */
    const struct sched_poller *poller; /* NULL: the futex poller */
    void *poller_ctx;
    /*
     * Called in a signal handler on the worker's thread to make the running slice end soon. `running` is what
     * worker_set_running stored, never NULL. `reason` is a bit set of enum interrupt_reason.
     */
    void (*interrupt)(void *running, unsigned reason);
    /* Called in the signal handler to describe where `running` is: writes at most `size` bytes of text, returns the length. */
    unsigned (*traceback)(void *running, char *text, unsigned size);
    /*
     * Called on a worker that is about to sleep, a second after it last had something to do and once more a second later: to give back what
     * it keeps for speed. `local` is what worker_set_local stored. May be NULL.
     */
    void (*idle)(void *ctx, void *local);
    void *idle_ctx;
    struct log *log;
    struct fault_plan *fault;
};

enum interrupt_reason {
    INTERRUPT_PREEMPT = 1, /* its time is up */
    INTERRUPT_SIGNAL = 2,  /* somebody has a signal for it: drain the mailbox soon */
    INTERRUPT_STUCK = 4,   /* has been in this slice for over 100 ms despite preemption */
};

/*
 * Counters of one worker (or their sum), free running. spare_starts, watchdog_hits and the wakes made by threads that are
 * no workers are in the sum only.
 */
struct sched_stats {
    uint64_t slices, steals, stolen_tasks, parks, wakes, preemptions, timers_fired, injected, spare_starts,
        watchdog_hits;
    uint64_t busy_ns; /* CPU time in slices */
};

/* Makes everything but starts no thread. 0 or a negative errno. Copies *config. */
int sched_new(struct sched **out, const struct sched_config *config);

/*
 * Starts the threads; returns when all workers run. 0 or a negative errno (nothing runs then, and it may be tried again).
 * SIGURG is taken for preemption: its handler is installed for good, and the signal is blocked in the calling thread.
 */
int sched_start(struct sched *sched);

/*
 * Stops and joins all threads. Queued tasks are not run any more; the caller made sure that none of interest is left.
 * May be called from any thread that is not one of its own; a second call does nothing.
 */
void sched_stop(struct sched *sched);
void sched_free(struct sched *sched);

struct clock *sched_clock(struct sched *sched);
struct log *sched_log(struct sched *sched);
struct fault_plan *sched_fault(struct sched *sched);
unsigned sched_workers(const struct sched *sched);
/* All indexes of workers, spares included, are below this; fixed for the life of the scheduler. */
unsigned sched_capacity(const struct sched *sched);
/* The worker with that index, for worker_kick. */
struct worker *sched_worker(struct sched *sched, unsigned index);
bool sched_is_seeded(const struct sched *sched);
void sched_stats(const struct sched *sched, unsigned worker, struct sched_stats *out);
void sched_stats_total(const struct sched *sched, struct sched_stats *out);
/* Runnable tasks that wait in the queues of the workers, roughly. */
unsigned sched_queued(const struct sched *sched);

/* Seeded mode: hash of all choices made so far; and a way to mix the caller's own events into it. */
uint64_t sched_trace_hash(const struct sched *sched);
void sched_trace(struct sched *sched, uint64_t event);

/*
 * Interrupts the task if it is running on some worker right now (terminate of a running process); otherwise nothing.
 * Any thread.
 */
void sched_interrupt(struct sched *sched, struct task *task, unsigned reason);

#endif
