/* SPDX-License-Identifier: MIT */
/*
 * idle: the park and wake protocol (tests/model/park.pml is its model).
 *
 * A pusher      queues a task; FENCE; reads `searching` and the map. If nobody searches and somebody sleeps, it makes
 *               `searching` 1 (whoever fails at that saw it positive), claims a sleeper by clearing its bit and wakes it.
 *               The claimed worker inherits the count: it searches.
 * A worker      that finds nothing sets its bit, takes itself off `searching`; FENCE; looks at all queues, its poller and
 *               the stop flag, and sleeps only if all is quiet. When it wakes and its bit is gone, it was claimed.
 * Whoever       lowers `searching` to 0 looks at all queues after a FENCE, and runs or has somebody run what is there.
 *
 * No task stays queued for thieves while all workers sleep. Take the last such task t, pusher P with its fence Fp.
 *   (a) P read searching > 0. After that it was lowered to 0 by some thread Q, whose fence comes later than Fp in the
 *       single order of fences, so Q's look sees t. If Q is a worker on its way to sleep it does not sleep, else it wakes one.
 *   (b) P read searching == 0 and no bit. Then each worker W set its bit after that read, so W's fence is later than Fp
 *       and W's look sees t: W does not go to sleep.
 *   (c) P made searching 1 and claimed W: W searches when it wakes, finds t, or goes to sleep by way of lowering
 *       searching, which is (a). If P found no bit left it lowers searching itself, which is (a) with Q = P.
 * Tasks in a run-next slot, queued by the owner outside a slice, or so few and small that the owner will have run them soon
 * (worker_is_worth_stealing) are not for thieves yet: their owner is awake. The monitor has a thief woken when that owner makes no
 * progress for a millisecond.
 *
 * T  Timers and requests for one worker: the asker publishes (next_due_ns of the wheel, a list that poll() reads); FENCE;
 *    reads is_asleep and wakes the poller. The sleeper sets is_asleep; FENCE; reads them. One of the two sees the other.
 *
 * A poller's wake is sticky, so a wake between the last look and the park ends the park at once.
 *
 * `wakers` keeps pollers open: sched_stop closes them when all loops have ended (no bit is set any more) and wakers is 0;
 * a waker raises it before it reads the bit or flag that leads it to the poller. Both sides are seq_cst.
 */
#include "sched/idle.h"

#include "sched/base/fence.h"
#include "sched/core.h"
#include "sched/steal.h"
#include "sched/worker.h"

static uint64_t bit_of(unsigned index)
{
    return (uint64_t)1 << (index % 64);
}

void idle_init(struct idle *idle, unsigned workers)
{
    for (unsigned i = 0; i < IDLE_WORDS; i++)
        atomic_init(&idle->map[i], 0);
    atomic_init(&idle->searching, 0);
    atomic_init(&idle->wakers, 0);
    idle->words = (workers + 63) / 64;
}

bool idle_has_sleepers(const struct idle *idle)
{
    for (unsigned i = 0; i < idle->words; i++)
        if (atomic_load_explicit(&idle->map[i], memory_order_relaxed))
            return true;
    return false;
}

static bool has_work(const struct sched *sched)
{
    uint64_t now = sched_cycles(sched);
    for (unsigned i = 0; i < sched->capacity; i++)
        if (worker_is_worth_stealing(sched->workers[i], now))
            return true;
    return !heavy_is_empty(&sched->heavy);
}

static void wake_poller(struct worker *worker)
{
    struct worker *self = worker_self();
    bool is_ours = self && self->sched == worker->sched;
    if (is_ours)
        counter_add(&self->counters.wakes, 1);
    else
        atomic_fetch_add_explicit(&worker->sched->foreign_wakes, 1, memory_order_relaxed);
    worker->ops->wake(is_ours ? self->poller : NULL, worker->poller);
}

/* Clears the bit; true: it was set and the worker is ours to wake. */
static bool claim_bit(struct idle *idle, unsigned index)
{
    uint64_t bit = bit_of(index);
    return atomic_fetch_and(&idle->map[index / 64], ~bit) & bit;
}

static struct worker *claim(struct sched *sched, int prefer)
{
    struct idle *idle = &sched->idle;
    if (prefer != IDLE_ANY && (atomic_load(&idle->map[prefer / 64]) & bit_of((unsigned)prefer)) &&
        claim_bit(idle, (unsigned)prefer))
        return sched->workers[prefer];
    for (unsigned word = 0; word < idle->words; word++) {
        uint64_t bits;
        while ((bits = atomic_load(&idle->map[word])) != 0) {
            unsigned index = word * 64 + (unsigned)__builtin_ctzll(bits);
            if (claim_bit(idle, index))
                return sched->workers[index];
        }
    }
    return NULL;
}

void idle_wake_one(struct sched *sched, int prefer)
{
    struct idle *idle = &sched->idle;
    fence_full();
    while (atomic_load_explicit(&idle->searching, memory_order_relaxed) == 0 && idle_has_sleepers(idle)) {
        unsigned none = 0;
        if (!atomic_compare_exchange_strong(&idle->searching, &none, 1))
            return;
        atomic_fetch_add(&idle->wakers, 1);
        struct worker *worker = claim(sched, prefer);
        if (worker)
            wake_poller(worker);
        atomic_fetch_sub(&idle->wakers, 1);
        if (worker)
            return;
        /* Nobody left to claim, but others may have counted on us. */
        atomic_fetch_sub(&idle->searching, 1);
        fence_full();
        if (!has_work(sched))
            return;
    }
}

void idle_kick_always(struct worker *worker)
{
    wake_poller(worker);
}

void idle_kick(struct worker *worker)
{
    struct idle *idle = &worker->sched->idle;
    fence_full();
    if (!atomic_load_explicit(&worker->is_asleep, memory_order_relaxed))
        return;
    atomic_fetch_add(&idle->wakers, 1);
    if (atomic_load(&worker->is_asleep))
        wake_poller(worker);
    atomic_fetch_sub(&idle->wakers, 1);
}

void idle_search_begin(struct worker *worker)
{
    worker->is_searching = true;
    atomic_fetch_add(&worker->sched->idle.searching, 1);
}

void idle_search_end(struct worker *worker)
{
    struct sched *sched = worker->sched;
    worker->is_searching = false;
    if (atomic_fetch_sub(&sched->idle.searching, 1) != 1)
        return;
    fence_full();
    if (idle_has_sleepers(&sched->idle) && has_work(sched))
        idle_wake_one(sched, IDLE_ANY);
}

void idle_enter(struct worker *worker, bool claimable)
{
    struct idle *idle = &worker->sched->idle;
    atomic_store(&worker->is_asleep, 1);
    if (claimable)
        atomic_fetch_or(&idle->map[worker->index / 64], bit_of(worker->index));
    if (worker->is_searching)
        atomic_fetch_sub(&idle->searching, 1);
    worker->is_searching = false;
    fence_full();
}

void idle_leave(struct worker *worker, bool claimable)
{
    if (claimable && !claim_bit(&worker->sched->idle, worker->index))
        worker->is_searching = true;
    atomic_store(&worker->is_asleep, 0);
    /* The sequentially consistent store above and the monitor's fence: one of us sees the other (monitor.c, nap). */
    monitor_kick_if_deep(&worker->sched->monitor);
}
