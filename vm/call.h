/* SPDX-License-Identifier: MIT */
/*
 * call: one call of a function entry, or of a process entry as if it were one: arguments out, one result back. The caller embeds the struct in a
 * record of its own and starts it; `done` is called exactly once, on whatever worker the callee ended. The callee is a process with
 * a PID of its own, on a state of the function's pool.
 *
 * The caller keeps the record until `done`. What it does when it does not want to wait any longer is call_cancel, and then to wait.
 */
#ifndef VM_CALL_H
#define VM_CALL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sched/base/list.h"

struct buffer;
struct call_options;
struct code;
struct context;
struct pool;
struct process;
struct vm;
struct vm_error;
struct vm_host;

/* What an id that can be called leads to; each member a reference of its own. */
struct call_target {
    struct pool *pool;            /* a function; or NULL: */
    struct code *code;            /* a process */
    struct vm_host *host;         /* and where it is spawned */
    struct call_options *options; /* of the entry, NULL: none */
};

void call_target_release(struct call_target *target);

/* Id of the entry. */
const char *call_target_id(const struct call_target *target);

struct call {
    /* The caller's. References are taken from it by call_start. */
    uint64_t caller;         /* PID, 0: nobody; the parent of the callee */
    struct buffer *args;     /* encoded arguments, NULL: none */
    struct context *context; /* NULL: empty */
    bool inherits_context;   /* it is the caller's own */
    void *terminal;          /* of the caller: given to functions that run inline */
    void (*done)(struct call *call);
    void (*admitted)(struct call *call); /* see call_start; under the lock of a pool; may be NULL */
    /* From `done` on; one reference, the caller's. */
    struct buffer *result; /* encoding of {value, error} */
    bool failed;
    /* Between. */
    bool is_process, is_blocked;
    struct list link;  /* waiting: in the pool, under its lock */
    struct pool *pool; /* where it may wait, NULL: nowhere */
    _Atomic uint64_t callee;
    _Atomic bool canceled;
};

/*
 * Starts the call. True: it runs, waits for a state, or is even over. False: more calls wait than the pool has room for; the caller should do nothing
 * else before `admitted`, which comes once, before `done`. On a worker.
 */
bool call_start(struct vm *vm, const struct call_target *target, struct call *call);

/*
 * The result is not wanted any more: a function is ended, a process gets CANCEL (`caller context canceled`), who waits does not wait any more.
 * `done` comes all the same, perhaps at once; afterwards this does nothing. On a worker.
 */
void call_cancel(struct vm *vm, struct call *call);

/* ---- for pools and processes ---- */

/* Gives the call to a new process, which its maker still holds. */
void call_attach(struct call *call, struct process *process);

/* It is over; the result is borrowed. The call may be gone when this returns. */
void call_end(struct call *call, struct buffer *result, bool failed);
void call_fail(struct call *call, const struct vm_error *error);

#endif
