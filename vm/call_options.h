/* SPDX-License-Identifier: MIT */
/*
 * call_options: what is asked of the interceptors of a call (vm/intercept.c): a time limit, retries. Immutable and reference counted, any thread; NULL is
 * the empty set. Entries have some as defaults, executors others; each option that is given replaces that of the entry as a whole.
 */
#ifndef VM_CALL_OPTIONS_H
#define VM_CALL_OPTIONS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct codec_view;

/* Names, each ended by a NUL. */
struct call_kinds {
    char *names;
    size_t length;
};

struct call_retry {
    uint32_t max_attempts; /* the first included; 0 and 1: none */
    int64_t initial_delay_ns, max_delay_ns;
    double backoff_factor, jitter; /* the share by which a delay is changed at random, up or down */
    struct call_kinds retry_kinds, skip_kinds;
};

struct call_options {
    _Atomic uint32_t refs;
    bool has_timeout, has_retry;
    int64_t timeout_ns; /* 0: no limit */
    struct call_retry retry;
};

/* Empty, with the default figures of a retry, one reference; for who fills it in. */
struct call_options *call_options_new(void);
struct call_options *call_options_ref(struct call_options *options); /* returns its argument */
void call_options_unref(struct call_options *options);

/* `over` where it has an option, else `base`; one reference, NULL for nothing at all. */
struct call_options *call_options_merge(struct call_options *base, struct call_options *over);

void call_kinds_add(struct call_kinds *kinds, const char *name, size_t length);
bool call_kinds_has(const struct call_kinds *kinds, const char *name, size_t length);

/* Is a call that has failed like this worth another attempt? */
bool call_retry_wanted(const struct call_retry *retry, uint32_t attempts, const struct codec_view *error);

/* How long to wait after so many attempts; `random` is from 0 to 1. */
int64_t call_retry_delay_ns(const struct call_retry *retry, uint32_t attempts, double random);

#endif
