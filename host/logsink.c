/* SPDX-License-Identifier: MIT */
/*
 * logsink: two buffers. Loggers format their line on their own stack, then append it to `fill` under a lock that is held for one
 * memcpy; the writer exchanges the buffers and writes the full one without the lock.
 *
 *  - The writer waits for POLLOUT and then writes whole lines of at most PIPE_BUF bytes together, which a pipe takes at once or not at
 *    all: it never hangs in write(), so it can end while a reader is stopped, and a line is not torn by what others write to the pipe.
 *  - A stream that is gone (EPIPE, EBADF, EIO) swallows records silently: there is nobody to tell.
 */
#include "host/logsink.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/text.h"
#include "sched/base/clock.h"

enum { DEFAULT_BUFFER = 256 * 1024, POLL_MS = 50, CLOSING_NS = 1000000000 };

struct buffer_half {
    char *data;
    size_t length;
};

struct tap {
    log_sink_f call;
    void *ctx;
    enum log_level level;
};

struct logsink {
    struct log log;
    struct tap storage;        /* of `tap`; written before that is set */
    _Atomic(struct tap *) tap; /* NULL: none */
    struct logsink_config config;
    struct clock real;
    uint64_t start_ns;
    _Atomic(const struct clock *) clock;
    atomic_int hidden;
    pthread_t thread;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t filled, written;
    struct buffer_half fill, drain; /* drain: the writer's own while is_writing */
    uint64_t dropped, reported;
    bool is_writing, is_closing;
    uint64_t give_up_ns; /* when closing: the writer stops waiting for its reader */
};

static size_t capacity_of(const struct logsink *sink)
{
    return sink->config.buffer ? sink->config.buffer : DEFAULT_BUFFER;
}

static void format_record(struct logsink *sink, const struct log_record *record, struct text *line)
{
    const struct clock *clock = atomic_load_explicit(&sink->clock, memory_order_acquire);
    uint64_t now = clock_now_ns(clock), start = clock->is_virtual ? 0 : sink->start_ns;
    logformat_add(line, sink->config.format, sink->config.colour, record, clock_wall_ns(clock), now - start);
}

static void tap_record(struct logsink *sink, const struct log_record *record)
{
    const struct tap *tap = atomic_load_explicit(&sink->tap, memory_order_acquire);
    if (tap && record->level >= tap->level)
        tap->call(tap->ctx, record);
}

static void write_record(void *ctx, const struct log_record *record)
{
    struct logsink *sink = ctx;
    struct text line = {0};
    tap_record(sink, record);
    if (record->level < sink->config.level || atomic_load_explicit(&sink->hidden, memory_order_relaxed) > 0)
        return;
    format_record(sink, record, &line);
    pthread_mutex_lock(&sink->lock);
    if (sink->fill.length + line.length > capacity_of(sink)) {
        sink->dropped++;
    } else {
        memcpy(sink->fill.data + sink->fill.length, line.data, line.length);
        sink->fill.length += line.length;
        pthread_cond_signal(&sink->filled);
    }
    pthread_mutex_unlock(&sink->lock);
    text_free(&line);
}

/* Length of the whole lines at `data` that fit a pipe at once; of a longer line, what fits. */
static size_t piece_length(const char *data, size_t length)
{
    if (length <= PIPE_BUF)
        return length;
    const char *newline = memrchr(data, '\n', PIPE_BUF);
    return newline ? (size_t)(newline - data) + 1 : PIPE_BUF;
}

static bool is_given_up(struct logsink *sink)
{
    pthread_mutex_lock(&sink->lock);
    bool up = sink->is_closing && clock_now_ns(&sink->real) >= sink->give_up_ns;
    pthread_mutex_unlock(&sink->lock);
    return up;
}

static void write_all(struct logsink *sink, const char *data, size_t length)
{
    while (length) {
        struct pollfd poll_fd = {.fd = sink->config.fd, .events = POLLOUT};
        int ready = poll(&poll_fd, 1, POLL_MS);
        if (ready <= 0) {
            if (is_given_up(sink))
                return;
            continue;
        }
        ssize_t n = write(sink->config.fd, data, piece_length(data, length));
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return;
        if (n > 0) {
            data += n;
            length -= (size_t)n;
        }
    }
}

/* Adds the line that says how many records were lost; the lock is held and `drain` has been written. */
static void report_dropped(struct logsink *sink, struct text *line)
{
    uint64_t lost = sink->dropped - sink->reported;
    if (!lost)
        return;
    sink->reported = sink->dropped;
    char message[96];
    int length = snprintf(message, sizeof message, "%llu log records dropped: standard error is read too slowly",
                          (unsigned long long)lost);
    struct log_record record = {
        .level = LOG_WARN,
        .logger = "log",
        .message = message,
        .message_length = (size_t)length,
    };
    format_record(sink, &record, line);
}

static void *run_writer(void *ctx)
{
    struct logsink *sink = ctx;
    pthread_mutex_lock(&sink->lock);
    for (;;) {
        while (!sink->fill.length && sink->dropped == sink->reported && !sink->is_closing)
            pthread_cond_wait(&sink->filled, &sink->lock);
        if (!sink->fill.length && sink->dropped == sink->reported)
            break;
        struct text lost = {0};
        struct buffer_half full = sink->fill;
        sink->fill = sink->drain;
        sink->fill.length = 0;
        sink->is_writing = true;
        report_dropped(sink, &lost);
        pthread_mutex_unlock(&sink->lock);
        write_all(sink, full.data, full.length);
        write_all(sink, text_string(&lost), lost.length);
        text_free(&lost);
        pthread_mutex_lock(&sink->lock);
        sink->drain = full;
        sink->is_writing = false;
        pthread_cond_broadcast(&sink->written);
    }
    pthread_mutex_unlock(&sink->lock);
    return NULL;
}

static int start_writer(struct logsink *sink)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = pthread_create(&sink->thread, NULL, run_writer, sink);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -result;
}

static void destroy(struct logsink *sink)
{
    pthread_cond_destroy(&sink->written);
    pthread_cond_destroy(&sink->filled);
    pthread_mutex_destroy(&sink->lock);
    free(sink->fill.data);
    free(sink->drain.data);
    free(sink);
}

int logsink_new(struct logsink **out, const struct logsink_config *config)
{
    struct logsink *sink = alloc_zeroed(sizeof *sink);
    pthread_condattr_t attributes;
    sink->config = *config;
    clock_init(&sink->real, false);
    sink->start_ns = clock_now_ns(&sink->real);
    atomic_init(&sink->clock, &sink->real);
    sink->fill.data = alloc_zeroed(capacity_of(sink));
    sink->drain.data = alloc_zeroed(capacity_of(sink));
    pthread_mutex_init(&sink->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&sink->filled, NULL);
    pthread_cond_init(&sink->written, &attributes);
    pthread_condattr_destroy(&attributes);
    sink->log = (struct log){.sink = write_record, .ctx = sink};
    atomic_init(&sink->log.level, (int)config->level);
    int result = start_writer(sink);
    if (result) {
        destroy(sink);
        return result;
    }
    *out = sink;
    return 0;
}

struct log *logsink_log(struct logsink *sink)
{
    return &sink->log;
}

void logsink_set_clock(struct logsink *sink, const struct clock *clock)
{
    /* Release: pairs with the acquire in format_record, so the clock is seen initialised. */
    atomic_store_explicit(&sink->clock, clock ? clock : &sink->real, memory_order_release);
}

void logsink_set_tap(struct logsink *sink, log_sink_f tap, void *ctx, enum log_level level)
{
    enum log_level least = tap && level < sink->config.level ? level : sink->config.level;
    if (tap)
        sink->storage = (struct tap){tap, ctx, level};
    /* Release: pairs with the acquire in tap_record, so that the tap is seen whole. */
    atomic_store_explicit(&sink->tap, tap ? &sink->storage : NULL, memory_order_release);
    atomic_store_explicit(&sink->log.level, (int)least, memory_order_relaxed);
}

void logsink_hide(struct logsink *sink, bool hide)
{
    atomic_fetch_add_explicit(&sink->hidden, hide ? 1 : -1, memory_order_relaxed);
}

bool logsink_flush(struct logsink *sink, uint64_t timeout_ns)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(timeout_ns / 1000000000);
    until.tv_nsec += (long)(timeout_ns % 1000000000);
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    int waited = 0;
    pthread_mutex_lock(&sink->lock);
    while ((sink->fill.length || sink->is_writing) && !waited)
        waited = pthread_cond_timedwait(&sink->written, &sink->lock, &until);
    bool done = !sink->fill.length && !sink->is_writing;
    pthread_mutex_unlock(&sink->lock);
    return done;
}

void logsink_free(struct logsink *sink)
{
    pthread_mutex_lock(&sink->lock);
    sink->is_closing = true;
    sink->give_up_ns = clock_now_ns(&sink->real) + CLOSING_NS;
    pthread_cond_signal(&sink->filled);
    pthread_mutex_unlock(&sink->lock);
    pthread_join(sink->thread, NULL);
    destroy(sink);
}

uint64_t logsink_dropped(struct logsink *sink)
{
    pthread_mutex_lock(&sink->lock);
    uint64_t dropped = sink->dropped;
    pthread_mutex_unlock(&sink->lock);
    return dropped;
}
