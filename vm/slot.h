/* SPDX-License-Identifier: MIT */
/*
 * slot: where a PID leads: the task and the mailbox of a process or native actor. The table grows in segments that are never moved or
 * freed while the VM lives, so reading through a stale PID is always safe. Slots are reused oldest first.
 *
 * Mailbox: a lock-free stack of messages (Treiber push, taken whole by one exchange) whose head can be CLOSED.
 * I1  A push succeeds exactly while the mailbox is open; closing takes what is in it, so no message is ever in a closed one.
 * I2  A message names the PID it is meant for; the receiver drops others (they met a reused slot).
 * I3  `queued` is the sum of what admitted user messages cost that nobody has consumed yet. It is never reset, so that a sender that
 *     meets a closed mailbox can take its part back whoever uses the slot by then.
 * I4  Whoever pushes onto an empty mailbox wakes the task afterwards. Others need not: what they found there was pushed since the last drain, so
 *     its sender has woken the task or is about to, and every slice that a wake-up starts begins by draining all, or ends in closing the mailbox.
 *
 * Free slots. Whoever acquires and releases many, a worker, has a slot_cache, which no other thread touches: it takes SLOT_BATCH free ones
 * at a time from the table, and gives back what it has released when that is SLOT_BATCH. The batches wait in the table, oldest first.
 * I5  A batch is taken only while more than SLOT_MIN_FREE slots wait there (unless the table is full), and what is released is never taken
 *     without having waited there: so a slot rests for at least SLOT_MIN_FREE others before it is used again.
 * I6  A cache has less than two batches, so the table never grows beyond the most that were in use at once, SLOT_MIN_FREE, and two batches
 *     per cache.
 */
#ifndef VM_SLOT_H
#define VM_SLOT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "sched/base/compiler.h"
#include "sched/task.h"
#include "vm/message.h"

struct fault_plan;
struct sched;
struct slot_table;

/* A cache line. While it is free, `task.next` is the link of its batch and `pid` still that of its last user. */
struct slot {
    struct task task;
    _Atomic(struct message *) head; /* newest first; SLOT_CLOSED */
    _Atomic(void *) owner;   /* struct process or struct native once it is complete; others: see slot_table_lock */
    _Atomic uint64_t queued; /* waiting user messages: count << 36 | bytes */
    _Atomic uint64_t room;   /* the same two as limits, set by the owner at slice ends; of a free one: the next batch */
    _Atomic uint64_t pid;    /* of the present or last user; before the first one its generation is 0 */
} cache_aligned;

#define SLOT_CLOSED ((struct message *)1)
enum { SLOT_COUNT_SHIFT = 36, SLOT_OWNER_HOT = 2 * CACHE_LINE, SLOT_BATCH = 256, SLOT_MIN_FREE = 1024 };
enum { SLOT_FIRST_SEGMENT = 1024, SLOT_SEGMENTS = 14, SLOTS_MAX = SLOT_FIRST_SEGMENT * ((1 << SLOT_SEGMENTS) - 1) };

/* Free slots at hand, by `task.next`; empty: all zero. What is in it goes with the table. */
struct slot_cache {
    struct slot *free;                    /* to be acquired */
    struct slot *released, *last_release; /* oldest first */
    unsigned released_count;
};

/* `fault`: FAULT_MALLOC is growth. */
struct slot_table *slot_table_new(struct fault_plan *fault);
void slot_table_free(struct slot_table *table);

/*
 * A free slot: generation advanced, pid set, mailbox open, task in state TASK_RUNNING (the caller holds it). The caller stores the owner (release)
 * when that is complete. NULL: all are in use, and the table is full or cannot grow for want of memory (slot_table_is_full tells which). `cache`: of the calling thread; NULL: it has none. There is a full barrier in it: who sets
 * a flag, calls fence_full and walks the slots sees this one, or the caller sees the flag afterwards, by a seq_cst load.
 */
struct slot *slot_acquire(struct slot_table *table, struct slot_cache *cache, uint32_t host, task_run_f run);

/* Gives the slot back; the mailbox is closed and the task ended. Afterwards nobody uses the owner under slot_table_lock any more. */
void slot_release(struct slot_table *table, struct slot_cache *cache, struct slot *slot);

/* The slot of that index, or NULL if there was never one. The caller compares generations. */
struct slot *slot_at(struct slot_table *table, uint32_t index);

/* The slot that `pid` leads to now, or NULL if that process is gone. May be stale the next instant, which slot_push tolerates. */
struct slot *slot_of_pid(struct slot_table *table, uint64_t pid);

/* The present user, or 0 if there is none or it takes no messages any more. May be stale the next instant. */
static inline uint64_t slot_user(const struct slot *slot)
{
    if (atomic_load_explicit(&slot->head, memory_order_acquire) == SLOT_CLOSED)
        return 0;
    return atomic_load_explicit(&slot->pid, memory_order_relaxed);
}

/* How many slots there are, used or not: indices below may be visited. */
uint32_t slot_table_size(struct slot_table *table);

/* Has it SLOTS_MAX slots, as many as PIDs can name? */
bool slot_table_is_full(struct slot_table *table);

/*
 * For inspection. What is read (acquire) from an owner pointer that is not NULL stays whole while the lock is held, as does the slot's use by
 * that owner. Those that release slots take the lock only if somebody has or wants it, so it costs the rest nothing.
 */
void slot_table_lock(struct slot_table *table);
void slot_table_unlock(struct slot_table *table);

/*
 * Pushes without limits (signals, embedded nodes) for the user `pid`; false: closed or gone, the message is still the caller's. Wakes nobody: the
 * caller does (I4).
 */
bool slot_push(struct slot *slot, uint64_t pid, struct message *message);

/*
 * Sends to `pid`: takes the message and wakes the receiver, whose first SLOT_OWNER_HOT bytes are fetched into the cache if it sleeps. 0; -ESRCH: gone;
 * -ENOBUFS: a user message over the receiver's limits. On failure the message is still the caller's.
 */
int slot_send(struct slot_table *table, struct sched *sched, uint64_t pid, struct message *message);

/* Takes all waiting messages, oldest first, NULL: none. Owner only. */
struct message *slot_drain(struct slot *slot);

/* Is something waiting? Owner only. */
static inline bool slot_has_mail(const struct slot *slot)
{
    return atomic_load_explicit(&slot->head, memory_order_relaxed) != NULL;
}

/* Closes the mailbox and takes what is in it, oldest first. Owner only. */
struct message *slot_close(struct slot *slot);

/* Owner: a user message of that cost is gone from its queues; and the limits others see from now on. */
void slot_consumed(struct slot *slot, uint64_t count, uint64_t bytes);
void slot_set_room(struct slot *slot, uint64_t max_count, uint64_t max_bytes);

#endif
