/* SPDX-License-Identifier: MIT */
/*
 * poller: see poller.h; the functions of struct sched_poller in terms of loop.h, and the list of loops.
 */
#include "io/poller.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "io/loop.h"
#include "sched/sched.h"

enum { ENTRIES = 256 };

struct io {
    struct io_config config;
    pthread_mutex_t lock; /* guards the rest; taken by any thread, with no other lock inside */
    struct io_loop *loops, **loops_end;
    struct io_post *waiting, **waiting_end; /* for the first loop, while there is none */
};

/* ---- struct sched_poller ---- */

/* Adds the loop to the list and gives it what waited for the first one. */
static void publish(struct io *io, struct io_loop *loop)
{
    pthread_mutex_lock(&io->lock);
    *io->loops_end = loop;
    io->loops_end = &loop->next;
    struct io_post *post = io->waiting;
    io->waiting = NULL;
    io->waiting_end = &io->waiting;
    pthread_mutex_unlock(&io->lock);
    while (post) {
        struct io_post *next = post->next;
        loop_post(loop, loop, post);
        post = next;
    }
}

static int poller_open(void *ctx, struct worker *worker, void **out)
{
    struct io *io = ctx;
    struct io_loop *loop = aligned_alloc(CACHE_LINE, sizeof *loop);
    (void)worker;
    if (!loop)
        return -ENOMEM;
    memset(loop, 0, sizeof *loop);
    loop->io = io;
    loop->fault = io->config.fault;
    int error = loop_open(loop, io->config.entries, io->config.cq_entries);
    if (error) {
        free(loop);
        return error;
    }
    publish(io, loop);
    *out = loop;
    return 0;
}

static void poller_close(void *poller)
{
    loop_close(poller);
}

static unsigned poller_poll(void *poller)
{
    struct io_loop *loop = poller;
    return likely(!loop_has_work(loop)) ? 0 : loop_run(loop);
}

static void poller_submit(void *poller)
{
    loop_submit(poller);
}

static void poller_park(void *poller, uint64_t timeout_ns)
{
    loop_park(poller, timeout_ns);
}

static void poller_wake(void *from, void *poller)
{
    loop_wake(from, poller);
}

static unsigned poller_outstanding(void *poller)
{
    const struct io_loop *loop = poller;
    return loop->inflight - loop->background;
}

const struct sched_poller io_poller = {
    .open = poller_open,
    .close = poller_close,
    .poll = poller_poll,
    .submit = poller_submit,
    .park = poller_park,
    .wake = poller_wake,
    .outstanding = poller_outstanding,
};

/* ---- struct io ---- */

/* A write to a closed pipe or socket is an error of that write, not the end of the runtime. */
static void ignore_sigpipe(void)
{
    struct sigaction old;
    if (sigaction(SIGPIPE, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
        sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
}

int io_new(struct io **out, const struct io_config *config)
{
    struct io *io = calloc(1, sizeof *io);
    if (!io)
        return -ENOMEM;
    io->config = *config;
    if (!io->config.entries)
        io->config.entries = ENTRIES;
    io->loops_end = &io->loops;
    io->waiting_end = &io->waiting;
    pthread_mutex_init(&io->lock, NULL);
    ignore_sigpipe();
    *out = io;
    return 0;
}

void io_free(struct io *io)
{
    while (io->loops) {
        struct io_loop *loop = io->loops;
        io->loops = loop->next;
        loop_destroy(loop);
        free(loop);
    }
    pthread_mutex_destroy(&io->lock);
    free(io);
}

bool io_is_seeded(const struct io *io)
{
    return io->config.seeded;
}

struct log *io_log(const struct io *io)
{
    return io->config.log;
}

struct fault_plan *io_fault(const struct io *io)
{
    return io->config.fault;
}

int io_post(struct io_loop *from, struct io_loop *to, struct io_post *post)
{
    return loop_post(from, to, post);
}

int io_post_any(struct io *io, struct io_loop *from, struct io_post *post)
{
    int error = 0;
    pthread_mutex_lock(&io->lock);
    if (!io->loops) {
        post->next = NULL;
        *io->waiting_end = post;
        io->waiting_end = &post->next;
    } else {
        error = -ESHUTDOWN;
        for (struct io_loop *loop = io->loops; loop && error; loop = loop->next)
            error = loop_post(from, loop, post);
    }
    pthread_mutex_unlock(&io->lock);
    return error;
}

struct io *io_of_loop(const struct io_loop *loop)
{
    return loop->io;
}

unsigned io_loop_inflight(const struct io_loop *loop)
{
    return loop->inflight;
}

void io_stats(struct io *io, struct io_stats *out)
{
    memset(out, 0, sizeof *out);
    pthread_mutex_lock(&io->lock);
    for (struct io_loop *loop = io->loops; loop; loop = loop->next) {
        out->enters += atomic_load_explicit(&loop->ring.enters, memory_order_relaxed);
        out->completed += atomic_load_explicit(&loop->n_completed, memory_order_relaxed);
        out->wakes_by_message += atomic_load_explicit(&loop->n_message, memory_order_relaxed);
        out->wakes_by_event += atomic_load_explicit(&loop->n_event, memory_order_relaxed);
        out->loops_by_message += loop->has_message;
        out->loops++;
    }
    pthread_mutex_unlock(&io->lock);
}
