/* SPDX-License-Identifier: MIT */
/* links: sched */
/* task: every transition of the state word, alone and under many wakers. */
#include "sched/task.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <sched.h>

#include "sched/sched.h"
#include "sched/task_state.h"

static enum task_verdict never(struct task *task)
{
    (void)task;
    cr_assert_fail("ran without a started scheduler");
    return TASK_PARKED;
}

/* A scheduler that is not started: tasks that are woken stay in its inject queues. */
static struct sched *new_sched(void)
{
    struct sched *sched;
    struct sched_config config = {.workers = 1};
    cr_assert_eq(sched_new(&sched, &config), 0);
    return sched;
}

Test(task, walks_through_its_states)
{
    struct sched *sched = new_sched();
    struct task task;
    task_init(&task, never, TASK_IDLE);
    task_wake(sched, &task);
    cr_assert_eq(task.state, TASK_QUEUED);
    task_wake(sched, &task);
    cr_assert_eq(task.state, TASK_QUEUED);
    task_start(&task);
    cr_assert_eq(task.state, TASK_RUNNING);
    cr_assert_not(task_finish(&task, TASK_PARKED));
    cr_assert_eq(task.state, TASK_IDLE);
    sched_free(sched);
}

Test(task, a_wake_up_while_running_is_kept)
{
    struct sched *sched = new_sched();
    struct task task;
    task_init(&task, never, TASK_QUEUED);
    task_start(&task);
    task_wake(sched, &task);
    cr_assert_eq(task.state, TASK_NOTIFIED);
    task_wake_later(sched, &task);
    cr_assert_eq(task.state, TASK_NOTIFIED);
    cr_assert(task_finish(&task, TASK_PARKED));
    cr_assert_eq(task.state, TASK_QUEUED);
    sched_free(sched);
}

Test(task, again_queues_in_any_case)
{
    struct task task;
    task_init(&task, never, TASK_RUNNING);
    cr_assert(task_finish(&task, TASK_AGAIN));
    cr_assert_eq(task.state, TASK_QUEUED);
}

Test(task, an_ended_task_is_not_woken)
{
    struct sched *sched = new_sched();
    struct task task;
    task_init(&task, never, TASK_RUNNING);
    task_wake(sched, &task);
    task_end(&task);
    task_wake(sched, &task);
    task_wake_later(sched, &task);
    cr_assert_eq(task.state, TASK_DONE);
    sched_free(sched);
}

Test(task, leave_gives_back)
{
    struct sched *sched = new_sched();
    struct task a, b;
    task_init(&a, never, TASK_RUNNING);
    task_leave(sched, &a);
    cr_assert_eq(a.state, TASK_IDLE);
    task_init(&b, never, TASK_RUNNING);
    task_wake(sched, &b);
    task_leave(sched, &b);
    cr_assert_eq(b.state, TASK_QUEUED);
    sched_free(sched);
}

/* Whether it was woken meanwhile or not; and whoever wakes it then has nothing to do. */
Test(task, release_queues)
{
    struct sched *sched = new_sched();
    struct task a, b;
    task_init(&a, never, TASK_RUNNING);
    task_release(sched, &a);
    cr_assert_eq(a.state, TASK_QUEUED);
    task_wake(sched, &a);
    cr_assert_eq(a.state, TASK_QUEUED);
    task_init(&b, never, TASK_RUNNING);
    task_wake(sched, &b);
    task_release(sched, &b);
    cr_assert_eq(b.state, TASK_QUEUED);
    sched_free(sched);
}

/* Wakers publish with relaxed stores; each slice takes what it finds. None may be left, none may run twice at once. */
enum { WAKERS = 3, ROUNDS = 20000 };

struct counted {
    struct task task;
    _Atomic uint64_t given[WAKERS];
    uint64_t taken;
    _Atomic int inside;
};

struct waker {
    struct counted *counted;
    struct sched *sched;
    int index;
};

static enum task_verdict take(struct task *task)
{
    struct counted *c = (struct counted *)task;
    cr_assert_eq(atomic_fetch_add(&c->inside, 1), 0);
    for (int i = 0; i < WAKERS; i++)
        c->taken += atomic_exchange_explicit(&c->given[i], 0, memory_order_relaxed);
    atomic_fetch_sub(&c->inside, 1);
    return TASK_PARKED;
}

static void *wake_many(void *arg)
{
    struct waker *w = arg;
    for (int i = 0; i < ROUNDS; i++) {
        atomic_fetch_add_explicit(&w->counted->given[w->index], 1, memory_order_relaxed);
        task_wake(w->sched, &w->counted->task);
    }
    return NULL;
}

Test(task, no_wake_up_is_lost)
{
    struct sched *sched;
    struct sched_config config = {.workers = 2};
    cr_assert_eq(sched_new(&sched, &config), 0);
    cr_assert_eq(sched_start(sched), 0);
    struct counted counted = {0};
    task_init(&counted.task, take, TASK_IDLE);
    struct waker wakers[WAKERS];
    pthread_t threads[WAKERS];
    for (int i = 0; i < WAKERS; i++) {
        wakers[i] = (struct waker){&counted, sched, i};
        pthread_create(&threads[i], NULL, wake_many, &wakers[i]);
    }
    for (int i = 0; i < WAKERS; i++)
        pthread_join(threads[i], NULL);
    while (atomic_load(&counted.task.state) != TASK_IDLE)
        sched_yield();
    cr_assert_eq(counted.taken, (uint64_t)WAKERS * ROUNDS);
    sched_free(sched);
}
