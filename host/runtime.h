/* SPDX-License-Identifier: MIT */
/*
 * runtime: a loaded application at work: I/O, VM, programs, services, and perhaps one process on a terminal; from start to
 * the end of a graceful shutdown.
 */
#ifndef HOST_RUNTIME_H
#define HOST_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sched/base/log.h"

struct application;
struct entry;
struct fault_plan;
struct logsink;
struct runtime_trace;
struct settings;

struct runtime_config {
    struct application *application;
    struct logsink *logsink;
    unsigned workers;  /* 0: one per CPU */
    bool logs_stacks;  /* of uncaught errors */
    bool streams_logs; /* to the event bus, from log_level on */
    enum log_level log_level;
    bool seeded;
    uint64_t seed;
    size_t memory_limit;
    uint64_t shutdown_timeout_ns;
    const struct settings *settings;
    const struct entry *command;       /* process to run on the terminal, NULL: services only */
    const struct entry *terminal_host; /* where */
    char *const *args;
    size_t arg_count;
    struct runtime_trace *trace; /* of a seeded run; may be NULL */
    struct fault_plan *fault;
};

/* What a seeded run came to, up to the moment when the last service had stopped. */
struct runtime_trace {
    bool is_complete;    /* it came so far */
    uint64_t hash;       /* of all choices and of what every slice did */
    unsigned operations; /* in flight, those apart that may wait for ever */
};

/*
 * Runs until a signal, or until the command has ended, then stops everything. Returns the exit code; when the runtime itself failed
 * that is 1 and *message says why (the caller frees it), else *message is NULL.
 */
int runtime_run(const struct runtime_config *config, char **message);

#endif
