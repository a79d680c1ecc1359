/* SPDX-License-Identifier: MIT */
/* links: host */
/* value, text and units: the small pieces that loading is made of. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "host/text.h"
#include "host/units.h"
#include "host/value.h"

static struct value *integer(int64_t n)
{
    struct value *value = value_new(VALUE_INT, 1);
    value->integer = n;
    return value;
}

Test(value, map_keeps_order_and_replaces)
{
    struct value *map = value_new(VALUE_MAP, 1);
    value_set(map, "b", integer(1), 2);
    value_set(map, "a", integer(2), 3);
    value_set(map, "b", integer(3), 4);
    cr_assert_eq(map->map.count, 2);
    cr_assert_str_eq(map->map.pairs[0].key, "b");
    cr_assert_eq(map->map.pairs[0].value->integer, 3);
    cr_assert_eq(map->map.pairs[0].line, 4);
    struct value *taken = value_remove(map, "b");
    cr_assert_eq(taken->integer, 3);
    value_free(taken);
    cr_assert_null(value_get(map, "b"));
    cr_assert_eq(value_get(map, "a")->integer, 2);
    value_free(map);
}

Test(value, path_chains_through_maps_only)
{
    struct value *map = value_new(VALUE_MAP, 1), *inner = value_new(VALUE_MAP, 1);
    value_set(inner, "c", integer(7), 1);
    value_set(map, "ab", inner, 1);
    value_set(map, "x", integer(1), 1);
    cr_assert_eq(value_path(map, "ab.c")->integer, 7);
    cr_assert_null(value_path(map, "a.c"));
    cr_assert_null(value_path(map, "ab.c.d"));
    cr_assert_null(value_path(map, "x.c"));
    cr_assert_null(value_path(NULL, "x"));
    cr_assert_null(value_get_string(map, "x"));
    value_free(map);
}

Test(value, copy_is_deep_and_equal)
{
    struct value *map = value_new(VALUE_MAP, 1), *list = value_new(VALUE_LIST, 1);
    value_append(list, value_new_string("a\0b", 3, 1));
    value_append(list, integer(-5));
    value_set(map, "list", list, 1);
    struct value *copy = value_copy(map);
    cr_assert(value_is_equal(map, copy));
    cr_assert_eq(value_size(copy), 4);
    cr_assert_eq(value_get(copy, "list")->list.items[0]->string.length, 3);
    value_get(copy, "list")->list.items[1]->integer = 6;
    cr_assert_not(value_is_equal(map, copy));
    value_free(map);
    cr_assert_eq(value_get(copy, "list")->list.items[0]->string.data[2], 'b');
    value_free(copy);
}

Test(value, merge_below_keeps_what_is_there)
{
    struct value *map = value_new(VALUE_MAP, 1), *under = value_new(VALUE_MAP, 1);
    value_set(map, "a", integer(1), 1);
    value_set(under, "a", integer(2), 1);
    value_set(under, "b", integer(3), 1);
    value_merge_below(map, under);
    value_free(under);
    cr_assert_eq(value_get(map, "a")->integer, 1);
    cr_assert_eq(value_get(map, "b")->integer, 3);
    value_free(map);
}

static void check_json(const char *in, size_t length, const char *out)
{
    struct text text = {0};
    text_add_json(&text, in, length);
    cr_assert_str_eq(text_string(&text), out);
    text_free(&text);
}

Test(text, json_escapes)
{
    check_json("a\"b\\c\n\t\r\b\f\x01\x7f", 12, "a\\\"b\\\\c\\n\\t\\r\\b\\f\\u0001\\u007f");
    check_json("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", 9, "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
    check_json("\xC3", 1, "\xEF\xBF\xBD");                                 /* cut off */
    check_json("\xC0\xAF", 2, "\xEF\xBF\xBD\xEF\xBF\xBD");                 /* overlong */
    check_json("\xED\xA0\x80", 3, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"); /* surrogate */
    check_json("\xF5\x80\x80\x80x", 5, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx");
    check_json("\0", 1, "\\u0000");
}

Test(text, grows_and_detaches)
{
    struct text text = {0};
    cr_assert_str_eq(text_string(&text), "");
    for (int i = 0; i < 1000; i++)
        text_printf(&text, "%d,", i % 10);
    cr_assert_eq(text.length, 2000);
    char *data = text_detach(&text);
    cr_assert_eq(strlen(data), 2000);
    cr_assert_eq(text.length, 0);
    free(data);
    data = text_detach(&text);
    cr_assert_str_eq(data, "");
    free(data);
}

static void check_duration(const char *text, int64_t expected)
{
    int64_t ns = -1;
    cr_assert(units_parse_duration(text, &ns), "%s", text);
    cr_assert_eq(ns, expected, "%s", text);
}

Test(units, durations)
{
    check_duration("0", 0);
    check_duration("1s", 1000000000);
    check_duration("1h30m", 5400000000000);
    check_duration("250ms", 250000000);
    check_duration("1.5s", 1500000000);
    check_duration(".5us", 500);
    check_duration("3\xC2\xB5s", 3000);
    check_duration("-2m1ns", -120000000001);
    static const char *const bad[] = {"", "1", "s", "1d", "1s2", "1 s", "--1s", "1e3s", "9999999999h", "1.s.", "0x1s"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t ns;
        cr_assert_not(units_parse_duration(bad[i], &ns), "%s", bad[i]);
    }
}

Test(units, sizes)
{
    static const struct {
        const char *text;
        size_t bytes;
    } good[] = {{"0", 0},           {"12", 12},          {"12b", 12},         {"64M", 64u << 20},
                {"64m", 64u << 20}, {"64MB", 64u << 20}, {"2GiB", 2ul << 30}, {"1.5K", 1536},
                {"1T", 1ul << 40}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        size_t bytes = 1;
        cr_assert(units_parse_size(good[i].text, &bytes), "%s", good[i].text);
        cr_assert_eq(bytes, good[i].bytes, "%s", good[i].text);
    }
    static const char *const bad[] = {"", "M", "64X", "64Mx", "64 M", "-1", "64MiBs", "99999999999999T", "1iB"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        size_t bytes;
        cr_assert_not(units_parse_size(bad[i], &bytes), "%s", bad[i]);
    }
}

Test(units, of_values)
{
    uint64_t ns;
    size_t bytes;
    struct value *value = integer(5);
    cr_assert(units_duration_of(value, &ns) && ns == 5);
    cr_assert(units_size_of(value, &bytes) && bytes == 5);
    value->integer = -5;
    cr_assert_not(units_duration_of(value, &ns));
    cr_assert_not(units_size_of(value, &bytes));
    value_free(value);
    value = value_new_string("-5s", 3, 1);
    cr_assert_not(units_duration_of(value, &ns));
    value_free(value);
    cr_assert_not(units_duration_of(NULL, &ns));
}

Test(units, formats)
{
    char text[32];
    units_format_duration(1500000000, text);
    cr_assert_str_eq(text, "1.5s");
    units_format_duration(90500000000, text);
    cr_assert_str_eq(text, "1m30.5s");
    units_format_duration(0, text);
    cr_assert_str_eq(text, "0s");
    units_format_size(64u << 20, text);
    cr_assert_str_eq(text, "64 MB");
    units_format_size(1000, text);
    cr_assert_str_eq(text, "1000 bytes");
}
