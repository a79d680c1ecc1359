/* SPDX-License-Identifier: MIT */
/*
 * keeper: why I1 holds. All accesses are sequentially consistent but the look at `due_ns` in each service, which the next park makes good.
 *
 * Who relies (R) has lowered `due_ns` to its D and then read a `wakes_ns` that is at most D. The keeper (K) that this came from takes it back when
 * it wakes, and reads `due_ns` before it parks the next time. So that reading comes after R's lowering, and K wakes for D; or K relies on another
 * one in turn. For that K does not only ask who wakes by its own D, but by `due_ns` too: a third one may have read `due_ns` before R lowered it, and
 * set `wakes_ns` to something later after K took it back.
 *
 * Who fires sets `due_ns` to UINT64_MAX first, and then lowers it for each that relies. One that R's flag has not reached yet has not lowered
 * `due_ns` either, and will do so afterwards. Who parks in between sees nothing of R: so only those may fire who look at `due_ns` when they park.
 *
 * A keeper may be replaced by one that wakes earlier, and then `wakes_ns` forgets the first: it wakes as it meant to. Two may wake at the same
 * time and one take back what is the other's: who parks then does not rely on it, and that is all.
 */
#include "sched/keeper.h"

#include "sched/core.h"

void keeper_init(struct keeper *keeper)
{
    atomic_init(&keeper->wakes_ns, UINT64_MAX);
    atomic_init(&keeper->due_ns, UINT64_MAX);
}

/* True: it was later. */
static bool lower(_Atomic uint64_t *value, uint64_t to)
{
    uint64_t now = atomic_load(value);
    while (to < now)
        if (atomic_compare_exchange_weak(value, &now, to))
            return true;
    return false;
}

uint64_t keeper_sleep(struct worker *w)
{
    struct keeper *keeper = &w->sched->keeper;
    uint64_t own = wheel_next_due_ns(&w->wheel);
    if (w->is_spare)
        return own;
    bool relies = own != UINT64_MAX && atomic_load(&keeper->wakes_ns) <= own;
    if (relies) {
        atomic_store(&w->relies, true);
        lower(&keeper->due_ns, own);
    }
    uint64_t others = atomic_load(&keeper->due_ns), until = own < others ? own : others;
    if ((relies || own == UINT64_MAX) && atomic_load(&keeper->wakes_ns) <= until)
        return own < UINT64_MAX - KEEPER_GRACE_NS ? own + KEEPER_GRACE_NS : UINT64_MAX;
    if (relies)
        atomic_store(&w->relies, false);
    if (lower(&keeper->wakes_ns, until))
        w->keeps_ns = until; /* else somebody has just begun to sleep who wakes by then */
    return until;
}

void keeper_wake(struct worker *w)
{
    if (w->keeps_ns != UINT64_MAX) {
        uint64_t own = w->keeps_ns;
        w->keeps_ns = UINT64_MAX;
        atomic_compare_exchange_strong(&w->sched->keeper.wakes_ns, &own, UINT64_MAX);
    }
    if (atomic_load_explicit(&w->relies, memory_order_relaxed))
        atomic_store(&w->relies, false);
}

uint64_t keeper_next_due_ns(const struct worker *w)
{
    uint64_t own = wheel_next_due_ns(&w->wheel), others = w->is_spare ? UINT64_MAX : keeper_due_ns(&w->sched->keeper);
    return own < others ? own : others;
}

void keeper_fire(struct worker *worker, uint64_t now_ns)
{
    struct sched *sched = worker->sched;
    _Atomic uint64_t *due = &sched->keeper.due_ns;
    if (worker->is_spare || likely(atomic_load_explicit(due, memory_order_relaxed) > now_ns))
        return;
    atomic_store(due, UINT64_MAX);
    for (unsigned i = 0; i < sched->worker_count; i++) {
        struct worker *w = sched->workers[i];
        if (!atomic_load(&w->relies))
            continue;
        if (wheel_next_due_ns(&w->wheel) <= now_ns)
            worker_fire_timers(w, true);
        lower(due, wheel_next_due_ns(&w->wheel));
    }
}

void keeper_rouse(struct sched *sched)
{
    for (unsigned i = 0; i < sched->worker_count; i++) {
        if (!atomic_load(&sched->workers[i]->relies))
            continue;
        idle_kick(sched->workers[i]);
        return;
    }
}
