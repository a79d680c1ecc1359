/* SPDX-License-Identifier: MIT */
/* timer_struct: the fields of a process timer, for vm/timer.c and vm/channel.c. */
#ifndef VM_TIMER_STRUCT_H
#define VM_TIMER_STRUCT_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/base/list.h"
#include "sched/wheel.h"
#include "vm/heap.h"
#include "vm/message.h"
#include "vm/timer.h"

struct channel;
struct fiber;
struct process;
struct slot;

/*
 * A timer is a sleep's, a channel's, or (`due` is set) one of C code of the process, embedded in something that this code has malloc'd.
 *
 * I1  armed: in a wheel, or its message is in the mailbox. The memory is freed only when neither holds: the wheel's lock and the drain say so.
 */
struct vmtimer {
    struct timer timer;
    struct message message; /* posted to the mailbox when due */
    struct list link;       /* in process->timers */
    struct slot *slot;
    uint64_t pid;
    struct process *process; /* of the slot; it and what is hot of its heap are wanted when the timer is due */
    struct heap *heap;
    struct heap_hot hot;
    struct fiber *sleeper;                                       /* of a sleep, else NULL */
    struct channel *channel;                                     /* or */
    void (*due)(struct vmtimer *timer, struct process *process); /* or; at drain; touches no Lua stack */
    void (*dropped)(struct vmtimer *timer);                      /* then: the process ends before it was due */
    uint64_t period_ns;                                          /* tickers */
    int64_t fired_wall_ns;                                       /* when it was due, a ticker for the last time */
    uint32_t pending;                                            /* values not received yet */
    uint32_t apart; /* bytes of its memory, which is a block of the slabs; 0: it is in the heap or its owner's */
    bool armed;
    bool is_ticker;
    bool is_long; /* a sleep in which the process may hibernate */
};

/* A timer of C code, with `due` and `dropped` set: exactly one of them will be called, unless it is revoked. */
void vmtimer_begin(struct vmtimer *timer, struct process *process, int64_t ns);
/* True: it was pending and belongs to the caller again. False: `due` is still to be called, very soon. */
bool vmtimer_revoke(struct vmtimer *timer);

/* At drain: its message has arrived. */
void vmtimer_drained(struct vmtimer *timer, struct process *process);

/* Takes the oldest value of a channel: when it was due, in nanoseconds since the epoch. */
int64_t vmtimer_take(struct vmtimer *timer);

/*
 * The process ends, its mailbox is closed: takes up to `most` timers out of the wheels; false while more are left. If the state stays,
 * channels are closed and no timer is left in its heap but what Lua refers to.
 */
bool vmtimer_cancel_some(struct process *process, unsigned most);

#endif
