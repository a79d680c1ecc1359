/* SPDX-License-Identifier: MIT */
/*
 * op: see op.h.
 *
 * The life of an operation, on its loop's thread but for the two transitions of io_op_cancel:
 *
 *   submit -> [backlog ->] kernel -> complete -> finish -> done
 *                \-- drop, synchronous files --> ended list --/
 *
 * I1  wants is not NONE exactly while the operation is on the backlog.
 * I2  state is 0 (not in flight), IN_FLIGHT, or both bits. Only finish takes it to 0, and only from IN_FLIGHT alone: with
 *     CANCEL_POSTED set the record is still linked in the loop's posts, so finish leaves the rest to run_posted_cancel.
 */
#include "io/op.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "io/fd.h"
#include "io/loop.h"
#include "sched/base/fault.h"

enum io_op_wants { WANTS_NOTHING, WANTS_SUBMIT, WANTS_CANCEL };

enum io_op_state { IN_FLIGHT = 1, CANCEL_POSTED = 2 };

/* ---- making ---- */

static void make(struct io_op *op, enum io_op_kind kind, io_op_done_f done, struct io_fd *fd)
{
    memset(op, 0, sizeof *op);
    op->kind = kind;
    op->done = done;
    op->fd = fd;
    list_init(&op->node);
}

void io_op_nop(struct io_op *op, io_op_done_f done)
{
    make(op, IO_OP_NOP, done, NULL);
}

void io_op_read(struct io_op *op, io_op_done_f done, struct io_fd *fd, void *data, unsigned length, uint64_t offset)
{
    make(op, IO_OP_READ, done, fd);
    op->data = data;
    op->length = length;
    op->offset = offset;
}

void io_op_write(struct io_op *op, io_op_done_f done, struct io_fd *fd, const void *data, unsigned length,
                 uint64_t offset)
{
    make(op, IO_OP_WRITE, done, fd);
    op->data = (void *)(uintptr_t)data; /* only read */
    op->length = length;
    op->offset = offset;
}

void io_op_poll(struct io_op *op, io_op_done_f done, struct io_fd *fd, unsigned events)
{
    make(op, IO_OP_POLL, done, fd);
    op->length = events;
}

/* ---- ending ---- */

static void count_end(struct io_op *op)
{
    struct io_loop *loop = op->loop;
    uint64_t n = atomic_load_explicit(&loop->n_completed, memory_order_relaxed);
    atomic_store_explicit(&loop->n_completed, n + 1, memory_order_relaxed);
    loop->inflight--;
    if (op->flags & IO_OP_BACKGROUND)
        loop->background--;
}

void io_op_finish(struct io_op *op)
{
    struct io_fd *fd = op->fd;
    unsigned in_flight = IN_FLIGHT;
    op->ended = true;
    /* Fails when another thread's cancel is on its way. Acquire: that thread is done with the record. */
    if (!atomic_compare_exchange_strong_explicit(&op->state, &in_flight, 0, memory_order_acq_rel, memory_order_relaxed))
        return;
    count_end(op);
    op->done(op, op->result); /* may free the record */
    io_fd_unref(fd);
}

/* Ends the operation without the kernel: `done` is called by the next loop_run. */
static void end_later(struct io_op *op, int result)
{
    op->result = result;
    op->ended = true;
    list_add_tail(&op->loop->ended, &op->node);
}

void io_op_complete(struct io_op *op, const struct io_uring_cqe *cqe)
{
    int fault = fault_hit(op->loop->fault, FAULT_OP_RESULT);
    op->result = fault ? -fault : cqe->res;
    op->more = cqe->flags & IORING_CQE_F_MORE;
    if (op->more) {
        op->done(op, op->result);
        return;
    }
    list_remove(&op->node); /* its cancel may be on the backlog */
    op->wants = WANTS_NOTHING;
    io_op_finish(op);
}

void io_op_drop(struct io_op *op)
{
    bool was_taken = op->wants == WANTS_CANCEL;
    op->wants = WANTS_NOTHING;
    if (!was_taken)
        end_later(op, -ECANCELED);
}

/* ---- submitting ---- */

static void prepare(struct io_op *op, struct io_uring_sqe *sqe)
{
    int number = op->fd ? io_fd_number(op->fd) : -1;
    switch ((enum io_op_kind)op->kind) {
    case IO_OP_NOP:
        io_uring_prep_nop(sqe);
        break;
    case IO_OP_READ:
        io_uring_prep_read(sqe, number, op->data, op->length, op->offset);
        break;
    case IO_OP_WRITE:
        io_uring_prep_write(sqe, number, op->data, op->length, op->offset);
        break;
    case IO_OP_POLL:
        if (op->flags & IO_OP_MULTISHOT)
            io_uring_prep_poll_multishot(sqe, number, op->length);
        else
            io_uring_prep_poll_add(sqe, number, op->length);
        break;
    }
    io_uring_sqe_set_data64(sqe, (uintptr_t)op | LOOP_TAG_OP);
}

bool io_op_push(struct io_op *op)
{
    struct io_uring_sqe *sqe = ring_sqe(&op->loop->ring);
    if (!sqe)
        return false;
    if (op->wants == WANTS_CANCEL) {
        io_uring_prep_cancel64(sqe, (uintptr_t)op | LOOP_TAG_OP, 0);
        io_uring_sqe_set_data64(sqe, LOOP_TAG_IGNORED);
    } else {
        prepare(op, sqe);
    }
    op->wants = WANTS_NOTHING;
    return true;
}

/* In the order of the calls: nothing overtakes what waits on the backlog. */
static void push_or_wait(struct io_op *op, enum io_op_wants wants)
{
    struct io_loop *loop = op->loop;
    op->wants = wants;
    if (!list_is_empty(&loop->backlog) || !io_op_push(op))
        list_add_tail(&loop->backlog, &op->node);
}

static bool is_synchronous(const struct io_op *op)
{
    return (op->kind == IO_OP_READ || op->kind == IO_OP_WRITE) && io_fd_is_file(op->fd) && io_is_seeded(op->loop->io);
}

static int do_now(const struct io_op *op)
{
    int number = io_fd_number(op->fd);
    ssize_t n;
    int fault = fault_hit(op->loop->fault, FAULT_OP_RESULT);
    if (fault)
        return -fault;
    do {
        if (op->offset == IO_OP_CURRENT)
            n = op->kind == IO_OP_READ ? read(number, op->data, op->length) : write(number, op->data, op->length);
        else
            n = op->kind == IO_OP_READ ? pread(number, op->data, op->length, (off_t)op->offset)
                                       : pwrite(number, op->data, op->length, (off_t)op->offset);
    } while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : (int)n;
}

static void run_posted_cancel(struct io_post *post, struct io_loop *loop);

int io_op_submit(struct io_op *op, struct io_loop *loop)
{
    if (loop->is_closing)
        return -ESHUTDOWN;
    op->loop = loop;
    op->more = op->cancelled = op->ended = false;
    op->cancel.run = run_posted_cancel;
    if (op->fd)
        io_fd_ref(op->fd);
    loop->inflight++;
    if (op->flags & IO_OP_BACKGROUND)
        loop->background++;
    /* Release: who reads IN_FLIGHT in io_op_cancel may use op->loop. */
    atomic_store_explicit(&op->state, IN_FLIGHT, memory_order_release);
    if (is_synchronous(op))
        end_later(op, do_now(op));
    else
        push_or_wait(op, WANTS_SUBMIT);
    return 0;
}

/* ---- cancelling ---- */

static void cancel_here(struct io_op *op)
{
    if (op->ended || op->cancelled)
        return;
    op->cancelled = true;
    if (op->wants == WANTS_SUBMIT) {
        list_remove(&op->node);
        io_op_drop(op);
        return;
    }
    push_or_wait(op, WANTS_CANCEL);
}

static void run_posted_cancel(struct io_post *post, struct io_loop *loop)
{
    struct io_op *op = container_of(post, struct io_op, cancel);
    (void)loop;
    atomic_fetch_and_explicit(&op->state, ~(unsigned)CANCEL_POSTED, memory_order_acq_rel);
    if (!op->ended) {
        cancel_here(op);
        return;
    }
    list_remove(&op->node); /* it may be on the ended list */
    io_op_finish(op);
}

void io_op_cancel(struct io_op *op, struct io_loop *from)
{
    unsigned state = atomic_load_explicit(&op->state, memory_order_acquire);
    if (state != IN_FLIGHT)
        return; /* not in flight, or somebody's cancel is on its way */
    if (from && from == op->loop) {
        cancel_here(op);
        return;
    }
    if (!atomic_compare_exchange_strong_explicit(&op->state, &state, IN_FLIGHT | CANCEL_POSTED, memory_order_acq_rel,
                                                 memory_order_relaxed))
        return;
    /* The loop is open while it has operations; only one that gave up waiting for them at its close takes no post. */
    if (loop_post(from, op->loop, &op->cancel))
        atomic_fetch_and_explicit(&op->state, ~(unsigned)CANCEL_POSTED, memory_order_acq_rel);
}
