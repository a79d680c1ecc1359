/* SPDX-License-Identifier: MIT */
/*
 * slot: see slot.h. Segments double in size: segment k holds 1024 << k slots, so the table of segment pointers is small and
 * never moves. Free slots form a FIFO under the table's lock, so a generation of one slot comes round as late as possible.
 *
 * Memory orders. The push's release CAS on `head` pairs with the acquire exchange of slot_drain and slot_close: the receiver sees
 * the message whole. slot_acquire opens the mailbox with a release store after the pid, which pairs with the acquire load of `head` in
 * push: who sees the mailbox open sees whose it is.
 */
#include "vm/slot.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "sched/base/memory.h"
#include "vm/pid.h"

enum { FIRST_SEGMENT = 1024, SEGMENTS = 14, MIN_FREE = 1024 };

/* What CANCEL messages have beyond twice the room of user messages. */
enum { CANCEL_BYTES = 1 << 20, CANCEL_COUNT = 1000 };

_Static_assert(sizeof(struct slot) == CACHE_LINE, "a slot is a cache line");

struct slot_table {
    pthread_mutex_t lock; /* guards the free list, growth and owner pointers; no other lock is taken under it */
    struct slot *free_head, *free_tail;
    uint32_t free_count;
    _Atomic uint32_t size;
    _Atomic(struct slot *) segments[SEGMENTS];
};

struct slot_table *slot_table_new(void)
{
    struct slot_table *table = memory_zeroed(sizeof *table, "the table of processes");
    pthread_mutex_init(&table->lock, NULL);
    return table;
}

void slot_table_free(struct slot_table *table)
{
    for (unsigned k = 0; k < SEGMENTS; k++)
        free(atomic_load(&table->segments[k]));
    pthread_mutex_destroy(&table->lock);
    free(table);
}

/* Segment and place of an index: segment k begins at FIRST_SEGMENT * (2^k - 1). */
static unsigned segment_of(uint32_t index, uint32_t *place)
{
    uint32_t unit = index / FIRST_SEGMENT + 1;
    unsigned k = 31 - (unsigned)__builtin_clz(unit);
    *place = index - FIRST_SEGMENT * ((1u << k) - 1);
    return k;
}

struct slot *slot_at(struct slot_table *table, uint32_t index)
{
    uint32_t place;
    if (unlikely(index >= atomic_load_explicit(&table->size, memory_order_acquire)))
        return NULL;
    unsigned k = segment_of(index, &place);
    return &atomic_load_explicit(&table->segments[k], memory_order_relaxed)[place];
}

uint32_t slot_table_size(struct slot_table *table)
{
    return atomic_load_explicit(&table->size, memory_order_acquire);
}

void slot_table_lock(struct slot_table *table)
{
    pthread_mutex_lock(&table->lock);
}

void slot_table_unlock(struct slot_table *table)
{
    pthread_mutex_unlock(&table->lock);
}

static void append_free(struct slot_table *table, struct slot *slot)
{
    slot->task.next = NULL; /* the task is DONE, so in no queue */
    if (table->free_tail)
        table->free_tail->task.next = &slot->task;
    else
        table->free_head = slot;
    table->free_tail = slot;
    table->free_count++;
}

/* The next slot that has never been used, NULL at the end of the number space or of memory. Under the lock. */
static struct slot *grow(struct slot_table *table)
{
    uint32_t index = atomic_load_explicit(&table->size, memory_order_relaxed), place;
    if (index >= (1u << PID_SLOT_BITS) - 1)
        return NULL;
    unsigned k = segment_of(index, &place);
    struct slot *segment = atomic_load_explicit(&table->segments[k], memory_order_relaxed);
    if (!segment) {
        size_t bytes = ((size_t)FIRST_SEGMENT << k) * sizeof *segment;
        segment = aligned_alloc(CACHE_LINE, bytes);
        if (!segment)
            return NULL;
        atomic_store_explicit(&table->segments[k], segment, memory_order_relaxed);
    }
    struct slot *slot = &segment[place];
    *slot = (struct slot){.head = SLOT_CLOSED, .pid = pid_make(0, 0, index)};
    atomic_store_explicit(&slot->task.state, TASK_DONE, memory_order_relaxed);
    /* pairs with slot_at: who sees the size sees the segment and the slot */
    atomic_store_explicit(&table->size, index + 1, memory_order_release);
    return slot;
}

static struct slot *take_free(struct slot_table *table)
{
    struct slot *slot = table->free_head;
    struct task *next = slot->task.next;
    table->free_head = next ? container_of(next, struct slot, task) : NULL;
    if (!next)
        table->free_tail = NULL;
    table->free_count--;
    return slot;
}

static void open_slot(struct slot *slot, uint32_t host, task_run_f run)
{
    uint64_t last = atomic_load_explicit(&slot->pid, memory_order_relaxed);
    uint32_t generation = (pid_generation(last) + 1) & ((1u << PID_GENERATION_BITS) - 1);
    generation += generation == 0;
    atomic_store_explicit(&slot->room, UINT64_MAX, memory_order_relaxed);
    atomic_store_explicit(&slot->pid, pid_make(host, generation, pid_slot(last)), memory_order_relaxed);
    task_init(&slot->task, run, TASK_RUNNING);
    atomic_store_explicit(&slot->head, NULL, memory_order_release);
}

struct slot *slot_acquire(struct slot_table *table, uint32_t host, task_run_f run)
{
    pthread_mutex_lock(&table->lock);
    struct slot *slot = table->free_count > MIN_FREE ? take_free(table) : grow(table);
    if (!slot && table->free_count)
        slot = take_free(table);
    if (slot)
        open_slot(slot, host, run);
    pthread_mutex_unlock(&table->lock);
    return slot;
}

void slot_release(struct slot_table *table, struct slot *slot)
{
    pthread_mutex_lock(&table->lock);
    atomic_store_explicit(&slot->owner, NULL, memory_order_relaxed);
    append_free(table, slot);
    pthread_mutex_unlock(&table->lock);
}

struct slot *slot_of_pid(struct slot_table *table, uint64_t pid)
{
    struct slot *slot = slot_at(table, pid_slot(pid));
    if (unlikely(!slot || pid == 0 || atomic_load_explicit(&slot->pid, memory_order_relaxed) != pid ||
                 atomic_load_explicit(&slot->head, memory_order_acquire) == SLOT_CLOSED))
        return NULL;
    return slot;
}

bool slot_push(struct slot *slot, uint64_t pid, struct message *message)
{
    message->target = pid;
    struct message *head = atomic_load_explicit(&slot->head, memory_order_acquire);
    do {
        if (head == SLOT_CLOSED || atomic_load_explicit(&slot->pid, memory_order_relaxed) != pid)
            return false;
        message->next = head;
    } while (!atomic_compare_exchange_weak_explicit(&slot->head, &head, message, memory_order_release,
                                                    memory_order_acquire));
    return true;
}

/* Counts a message in; false if the receiver has no room for it. A CANCEL has room where user messages have none any more. */
static bool admit(struct slot *slot, const struct message *message)
{
    uint64_t cost = (uint64_t)1 << SLOT_COUNT_SHIFT | message_cost(message);
    uint64_t mask = ((uint64_t)1 << SLOT_COUNT_SHIFT) - 1;
    uint64_t now = atomic_fetch_add_explicit(&slot->queued, cost, memory_order_relaxed) + cost;
    uint64_t room = atomic_load_explicit(&slot->room, memory_order_relaxed);
    uint64_t bytes = room & mask, count = room >> SLOT_COUNT_SHIFT;
    if (unlikely(message->kind == MESSAGE_CANCEL)) {
        bytes = bytes * 2 + CANCEL_BYTES;
        count = count * 2 + CANCEL_COUNT;
    }
    if (likely((now & mask) <= bytes && now >> SLOT_COUNT_SHIFT <= count))
        return true;
    atomic_fetch_sub_explicit(&slot->queued, cost, memory_order_relaxed);
    return false;
}

int slot_send(struct slot_table *table, struct sched *sched, uint64_t pid, struct message *message)
{
    struct slot *slot = slot_of_pid(table, pid);
    if (!slot)
        return -ESRCH;
    bool counted = message_is_counted(message);
    prefetch(atomic_load_explicit(&slot->owner, memory_order_relaxed), SLOT_OWNER_HOT);
    if (counted && !admit(slot, message))
        return -ENOBUFS;
    size_t cost = counted ? message_cost(message) : 0; /* once pushed it is the receiver's */
    if (!slot_push(slot, pid, message)) {
        if (counted)
            slot_consumed(slot, 1, cost);
        return -ESRCH;
    }
    task_wake(sched, &slot->task);
    return 0;
}

static struct message *reverse(struct message *message)
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
    if (!atomic_load_explicit(&slot->head, memory_order_relaxed))
        return NULL;
    return reverse(atomic_exchange_explicit(&slot->head, NULL, memory_order_acquire));
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
    uint64_t mask = ((uint64_t)1 << SLOT_COUNT_SHIFT) - 1;
    uint64_t most = UINT64_MAX >> SLOT_COUNT_SHIFT;
    if (max_bytes > mask)
        max_bytes = mask;
    if (max_count > most || max_count == 0)
        max_count = most;
    atomic_store_explicit(&slot->room, max_count << SLOT_COUNT_SHIFT | max_bytes, memory_order_relaxed);
}
