/* SPDX-License-Identifier: MIT */
/*
 * log: see log.h. A message that is longer than the buffer on the stack is cut.
 */
#include "sched/base/log.h"

#include <stdarg.h>
#include <stdio.h>

enum { MESSAGE_MAX = 4096 };

void log_write(struct log *log, const struct log_record *record)
{
    if (log_is_on(log, record->level))
        log->sink(log->ctx, record);
}

void log_printf(struct log *log, enum log_level level, const char *logger, const char *fmt, ...)
{
    if (!log_is_on(log, level))
        return;
    char message[MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    int length = vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    if (length < 0)
        return;
    if (length >= MESSAGE_MAX)
        length = MESSAGE_MAX - 1;
    log_write(log, &(struct log_record){
                       .level = level, .logger = logger, .message = message, .message_length = (size_t)length});
}
