/* SPDX-License-Identifier: MIT */
/*
 * op: one operation of the kernel. The submitter embeds a struct io_op in a record of its own.
 *
 * I1  An operation belongs to the loop it was submitted on. The record, the buffer it names and a reference to its fd
 *     stay until `done` is called, whatever becomes of who asked; and `done` is called exactly once for every submission
 *     (multishot: once with !more), on that loop's thread, never from inside io_op_submit or io_op_cancel.
 * I2  An operation ends when the kernel has completed *it*; a cancel only asks for that, and loses to a result that
 *     came first. While a cancel is on its way from another thread `done` waits for it.
 */
#ifndef IO_OP_H
#define IO_OP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "io/poller.h"
#include "sched/base/list.h"

struct io_fd;
struct io_op;
struct io_uring_cqe;
struct io_uring_sqe;

/* `result` is what the system call would return, or a negative errno. May free or resubmit the operation unless op->more. */
typedef void (*io_op_done_f)(struct io_op *op, int result);

enum io_op_kind { IO_OP_NOP, IO_OP_READ, IO_OP_WRITE, IO_OP_POLL };

enum io_op_flags {
    IO_OP_BACKGROUND = 1, /* may wait for ever for the outside world: not counted as outstanding */
    IO_OP_MULTISHOT = 2,  /* IO_OP_POLL: again and again until cancelled */
};

#define IO_OP_CURRENT UINT64_MAX /* offset: the file's own position, and what has none */

struct io_op {
    io_op_done_f done;
    struct io_fd *fd;
    void *data;
    uint64_t offset;
    unsigned length; /* IO_OP_POLL: the events */
    uint8_t kind;
    uint8_t flags;
    bool more; /* in done: the operation goes on */
    /* Of the loop's thread. */
    uint8_t wants; /* enum io_op_wants: why it is on the backlog */
    bool cancelled, ended;
    int result;
    struct list node; /* backlog or ended list of the loop */
    struct io_loop *loop;
    struct io_post cancel;  /* whoever sets the bit CANCEL_POSTED owns it */
    _Atomic unsigned state; /* enum io_op_state */
};

/* Make an operation of memory that holds none in flight; they do not submit it. `fd` is borrowed until io_op_submit. */
void io_op_nop(struct io_op *op, io_op_done_f done);
void io_op_read(struct io_op *op, io_op_done_f done, struct io_fd *fd, void *data, unsigned length, uint64_t offset);
void io_op_write(struct io_op *op, io_op_done_f done, struct io_fd *fd, const void *data, unsigned length,
                 uint64_t offset);
/* Waits for any of the poll(2) `events`; the result is the set of those present. */
void io_op_poll(struct io_op *op, io_op_done_f done, struct io_fd *fd, unsigned events);

/*
 * Queues the operation on `loop`, the caller's own. It reaches the kernel at the next submit or park at the latest, or
 * later if the kernel is short of memory. 0, or -ESHUTDOWN when the loop is closing (`done` will not be called).
 */
int io_op_submit(struct io_op *op, struct io_loop *loop);

/*
 * Asks the operation to end early (-ECANCELED). `from` is the caller's own loop, NULL off workers. Any thread that
 * knows the memory to be valid and not being submitted anew meanwhile; nothing happens when it is not in flight.
 */
void io_op_cancel(struct io_op *op, struct io_loop *from);

/* For loop.c, on its thread. */
void io_op_complete(struct io_op *op, const struct io_uring_cqe *cqe); /* the kernel's answer */
bool io_op_push(struct io_op *op);   /* puts what is on the backlog into the submission queue; false: it is full */
void io_op_drop(struct io_op *op);   /* was just taken off the backlog: ends it, unless the kernel has it */
void io_op_finish(struct io_op *op); /* was just taken off the ended list: calls done */

#endif
