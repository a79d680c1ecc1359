/* SPDX-License-Identifier: MIT */
/* links: vm */
/*
 * f_context: any bytes as the fields of a context: refused, or a context whose values are found by their keys, sorted and each an encoding of one
 * value; and overlaying it over itself and over others loses nothing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vm/codec.h"
#include "vm/context.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition) \
    do {                   \
        if (!(condition))  \
            abort();       \
    } while (0)

static void check_values(const struct context *context)
{
    struct context_value value, found, last = {0};
    for (size_t i = 0; i < context_count(context); i++) {
        context_at(context, i, &value);
        REQUIRE(context_find(context, value.key, value.key_length, &found));
        REQUIRE(found.data == value.data && found.length == value.length);
        REQUIRE(codec_count(value.data, value.length) == 1);
        if (i > 0) {
            size_t common = value.key_length < last.key_length ? value.key_length : last.key_length;
            int order = memcmp(last.key, value.key, common);
            REQUIRE(order < 0 || (order == 0 && last.key_length < value.key_length));
        }
        last = value;
    }
}

/* All values of `part`, and nothing else, unless `base` has it. */
static void check_overlay(const struct context *whole, const struct context *part, const struct context *base)
{
    struct context_value value, found;
    check_values(whole);
    for (size_t i = 0; i < context_count(part); i++) {
        context_at(part, i, &value);
        REQUIRE(context_find(whole, value.key, value.key_length, &found));
        REQUIRE(found.length == value.length && memcmp(found.data, value.data, value.length) == 0);
    }
    for (size_t i = 0; i < context_count(whole); i++) {
        context_at(whole, i, &value);
        REQUIRE(context_find(part, value.key, value.key_length, &found) ||
                context_find(base, value.key, value.key_length, &found));
    }
}

static struct context *base_context(void)
{
    struct codec_bytes bytes = {0};
    struct context *base = NULL;
    REQUIRE(codec_begin(&bytes, 1) && codec_put_table(&bytes, 0, 2));
    REQUIRE(codec_put_string(&bytes, "a", 1) && codec_put_integer(&bytes, 1));
    REQUIRE(codec_put_string(&bytes, "m", 1) && codec_put_table(&bytes, 1, 0) && codec_put_boolean(&bytes, true));
    REQUIRE(context_merge(&base, NULL, bytes.data, bytes.length) == 0);
    codec_bytes_free(&bytes);
    return base;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct context *context = NULL, *merged = NULL, *overlaid = NULL, *base = base_context();
    int result = context_merge(&context, NULL, data, size);
    REQUIRE(context_merge(&merged, base, data, size) == result);
    if (result == 0) {
        check_overlay(context, context, NULL);
        check_overlay(merged, context, base);
        REQUIRE(context_overlay(&overlaid, base, context) == 0);
        check_overlay(overlaid, context, base);
        REQUIRE(context_count(overlaid) == context_count(merged));
    } else {
        REQUIRE(context_message(result)[0]);
    }
    context_unref(context);
    context_unref(merged);
    context_unref(overlaid);
    context_unref(base);
    return 0;
}
