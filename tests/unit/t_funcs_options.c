/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <criterion/criterion.h>
#include <string.h>

#include "stdlib/funcs_options.h"
#include "vm/call_options.h"
#include "vm/codec.h"
#include "vm/error.h"
#include "vm/vm.h"

static struct codec_bytes bytes;
static struct call_options *options;
static struct vm_error error;

static void begin(uint32_t count)
{
    bytes.length = 0;
    cr_assert(codec_begin(&bytes, 1));
    cr_assert(codec_put_table(&bytes, 0, count));
}

static void text(const char *string)
{
    cr_assert(codec_put_string(&bytes, string, strlen(string)));
}

static int parse(void)
{
    options = NULL;
    return funcs_options_parse(&options, bytes.data, bytes.length, &error);
}

static void end(void)
{
    codec_bytes_free(&bytes);
}

TestSuite(funcs_options, .fini = end);

Test(funcs_options, nothing_known_is_nothing)
{
    begin(0);
    cr_assert_eq(parse(), 0);
    cr_assert_null(options);
    begin(2);
    text("priority");
    text("high");
    text("timeout");
    cr_assert(codec_put_nil(&bytes));
    cr_assert_eq(parse(), 0);
    cr_assert_null(options);
}

static int64_t timeout_of(void)
{
    cr_assert_eq(parse(), 0, "%s", error.message);
    cr_assert(options->has_timeout && !options->has_retry);
    int64_t ns = options->timeout_ns;
    call_options_unref(options);
    return ns;
}

Test(funcs_options, timeouts)
{
    begin(1);
    text("timeout");
    cr_assert(codec_put_integer(&bytes, 1500));
    cr_assert_eq(timeout_of(), 1500000000);
    begin(1);
    text("timeout");
    cr_assert(codec_put_number(&bytes, 0.5));
    cr_assert_eq(timeout_of(), 500000);
    begin(1);
    text("timeout");
    text("1m30s");
    cr_assert_eq(timeout_of(), 90000000000);
    begin(1);
    text("timeout");
    cr_assert(codec_put_integer(&bytes, 0));
    cr_assert_eq(timeout_of(), 0);
}

static void put_retry(void)
{
    begin(2);
    text("other");
    cr_assert(codec_put_table(&bytes, 1, 1)); /* anything may stand beside it */
    cr_assert(codec_put_table(&bytes, 0, 0));
    text("deep");
    cr_assert(codec_put_table(&bytes, 2, 0));
    text("a");
    text("b");
    text("retry");
    cr_assert(codec_put_table(&bytes, 0, 8));
    text("max_attempts");
    cr_assert(codec_put_number(&bytes, 4));
    text("initial_delay");
    cr_assert(codec_put_integer(&bytes, 50));
    text("max_delay");
    text("2s");
    text("backoff_factor");
    cr_assert(codec_put_number(&bytes, 1.5));
    text("jitter");
    cr_assert(codec_put_integer(&bytes, 0));
    text("retry_kinds");
    cr_assert(codec_put_table(&bytes, 2, 0));
    text("Timeout");
    text("");
    text("skip_kinds");
    cr_assert(codec_put_table(&bytes, 0, 0));
    text("unknown");
    cr_assert(codec_put_boolean(&bytes, true));
}

Test(funcs_options, retry)
{
    put_retry();
    cr_assert_eq(parse(), 0, "%s", error.message);
    const struct call_retry *retry = &options->retry;
    cr_assert(options->has_retry && !options->has_timeout);
    cr_assert_eq(retry->max_attempts, 4);
    cr_assert_eq(retry->initial_delay_ns, 50000000);
    cr_assert_eq(retry->max_delay_ns, 2000000000);
    cr_assert(retry->backoff_factor == 1.5 && retry->jitter == 0);
    cr_assert(call_kinds_has(&retry->retry_kinds, "Timeout", 7) && call_kinds_has(&retry->retry_kinds, "", 0));
    cr_assert_eq(retry->skip_kinds.length, 0);
    call_options_unref(options);
}

Test(funcs_options, defaults_of_retry)
{
    begin(1);
    text("retry");
    cr_assert(codec_put_table(&bytes, 0, 0));
    cr_assert_eq(parse(), 0);
    cr_assert_eq(options->retry.max_attempts, 0);
    cr_assert_eq(options->retry.initial_delay_ns, 100000000);
    cr_assert_eq(options->retry.max_delay_ns, 10000000000);
    cr_assert(options->retry.backoff_factor == 2.0 && options->retry.jitter == 0.1);
    call_options_unref(options);
}

Test(funcs_options, every_cut_of_an_encoding_is_survived)
{
    put_retry();
    for (size_t length = 0; length < bytes.length; length++) {
        unsigned char *copy = malloc(length + 1); /* exactly so long: a sanitizer sees what is read behind it */
        memcpy(copy, bytes.data, length);
        options = NULL;
        funcs_options_parse(&options, copy, length, &error);
        call_options_unref(options);
        free(copy);
    }
    begin(1);
    cr_assert_eq(funcs_options_parse(&options, "\x01\x05", 2, &error), -1);
    cr_assert_str_eq(error.kind, ERROR_INVALID);
}
