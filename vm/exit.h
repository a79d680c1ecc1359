/* SPDX-License-Identifier: MIT */
/* exit: how a process ends; see exit.c. On the worker that runs it. */
#ifndef VM_EXIT_H
#define VM_EXIT_H

#include <stdbool.h>

#include <lua.h>

struct buffer;
struct process;

/* One slice of the exit protocol; true when all is done and the slot is released. */
bool process_exit_slice(struct process *process);

/* Stores how it ended, from the values the entry point left (boot.c) or from the death mark or error on the stack. */
void process_set_result(struct process *process, struct buffer *result, bool failed);
void process_fail_with_error(struct process *process, lua_State *L, int status);
void process_fail_with_death(struct process *process);
void process_end_empty(struct process *process); /* no value, no error */
void process_fail_message(struct process *process, const char *kind, const char *message, int retryable);

#endif
