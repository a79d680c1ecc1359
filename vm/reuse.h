/* SPDX-License-Identifier: MIT */
/*
 * reuse: what a function call leaves on its state is taken off, so that the next call finds nothing of it but what the program keeps in globals
 * and upvalues: coroutines are dropped, channels that the runtime fed are closed.
 */
#ifndef VM_REUSE_H
#define VM_REUSE_H

#include <stdbool.h>

struct process;

/*
 * In the exit of a process that keeps its state, once its mailbox is closed: at most `most` things; false while more are left. Only non-raising
 * Lua calls: registry entries that exist become nil.
 */
bool reuse_take_off(struct process *process, unsigned most);

#endif
