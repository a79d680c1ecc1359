/* SPDX-License-Identifier: MIT */
/*
 * sched: making, starting and stopping all the parts.
 *
 * Start: every worker thread opens its poller and waits at the gate; when all have, and the monitor runs, the gate opens.
 * Stop: the pool finishes its jobs; the workers leave their loops and wait at the gate, so that every poller can still be
 * woken; the monitor ends; no thread is inside a wake any more; the gate opens, pollers are closed, threads joined.
 */
#include "sched/sched.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sched/base/fault.h"
#include "sched/core.h"
#include "sched/interrupt.h"
#include "sched/poller_futex.h"
#include "sched/thread.h"

enum { BLOCKING_PER_WORKER = 4 };

static unsigned usable_cpus(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return (unsigned)CPU_COUNT(&set);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (unsigned)online : 1;
}

/* Zeroed memory on a cache line, or NULL (FAULT_MALLOC). */
static void *alloc_zeroed(struct fault_plan *fault, size_t size)
{
    size = (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    void *p = fault_hit(fault, FAULT_MALLOC) ? NULL : aligned_alloc(CACHE_LINE, size);
    if (p)
        __builtin_memset(p, 0, size);
    return p;
}

static struct worker *worker_new(struct sched *sched, unsigned index, uint64_t seed)
{
    struct worker *w = alloc_zeroed(sched->config.fault, sizeof *w);
    if (!w)
        return NULL;
    w->sched = sched;
    w->ops = sched->config.poller;
    w->fault = sched->config.fault;
    w->index = index;
    w->is_spare = index >= sched->worker_count;
    atomic_init(&w->mode, w->is_spare ? WORKER_RESTING : WORKER_ACTIVE);
    w->keeps_ns = UINT64_MAX;
    rng_seed(&w->rng, seed + index);
    runqueue_init(&w->queue);
    wheel_init(&w->wheel, clock_now_ns(&sched->clock));
    return w;
}

static void worker_free(struct worker *w)
{
    if (!w)
        return;
    wheel_destroy(&w->wheel);
    runqueue_destroy(&w->queue);
    free(w);
}

static void free_workers(struct sched *sched)
{
    for (unsigned i = 0; i < sched->capacity; i++)
        worker_free(sched->workers[i]);
    free(sched->workers);
    free(sched->monitor.watches);
}

static int make_workers(struct sched *sched)
{
    uint64_t seed = sched->config.seeded ? sched->config.seed : rng_entropy();
    sched->workers = alloc_zeroed(sched->config.fault, sched->capacity * sizeof(struct worker *));
    sched->monitor.watches = monitor_watches_new(sched->capacity);
    if (!sched->workers || !sched->monitor.watches)
        goto out_of_memory;
    for (unsigned i = 0; i < sched->capacity; i++) {
        sched->workers[i] = worker_new(sched, i, seed);
        if (!sched->workers[i])
            goto out_of_memory;
    }
    return 0;

out_of_memory:
    if (!sched->workers)
        sched->capacity = 0;
    free_workers(sched);
    return -ENOMEM;
}

static void set_defaults(struct sched_config *config)
{
    if (config->seeded)
        config->workers = 1;
    if (config->workers == 0)
        config->workers = usable_cpus();
    if (config->blocking_threads == 0)
        config->blocking_threads = config->workers * BLOCKING_PER_WORKER;
    if (!config->poller)
        config->poller = poller_futex();
}

int sched_new(struct sched **out, const struct sched_config *config)
{
    if (config->workers > CORE_MAX_WORKERS)
        return -EINVAL;
    struct sched *sched = alloc_zeroed(config->fault, sizeof *sched);
    if (!sched)
        return -ENOMEM;
    sched->config = *config;
    set_defaults(&sched->config);
    if (sched->config.workers > CORE_MAX_WORKERS)
        sched->config.workers = CORE_MAX_WORKERS;
    sched->worker_count = sched->config.workers;
    sched->capacity = config->seeded ? 1 : 2 * sched->worker_count;
    clock_init(&sched->clock, config->seeded);
    cycles_init(&sched->cycles);
    int error = make_workers(sched);
    if (error) {
        free(sched);
        return error;
    }
    idle_init(&sched->idle, sched->capacity);
    keeper_init(&sched->keeper);
    gate_init(&sched->gate);
    heavy_init(&sched->heavy);
    blocking_pool_init(&sched->blocking, sched->config.blocking_threads);
    seeded_init(&sched->seeded);
    *out = sched;
    return 0;
}

static int start_workers(struct sched *sched, unsigned *started)
{
    for (*started = 0; *started < sched->worker_count; ++*started) {
        struct worker *w = sched->workers[*started];
        char name[16];
        snprintf(name, sizeof name, "worker-%u", w->index);
        int error = thread_start(&w->thread, sched->config.fault, name, worker_main, w);
        if (error)
            return error;
        w->is_started = true;
    }
    return 0;
}

static void join_workers(struct sched *sched)
{
    for (unsigned i = 0; i < sched->capacity; i++) {
        struct worker *w = sched->workers[i];
        if (w->is_started)
            pthread_join(w->thread, NULL);
        w->is_started = w->is_open = false;
    }
}

int sched_start(struct sched *sched)
{
    struct gate *gate = &sched->gate;
    unsigned started;
    if (!gate_advance(gate, GATE_NEW, GATE_STARTING))
        return -EALREADY;
    interrupt_install();
    int error = start_workers(sched, &started);
    int arrival_error = gate_await_arrivals(gate, started);
    if (!error)
        error = arrival_error;
    if (!error && !sched->config.seeded)
        error = monitor_start(sched);
    if (!error) {
        gate_advance(gate, GATE_STARTING, GATE_RUNNING);
        return 0;
    }
    gate_advance(gate, GATE_STARTING, GATE_CLOSING);
    join_workers(sched);
    gate_destroy(gate);
    gate_init(gate);
    return error;
}

/* No spare starts any more: see start_thread in spare.c. */
static unsigned wake_all(struct sched *sched)
{
    unsigned started = 0;
    pthread_mutex_lock(&sched->gate.lock);
    for (unsigned i = 0; i < sched->capacity; i++) {
        struct worker *w = sched->workers[i];
        started += w->is_started;
        if (w->is_open)
            idle_kick_always(w);
    }
    pthread_mutex_unlock(&sched->gate.lock);
    return started;
}

void sched_stop(struct sched *sched)
{
    struct gate *gate = &sched->gate;
    if (atomic_load(&gate->phase) != GATE_RUNNING || atomic_exchange(&sched->stop_called, true))
        return;
    if (!sched->config.seeded)
        blocking_pool_close(sched);
    gate_advance(gate, GATE_RUNNING, GATE_STOPPING);
    gate_await_leavers(gate, wake_all(sched));
    monitor_stop(sched);
    while (atomic_load(&sched->idle.wakers) > 0)
        sched_yield();
    gate_advance(gate, GATE_STOPPING, GATE_CLOSING);
    join_workers(sched);
    blocking_pool_close(sched);
    gate_advance(gate, GATE_CLOSING, GATE_STOPPED);
}

void sched_free(struct sched *sched)
{
    if (!sched)
        return;
    sched_stop(sched);
    blocking_pool_close(sched);
    free_workers(sched);
    seeded_destroy(&sched->seeded);
    blocking_pool_destroy(&sched->blocking);
    heavy_destroy(&sched->heavy);
    gate_destroy(&sched->gate);
    free(sched);
}

void sched_inject(struct sched *sched, struct task *task)
{
    unsigned turn = atomic_fetch_add_explicit(&sched->next_inject, 1, memory_order_relaxed);
    unsigned index = turn % sched->worker_count;
    runqueue_inject(&sched->workers[index]->queue, task);
    idle_wake_one(sched, (int)index);
}

struct clock *sched_clock(struct sched *sched)
{
    return &sched->clock;
}

struct log *sched_log(struct sched *sched)
{
    return sched->config.log;
}

struct fault_plan *sched_fault(struct sched *sched)
{
    return sched->config.fault;
}

unsigned sched_workers(const struct sched *sched)
{
    return sched->worker_count;
}

unsigned sched_capacity(const struct sched *sched)
{
    return sched->capacity;
}

struct worker *sched_worker(struct sched *sched, unsigned index)
{
    return sched->workers[index];
}

bool sched_is_seeded(const struct sched *sched)
{
    return sched->config.seeded;
}

static uint64_t read_counter(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void add_stats(const struct worker *w, struct sched_stats *out)
{
    const struct worker_counters *c = &w->counters;
    out->slices += (read_counter(&w->seq) + 1) / 2;
    out->steals += read_counter(&c->steals);
    out->stolen_tasks += read_counter(&c->stolen_tasks);
    out->parks += read_counter(&c->parks);
    out->wakes += read_counter(&c->wakes);
    out->preemptions += read_counter(&c->preemptions);
    out->timers_fired += read_counter(&c->timers_fired);
    out->injected += read_counter(&c->injected);
    out->busy_ns += cycles_to_ns(&w->sched->cycles, read_counter(&c->busy_cycles));
}

void sched_stats(const struct sched *sched, unsigned worker, struct sched_stats *out)
{
    *out = (struct sched_stats){0};
    add_stats(sched->workers[worker], out);
}

void sched_stats_total(const struct sched *sched, struct sched_stats *out)
{
    *out = (struct sched_stats){0};
    for (unsigned i = 0; i < sched->capacity; i++)
        add_stats(sched->workers[i], out);
    out->wakes += read_counter(&sched->foreign_wakes);
    out->spare_starts = read_counter(&sched->monitor.spare_starts);
    out->watchdog_hits = read_counter(&sched->monitor.watchdog_hits);
}

unsigned sched_queued(const struct sched *sched)
{
    unsigned count = 0;
    for (unsigned i = 0; i < sched->capacity; i++) {
        const struct runqueue *queue = &sched->workers[i]->queue;
        count += runqueue_length(queue) + runqueue_backlog(queue);
    }
    return count;
}

uint64_t sched_trace_hash(const struct sched *sched)
{
    return read_counter(&sched->seeded.trace);
}

void sched_trace(struct sched *sched, uint64_t event)
{
    if (sched->config.seeded)
        seeded_trace(&sched->seeded, event);
}
