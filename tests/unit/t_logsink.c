/* SPDX-License-Identifier: MIT */
/* links: host */
/* logformat and logsink: the shapes of lines, whole lines under many writers, a reader that does not read. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/logformat.h"
#include "host/logsink.h"
#include "host/text.h"

static struct log_record make_record(enum log_level level, const char *message, const char *fields)
{
    return (struct log_record){
        .level = level,
        .logger = "app.x",
        .message = message,
        .message_length = strlen(message),
        .fields = fields,
        .fields_length = fields ? strlen(fields) : 0,
    };
}

static void check_line(enum logformat format, bool colour, const struct log_record *record, const char *expected)
{
    struct text line = {0};
    setenv("TZ", "UTC", 1);
    tzset();
    logformat_add(&line, format, colour, record, 1717772645123456789, 1250000000);
    cr_assert_str_eq(text_string(&line), expected);
    text_free(&line);
}

Test(logformat, text)
{
    struct log_record record = make_record(LOG_INFO, "hello", "\"n\":1");
    check_line(LOGFORMAT_TEXT, false, &record, "2024-06-07 15:04:05\tINFO\tapp.x\thello\t{\"n\":1}\n");
    record = make_record(LOG_ERROR, "two\nlines\tand \x1b[31m", NULL);
    check_line(LOGFORMAT_TEXT, false, &record, "2024-06-07 15:04:05\tERROR\tapp.x\ttwo\\nlines\\tand \\x1b[31m\n");
}

Test(logformat, console)
{
    struct log_record record = make_record(LOG_WARN, "careful", "\"n\":1");
    check_line(LOGFORMAT_CONSOLE, false, &record, "  1.25s WARN  app.x careful {\"n\":1}\n");
    record.fields_length = 0;
    check_line(LOGFORMAT_CONSOLE, true, &record,
               "\033[2m  1.25s\033[0m \033[33mWARN \033[0m \033[2mapp.x\033[0m careful\n");
}

Test(logformat, json)
{
    struct log_record record = make_record(LOG_DEBUG, "say \"hi\"\n", "\"pid\":\"{a|0x1}\"");
    check_line(LOGFORMAT_JSON, false, &record,
               "{\"level\":\"debug\",\"ts\":\"2024-06-07T15:04:05.123Z\",\"logger\":\"app.x\",\"msg\":\"say "
               "\\\"hi\\\"\\n\",\"pid\":\"{a|0x1}\"}\n");
    record = make_record(LOG_ERROR, "x", NULL);
    check_line(LOGFORMAT_JSON, false, &record,
               "{\"level\":\"error\",\"ts\":\"2024-06-07T15:04:05.123Z\",\"logger\":\"app.x\",\"msg\":\"x\"}\n");
}

Test(logformat, long_messages_are_cut)
{
    char *message = malloc(LOGFORMAT_MAX_MESSAGE + 100);
    memset(message, 'x', LOGFORMAT_MAX_MESSAGE + 99);
    message[LOGFORMAT_MAX_MESSAGE + 99] = '\0';
    struct log_record record = make_record(LOG_INFO, message, message);
    struct text line = {0};
    logformat_add(&line, LOGFORMAT_TEXT, false, &record, 0, 0);
    cr_assert(line.length < LOGFORMAT_MAX_MESSAGE + 200);
    cr_assert(strstr(line.data, "...\t{\"fields_dropped_bytes\":16483}\n"));
    text_free(&line);
    free(message);
}

struct rig {
    int out[2];
    struct logsink *sink;
};

static void rig_make(struct rig *rig, enum log_level level, size_t buffer)
{
    cr_assert_eq(pipe2(rig->out, O_CLOEXEC), 0);
    struct logsink_config config = {.fd = rig->out[1], .format = LOGFORMAT_TEXT, .level = level, .buffer = buffer};
    cr_assert_eq(logsink_new(&rig->sink, &config), 0);
}

/* Ends the sink and returns all it wrote. */
static char *rig_finish(struct rig *rig, struct text *text)
{
    char chunk[4096];
    ssize_t n;
    logsink_free(rig->sink);
    close(rig->out[1]);
    while ((n = read(rig->out[0], chunk, sizeof chunk)) > 0)
        text_add(text, chunk, (size_t)n);
    close(rig->out[0]);
    return text->data;
}

Test(logsink, levels_and_hiding)
{
    struct rig rig;
    struct text text = {0};
    rig_make(&rig, LOG_INFO, 0);
    log_printf(logsink_log(rig.sink), LOG_DEBUG, "l", "below");
    log_printf(logsink_log(rig.sink), LOG_INFO, "l", "shown %d", 1);
    logsink_hide(rig.sink, true);
    log_printf(logsink_log(rig.sink), LOG_ERROR, "l", "hidden");
    logsink_hide(rig.sink, false);
    log_printf(logsink_log(rig.sink), LOG_ERROR, "l", "shown 2");
    cr_assert(logsink_flush(rig.sink, 5000000000));
    char *all = rig_finish(&rig, &text);
    cr_assert(strstr(all, "INFO\tl\tshown 1\n"));
    cr_assert(strstr(all, "ERROR\tl\tshown 2\n"));
    cr_assert_null(strstr(all, "below"));
    cr_assert_null(strstr(all, "hidden"));
    text_free(&text);
}

enum { THREADS = 4, LINES = 500 };

static void *log_lines(void *ctx)
{
    for (int i = 0; i < LINES; i++)
        log_printf(logsink_log(ctx), LOG_INFO, "l", "line %d %0*d end", i, 20 + i % 300, 7);
    return NULL;
}

struct reader {
    int fd;
    struct text text;
};

static void *read_all(void *ctx)
{
    struct reader *reader = ctx;
    char chunk[4096];
    ssize_t n;
    while ((n = read(reader->fd, chunk, sizeof chunk)) > 0)
        text_add(&reader->text, chunk, (size_t)n);
    return NULL;
}

Test(logsink, lines_are_whole)
{
    struct rig rig;
    pthread_t loggers[THREADS], drain;
    rig_make(&rig, LOG_INFO, 4 * 1024 * 1024);
    struct reader reader = {.fd = rig.out[0]};
    pthread_create(&drain, NULL, read_all, &reader);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&loggers[i], NULL, log_lines, rig.sink);
    for (int i = 0; i < THREADS; i++)
        pthread_join(loggers[i], NULL);
    cr_assert_eq(logsink_dropped(rig.sink), 0);
    logsink_free(rig.sink);
    close(rig.out[1]);
    pthread_join(drain, NULL);
    int lines = 0;
    for (char *line = strtok(reader.text.data, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        cr_assert_eq(line[4], '-', "%s", line);
        cr_assert_str_eq(line + strlen(line) - 5, "7 end", "%s", line);
    }
    cr_assert_eq(lines, THREADS * LINES);
    text_free(&reader.text);
    close(rig.out[0]);
}

Test(logsink, a_stopped_reader_blocks_nobody, .timeout = 30)
{
    struct rig rig;
    struct text text = {0};
    rig_make(&rig, LOG_INFO, 64 * 1024);
    for (int i = 0; i < 20000; i++)
        log_printf(logsink_log(rig.sink), LOG_INFO, "l", "record %d", i);
    uint64_t dropped = logsink_dropped(rig.sink);
    cr_assert(dropped > 0);
    cr_assert_not(logsink_flush(rig.sink, 1000000));
    char *all = rig_finish(&rig, &text); /* ends although nobody read until now */
    cr_assert(strstr(all, "record 0\n"));
    cr_assert_eq(all[text.length - 1], '\n');
    text_free(&text);
}

Test(logsink, drops_are_counted, .timeout = 30)
{
    struct rig rig;
    pthread_t drain;
    rig_make(&rig, LOG_INFO, 64 * 1024);
    for (int i = 0; i < 20000; i++)
        log_printf(logsink_log(rig.sink), LOG_INFO, "l", "record %d", i);
    uint64_t dropped = logsink_dropped(rig.sink);
    struct reader reader = {.fd = rig.out[0]};
    pthread_create(&drain, NULL, read_all, &reader);
    logsink_free(rig.sink);
    close(rig.out[1]);
    pthread_join(drain, NULL);
    size_t records = 0;
    unsigned long long reported = 0;
    for (char *line = strtok(reader.text.data, "\n"); line; line = strtok(NULL, "\n")) {
        char *lost = strstr(line, "WARN\tlog\t");
        records += !lost;
        reported += lost ? strtoull(lost + 9, NULL, 10) : 0;
    }
    cr_assert_eq(reported, dropped);
    cr_assert_eq(records + dropped, 20000);
    text_free(&reader.text);
    close(rig.out[0]);
}

struct tapped {
    char seen[200];
};

static void tap(void *ctx, const struct log_record *record)
{
    struct tapped *tapped = ctx;
    size_t length = strlen(tapped->seen);
    snprintf(tapped->seen + length, sizeof tapped->seen - length, "%.*s;", (int)record->message_length,
             record->message);
}

Test(logsink, tap_sees_what_its_level_lets_through)
{
    struct logsink *sink;
    struct tapped tapped = {0};
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    struct logsink_config config = {.fd = ends[1], .level = LOG_ERROR};
    cr_assert_eq(logsink_new(&sink, &config), 0);
    struct log *log = logsink_log(sink);
    log_printf(log, LOG_INFO, "a", "before");
    logsink_set_tap(sink, tap, &tapped, LOG_INFO);
    log_printf(log, LOG_DEBUG, "a", "debug");
    log_printf(log, LOG_INFO, "a", "info");
    logsink_hide(sink, true);
    log_printf(log, LOG_WARN, "a", "warn");
    logsink_set_tap(sink, NULL, NULL, LOG_OFF);
    log_printf(log, LOG_WARN, "a", "after");
    cr_assert_str_eq(tapped.seen, "info;warn;");
    logsink_hide(sink, false);
    log_printf(log, LOG_ERROR, "a", "shown");
    logsink_free(sink);
    close(ends[1]);
    char written[1000] = "";
    cr_assert_gt(read(ends[0], written, sizeof written - 1), 0);
    cr_assert(strstr(written, "shown") && !strstr(written, "info"), "%s", written);
    close(ends[0]);
}
