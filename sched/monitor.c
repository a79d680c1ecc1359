/* SPDX-License-Identifier: MIT */
/*
 * monitor: looks at all workers, acts on what is overdue, and sleeps until the next deadline, at most LOOK_US.
 *
 * A deadline belongs to one slice, known by its sequence number, so that a slice that has ended is never interrupted for
 * its predecessor's sake. What happens to a slice with age:
 *
 *   2 ms after another task was seen runnable there, or 10 ms, or a timer of that worker is due: INTERRUPT_PREEMPT, and
 *            again every 10 ms
 *   1 ms     a sleeping worker is woken to steal what is runnable there, its run-next included
 *   5 ms     timers of its wheel that are 1 ms late, for which it has been interrupted in vain, are fired here
 *   20 ms    a spare worker comes in
 *   100 ms   INTERRUPT_STUCK, and again every 100 ms; the watchdog has its traceback written and logs it
 *
 * The same but the interrupts goes for a worker that hangs between two slices. When all workers have been asleep for
 * QUIET_LOOKS looks in a row, the monitor sleeps until one of them wakes up.
 */
#include "sched/monitor.h"

#include <stdlib.h>

#include "sched/base/fence.h"
#include "sched/base/futex.h"
#include "sched/base/log.h"
#include "sched/core.h"
#include "sched/interrupt.h"
#include "sched/spare.h"
#include "sched/thread.h"

enum {
    LOOK_US = 2000,
    LOOK_LONG_US = 1000, /* while some slice is long */
    LOOK_MIN_US = 100,
    OTHERS_US = 2000,
    SLICE_US = 10000,
    STEAL_US = CORE_STUCK_US,
    TIMERS_US = 5000,
    TIMER_GRACE_US = 200,
    TIMER_LATE_US = 1000,
    SPARE_US = 20000,
    STUCK_US = 100000,
    TRACE_WAIT_US = 10000, /* for the handler to write the traceback */
    QUIET_LOOKS = 10,
};

/* What the monitor knows about the slice a worker is in. Times are cycles. */
struct watch {
    uint64_t seq;
    uint64_t others_since; /* another task was first seen runnable, 0: not yet */
    uint64_t next_preempt, next_stuck, trace_asked;
    bool is_logged;
};

static uint64_t us(const struct sched *sched, uint64_t count)
{
    return sched->cycles.per_us * count;
}

/* The watchdog: asks for a traceback and logs it when it has come, or has not for a while. */
static void watch_stuck(struct sched *sched, struct worker *w, struct watch *watch, uint64_t now, uint64_t age)
{
    if (watch->is_logged)
        return;
    if (!watch->trace_asked) {
        watch->trace_asked = now;
        interrupt_request(w, watch->seq, INTERRUPT_TRACE);
        return;
    }
    bool has_trace = atomic_load_explicit(&w->trace.done, memory_order_acquire) == watch->seq;
    if (!has_trace && now - watch->trace_asked < us(sched, TRACE_WAIT_US))
        return;
    watch->is_logged = true;
    atomic_fetch_add_explicit(&sched->monitor.watchdog_hits, 1, memory_order_relaxed);
    log_printf(sched->config.log, LOG_WARN, "watchdog", "worker %u has been in one slice for %llu ms%s%.*s", w->index,
               (unsigned long long)(cycles_to_ns(&sched->cycles, age) / 1000000), has_trace ? "\n" : "",
               has_trace ? (int)w->trace.length : 0, w->trace.text);
}

/*
 * When the timers of a worker in a slice of that age want the monitor: TIMER_GRACE_US after the next is due, which its own loop has to fire it
 * if the slice has just begun or ends by itself. UINT64_MAX: none is armed.
 */
static uint64_t timer_deadline(struct sched *sched, struct worker *w, uint64_t now, uint64_t age)
{
    uint64_t due_ns = keeper_next_due_ns(w), now_ns = clock_now_ns(&sched->clock);
    uint64_t grace = us(sched, TIMER_GRACE_US);
    if (due_ns == UINT64_MAX)
        return UINT64_MAX;
    if (due_ns > now_ns)
        return now + us(sched, (due_ns - now_ns) / 1000) + grace;
    return age >= grace ? now : now + grace - age;
}

/* The slice `watch` is about. Returns when it is to be looked at again. */
static uint64_t watch_slice(struct sched *sched, struct worker *w, struct watch *watch, uint64_t now)
{
    uint64_t mark = atomic_load_explicit(&w->mark, memory_order_relaxed);
    uint64_t due = mark + us(sched, SLICE_US);
    if (!watch->others_since && runqueue_has_any(&w->queue))
        watch->others_since = now;
    if (watch->others_since && watch->others_since + us(sched, OTHERS_US) < due)
        due = watch->others_since + us(sched, OTHERS_US);
    uint64_t timer = timer_deadline(sched, w, now, cycles_since(now, mark));
    if (timer < due)
        due = timer;
    if (sched_is_stopping(sched))
        due = now;
    if (due < watch->next_preempt)
        due = watch->next_preempt;
    unsigned reasons = 0;
    if (due <= now) {
        reasons |= INTERRUPT_PREEMPT;
        watch->next_preempt = due = now + us(sched, SLICE_US);
    }
    uint64_t age = cycles_since(now, mark);
    if (age >= us(sched, STUCK_US)) {
        watch_stuck(sched, w, watch, now, age);
        if (now >= watch->next_stuck) {
            reasons |= INTERRUPT_STUCK;
            watch->next_stuck = now + us(sched, STUCK_US);
        }
    }
    if (reasons)
        interrupt_request(w, watch->seq, reasons);
    return due;
}

static bool is_late(const struct sched *sched, uint64_t due_ns)
{
    return due_ns != UINT64_MAX && due_ns + TIMER_LATE_US * UINT64_C(1000) <= clock_now_ns(&sched->clock);
}

/* Has others do what a worker without signs of life does not. */
static void help_out(struct sched *sched, struct worker *w, uint64_t age)
{
    if (age > us(sched, STEAL_US) && idle_has_sleepers(&sched->idle) && runqueue_has_any(&w->queue))
        idle_wake_one(sched, IDLE_ANY);
    if (age > us(sched, STEAL_US) && is_late(sched, keeper_due_ns(&sched->keeper)))
        keeper_rouse(sched);
    if (age > us(sched, TIMERS_US) && is_late(sched, wheel_next_due_ns(&w->wheel)))
        worker_fire_timers(w, true);
}

static bool is_awake(const struct worker *w)
{
    return w->is_started && atomic_load_explicit(&w->mode, memory_order_relaxed) != WORKER_FAILED &&
           !atomic_load_explicit(&w->is_asleep, memory_order_relaxed);
}

/* An awake worker. Returns when it is to be looked at again. */
static uint64_t look_at(struct sched *sched, struct worker *w, uint64_t now, uint64_t age)
{
    struct watch *watch = &sched->monitor.watches[w->index];
    uint64_t seq = atomic_load_explicit(&w->seq, memory_order_acquire);
    if (watch->seq != seq)
        *watch = (struct watch){.seq = seq};
    uint64_t due = now + us(sched, age > us(sched, LOOK_LONG_US) ? LOOK_LONG_US : LOOK_US);
    uint64_t slice_due = seq & 1 ? watch_slice(sched, w, watch, now) : due;
    help_out(sched, w, age);
    return slice_due < due ? slice_due : due;
}

/* Looks at all workers; returns how many microseconds to sleep, 0: all workers are asleep. */
static uint64_t look(struct sched *sched)
{
    uint64_t now = sched_cycles(sched), next = now + us(sched, LOOK_US);
    unsigned awake = 0, healthy = 0;
    for (unsigned i = 0; i < sched->capacity; i++) {
        struct worker *w = sched->workers[i];
        bool is_healthy = atomic_load_explicit(&w->mode, memory_order_relaxed) == WORKER_ACTIVE;
        if (is_awake(w)) {
            uint64_t age = cycles_since(now, atomic_load_explicit(&w->mark, memory_order_relaxed));
            uint64_t due = look_at(sched, w, now, age);
            next = due < next ? due : next;
            is_healthy = is_healthy && age <= us(sched, SPARE_US);
            awake++;
        }
        healthy += is_healthy;
    }
    spare_balance(sched, healthy);
    uint64_t left_us = cycles_since(next, now) / sched->cycles.per_us;
    if (awake == 0)
        return 0;
    return left_us < LOOK_MIN_US ? LOOK_MIN_US : left_us;
}

static bool all_asleep(const struct sched *sched)
{
    for (unsigned i = 0; i < sched->capacity; i++)
        if (is_awake(sched->workers[i]))
            return false;
    return true;
}

/*
 * A deep sleep is announced first; FENCE; then the workers are looked at once more. A worker that wakes up clears
 * is_asleep and then reads the announcement, both sequentially consistent (idle_leave): one of the two sees the other.
 */
static void nap(struct sched *sched, uint64_t sleep_us)
{
    struct monitor *m = &sched->monitor;
    uint32_t kind = sleep_us ? MONITOR_NAP : MONITOR_DEEP;
    atomic_store(&m->sleep, kind);
    fence_full();
    bool is_off = kind == MONITOR_DEEP && (!all_asleep(sched) || blocking_pool_is_starved(&sched->blocking));
    if (!is_off && !atomic_load(&m->stop))
        futex_wait(&m->sleep, kind, sleep_us ? sleep_us * 1000 : UINT64_MAX);
    atomic_store(&m->sleep, MONITOR_AWAKE);
}

static void *monitor_main(void *arg)
{
    struct sched *sched = arg;
    struct monitor *m = &sched->monitor;
    thread_run_soon(); /* all CPUs may be taken by workers in long slices */
    while (!atomic_load(&m->stop)) {
        uint64_t sleep_us = look(sched);
        bool is_starved = blocking_pool_is_starved(&sched->blocking);
        if (is_starved)
            blocking_pool_retry(sched);
        m->quiet_looks = sleep_us || is_starved ? 0 : m->quiet_looks + 1;
        if (m->quiet_looks < QUIET_LOOKS && sleep_us == 0)
            sleep_us = LOOK_US;
        nap(sched, sleep_us);
    }
    return NULL;
}

void monitor_kick(struct monitor *m)
{
    if (atomic_exchange(&m->sleep, MONITOR_AWAKE) != MONITOR_AWAKE)
        futex_wake(&m->sleep, 1);
}

struct watch *monitor_watches_new(unsigned workers)
{
    return calloc(workers, sizeof(struct watch));
}

int monitor_start(struct sched *sched)
{
    struct monitor *m = &sched->monitor;
    atomic_store(&m->stop, 0);
    atomic_store(&m->sleep, MONITOR_AWAKE);
    m->quiet_looks = 0;
    int error = thread_start(&m->thread, sched->config.fault, "monitor", monitor_main, sched);
    m->is_started = error == 0;
    return error;
}

void monitor_stop(struct sched *sched)
{
    struct monitor *m = &sched->monitor;
    if (!m->is_started)
        return;
    atomic_store(&m->stop, 1);
    monitor_kick(m);
    pthread_join(m->thread, NULL);
    m->is_started = false;
}
