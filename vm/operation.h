/* SPDX-License-Identifier: MIT */
/*
 * operation: something outside Lua that a coroutine waits for: an io_uring operation, a job of the blocking pool. The record is
 * malloc'd by who starts it and embedded in something larger; it outlives the process if it must.
 *
 *   C function:  op = make(); start it so that it ends with operation_complete(op); return operation_wait(L, op, k);
 *   k:           read the result from op; operation_release(op); push; return n.
 *
 * Or nobody waits in Lua, and `drained` is called when the work is done.
 *
 * I1  release is called exactly once: by operation_release in k; or, when the process died first, by the exit of the process (work already
 *     complete) or by operation_complete (work completed later).
 */
#ifndef VM_OPERATION_H
#define VM_OPERATION_H

#include <stdbool.h>

#include <lua.h>

#include "sched/base/list.h"
#include "vm/message.h"

struct fiber;
struct operation;
struct process;
struct slot;
struct vm;

struct operation {
    struct message message;
    struct list link; /* in process->operations */
    struct vm *vm;
    struct slot *slot;
    struct fiber *fiber; /* who waits; NULL: nobody, `drained` is called */
    bool done;           /* drained: fiber is ready, k has not run yet */
    /* The process died: ask the work to end early. On the worker that runs the process, at most once, possibly after completion. May be NULL. */
    void (*cancel)(struct operation *op);
    /* Instead of waking the fiber: the work is done. On the worker that runs the process; touches no Lua stack. NULL: wakes the fiber. */
    void (*drained)(struct operation *op, struct process *process);
    /* Frees the record. Any thread. */
    void (*release)(struct operation *op);
};

/*
 * Fills in the record for the running process; call it before the work is started, since the work may complete at once. Raises (before anything
 * is registered) if the coroutine cannot block here.
 */
void operation_prepare(lua_State *L, struct operation *op);

/* The same without a coroutine that waits: never raises. The caller has set `drained`. */
void operation_begin(struct process *process, struct operation *op);

/* Suspends the fiber until operation_complete; then k runs with ctx = (lua_KContext)op. */
int operation_wait(lua_State *L, struct operation *op, lua_KFunction k);

/* The work never started after operation_prepare: forget the record (the caller frees it). */
void operation_abandon(struct operation *op);

/* The work is done and its result stored. Any thread, once. */
void operation_complete(struct operation *op);

/* In k: unregisters and calls op->release. */
void operation_release(struct operation *op);

#endif
