/* SPDX-License-Identifier: MIT */
/*
 * log: how every layer reports. A record goes to the sink that the host gave; without one it is dropped. The sink must
 * not block and is called from any thread.
 */
#ifndef SCHED_BASE_LOG_H
#define SCHED_BASE_LOG_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "sched/base/compiler.h"

enum log_level { LOG_DEBUG = -1, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF };

struct log_record {
    enum log_level level;
    const char *logger;  /* dotted name, never NULL */
    const char *message; /* need not end in NUL: see length */
    size_t message_length;
    const char *fields; /* inside of a JSON object without braces ("\"pid\":\"…\",\"n\":1"), or NULL */
    size_t fields_length;
};

typedef void (*log_sink_f)(void *ctx, const struct log_record *record);

struct log {
    _Atomic int level; /* records below are dropped before they are made */
    log_sink_f sink;
    void *ctx;
};

static inline bool log_is_on(const struct log *log, enum log_level level)
{
    return log && log->sink && (int)level >= atomic_load_explicit(&log->level, memory_order_relaxed);
}

void log_write(struct log *log, const struct log_record *record);

/* A record without fields, printf style. `log` may be NULL. */
void log_printf(struct log *log, enum log_level level, const char *logger, const char *fmt, ...) printf_like(4, 5);

#endif
