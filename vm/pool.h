/* SPDX-License-Identifier: MIT */
/*
 * pool: the states of one function entry. A state serves one call at a time and keeps globals and upvalues from one to the next. Calls that find no
 * state wait in order; whoever ends a call hands its state to the first of them.
 *
 * All kinds of pools are figures of one machine:
 *
 *            most       least        queue          idle states
 *   lazy     max_size   0            no bound       dropped after 30 s
 *   adaptive max_size   warm_start   no bound       dropped after 30 s down to `least`
 *   static   workers    workers      buffer         stay
 *   inline   no bound   0            -              none: every call has a fresh one
 *
 * Reference counted. Functions of this header may be called on any worker, pool_new and pool_close on any thread.
 */
#ifndef VM_POOL_H
#define VM_POOL_H

#include <stdbool.h>
#include <stdint.h>

struct call;
struct code;
struct pool;
struct state;
struct vm;
struct vm_error;

struct pool_config {
    uint32_t most;  /* states at a time, 0: no bound */
    uint32_t least; /* made ahead by pool_warm, and never dropped for being idle */
    uint32_t queue; /* calls that may wait; UINT32_MAX: no bound */
    bool is_inline; /* states are not used again; the callee has the terminal of its caller */
};

/* For the function `id`. 0 and one reference in *out; -1 and *error: this VM has had too many hosts and functions. */
int pool_new(struct vm *vm, struct pool **out, const char *id, struct code *code, const struct pool_config *config,
             struct vm_error *error);
struct pool *pool_ref(struct pool *pool);
void pool_unref(struct pool *pool);
const char *pool_id(const struct pool *pool);
bool pool_is_bounded(struct pool *pool); /* its queue is */

/*
 * The entry has changed: calls that start from now on run the new code, also those that wait; running ones finish on the old, whose states are
 * dropped. With the same code and other figures: more states are made when they are needed, too many ones dropped when they are idle.
 */
void pool_replace(struct pool *pool, struct code *code, const struct pool_config *config);

/* Makes the states that should lie ready. On a worker; returns at once. */
void pool_warm(struct pool *pool);

/* No more calls: new and waiting ones fail (UNAVAILABLE `pool is closed`), running ones finish. */
void pool_close(struct pool *pool);

struct pool_stats {
    uint32_t states, idle, waiting; /* all; of these without a call; calls without a state */
};
void pool_stats(struct pool *pool, struct pool_stats *out);

/* ---- for calls and processes ---- */

/* Queues the call and starts what can be started. False: there is no room in the queue yet (see call_start). */
bool pool_submit(struct pool *pool, struct call *call);

/* Takes a call out of the queue; false: it does not wait there. */
bool pool_forget(struct pool *pool, struct call *call);

/* A call is over: its state can serve another (it is the pool's from now on); or it is gone. */
void pool_give_back(struct pool *pool, struct state *state);
void pool_lose(struct pool *pool);

#endif
