/* SPDX-License-Identifier: MIT */
/*
 * loop: see loop.h.
 *
 * I1  event_fd is watched by a multishot poll whenever the loop sleeps without limit: the poll is armed at open and again
 *     each time the kernel ends it; while that fails the loop sleeps RETRY_NS at most.
 * I2  A post is pushed before its loop is woken, and posts are run after every sleep, so none is forgotten.
 * I3  inflight counts every operation from io_op_submit until just before its `done`; loop_close waits for zero.
 */
#include "io/loop.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "io/op.h"
#include "sched/base/fault.h"
#include "sched/base/log.h"

enum {
    RETRY_NS = 1000000,  /* between two tries when the kernel refuses */
    CLOSE_TRIES = 500,   /* of CLOSE_NS each: 5 s for all operations to end */
    CLOSE_NS = 10000000, /* */
};

/* The head of a list of posts that takes no more; never followed. */
static struct io_post *closed_mark(void)
{
    return (struct io_post *)(uintptr_t)1;
}

static void complain(struct io_loop *loop, const char *what, int error)
{
    if (loop->has_complained)
        return;
    loop->has_complained = true;
    log_printf(io_log(loop->io), LOG_WARN, "io", "%s: %s (further failures of this loop are not reported)", what,
               strerror(-error));
}

/* ---- being woken ---- */

static void kick_by_event(struct io_loop *to)
{
    uint64_t one = 1;
    atomic_fetch_add_explicit(&to->n_event, 1, memory_order_relaxed);
    /* Fails only when the counter is full, and then the loop has been told often enough. */
    (void)!write(to->event_fd, &one, sizeof one);
}

/* False: it cannot be done this way. */
static bool kick_by_message(struct io_loop *from, struct io_loop *to)
{
    if (!from || from->is_closing || from->io != to->io || !to->has_message)
        return false;
    if (fault_hit(from->fault, FAULT_MSG_RING))
        return false;
    struct io_uring_sqe *sqe = ring_sqe(&from->ring);
    if (!sqe)
        return false;
    io_uring_prep_msg_ring(sqe, to->ring.uring.ring_fd, 0, LOOP_TAG_MESSAGE, 0);
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
    io_uring_sqe_set_data64(sqe, (uintptr_t)to | LOOP_TAG_KICK);
    if (ring_submit(&from->ring) < 0)
        return false; /* the entry goes out some time later and wakes for nothing, which is legal */
    atomic_fetch_add_explicit(&to->n_message, 1, memory_order_relaxed);
    return true;
}

void loop_wake(struct io_loop *from, struct io_loop *to)
{
    /* Release: what we did before is seen by the loop after its park. Partner: the exchange and the CAS in loop_park. */
    if (atomic_exchange_explicit(&to->state, LOOP_NOTIFIED, memory_order_acq_rel) != LOOP_PARKED)
        return;
    if (!kick_by_message(from, to))
        kick_by_event(to);
}

static void arm_event(struct io_loop *loop)
{
    uint64_t ignored;
    if (loop->event_is_armed || loop->is_closing)
        return;
    struct io_uring_sqe *sqe = ring_sqe(&loop->ring);
    if (!sqe)
        return;
    /* A counter above zero would fire at once; what comes after this read still does. */
    (void)!read(loop->event_fd, &ignored, sizeof ignored);
    io_uring_prep_poll_multishot(sqe, loop->event_fd, POLLIN);
    io_uring_sqe_set_data64(sqe, LOOP_TAG_EVENT);
    loop->event_is_armed = true;
}

/* ---- posts ---- */

int loop_post(struct io_loop *from, struct io_loop *to, struct io_post *post)
{
    struct io_post *head = atomic_load_explicit(&to->posts, memory_order_relaxed);
    do {
        if (head == closed_mark())
            return -ESHUTDOWN;
        post->next = head;
        /* Release: the post is complete. Partner: the exchange in run_posts. */
    } while (
        !atomic_compare_exchange_weak_explicit(&to->posts, &head, post, memory_order_release, memory_order_relaxed));
    loop_wake(from, to);
    return 0;
}

/* Takes all posts and leaves `head`; runs them in the order they came. */
static unsigned run_posts(struct io_loop *loop, struct io_post *head)
{
    struct io_post *newest = atomic_exchange_explicit(&loop->posts, head, memory_order_acquire);
    struct io_post *oldest = NULL;
    unsigned n = 0;
    while (newest) {
        struct io_post *next = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    for (; oldest; n++) {
        struct io_post *post = oldest;
        oldest = post->next;
        post->run(post, loop);
    }
    return n;
}

/* ---- completions ---- */

static unsigned dispatch(struct io_loop *loop, const struct io_uring_cqe *cqe)
{
    void *subject = (void *)(uintptr_t)(cqe->user_data & ~(uint64_t)LOOP_TAG_MASK);
    switch ((enum loop_tag)(cqe->user_data & LOOP_TAG_MASK)) {
    case LOOP_TAG_OP:
        io_op_complete(subject, cqe);
        return 1;
    case LOOP_TAG_KICK:
        complain(loop, "waking a worker by MSG_RING failed", cqe->res);
        kick_by_event(subject);
        break;
    case LOOP_TAG_EVENT:
        loop->event_is_armed = cqe->flags & IORING_CQE_F_MORE;
        break;
    case LOOP_TAG_MESSAGE:
    case LOOP_TAG_IGNORED:
    case LOOP_TAG_MASK:
        break;
    }
    return 0;
}

/* Only what is there at its start: callbacks that submit what completes at once must not hold the worker. */
static unsigned reap(struct io_loop *loop)
{
    struct io_uring_cqe cqe;
    unsigned n = 0;
    for (unsigned left = io_uring_cq_ready(&loop->ring.uring); left && ring_take(&loop->ring, &cqe); left--)
        n += dispatch(loop, &cqe);
    return n;
}

static unsigned run_ended(struct io_loop *loop)
{
    struct list *last = loop->ended.prev, *node;
    unsigned n = 0;
    if (list_is_empty(&loop->ended))
        return 0;
    do {
        node = list_take(&loop->ended);
        io_op_finish(container_of(node, struct io_op, node));
        n++;
    } while (node != last);
    return n;
}

static void push_backlog(struct io_loop *loop)
{
    arm_event(loop);
    while (!list_is_empty(&loop->backlog)) {
        struct list *node = loop->backlog.next;
        if (!io_op_push(container_of(node, struct io_op, node)))
            return;
        list_remove(node);
    }
}

unsigned loop_run(struct io_loop *loop)
{
    unsigned n = 0;
    if (atomic_load_explicit(&loop->posts, memory_order_relaxed))
        n += run_posts(loop, NULL);
    if (ring_must_enter(&loop->ring))
        (void)ring_submit(&loop->ring);
    n += reap(loop);
    n += run_ended(loop);
    return n;
}

void loop_submit(struct io_loop *loop)
{
    if (unlikely(!list_is_empty(&loop->backlog) || !loop->event_is_armed))
        push_backlog(loop);
    if (ring_has_queued(&loop->ring))
        (void)ring_submit(&loop->ring); /* what was refused stays queued for the next time */
}

/* ---- sleeping ---- */

static void sleep_in_ring(struct io_loop *loop, uint64_t timeout_ns)
{
    int error = ring_wait(&loop->ring, timeout_ns);
    if (!error || error == -ETIME || error == -EINTR || ring_has_completions(&loop->ring))
        return;
    if (error != -EAGAIN && error != -EBUSY && error != -ENOMEM)
        complain(loop, "io_uring_enter failed", error);
    /* Refused: without a pause the worker would spin until the kernel has memory again. */
    nanosleep(&(struct timespec){.tv_nsec = timeout_ns < RETRY_NS ? (long)timeout_ns : RETRY_NS}, NULL);
}

void loop_park(struct io_loop *loop, uint64_t timeout_ns)
{
    unsigned awake = LOOP_AWAKE;
    push_backlog(loop);
    if (unlikely(!list_is_empty(&loop->backlog) || !loop->event_is_armed) && timeout_ns > RETRY_NS)
        timeout_ns = RETRY_NS;
    /* Acquire, also below: we see what a waker did before its exchange in loop_wake. */
    if (timeout_ns == 0 || loop_has_work(loop) ||
        !atomic_compare_exchange_strong_explicit(&loop->state, &awake, LOOP_PARKED, memory_order_acq_rel,
                                                 memory_order_acquire))
        loop_submit(loop);
    else
        sleep_in_ring(loop, timeout_ns);
    atomic_exchange_explicit(&loop->state, LOOP_AWAKE, memory_order_acq_rel);
    loop_run(loop);
}

/* ---- life ---- */

int loop_open(struct io_loop *loop, unsigned entries, unsigned cq_entries)
{
    list_init(&loop->backlog);
    list_init(&loop->ended);
    loop->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->event_fd < 0)
        return -errno;
    int error = ring_open(&loop->ring, entries, cq_entries, loop->fault);
    if (error)
        goto fail_ring;
    loop->has_message = !fault_hit(loop->fault, FAULT_MSG_RING) && ring_prove_message(&loop->ring, LOOP_TAG_MESSAGE);
    if (!loop->has_message)
        log_printf(io_log(loop->io), LOG_WARN, "io", "MSG_RING does not work here: this worker is woken by eventfd");
    arm_event(loop);
    return 0;

fail_ring:
    close(loop->event_fd);
    return error;
}

static void cancel_all(struct io_loop *loop)
{
    while (!list_is_empty(&loop->backlog))
        io_op_drop(container_of(list_take(&loop->backlog), struct io_op, node));
    struct io_uring_sqe *sqe = ring_sqe(&loop->ring);
    if (!sqe)
        return;
    io_uring_prep_cancel(sqe, NULL, IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL);
    io_uring_sqe_set_data64(sqe, LOOP_TAG_IGNORED);
}

void loop_close(struct io_loop *loop)
{
    loop->is_closing = true;
    for (unsigned i = 0; loop->inflight && i < CLOSE_TRIES; i++) {
        cancel_all(loop);
        if (!loop_has_work(loop))
            (void)ring_wait(&loop->ring, CLOSE_NS);
        else
            loop_submit(loop);
        loop_run(loop);
    }
    if (loop->inflight)
        log_printf(io_log(loop->io), LOG_ERROR, "io",
                   "%u operations did not end within 5 s; their memory is left alone", loop->inflight);
    /* Nobody can post a cancel any more (no operation is in flight); others learn that the loop is closed. */
    run_posts(loop, closed_mark());
    ring_leave(&loop->ring);
}

void loop_destroy(struct io_loop *loop)
{
    ring_close(&loop->ring);
    close(loop->event_fd);
}
