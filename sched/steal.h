/* SPDX-License-Identifier: MIT */
/* steal: when the tasks of a worker are for others, and taking them. */
#ifndef SCHED_STEAL_H
#define SCHED_STEAL_H

#include <stdbool.h>
#include <stdint.h>

struct task;
struct worker;

/* Any thread; `now` in cycles. */
bool worker_is_worth_stealing(const struct worker *worker, uint64_t now);

/* Half of what another worker has, of which the first is returned and the rest queued; NULL: nothing. `of_stuck`: of a stuck worker only. Own thread. */
struct task *worker_steal(struct worker *worker, bool of_stuck);

#endif
