/* SPDX-License-Identifier: MIT */
/*
 * ring: one io_uring of the kernel, with the flags, limits and failures that moonlet cares about. It knows nothing of
 * operations and wake-ups: see loop.h. Only files of io/ include this header, for it includes liburing.h.
 *
 * All functions but ring_close are called on the thread that opened the ring (SINGLE_ISSUER). Completions are made by the
 * kernel only while this thread is in it (DEFER_TASKRUN); a flag in shared memory says when that is worth while, so
 * that asking costs no system call.
 */
#ifndef IO_RING_H
#define IO_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <liburing.h>

struct fault_plan;

struct ring {
    struct io_uring uring;
    struct fault_plan *fault;
    _Atomic uint64_t enters; /* system calls made; written by the ring's thread, read by any */
    bool is_registered;      /* with the thread, by ring_open */
};

/*
 * Opens the ring. ENOMEM is met by waiting a little (the kernel gives the memory of closed rings back late) and then by
 * smaller rings. 0 or a negative errno, see io_explain_open_error.
 */
int ring_open(struct ring *ring, unsigned entries, unsigned cq_entries, struct fault_plan *fault);

/*
 * Sends the ring a message from another ring, as another worker would. True: it came. Kernels and sandboxes differ in what
 * they allow. To be called once, before anything is submitted. The completion has `word` for user_data and may come later if
 * it did not come at once.
 */
bool ring_prove_message(struct ring *ring, uint64_t word);

/* To be called on the ring's thread before it ends; no other function but ring_close afterwards. */
void ring_leave(struct ring *ring);

/* Any thread, when the ring is no longer used. */
void ring_close(struct ring *ring);

/* A free submission entry; submits when there is none. NULL: the kernel takes nothing at present, try again later. */
struct io_uring_sqe *ring_sqe(struct ring *ring);

/* Gives the queued entries to the kernel and lets it make completions. 0, or a negative errno: they stay queued. */
int ring_submit(struct ring *ring);

/*
 * As ring_submit, then waits for a completion. UINT64_MAX: no limit. 0 (there may be completions), -ETIME, -EINTR, or
 * another negative errno when the kernel refused.
 */
int ring_wait(struct ring *ring, uint64_t timeout_ns);

static inline bool ring_has_queued(const struct ring *ring)
{
    return io_uring_sq_ready(&ring->uring) != 0;
}

/* True: the kernel has completions for us that it posts only when entered. */
static inline bool ring_must_enter(const struct ring *ring)
{
    return IO_URING_READ_ONCE(*ring->uring.sq.kflags) & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW);
}

static inline bool ring_has_completions(const struct ring *ring)
{
    return io_uring_cq_ready(&ring->uring) != 0 || ring_must_enter(ring);
}

/* Takes the oldest completion off the ring. False: none is posted. */
bool ring_take(struct ring *ring, struct io_uring_cqe *out);

#endif
