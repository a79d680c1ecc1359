/* SPDX-License-Identifier: MIT */
/*
 * ending: being told once, in C, how a process ended. Unlike a monitor it needs no mailbox, so it is how C waits for a result (process.exec).
 * The struct is embedded in something that stays until `ended` has been called; there is no way to take the question back.
 */
#ifndef VM_ENDING_H
#define VM_ENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/message.h"

struct buffer;
struct process;
struct vm;

struct ending {
    struct message message; /* on its way to the process; then, by `next`, in process->endings */
    /*
     * On any worker. `result` (borrowed): encoding of {value, error}; NULL: the process was gone when the question came. May free the struct. By
     * then the names of the process are free and sends to it fail.
     */
    void (*ended)(struct ending *ending, struct buffer *result);
};

/* Asks a process that the caller holds and that has not run yet. */
void ending_attach(struct process *process, struct ending *ending);

/* Asks the process of that PID (no native actor). Any thread. False: it is gone, and `ended` will not be called. */
bool ending_ask(struct vm *vm, uint64_t pid, struct ending *ending);

/* ---- for process.c and exit.c ---- */

/* The question has come, or has met a reused slot. */
void ending_drained(struct process *process, struct message *message);
void ending_drop_stray(struct message *message);

/* At the end: tells at most `most` of those who asked; true when all are told. */
bool ending_tell_some(struct process *process, unsigned most);

#endif
