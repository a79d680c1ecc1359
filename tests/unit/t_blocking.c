/* SPDX-License-Identifier: MIT */
/* links: sched */
/* blocking: every accepted job runs once, in order, on a bounded number of threads; stopping; no threads to be had. */
#include "sched/blocking.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "sched/base/compiler.h"
#include "sched/base/fault.h"
#include "sched/sched.h"
#include "sched/task.h"

TestSuite(blocking, .timeout = 60);

enum { JOBS = 300 };

struct work {
    struct blocking_job job;
    int index;
    struct sched *sched;
    struct task *to_wake;
};

static _Atomic int begun, ran, inside, most_inside, go;
static int order[JOBS];

static struct sched *start(unsigned threads, struct fault_plan *plan)
{
    struct sched *sched;
    struct sched_config config = {.workers = 1, .blocking_threads = threads, .fault = plan};
    cr_assert_eq(sched_new(&sched, &config), 0);
    cr_assert_eq(sched_start(sched), 0);
    return sched;
}

static void run_work(struct blocking_job *job)
{
    struct work *w = container_of(job, struct work, job);
    int now_inside = atomic_fetch_add(&inside, 1) + 1;
    if (now_inside > most_inside)
        most_inside = now_inside;
    order[atomic_fetch_add(&begun, 1)] = w->index;
    atomic_fetch_sub(&inside, 1);
    atomic_fetch_add(&ran, 1);
    if (w->to_wake)
        task_wake(w->sched, w->to_wake);
    free(w);
}

static struct work *new_work(struct sched *sched, int index)
{
    struct work *w = calloc(1, sizeof *w);
    w->job.run = run_work;
    w->sched = sched;
    w->index = index;
    return w;
}

Test(blocking, one_thread_keeps_the_order)
{
    struct sched *sched = start(1, NULL);
    for (int i = 0; i < JOBS; i++)
        cr_assert_eq(blocking_submit(sched, &new_work(sched, i)->job), 0);
    while (ran < JOBS)
        sched_yield();
    for (int i = 0; i < JOBS; i++)
        cr_assert_eq(order[i], i);
    cr_assert_eq(most_inside, 1);
    sched_free(sched);
}

static void wait_for_go(struct blocking_job *job)
{
    struct work *w = container_of(job, struct work, job);
    atomic_fetch_add(&inside, 1);
    while (!go)
        usleep(100);
    atomic_fetch_sub(&inside, 1);
    atomic_fetch_add(&ran, 1);
    free(w);
}

Test(blocking, threads_grow_to_the_bound_and_no_further)
{
    struct sched *sched = start(3, NULL);
    for (int i = 0; i < 10; i++) {
        struct work *w = new_work(sched, i);
        w->job.run = wait_for_go;
        cr_assert_eq(blocking_submit(sched, &w->job), 0);
    }
    while (inside < 3)
        usleep(100);
    usleep(2000);
    cr_assert_eq(inside, 3);
    go = 1;
    /* The stop waits for what runs, and for what was accepted and waits. */
    sched_stop(sched);
    cr_assert_eq(ran, 10);
    struct work *late = new_work(sched, 0);
    cr_assert_eq(blocking_submit(sched, &late->job), -ESHUTDOWN);
    free(late);
    sched_free(sched);
}

static _Atomic int woken;

static enum task_verdict count_wakes(struct task *task)
{
    (void)task;
    woken++;
    return TASK_PARKED;
}

Test(blocking, a_job_wakes_a_task)
{
    struct sched *sched = start(2, NULL);
    struct task task;
    task_init(&task, count_wakes, TASK_IDLE);
    for (int i = 0; i < 50; i++) {
        struct work *w = new_work(sched, i);
        w->to_wake = &task;
        int before = woken;
        cr_assert_eq(blocking_submit(sched, &w->job), 0);
        while (woken == before)
            sched_yield();
    }
    sched_free(sched);
}

Test(blocking, jobs_wait_for_threads_that_cannot_be_made_yet)
{
    struct fault_plan *plan = fault_plan_new();
    struct sched *sched = start(2, plan);
    fault_set(plan, FAULT_THREAD, 1, 5, EAGAIN);
    cr_assert_eq(blocking_submit(sched, &new_work(sched, 1)->job), 0);
    /* The monitor tries again until it succeeds. */
    while (ran == 0)
        usleep(200);
    cr_assert_geq(fault_hits(plan, FAULT_THREAD), 6);
    sched_free(sched);
    fault_plan_free(plan);
}

Test(blocking, jobs_without_any_thread_run_at_the_end)
{
    struct fault_plan *plan = fault_plan_new();
    struct sched *sched = start(2, plan);
    fault_set(plan, FAULT_THREAD, 1, UINT64_MAX, EAGAIN);
    cr_assert_eq(blocking_submit(sched, &new_work(sched, 1)->job), 0);
    cr_assert_eq(blocking_submit(sched, &new_work(sched, 2)->job), 0);
    sched_stop(sched);
    cr_assert_eq(ran, 2);
    cr_assert(order[0] == 1 && order[1] == 2);
    sched_free(sched);
    fault_plan_free(plan);
}
