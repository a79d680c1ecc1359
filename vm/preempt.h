/* SPDX-License-Identifier: MIT */
/*
 * preempt: how a running state is made to stop, and death that nobody can catch (see preempt.c). Functions are called on the worker that runs
 * the state, in its signal handler where they say so.
 */
#ifndef VM_PREEMPT_H
#define VM_PREEMPT_H

#include <lua.h>

#include "vm/heap.h"

struct state;

/* How a process was marked to end; the first mark wins. */
enum death {
    DEATH_NONE,
    DEATH_TERMINATED, /* process terminated */
    DEATH_LINK,       /* linked process failed */
    DEATH_KILLED,     /* host stopped */
    DEATH_CANCELED,   /* its caller does not want the result any more */
    DEATH_MEMORY,     /* out of memory (limit …) */
    DEATH_STUCK,      /* stuck in a call that cannot be suspended */
    DEATH_DEADLOCK
};

void state_note_where(struct state *state, lua_State *L); /* unless that is done; not for signal handlers */

/* Signal handler of the worker that runs `running` (a struct state): see sched_config.interrupt. */
void state_interrupt(void *running, unsigned reason);
unsigned state_traceback(void *running, char *text, unsigned size);

/* Ends the slice at the next instruction, as a preemption would. Called on the running state by its own C functions. */
void state_yield_soon(struct state *state);

/* Marks for death; the first reason stays. If it runs right now on this thread its next instruction ends it. */
void state_doom(struct state *state, enum death death);

/* Heap callback (struct heap's user area is the state). */
void state_heap_pressure(void *user, enum heap_pressure what);
/* The running coroutine has changed to L: arms its hook if a preemption is pending. */
void state_enter(struct state *state, lua_State *L);
void state_obey(struct state *state, lua_State *L); /* answers the request to end the slice: before any YIELD_AGAIN */

/* Raises or yields for ever; for C functions that find their process marked. */
int state_die(lua_State *L);

#endif
