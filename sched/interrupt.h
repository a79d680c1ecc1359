/* SPDX-License-Identifier: MIT */
/*
 * interrupt: asks a worker's signal handler to interrupt the slice that it is in, or to write down where that is.
 */
#ifndef SCHED_INTERRUPT_H
#define SCHED_INTERRUPT_H

#include <stdatomic.h>
#include <stdint.h>

enum { INTERRUPT_TRACE = 128 }; /* an internal reason beside enum interrupt_reason: fill worker->trace */
enum { INTERRUPT_TRACE_SIZE = 3072 };

struct worker;

/* What the watchdog asked the signal handler to write. */
struct trace {
    _Atomic uint64_t done; /* slice that `text` describes; release by the handler, acquire by the monitor */
    unsigned length;
    char text[INTERRUPT_TRACE_SIZE];
};

/* Installs the handler, for the whole OS process and for good, and blocks the signal in the calling thread. */
void interrupt_install(void);
/* The calling thread is a worker: lets the signal in. */
void interrupt_unblock(void);
void interrupt_block(void);

/* Interrupts slice `seq` of the worker; nothing happens if that is over. Any thread. */
void interrupt_request(struct worker *worker, uint64_t seq, unsigned reasons);

#endif
