/* SPDX-License-Identifier: MIT */
/*
 * logsink: where log records go: a buffer that a thread of its own writes to standard error. Logging never waits for the reader of
 * that stream: when the buffer is full, records are dropped and their number is written as soon as there is room again.
 */
#ifndef HOST_LOGSINK_H
#define HOST_LOGSINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/logformat.h"
#include "sched/base/log.h"

struct clock;
struct logsink;

struct logsink_config {
    int fd;
    enum logformat format;
    bool colour;
    enum log_level level; /* LOG_OFF: nothing is ever written */
    size_t buffer;        /* bytes that may wait; 0: 256 KB */
};

/* Starts the writer. 0 or a negative errno. */
int logsink_new(struct logsink **out, const struct logsink_config *config);

/* The log that writes to this sink; lives as long as the sink. */
struct log *logsink_log(struct logsink *sink);

/* The clock of time stamps from now on (seeded runs have their own); NULL: real time. The clock must outlive its use here. */
void logsink_set_clock(struct logsink *sink, const struct clock *clock);

/*
 * Gives every record of that level or above to `tap` too, on the thread that logs, whatever becomes of it here; NULL: not any more, once
 * nobody logs. The tap itself does not log.
 */
void logsink_set_tap(struct logsink *sink, log_sink_f tap, void *ctx, enum log_level level);

/* While hidden, records are dropped silently (terminal.host hide_logs). Calls nest. Any thread. */
void logsink_hide(struct logsink *sink, bool hide);

/* Waits until all records are written, at most timeout_ns. False: time was up. */
bool logsink_flush(struct logsink *sink, uint64_t timeout_ns);

/* Writes what waits (at most about a second), ends the writer. Nobody logs any more. */
void logsink_free(struct logsink *sink);

/* Records dropped so far because the buffer was full. */
uint64_t logsink_dropped(struct logsink *sink);

#endif
