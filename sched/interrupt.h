/* SPDX-License-Identifier: MIT */
/*
 * interrupt: asks a worker's signal handler to interrupt the slice that it is in, or to write down where that is.
 */
#ifndef SCHED_INTERRUPT_H
#define SCHED_INTERRUPT_H

#include <stdint.h>

enum { INTERRUPT_TRACE = 128 }; /* an internal reason beside enum interrupt_reason: fill worker->trace */

struct worker;

/* Installs the handler, for the whole OS process and for good, and blocks the signal in the calling thread. */
void interrupt_install(void);
/* The calling thread is a worker: lets the signal in. */
void interrupt_unblock(void);
void interrupt_block(void);

/* Interrupts slice `seq` of the worker; nothing happens if that is over. Any thread. */
void interrupt_request(struct worker *worker, uint64_t seq, unsigned reasons);

#endif
