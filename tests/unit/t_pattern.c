/* SPDX-License-Identifier: MIT */
/* links: stdlib; skip: tsan (there is one thread only, and it would take a minute) */
/* pattern: classes, matches, captures, errors, and that a match goes on after PATTERN_MORE wherever it stopped and was moved. */
#include "stdlib/pattern.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

/* Runs to the end; after each piece of work the machine is moved to the other of two places, the first wiped. */
static enum pattern_result run(struct pattern **m, unsigned *pieces)
{
    static struct pattern other;
    struct pattern *here = *m, *there = &other;
    enum pattern_result result;
    *pieces = 0;
    while ((result = pattern_run(here)) == PATTERN_MORE) {
        cr_assert(pattern_work(here) >= 1);
        memset(there, 0xA5, sizeof *there);
        pattern_move(there, here);
        memset(here, 0x5A, sizeof *here);
        struct pattern *moved = there;
        there = here;
        here = moved;
        ++*pieces;
    }
    *m = here;
    return result;
}

/* The first match of `pattern` in `subject`, as "start-end", from 0; "no"; or the error. */
static const char *first(const char *subject, const char *pattern)
{
    static char text[64];
    struct pattern machine, *m = &machine;
    unsigned pieces;
    pattern_init(m, subject, strlen(subject), pattern, strlen(pattern), true);
    enum pattern_result result = run(&m, &pieces);
    if (result == PATTERN_BAD)
        return m->error;
    if (result == PATTERN_NO)
        return "no";
    snprintf(text, sizeof text, "%d-%d", (int)(m->start - subject), (int)(m->end - subject));
    return text;
}

Test(pattern, classes_are_those_of_the_c_locale)
{
    static const struct {
        char letter;
        int (*is)(int);
    } classes[] = {{'a', isalpha}, {'c', iscntrl}, {'d', isdigit}, {'g', isgraph}, {'l', islower},
                   {'p', ispunct}, {'s', isspace}, {'u', isupper}, {'w', isalnum}, {'x', isxdigit}};
    for (unsigned i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        bool negate;
        const struct pattern_bits *bits = pattern_class((unsigned char)classes[i].letter, &negate);
        cr_assert(bits && !negate);
        for (int c = 0; c < 256; c++)
            cr_assert(pattern_bits_has(bits, (unsigned char)c) == (classes[i].is(c) != 0), "%%%c %d", classes[i].letter,
                      c);
        cr_assert(pattern_class((unsigned char)toupper(classes[i].letter), &negate) == bits && negate);
    }
    for (const char *c = "bfbeh?.[%1"; *c; c++) {
        bool negate;
        cr_assert(pattern_class((unsigned char)*c, &negate) == NULL);
    }
}

/* Decodes a set and gives the characters in it, printable ones only. */
static const char *members(const char *pattern)
{
    static char text[128];
    struct pattern_set set;
    int steps = 1000;
    unsigned count = 0;
    const char *end = pattern + strlen(pattern);
    pattern_set_begin(&set, pattern, end);
    if (pattern_set_decode(&set, end, &steps) != PATTERN_YES)
        return NULL;
    for (int c = ' '; c < 127; c++) {
        if (pattern_bits_has(&set.bits, (unsigned char)c))
            text[count++] = (char)c;
    }
    text[count] = '\0';
    return text;
}

Test(pattern, sets)
{
    cr_assert_str_eq(members("[abc]"), "abc");
    cr_assert_str_eq(members("[a-e]x"), "abcde");
    cr_assert_str_eq(members("[]a]"), "]a");
    cr_assert_str_eq(members("[%]a-]"), "-]a");
    cr_assert_str_eq(members("[%d_]"), "0123456789_");
    cr_assert_str_eq(members("[x-%%]"), "]");
    cr_assert_str_eq(members("[e-a]"), "");
    cr_assert_str_eq(members("[^%g]"), " ");
    cr_assert_null(members("[a"));
    cr_assert_null(members("[a%]"));
    cr_assert_null(members("[]"));
    cr_assert_null(members("["));
}

Test(pattern, a_long_set_is_decoded_in_pieces)
{
    enum { LENGTH = 100000 };
    char *pattern = malloc(LENGTH + 1);
    struct pattern_set set;
    unsigned pieces = 1;
    memset(pattern, 'a', LENGTH);
    pattern[0] = '[';
    pattern[LENGTH - 2] = 'b';
    pattern[LENGTH - 1] = ']';
    pattern[LENGTH] = '\0';
    pattern_set_begin(&set, pattern, pattern + LENGTH);
    for (int steps = 10; pattern_set_decode(&set, pattern + LENGTH, &steps) == PATTERN_MORE; steps = 10)
        pieces++;
    cr_assert(pieces > 1000 && set.is_ready && set.end == pattern + LENGTH);
    cr_assert(pattern_bits_has(&set.bits, 'b') && !pattern_bits_has(&set.bits, 'c'));
    free(pattern);
}

Test(pattern, matches)
{
    cr_assert_str_eq(first("hello", "l+"), "2-4");
    cr_assert_str_eq(first("hello", "l-"), "0-0");
    cr_assert_str_eq(first("hello", "el-o"), "1-5");
    cr_assert_str_eq(first("hello", "^l"), "no");
    cr_assert_str_eq(first("hello", "lo$"), "3-5");
    cr_assert_str_eq(first("a$b", "a$b"), "0-3");
    cr_assert_str_eq(first("a.b.c", ".*%."), "0-4");
    cr_assert_str_eq(first("a.b.c", ".-%."), "0-2");
    cr_assert_str_eq(first("x(a(b))y", "%b()"), "1-7");
    cr_assert_str_eq(first("x((a)", "%b()"), "2-5");
    cr_assert_str_eq(first("THE (fox)", "%f[%a]%l+"), "5-8");
    cr_assert_str_eq(first("abab", "(ab)%1"), "0-4");
    cr_assert_str_eq(first("", ""), "0-0");
    cr_assert_str_eq(first("aaa", "a?a?a?a"), "0-3");
}

Test(pattern, mistakes_count_where_matching_meets_them)
{
    cr_assert_str_eq(first("abc", "x["), "no");
    cr_assert_str_eq(first("abc", "a["), "malformed pattern (missing ']')");
    cr_assert_str_eq(first("abc", "%"), "malformed pattern (ends with '%')");
    cr_assert_str_eq(first("abc", "%b"), "malformed pattern (missing arguments to '%b')");
    cr_assert_str_eq(first("abc", "%bx"), "malformed pattern (missing arguments to '%b')");
    cr_assert_str_eq(first("abc", "%fa"), "missing '[' after '%f' in pattern");
    cr_assert_str_eq(first("abc", "a?)"), "invalid pattern capture");
    cr_assert_str_eq(first("abc", "(a%1)"), "invalid capture index");
}

Test(pattern, too_many_choices_and_captures)
{
    char pattern[2 * PATTERN_MAX_DEPTH + 8], subject[PATTERN_MAX_DEPTH + 8];
    memset(subject, 'a', sizeof subject);
    subject[sizeof subject - 1] = '\0';
    for (unsigned i = 0; i <= PATTERN_MAX_DEPTH; i++)
        memcpy(pattern + 2 * i, "a?", 3);
    cr_assert_str_eq(first(subject, pattern), "pattern too complex");
    pattern[2 * PATTERN_MAX_DEPTH] = '\0';
    cr_assert_str_eq(first(subject, pattern), "0-199");
    for (unsigned i = 0; i <= PATTERN_MAX_CAPTURES; i++)
        memcpy(pattern + 2 * i, "()", 3);
    cr_assert_str_eq(first(subject, pattern), "too many captures");
}

/* Long loops of every kind stop in between, and end with the right result. */
Test(pattern, goes_on_after_a_pause)
{
    enum { LENGTH = 60000 };
    static const struct {
        const char *pattern;
        enum pattern_result result;
    } cases[] = {{"^a*b", PATTERN_YES},        {"^a-b", PATTERN_YES},         {"^.-b", PATTERN_YES},
                 {"^[ac]*b$", PATTERN_YES},    {"^%l-b$", PATTERN_YES},       {"^(a*)b$", PATTERN_YES},
                 {"b", PATTERN_YES},           {"^.*%u", PATTERN_NO},         {"%bac", PATTERN_NO},
                 {"^()a+()b()$", PATTERN_YES}, {"^%w*%l*%a*b$", PATTERN_YES}, {"x", PATTERN_NO}};
    char *subject = malloc(LENGTH);
    memset(subject, 'a', LENGTH);
    subject[LENGTH - 1] = 'b';
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pattern machine, *m = &machine;
        unsigned pieces;
        const char *pattern = cases[i].pattern;
        pattern_init(m, subject, LENGTH, pattern, strlen(pattern), true);
        cr_assert(run(&m, &pieces) == cases[i].result, "%s", pattern);
        cr_assert(pieces > 0, "%s", pattern);
        if (cases[i].result == PATTERN_YES)
            cr_assert(m->end == subject + LENGTH, "%s", pattern);
    }
    free(subject);
}

Test(pattern, one_run_is_bounded)
{
    enum { LENGTH = 3000, RUNS = 20000 };
    struct pattern m;
    char *subject = malloc(LENGTH);
    memset(subject, 'a', LENGTH);
    pattern_init(&m, subject, LENGTH, ".-.-.-b", 7, true);
    for (unsigned i = 0; i < RUNS; i++) {
        cr_assert(pattern_run(&m) == PATTERN_MORE);
        cr_assert(pattern_work(&m) <= 2 * PATTERN_STEPS);
    }
    free(subject);
}

Test(pattern, seek_skips_matches_that_end_at_the_last)
{
    struct pattern m;
    const char *subject = "ab";
    pattern_init(&m, subject, 2, "%a*", 3, false);
    cr_assert(pattern_run(&m) == PATTERN_YES && m.start == subject && m.end == subject + 2);
    pattern_seek(&m, m.end, m.end);
    cr_assert(pattern_run(&m) == PATTERN_NO);
    pattern_init(&m, "^a", 2, "^a", 2, false);
    cr_assert(pattern_run(&m) == PATTERN_YES);
}

Test(pattern, plain_texts)
{
    cr_assert(pattern_is_plain("hello world)]", 13) && pattern_is_plain("", 0));
    for (const char *c = "^$*+?.([%-"; *c; c++)
        cr_assert(!pattern_is_plain(c, 1), "%c", *c);
}
