/* SPDX-License-Identifier: MIT */
/* invoke_struct: an invocation under way, for vm/invoke.c and vm/intercept.c. */
#ifndef VM_INVOKE_STRUCT_H
#define VM_INVOKE_STRUCT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "vm/invoke.h"
#include "vm/operation.h"
#include "vm/timer_struct.h"

struct heap;

enum invocation_phase {
    INVOCATION_CALLING,
    INVOCATION_PAUSING, /* until the timer brings the next attempt */
    INVOCATION_OVER     /* has a result, or nobody wants one; the callee may still run */
};

/* The one timer of an invocation, which may outlive it for a moment: see vmtimer_revoke. */
struct invocation_timer {
    struct vmtimer timer;
    struct invocation *invocation; /* NULL: it is over */
};

/*
 * I1  One reference is the calling process's, from the start until its coroutine has the result, its future has it, or the process ends;
 *     one is the callee's while an attempt runs. All other fields are the calling process's, and the callee's where vm/call.h says so.
 * I2  `op` is in process->operations as long as the first reference is held. It is completed once for every attempt.
 * I3  What it takes counts for the heap of the calling process as long as the first reference is held, so who makes calls without end dies of it.
 */
struct invocation {
    struct operation op;
    struct call call;
    struct call_target target;
    _Atomic uint32_t refs;
    uint8_t phase; /* enum invocation_phase */
    bool failed, inherits_context;
    uint32_t attempts;
    struct call_options *options; /* merged; NULL: none */
    struct buffer *args;          /* for further attempts; NULL also if there will be none */
    struct context *context;      /* the same */
    struct buffer *result;
    struct future *future;          /* NULL: a coroutine waits */
    struct invocation_timer *timer; /* NULL: none is armed */
    struct operation *room;         /* a coroutine waits until the call is in the queue */
    struct heap *heap;
    size_t charged;                  /* to the heap of the calling process, 0: not any more */
    uint64_t deadline_ns, resume_ns; /* 0: none; of the next attempt while pausing */
    int top;
};

/* Another attempt; the phase becomes CALLING. */
void invocation_attempt(struct invocation *invocation, struct process *process);

/* Gives up with this error: the attempt under way is canceled. */
void invocation_give_up(struct invocation *invocation, const struct vm_error *error);

/* Arms the timer for the earlier of deadline_ns and resume_ns, or revokes it. */
void invocation_set_timer(struct invocation *invocation, struct process *process);

#endif
