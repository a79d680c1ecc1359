/* SPDX-License-Identifier: MIT */
/* logformat: see the header. */
#include "host/logformat.h"

#include <string.h>
#include <time.h>

#include "host/text.h"
#include "sched/base/log.h"

static const char *level_name(enum log_level level)
{
    static const char *const names[] = {"DEBUG", "INFO", "WARN", "ERROR"};
    return names[level < LOG_DEBUG ? 0 : level > LOG_ERROR ? 3 : level - LOG_DEBUG];
}

static const char *level_name_lower(enum log_level level)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    return names[level < LOG_DEBUG ? 0 : level > LOG_ERROR ? 3 : level - LOG_DEBUG];
}

static const char *level_colour(enum log_level level)
{
    static const char *const colours[] = {"\033[35m", "\033[34m", "\033[33m", "\033[31m"};
    return colours[level < LOG_DEBUG ? 0 : level > LOG_ERROR ? 3 : level - LOG_DEBUG];
}

/* The text on one line: control characters as \n, \t or \x1b. */
static void add_line(struct text *out, const char *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)data[i];
        if (c >= 0x20 && c != 0x7F)
            text_add_char(out, (char)c);
        else if (c == '\n' || c == '\t' || c == '\r')
            text_printf(out, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
        else
            text_printf(out, "\\x%02x", c);
    }
}

static size_t shown(size_t length, size_t most)
{
    return length < most ? length : most;
}

static void add_message(struct text *out, const struct log_record *record)
{
    add_line(out, record->message, shown(record->message_length, LOGFORMAT_MAX_MESSAGE));
    if (record->message_length > LOGFORMAT_MAX_MESSAGE)
        text_add_string(out, "...");
}

/* Fields that are too long are left out: cut JSON would be none. */
static void add_fields(struct text *out, const struct log_record *record, const char *before, const char *after)
{
    if (!record->fields || !record->fields_length)
        return;
    text_add_string(out, before);
    if (record->fields_length > LOGFORMAT_MAX_FIELDS)
        text_printf(out, "\"fields_dropped_bytes\":%zu", record->fields_length);
    else
        add_line(out, record->fields, record->fields_length);
    text_add_string(out, after);
}

static void add_text(struct text *out, const struct log_record *record, int64_t wall_ns)
{
    char stamp[32];
    time_t seconds = (time_t)(wall_ns / 1000000000);
    struct tm tm;
    localtime_r(&seconds, &tm);
    strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", &tm);
    text_printf(out, "%s\t%s\t", stamp, level_name(record->level));
    add_line(out, record->logger, strlen(record->logger));
    text_add_char(out, '\t');
    add_message(out, record);
    add_fields(out, record, "\t{", "}");
}

static void add_console(struct text *out, bool colour, const struct log_record *record, uint64_t since_start_ns)
{
    const char *reset = colour ? "\033[0m" : "", *dim = colour ? "\033[2m" : "";
    text_printf(out, "%s%6.2fs%s %s%-5s%s %s", dim, (double)since_start_ns / 1e9, reset,
                colour ? level_colour(record->level) : "", level_name(record->level), reset, dim);
    add_line(out, record->logger, strlen(record->logger));
    text_printf(out, "%s ", reset);
    add_message(out, record);
    text_add_string(out, record->fields_length ? dim : "");
    add_fields(out, record, " {", "}");
    text_add_string(out, record->fields_length ? reset : "");
}

static void add_json(struct text *out, const struct log_record *record, int64_t wall_ns)
{
    char stamp[32];
    time_t seconds = (time_t)(wall_ns / 1000000000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &tm);
    text_printf(out, "{\"level\":\"%s\",\"ts\":\"%s.%03dZ\",\"logger\":\"", level_name_lower(record->level), stamp,
                (int)(wall_ns / 1000000 % 1000));
    text_add_json(out, record->logger, strlen(record->logger));
    text_add_string(out, "\",\"msg\":\"");
    text_add_json(out, record->message, shown(record->message_length, LOGFORMAT_MAX_MESSAGE));
    text_add_char(out, '"');
    add_fields(out, record, ",", "");
    text_add_char(out, '}');
}

void logformat_add(struct text *out, enum logformat format, bool colour, const struct log_record *record,
                   int64_t wall_ns, uint64_t since_start_ns)
{
    if (format == LOGFORMAT_JSON)
        add_json(out, record, wall_ns);
    else if (format == LOGFORMAT_CONSOLE)
        add_console(out, colour, record, since_start_ns);
    else
        add_text(out, record, wall_ns);
    text_add_char(out, '\n');
}
