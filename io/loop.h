/* SPDX-License-Identifier: MIT */
/*
 * loop: the event loop of one worker: a ring, the operations on it, what others post to it, and how it sleeps and is
 * woken. Private to io/; others know struct io_loop from poller.h. All but loop_wake and loop_post: the loop's thread.
 *
 * Sleeping and waking meet in one word, so no wake-up is lost and a loop that is awake costs its waker no system call:
 *
 *   park:  AWAKE -> PARKED, or finds NOTIFIED and does not sleep; back to AWAKE at its end
 *   wake:  exchange NOTIFIED; who took PARKED out of the word kicks the ring
 */
#ifndef IO_LOOP_H
#define IO_LOOP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "io/poller.h"
#include "io/ring.h"
#include "sched/base/compiler.h"
#include "sched/base/list.h"

enum loop_state { LOOP_AWAKE, LOOP_NOTIFIED, LOOP_PARKED };

/* The low bits of user_data; the rest is a pointer. */
enum loop_tag {
    LOOP_TAG_OP,      /* struct io_op: its completion */
    LOOP_TAG_KICK,    /* struct io_loop: MSG_RING to it has failed */
    LOOP_TAG_MESSAGE, /* somebody woke us by MSG_RING */
    LOOP_TAG_EVENT,   /* somebody woke us by the eventfd */
    LOOP_TAG_IGNORED, /* the answer to a cancel */
    LOOP_TAG_MASK = 7,
};

struct io_loop {
    /* Written by the loop's thread only; has_message also read by wakers, once the loop is published. */
    struct ring ring;
    struct io *io;
    struct fault_plan *fault;
    struct list backlog;          /* operations the kernel has not taken yet, or whose cancel it has not */
    struct list ended;            /* operations whose end is known but not told */
    struct io_loop *next;         /* list of the io, under its lock */
    _Atomic uint64_t n_completed; /* operations ended; read by any */
    unsigned inflight;            /* operations submitted and not ended */
    unsigned background;          /* those of them with IO_OP_BACKGROUND */
    int event_fd;
    bool event_is_armed; /* the poll of event_fd is in the kernel or on its way */
    bool is_closing;
    bool has_complained;
    bool has_message; /* MSG_RING wakes this loop */

    /* Written by everybody. */
    cache_aligned _Atomic(struct io_post *) posts; /* newest first, or a mark that says closed */
    _Atomic uint64_t n_message, n_event;           /* times woken in the kernel by each way */
    _Atomic unsigned state;                        /* enum loop_state */
};

/* `loop` is zeroed but for io and fault. 0 or a negative errno. */
int loop_open(struct io_loop *loop, unsigned entries, unsigned cq_entries);

/* Ends all operations, runs all posts, takes no more of either. The memory and the ring stay until loop_destroy. */
void loop_close(struct io_loop *loop);
void loop_destroy(struct io_loop *loop);

/* Posts, completions, backlog. Returns how many operations and posts ended. */
unsigned loop_run(struct io_loop *loop);
void loop_submit(struct io_loop *loop);
void loop_park(struct io_loop *loop, uint64_t timeout_ns);
void loop_wake(struct io_loop *from, struct io_loop *to);
int loop_post(struct io_loop *from, struct io_loop *to, struct io_post *post);

/* True: loop_run has something to do. A few loads, no system call. */
static inline bool loop_has_work(const struct io_loop *loop)
{
    return ring_has_completions(&loop->ring) || !list_is_empty(&loop->ended) ||
           atomic_load_explicit(&loop->posts, memory_order_relaxed);
}

#endif
