/* SPDX-License-Identifier: MIT */
/*
 * signals: see signals.h.
 *
 * The poll is a background operation that is submitted again after every completion. The signalfd itself is read with
 * read(2) and O_NONBLOCK: what it yields depends on the reading thread, so no kernel thread shall read it for us.
 */
#include "io/signals.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "io/fd.h"
#include "io/op.h"
#include "sched/base/compiler.h"

struct io_signals {
    struct io_op op;
    struct io_post arm; /* starts the first poll on whichever loop comes first */
    struct io_fd *fd;
    io_signal_f handler;
    void *ctx;
    unsigned count;
    sigset_t set, old; /* what we block, what was blocked before */
};

/* Takes one signal. 0: there is none. */
static int next_signal(struct io_signals *signals)
{
    struct signalfd_siginfo info;
    ssize_t n = read(io_fd_number(signals->fd), &info, sizeof info);
    return n == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

static void on_ready(struct io_op *op, int result)
{
    struct io_signals *signals = container_of(op, struct io_signals, op);
    int number;
    (void)result; /* a poll that failed is made again; what it would have told is read all the same */
    while ((number = next_signal(signals)))
        signals->handler(signals->ctx, number, ++signals->count);
    /* Refused only by a loop that closes, and with it the runtime. */
    (void)io_op_submit(op, op->loop);
}

static void arm(struct io_post *post, struct io_loop *loop)
{
    struct io_signals *signals = container_of(post, struct io_signals, arm);
    io_op_poll(&signals->op, on_ready, signals->fd, POLLIN);
    signals->op.flags = IO_OP_BACKGROUND;
    (void)io_op_submit(&signals->op, loop);
}

int io_signals_open(struct io_signals **out, struct io *io, io_signal_f handler, void *ctx)
{
    int error;
    struct io_signals *signals = calloc(1, sizeof *signals);
    if (!signals)
        return -ENOMEM;
    signals->handler = handler;
    signals->ctx = ctx;
    signals->arm.run = arm;
    sigemptyset(&signals->set);
    sigaddset(&signals->set, SIGINT);
    sigaddset(&signals->set, SIGTERM);
    error = -pthread_sigmask(SIG_BLOCK, &signals->set, &signals->old);
    if (error)
        goto fail_mask;
    int fd = signalfd(-1, &signals->set, SFD_CLOEXEC | SFD_NONBLOCK);
    error = fd < 0 ? -errno : 0;
    if (error)
        goto fail_fd;
    signals->fd = io_fd_new(fd, 0);
    error = io_post_any(io, NULL, &signals->arm);
    if (error)
        goto fail_post;
    *out = signals;
    return 0;

fail_post:
    io_fd_unref(signals->fd);
fail_fd:
    pthread_sigmask(SIG_SETMASK, &signals->old, NULL);
fail_mask:
    free(signals);
    return error;
}

void io_signals_close(struct io_signals *signals)
{
    while (next_signal(signals))
        ;
    pthread_sigmask(SIG_SETMASK, &signals->old, NULL);
    io_fd_unref(signals->fd);
    free(signals);
}
