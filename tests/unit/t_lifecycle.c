/* SPDX-License-Identifier: MIT */
/* links: host */
/* lifecycle: defaults, fields that make no sense, and the delays between restarts. */
#include <criterion/criterion.h>
#include <string.h>

#include "host/entry.h"
#include "host/lifecycle.h"
#include "host/problem.h"
#include "host/value.h"
#include "host/yaml.h"
#include "sched/base/rng.h"

static struct lifecycle parse(const char *yaml, size_t problems_expected)
{
    struct yaml_error error;
    struct problems problems = {0};
    struct lifecycle lifecycle;
    struct value *data = yaml_parse(yaml, strlen(yaml), NULL, &error);
    cr_assert(data, "%s", error.message);
    struct entry *entry = entry_new("a", "s", strdup("process.service"), value_new(VALUE_MAP, 1), data, "f.yaml", 1);
    lifecycle_parse(&lifecycle, entry, &problems);
    cr_assert_eq(problems.count, problems_expected, "%s", problems.count ? problems.items[0].text : "none");
    for (size_t i = 0; i < problems.count; i++)
        cr_assert(strstr(problems.items[i].text, "f.yaml:1: entry a:s: lifecycle "));
    problems_free(&problems);
    entry_free(entry);
    return lifecycle;
}

Test(lifecycle, defaults)
{
    struct lifecycle l = parse("{}", 0);
    cr_assert_not(l.auto_start);
    cr_assert_not(l.optional);
    cr_assert_eq(l.start_timeout_ns, 10000000000);
    cr_assert_eq(l.stop_timeout_ns, 10000000000);
    cr_assert_eq(l.stable_threshold_ns, 5000000000);
    cr_assert_eq(l.initial_delay_ns, 1000000000);
    cr_assert_eq(l.max_delay_ns, 90000000000);
    cr_assert_eq(l.backoff_factor, 2.0);
    cr_assert_eq(l.jitter, 0.1);
    cr_assert_eq(l.max_attempts, 0);
}

Test(lifecycle, fields)
{
    struct lifecycle l =
        parse("lifecycle: {auto_start: true, startup: optional, start_timeout: 3s, stop_timeout: 250ms, "
              "stable_threshold: 1m, restart: {initial_delay: 5ms, max_delay: 20ms, backoff_factor: 3, jitter: 0, "
              "max_attempts: 7}}",
              0);
    cr_assert(l.auto_start && l.optional);
    cr_assert_eq(l.start_timeout_ns, 3000000000);
    cr_assert_eq(l.stop_timeout_ns, 250000000);
    cr_assert_eq(l.stable_threshold_ns, 60000000000);
    cr_assert_eq(l.initial_delay_ns, 5000000);
    cr_assert_eq(l.max_delay_ns, 20000000);
    cr_assert_eq(l.backoff_factor, 3.0);
    cr_assert_eq(l.jitter, 0.0);
    cr_assert_eq(l.max_attempts, 7);
}

Test(lifecycle, nonsense_is_reported_and_ignored)
{
    struct lifecycle l =
        parse("lifecycle: {auto_start: maybe, startup: 5, start_timeout: soon, stop_timeout: -1s, restart: "
              "{backoff_factor: 0.5, jitter: x, max_attempts: -1}}",
              7);
    cr_assert_not(l.auto_start);
    cr_assert_eq(l.start_timeout_ns, 10000000000);
    cr_assert_eq(l.stop_timeout_ns, 10000000000);
    cr_assert_eq(l.backoff_factor, 2.0);
    cr_assert_eq(l.jitter, 0.1);
    cr_assert_eq(l.max_attempts, 0);
    parse("lifecycle: 5", 1);
    parse("lifecycle: {restart: [1]}", 1);
    parse("lifecycle:", 0);
}

Test(lifecycle, delays_double_up_to_the_most)
{
    struct lifecycle l = parse("lifecycle: {restart: {jitter: 0}}", 0);
    struct rng rng;
    rng_seed(&rng, 1);
    static const uint64_t seconds[] = {1, 2, 4, 8, 16, 32, 64, 90, 90};
    for (uint32_t attempt = 1; attempt <= sizeof seconds / sizeof seconds[0]; attempt++)
        cr_assert_eq(lifecycle_delay_ns(&l, attempt, &rng), seconds[attempt - 1] * 1000000000);
    cr_assert_eq(lifecycle_delay_ns(&l, UINT32_MAX, &rng), 90000000000);
}

Test(lifecycle, jitter_stays_in_bounds_and_spreads)
{
    struct lifecycle l = parse("lifecycle: {restart: {initial_delay: 100ms, jitter: 0.25}}", 0);
    struct rng rng;
    uint64_t least = UINT64_MAX, most = 0;
    rng_seed(&rng, 42);
    for (int i = 0; i < 10000; i++) {
        uint64_t delay = lifecycle_delay_ns(&l, 1, &rng);
        least = delay < least ? delay : least;
        most = delay > most ? delay : most;
    }
    cr_assert(least >= 75000000 && least < 76000000);
    cr_assert(most <= 125000000 && most > 124000000);
}
