/* SPDX-License-Identifier: MIT */
/*
 * fiber: a managed coroutine: the entry point (in the main thread of its state) or what coroutine.spawn made. Fibers of a state run one
 * at a time in FIFO order and switch only at blocking operations; after preemption the very same fiber goes on first.
 *
 * What a suspended fiber waits for is in its record; who completes the wait stores the result there, takes the fiber off all queues and
 * calls fiber_ready.
 *
 * All of this header: only on the worker that runs the process, signal handlers where it says so.
 */
#ifndef VM_FIBER_H
#define VM_FIBER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

#include "sched/base/list.h"
#include "vm/preempt.h"

struct channel;
struct code;
struct keys;
struct message;
struct pool;
struct process;
struct state;
struct vm;
struct vmtimer;

/* Why lua_resume of a fiber came back with LUA_YIELD; YIELD_USER: a plain coroutine.yield inside a user coroutine. */
enum yield_reason { YIELD_USER, YIELD_BLOCK, YIELD_AGAIN, YIELD_PASS, YIELD_LOADED, YIELD_ENDED, YIELD_DEAD };

/* How a wait on channels ended. */
enum wait_result { WAIT_PENDING, WAIT_VALUE, WAIT_ITEM, WAIT_SENT, WAIT_CLOSED, WAIT_AGAIN };

/* A fiber in the queue of one channel; select has one for each case. */
struct waiter {
    struct list link;
    struct channel *channel;
    struct fiber *fiber;
    int value; /* senders: visible stack index of the value in fiber->waiting */
    bool sending;
};

struct fiber {
    struct list link; /* in state->ready, or alone */
    struct state *state;
    lua_State *thread;      /* base of its chain of coroutines */
    lua_State *waiting;     /* the coroutine that called the blocking function: results go to its stack */
    struct message *item;   /* taken from a mailbox queue, being turned into a Lua value; freed by fiber_drop_item */
    struct waiter *waiters; /* &one, or an array in a userdata on the stack of `waiting` */
    uint16_t waiter_count;
    uint16_t fired;        /* index of the waiter that ended the wait */
    uint8_t result;        /* enum wait_result */
    bool as_message;       /* user message in `item`: as a Message object */
    struct waiter one;     /* for waits on one channel */
    int64_t wall_ns;       /* WAIT_ITEM of a timer channel */
    struct vmtimer *timer; /* of a sleep */
    struct list all;       /* in state->fibers */
};

struct state {
    /* What each slice touches comes first; that of a fiber too. */
    lua_State *L;
    struct process *process;
    struct vm *vm;
    lua_State *volatile cur;       /* innermost running coroutine: whose hook the signal handler sets */
    struct fiber *fiber;           /* running, or NULL */
    struct fiber *again;           /* preempted: goes on before all others */
    volatile sig_atomic_t preempt; /* sticky until a hook has acted on it */
    volatile sig_atomic_t doomed;  /* enum death */
    int gc_more;                   /* vm->gc_more as the collector of the state knows it */
    uint8_t yield;                 /* enum yield_reason of the suspension under way */
    bool chain_ok;                 /* all resumers of `cur` can be suspended */
    bool loading;                  /* chunks are running: blocking is refused */
    bool begun;                    /* the main thread has been resumed */
    struct list ready;
    struct fiber main;

    struct code *code;
    struct keys *keys;             /* of small tables that it receives, or NULL (vm/keys.h) */
    uint64_t asked_cpu_ns;         /* CPU time of the thread when `preempt` was set and not yet acted on */
    volatile sig_atomic_t collect; /* the heap asks for collection */
    int hook_count;                /* instructions until an armed hook runs; over 1 only in seeded mode */
    uint32_t budget_calls, spawns; /* spawns: since it let others run; see spawn.c */
    bool raising;                  /* death is being raised through a C boundary */
    bool chunk_is_entry;           /* a function without method: see boot.c */
    uint8_t strange;               /* small tables in a row whose keys are not those of `keys` */
    struct list fibers;            /* all, the main one included */
    struct list handles;           /* of handle_keep */
    char *where;                   /* last line known when it was marked for death, or NULL; freed at exit */
    struct pool *pool; /* whose calls it serves, holding a reference to `code`; NULL: it ends with its process */
    struct list idle;  /* in the pool */
    uint64_t idle_since_ns;
};

/* In a template: everything but L, which it has filled in. Clones differ by their process and pool only, both NULL at first. */
void state_init(struct state *state, struct process *process, struct vm *vm, struct code *code);

/* The process of the next call; what earlier ones left to themselves has been taken off (reuse.h). */
void state_reuse(struct state *state, struct process *process);

/* A new fiber in the heap of the state for a thread that is anchored in the registry until it ends; NULL: out of memory (marked for death). */
struct fiber *fiber_new(struct state *state, lua_State *thread);
void fiber_free(struct fiber *fiber); /* not for the main fiber */

void fiber_ready(struct fiber *fiber);       /* to the end of the ready queue */
void fiber_ready_first(struct fiber *fiber); /* to its front */
void fiber_drop_item(struct fiber *fiber);

/* Takes the event of that kind about `from` back from the fibers that were given it and have not run since: they wait again. */
void fiber_revoke_events(struct state *state, unsigned kind, uint64_t from);

/* As state_block, leaving nvalues on top of the stack that others may take while it is suspended (visible at index 1…). */
int fiber_block(lua_State *L, int nvalues, lua_KContext ctx, lua_KFunction k);

/*
 * The running fiber and `other` both go on, in that order (or other first); switches only if somebody else would come before the running one.
 * Returns the yield or nresults at once; k must return the same nresults.
 */
int fiber_yield_to(lua_State *L, struct fiber *other, bool other_first, int nresults, lua_KFunction k);

#endif
