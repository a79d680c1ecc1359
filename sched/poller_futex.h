/* SPDX-License-Identifier: MIT */
/*
 * poller_futex: a poller without any I/O, for tests and programs that need none.
 */
#ifndef SCHED_POLLER_FUTEX_H
#define SCHED_POLLER_FUTEX_H

struct sched_poller;

const struct sched_poller *poller_futex(void);

#endif
