/* SPDX-License-Identifier: MIT */
/*
 * core: struct worker and struct sched as the files of this folder see them; nobody else includes this. Fields are
 * grouped by who writes them, a group starts a cache line.
 */
#ifndef SCHED_CORE_H
#define SCHED_CORE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "sched/base/clock.h"
#include "sched/base/compiler.h"
#include "sched/base/cycles.h"
#include "sched/base/rng.h"
#include "sched/blocking_pool.h"
#include "sched/gate.h"
#include "sched/heavy.h"
#include "sched/idle.h"
#include "sched/interrupt.h"
#include "sched/keeper.h"
#include "sched/monitor.h"
#include "sched/runqueue.h"
#include "sched/sched.h"
#include "sched/seeded.h"
#include "sched/wheel.h"

enum {
    CORE_MAX_WORKERS = SCHED_MAX_WORKERS, /* regular ones; as many spares again */
    CORE_WORTH_US = 50,                   /* a queue that its owner empties sooner is left to him */
    CORE_STUCK_US = 1000, /* in one slice for this long: its run-next may be stolen; the budget of one C operation */
};

enum worker_mode {
    WORKER_ACTIVE,
    WORKER_RESTING, /* a spare that is not needed: serves its poller and wheel, runs no tasks */
    WORKER_FAILED,  /* a spare that could not open its poller */
};

/* Free running, written by the worker's own thread unless marked. */
struct worker_counters {
    _Atomic uint64_t steals, stolen_tasks, parks, wakes, injected;
    _Atomic uint64_t busy_cycles;
    _Atomic uint64_t timers_fired, preemptions; /* any thread; the signal handler */
};

struct worker {
    /* Fixed once it runs. */
    struct sched *sched;
    const struct sched_poller *ops;
    void *poller;
    struct fault_plan *fault;
    unsigned index;
    bool is_spare;
    bool is_started; /* `thread` is to be joined; guarded by whoever starts and stops */
    bool is_open;    /* `poller` exists; guarded by the gate */
    pid_t tid;
    pthread_t thread;

    /* Its own thread only. Times without a unit are cycles. */
    uint64_t now cache_aligned;      /* start of the current slice, or end of the last; of `untimed` tiny ones before */
    uint64_t base_ns, base;          /* a pair of readings, at most a millisecond old when used */
    uint64_t serviced;               /* last worker_service */
    unsigned until_service, untimed; /* slices until the next; slices since `now` */
    uint64_t idle_busy, idle_due;    /* busy_cycles at the last look at idleness; when config.idle is called */
    unsigned idle_left;              /* how many more times */
    uint64_t heavy_ended;            /* end of its last long slice */
    bool is_searching;               /* counted in idle.searching */
    uint64_t keeps_ns;               /* what it has set keeper.wakes_ns to, UINT64_MAX: it has not */
    void *local;
    struct rng rng;

    /* Written by its own thread, read by all. */
    _Atomic uint64_t seq cache_aligned; /* odd while in a slice */
    _Atomic uint64_t mark;              /* last sign of life: start of the last slice, end of the last park */
    _Atomic(struct task *) current;     /* of the slice; stale between slices */
    _Atomic uint64_t typical;           /* running mean of its slices */
    _Atomic uint32_t is_asleep;         /* parked or about to: wants a wake of its poller */
    _Atomic bool relies;                /* sleeps, and others fire its timers (keeper.h) */
    struct worker_counters counters;

    /* Signal handler and its customers. */
    _Atomic(void *) running cache_aligned; /* see worker_set_running */
    _Atomic uint64_t missed;               /* interrupt word that met running == NULL; own thread and handler only */
    _Atomic uint64_t interrupt;            /* requests: see interrupt.c */
    struct trace trace;

    _Atomic int mode; /* enum worker_mode; written by the monitor, FAILED by itself */
    struct runqueue queue;
    struct wheel wheel;
};

struct sched {
    struct sched_config config;
    struct clock clock;
    struct cycles cycles;
    unsigned worker_count; /* regular ones: workers[0..worker_count) */
    unsigned capacity;     /* with spares */
    struct worker **workers;
    struct idle idle;
    struct keeper keeper;
    struct heavy heavy;
    _Atomic unsigned next_inject cache_aligned; /* round robin of foreign wake-ups */
    _Atomic uint64_t foreign_wakes;
    _Atomic bool stop_called;
    struct gate gate;
    struct monitor monitor;
    struct blocking_pool blocking;
    struct seeded seeded;
};

/* worker.c: what the other files use of it. The thread function of all workers; the argument is the worker. */
void *worker_main(void *worker);
void worker_poll(struct worker *worker); /* polls, submits, fires timers; own thread */
/* That, and takes what was injected, and sends a spare to rest. Own thread. */
void worker_service(struct worker *worker);
void worker_run_slice(struct worker *worker, struct task *task);
/* Sleeps in the poller until woken, completion or timer, unless there is something to do. Own thread. */
void worker_park(struct worker *worker);
void worker_fire_timers(struct worker *worker, bool try_only); /* own thread; the monitor with try_only */
/* Adds a task that the caller has made QUEUED. Own thread. */
void worker_queue(struct worker *worker, struct task *task, bool next);

/* Adds a task that the caller has made QUEUED to the inject queue of some worker. Any thread. */
void sched_inject(struct sched *sched, struct task *task);

static inline bool sched_is_stopping(const struct sched *sched)
{
    return atomic_load_explicit(&sched->gate.phase, memory_order_acquire) >= GATE_STOPPING;
}

static inline uint64_t sched_cycles(const struct sched *sched)
{
    return cycles_now(&sched->cycles);
}

/* A counter that only its own thread writes. */
static inline void counter_add(_Atomic uint64_t *counter, uint64_t n)
{
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n, memory_order_relaxed);
}

#endif
