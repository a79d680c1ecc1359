/* SPDX-License-Identifier: MIT */
/*
 * slot: see slot.h. Segments double in size: segment k holds 1024 << k slots, so the table of segment pointers is small and
 * never moves. Free slots wait in a FIFO of whole batches, so a generation of one slot comes round as late as possible.
 *
 * Memory orders. The push's release CAS on `head` pairs with the acquire exchange of slot_drain and slot_close: the receiver sees
 * the message whole. slot_acquire opens the mailbox with an exchange after the pid, which pairs with the acquire load of `head` in
 * push: who sees the mailbox open sees whose it is.
 *
 * I4 (tests/model/mailbox.pml is its model): the slice that the first one's wake-up starts sees his push (task.c), so its exchange takes that, and
 * with it all that was pushed on top meanwhile; what comes after the exchange finds nothing there. The first one may be a stray: he saw the former
 * user's mailbox and pushes into that of the next. So his push acquires too: he must not find the task DONE, as it was before, for what is
 * pushed on top of his message relies on his wake-up.
 *
 * Owners and inspection. The inspector counts itself in `inspectors`, takes `lock`, reads an owner; whoever releases takes the owner out, then
 * reads `inspectors` and, unless that is 0, waits for the lock, with a full barrier between the two on either side. So if it reads 0 all later
 * inspectors find NULL; else those that have found the owner have the lock, and those that get it later find NULL.
 */
#include "vm/slot.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "sched/base/fault.h"
#include "sched/base/fence.h"
#include "sched/base/memory.h"
#include "vm/pid.h"

/* What CANCEL messages have beyond twice the room of user messages. */
enum { CANCEL_BYTES = 1 << 20, CANCEL_COUNT = 1000 };

enum { FIRST_SEGMENT_BITS = 10 };
_Static_assert(SLOT_FIRST_SEGMENT == 1 << FIRST_SEGMENT_BITS, "see segment_of");

/*
 * Limits leave the top bit of either number free, GUARDS: taken from a room that has those set, what is queued leaves both set if it is within
 * both limits.
 */
#define BYTES_MAX (((uint64_t)1 << (SLOT_COUNT_SHIFT - 1)) - 1)
#define COUNT_MAX (((uint64_t)1 << (63 - SLOT_COUNT_SHIFT)) - 1)
#define GUARDS ((BYTES_MAX + 1) | (uint64_t)1 << 63)

_Static_assert(sizeof(struct slot) == CACHE_LINE, "a slot is a cache line");
_Static_assert(SLOT_FIRST_SEGMENT % SLOT_BATCH == 0, "a batch of new slots lies in one segment");
_Static_assert(SLOTS_MAX < 1 << PID_SLOT_BITS, "the last number is nobody's");

struct slot_table {
    /* Written when the table grows, or somebody inspects. */
    _Atomic uint32_t size;
    _Atomic uint32_t inspectors; /* who have `lock` by slot_table_lock, or are about to */
    _Atomic(struct slot *) segments[SLOT_SEGMENTS];

    pthread_mutex_t lock cache_aligned; /* guards batches and growth, stops releases; no other lock is taken under it */
    struct slot *first, *last;          /* batches, by next_batch of their first slots */
    uint32_t batches;
    struct fault_plan *fault;
    pthread_mutex_t shared_lock; /* guards `shared`; taken before `lock` */
    struct slot_cache shared;    /* of all threads that have none */
};

struct slot_table *slot_table_new(struct fault_plan *fault)
{
    struct slot_table *table = aligned_alloc(CACHE_LINE, sizeof *table);
    if (!table)
        memory_out(sizeof *table, "the table of processes");
    *table = (struct slot_table){.fault = fault};
    pthread_mutex_init(&table->lock, NULL);
    pthread_mutex_init(&table->shared_lock, NULL);
    return table;
}

void slot_table_free(struct slot_table *table)
{
    for (unsigned k = 0; k < SLOT_SEGMENTS; k++)
        free(atomic_load(&table->segments[k]));
    pthread_mutex_destroy(&table->shared_lock);
    pthread_mutex_destroy(&table->lock);
    free(table);
}

/* Segment and place of an index: segment k begins at SLOT_FIRST_SEGMENT * (2^k - 1), so the top bit of the sum tells k, and the others the place. */
static inline unsigned segment_of(uint32_t index, uint32_t *place)
{
    uint32_t sum = index + SLOT_FIRST_SEGMENT;
    unsigned top = 31 ^ (unsigned)__builtin_clz(sum);
    *place = sum ^ (uint32_t)1 << top;
    return top - FIRST_SEGMENT_BITS;
}

static inline struct slot *find(struct slot_table *table, uint32_t index)
{
    uint32_t place;
    if (unlikely(index >= atomic_load_explicit(&table->size, memory_order_acquire)))
        return NULL;
    unsigned k = segment_of(index, &place);
    return &atomic_load_explicit(&table->segments[k], memory_order_relaxed)[place];
}

struct slot *slot_at(struct slot_table *table, uint32_t index)
{
    return find(table, index);
}

uint32_t slot_table_size(struct slot_table *table)
{
    return atomic_load_explicit(&table->size, memory_order_acquire);
}

bool slot_table_is_full(struct slot_table *table)
{
    return slot_table_size(table) >= SLOTS_MAX;
}

void slot_table_lock(struct slot_table *table)
{
    atomic_fetch_add(&table->inspectors, 1);
    fence_full(); /* the owner is read by a mere acquire */
    pthread_mutex_lock(&table->lock);
}

void slot_table_unlock(struct slot_table *table)
{
    pthread_mutex_unlock(&table->lock);
    atomic_fetch_sub(&table->inspectors, 1);
}

/* ---- batches of free slots; under the lock ---- */

static struct slot *next_free(const struct slot *slot)
{
    return slot->task.next ? container_of(slot->task.next, struct slot, task) : NULL;
}

static struct slot *next_batch(const struct slot *first)
{
    return (struct slot *)(uintptr_t)atomic_load_explicit(&first->room, memory_order_relaxed);
}

static void set_next_batch(struct slot *first, const struct slot *next)
{
    atomic_store_explicit(&first->room, (uintptr_t)next, memory_order_relaxed);
}

static void append_batch(struct slot_table *table, struct slot *first)
{
    set_next_batch(first, NULL);
    if (table->last)
        set_next_batch(table->last, first);
    else
        table->first = first;
    table->last = first;
    table->batches++;
}

static struct slot *take_batch(struct slot_table *table)
{
    struct slot *first = table->first;
    if (!first)
        return NULL;
    table->first = next_batch(first);
    if (!table->first)
        table->last = NULL;
    table->batches--;
    return first;
}

/* The segment, made if it is not there yet; NULL: no memory. */
static struct slot *segment_at(struct slot_table *table, unsigned k)
{
    struct slot *segment = atomic_load_explicit(&table->segments[k], memory_order_relaxed);
    if (segment)
        return segment;
    if (fault_hit(table->fault, FAULT_MALLOC))
        return NULL;
    segment = aligned_alloc(CACHE_LINE, ((size_t)SLOT_FIRST_SEGMENT << k) * sizeof *segment);
    atomic_store_explicit(&table->segments[k], segment, memory_order_relaxed);
    return segment;
}

/* A batch of slots that have never been used, NULL at the end of the number space or of memory. */
static struct slot *grow(struct slot_table *table)
{
    uint32_t index = atomic_load_explicit(&table->size, memory_order_relaxed), place;
    if (index >= SLOTS_MAX)
        return NULL;
    unsigned k = segment_of(index, &place);
    struct slot *segment = segment_at(table, k);
    if (!segment)
        return NULL;
    struct slot *first = segment + place;
    for (unsigned i = 0; i < SLOT_BATCH; i++) {
        first[i] = (struct slot){.head = SLOT_CLOSED, .pid = pid_make(0, 0, index + i)};
        first[i].task.next = i + 1 < SLOT_BATCH ? &first[i + 1].task : NULL;
        atomic_store_explicit(&first[i].task.state, TASK_DONE, memory_order_relaxed);
    }
    /* Pairs with slot_at: who sees the size sees the segment and the slots. Seq_cst for those who walk: see slot_acquire in slot.h. */
    atomic_store(&table->size, index + SLOT_BATCH);
    return first;
}

static struct slot *fetch_batch(struct slot_table *table)
{
    pthread_mutex_lock(&table->lock);
    struct slot *first = table->batches * SLOT_BATCH > SLOT_MIN_FREE ? take_batch(table) : grow(table);
    if (!first)
        first = take_batch(table);
    pthread_mutex_unlock(&table->lock);
    return first;
}

/* ---- caches ---- */

static struct slot *take_free(struct slot_table *table, struct slot_cache *cache)
{
    struct slot *slot = cache->free ? cache->free : fetch_batch(table);
    if (unlikely(!slot))
        return NULL;
    cache->free = next_free(slot);
    prefetch(cache->free, sizeof *slot); /* another CPU has used it last, perhaps */
    return slot;
}

static void put_released(struct slot_table *table, struct slot_cache *cache, struct slot *slot)
{
    slot->task.next = NULL; /* the task is DONE, so in no queue */
    if (cache->released_count++)
        cache->last_release->task.next = &slot->task;
    else
        cache->released = slot;
    cache->last_release = slot;
    if (likely(cache->released_count < SLOT_BATCH))
        return;
    pthread_mutex_lock(&table->lock);
    append_batch(table, cache->released);
    pthread_mutex_unlock(&table->lock);
    cache->released_count = 0;
}

static void open_slot(struct slot *slot, uint32_t host, task_run_f run)
{
    uint64_t last = atomic_load_explicit(&slot->pid, memory_order_relaxed);
    uint32_t generation = (pid_generation(last) + 1) & ((1u << PID_GENERATION_BITS) - 1);
    generation += generation == 0;
    slot_set_room(slot, 0, UINT64_MAX);
    atomic_store_explicit(&slot->pid, pid_make(host, generation, pid_slot(last)), memory_order_relaxed);
    task_init(&slot->task, run, TASK_RUNNING);
    atomic_exchange(&slot->head, NULL);
}

struct slot *slot_acquire(struct slot_table *table, struct slot_cache *cache, uint32_t host, task_run_f run)
{
    struct slot *slot;
    if (cache) {
        slot = take_free(table, cache);
    } else {
        pthread_mutex_lock(&table->shared_lock);
        slot = take_free(table, &table->shared);
        pthread_mutex_unlock(&table->shared_lock);
    }
    if (slot)
        open_slot(slot, host, run);
    return slot;
}

/* Takes the owner out, and waits for those who may have found it before. */
static void withdraw_owner(struct slot_table *table, struct slot *slot)
{
    atomic_exchange(&slot->owner, NULL);
    if (likely(!atomic_load(&table->inspectors)))
        return;
    pthread_mutex_lock(&table->lock);
    pthread_mutex_unlock(&table->lock);
}

void slot_release(struct slot_table *table, struct slot_cache *cache, struct slot *slot)
{
    withdraw_owner(table, slot);
    if (cache) {
        put_released(table, cache, slot);
        return;
    }
    pthread_mutex_lock(&table->shared_lock);
    put_released(table, &table->shared, slot);
    pthread_mutex_unlock(&table->shared_lock);
}

struct slot *slot_of_pid(struct slot_table *table, uint64_t pid)
{
    struct slot *slot = slot_at(table, pid_slot(pid));
    return likely(slot && slot_user(slot) == pid && pid != 0) ? slot : NULL;
}

/* Pushes onto *below, the head that was seen in a mailbox open for `pid`, or what it is by now; false: it is not open for `pid` any more. */
static inline bool push(struct slot *slot, uint64_t pid, struct message *message, struct message **below)
{
    message->target = pid;
    message->next = *below;
    while (unlikely(!atomic_compare_exchange_weak_explicit(&slot->head, below, message, memory_order_acq_rel,
                                                           memory_order_acquire))) {
        if (*below == SLOT_CLOSED || atomic_load_explicit(&slot->pid, memory_order_relaxed) != pid)
            return false;
        message->next = *below;
    }
    return true;
}

/* Is the mailbox open for `pid`? *head: what is in it. */
static inline bool is_open(const struct slot *slot, uint64_t pid, struct message **head)
{
    *head = atomic_load_explicit(&slot->head, memory_order_acquire);
    return *head != SLOT_CLOSED && atomic_load_explicit(&slot->pid, memory_order_relaxed) == pid;
}

bool slot_push(struct slot *slot, uint64_t pid, struct message *message)
{
    struct message *head;
    return is_open(slot, pid, &head) && push(slot, pid, message, &head);
}

/* A message does not fit within the limits. A CANCEL has room where user messages have none any more; of others nothing is counted. */
static __attribute__((noinline)) bool is_over(struct slot *slot, const struct message *message, uint64_t cost,
                                              uint64_t now)
{
    uint64_t room = atomic_load_explicit(&slot->room, memory_order_relaxed);
    uint64_t bytes = (room & BYTES_MAX) * 2 + CANCEL_BYTES;
    uint64_t count = (room >> SLOT_COUNT_SHIFT) * 2 + CANCEL_COUNT;
    uint64_t mask = ((uint64_t)1 << SLOT_COUNT_SHIFT) - 1;
    if (message->kind == MESSAGE_CANCEL && (now & mask) <= bytes && now >> SLOT_COUNT_SHIFT <= count)
        return false;
    atomic_fetch_sub_explicit(&slot->queued, cost, memory_order_relaxed);
    return true;
}

/* Counts a message in; false if the receiver has no room for it. */
static inline bool admit(struct slot *slot, const struct message *message, size_t bytes)
{
    uint64_t cost = (uint64_t)1 << SLOT_COUNT_SHIFT | bytes;
    uint64_t now = atomic_fetch_add_explicit(&slot->queued, cost, memory_order_relaxed) + cost;
    uint64_t left = (atomic_load_explicit(&slot->room, memory_order_relaxed) | GUARDS) - now;
    return likely((left & GUARDS) == GUARDS) || !is_over(slot, message, cost, now);
}

int slot_send(struct slot_table *table, struct sched *sched, uint64_t pid, struct message *message)
{
    struct slot *slot = find(table, pid_slot(pid));
    struct message *head;
    if (unlikely(!slot || !is_open(slot, pid, &head)))
        return -ESRCH;
    if (atomic_load_explicit(&slot->task.state, memory_order_relaxed) ==
        TASK_IDLE) /* else another CPU uses it, perhaps */
        prefetch(atomic_load_explicit(&slot->owner, memory_order_relaxed), SLOT_OWNER_HOT);
    size_t cost = message_is_counted(message) ? message_cost(message) : 0; /* once pushed it is the receiver's */
    if (cost && unlikely(!admit(slot, message, cost)))
        return -ENOBUFS;
    if (unlikely(!push(slot, pid, message, &head))) {
        if (cost)
            slot_consumed(slot, 1, cost);
        return -ESRCH;
    }
    if (!head) /* else I4 */
        task_wake(sched, &slot->task);
    return 0;
}

/* Newest first to oldest first. */
static __attribute__((noinline)) struct message *reverse(struct message *message)
{
    struct message *first = NULL;
    while (message) {
        struct message *next = message->next;
        message->next = first;
        first = message;
        message = next;
    }
    return first;
}

struct message *slot_drain(struct slot *slot)
{
    struct message *newest = atomic_exchange_explicit(&slot->head, NULL, memory_order_acquire);
    return likely(newest && !newest->next) ? newest : reverse(newest);
}

struct message *slot_close(struct slot *slot)
{
    return reverse(atomic_exchange_explicit(&slot->head, SLOT_CLOSED, memory_order_acq_rel));
}

void slot_consumed(struct slot *slot, uint64_t count, uint64_t bytes)
{
    atomic_fetch_sub_explicit(&slot->queued, (count << SLOT_COUNT_SHIFT) + bytes, memory_order_relaxed);
}

void slot_set_room(struct slot *slot, uint64_t max_count, uint64_t max_bytes)
{
    uint64_t bytes = max_bytes < BYTES_MAX ? max_bytes : BYTES_MAX;
    uint64_t count = max_count - 1 < COUNT_MAX ? max_count : COUNT_MAX; /* 0: no limit */
    atomic_store_explicit(&slot->room, count << SLOT_COUNT_SHIFT | bytes, memory_order_relaxed);
}
