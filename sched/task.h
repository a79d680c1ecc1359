/* SPDX-License-Identifier: MIT */
/*
 * task: all the scheduler knows of what it runs: a queue node, a state word and a callback.
 *
 *   IDLE --wake--> QUEUED --picked--> RUNNING --parked--> IDLE
 *                     ^                  | wake: NOTIFIED, and the worker queues it again instead of IDLE
 *                     +------again-------+---ended--> DONE
 *
 * I1  A task is in at most one queue, exactly when its state is QUEUED.
 * I2  A wake-up that meets RUNNING is never lost: it sets NOTIFIED and the task runs once more.
 * I3  Wake-ups of a DONE task do nothing. Task memory is never unmapped while the scheduler lives (slots), so a wake-up
 *     through a stale pointer is safe; it may wake the next user of the memory for nothing, which is legal.
 */
#ifndef SCHED_TASK_H
#define SCHED_TASK_H

#include <stdatomic.h>
#include <stdint.h>

struct sched;

enum task_state { TASK_IDLE, TASK_QUEUED, TASK_RUNNING, TASK_NOTIFIED, TASK_DONE };

enum task_verdict {
    TASK_PARKED, /* nothing to do until woken */
    TASK_AGAIN,  /* runnable: goes to the end of the run queue */
    TASK_ENDED,  /* task_end was called; the memory may already serve another task */
};

struct task;
typedef enum task_verdict (*task_run_f)(struct task *task);

struct task {
    struct task *next; /* link of the queue it is in */
    _Atomic uint32_t state;
    uint32_t reserved;
    task_run_f run;
};

/* Makes a task of raw or DONE memory. `state` is TASK_IDLE, or TASK_RUNNING if the caller runs it itself first (task_leave). */
void task_init(struct task *task, task_run_f run, enum task_state state);

/*
 * Makes the task runnable if it is not. On a worker of `sched` it goes to that worker's run-next slot (what was there
 * moves to its run queue); from other threads to an inject queue. Any thread.
 */
void task_wake(struct sched *sched, struct task *task);

/* As task_wake, but to the end of the run queue. */
void task_wake_later(struct sched *sched, struct task *task);

/* The caller holds the task RUNNING outside the scheduler (see task_init) and gives it back: IDLE, or queued if it was notified. */
void task_leave(struct sched *sched, struct task *task);

/* The same for a task that is runnable, to the end of the run queue: for new tasks whose creator goes on. */
void task_release(struct sched *sched, struct task *task);

/* RUNNING or NOTIFIED -> DONE; called by run just before it gives the memory away and returns TASK_ENDED. */
void task_end(struct task *task);

#endif
