/* SPDX-License-Identifier: MIT */
/* links: sched_base */
/* log: levels, formatting, cutting. */
#include "sched/base/log.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct kept {
    int count;
    enum log_level level;
    char logger[32], message[8192], fields[64];
};

static void keep(void *ctx, const struct log_record *r)
{
    struct kept *k = ctx;
    k->count++;
    k->level = r->level;
    snprintf(k->logger, sizeof k->logger, "%s", r->logger);
    snprintf(k->message, sizeof k->message, "%.*s", (int)r->message_length, r->message);
    snprintf(k->fields, sizeof k->fields, "%.*s", (int)r->fields_length, r->fields ? r->fields : "");
}

Test(log, drops_below_its_level)
{
    struct kept kept = {0};
    struct log log = {.level = LOG_WARN, .sink = keep, .ctx = &kept};
    log_printf(&log, LOG_INFO, "a", "x");
    cr_assert_eq(kept.count, 0);
    log_printf(&log, LOG_WARN, "a.b", "n=%d", 7);
    cr_assert_eq(kept.count, 1);
    cr_assert_eq(kept.level, LOG_WARN);
    cr_assert_str_eq(kept.logger, "a.b");
    cr_assert_str_eq(kept.message, "n=7");
    atomic_store(&log.level, LOG_OFF);
    log_printf(&log, LOG_ERROR, "a", "x");
    cr_assert_eq(kept.count, 1);
}

Test(log, without_sink_or_log_nothing_happens)
{
    struct log log = {.level = LOG_DEBUG};
    log_printf(NULL, LOG_ERROR, "a", "x");
    log_printf(&log, LOG_ERROR, "a", "x");
    cr_assert_not(log_is_on(NULL, LOG_ERROR));
    cr_assert_not(log_is_on(&log, LOG_ERROR));
}

Test(log, passes_fields)
{
    struct kept kept = {0};
    struct log log = {.level = LOG_DEBUG, .sink = keep, .ctx = &kept};
    log_write(&log, &(struct log_record){LOG_DEBUG, "x", "hello", 4, "\"n\":1", 5});
    cr_assert_str_eq(kept.message, "hell");
    cr_assert_str_eq(kept.fields, "\"n\":1");
}

Test(log, cuts_a_long_message)
{
    struct kept kept = {0};
    struct log log = {.level = LOG_INFO, .sink = keep, .ctx = &kept};
    char text[6000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    log_printf(&log, LOG_INFO, "x", "%s", text);
    cr_assert_eq(strlen(kept.message), 4095);
}
