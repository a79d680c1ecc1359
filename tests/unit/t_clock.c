/* SPDX-License-Identifier: MIT */
/* links: sched_base */
/* clock and cycles: virtual time moves only when told to, the cycle counter agrees with the clock. */
#include "sched/base/clock.h"

#include <criterion/criterion.h>

#include "sched/base/cycles.h"

Test(clock, real_time_does_not_go_back)
{
    struct clock clock;
    clock_init(&clock, false);
    uint64_t last = clock_now_ns(&clock);
    for (int i = 0; i < 1000; i++) {
        uint64_t now = clock_now_ns(&clock);
        cr_assert_geq(now, last);
        last = now;
    }
    cr_assert_gt(clock_wall_ns(&clock), 1577836800LL * 1000000000);
}

Test(clock, virtual_time_stands_until_advanced)
{
    struct clock clock;
    clock_init(&clock, true);
    cr_assert_eq(clock_now_ns(&clock), 0);
    clock_advance(&clock, 5000);
    cr_assert_eq(clock_now_ns(&clock), 5000);
    clock_advance(&clock, 4000);
    cr_assert_eq(clock_now_ns(&clock), 5000);
    cr_assert_eq(clock_wall_ns(&clock), 1577836800LL * 1000000000 + 5000);
}

Test(clock, advance_leaves_a_real_clock_alone)
{
    struct clock clock;
    clock_init(&clock, false);
    clock_advance(&clock, UINT64_MAX);
    cr_assert_lt(clock_now_ns(&clock), UINT64_MAX / 2);
}

Test(clock, cycles_convert_to_nanoseconds)
{
    struct clock clock;
    struct cycles cycles;
    clock_init(&clock, false);
    cycles_init(&cycles);
    uint64_t outer = clock_now_ns(&clock), start = cycles_now(&cycles), inner = clock_now_ns(&clock);
    while (clock_now_ns(&clock) - inner < 3000000)
        continue;
    uint64_t inner_span = clock_now_ns(&clock) - inner, end = cycles_now(&cycles);
    uint64_t outer_span = clock_now_ns(&clock) - outer;
    uint64_t ns = cycles_to_ns(&cycles, cycles_since(end, start));
    /* What was measured lies between the two spans of the clock, but for the error of the calibration. */
    cr_assert_geq(ns + ns / 50, inner_span);
    cr_assert_leq(ns - ns / 50, outer_span);
    cr_assert_gt(cycles.per_us, 0);
}

Test(clock, cycles_since_never_wraps)
{
    cr_assert_eq(cycles_since(10, 4), 6);
    cr_assert_eq(cycles_since(4, 10), 0);
    cr_assert_eq(cycles_since(7, 7), 0);
}
