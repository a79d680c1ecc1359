/* SPDX-License-Identifier: MIT */
/*
 * spare: workers that stand in while others are stuck in a C call, so that as many make progress as there should be.
 */
#ifndef SCHED_SPARE_H
#define SCHED_SPARE_H

struct sched;
struct worker;

/* Monitor's thread: `healthy` workers are active and make progress. Brings one in or sends one to rest. */
void spare_balance(struct sched *sched, unsigned healthy);

/* A spare's own thread that was sent to rest: returns when it is needed again or all is over. */
void spare_rest(struct worker *worker);

/* A spare's own thread that has no poller: takes it out of account. */
void spare_fail(struct worker *worker, int error);

#endif
