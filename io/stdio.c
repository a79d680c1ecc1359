/* SPDX-License-Identifier: MIT */
/*
 * stdio: see stdio.h; the terminal's mode is in tty.c.
 *
 * I1  At most one operation is in flight (is_busy), at most one reader waits, and a reader waits only while the buffer is
 *     empty and neither end nor error is to be told.
 * I2  All fields but the streams' numbers are guarded by `lock`; `ready` is called without it.
 *
 * A stream that cannot be read at once is first tried with IO_OP_READ, for which the kernel waits. A non-blocking one
 * answers EAGAIN to that and is polled instead, then read with read(2). So are terminals, always: job control must stop
 * us, not give a kernel thread an error, when we read in the background.
 */
#include "io/stdio.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/fd.h"
#include "io/op.h"
#include "io/tty.h"
#include "sched/base/compiler.h"
#include "sched/base/fault.h"

enum { BUFFER_SIZE = 4096 };

struct output {
    pthread_mutex_t lock; /* keeps what two writers write apart; taken with no other lock */
    int number;
};

struct io_stdio {
    struct io *io;
    struct io_tty *tty; /* NULL: input is no terminal */
    struct output output[2];

    pthread_mutex_t lock; /* guards all below; loop_post's wake is called inside, no other lock */
    struct io_op op;
    struct io_fd *in;
    bool is_busy;    /* op is in flight */
    bool is_polling; /* and waits for readiness only */
    bool has_end;    /* end of input is to be told */
    int error;       /* to be told */
    struct io_stdio_reader *reader;
    size_t start, end; /* of what has arrived, in buffer */
    char buffer[BUFFER_SIZE];
};

/* ---- input through the ring ---- */

static void on_input(struct io_op *op, int result);

/* Under the lock. 0 or -ESHUTDOWN. */
static int start_op(struct io_stdio *stdio, struct io_loop *loop, bool polling)
{
    if (polling)
        io_op_poll(&stdio->op, on_input, stdio->in, POLLIN);
    else
        io_op_read(&stdio->op, on_input, stdio->in, stdio->buffer, BUFFER_SIZE, IO_OP_CURRENT);
    stdio->op.flags = IO_OP_BACKGROUND;
    stdio->is_polling = polling;
    int error = io_op_submit(&stdio->op, loop);
    stdio->is_busy = !error;
    return error;
}

static long read_now(struct io_stdio *stdio)
{
    ssize_t n;
    do
        n = read(io_fd_number(stdio->in), stdio->buffer, BUFFER_SIZE);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

/* Under the lock. */
static void take_result(struct io_stdio *stdio, long result)
{
    stdio->start = 0;
    stdio->end = result > 0 ? (size_t)result : 0;
    stdio->has_end = result == 0;
    stdio->error = result < 0 ? (int)result : 0;
}

/* Under the lock. True: the answer is there; false: another operation was started, or nobody wants one. */
static bool settle(struct io_stdio *stdio, struct io_loop *loop, long result)
{
    if (stdio->is_polling && result > 0)
        result = read_now(stdio);
    if (result == -EAGAIN || result == -EINTR || result == -ECANCELED) {
        /* Cancelled for a reader who has gone; if another one waits meanwhile, it wants to be served. */
        if (!stdio->reader)
            return false;
        int error = start_op(stdio, loop, stdio->tty || stdio->is_polling || result == -EAGAIN);
        if (!error)
            return false;
        result = error;
    }
    take_result(stdio, result);
    return true;
}

static void on_input(struct io_op *op, int result)
{
    struct io_stdio *stdio = container_of(op, struct io_stdio, op);
    struct io_stdio_reader *reader = NULL;
    pthread_mutex_lock(&stdio->lock);
    stdio->is_busy = false;
    if (settle(stdio, op->loop, result)) {
        reader = stdio->reader;
        stdio->reader = NULL;
    }
    pthread_mutex_unlock(&stdio->lock);
    if (reader)
        reader->ready(reader);
}

/* ---- input, seeded ---- */

/* Blocks the one thread there is: what comes when must not depend on the world's timing. */
static void wait_for_input(struct io_stdio *stdio)
{
    int fault = fault_hit(io_fault(stdio->io), FAULT_OP_RESULT);
    long result = fault ? -fault : read_now(stdio);
    while (result == -EAGAIN) {
        struct pollfd wait = {.fd = io_fd_number(stdio->in), .events = POLLIN};
        (void)poll(&wait, 1, -1);
        result = read_now(stdio);
    }
    take_result(stdio, result);
}

/* ---- reading ---- */

/* Under the lock. */
static long copy_out(struct io_stdio *stdio, void *data, size_t size, unsigned flags)
{
    const char *from = stdio->buffer + stdio->start;
    size_t n = stdio->end - stdio->start;
    if (n > size)
        n = size;
    const char *newline = flags & IO_STDIO_LINE ? memchr(from, '\n', n) : NULL;
    if (newline)
        n = (size_t)(newline - from) + 1;
    memcpy(data, from, n);
    stdio->start += n;
    return (long)n;
}

/* Under the lock. Tells what there is, or -EAGAIN. */
static long answer(struct io_stdio *stdio, void *data, size_t size, unsigned flags)
{
    if (stdio->end > stdio->start)
        return copy_out(stdio, data, size, flags);
    int error = stdio->error;
    stdio->error = 0;
    if (error)
        return error;
    bool has_end = stdio->has_end;
    stdio->has_end = false;
    return has_end ? 0 : -EAGAIN;
}

/* Under the lock: makes `reader` the one who waits. -EAGAIN, or why not. */
static long wait_as(struct io_stdio *stdio, struct io_loop *loop, struct io_stdio_reader *reader)
{
    if (stdio->reader && stdio->reader != reader)
        return -EBUSY;
    int error = stdio->is_busy ? 0 : start_op(stdio, loop, stdio->tty);
    if (error)
        return error;
    stdio->reader = reader;
    return -EAGAIN;
}

long io_stdio_read(struct io_stdio *stdio, struct io_loop *loop, struct io_stdio_reader *reader, void *data,
                   size_t size, unsigned flags)
{
    pthread_mutex_lock(&stdio->lock);
    long result = answer(stdio, data, size, flags);
    if (result == -EAGAIN && io_is_seeded(stdio->io)) {
        wait_for_input(stdio);
        result = answer(stdio, data, size, flags);
    } else if (result == -EAGAIN) {
        result = wait_as(stdio, loop, reader);
    }
    pthread_mutex_unlock(&stdio->lock);
    return result;
}

bool io_stdio_cancel(struct io_stdio *stdio, struct io_loop *from, struct io_stdio_reader *reader)
{
    pthread_mutex_lock(&stdio->lock);
    bool was_waiting = stdio->reader == reader;
    if (was_waiting) {
        stdio->reader = NULL;
        /* Who does not want input must not take it from those we share the stream with. */
        if (stdio->is_busy)
            io_op_cancel(&stdio->op, from);
    }
    pthread_mutex_unlock(&stdio->lock);
    return was_waiting;
}

/* ---- output ---- */

static int write_all(int number, const char *data, size_t size)
{
    while (size) {
        ssize_t n = write(number, data, size);
        if (n >= 0) {
            data += n;
            size -= (size_t)n;
        } else if (errno == EAGAIN) {
            struct pollfd wait = {.fd = number, .events = POLLOUT};
            (void)poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

int io_stdio_write(struct io_stdio *stdio, bool to_error, const void *data, size_t size)
{
    struct output *output = &stdio->output[to_error];
    pthread_mutex_lock(&output->lock);
    int error = write_all(output->number, data, size);
    pthread_mutex_unlock(&output->lock);
    return error;
}

/* ---- terminal ---- */

int io_stdio_raw(struct io_stdio *stdio, bool on)
{
    return stdio->tty ? io_tty_raw(stdio->tty, on) : -ENOTTY;
}

void io_stdio_restore(struct io_stdio *stdio)
{
    if (stdio->tty)
        io_tty_restore(stdio->tty);
}

/* ---- life ---- */

int io_stdio_new(struct io_stdio **out, struct io *io, int in, int out_fd, int err)
{
    struct io_stdio *stdio = calloc(1, sizeof *stdio);
    if (!stdio)
        return -ENOMEM;
    int error = io_tty_new(&stdio->tty, in);
    if (error == -ENOMEM) {
        free(stdio);
        return error;
    }
    stdio->io = io;
    stdio->in = io_fd_new(in, IO_FD_BORROWED);
    stdio->output[0].number = out_fd;
    stdio->output[1].number = err;
    pthread_mutex_init(&stdio->lock, NULL);
    pthread_mutex_init(&stdio->output[0].lock, NULL);
    pthread_mutex_init(&stdio->output[1].lock, NULL);
    *out = stdio;
    return 0;
}

void io_stdio_free(struct io_stdio *stdio)
{
    if (stdio->tty)
        io_tty_free(stdio->tty);
    if (stdio->is_busy)
        return; /* its loop gave up waiting: the kernel may still write into the buffer */
    io_fd_unref(stdio->in);
    pthread_mutex_destroy(&stdio->lock);
    pthread_mutex_destroy(&stdio->output[0].lock);
    pthread_mutex_destroy(&stdio->output[1].lock);
    free(stdio);
}
