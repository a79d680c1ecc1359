/* SPDX-License-Identifier: MIT */
/*
 * actor: the native actor that everything supervised runs in, and what it waits for: alarms, the processes it started
 * (children), and words from other threads (posts). All functions but actor_new and actor_post are called from inside its callbacks.
 */
#ifndef HOST_ACTOR_H
#define HOST_ACTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct actor;
struct child;
struct native_event;
struct native_spawn;
struct vm;
struct vm_error;

struct actor_callbacks {
    /* actor_post(word), on a worker. */
    void (*posted)(void *ctx, uint64_t word);
};

/* NULL: no slot is left. Before vm_start or later. */
struct actor *actor_new(struct vm *vm, const struct actor_callbacks *callbacks, void *ctx);

/* Any thread, signal handlers excepted. Does nothing after actor_close. */
void actor_post(struct actor *actor, uint64_t word);

/* To be called before vm_stop, which ends the actor. Not in its callbacks. */
void actor_close(struct actor *actor);

/* After vm_stop. */
void actor_free(struct actor *actor);

struct vm *actor_vm(struct actor *actor);

/* ---- alarms ---- */

/* Calls fire(ctx) after delay_ns, once. The id is never 0. */
uint64_t actor_set_alarm(struct actor *actor, uint64_t delay_ns, void (*fire)(void *ctx), void *ctx);
/* It does not fire any more; an id that has fired or is 0 is ignored. */
void actor_cancel_alarm(struct actor *actor, uint64_t id);

/* ---- children ---- */

struct child_callbacks {
    /* Its chunks have run and its entry point starts. */
    void (*loaded)(void *ctx);
    /* It could not be loaded: the last call. */
    void (*refused)(void *ctx, const struct vm_error *error);
    /* It has ended: the last call. data: encoding of two values, result and error. */
    void (*ended)(void *ctx, bool failed, const void *data, size_t length);
};

/*
 * Spawns a process; spawn->monitor and cookie are filled in here. Exactly one of refused and ended will be called, later. NULL and *error:
 * refused at once.
 */
struct child *child_spawn(struct actor *actor, struct native_spawn *spawn, const struct child_callbacks *callbacks,
                          void *ctx, struct vm_error *error);

/* CANCEL with a reason; kept until it has loaded. */
void child_cancel(struct child *child, const char *reason);

/* Ends it, also while it loads, and forgets it: nothing is called any more. */
void child_kill(struct child *child);

uint64_t child_pid(const struct child *child); /* 0: not loaded yet */

#endif
