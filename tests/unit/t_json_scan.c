/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "stdlib/data_read.h"
#include "stdlib/json_scan.h"

enum { PADDING = 64 };

/* The text after a scan; the result is checked. */
static const char *scan(const char *text, enum json_scan_result expected, struct data_error *error)
{
    static char buffer[4096];
    size_t length = strlen(text);
    memset(buffer, 0, sizeof buffer);
    cr_assert_lt(length, sizeof buffer - PADDING);
    memcpy(buffer, text, length);
    error->message[0] = 0;
    enum json_scan_result result = json_scan(buffer, length, error);
    cr_assert_eq(result, expected, "%s: %d %s", text, (int)result, error->message);
    cr_assert_eq(strlen(buffer), length);
    return buffer;
}

Test(json_scan, leaves_good_texts_alone)
{
    static const char *const texts[] = {
        "1",
        " [1, -2.5e-3, {\"a\": [true, false, null]}] ",
        "\"\\ud83d\\ude00\\u00e9\"",
        "9223372036854775807",
        "18446744073709551615",
        "-9223372036854775808",
        "1e308",
        "0.1",
        "-0",
        "{}",
        "[]",
        "[[],{},[{}]]",
    };
    struct data_error error;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        cr_assert_str_eq(scan(texts[i], JSON_SCAN_GOOD, &error), texts[i]);
}

/* What stands there afterwards is a float of the same value and no longer. */
static void check_integer(const char *digits)
{
    struct data_error error;
    char *end;
    const char *mended = scan(digits, JSON_SCAN_MENDED, &error);
    cr_assert(strchr(mended, 'e'), "%s", mended);
    cr_assert_eq(strtod(mended, &end), strtod(digits, NULL), "%s -> %s", digits, mended);
    cr_assert_eq(strspn(end, " "), strlen(end), "%s", mended);
}

Test(json_scan, makes_floats_of_long_integers)
{
    char digits[400];
    check_integer("18446744073709551616");
    check_integer("-9223372036854775809");
    check_integer("-9999999999999999999");
    check_integer("99999999999999999999");
    check_integer("-18446744073709551616");
    for (int length = 20; length < 309; length++) {
        memset(digits, length % 2 ? '9' : '1', (size_t)length);
        digits[length] = 0;
        if (length == 20)
            digits[0] = '2';
        if (length == 308 || digits[0] != '9')
            digits[0] = '1' + (length == 20);
        check_integer(digits);
    }
}

Test(json_scan, mends_half_surrogate_pairs)
{
    struct data_error error;
    cr_assert_str_eq(scan("\"\\ud800\"", JSON_SCAN_MENDED, &error), "\"\\ufffd\"");
    cr_assert_str_eq(scan("\"\\uDC00x\\uD800\\uDBFF\\uDFFF\"", JSON_SCAN_MENDED, &error),
                     "\"\\ufffdx\\ufffd\\uDBFF\\uDFFF\"");
    cr_assert_str_eq(scan("\"\\ud800\\n\"", JSON_SCAN_MENDED, &error), "\"\\ufffd\\n\"");
}

Test(json_scan, says_where_and_what)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "line 1, column 1: expected a value, found the end of the text"},
        {"[1,\n\n  x]", "line 3, column 3: expected a value, found 'x'"},
        {"[\"\xc3\xa9\xe2\x82\xac\" 1]", "line 1, column 7: expected ',' or ']' after a value, found '1'"},
        {"{\"a\":1 1}", "line 1, column 8: expected ',' or '}' after a value, found '1'"},
        {"\x7f", "line 1, column 1: expected a value, found byte 0x7f"},
        {"1e999", "line 1, column 1: the number is out of range"},
        {"\"\\ud80\x10\"", "line 1, column 2: expected four hexadecimal digits after \\u"},
        {"\"\x1f\"", "line 1, column 2: control character 0x1f in a string must be written \\u001f"},
    };
    struct data_error error;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        scan(cases[i].text, JSON_SCAN_BAD, &error);
        cr_assert_str_eq(error.message, cases[i].message);
    }
}
