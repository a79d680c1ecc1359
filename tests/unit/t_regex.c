/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/* regex: matching anywhere, bytes of any kind, patterns that are none or too large. */
#include <criterion/criterion.h>
#include <string.h>

#include "stdlib/cxx/regex.h"

enum { MEMORY = 256 * 1024 };

static bool matches(const char *pattern, const char *text, size_t length)
{
    char problem[100] = "";
    struct regex *regex = regex_new(pattern, strlen(pattern), MEMORY, problem, sizeof problem);
    cr_assert(regex, "%s", problem);
    cr_assert_gt(regex_steps(regex), 0);
    bool result = regex_matches(regex, text, length);
    regex_free(regex);
    return result;
}

static void check_refused(const char *pattern, const char *expected)
{
    char problem[100] = "";
    struct regex *regex = regex_new(pattern, strlen(pattern), MEMORY, problem, sizeof problem);
    cr_assert_null(regex);
    cr_assert(strstr(problem, expected), "%s", problem);
}

Test(regex, matches_anywhere)
{
    cr_assert(matches("b+", "abbc", 4));
    cr_assert(!matches("^b", "abbc", 4));
    cr_assert(matches("", "", 0));
    cr_assert(matches("^$", "", 0));
    cr_assert(matches("\\p{Greek}", "\xCE\xB1", 2));
    cr_assert(matches("(?i)ABC", "xabc", 4));
    cr_assert(!matches("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 33));
}

Test(regex, any_bytes)
{
    cr_assert(matches("b", "a\0b", 3));
    cr_assert(!matches("b", "a\0b", 2));
    cr_assert(matches("x$", "\xFF\xFEx", 3));
}

Test(regex, what_is_none)
{
    check_refused("(", "missing )");
    check_refused("a(?=b)", "invalid perl operator");
    check_refused("(a)\\1", "invalid escape");
    check_refused("a{5000}", "invalid repetition size");
    check_refused("\\pL{500}", "pattern too large");
    regex_free(NULL);
}

/* A problem is cut to its room. */
Test(regex, short_room)
{
    char problem[8];
    cr_assert_null(regex_new("(", 1, MEMORY, problem, sizeof problem));
    cr_assert_eq(strlen(problem), 7);
}
