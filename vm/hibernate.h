/* SPDX-License-Identifier: MIT */
/*
 * hibernate: a process that sleeps keeps only what differs from a fresh clone of its template, a tenth of its memory: see delta.h. It leaves its window to
 * those who run meanwhile, so they all run in the same few pages, which are in the cache, and sleep in little memory, which is soon fetched again.
 *
 * Who may do so: a process that sleeps for a millisecond or longer, and of whose heap nobody else knows: it has no open handle, operation, listener, or
 * subscription, no second timer, its heap has not needed a second chunk, and half of it or more is won. Others stay where they are. Whether a process begins in a window at all
 * is learned from those of the same template: only where most of them went to sleep like that. Or all do that can (VM_ALWAYS_HIBERNATES), for tests.
 *
 * All of this: on the worker that runs the process.
 */
#ifndef VM_HIBERNATE_H
#define VM_HIBERNATE_H

#include <stdbool.h>
#include <stdint.h>

struct heap;
struct process;

enum { HIBERNATE_LEAST_NS = 1000000 };

/* A heap for the process, which has none yet, in a window; NULL: it should have one from the slabs. */
struct heap *hibernate_lodge(struct process *process);

/* When it waits and its slice is over: leaves its window, if it may. */
void hibernate(struct process *process);

/* Before its next slice. False: there is no memory for that; it has to end without a state. */
bool hibernate_end(struct process *process);

/* It has ended, its heap is dropped. */
void hibernate_leave(struct process *process);

#endif
