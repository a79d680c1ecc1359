/* SPDX-License-Identifier: MIT */
/*
 * poller: what the other layers see of the event loops. A struct io is the I/O of one runtime: settings, and one loop (an
 * io_uring) per worker, made and closed by the scheduler through io_poller. Order of life: io_new, sched_new, sched_start,
 * sched_stop, sched_free, then what hangs on the io (io_stdio_free, io_signals_close), io_free. A loop's memory and ring
 * live until io_free, so waking or posting to a loop whose worker has ended is safe.
 */
#ifndef IO_POLLER_H
#define IO_POLLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault_plan;
struct io;
struct io_loop; /* what worker_poller() returns */
struct log;
struct sched_poller;

struct io_config {
    unsigned entries;    /* submission entries of a ring; 0: 256 */
    unsigned cq_entries; /* completion entries; 0: four times as many */
    bool seeded;         /* files and standard streams are synchronous */
    struct log *log;
    struct fault_plan *fault;
};

/* sched_config.poller; its poller_ctx is the struct io. */
extern const struct sched_poller io_poller;

/*
 * Makes the I/O of a runtime; opens no ring yet. Sets SIGPIPE to be ignored in this OS process. 0 or a negative errno.
 * Copies *config.
 */
int io_new(struct io **out, const struct io_config *config);

/* After the scheduler has stopped. */
void io_free(struct io *io);

bool io_is_seeded(const struct io *io);
struct log *io_log(const struct io *io);
struct fault_plan *io_fault(const struct io *io);

/* Why a ring could not be opened (`error` is the negative errno of open) and what to do; always ends in NUL. */
void io_explain_open_error(int error, char *text, size_t size);

/* Something to be run on the thread of a loop. Its owner keeps the memory until `run` is called; run may free it. */
struct io_post {
    struct io_post *next;
    void (*run)(struct io_post *post, struct io_loop *loop);
};

/*
 * Takes the post; it runs soon, in posting order. `from` is the caller's own loop, NULL off workers. Any thread.
 * 0, or -ESHUTDOWN when the loop is closed (the post was not taken).
 */
int io_post(struct io_loop *from, struct io_loop *to, struct io_post *post);

/* As io_post, to whichever loop is open; if none is yet, to the first that will be. A post still waiting is dropped by io_free. */
int io_post_any(struct io *io, struct io_loop *from, struct io_post *post);

struct io *io_of_loop(const struct io_loop *loop);

/* Operations submitted on this loop that have not ended. On the loop's thread. */
unsigned io_loop_inflight(const struct io_loop *loop);

/* Sums over all loops, free running. */
struct io_stats {
    uint64_t enters;           /* system calls for rings */
    uint64_t completed;        /* operations ended */
    uint64_t wakes_by_message; /* MSG_RING */
    uint64_t wakes_by_event;   /* eventfd */
    unsigned loops_by_message; /* open loops that are woken by MSG_RING */
    unsigned loops;            /* loops opened so far */
};

void io_stats(struct io *io, struct io_stats *out);

#endif
