/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Durations as text and back.
 */
#include <stdint.h>
#include <string.h>

#include <criterion/criterion.h>

#include "stdlib/duration.h"

static void reads(const char *text, int64_t expected)
{
    int64_t ns = -77;
    cr_assert(duration_parse(text, strlen(text), &ns), "%s", text);
    cr_assert_eq(ns, expected, "%s: %lld", text, (long long)ns);
}

static void refuses(const char *text)
{
    int64_t ns;
    cr_assert(!duration_parse(text, strlen(text), &ns), "%s", text);
}

static void prints(int64_t ns, const char *expected)
{
    char text[DURATION_TEXT];
    size_t length = duration_format(ns, text);
    cr_assert_eq(length, strlen(text));
    cr_assert_str_eq(text, expected);
    reads(text, ns);
}

Test(duration, units)
{
    reads("1ns", 1);
    reads("2us", 2000);
    reads("2\xc2\xb5s", 2000);
    reads("2\xce\xbcs", 2000);
    reads("3ms", 3000000);
    reads("4s", 4000000000);
    reads("5m", 300000000000);
    reads("6h", 21600000000000);
}

Test(duration, sums_signs_fractions)
{
    reads("1h30m45s", 5445000000000);
    reads("-1.5s", -1500000000);
    reads("+1.5h", 5400000000000);
    reads("0", 0);
    reads("-0", 0);
    reads("0s", 0);
    reads(".5s", 500000000);
    reads("1.s", 1000000000);
    reads("0.1ns", 0);
    reads("1.999ns", 1);
    reads("0.000000001s", 1);
    reads("1.0000000000000000000000000000000001h", 3600000000000);
    reads("0.3333333333333333333h", 1200000000000 - 1);
    reads("1ms1ms", 2000000);
    reads("00012s", 12000000000);
}

Test(duration, limits)
{
    reads("9223372036854775807ns", INT64_MAX);
    reads("-9223372036854775808ns", INT64_MIN);
    reads("2562047h47m16.854775807s", INT64_MAX);
    refuses("9223372036854775808ns");
    refuses("-9223372036854775809ns");
    refuses("2562048h");
    refuses("99999999999999999999s");
    refuses("9223372036854775807ns1ns");
    refuses("10000000000000000000h");
}

Test(duration, malformed)
{
    static const char *const texts[] = {"",    "-",   "+",    "s",  "1",     "5",         "1x",   "1 s",
                                        " 1s", "1s ", "--1s", ".s", ".",     "1.2.3s",    "1e3s", "1d",
                                        "7d",  "1S",  "1hh",  "s1", "\xc2s", "1\xc2\xb5", "0x1s", "1,5s"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        refuses(texts[i]);
    int64_t ns;
    cr_assert(!duration_parse("1s\0", 3, &ns));
    cr_assert(duration_parse("1sx", 2, &ns));
}

Test(duration, text)
{
    prints(0, "0s");
    prints(1, "1ns");
    prints(999, "999ns");
    prints(1500, "1.5\xc2\xb5s");
    prints(500000000, "500ms");
    prints(1000001, "1.000001ms");
    prints(1500000000, "1.5s");
    prints(1000000001, "1.000000001s");
    prints(60000000000, "1m0s");
    prints(3600000000000, "1h0m0s");
    prints(5445000000000, "1h30m45s");
    prints(-5445000000000, "-1h30m45s");
    prints(INT64_MAX, "2562047h47m16.854775807s");
    prints(INT64_MIN, "-2562047h47m16.854775808s");
}
