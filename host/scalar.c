/* SPDX-License-Identifier: MIT */
/* scalar: see the header. Words are checked by hand before strtod sees them, so its hexadecimal floats, "infinity" and locale do not leak in. */
#include "host/scalar.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/value.h"

enum { LONGEST_WORD = 64 }; /* longer words are strings: no number needs that many characters */

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (!strcmp(text, *words))
            return true;
    return false;
}

static bool is_null(const char *text)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL", NULL};
    return is_one_of(text, words);
}

static bool is_true(const char *text)
{
    static const char *const words[] = {"true", "True", "TRUE", NULL};
    return is_one_of(text, words);
}

static bool is_false(const char *text)
{
    static const char *const words[] = {"false", "False", "FALSE", NULL};
    return is_one_of(text, words);
}

/* The base that the prefix of a word without sign names; *digits: what follows the prefix. */
static int base_of(const char *word, const char **digits)
{
    *digits = word + 2;
    if (word[0] != '0' || !word[1])
        return *digits = word, 10;
    if (word[1] == 'x' || word[1] == 'X')
        return 16;
    if (word[1] == 'o')
        return 8;
    if (word[1] == 'b')
        return 2;
    return *digits = word + 1, 8;
}

static bool is_digits(const char *text, int base)
{
    if (!*text)
        return false;
    for (; *text; text++) {
        int c = tolower((unsigned char)*text);
        int digit = isdigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
        if (digit >= base)
            return false;
    }
    return true;
}

static double sum_digits(const char *digits, int base)
{
    double number = 0;
    for (; *digits; digits++)
        number = number * base + (isdigit((unsigned char)*digits) ? *digits - '0' : (*digits | 32) - 'a' + 10);
    return number;
}

/* An integer; one that is too big becomes a float. NULL: not an integer. */
static struct value *resolve_integer(const char *text, unsigned line)
{
    const char *digits;
    bool negative = *text == '-';
    int base = base_of(text + (*text == '-' || *text == '+'), &digits);
    if (!is_digits(digits, base))
        return NULL;
    errno = 0;
    unsigned long long magnitude = strtoull(digits, NULL, base);
    if (errno || magnitude > (unsigned long long)INT64_MAX + negative) {
        struct value *value = value_new(VALUE_FLOAT, line);
        double number = base == 10 ? strtod(digits, NULL) : sum_digits(digits, base);
        value->number = negative ? -number : number;
        return value;
    }
    struct value *value = value_new(VALUE_INT, line);
    value->integer = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return value;
}

/* digits [. digits] [e [sign] digits], with at least one digit before the exponent. */
static bool is_float(const char *s)
{
    size_t before = strspn(s, "0123456789"), after = 0;
    s += before;
    if (*s == '.') {
        after = strspn(++s, "0123456789");
        s += after;
    }
    if (!before && !after)
        return false;
    if (*s != 'e' && *s != 'E')
        return !*s && (after || s[-1] == '.');
    s++;
    s += *s == '-' || *s == '+';
    return is_digits(s, 10);
}

static struct value *resolve_float(const char *text, unsigned line)
{
    static const char *const infinities[] = {".inf", ".Inf", ".INF", NULL};
    static const char *const nans[] = {".nan", ".NaN", ".NAN", NULL};
    const char *word = text + (*text == '-' || *text == '+');
    double number;
    if (is_one_of(word, infinities))
        number = *text == '-' ? -INFINITY : INFINITY;
    else if (is_one_of(text, nans))
        number = NAN;
    else if (is_float(word))
        number = strtod(text, NULL);
    else
        return NULL;
    struct value *value = value_new(VALUE_FLOAT, line);
    value->number = number;
    return value;
}

struct value *scalar_resolve_as(const char *text, size_t length, unsigned line, int type)
{
    if (type == VALUE_STRING)
        return value_new_string(text, length, line);
    if (length > LONGEST_WORD || memchr(text, '\0', length))
        return NULL;
    switch (type) {
    case VALUE_NULL:
        return is_null(text) ? value_new(VALUE_NULL, line) : NULL;
    case VALUE_BOOL: {
        if (!is_true(text) && !is_false(text))
            return NULL;
        struct value *value = value_new(VALUE_BOOL, line);
        value->boolean = is_true(text);
        return value;
    }
    case VALUE_INT:
        return resolve_integer(text, line);
    case VALUE_FLOAT: {
        struct value *value = resolve_float(text, line);
        if (value || !(value = resolve_integer(text, line)))
            return value;
        if (value->kind == VALUE_INT) {
            value->number = (double)value->integer;
            value->kind = VALUE_FLOAT;
        }
        return value;
    }
    default:
        return NULL;
    }
}

struct value *scalar_resolve(const char *text, size_t length, unsigned line)
{
    struct value *value = NULL;
    if (length <= LONGEST_WORD && !memchr(text, '\0', length)) {
        static const int types[] = {VALUE_NULL, VALUE_BOOL, VALUE_INT};
        for (size_t i = 0; i < sizeof types / sizeof types[0] && !value; i++)
            value = scalar_resolve_as(text, length, line, types[i]);
        if (!value)
            value = resolve_float(text, line);
    }
    return value ? value : value_new_string(text, length, line);
}

struct value *scalar_coerce(const char *text, size_t length)
{
    const char *digits = text + (*text == '-' || *text == '+');
    struct value *value = NULL;
    if (length <= LONGEST_WORD && !memchr(text, '\0', length)) {
        if (!strcmp(text, "true") || !strcmp(text, "false"))
            return scalar_resolve_as(text, length, 0, VALUE_BOOL);
        bool is_octal = digits[0] == '0' && isdigit((unsigned char)digits[1]);
        if (is_digits(digits, 10) && !is_octal)
            value = resolve_integer(text, 0);
        else if (is_float(digits) && !is_octal)
            value = resolve_float(text, 0);
    }
    return value ? value : value_new_string(text, length, 0);
}
