/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "sched/base/fault.h"
#include "sched/sched.h"
#include "vm/message.h"
#include "vm/pid.h"
#include "vm/slot.h"

enum { HOST = 5 };

static struct slot_table *table;
static struct fault_plan *plan;
static struct sched *sched; /* not started: a wake only queues the task, and the tests hold their tasks running */

static enum task_verdict never_run(struct task *task)
{
    (void)task;
    return TASK_PARKED;
}

static void set_up(void)
{
    plan = fault_plan_new();
    table = slot_table_new(plan);
    cr_assert_eq(sched_new(&sched, &(struct sched_config){.workers = 1}), 0);
}

static void tear_down(void)
{
    sched_free(sched);
    slot_table_free(table);
    fault_plan_free(plan);
}

static struct slot *acquire(void)
{
    struct slot *slot = slot_acquire(table, NULL, HOST, never_run);
    cr_assert_not_null(slot);
    return slot;
}

static uint64_t pid_of(struct slot *slot)
{
    return atomic_load(&slot->pid);
}

static struct message *close_and_release(struct slot *slot)
{
    struct message *left = slot_close(slot);
    task_end(&slot->task);
    slot_release(table, NULL, slot);
    return left;
}

static struct message *user(uint64_t id, size_t length)
{
    static const unsigned char zeros[4096];
    struct message *m = message_new(MESSAGE_USER, 0, "t", 1, zeros, length);
    m->id = id;
    return m;
}

static unsigned free_all(struct message *m)
{
    unsigned count = 0;
    for (struct message *next; m; m = next, count++) {
        next = m->next;
        message_free(m);
    }
    return count;
}

TestSuite(slot, .init = set_up, .fini = tear_down);

Test(slot, acquired_is_open_and_held)
{
    struct slot *slot = acquire();
    uint64_t pid = pid_of(slot);
    cr_assert_eq(pid_host(pid), HOST);
    cr_assert_eq(pid_slot(pid), 0);
    cr_assert_neq(pid_generation(pid), 0);
    cr_assert_eq(slot_of_pid(table, pid), slot);
    cr_assert_eq(slot_at(table, pid_slot(pid)), slot);
    cr_assert_not(slot_has_mail(slot));
    cr_assert_null(slot_drain(slot));
    cr_assert_eq(atomic_load(&slot->task.state), TASK_RUNNING);
    cr_assert_null(close_and_release(slot));
}

Test(slot, indexes_beyond_the_table_are_nobody)
{
    cr_assert_null(slot_at(table, 0));
    cr_assert_null(slot_of_pid(table, 0));
    cr_assert_null(slot_of_pid(table, pid_make(HOST, 1, 3)));
    acquire();
    uint32_t size = slot_table_size(table);
    cr_assert_eq(size, SLOT_BATCH);
    cr_assert_null(slot_at(table, size));
    cr_assert_null(slot_at(table, UINT32_MAX));
    cr_assert_null(slot_of_pid(table, pid_make(HOST, 1, (1u << PID_SLOT_BITS) - 1)));
}

/* A table grows by a batch: those of it that nobody has used yet are there, and nobody's. */
Test(slot, new_ones_are_nobody)
{
    acquire();
    for (uint32_t i = 1; i < slot_table_size(table); i++) {
        struct slot *slot = slot_at(table, i);
        cr_assert_eq(slot_user(slot), 0);
        cr_assert_eq(pid_slot(pid_of(slot)), i);
        cr_assert_null(slot_of_pid(table, pid_of(slot)));
        cr_assert_null(atomic_load(&slot->owner));
        struct message *m = user(1, 1);
        cr_assert_eq(slot_send(table, sched, pid_of(slot), m), -ESRCH);
        message_free(m);
    }
}

/* Through the borders of the segments: every slot has a place of its own that does not move. */
Test(slot, table_grows_in_place)
{
    enum { COUNT = 9000 };
    struct slot **slots = malloc(COUNT * sizeof *slots);
    for (uint32_t i = 0; i < COUNT; i++) {
        slots[i] = acquire();
        cr_assert_eq(pid_slot(pid_of(slots[i])), i);
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        cr_assert_eq(slot_at(table, i), slots[i]);
        cr_assert_eq((uintptr_t)slots[i] % 64, 0);
        cr_assert_eq(slot_of_pid(table, pid_of(slots[i])), slots[i]);
    }
    cr_assert_geq(slot_table_size(table), COUNT);
    cr_assert_lt(slot_table_size(table), COUNT + SLOT_BATCH);
    free(slots);
}

/* Free slots wait in a queue until there are many, and come back oldest first with the next generation. */
Test(slot, reuse_is_oldest_first)
{
    enum { COUNT = 3000 };
    struct slot *slots[COUNT];
    uint64_t pids[COUNT];
    for (unsigned i = 0; i < COUNT; i++) {
        slots[i] = acquire();
        pids[i] = pid_of(slots[i]);
    }
    for (unsigned i = COUNT; i-- > 0;)
        close_and_release(slots[i]); /* the last one is the oldest now */
    unsigned next = COUNT - 1;
    for (unsigned i = 0; i < COUNT / 2; i++) {
        struct slot *slot = acquire();
        if (pid_slot(pid_of(slot)) >= COUNT)
            continue;
        cr_assert_eq(slot, slots[next]);
        cr_assert_eq(pid_generation(pid_of(slot)), pid_generation(pids[next]) + 1);
        cr_assert_null(slot_of_pid(table, pids[next]));
        next--;
    }
    cr_assert_lt(next, COUNT - 1, "nothing was reused");
}

Test(slot, one_slot_is_not_reused_at_once)
{
    struct slot *slot = acquire();
    close_and_release(slot);
    for (unsigned i = 0; i < 500; i++) {
        struct slot *other = acquire();
        cr_assert_neq(other, slot);
        close_and_release(other);
    }
}

/* ---- caches ---- */

enum { CACHES = 3 };

static struct slot_cache caches[CACHES];

static struct slot *acquire_by(struct slot_cache *cache)
{
    struct slot *slot = slot_acquire(table, cache, HOST, never_run);
    cr_assert_not_null(slot);
    return slot;
}

static void release_by(struct slot_cache *cache, struct slot *slot)
{
    slot_close(slot);
    task_end(&slot->task);
    slot_release(table, cache, slot);
}

/* However it is released: between two uses of a slot many others are used. */
static void check_rest(unsigned acquirers, unsigned releasers)
{
    enum { ROUNDS = 30000, LIVE = 10 };
    static unsigned last[ROUNDS];
    struct slot *live[LIVE] = {NULL};
    unsigned reused = 0;
    for (unsigned i = 1; i <= ROUNDS; i++) {
        struct slot **place = &live[i % LIVE];
        if (*place)
            release_by(releasers ? &caches[i % releasers] : NULL, *place);
        *place = acquire_by(acquirers ? &caches[i % acquirers] : NULL);
        uint32_t index = pid_slot(pid_of(*place));
        cr_assert_lt(index, ROUNDS);
        if (last[index]) {
            cr_assert_gt(i - last[index], SLOT_MIN_FREE);
            reused++;
        }
        last[index] = i;
    }
    cr_assert_gt(reused, 0);
    cr_assert_leq(slot_table_size(table), LIVE + SLOT_MIN_FREE + 2 * SLOT_BATCH * (CACHES + 1));
}

Test(slot, rests_without_a_cache)
{
    check_rest(0, 0);
}

Test(slot, rests_with_one_cache)
{
    check_rest(1, 1);
}

Test(slot, rests_with_many_caches)
{
    check_rest(CACHES, CACHES);
}

/* Who only acquires gets what others only release. */
Test(slot, passes_from_cache_to_cache)
{
    check_rest(1, CACHES);
}

Test(slot, passes_from_caches_to_none)
{
    check_rest(0, CACHES);
}

/* What many had is used again, and the table does not grow beyond what was in use at once. */
Test(slot, growth_is_bounded)
{
    enum { MOST = 5000 };
    static struct slot *slots[MOST];
    for (unsigned round = 0; round < 20; round++) {
        for (unsigned i = 0; i < MOST; i++)
            slots[i] = acquire_by(&caches[(i + round) % CACHES]);
        for (unsigned i = 0; i < MOST; i++)
            release_by(&caches[(i * 7 + round) % CACHES], slots[i]);
    }
    cr_assert_leq(slot_table_size(table), MOST + SLOT_MIN_FREE + 2 * SLOT_BATCH * CACHES);
}

/* When the table cannot grow what has been released is used again, though fewer wait than should; and it grows when it can. */
Test(slot, without_growth_the_waiting_are_used)
{
    static struct slot *slots[SLOT_FIRST_SEGMENT];
    for (unsigned i = 0; i < SLOT_FIRST_SEGMENT; i++)
        slots[i] = acquire_by(&caches[0]);
    fault_set(plan, FAULT_MALLOC, 1, UINT64_MAX, ENOMEM);
    cr_assert_null(slot_acquire(table, &caches[0], HOST, never_run));
    cr_assert_not(slot_table_is_full(table), "it is memory that is wanting");
    for (unsigned i = 0; i < 2 * SLOT_BATCH; i++)
        release_by(&caches[0], slots[i]);
    for (unsigned i = 0; i < 2 * SLOT_BATCH; i++)
        cr_assert_eq(acquire_by(&caches[0]), slots[i], "oldest first");
    cr_assert_null(slot_acquire(table, &caches[0], HOST, never_run));
    cr_assert_null(slot_acquire(table, NULL, HOST, never_run));
    cr_assert_eq(slot_table_size(table), SLOT_FIRST_SEGMENT);
    fault_set(plan, FAULT_MALLOC, 1, 0, 0);
    cr_assert_eq(pid_slot(pid_of(acquire_by(&caches[0]))), SLOT_FIRST_SEGMENT);
}

/* Everything that is read under the lock is whole: whoever releases waits. */
static _Atomic bool released;

static void *release_owned(void *arg)
{
    struct slot *slot = arg;
    slot_close(slot);
    task_end(&slot->task);
    slot_release(table, &caches[0], slot);
    atomic_store(&released, true);
    return NULL;
}

Test(slot, release_waits_for_inspection)
{
    static int owner = 7;
    struct slot *slot = acquire_by(&caches[0]);
    atomic_store(&slot->owner, &owner);
    pthread_t thread;
    slot_table_lock(table);
    const int *found = atomic_load_explicit(&slot->owner, memory_order_acquire);
    pthread_create(&thread, NULL, release_owned, slot);
    while (atomic_load(&slot->owner))
        sched_yield();
    cr_assert_not(atomic_load(&released));
    cr_assert_eq(*found, 7);
    slot_table_unlock(table);
    pthread_join(thread, NULL);
    cr_assert(atomic_load(&released));
}

Test(slot, generation_wraps_past_zero)
{
    struct slot *slot = acquire();
    uint64_t old = pid_of(slot);
    close_and_release(slot);
    atomic_store(&slot->pid, pid_make(HOST, (1u << PID_GENERATION_BITS) - 1, pid_slot(old)));
    for (struct slot *other = NULL; other != slot;) {
        other = acquire();
        if (other == slot)
            break;
        close_and_release(other);
    }
    cr_assert_eq(pid_generation(pid_of(slot)), 1);
    cr_assert_neq(pid_of(slot), 0);
}

Test(slot, mailbox_keeps_order)
{
    struct slot *slot = acquire();
    for (uint64_t i = 0; i < 100; i++)
        cr_assert(slot_push(slot, pid_of(slot), user(i, 1)));
    cr_assert(slot_has_mail(slot));
    struct message *m = slot_drain(slot);
    cr_assert_not(slot_has_mail(slot));
    for (uint64_t i = 0; i < 100; i++) {
        struct message *next = m->next;
        cr_assert_eq(m->id, i);
        cr_assert_eq(m->target, pid_of(slot));
        message_free(m);
        m = next;
    }
    cr_assert_null(m);
    close_and_release(slot);
}

Test(slot, close_takes_all_and_refuses_the_rest)
{
    struct slot *slot = acquire();
    uint64_t pid = pid_of(slot);
    for (uint64_t i = 0; i < 3; i++)
        slot_push(slot, pid, user(i, 1));
    struct message *m = slot_close(slot), *late = user(9, 1);
    cr_assert_eq(m->id, 0);
    cr_assert_eq(free_all(m), 3);
    cr_assert_not(slot_push(slot, pid, late));
    cr_assert_eq(slot_send(table, sched, pid, late), -ESRCH);
    cr_assert_null(slot_of_pid(table, pid), "closed is gone, before the slot is released");
    message_free(late);
    task_end(&slot->task);
    slot_release(table, NULL, slot);
    cr_assert_null(slot_of_pid(table, pid));
}

Test(slot, stale_pid_finds_nobody)
{
    struct slot *slot = acquire();
    uint64_t old = pid_of(slot);
    close_and_release(slot);
    struct slot *again = NULL;
    while (again != slot) {
        if (again)
            close_and_release(again);
        again = acquire();
    }
    struct message *m = user(1, 1);
    cr_assert_not(slot_push(slot, old, m));
    cr_assert_eq(slot_send(table, sched, old, m), -ESRCH);
    cr_assert_eq(slot_send(table, sched, pid_of(slot), m), 0);
    cr_assert_eq(free_all(slot_close(slot)), 1);
}

/* A PID with the right slot and generation but of another host group is nobody's. */
Test(slot, host_bits_count)
{
    struct slot *slot = acquire();
    uint64_t pid = pid_of(slot);
    cr_assert_null(slot_of_pid(table, pid_make(HOST + 1, pid_generation(pid), pid_slot(pid))));
}

Test(slot, send_wakes_the_receiver)
{
    struct slot *slot = acquire();
    cr_assert_eq(slot_send(table, sched, pid_of(slot), user(1, 1)), 0);
    cr_assert_eq(atomic_load(&slot->task.state), TASK_NOTIFIED);
    free_all(slot_close(slot));
}

/* I4: who finds something there need not wake, who finds nothing must. */
Test(slot, only_the_first_message_wakes)
{
    struct slot *slot = acquire();
    atomic_store(&slot->task.state, TASK_RUNNING);
    cr_assert_eq(slot_send(table, sched, pid_of(slot), user(1, 1)), 0);
    cr_assert_eq(atomic_exchange(&slot->task.state, TASK_RUNNING), TASK_NOTIFIED);
    cr_assert_eq(slot_send(table, sched, pid_of(slot), user(2, 1)), 0);
    cr_assert_eq(slot_send(table, sched, pid_of(slot), message_signal(MESSAGE_KILL, 0, 0)), 0);
    cr_assert_eq(atomic_load(&slot->task.state), TASK_RUNNING);
    cr_assert_eq(free_all(slot_drain(slot)), 3);
    cr_assert_eq(slot_send(table, sched, pid_of(slot), user(3, 1)), 0);
    cr_assert_eq(atomic_load(&slot->task.state), TASK_NOTIFIED);
    free_all(slot_close(slot));
}

Test(slot, room_limits_count)
{
    struct slot *slot = acquire();
    slot_set_room(slot, 3, UINT64_MAX);
    for (uint64_t i = 0; i < 3; i++)
        cr_assert_eq(slot_send(table, sched, pid_of(slot), user(i, 1)), 0);
    struct message *over = user(3, 1);
    cr_assert_eq(slot_send(table, sched, pid_of(slot), over), -ENOBUFS);
    slot_consumed(slot, 1, message_cost(over));
    cr_assert_eq(slot_send(table, sched, pid_of(slot), over), 0);
    free_all(slot_close(slot));
}

Test(slot, room_limits_bytes)
{
    struct slot *slot = acquire();
    struct message *first = user(0, 1000), *second = user(1, 1000);
    slot_set_room(slot, 0, message_cost(first) + message_cost(second) - 1);
    cr_assert_eq(slot_send(table, sched, pid_of(slot), first), 0);
    cr_assert_eq(slot_send(table, sched, pid_of(slot), second), -ENOBUFS);
    slot_set_room(slot, 0, message_cost(first) + message_cost(second));
    cr_assert_eq(slot_send(table, sched, pid_of(slot), second), 0);
    free_all(slot_close(slot));
}

Test(slot, both_limits_hold_at_once)
{
    struct slot *slot = acquire();
    struct message *m = user(0, 100);
    for (uint64_t count = 1; count < 4; count++)
        for (uint64_t room = 1; room < 4; room++) {
            uint64_t sent = 0;
            slot_set_room(slot, count, room * message_cost(m));
            while (slot_send(table, sched, pid_of(slot), m) == 0) {
                m = user(0, 100);
                sent++;
            }
            cr_assert_eq(sent, count < room ? count : room);
            slot_consumed(slot, sent, sent * message_cost(m));
            cr_assert_eq(free_all(slot_drain(slot)), sent);
        }
    slot_set_room(slot, 0, UINT64_MAX);
    cr_assert_eq(slot_send(table, sched, pid_of(slot), m), 0);
    slot_set_room(slot, UINT32_MAX, 0);
    cr_assert_eq(slot_send(table, sched, pid_of(slot), m = user(0, 0)), -ENOBUFS);
    message_free(m);
    free_all(slot_close(slot));
}

static uint64_t sent_until_refused(struct slot *slot, const char *body, size_t length)
{
    for (uint64_t sent = 0;; sent++) {
        struct message *m = message_new(MESSAGE_CANCEL, 1, "", 0, body, length);
        if (slot_send(table, sched, pid_of(slot), m) != 0) {
            message_free(m);
            return sent;
        }
    }
}

/* Twice that of messages, and a thousand or a megabyte more: who floods a process cannot keep others from canceling it. */
Test(slot, cancels_have_room_of_their_own)
{
    static char body[99952];
    struct slot *slot = acquire();
    slot_set_room(slot, 3, UINT64_MAX);
    for (uint64_t i = 0; i < 3; i++)
        cr_assert_eq(slot_send(table, sched, pid_of(slot), user(i, 1)), 0);
    cr_assert_eq(sent_until_refused(slot, "", 0), 3 + 1000);
    struct message *m = user(3, 1);
    cr_assert_eq(slot_send(table, sched, pid_of(slot), m), -ENOBUFS);
    message_free(m);
    slot_consumed(slot, 3 + 3 + 1000, 3 * message_cost(m = user(4, 1)) + (3 + 1000) * sizeof *m);
    message_free(m);
    cr_assert_eq(atomic_load(&slot->queued), 0);
    cr_assert_eq(free_all(slot_drain(slot)), 3 + 3 + 1000);

    slot_set_room(slot, 0, 5 * (sizeof *m + sizeof body));
    cr_assert_eq(sent_until_refused(slot, body, sizeof body), 2 * 5 + (1 << 20) / (sizeof *m + sizeof body));
    free_all(slot_close(slot));
}

Test(slot, signals_ignore_the_limits)
{
    struct slot *slot = acquire();
    slot_set_room(slot, 1, 0);
    struct message *m = user(1, 0);
    cr_assert_eq(slot_send(table, sched, pid_of(slot), m), -ENOBUFS);
    message_free(m);
    for (unsigned i = 0; i < 5; i++)
        cr_assert_eq(slot_send(table, sched, pid_of(slot), message_signal(MESSAGE_TERMINATE, 0, 0)), 0);
    cr_assert_eq(atomic_load(&slot->queued), 0);
    cr_assert_eq(free_all(slot_close(slot)), 5);
}

Test(slot, refusals_cost_nothing)
{
    struct slot *slot = acquire();
    slot_set_room(slot, 1, UINT64_MAX);
    struct message *m = user(1, 100);
    uint64_t cost = message_cost(m);
    cr_assert_eq(slot_send(table, sched, pid_of(slot), user(0, 100)), 0);
    uint64_t before = atomic_load(&slot->queued);
    for (unsigned i = 0; i < 10; i++)
        cr_assert_eq(slot_send(table, sched, pid_of(slot), m), -ENOBUFS);
    cr_assert_eq(atomic_load(&slot->queued), before);
    cr_assert_eq(before, ((uint64_t)1 << SLOT_COUNT_SHIFT) + cost);
    message_free(m);
    free_all(slot_close(slot));
}

/* ---- close against senders ---- */

enum { SENDERS = 3, PER_SENDER = 4000 };

static _Atomic unsigned accepted, started;

static void *send_until_closed(void *arg)
{
    uint64_t pid = *(uint64_t *)arg;
    atomic_fetch_add(&started, 1);
    for (unsigned i = 0; i < PER_SENDER; i++) {
        struct message *m = user(i, 1);
        if (slot_send(table, sched, pid, m) != 0) {
            message_free(m);
            break;
        }
        atomic_fetch_add(&accepted, 1);
    }
    return NULL;
}

Test(slot, close_race_loses_no_message)
{
    for (unsigned round = 0; round < 20; round++) {
        struct slot *slot = acquire();
        uint64_t pid = pid_of(slot);
        pthread_t threads[SENDERS];
        unsigned got = 0;
        atomic_store(&accepted, 0);
        atomic_store(&started, 0);
        for (unsigned i = 0; i < SENDERS; i++)
            pthread_create(&threads[i], NULL, send_until_closed, &pid);
        while (atomic_load(&started) < SENDERS)
            sched_yield();
        for (unsigned i = 0; i < round; i++)
            for (struct message *m = slot_drain(slot), *next; m; m = next, got++) {
                next = m->next;
                slot_consumed(slot, 1, message_cost(m));
                message_free(m);
            }
        for (struct message *m = slot_close(slot), *next; m; m = next, got++) {
            next = m->next;
            slot_consumed(slot, 1, message_cost(m));
            message_free(m);
        }
        for (unsigned i = 0; i < SENDERS; i++)
            pthread_join(threads[i], NULL);
        cr_assert_eq(got, atomic_load(&accepted));
        cr_assert_eq(atomic_load(&slot->queued), 0);
        task_end(&slot->task);
        slot_release(table, NULL, slot);
    }
}
