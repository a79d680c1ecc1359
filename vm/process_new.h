/* SPDX-License-Identifier: MIT */
/*
 * process_new: making processes. The maker holds the new one RUNNING and fills in what it is to have before it lets go of it
 * (process_release). On a worker.
 */
#ifndef VM_PROCESS_NEW_H
#define VM_PROCESS_NEW_H

#include <stdbool.h>
#include <stddef.h>

#include "vm/preempt.h"

struct code;
struct context;
struct process;
struct state;
struct vm;
struct vm_error;
struct vm_host;

/* A process with a slot for the code, which has a template then; heap and state come later. NULL and *error on failure. */
struct process *process_new(struct vm *vm, struct code *code, struct vm_host *host, struct vm_error *error);

/* For a function call, on a state that has served others. NULL and *error on failure: the state is as it was. */
struct process *process_new_on(struct vm_host *host, struct state *state, struct vm_error *error);

/*
 * Before its first slice, on the worker that runs it: heap and state. False: there is no memory for them; then its result says so and it has
 * to end.
 */
bool process_make_state(struct process *process);

/* Marks it for death, with or without a state. By who holds it RUNNING. */
void process_doom(struct process *process, enum death death);

/* Copies the encoded arguments of the entry point. */
void process_set_args(struct process *process, const void *data, size_t length);
const unsigned char *process_args(const struct process *process, size_t *length); /* NULL: there are none, or no more */
void process_drop_args(struct process *process);

/*
 * Gives the new process a reference to the context, which is charged to its heap unless it is the one of its parent: those who inherit
 * share it. And the same for the options of its spawn, which nobody inherits.
 */
void process_give_context(struct process *process, struct context *context, bool is_inherited);
void process_give_options(struct process *process, struct context *options);

#endif
