/* SPDX-License-Identifier: MIT */
/* links: sched */
/* runqueue: order, the turns of `soon` and `fresh`, the bound of run-next, overflow, and what thieves get. */
#include "sched/runqueue.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "sched/task.h"

enum { MANY = 1000, ROOM = RUNQUEUE_RING - 1 /* ck keeps one slot free */ };

static struct runqueue queue, other;
static struct task tasks[2 * MANY];

static void setup(void)
{
    runqueue_init(&queue);
    runqueue_init(&other);
}

static void teardown(void)
{
    runqueue_destroy(&queue);
    runqueue_destroy(&other);
}

TestSuite(runqueue, .init = setup, .fini = teardown);

static unsigned count_all(struct runqueue *q)
{
    unsigned n = 0;
    runqueue_drain_inject(q);
    while (runqueue_pop(q))
        n++;
    return n;
}

Test(runqueue, first_in_first_out)
{
    cr_assert_null(runqueue_pop(&queue));
    for (int i = 0; i < 10; i++)
        runqueue_push(&queue, &tasks[i]);
    for (int i = 0; i < 10; i++)
        cr_assert_eq(runqueue_pop(&queue), &tasks[i]);
    cr_assert_null(runqueue_pop(&queue));
}

Test(runqueue, order_holds_through_the_backlog)
{
    for (int i = 0; i < MANY; i++)
        runqueue_push(&queue, &tasks[i]);
    cr_assert(runqueue_has_several(&queue));
    for (int i = 0; i < MANY; i++) {
        cr_assert_eq(runqueue_pop(&queue), &tasks[i], "at %d", i);
        runqueue_push(&queue, &tasks[i]);
    }
    for (int i = 0; i < MANY; i++)
        cr_assert_eq(runqueue_pop(&queue), &tasks[i], "second round at %d", i);
    cr_assert_not(runqueue_has_any(&queue));
}

Test(runqueue, next_goes_first_and_displaces)
{
    runqueue_push(&queue, &tasks[0]);
    cr_assert_not(runqueue_push_next(&queue, &tasks[1]));
    cr_assert(runqueue_push_next(&queue, &tasks[2]));
    cr_assert_eq(runqueue_pop(&queue), &tasks[2]);
    cr_assert_eq(runqueue_pop(&queue), &tasks[0]);
    cr_assert_eq(runqueue_pop(&queue), &tasks[1]);
}

Test(runqueue, next_is_bounded)
{
    runqueue_push(&queue, &tasks[0]);
    int uses = 0;
    for (;; uses++) {
        runqueue_push_next(&queue, &tasks[1]);
        if (runqueue_pop(&queue) != &tasks[1])
            break;
    }
    cr_assert_eq(uses, RUNQUEUE_NEXT_USES);
    /* The one that had to wait is behind the other, and the count starts anew. */
    cr_assert_eq(runqueue_pop(&queue), &tasks[1]);
}

/* Pops what are tasks soon.. up to `soon_end` of `soon` and fresh.. up to `fresh_end` of `fresh`, in the order in which they have to come. */
static void pop_in_turn(int soon, int soon_end, int fresh, int fresh_end)
{
    for (int uses = 0; soon < soon_end || fresh < fresh_end;) {
        bool is_soon = soon < soon_end && (uses < RUNQUEUE_SOON_USES || fresh == fresh_end);
        int expected = is_soon ? soon++ : fresh++;
        uses = is_soon ? uses + 1 : 0;
        cr_assert_eq(runqueue_pop(&queue), &tasks[expected], "at %d, %d", soon, fresh);
    }
    cr_assert_null(runqueue_pop(&queue));
    cr_assert_not(runqueue_has_any(&queue));
}

Test(runqueue, soon_goes_before_fresh_ones_and_in_turn_with_them)
{
    for (int i = 0; i < 10; i++)
        runqueue_push(&queue, &tasks[i]);
    for (int i = 10; i < 10 + 3 * RUNQUEUE_SOON_USES + 1; i++)
        runqueue_push_soon(&queue, &tasks[i]);
    cr_assert(runqueue_has_several(&queue));
    cr_assert_eq(runqueue_length(&queue), 10 + 3 * RUNQUEUE_SOON_USES + 1);
    pop_in_turn(10, 10 + 3 * RUNQUEUE_SOON_USES + 1, 0, 10);
}

Test(runqueue, soon_alone_is_first_in_first_out)
{
    for (int i = 0; i < 10; i++)
        runqueue_push_soon(&queue, &tasks[i]);
    for (int i = 0; i < 10; i++)
        cr_assert_eq(runqueue_pop(&queue), &tasks[i]);
    cr_assert_not(runqueue_has_any(&queue));
    cr_assert_null(runqueue_pop(&queue));
}

/* However many come soon, and come again, the ring and the backlog have their turn. */
Test(runqueue, soon_does_not_starve_the_rest)
{
    enum { WAITING = RUNQUEUE_RING + RUNQUEUE_BATCH };
    for (int i = 0; i < WAITING; i++)
        runqueue_push(&queue, &tasks[i]);
    for (int i = WAITING; i < WAITING + 10; i++)
        runqueue_push_soon(&queue, &tasks[i]);
    for (int i = 0; i < WAITING; i++) {
        for (int n = 0; n < RUNQUEUE_SOON_USES; n++) {
            struct task *soon = runqueue_pop(&queue);
            cr_assert_eq(soon, &tasks[WAITING + (i * RUNQUEUE_SOON_USES + n) % 10], "at %d, %d", i, n);
            runqueue_push_soon(&queue, soon);
        }
        cr_assert_eq(runqueue_pop(&queue), &tasks[i], "at %d", i);
    }
}

Test(runqueue, next_goes_before_soon)
{
    runqueue_push_soon(&queue, &tasks[0]);
    runqueue_push_next(&queue, &tasks[1]);
    cr_assert_eq(runqueue_pop(&queue), &tasks[1]);
    cr_assert_eq(runqueue_pop(&queue), &tasks[0]);
}

/* However many are due, none of them stands behind those that have only just been made. */
Test(runqueue, soon_keeps_its_rank_when_its_ring_is_full)
{
    for (int i = 0; i < MANY; i++)
        runqueue_push(&queue, &tasks[i]);
    for (int i = MANY; i < 2 * MANY; i++)
        runqueue_push_soon(&queue, &tasks[i]);
    cr_assert(runqueue_is_long(&queue));
    cr_assert_eq(runqueue_length(&queue), 2 * ROOM);
    cr_assert_eq(runqueue_backlog(&queue), 2 * (MANY - ROOM));
    pop_in_turn(MANY, 2 * MANY, 0, MANY);
    cr_assert_not(runqueue_is_long(&queue));
}

Test(runqueue, order_holds_through_the_backlog_of_soon)
{
    for (int i = 0; i < MANY; i++)
        runqueue_push_soon(&queue, &tasks[i]);
    for (int i = 0; i < MANY; i++) {
        cr_assert_eq(runqueue_pop(&queue), &tasks[i], "at %d", i);
        runqueue_push_soon(&queue, &tasks[i]);
    }
    pop_in_turn(0, MANY, 0, 0);
}

/* Nothing but a backlog of `soon`: what a thief leaves who has emptied the ring. */
Test(runqueue, a_backlog_of_soon_counts)
{
    unsigned count;
    for (int i = 0; i < ROOM + 1; i++)
        runqueue_push_soon(&queue, &tasks[i]);
    while (runqueue_length(&queue) > 0)
        cr_assert_not_null(runqueue_steal(&queue, &other, false, &count));
    cr_assert_eq(runqueue_backlog(&queue), 1);
    cr_assert(runqueue_is_long(&queue));
    cr_assert(runqueue_has_any(&queue));
    cr_assert(runqueue_has_stealable(&queue));
    cr_assert(runqueue_has_several(&queue));
    cr_assert_eq(runqueue_pop(&queue), &tasks[ROOM]);
    cr_assert_not(runqueue_has_any(&queue));
}

Test(runqueue, injected_tasks_keep_their_order)
{
    for (int i = 0; i < ROOM; i++)
        runqueue_inject(&queue, &tasks[i]);
    cr_assert(runqueue_has_stealable(&queue));
    cr_assert_null(runqueue_pop(&queue));
    cr_assert_eq(runqueue_drain_inject(&queue), ROOM);
    for (int i = 0; i < ROOM; i++)
        cr_assert_eq(runqueue_pop(&queue), &tasks[i]);
}

Test(runqueue, injected_tasks_come_soon)
{
    runqueue_push(&queue, &tasks[0]);
    runqueue_push(&queue, &tasks[1]);
    runqueue_inject(&queue, &tasks[2]);
    cr_assert_eq(runqueue_drain_inject(&queue), 1);
    cr_assert_eq(runqueue_pop(&queue), &tasks[2]);
    cr_assert_eq(runqueue_pop(&queue), &tasks[0]);
}

Test(runqueue, injected_tasks_keep_their_rank_when_the_ring_is_full)
{
    for (int i = 0; i < MANY; i++)
        runqueue_push(&queue, &tasks[i]);
    for (int i = MANY; i < 2 * MANY; i++)
        runqueue_inject(&queue, &tasks[i]);
    cr_assert_eq(runqueue_drain_inject(&queue), MANY);
    pop_in_turn(MANY, 2 * MANY, 0, MANY);
}

/* There is room in the ring, but who waits in the backlog has come before. */
Test(runqueue, injected_tasks_come_after_the_backlog)
{
    for (int i = 0; i < ROOM + 10; i++)
        runqueue_push_soon(&queue, &tasks[i]);
    for (int i = 0; i < 100; i++)
        cr_assert_eq(runqueue_pop(&queue), &tasks[i]);
    for (int i = ROOM + 10; i < MANY; i++)
        runqueue_inject(&queue, &tasks[i]);
    runqueue_drain_inject(&queue);
    for (int i = 100; i < MANY; i++)
        cr_assert_eq(runqueue_pop(&queue), &tasks[i], "at %d", i);
    cr_assert_not(runqueue_has_any(&queue));
}

Test(runqueue, a_thief_takes_half_of_the_ring)
{
    unsigned count;
    for (int i = 0; i < 9; i++)
        runqueue_push(&queue, &tasks[i]);
    cr_assert_eq(runqueue_steal(&queue, &other, false, &count), &tasks[0]);
    cr_assert_eq(count, 5);
    for (int i = 1; i < 5; i++)
        cr_assert_eq(runqueue_pop(&other), &tasks[i]);
    for (int i = 5; i < 9; i++)
        cr_assert_eq(runqueue_pop(&queue), &tasks[i]);
}

Test(runqueue, a_thief_takes_half_of_soon_first)
{
    unsigned count;
    for (int i = 0; i < 5; i++)
        runqueue_push(&queue, &tasks[i]);
    for (int i = 5; i < 10; i++)
        runqueue_push_soon(&queue, &tasks[i]);
    runqueue_push(&other, &tasks[10]);
    cr_assert_eq(runqueue_steal(&queue, &other, false, &count), &tasks[5]);
    cr_assert_eq(count, 3);
    /* They are soon with the thief, too. */
    cr_assert_eq(runqueue_pop(&other), &tasks[6]);
    cr_assert_eq(runqueue_pop(&other), &tasks[7]);
    cr_assert_eq(runqueue_pop(&other), &tasks[10]);
    cr_assert_eq(runqueue_steal(&queue, &other, false, &count), &tasks[8]);
    cr_assert_eq(runqueue_steal(&queue, &other, false, &count), &tasks[9]);
    cr_assert_eq(runqueue_steal(&queue, &other, false, &count), &tasks[0]);
    cr_assert_eq(count, 3);
}

Test(runqueue, soon_may_always_be_stolen)
{
    unsigned count;
    runqueue_push_soon(&queue, &tasks[0]);
    cr_assert(runqueue_has_stealable(&queue));
    cr_assert_not(runqueue_has_several(&queue));
    cr_assert_eq(runqueue_steal(&queue, &other, false, &count), &tasks[0]);
    cr_assert_eq(count, 1);
    cr_assert_not(runqueue_has_any(&queue));
    cr_assert_null(runqueue_pop(&queue));
}

/* Steals until nothing is left and runs all of it: tasks[0] up to `end`, in this order. */
static void steal_in_order(int end)
{
    unsigned count;
    struct task *task;
    int at = 0;
    while ((task = runqueue_steal(&queue, &other, false, &count)) != NULL)
        for (; task; task = runqueue_pop(&other))
            cr_assert_eq(task, &tasks[at++], "at %d", at - 1);
    cr_assert_eq(at, end);
    cr_assert_not(runqueue_has_any(&queue));
}

Test(runqueue, a_thief_takes_the_backlog_of_soon_before_fresh_ones)
{
    for (int i = MANY; i < MANY + 400; i++)
        runqueue_push(&queue, &tasks[i]);
    for (int i = 0; i < MANY; i++)
        runqueue_push_soon(&queue, &tasks[i]);
    steal_in_order(MANY + 400);
}

/* A backlog of its own for `soon`: what is stolen from there goes before what the thief has of fresh ones. */
Test(runqueue, the_stolen_backlog_of_soon_is_soon)
{
    unsigned count;
    for (int i = 0; i < ROOM + 4; i++)
        runqueue_push_soon(&queue, &tasks[i]);
    while (runqueue_length(&queue) > 0)
        runqueue_steal(&queue, &other, false, &count);
    count_all(&other);
    runqueue_push(&other, &tasks[MANY]);
    cr_assert_eq(runqueue_steal(&queue, &other, false, &count), &tasks[ROOM]);
    cr_assert_eq(count, 2);
    cr_assert_eq(runqueue_pop(&other), &tasks[ROOM + 1]);
    cr_assert_eq(runqueue_pop(&other), &tasks[MANY]);
}

Test(runqueue, stolen_injected_tasks_are_soon)
{
    unsigned count;
    for (int i = 0; i < MANY; i++)
        runqueue_inject(&queue, &tasks[i]);
    runqueue_push(&other, &tasks[MANY]);
    cr_assert_eq(runqueue_steal(&queue, &other, false, &count), &tasks[0]);
    cr_assert_eq(count, MANY);
    for (int i = 1; i <= RUNQUEUE_SOON_USES; i++)
        cr_assert_eq(runqueue_pop(&other), &tasks[i]);
    cr_assert_eq(runqueue_pop(&other), &tasks[MANY]);
    for (int i = RUNQUEUE_SOON_USES + 1; i < MANY; i++)
        cr_assert_eq(runqueue_pop(&other), &tasks[i]);
    cr_assert_not(runqueue_has_any(&other));
}

Test(runqueue, a_thief_takes_from_backlog_and_inject)
{
    unsigned count, seen = 0;
    for (int i = 0; i < 500; i++)
        runqueue_push(&queue, &tasks[i]);
    for (int i = 500; i < MANY; i++)
        runqueue_inject(&queue, &tasks[i]);
    while (runqueue_steal(&queue, &other, false, &count))
        seen += 1 + count_all(&other);
    cr_assert_eq(seen, MANY);
    cr_assert_not(runqueue_has_any(&queue));
    cr_assert_eq(count_all(&queue), 0);
}

Test(runqueue, next_is_stolen_only_when_allowed)
{
    unsigned count;
    runqueue_push_next(&queue, &tasks[0]);
    cr_assert(runqueue_has_any(&queue));
    cr_assert_not(runqueue_has_stealable(&queue));
    cr_assert_null(runqueue_steal(&queue, &other, false, &count));
    cr_assert_eq(runqueue_steal(&queue, &other, true, &count), &tasks[0]);
    cr_assert_eq(count, 1);
    cr_assert_null(runqueue_pop(&queue));
}
