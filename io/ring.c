/* SPDX-License-Identifier: MIT */
/*
 * ring: see ring.h.
 *
 * Every system call passes FAULT_RING_SUBMIT (ring_open: FAULT_RING_OPEN). What the kernel refuses stays in the
 * submission queue, so a refusal never loses an entry. Completions are never lost either: the kernel keeps those that
 * find the completion queue full (IORING_FEAT_NODROP) and says so by IORING_SQ_CQ_OVERFLOW.
 */
#include "io/ring.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "io/tsan.h"
#include "sched/base/compiler.h"
#include "sched/base/fault.h"

enum {
    OPEN_ATTEMPTS = 8,
    PROOF_NS = 200000000, /* a message that takes longer than this does not count */
    SMALLEST_RING = 16,
    CQ_FACTOR = 4, /* completion entries per submission entry */
    FLAGS = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_DEFER_TASKRUN |
            IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE,
    FEATURES = IORING_FEAT_NODROP | IORING_FEAT_EXT_ARG | IORING_FEAT_CQE_SKIP,
};

/* What the memory of all rings stands for in the eyes of TSan. */
static const char ring_memory;

static int queue_init(struct io_uring *uring, unsigned entries, struct io_uring_params *params)
{
    int error = io_uring_queue_init_params(entries, uring, params);
    tsan_acquire(&ring_memory);
    return error;
}

static void queue_exit(struct io_uring *uring)
{
    tsan_release(&ring_memory);
    io_uring_queue_exit(uring);
}

static int open_once(struct ring *ring, unsigned entries, unsigned cq_entries)
{
    struct io_uring_params params = {.flags = FLAGS, .cq_entries = cq_entries};
    int error = fault_hit(ring->fault, FAULT_RING_OPEN);
    if (error)
        return -error;
    error = queue_init(&ring->uring, entries, &params);
    if (error)
        return error;
    if ((params.features & FEATURES) == FEATURES)
        return 0;
    queue_exit(&ring->uring);
    return -EOPNOTSUPP;
}

int ring_open(struct ring *ring, unsigned entries, unsigned cq_entries, struct fault_plan *fault)
{
    memset(ring, 0, sizeof *ring);
    ring->fault = fault;
    for (unsigned attempt = 0;; attempt++) {
        unsigned wanted = cq_entries ? cq_entries : entries * CQ_FACTOR;
        int error = open_once(ring, entries, wanted < entries ? entries : wanted);
        if (!error)
            break;
        if (error != -ENOMEM || attempt + 1 == OPEN_ATTEMPTS)
            return error;
        nanosleep(&(struct timespec){.tv_nsec = 1000000l << attempt}, NULL);
        if (attempt % 2 && entries > SMALLEST_RING)
            entries /= 2;
    }
    /* Saves a lookup per system call; there are few slots per thread, so it may fail, and then nothing changes. */
    ring->is_registered = io_uring_register_ring_fd(&ring->uring) == 1;
    return 0;
}

bool ring_prove_message(struct ring *ring, uint64_t word)
{
    struct io_uring other;
    struct io_uring_cqe cqe = {0};
    struct io_uring_params params = {0};
    if (queue_init(&other, 2, &params) < 0)
        return false;
    struct io_uring_sqe *sqe = io_uring_get_sqe(&other);
    io_uring_prep_msg_ring(sqe, ring->uring.ring_fd, 0, word, 0);
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS; /* so a completion there means failure */
    if (io_uring_submit(&other) == 1 && !io_uring_cq_ready(&other))
        (void)ring_wait(ring, PROOF_NS);
    bool came = ring_take(ring, &cqe) && cqe.user_data == word;
    queue_exit(&other);
    return came;
}

void ring_leave(struct ring *ring)
{
    /* The registration belongs to this thread. */
    if (ring->is_registered)
        (void)io_uring_unregister_ring_fd(&ring->uring);
}

void ring_close(struct ring *ring)
{
    queue_exit(&ring->uring);
}

static void count_enter(struct ring *ring)
{
    uint64_t n = atomic_load_explicit(&ring->enters, memory_order_relaxed);
    atomic_store_explicit(&ring->enters, n + 1, memory_order_relaxed);
}

struct io_uring_sqe *ring_sqe(struct ring *ring)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&ring->uring);
    if (likely(sqe))
        return sqe;
    if (ring_submit(ring) < 0)
        return NULL;
    return io_uring_get_sqe(&ring->uring);
}

int ring_submit(struct ring *ring)
{
    int error = fault_hit(ring->fault, FAULT_RING_SUBMIT);
    if (error)
        return -error;
    count_enter(ring);
    /* liburing enters for completions too when the flags in shared memory ask for it. */
    int taken = ring_has_queued(ring) ? io_uring_submit(&ring->uring) : io_uring_get_events(&ring->uring);
    return taken < 0 ? taken : 0;
}

int ring_wait(struct ring *ring, uint64_t timeout_ns)
{
    struct io_uring_cqe *ignored;
    struct __kernel_timespec limit = {
        .tv_sec = (int64_t)(timeout_ns / 1000000000u),
        .tv_nsec = (int64_t)(timeout_ns % 1000000000u),
    };
    int error = fault_hit(ring->fault, FAULT_RING_SUBMIT);
    if (error)
        return -error;
    count_enter(ring);
    int taken =
        io_uring_submit_and_wait_timeout(&ring->uring, &ignored, 1, timeout_ns == UINT64_MAX ? NULL : &limit, NULL);
    return taken < 0 ? taken : 0;
}

bool ring_take(struct ring *ring, struct io_uring_cqe *out)
{
    struct io_uring_cq *cq = &ring->uring.cq;
    if (!io_uring_cq_ready(&ring->uring))
        return false;
    *out = cq->cqes[*cq->khead & cq->ring_mask];
    io_uring_cq_advance(&ring->uring, 1);
    return true;
}
