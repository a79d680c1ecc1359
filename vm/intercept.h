/* SPDX-License-Identifier: MIT */
/*
 * intercept: the interceptors around every call, each switched on by an option: a time limit for the whole, further attempts for what has failed.
 * They run in the calling process, at drain, and touch no Lua.
 */
#ifndef VM_INTERCEPT_H
#define VM_INTERCEPT_H

#include <stdbool.h>

struct invocation;
struct process;

/* Before the first attempt, outermost first. */
void intercept_begin(struct invocation *invocation, struct process *process);

/* An attempt has failed, innermost first. True: the invocation goes on (one of them has seen to it). */
bool intercept_failed(struct invocation *invocation, struct process *process);

/* The timer of the invocation came due. */
void intercept_due(struct invocation *invocation, struct process *process);

#endif
