/* SPDX-License-Identifier: MIT */
/*
 * wheel: how it works. A timer of tick e lies in the ring if e is less than WHEEL_NEAR ahead of `current`: in the slot e modulo WHEEL_NEAR, with
 * others of that tick only. Most timers are armed for less than a second, and are touched when they are armed and when they fire, at no time in
 * between. A timer further away lies at the level of the highest base-64 digit in which e differs from `current`, the lowest digit left
 * out, in the slot of that digit.
 *
 * I1  Every slot in use at a level is above current's digit of that level, and the digits above are equal. So the
 *     earliest slot is the lowest bit of the lowest level in use, and nothing wraps around.
 * I2  `current` never passes the start of a slot in use: the start is handled first. Below that start the level of its
 *     timers does not change, since the digit in which they differ stays the highest. Nor does it pass a tick of the ring in use.
 * I3  At the start of a slot its timers move down a level or to the ring (or fire, if it is their tick). Each timer moves at most once a level.
 * I4  Timers of one tick fire in the order in which they were armed: those that were far away were all armed before those that were not, so they
 *     go before them when they move.
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

enum { DIGIT_BITS = 6, DIGIT_MASK = WHEEL_SLOTS - 1, NEAR_WORDS = WHEEL_NEAR / 64, FETCHED = 192 };

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
    timer->target = NULL;
}

void wheel_init(struct wheel *wheel, uint64_t now_ns)
{
    atomic_init(&wheel->next_due_ns, UINT64_MAX);
    pthread_mutex_init(&wheel->lock, NULL);
    wheel->current = now_ns / WHEEL_TICK_NS;
    wheel->levels = 0;
    list_init(&wheel->overdue);
    for (int word = 0; word < NEAR_WORDS; word++)
        wheel->near_used[word] = 0;
    for (int slot = 0; slot < WHEEL_NEAR; slot++)
        list_init(&wheel->near[slot]);
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

/* Ticks of a slot at that level. */
static int shift_of(int level)
{
    return (level + 1) * DIGIT_BITS;
}

/* The start of that slot, which is above current's digit. */
static uint64_t start_of(const struct wheel *wheel, int level, int slot)
{
    int shift = shift_of(level);
    uint64_t above = wheel->current >> shift >> DIGIT_BITS << DIGIT_BITS << shift;
    return above | (uint64_t)slot << shift;
}

/* The start of the earliest slot in use, UINT64_MAX: none. */
static uint64_t next_far(const struct wheel *wheel, int *level, int *slot)
{
    if (!wheel->levels)
        return UINT64_MAX;
    *level = __builtin_ctzll(wheel->levels);
    *slot = __builtin_ctzll(wheel->used[*level]);
    return start_of(wheel, *level, *slot);
}

/* The earliest tick in use of the ring, UINT64_MAX: none. The word in which it begins is looked at again at the end, for what lies before. */
static uint64_t next_near(const struct wheel *wheel)
{
    uint64_t first = wheel->current + 1;
    unsigned word = first % WHEEL_NEAR / 64, skipped = first % 64;
    uint64_t bits = wheel->near_used[word] >> skipped << skipped;
    for (unsigned i = 0; !bits && i < NEAR_WORDS; i++) {
        word = (word + 1) % NEAR_WORDS;
        bits = wheel->near_used[word];
    }
    if (!bits)
        return UINT64_MAX;
    uint64_t slot = word * 64 + (unsigned)__builtin_ctzll(bits);
    return first + (slot - first) % WHEEL_NEAR;
}

/* Release: pairs with wheel_next_due_ns in a worker that is about to park (idle.c, T). */
static void publish(struct wheel *wheel, uint64_t next_ns)
{
    atomic_store_explicit(&wheel->next_due_ns, next_ns, memory_order_release);
}

static void publish_next(struct wheel *wheel)
{
    int level, slot;
    if (!list_is_empty(&wheel->overdue)) {
        publish(wheel, 0);
        return;
    }
    uint64_t far = next_far(wheel, &level, &slot), near = next_near(wheel), next = near < far ? near : far;
    publish(wheel, next == UINT64_MAX ? UINT64_MAX : ns_of_tick(next));
}

/* The list for a timer, marked as in use; *next_ns: when it is to be looked at. */
static struct list *list_for(struct wheel *wheel, const struct timer *timer, uint64_t *next_ns)
{
    uint64_t tick = tick_of_due(timer->due_ns);
    if (tick <= wheel->current) {
        *next_ns = 0;
        return &wheel->overdue;
    }
    if (likely(tick - wheel->current < WHEEL_NEAR)) {
        *next_ns = ns_of_tick(tick);
        wheel->near_used[tick % WHEEL_NEAR / 64] |= (uint64_t)1 << tick % 64;
        return &wheel->near[tick % WHEEL_NEAR];
    }
    int level = (63 - __builtin_clzll(tick ^ wheel->current)) / DIGIT_BITS - 1;
    int slot = (int)(tick >> shift_of(level)) & DIGIT_MASK;
    *next_ns = ns_of_tick(start_of(wheel, level, slot));
    wheel->used[level] |= (uint64_t)1 << slot;
    wheel->levels |= (uint64_t)1 << level;
    return &wheel->slots[level][slot];
}

static void mark_empty_far(struct wheel *wheel, int level, int slot)
{
    wheel->used[level] &= ~((uint64_t)1 << slot);
    if (!wheel->used[level])
        wheel->levels &= ~((uint64_t)1 << level);
}

static void mark_empty_near(struct wheel *wheel, unsigned slot)
{
    wheel->near_used[slot / 64] &= ~((uint64_t)1 << slot % 64);
}

static void mark_empty(struct wheel *wheel, const struct list *head)
{
    if (head == &wheel->overdue)
        return;
    if (head >= wheel->near && head < wheel->near + WHEEL_NEAR) {
        mark_empty_near(wheel, (unsigned)(head - wheel->near));
        return;
    }
    ptrdiff_t at = head - &wheel->slots[0][0];
    mark_empty_far(wheel, (int)(at / WHEEL_SLOTS), (int)(at % WHEEL_SLOTS));
}

/* True: its list is empty now. */
static bool take_out(struct wheel *wheel, struct timer *timer)
{
    struct list *neighbour = timer->node.next;
    list_remove(&timer->node);
    if (!list_is_empty(neighbour))
        return false;
    mark_empty(wheel, neighbour);
    return true;
}

bool wheel_add(struct wheel *wheel, struct timer *timer, uint64_t due_ns, uint64_t now_ns)
{
    pthread_mutex_lock(&wheel->lock);
    uint64_t before = atomic_load_explicit(&wheel->next_due_ns, memory_order_relaxed), next;
    /* An empty wheel has no slot to pass (I2): catch up, so that near timers go to the ring. */
    if (before == UINT64_MAX && now_ns / WHEEL_TICK_NS > wheel->current)
        wheel->current = now_ns / WHEEL_TICK_NS;
    timer->due_ns = due_ns;
    timer->last = wheel;
    list_add_tail(list_for(wheel, timer, &next), &timer->node);
    atomic_store_explicit(&timer->wheel, wheel, memory_order_release);
    if (next < before)
        publish(wheel, next);
    pthread_mutex_unlock(&wheel->lock);
    return next < before;
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
            bool is_empty = take_out(wheel, timer);
            atomic_store_explicit(&timer->wheel, NULL, memory_order_release);
            if (is_empty)
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
    return keeper_next_due_ns(worker) <= clock_now_ns(&worker->sched->clock);
}

/* Moves the timers of a slot whose start has come. From the last one to the first, each before those that are there: I4. */
static void move_down(struct wheel *wheel, int level, int slot)
{
    struct list *from = &wheel->slots[level][slot];
    uint64_t next;
    mark_empty_far(wheel, level, slot);
    while (!list_is_empty(from)) {
        struct list *node = from->prev;
        list_remove(node);
        list_add_head(list_for(wheel, container_of(node, struct timer, node), &next), node);
    }
}

/* Nothing is overdue. Handles the earliest slot if its start is not after `now`; false: nothing more to do up to `now`. */
static bool advance_one(struct wheel *wheel, uint64_t now)
{
    int level = 0, slot = 0;
    uint64_t near = next_near(wheel), far = next_far(wheel, &level, &slot);
    uint64_t tick = near < far ? near : far;
    if (tick > now)
        return false;
    wheel->current = tick;
    if (far == tick)
        move_down(wheel, level, slot);
    if (near == tick) {
        mark_empty_near(wheel, tick % WHEEL_NEAR);
        list_move(&wheel->overdue, &wheel->near[tick % WHEEL_NEAR]);
    }
    return true;
}

/* Not a word of the timer is touched after its callback, which may free it. */
static struct task *fire_one(struct timer *timer)
{
    atomic_store_explicit(&timer->wheel, NULL, memory_order_release);
    return timer->fire(timer);
}

/*
 * Timers that are due have left the caches, mostly, and so has what they wake. While one fires, the one after the next is fetched, and what the next
 * one wants, which has been fetched itself by now.
 */
static void fetch_ahead(const struct wheel *wheel)
{
    const struct list *next = wheel->overdue.next;
    prefetch_later(container_of(next, struct timer, node)->target, CACHE_LINE);
    prefetch_later(next->next, FETCHED);
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
        if (!list_is_empty(&wheel->overdue))
            fetch_ahead(wheel);
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
