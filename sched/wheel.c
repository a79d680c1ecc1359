/* SPDX-License-Identifier: MIT */
/*
 * wheel: how it works. A timer of tick e lies at the level of the highest base-64 digit in which e differs from
 * `current`, in the slot of that digit.
 *
 * I1  Every slot in use at a level is above current's digit of that level, and the digits above are equal. So the
 *     earliest slot is the lowest bit of the lowest level in use, and nothing wraps around.
 * I2  `current` never passes the start of a slot in use: the start is handled first. Below that start the level of its
 *     timers does not change, since the digit in which they differ stays the highest.
 * I3  At the start of a slot its timers move down (or fire, if it is their tick). Each timer moves at most once a level.
 *
 * The tick of a timer is its time rounded up and the tick of now is rounded down: never early. next_due_ns is the start of
 * the earliest slot, so for a far timer a lower bound: its wheel is looked at once a level on the way.
 *
 * The slot of a timer is not stored: when a list gets empty its head is found through the last node, and the head's
 * position is the slot.
 */
#include "sched/wheel.h"

#include <stddef.h>

#include "sched/base/compiler.h"
#include "sched/core.h"
#include "sched/worker.h"

enum { DIGIT_BITS = 6, DIGIT_MASK = WHEEL_SLOTS - 1 };

static uint64_t tick_of_due(uint64_t due_ns)
{
    return due_ns / WHEEL_TICK_NS + (due_ns % WHEEL_TICK_NS != 0);
}

static uint64_t ns_of_tick(uint64_t tick)
{
    return tick > UINT64_MAX / WHEEL_TICK_NS ? UINT64_MAX - 1 : tick * WHEEL_TICK_NS;
}

void wheel_timer_init(struct timer *timer, timer_fire_f fire)
{
    list_init(&timer->node);
    timer->due_ns = 0;
    atomic_init(&timer->wheel, NULL);
    timer->last = NULL;
    timer->fire = fire;
}

void wheel_init(struct wheel *wheel, uint64_t now_ns)
{
    atomic_init(&wheel->next_due_ns, UINT64_MAX);
    pthread_mutex_init(&wheel->lock, NULL);
    wheel->current = now_ns / WHEEL_TICK_NS;
    wheel->levels = 0;
    list_init(&wheel->overdue);
    for (int level = 0; level < WHEEL_LEVELS; level++) {
        wheel->used[level] = 0;
        for (int slot = 0; slot < WHEEL_SLOTS; slot++)
            list_init(&wheel->slots[level][slot]);
    }
}

void wheel_destroy(struct wheel *wheel)
{
    pthread_mutex_destroy(&wheel->lock);
}

/* The earliest slot in use; false: none. */
static bool find_next(const struct wheel *wheel, int *level, int *slot, uint64_t *tick)
{
    if (!wheel->levels)
        return false;
    *level = __builtin_ctzll(wheel->levels);
    *slot = __builtin_ctzll(wheel->used[*level]);
    int shift = *level * DIGIT_BITS;
    uint64_t above = wheel->current >> shift >> DIGIT_BITS << DIGIT_BITS << shift;
    *tick = above | (uint64_t)*slot << shift;
    return true;
}

/* Release: pairs with wheel_next_due_ns in a worker that is about to park (idle.c, T). */
static void publish_next(struct wheel *wheel)
{
    int level, slot;
    uint64_t tick, next = UINT64_MAX;
    if (!list_is_empty(&wheel->overdue))
        next = 0;
    else if (find_next(wheel, &level, &slot, &tick))
        next = ns_of_tick(tick);
    atomic_store_explicit(&wheel->next_due_ns, next, memory_order_release);
}

static void insert(struct wheel *wheel, struct timer *timer)
{
    uint64_t tick = tick_of_due(timer->due_ns);
    if (tick <= wheel->current) {
        list_add_tail(&wheel->overdue, &timer->node);
        return;
    }
    int level = (63 - __builtin_clzll(tick ^ wheel->current)) / DIGIT_BITS;
    int slot = (int)(tick >> (level * DIGIT_BITS)) & DIGIT_MASK;
    list_add_tail(&wheel->slots[level][slot], &timer->node);
    wheel->used[level] |= (uint64_t)1 << slot;
    wheel->levels |= (uint64_t)1 << level;
}

static void mark_empty(struct wheel *wheel, int level, int slot)
{
    wheel->used[level] &= ~((uint64_t)1 << slot);
    if (!wheel->used[level])
        wheel->levels &= ~((uint64_t)1 << level);
}

static void take_out(struct wheel *wheel, struct timer *timer)
{
    struct list *neighbour = timer->node.next;
    list_remove(&timer->node);
    if (!list_is_empty(neighbour) || neighbour == &wheel->overdue)
        return;
    ptrdiff_t at = neighbour - &wheel->slots[0][0];
    mark_empty(wheel, (int)(at / WHEEL_SLOTS), (int)(at % WHEEL_SLOTS));
}

bool wheel_add(struct wheel *wheel, struct timer *timer, uint64_t due_ns, uint64_t now_ns)
{
    pthread_mutex_lock(&wheel->lock);
    uint64_t before = atomic_load_explicit(&wheel->next_due_ns, memory_order_relaxed);
    /* An empty wheel has no slot to pass (I2): catch up, so that near timers go to the lowest level. */
    if (before == UINT64_MAX && now_ns / WHEEL_TICK_NS > wheel->current)
        wheel->current = now_ns / WHEEL_TICK_NS;
    timer->due_ns = due_ns;
    timer->last = wheel;
    insert(wheel, timer);
    atomic_store_explicit(&timer->wheel, wheel, memory_order_release);
    publish_next(wheel);
    bool is_earliest = atomic_load_explicit(&wheel->next_due_ns, memory_order_relaxed) < before;
    pthread_mutex_unlock(&wheel->lock);
    return is_earliest;
}

void wheel_arm(struct sched *sched, struct timer *timer, uint64_t due_ns)
{
    struct worker *worker = worker_self();
    if (likely(worker && worker->sched == sched)) {
        wheel_add(&worker->wheel, timer, due_ns, worker_slice_start_ns(worker));
        return;
    }
    worker = sched->workers[0];
    if (wheel_add(&worker->wheel, timer, due_ns, clock_now_ns(&sched->clock)))
        idle_kick(worker);
}

/* It has fired, or is being fired: waits for the end of that. */
static void await_fire(struct timer *timer)
{
    if (!timer->last)
        return;
    pthread_mutex_lock(&timer->last->lock);
    pthread_mutex_unlock(&timer->last->lock);
}

bool wheel_cancel(struct timer *timer)
{
    struct wheel *wheel;
    while ((wheel = atomic_load_explicit(&timer->wheel, memory_order_acquire)) != NULL) {
        pthread_mutex_lock(&wheel->lock);
        bool is_here = atomic_load_explicit(&timer->wheel, memory_order_relaxed) == wheel;
        if (is_here) {
            take_out(wheel, timer);
            atomic_store_explicit(&timer->wheel, NULL, memory_order_release);
            publish_next(wheel);
        }
        pthread_mutex_unlock(&wheel->lock);
        if (is_here)
            return true;
    }
    await_fire(timer);
    return false;
}

bool wheel_has_due(const struct worker *worker)
{
    return wheel_next_due_ns(&worker->wheel) <= clock_now_ns(&worker->sched->clock);
}

/* Handles the earliest slot if its start is not after `now`; false: nothing more to do up to `now`. */
static bool advance_one(struct wheel *wheel, uint64_t now)
{
    int level, slot;
    uint64_t tick;
    if (!find_next(wheel, &level, &slot, &tick) || tick > now)
        return false;
    wheel->current = tick;
    struct list *from = &wheel->slots[level][slot], *node;
    mark_empty(wheel, level, slot);
    while ((node = list_take(from)) != NULL)
        insert(wheel, container_of(node, struct timer, node));
    return true;
}

/* Not a word of the timer is touched after its callback, which may free it. */
static struct task *fire_one(struct timer *timer)
{
    atomic_store_explicit(&timer->wheel, NULL, memory_order_release);
    return timer->fire(timer);
}

static unsigned fire_due(struct wheel *wheel, uint64_t now, struct task **tasks, unsigned *count)
{
    unsigned fired = 0;
    while (fired < WHEEL_FIRE_BATCH) {
        struct list *node = list_take(&wheel->overdue);
        if (!node) {
            if (!advance_one(wheel, now))
                break;
            continue;
        }
        struct task *task = fire_one(container_of(node, struct timer, node));
        if (task)
            tasks[(*count)++] = task;
        fired++;
    }
    return fired;
}

unsigned wheel_fire(struct wheel *wheel, uint64_t now_ns, bool try_only, struct task **tasks, unsigned *count)
{
    *count = 0;
    if (wheel_next_due_ns(wheel) > now_ns)
        return 0;
    if (!try_only)
        pthread_mutex_lock(&wheel->lock);
    else if (pthread_mutex_trylock(&wheel->lock) != 0)
        return 0;
    uint64_t now = now_ns / WHEEL_TICK_NS;
    unsigned fired = fire_due(wheel, now, tasks, count);
    /* Everything up to `now` was handled, unless the batch is full: current may go there (I2). */
    if (fired < WHEEL_FIRE_BATCH && now > wheel->current)
        wheel->current = now;
    publish_next(wheel);
    pthread_mutex_unlock(&wheel->lock);
    return fired;
}
