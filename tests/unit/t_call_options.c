/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <criterion/criterion.h>
#include <string.h>

#include "vm/call_options.h"
#include "vm/codec.h"
#include "vm/error.h"

static struct codec_view error_of(const char *kind, int retryable)
{
    return (struct codec_view){
        .tag = CODEC_ERROR, .kind = kind, .kind_length = strlen(kind), .retryable = (int8_t)retryable};
}

static bool wanted(const struct call_retry *retry, uint32_t attempts, const char *kind, int retryable)
{
    struct codec_view error = error_of(kind, retryable);
    return call_retry_wanted(retry, attempts, &error);
}

static void add(struct call_kinds *kinds, const char *name)
{
    call_kinds_add(kinds, name, strlen(name));
}

Test(call_options, kinds)
{
    struct call_options *options = call_options_new();
    struct call_kinds *kinds = &options->retry.retry_kinds;
    cr_assert_not(call_kinds_has(kinds, "", 0));
    add(kinds, "Timeout");
    add(kinds, "");
    add(kinds, "Own");
    cr_assert(call_kinds_has(kinds, "Timeout", 7));
    cr_assert(call_kinds_has(kinds, "", 0));
    cr_assert(call_kinds_has(kinds, "Own", 3));
    cr_assert_not(call_kinds_has(kinds, "Time", 4));
    cr_assert_not(call_kinds_has(kinds, "Timeouts", 8));
    call_options_unref(options);
}

Test(call_options, retries_without_lists)
{
    struct call_options *options = call_options_new();
    struct call_retry *retry = &options->retry;
    cr_assert_not(wanted(retry, 1, ERROR_UNAVAILABLE, -1)); /* max_attempts is 0 */
    retry->max_attempts = 3;
    cr_assert(wanted(retry, 1, ERROR_UNAVAILABLE, -1));
    cr_assert(wanted(retry, 2, ERROR_UNAVAILABLE, 1));
    cr_assert_not(wanted(retry, 3, ERROR_UNAVAILABLE, 1));
    cr_assert_not(wanted(retry, 1, ERROR_UNAVAILABLE, 0));
    cr_assert(wanted(retry, 1, ERROR_UNKNOWN, -1));
    cr_assert(wanted(retry, 1, ERROR_TIMEOUT, -1));
    cr_assert_not(wanted(retry, 1, ERROR_INVALID, 1));
    cr_assert_not(wanted(retry, 1, ERROR_INTERNAL, 1));
    cr_assert_not(wanted(retry, 1, ERROR_PERMISSION_DENIED, 1));
    cr_assert_not(wanted(retry, 1, ERROR_CANCELED, 1));
    call_options_unref(options);
}

Test(call_options, retries_with_lists)
{
    struct call_options *options = call_options_new();
    struct call_retry *retry = &options->retry;
    retry->max_attempts = 3;
    add(&retry->skip_kinds, ERROR_TIMEOUT);
    cr_assert_not(wanted(retry, 1, ERROR_TIMEOUT, -1));
    cr_assert(wanted(retry, 1, ERROR_INTERNAL, -1));
    cr_assert_not(wanted(retry, 1, ERROR_CANCELED, -1));
    add(&retry->retry_kinds, ERROR_INTERNAL);
    add(&retry->retry_kinds, ERROR_TIMEOUT);
    cr_assert(wanted(retry, 1, ERROR_INTERNAL, -1));
    cr_assert_not(wanted(retry, 1, ERROR_TIMEOUT, -1)); /* skipped all the same */
    cr_assert_not(wanted(retry, 1, ERROR_UNAVAILABLE, -1));
    call_options_unref(options);
}

Test(call_options, delays)
{
    struct call_options *options = call_options_new();
    struct call_retry *retry = &options->retry;
    retry->jitter = 0;
    cr_assert_eq(call_retry_delay_ns(retry, 1, 0.5), 100000000);
    cr_assert_eq(call_retry_delay_ns(retry, 2, 0.5), 200000000);
    cr_assert_eq(call_retry_delay_ns(retry, 3, 0.5), 400000000);
    cr_assert_eq(call_retry_delay_ns(retry, 50, 0.5), 10000000000);
    cr_assert_eq(call_retry_delay_ns(retry, 1000000, 0.5), 10000000000); /* not infinite */
    retry->jitter = 0.1;
    cr_assert_eq(call_retry_delay_ns(retry, 1, 0), 90000000);
    cr_assert_eq(call_retry_delay_ns(retry, 1, 1), 110000000);
    retry->backoff_factor = 0;
    cr_assert_eq(call_retry_delay_ns(retry, 2, 0.5), 0);
    call_options_unref(options);
}

Test(call_options, merging_is_by_option)
{
    struct call_options *base = call_options_new(), *over = call_options_new();
    base->has_timeout = base->has_retry = true;
    base->timeout_ns = 1;
    base->retry.max_attempts = 5;
    add(&base->retry.retry_kinds, "Own");
    over->has_timeout = true;
    over->timeout_ns = 2;
    struct call_options *merged = call_options_merge(base, over);
    cr_assert(merged->has_timeout && merged->timeout_ns == 2);
    cr_assert(merged->has_retry && merged->retry.max_attempts == 5);
    cr_assert(call_kinds_has(&merged->retry.retry_kinds, "Own", 3));
    call_options_unref(base);
    cr_assert(call_kinds_has(&merged->retry.retry_kinds, "Own", 3)); /* a copy */
    call_options_unref(merged);
    merged = call_options_merge(NULL, over);
    cr_assert_eq(merged, over);
    call_options_unref(merged);
    merged = call_options_merge(over, NULL);
    cr_assert_eq(merged, over);
    call_options_unref(merged);
    cr_assert_null(call_options_merge(NULL, NULL));
    call_options_unref(over);
}
