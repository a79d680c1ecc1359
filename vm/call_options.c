/* SPDX-License-Identifier: MIT */
/* call_options: see call_options.h. */
#include "vm/call_options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/memory.h"
#include "vm/codec.h"
#include "vm/error.h"

#define MILLISECOND INT64_C(1000000)

struct call_options *call_options_new(void)
{
    struct call_options *options = memory_zeroed(sizeof *options, "options of calls");
    atomic_init(&options->refs, 1);
    options->retry = (struct call_retry){
        .initial_delay_ns = 100 * MILLISECOND,
        .max_delay_ns = 10000 * MILLISECOND,
        .backoff_factor = 2.0,
        .jitter = 0.1,
    };
    return options;
}

struct call_options *call_options_ref(struct call_options *options)
{
    if (options)
        atomic_fetch_add_explicit(&options->refs, 1, memory_order_relaxed);
    return options;
}

void call_options_unref(struct call_options *options)
{
    /* The release of each holder pairs with the acquire of the one that frees. */
    if (!options || atomic_fetch_sub_explicit(&options->refs, 1, memory_order_acq_rel) != 1)
        return;
    free(options->retry.retry_kinds.names);
    free(options->retry.skip_kinds.names);
    free(options);
}

static void copy_kinds(struct call_kinds *to, const struct call_kinds *from)
{
    *to = (struct call_kinds){0};
    if (from->length == 0)
        return;
    to->names = memory_alloc(from->length, "options of calls");
    memcpy(to->names, from->names, from->length);
    to->length = from->length;
}

struct call_options *call_options_merge(struct call_options *base, struct call_options *over)
{
    if (!base || !over)
        return call_options_ref(base ? base : over);
    struct call_options *merged = call_options_new();
    const struct call_options *timeout = over->has_timeout ? over : base, *retry = over->has_retry ? over : base;
    merged->has_timeout = timeout->has_timeout;
    merged->timeout_ns = timeout->timeout_ns;
    merged->has_retry = retry->has_retry;
    merged->retry = retry->retry;
    copy_kinds(&merged->retry.retry_kinds, &retry->retry.retry_kinds);
    copy_kinds(&merged->retry.skip_kinds, &retry->retry.skip_kinds);
    return merged;
}

void call_kinds_add(struct call_kinds *kinds, const char *name, size_t length)
{
    char *names = memory_alloc(kinds->length + length + 1, "options of calls");
    if (kinds->length)
        memcpy(names, kinds->names, kinds->length);
    memcpy(names + kinds->length, name, length);
    names[kinds->length + length] = '\0';
    free(kinds->names);
    kinds->names = names;
    kinds->length += length + 1;
}

bool call_kinds_has(const struct call_kinds *kinds, const char *name, size_t length)
{
    for (size_t at = 0; at < kinds->length; at += strlen(kinds->names + at) + 1)
        if (strlen(kinds->names + at) == length && memcmp(kinds->names + at, name, length) == 0)
            return true;
    return false;
}

static bool is_kind(const struct codec_view *error, const char *kind)
{
    return error->kind_length == strlen(kind) && memcmp(error->kind, kind, error->kind_length) == 0;
}

bool call_retry_wanted(const struct call_retry *retry, uint32_t attempts, const struct codec_view *error)
{
    if (attempts >= retry->max_attempts || is_kind(error, ERROR_CANCELED) || error->retryable == 0)
        return false;
    if (call_kinds_has(&retry->skip_kinds, error->kind, error->kind_length))
        return false;
    if (retry->retry_kinds.length)
        return call_kinds_has(&retry->retry_kinds, error->kind, error->kind_length);
    return retry->skip_kinds.length || !(is_kind(error, ERROR_INVALID) || is_kind(error, ERROR_PERMISSION_DENIED) ||
                                         is_kind(error, ERROR_INTERNAL));
}

int64_t call_retry_delay_ns(const struct call_retry *retry, uint32_t attempts, double random)
{
    double delay = (double)retry->initial_delay_ns * pow(retry->backoff_factor, attempts - 1.0);
    if (!(delay < (double)retry->max_delay_ns))
        delay = (double)retry->max_delay_ns;
    delay *= 1 + retry->jitter * (2 * random - 1);
    return delay > 0 ? (int64_t)delay : 0;
}
