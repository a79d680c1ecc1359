/* SPDX-License-Identifier: MIT */
/* links: sched_base */
/* rng: known sequence, bounds, rough uniformity. */
#include "sched/base/rng.h"

#include <criterion/criterion.h>

Test(rng, follows_the_published_algorithm)
{
    /* First outputs of xoshiro256** for the state 1, 2, 3, 4, as computed by hand from its definition. */
    struct rng rng = {{1, 2, 3, 4}};
    cr_assert_eq(rng_next(&rng), 11520u);
    cr_assert_eq(rng_next(&rng), 0u);
    cr_assert_eq(rng_next(&rng), 1509978240u);
    cr_assert_eq(rng_next(&rng), 1215971899390074240u);
}

Test(rng, seed_expands_by_splitmix)
{
    struct rng rng;
    rng_seed(&rng, 0);
    cr_assert_eq(rng.s[0], 0xe220a8397b1dcdafu);
    cr_assert_eq(rng.s[1], 0x6e789e6aa1b965f4u);
}

Test(rng, same_seed_same_sequence)
{
    struct rng a, b, c;
    rng_seed(&a, 42);
    rng_seed(&b, 42);
    rng_seed(&c, 43);
    int differs = 0;
    for (int i = 0; i < 100; i++) {
        uint64_t x = rng_next(&a);
        cr_assert_eq(x, rng_next(&b));
        differs += x != rng_next(&c);
    }
    cr_assert_geq(differs, 99);
}

Test(rng, below_stays_below_and_hits_all)
{
    struct rng rng;
    unsigned hits[7] = {0};
    rng_seed(&rng, 7);
    for (int i = 0; i < 7000; i++) {
        uint64_t x = rng_below(&rng, 7);
        cr_assert_lt(x, 7);
        hits[x]++;
    }
    for (int i = 0; i < 7; i++)
        cr_assert(hits[i] > 850 && hits[i] < 1150);
    cr_assert_eq(rng_below(&rng, 1), 0);
    uint64_t half = (uint64_t)1 << 63, above = 0;
    for (int i = 0; i < 200; i++)
        above += rng_below(&rng, half + 1) > half / 2;
    cr_assert(above > 60 && above < 140);
}

Test(rng, entropy_differs)
{
    cr_assert_neq(rng_entropy(), rng_entropy());
}
