/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "sched/base/rng.h"
#include "stdlib/cxx/number_text.h"

static const char *float_text(double value)
{
    static char text[NUMBER_TEXT_MAX + 1];
    memset(text, 'x', sizeof text);
    size_t length = number_text_float(text, value);
    cr_assert_lt(length, (size_t)NUMBER_TEXT_MAX);
    cr_assert_eq(text[NUMBER_TEXT_MAX], 'x');
    text[length] = 0;
    return text;
}

Test(number_text, chooses_the_notation)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "-0"},
        {10, "10"},
        {100000, "100000"},
        {0.1, "0.1"},
        {1e-6, "0.000001"},
        {1e-7, "1e-7"},
        {1e21, "1e+21"},
        {1.5e-10, "1.5e-10"},
        {1e20, "100000000000000000000"},
        {5e-324, "5e-324"},
        {1e-300, "1e-300"},
        {1e100, "1e+100"},
        {-1e-9, "-1e-9"},
        {123.456, "123.456"},
        {1e22, "1e+22"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_assert_str_eq(float_text(cases[i].value), cases[i].text);
    cr_assert_str_eq(float_text(1.7976931348623157e308), "1.7976931348623157e+308");
    cr_assert_str_eq(float_text(-1.2345678901234567e-6), "-0.0000012345678901234567");
}

Test(number_text, reads_back_the_same)
{
    struct rng rng;
    rng_seed(&rng, 7);
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = rng_next(&rng);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value))
            cr_assert_eq(strtod(float_text(value), NULL), value);
    }
}

Test(number_text, writes_integers)
{
    char text[NUMBER_TEXT_MAX];
    cr_assert_eq(number_text_integer(text, INT64_MIN), 20);
    cr_assert_eq(memcmp(text, "-9223372036854775808", 20), 0);
    cr_assert_eq(number_text_integer(text, INT64_MAX), 19);
    cr_assert_eq(memcmp(text, "9223372036854775807", 19), 0);
    cr_assert_eq(number_text_integer(text, 0), 1);
    cr_assert_eq(text[0], '0');
}
