/* SPDX-License-Identifier: MIT */
/* links: host */
/* placeholder and glob: the pieces of a text; patterns over segments. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "host/glob.h"
#include "host/placeholder.h"
#include "host/text.h"
#include "host/value.h"

/* The pieces as "text [env NAME] [env NAME|default] [name NAME]", quoted defaults in quotes. */
static void check(const char *text, const char *expected)
{
    struct text out = {0};
    struct placeholder piece;
    const char *at = text, *end = text + strlen(text);
    while (placeholder_next(&at, end, &piece)) {
        cr_assert(piece.length > 0 && at <= end);
        if (piece.kind == PLACEHOLDER_TEXT) {
            text_add(&out, piece.text, piece.length);
            continue;
        }
        text_printf(&out, "[%s %.*s", piece.kind == PLACEHOLDER_ENV ? "env" : "name", (int)piece.length, piece.text);
        if (piece.has_default)
            text_printf(&out, piece.is_quoted ? "|\"%.*s\"" : "|%.*s", (int)piece.standard_length, piece.standard);
        text_add_string(&out, "]");
    }
    cr_assert_str_eq(text_string(&out), expected, "%s: %s", text, text_string(&out));
    text_free(&out);
}

Test(placeholder, forms)
{
    check("", "");
    check("plain", "plain");
    check("${env:NAME}", "[env NAME]");
    check("${env:app.env:tls-cert}", "[env app.env:tls-cert]");
    check("a${env:X|d e}b", "a[env X|d e]b");
    check("${env:X|}", "[env X|]");
    check("${UPPER_2|d}", "[env UPPER_2|d]");
    check("${X|\"8080\"}", "[env X|\"8080\"]");
    check("${X|\"a}b\"}", "[env X|\"a}b\"]");
    check("${X|{a}{b}}", "[env X|{a}{b}]");
    check("${name}", "[name name]");
    check("${UPPER}", "[name UPPER]");
    check("${a}${b}", "[name a][name b]");
    check("$${env:X} $${", "${env:X} ${");
    check("$$${X|1}", "$${X|1}");
}

Test(placeholder, what_is_none)
{
    static const char *const texts[] = {"$",       "$$",      "${",      "${}",  "${ X}",      "${X",
                                        "${env:",  "${env:}", "${env:X", "${X|", "${X|a",      "${lower|d}",
                                        "${9X|d}", "${a b}",  "$(X)",    "{X}",  "${env:X Y}", "a$b${c d}$e"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        check(texts[i], texts[i]);
}

Test(placeholder, whole)
{
    struct placeholder piece;
    cr_assert(placeholder_is_whole("${env:X}", 8, PLACEHOLDER_ENV, &piece));
    cr_assert_not(placeholder_is_whole("${env:X} ", 9, PLACEHOLDER_ENV, &piece));
    cr_assert_not(placeholder_is_whole("${env:X}", 8, PLACEHOLDER_NAME, &piece));
    cr_assert_not(placeholder_is_whole("", 0, PLACEHOLDER_ENV, &piece));
}

static void check_default(const char *text, enum value_kind kind)
{
    struct placeholder piece;
    cr_assert(placeholder_is_whole(text, strlen(text), PLACEHOLDER_ENV, &piece), "%s", text);
    struct value *value = placeholder_default(&piece);
    cr_assert_eq(value->kind, kind, "%s is %s", text, value_kind_name(value));
    value_free(value);
}

Test(placeholder, types_of_defaults)
{
    check_default("${X|8080}", VALUE_INT);
    check_default("${X|1.5}", VALUE_FLOAT);
    check_default("${X|true}", VALUE_BOOL);
    check_default("${X|text}", VALUE_STRING);
    check_default("${X|\"8080\"}", VALUE_STRING);
    check_default("${X|}", VALUE_STRING);
    check_default("${X|null}", VALUE_STRING);
}

Test(glob, segments)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"app", "app", true},
        {"app", "apps", false},
        {"app", "ap", false},
        {"*", "app", true},
        {"*", "app.x", false},
        {"a*p", "app", true},
        {"a*p", "ap", true},
        {"a*p", "apx", false},
        {"*a*b*", "xxaxxbxx", true},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"app.*", "app.x", true},
        {"app.*", "app", false},
        {"app.*", "app.x.y", false},
        {"app.**", "app", true},
        {"app.**", "app.x.y", true},
        {"app.**", "apps.x", false},
        {"**", "a.b.c", true},
        {"**.x", "x", true},
        {"**.x", "a.b.x", true},
        {"**.x", "a.b.y", false},
        {"a.**.z", "a.z", true},
        {"a.**.z", "a.b.c.z", true},
        {"a.**.z", "a.b.c.zz", false},
        {"a.**.b.**.c", "a.b.c", true},
        {"a.**.b.**.c", "a.x.b.y.c", true},
        {"a.**.b.**.c", "a.x.c", false},
        {"**.*", "a", true},
        {"**.**", "a", true},
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"a**b", "axxb", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_assert_eq(glob_match(cases[i].pattern, cases[i].text, '.'), cases[i].matches, "%s %s", cases[i].pattern,
                     cases[i].text);
    cr_assert(glob_match("docs/**/*.yaml", "docs/a/b/x.yaml", '/'));
    cr_assert(glob_match("*.yaml", "x.y.yaml", '/'));
}

Test(glob, ids)
{
    cr_assert(glob_match_id("app:*_dev", "app:seed_dev"));
    cr_assert_not(glob_match_id("app:*_dev", "app.x:seed_dev"));
    cr_assert(glob_match_id("app.**:*", "app.x.y:n"));
    cr_assert_not(glob_match_id("app.**:*", "app.x:n.m"));
    cr_assert(glob_match_id("**:**", "app.x:n.m"));
    cr_assert_not(glob_match_id("app", "app:x"));
}

/* Stars that all have to give way: bounded by the product of the lengths. */
Test(glob, work_is_bounded)
{
    char text[20001], pattern[4001];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (size_t i = 0; i < sizeof pattern - 2; i += 2)
        memcpy(pattern + i, "*a", 2);
    strcpy(pattern + sizeof pattern - 3, "b");
    cr_assert_not(glob_match(pattern, text, '.'));
}
