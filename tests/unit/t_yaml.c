/* SPDX-License-Identifier: MIT */
/* links: host; skip: tsan (there is one thread only) */
/* yaml: scalar typing, anchors and merge keys, bounds, positions of errors, and odd input. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/value.h"
#include "host/yaml.h"
#include "sched/base/rng.h"

static struct value *parse(const char *text)
{
    struct yaml_error error;
    struct value *value = yaml_parse(text, strlen(text), NULL, &error);
    cr_assert(value, "%u:%u: %s", error.line, error.column, error.message);
    return value;
}

static void check_error(const char *text, unsigned line, unsigned column, const char *part)
{
    struct yaml_error error;
    cr_assert_null(yaml_parse(text, strlen(text), NULL, &error), "accepted: %s", text);
    cr_assert_eq(error.line, line, "line %u of: %s", error.line, text);
    cr_assert_eq(error.column, column, "column %u of: %s", error.column, text);
    cr_assert(strstr(error.message, part), "'%s' lacks '%s'", error.message, part);
}

static void check_kind(const char *word, enum value_kind kind)
{
    struct value *value = parse(word);
    cr_assert_eq(value->kind, kind, "%s is %s", word, value_kind_name(value));
    value_free(value);
}

static void check_integer(const char *word, int64_t expected)
{
    struct value *value = parse(word);
    cr_assert_eq(value->kind, VALUE_INT, "%s is %s", word, value_kind_name(value));
    cr_assert_eq(value->integer, expected, "%s", word);
    value_free(value);
}

static void check_float(const char *word, double expected)
{
    struct value *value = parse(word);
    cr_assert_eq(value->kind, VALUE_FLOAT, "%s is %s", word, value_kind_name(value));
    cr_assert(value->number == expected || (isnan(expected) && isnan(value->number)), "%s", word);
    value_free(value);
}

Test(yaml, integers)
{
    check_integer("12", 12);
    check_integer("-12", -12);
    check_integer("+12", 12);
    check_integer("0", 0);
    check_integer("0600", 384);
    check_integer("-010", -8);
    check_integer("0o17", 15);
    check_integer("0x1F", 31);
    check_integer("-0xff", -255);
    check_integer("0b101", 5);
    check_integer("9223372036854775807", INT64_MAX);
    check_integer("-9223372036854775808", INT64_MIN);
    check_integer("0x7fffffffffffffff", INT64_MAX);
    check_float("9223372036854775808", 9223372036854775808.0);
    check_float("0x10000000000000000", 18446744073709551616.0);
}

Test(yaml, floats)
{
    check_float("1.5", 1.5);
    check_float("-.5", -0.5);
    check_float("1.", 1.0);
    check_float("1e3", 1000);
    check_float("1.5E-2", 0.015);
    check_float("09.5", 9.5);
    check_float(".inf", INFINITY);
    check_float("-.INF", -INFINITY);
    check_float(".NaN", NAN);
}

Test(yaml, words)
{
    static const char *const strings[] = {"yes",   "no",   "on",       "off",     "y",        "tRue",
                                          "nULL",  "089",  "1_000",    "12:30",   "1.2.3",    "2024-01-01",
                                          "0x",    "0b12", "1e",       "e3",      "infinity", "nan",
                                          "0x1p3", "'12'", "\"true\"", "!!str 5", "!local 5", "-"};
    for (size_t i = 0; i < sizeof strings / sizeof strings[0] - 1; i++)
        check_kind(strings[i], VALUE_STRING);
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", "# only a comment", "---", "!!null ''"};
    for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++)
        check_kind(nulls[i], VALUE_NULL);
    static const char *const booleans[] = {"true", "True", "TRUE", "false", "False", "FALSE", "!!bool 'true'"};
    for (size_t i = 0; i < sizeof booleans / sizeof booleans[0]; i++)
        check_kind(booleans[i], VALUE_BOOL);
    check_float("!!float 5", 5);
    check_integer("!!int '5'", 5);
}

Test(yaml, nodes_know_their_lines)
{
    struct value *value = parse("a: 1\nb:\n  - x\n  - y: 2\n");
    cr_assert_eq(value->map.pairs[1].line, 2);
    cr_assert_eq(value_get(value, "b")->list.items[0]->line, 3);
    cr_assert_eq(value_path(value_get(value, "b")->list.items[1], "y")->line, 4);
    value_free(value);
}

Test(yaml, aliases_copy)
{
    struct value *value = parse("base: &b {x: [1, 2]}\nother: *b\nkey: &k name\n*k : 5\n");
    cr_assert(value_is_equal(value_get(value, "base"), value_get(value, "other")));
    cr_assert_neq(value_get(value, "base"), value_get(value, "other"));
    cr_assert_eq(value_get(value, "name")->integer, 5);
    value_free(value);
    value = parse("- &a 1\n- &a 2\n- *a\n");
    cr_assert_eq(value->list.items[2]->integer, 2);
    value_free(value);
}

Test(yaml, merge_keys)
{
    struct value *value =
        parse("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 9\nd: {<<: *b, z: 3}\n"
              "e: {\"<<\": 4}\n");
    cr_assert_eq(value_path(value, "c.x")->integer, 9);
    cr_assert_eq(value_path(value, "c.y")->integer, 1);
    cr_assert_eq(value_path(value, "c.z")->integer, 2);
    cr_assert_eq(value_path(value, "d.y")->integer, 2);
    cr_assert_eq(value_path(value, "d.z")->integer, 3);
    cr_assert_eq(value_path(value, "e.<<")->integer, 4);
    value_free(value);
}

Test(yaml, errors_have_positions)
{
    check_error("a: 1\na: 2\n", 2, 1, "there twice");
    check_error("a: *nothing\n", 1, 4, "unknown anchor 'nothing'");
    check_error("a: [1, 2\nb: 3\n", 2, 2, "did not find expected");
    check_error("a:\n\t- 1\n", 2, 1, "cannot start any token");
    check_error("? [a]\n: 1\n", 1, 3, "must be a text");
    check_error("<<: 5\n", 1, 1, "'<<'");
    check_error("a: &x [*x]\n", 1, 8, "unknown anchor");
    check_error("a: !!int foo\n", 1, 4, "does not fit");
    check_error("a: !!binary aGk=\n", 1, 4, "binary");
    check_error("\"a\\0b\": 1\n", 1, 1, "NUL");
}

Test(yaml, json_is_a_subset)
{
    struct yaml_error error;
    static const char text[] =
        "{\n\t\"a\": [1, 2.5, true, null],\n\t\"b\":{\"c\":\"\\u00e4\\/\\n\"},\"e\":\"\\ud83d\\ude00\\\\ud83d\"\n}\n";
    struct value *value = yaml_parse_json(text, sizeof text - 1, NULL, &error);
    cr_assert(value, "%u:%u: %s", error.line, error.column, error.message);
    cr_assert_eq(value_get(value, "a")->list.count, 4);
    cr_assert_str_eq(value_string(value_path(value, "b.c")), "\xC3\xA4/\n");
    cr_assert_str_eq(value_get_string(value, "e"), "\xF0\x9F\x98\x80\\ud83d");
    value_free(value);
}

Test(yaml, first_of_several_documents)
{
    struct yaml_error error;
    bool more;
    value_free(yaml_parse("a: 1\n---\nb: 2\n", 14, &more, &error));
    cr_assert(more);
    value_free(yaml_parse("---\na: 1\n...\n", 13, &more, &error));
    cr_assert_not(more);
}

Test(yaml, nesting_is_bounded)
{
    char text[2 * YAML_MAX_DEPTH + 8] = "";
    memset(text, '[', YAML_MAX_DEPTH);
    memset(text + YAML_MAX_DEPTH, ']', YAML_MAX_DEPTH);
    value_free(parse(text));
    memset(text, '[', YAML_MAX_DEPTH + 1);
    memset(text + YAML_MAX_DEPTH + 1, ']', YAML_MAX_DEPTH + 1);
    check_error(text, 1, YAML_MAX_DEPTH + 1, "nested deeper");
}

Test(yaml, billion_laughs_are_refused)
{
    char text[2048];
    int length = snprintf(text, sizeof text, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++)
        length += snprintf(text + length, sizeof text - (size_t)length,
                           "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1,
                           i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    struct yaml_error error;
    cr_assert_null(yaml_parse(text, (size_t)length, NULL, &error));
    cr_assert(strstr(error.message, "expand") || strstr(error.message, "anchored"));
}

/* Whatever the bytes are: a tree or an error with a message, and no memory or undefined behaviour (sanitizer builds). */
static void check_survives(const char *text, size_t length)
{
    struct yaml_error error;
    struct value *value = yaml_parse(text, length, NULL, &error);
    cr_assert(value || error.message[0]);
    value_free(value);
    value = yaml_parse_json(text, length, NULL, &error);
    cr_assert(value || error.message[0]);
    value_free(value);
}

static const char seed_text[] =
    "version: \"1.0\"\nnamespace: app\nmeta: &m {a: 1, b: [x, 'y', \"z\\u00e4\"]}\nentries:\n"
    "  - name: hello\n    kind: process.lua\n    <<: *m\n    source: |\n      return 1\n"
    "    modules: [json, time]\n  - {name: b, kind: !!str x, n: 0600, f: 1e3, big: &b [*m, ~]}\n";

Test(yaml, survives_odd_input)
{
    static const char *const odd[] = {"&a",
                                      "*",
                                      "? ",
                                      ": :",
                                      "- - - -",
                                      "{",
                                      "}",
                                      "[[[[",
                                      "!<",
                                      "!!",
                                      "%YAML 9",
                                      "%TAG ! x",
                                      "\"\\u",
                                      "\"\\UFFFFFFFF\"",
                                      "'",
                                      "|",
                                      ">9",
                                      "|+-",
                                      "a: b: c",
                                      "\xFF\xFE",
                                      ("\xEF\xBB\xBF"
                                       "a: 1"),
                                      "\\ud83d",
                                      "\\",
                                      "--- --- ---",
                                      "... ...",
                                      "? ? ?",
                                      "<<: *x",
                                      "&a &b c",
                                      "!a !b c",
                                      "\xFE\xFF\0a",
                                      "@",
                                      "`"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        check_survives(odd[i], strlen(odd[i]));
    check_survives("a\0b: 1", 6);
    check_survives("\xFF\xFE"
                   "a\0:\0 \0"
                   "1\0",
                   10);
    for (size_t cut = 0; cut < sizeof seed_text; cut++)
        check_survives(seed_text, cut);
}

Test(yaml, survives_mutations)
{
    struct rng rng;
    rng_seed(&rng, 20240607);
    static const char pieces[] = "&*[]{}:,-?!|>'\"%#\n\t \\<~0x.\x80\xFF";
    char text[sizeof seed_text + 16];
    for (int round = 0; round < 4000; round++) {
        memcpy(text, seed_text, sizeof seed_text);
        size_t length = sizeof seed_text - 1;
        for (uint64_t edits = 1 + rng_below(&rng, 6); edits; edits--) {
            size_t at = rng_below(&rng, length);
            if (rng_below(&rng, 2))
                text[at] = pieces[rng_below(&rng, sizeof pieces - 1)];
            else
                memmove(text + at, text + at + 1, --length - at);
        }
        check_survives(text, length);
    }
}

Test(yaml, large_maps_are_not_quadratic_in_text)
{
    enum { KEYS = 20000 };
    char *text = malloc(KEYS * 12), *at = text;
    for (int i = 0; i < KEYS; i++)
        at += sprintf(at, "k%d: 1\n", i);
    struct yaml_error error;
    struct value *value = yaml_parse(text, (size_t)(at - text), NULL, &error);
    cr_assert_not_null(value);
    cr_assert_eq(value->map.count, KEYS);
    value_free(value);
    free(text);
}
