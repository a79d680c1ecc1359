/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/rng.h"
#include "vm/segments.h"

static bool matches(const char *pattern, const char *text)
{
    cr_assert(segments_is_pattern(pattern), "%s", pattern);
    return segments_match(pattern, text, strlen(text));
}

Test(segments, plain_text_matches_itself_only)
{
    cr_assert(matches("registry", "registry"));
    cr_assert_not(matches("registry", "registr"));
    cr_assert_not(matches("registry", "registry2"));
    cr_assert_not(matches("registry", "registry.create"));
    cr_assert_not(matches("registry.create", "registry"));
    cr_assert(matches("registry.create", "registry.create"));
    cr_assert_not(matches("registry", ""));
}

Test(segments, one_star_is_one_segment)
{
    cr_assert(matches("*", "a"));
    cr_assert(matches("*", ""));
    cr_assert_not(matches("*", "a.b"));
    cr_assert(matches("registry.*", "registry.create"));
    cr_assert_not(matches("registry.*", "registry"));
    cr_assert_not(matches("registry.*", "registry.entry.create"));
    cr_assert(matches("*.*.c", "a.b.c"));
    cr_assert(matches("*.b", ".b"));
    cr_assert_not(matches("a.*.c", "a.b.b.c"));
}

Test(segments, two_stars_are_any_number_of_segments)
{
    cr_assert(matches("**", ""));
    cr_assert(matches("**", "a"));
    cr_assert(matches("**", "a.b.c"));
    cr_assert(matches("registry.**", "registry"));
    cr_assert(matches("registry.**", "registry.create"));
    cr_assert(matches("registry.**", "registry.entry.create"));
    cr_assert_not(matches("registry.**", "registrye.create"));
    cr_assert(matches("**.create", "create"));
    cr_assert(matches("**.create", "registry.entry.create"));
    cr_assert_not(matches("**.create", "registry.create.x"));
    cr_assert(matches("a.**.c.**.e", "a.c.e"));
    cr_assert(matches("a.**.c.**.e", "a.b.c.c.d.d.e"));
    cr_assert_not(matches("a.**.c.**.e", "a.b.d.e"));
    cr_assert(matches("**.**", "a"));
    cr_assert(matches("**.*", "a.b"));
    cr_assert(matches("**.b.*", "b.b.b.x"));
}

Test(segments, alternatives)
{
    cr_assert(matches("(a|b)", "a"));
    cr_assert(matches("(a|b)", "b"));
    cr_assert_not(matches("(a|b)", "ab"));
    cr_assert_not(matches("(a|b)", "c"));
    cr_assert(matches("entry.(create|delete)d", "entry.deleted"));
    cr_assert_not(matches("entry.(create|delete)d", "entry.delete"));
    cr_assert(matches("(a|ab)(c|bc)", "abc"));
    cr_assert(matches("(a|ab)(c|bc)", "abbc"));
    cr_assert(matches("x(|y)z", "xz"));
    cr_assert(matches("x(|y)z", "xyz"));
    cr_assert(matches("(supervisor|process).**", "process.exited"));
    cr_assert_not(matches("(supervisor|process).**", "registry.x"));
}

Test(segments, what_is_no_pattern)
{
    static const char *const wrong[] = {"",    "a.",    ".a",     "a..b",   "a*",    "*a",   "***",   "(a", "a)",
                                        "a|b", "(a.b)", "((a)b)", "(a|b))", "(*|b)", "a.(b", "(a|*)", "**a"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_not(segments_is_pattern(wrong[i]), "%s", wrong[i]);
}

Test(segments, texts_are_bytes)
{
    cr_assert(segments_match("a.*", "a.\0b", 4));
    cr_assert_not(segments_match("a", "a\0", 2));
    cr_assert(segments_match("*", "((|", 3));
}

/* The plain definition, exponential and short. */
static bool slow_match(const char *const *want, unsigned wanted, const char *const *have, unsigned had)
{
    if (!wanted)
        return !had;
    if (strcmp(want[0], "**") == 0)
        return slow_match(want + 1, wanted - 1, have, had) || (had && slow_match(want, wanted, have + 1, had - 1));
    return had && (strcmp(want[0], "*") == 0 || strcmp(want[0], have[0]) == 0) &&
           slow_match(want + 1, wanted - 1, have + 1, had - 1);
}

static unsigned make(struct rng *rng, const char *const *words, unsigned count, const char **parts, char *text)
{
    unsigned length = 1 + (unsigned)rng_below(rng, 7);
    text[0] = 0;
    for (unsigned i = 0; i < length; i++) {
        parts[i] = words[rng_below(rng, count)];
        strcat(strcat(text, i ? "." : ""), parts[i]);
    }
    return length;
}

Test(segments, agrees_with_the_definition)
{
    static const char *const patterns[] = {"a", "b", "*", "**", "**"}, *const words[] = {"a", "b", "c"};
    struct rng rng;
    unsigned matched = 0;
    rng_seed(&rng, 20);
    for (unsigned i = 0; i < 20000; i++) {
        const char *want[8], *have[8];
        char pattern[64], text[64];
        unsigned wanted = make(&rng, patterns, 5, want, pattern), had = make(&rng, words, 3, have, text);
        bool expected = slow_match(want, wanted, have, had);
        matched += expected;
        cr_assert_eq(segments_match(pattern, text, strlen(text)), expected, "%s %s", pattern, text);
    }
    cr_assert_gt(matched, 1000u);
}

/* A text made to be tried at every place takes no time that anybody notices: half a million segments. */
Test(segments, many_stars_do_not_explode)
{
    enum { SEGMENTS = 500000 };
    char *text = malloc(2 * SEGMENTS);
    for (size_t i = 0; i < SEGMENTS; i++)
        memcpy(text + 2 * i, "a.", 2);
    cr_assert_not(segments_match("**.a.**.a.**.a.**.b.**.a.**.c", text, 2 * SEGMENTS - 1));
    cr_assert(segments_match("**.a.**.a.**.a.**.a", text, 2 * SEGMENTS - 1));
    free(text);
}
