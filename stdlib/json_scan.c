/* SPDX-License-Identifier: MIT */
/*
 * json_scan: see json_scan.h. One loop with two states, value expected and value ended; what is open lies on a small stack, so depth
 * costs no recursion. The zero byte after the text ends every inner loop, for it is allowed nowhere.
 */
#include "stdlib/json_scan.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/compiler.h"
#include "stdlib/data_read.h"
#include "stdlib/data_tape.h"
#include "stdlib/unicode.h"

enum { FLOAT_DIGITS = 17, INTEGER_DIGITS = 20 };

struct scan {
    char *text, *at, *end;
    struct data_error *error;
    bool is_mended;
    int depth;
    bool is_map[DATA_MAX_DEPTH];
};

int json_scan_position(const char *text, size_t offset, char *out, size_t size)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)text[i] & 0xc0) != 0x80) {
            column++;
        }
    }
    return snprintf(out, size, "line %zu, column %zu", line, column);
}

printf_like(3, 4) static bool fail(struct scan *scan, const char *at, const char *fmt, ...)
{
    char *message = scan->error->message;
    size_t room = sizeof scan->error->message;
    int length = json_scan_position(scan->text, (size_t)(at - scan->text), message, room);
    length += snprintf(message + length, room - (size_t)length, ": ");
    va_list args;
    va_start(args, fmt);
    vsnprintf(message + length, room - (size_t)length, fmt, args);
    va_end(args);
    return false;
}

/* "expected …, found …" at the present place. */
static bool fail_expected(struct scan *scan, const char *expected)
{
    unsigned char c = (unsigned char)*scan->at;
    if (scan->at == scan->end)
        return fail(scan, scan->at, "expected %s, found the end of the text", expected);
    if (c > ' ' && c < 0x7f)
        return fail(scan, scan->at, "expected %s, found '%c'", expected, c);
    return fail(scan, scan->at, "expected %s, found byte 0x%02x", expected, c);
}

static void skip_blanks(struct scan *scan)
{
    while (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\t' || *scan->at == '\r')
        scan->at++;
}

/* ---- strings ---- */

/* The value of four hexadecimal digits, -1 if they are none. */
static int hex4(const char *s)
{
    int value = 0;
    for (int i = 0; i < 4; i++) {
        int c = s[i], lower = c | 32;
        int digit = c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

static bool is_low_surrogate(const char *s)
{
    int code = s[0] == '\\' && s[1] == 'u' ? hex4(s + 2) : -1;
    return code >= 0xDC00 && code <= 0xDFFF;
}

/* At \uXXXX. */
static bool scan_unicode(struct scan *scan)
{
    int code = hex4(scan->at + 2);
    if (code < 0)
        return fail(scan, scan->at, "expected four hexadecimal digits after \\u");
    bool is_pair = code >= 0xD800 && code <= 0xDBFF && is_low_surrogate(scan->at + 6);
    if (code >= 0xD800 && code <= 0xDFFF && !is_pair) {
        memcpy(scan->at + 2, "fffd", 4);
        scan->is_mended = true;
    }
    scan->at += is_pair ? 12 : 6;
    return true;
}

static bool scan_escape(struct scan *scan)
{
    char c = scan->at[1];
    if (c == 'u')
        return scan_unicode(scan);
    if (!c || !strchr("\"\\/bfnrt", c)) {
        scan->at++;
        return fail_expected(scan, "an escape (one of \"\\/bfnrtu)");
    }
    scan->at += 2;
    return true;
}

/* At the opening quote; goes behind the closing one. */
static bool scan_string(struct scan *scan)
{
    const char *start = scan->at++;
    for (;;) {
        unsigned char c = (unsigned char)*scan->at;
        size_t length;
        if (c == '"') {
            scan->at++;
            return true;
        }
        if (scan->at == scan->end)
            return fail(scan, start, "the string that begins here has no end");
        if (c < 0x20)
            return fail(scan, scan->at, "control character 0x%02x in a string must be written \\u%04x", c, c);
        if (c == '\\') {
            if (!scan_escape(scan))
                return false;
            continue;
        }
        length = unicode_sequence((unsigned char *)scan->at, (size_t)(scan->end - scan->at));
        if (length == 0)
            return fail(scan, scan->at, "byte 0x%02x is not valid UTF-8", c);
        scan->at += length;
    }
}

/* ---- numbers ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void skip_digits(struct scan *scan)
{
    while (is_digit(*scan->at))
        scan->at++;
}

/* Does the integer [start, end) fit what the parser takes: int64 or uint64? */
static bool fits(const char *start, const char *end)
{
    bool negative = *start == '-';
    start += negative;
    if (end - start > INTEGER_DIGITS)
        return false;
    errno = 0;
    unsigned long long magnitude = strtoull(start, NULL, 10);
    return !errno && (!negative || magnitude <= (unsigned long long)INT64_MAX + 1);
}

/*
 * Writes the value of the integer [start, end) there as a float: 17 digits and an exponent, which is no longer: a negative integer that
 * does not fit has 19 digits at least, a positive one 20.
 */
static void write_as_float(char *start, const char *end, double value)
{
    char digits[32], out[32];
    snprintf(digits, sizeof digits, "%.*e", FLOAT_DIGITS - 1, fabs(value)); /* d.dddddddddddddddde+XX */
    int exponent = atoi(strchr(digits, 'e') + 1) - (FLOAT_DIGITS - 1);
    int length = snprintf(out, sizeof out, "%s%c%.*se%d", value < 0 ? "-" : "", digits[0], FLOAT_DIGITS - 1, digits + 2,
                          exponent);
    memset(start, ' ', (size_t)(end - start));
    memcpy(start, out, (size_t)length);
}

/* A number was found whole: is it one that a program can have? */
static bool check_value(struct scan *scan, char *start, bool is_integer)
{
    if (is_integer && fits(start, scan->at))
        return true;
    double value = strtod(start, NULL);
    if (isinf(value))
        return fail(scan, start, "the number is out of range");
    if (is_integer) {
        write_as_float(start, scan->at, value);
        scan->is_mended = true;
    }
    return true;
}

static bool scan_number(struct scan *scan)
{
    char *start = scan->at;
    bool is_integer = true;
    scan->at += *start == '-';
    if (!is_digit(*scan->at))
        return fail_expected(scan, "a digit");
    if (*scan->at == '0' && is_digit(scan->at[1]))
        return fail(scan, start, "a number must not begin with 0");
    skip_digits(scan);
    if (*scan->at == '.') {
        is_integer = false;
        scan->at++;
        if (!is_digit(*scan->at))
            return fail_expected(scan, "a digit after '.'");
        skip_digits(scan);
    }
    if (*scan->at == 'e' || *scan->at == 'E') {
        is_integer = false;
        scan->at++;
        scan->at += *scan->at == '+' || *scan->at == '-';
        if (!is_digit(*scan->at))
            return fail_expected(scan, "a digit of the exponent");
        skip_digits(scan);
    }
    return check_value(scan, start, is_integer);
}

/* ---- values ---- */

static bool scan_word(struct scan *scan)
{
    static const char *const words[] = {"true", "false", "null"};
    for (int i = 0; i < 3; i++) {
        size_t length = strlen(words[i]);
        if (strncmp(scan->at, words[i], length) == 0) {
            scan->at += length;
            return true;
        }
    }
    return fail_expected(scan, "a value");
}

static bool open_nested(struct scan *scan)
{
    if (scan->depth == DATA_MAX_DEPTH)
        return fail(scan, scan->at, "nested deeper than %d levels", DATA_MAX_DEPTH);
    scan->is_map[scan->depth++] = *scan->at++ == '{';
    return true;
}

/* The key of a pair and its colon. */
static bool scan_key(struct scan *scan, const char *expected)
{
    skip_blanks(scan);
    if (*scan->at != '"')
        return fail_expected(scan, expected);
    if (!scan_string(scan))
        return false;
    skip_blanks(scan);
    if (*scan->at != ':')
        return fail_expected(scan, "':' after a key");
    scan->at++;
    return true;
}

/*
 * At a value: a scalar, or what opens a list or map up to its first value. *ended: a value is complete, which an empty list is.
 */
static bool scan_value(struct scan *scan, bool *ended)
{
    skip_blanks(scan);
    char c = *scan->at;
    *ended = true;
    if (c == '"')
        return scan_string(scan);
    if (c == '-' || is_digit(c))
        return scan_number(scan);
    if (c != '{' && c != '[')
        return scan_word(scan);
    if (!open_nested(scan))
        return false;
    skip_blanks(scan);
    if (*scan->at == (c == '{' ? '}' : ']')) {
        scan->at++;
        scan->depth--;
        return true;
    }
    *ended = false;
    return c == '[' || scan_key(scan, "a key in quotes or '}'");
}

/* After a value inside a list or map: goes to the next one, or closes. */
static bool scan_next(struct scan *scan, bool *ended)
{
    bool is_map = scan->is_map[scan->depth - 1];
    skip_blanks(scan);
    if (*scan->at == ',') {
        scan->at++;
        *ended = false;
        return !is_map || scan_key(scan, "a key in quotes");
    }
    if (*scan->at != (is_map ? '}' : ']'))
        return fail_expected(scan, is_map ? "',' or '}' after a value" : "',' or ']' after a value");
    scan->at++;
    scan->depth--;
    return true;
}

static bool scan_text(struct scan *scan)
{
    bool ended = false;
    while (!ended || scan->depth > 0)
        if (!(ended ? scan_next(scan, &ended) : scan_value(scan, &ended)))
            return false;
    skip_blanks(scan);
    return scan->at == scan->end || fail_expected(scan, "the end of the text");
}

enum json_scan_result json_scan(char *text, size_t length, struct data_error *error)
{
    struct scan scan = {.text = text, .at = text, .end = text + length, .error = error};
    if (!scan_text(&scan))
        return JSON_SCAN_BAD;
    return scan.is_mended ? JSON_SCAN_MENDED : JSON_SCAN_GOOD;
}
