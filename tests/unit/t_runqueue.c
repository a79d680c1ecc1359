/* SPDX-License-Identifier: MIT */
/* links: sched */
/* runqueue: order, the turns of `soon` and the ring, the bound of run-next, overflow, and what thieves get. */
#include "sched/runqueue.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "sched/task.h"

enum { MANY = 1000, ROOM = RUNQUEUE_RING - 1 /* ck keeps one slot free */ };

static struct runqueue queue, other;
static struct task tasks[MANY];

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

/* Pops what are tasks soon.. up to `soon_end` of `soon` and ring.. up to `ring_end` of the ring, in the order in which they have to come. */
static void pop_in_turn(int soon, int soon_end, int ring, int ring_end)
{
    for (int uses = 0; soon < soon_end || ring < ring_end;) {
        bool is_soon = soon < soon_end && (uses < RUNQUEUE_SOON_USES || ring == ring_end);
        int expected = is_soon ? soon++ : ring++;
        uses = is_soon ? uses + 1 : 0;
        cr_assert_eq(runqueue_pop(&queue), &tasks[expected], "at %d, %d", soon, ring);
    }
    cr_assert_null(runqueue_pop(&queue));
    cr_assert_not(runqueue_has_any(&queue));
}

Test(runqueue, soon_goes_before_the_ring_and_in_turn_with_it)
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

Test(runqueue, soon_overflows_to_the_ring)
{
    for (int i = 0; i < MANY; i++)
        runqueue_push_soon(&queue, &tasks[i]);
    pop_in_turn(0, ROOM, ROOM, MANY);
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

Test(runqueue, injected_tasks_overflow_to_the_ring_and_the_backlog)
{
    for (int i = 0; i < MANY; i++)
        runqueue_inject(&queue, &tasks[i]);
    cr_assert_eq(runqueue_drain_inject(&queue), MANY);
    pop_in_turn(0, ROOM, ROOM, MANY);
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
