/* SPDX-License-Identifier: MIT */
/*
 * logformat: one log record as one line.
 *
 *   text     2024-06-07 15:04:05<TAB>INFO<TAB>logger.name<TAB>message<TAB>{"pid":"…"}     local time
 *   console    1.25s INFO  logger.name message {"pid":"…"}                               seconds since start
 *   json     {"level":"info","ts":"2024-06-07T13:04:05.123Z","logger":"logger.name","msg":"message","pid":"…"}
 *
 * Control characters of messages are escaped, so a record cannot look like two.
 */
#ifndef HOST_LOGFORMAT_H
#define HOST_LOGFORMAT_H

#include <stdbool.h>
#include <stdint.h>

struct log_record;
struct text;

enum logformat { LOGFORMAT_TEXT, LOGFORMAT_CONSOLE, LOGFORMAT_JSON };

enum { LOGFORMAT_MAX_MESSAGE = 16 * 1024, LOGFORMAT_MAX_FIELDS = 16 * 1024 };

/* Appends the line with its newline. `since_start_ns` is used by the console format, `wall_ns` by the others. */
void logformat_add(struct text *out, enum logformat format, bool colour, const struct log_record *record,
                   int64_t wall_ns, uint64_t since_start_ns);

#endif
