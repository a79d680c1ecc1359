/* SPDX-License-Identifier: MIT */
/* operation_exit: how a process treats its operations at drain and at its end; for vm/ only. */
#ifndef VM_OPERATION_EXIT_H
#define VM_OPERATION_EXIT_H

struct message;
struct process;

/* At drain: completed; its fiber goes on. */
void operation_drained(struct message *message, struct process *process);

/* At the end: completed, found in the closed mailbox. */
void operation_drop_drained(struct message *message);

/*
 * At the end, while the mailbox is still open, so that none can release itself meanwhile: asks the unfinished ones to end early and forgets
 * them all. What completes before the mailbox is closed is found in it; the rest release themselves.
 */
void operation_cancel_all(struct process *process);

#endif
