/* SPDX-License-Identifier: MIT */
/*
 * task: the state word (tests/model/task.pml is its model).
 *
 * Whoever has something for a task publishes it and then wakes; the task looks for it when its slice has started. For the
 * two to meet, every change and every wake-up is a read-modify-write, even one that leaves the word as it is (QUEUED,
 * NOTIFIED): all of them form one release sequence, so the start of a slice (acquire) sees what was published before
 * every wake-up that came earlier in the order of the word; and a wake-up that comes later meets RUNNING and makes it
 * NOTIFIED. With a plain load, a waker could read an old QUEUED while the slice has already looked in vain.
 * Only DONE may be answered by a load: it is no task any more. Whoever may be the first to wake the next one has seen that it is there.
 */
#include "sched/task.h"

#include <stddef.h>

#include "sched/base/compiler.h"
#include "sched/core.h"
#include "sched/task_state.h"
#include "sched/worker.h"

void task_init(struct task *task, task_run_f run, enum task_state state)
{
    task->next = NULL;
    task->reserved = 0;
    task->run = run;
    /* Atomic, not atomic_init: a late wake-up through a stale pointer may be looking (I3). Release: see set_queued. */
    atomic_store_explicit(&task->state, state, memory_order_release);
}

/* True: the task is QUEUED now and the caller puts it into a queue. */
static bool set_queued(struct task *task)
{
    static const uint32_t after[] = {
        [TASK_IDLE] = TASK_QUEUED,
        [TASK_QUEUED] = TASK_QUEUED,
        [TASK_RUNNING] = TASK_NOTIFIED,
        [TASK_NOTIFIED] = TASK_NOTIFIED,
    };
    /* Acquire on success from IDLE: whoever queues it must see what its last slice wrote to `next`. */
    uint32_t state = atomic_load_explicit(&task->state, memory_order_acquire);
    do {
        if (state == TASK_DONE)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&task->state, &state, after[state], memory_order_acq_rel,
                                                    memory_order_acquire));
    return state == TASK_IDLE;
}

static void queue(struct sched *sched, struct task *task, bool next)
{
    struct worker *worker = worker_self();
    if (likely(worker && worker->sched == sched))
        worker_queue(worker, task, next);
    else
        sched_inject(sched, task);
}

void task_wake(struct sched *sched, struct task *task)
{
    if (set_queued(task))
        queue(sched, task, true);
}

void task_wake_later(struct sched *sched, struct task *task)
{
    if (set_queued(task))
        queue(sched, task, false);
}

void task_start(struct task *task)
{
    /*
     * Sequentially consistent for sched_interrupt: the worker has stored `current` before, and the slice reads its
     * messages after; the interrupter has sent a message before it reads `current`.
     */
    atomic_exchange(&task->state, TASK_RUNNING);
}

bool task_finish(struct task *task, enum task_verdict verdict)
{
    uint32_t running = TASK_RUNNING;
    if (verdict == TASK_PARKED && atomic_compare_exchange_strong_explicit(&task->state, &running, TASK_IDLE,
                                                                          memory_order_acq_rel, memory_order_acquire))
        return false;
    atomic_exchange_explicit(&task->state, TASK_QUEUED, memory_order_acq_rel);
    return true;
}

void task_leave(struct sched *sched, struct task *task)
{
    if (task_finish(task, TASK_PARKED))
        queue(sched, task, false);
}

void task_release(struct sched *sched, struct task *task)
{
    task_finish(task, TASK_AGAIN);
    queue(sched, task, false);
}

void task_end(struct task *task)
{
    atomic_exchange_explicit(&task->state, TASK_DONE, memory_order_acq_rel);
}
