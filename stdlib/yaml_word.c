/* SPDX-License-Identifier: MIT */
/* yaml_word: see the header. Words are checked by hand before strtod sees them, so its hexadecimal floats, "infinity" and locale do not leak in. */
#include "stdlib/yaml_word.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* An integer; one that is too big becomes a float. */
static bool resolve_integer(const char *text, struct yaml_word *out)
{
    const char *digits;
    bool negative = *text == '-';
    int base = base_of(text + (*text == '-' || *text == '+'), &digits);
    if (!is_digits(digits, base))
        return false;
    errno = 0;
    unsigned long long magnitude = strtoull(digits, NULL, base);
    if (errno || magnitude > (unsigned long long)INT64_MAX + negative) {
        double number = base == 10 ? strtod(digits, NULL) : sum_digits(digits, base);
        *out = (struct yaml_word){.kind = YAML_WORD_FLOAT, .number = negative ? -number : number};
        return true;
    }
    int64_t value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    *out = (struct yaml_word){.kind = YAML_WORD_INTEGER, .integer = value};
    return true;
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

static bool resolve_float(const char *text, struct yaml_word *out)
{
    static const char *const infinities[] = {".inf", ".Inf", ".INF", NULL};
    static const char *const nans[] = {".nan", ".NaN", ".NAN", NULL};
    const char *word = text + (*text == '-' || *text == '+');
    out->kind = YAML_WORD_FLOAT;
    if (is_one_of(word, infinities))
        out->number = *text == '-' ? -INFINITY : INFINITY;
    else if (is_one_of(text, nans))
        out->number = NAN;
    else if (is_float(word))
        out->number = strtod(text, NULL);
    else
        return false;
    return true;
}

/* A float, or an integer as one. */
static bool resolve_number(const char *text, struct yaml_word *out)
{
    if (resolve_float(text, out))
        return true;
    if (!resolve_integer(text, out))
        return false;
    if (out->kind == YAML_WORD_INTEGER)
        *out = (struct yaml_word){.kind = YAML_WORD_FLOAT, .number = (double)out->integer};
    return true;
}

bool yaml_word_resolve_as(const char *text, size_t length, enum yaml_word_kind kind, struct yaml_word *out)
{
    out->kind = kind;
    if (kind == YAML_WORD_STRING)
        return true;
    if (length > LONGEST_WORD || memchr(text, '\0', length))
        return false;
    switch (kind) {
    case YAML_WORD_NULL:
        return is_null(text);
    case YAML_WORD_BOOLEAN:
        out->boolean = is_true(text);
        return out->boolean || is_false(text);
    case YAML_WORD_INTEGER:
        return resolve_integer(text, out);
    default:
        return resolve_number(text, out);
    }
}

struct yaml_word yaml_word_resolve(const char *text, size_t length)
{
    struct yaml_word word;
    if (length <= LONGEST_WORD && !memchr(text, '\0', length)) {
        for (int kind = YAML_WORD_NULL; kind <= YAML_WORD_INTEGER; kind++)
            if (yaml_word_resolve_as(text, length, (enum yaml_word_kind)kind, &word))
                return word;
        if (resolve_float(text, &word))
            return word;
    }
    return (struct yaml_word){.kind = YAML_WORD_STRING};
}

bool yaml_word_kind_of_tag(const char *tag, enum yaml_word_kind *kind)
{
    static const struct {
        const char *tag;
        enum yaml_word_kind kind;
    } tags[] = {
        {"tag:yaml.org,2002:str", YAML_WORD_STRING},  {"tag:yaml.org,2002:int", YAML_WORD_INTEGER},
        {"tag:yaml.org,2002:float", YAML_WORD_FLOAT}, {"tag:yaml.org,2002:bool", YAML_WORD_BOOLEAN},
        {"tag:yaml.org,2002:null", YAML_WORD_NULL},
    };
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        if (strcmp(tag, tags[i].tag) != 0)
            continue;
        *kind = tags[i].kind;
        return true;
    }
    return false;
}
