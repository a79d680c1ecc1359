/* SPDX-License-Identifier: MIT */
/*
 * task_state: the two changes of the state word that only the worker loop makes.
 */
#ifndef SCHED_TASK_STATE_H
#define SCHED_TASK_STATE_H

#include <stdbool.h>

#include "sched/task.h"

/* QUEUED -> RUNNING; the caller has taken it off its queue. */
void task_start(struct task *task);

/* The slice has ended with TASK_PARKED or TASK_AGAIN. True: it is QUEUED now and the caller puts it into a queue. */
bool task_finish(struct task *task, enum task_verdict verdict);

#endif
