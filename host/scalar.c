/* SPDX-License-Identifier: MIT */
/* scalar: see the header. What a word is, stdlib/yaml_word knows. */
#include "host/scalar.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "host/value.h"
#include "stdlib/yaml_word.h"

static struct value *make_value(const struct yaml_word *word, const char *text, size_t length, unsigned line)
{
    static const enum value_kind kinds[] = {
        [YAML_WORD_NULL] = VALUE_NULL,
        [YAML_WORD_BOOLEAN] = VALUE_BOOL,
        [YAML_WORD_INTEGER] = VALUE_INT,
        [YAML_WORD_FLOAT] = VALUE_FLOAT,
    };
    if (word->kind == YAML_WORD_STRING)
        return value_new_string(text, length, line);
    struct value *value = value_new(kinds[word->kind], line);
    if (word->kind == YAML_WORD_BOOLEAN)
        value->boolean = word->boolean;
    else if (word->kind == YAML_WORD_INTEGER)
        value->integer = word->integer;
    else if (word->kind == YAML_WORD_FLOAT)
        value->number = word->number;
    return value;
}

struct value *scalar_resolve_as(const char *text, size_t length, unsigned line, int type)
{
    enum yaml_word_kind kind = type == VALUE_NULL    ? YAML_WORD_NULL
                               : type == VALUE_BOOL  ? YAML_WORD_BOOLEAN
                               : type == VALUE_INT   ? YAML_WORD_INTEGER
                               : type == VALUE_FLOAT ? YAML_WORD_FLOAT
                                                     : YAML_WORD_STRING;
    struct yaml_word word;
    return yaml_word_resolve_as(text, length, kind, &word) ? make_value(&word, text, length, line) : NULL;
}

struct value *scalar_resolve(const char *text, size_t length, unsigned line)
{
    struct yaml_word word = yaml_word_resolve(text, length);
    return make_value(&word, text, length, line);
}

/* Only what decimal numbers are written with, and no leading zero. */
static bool is_decimal(const char *text, size_t length)
{
    const char *digits = text + (*text == '-' || *text == '+');
    bool is_octal = digits[0] == '0' && isdigit((unsigned char)digits[1]);
    return !is_octal && strspn(text, "0123456789.eE+-") == length;
}

struct value *scalar_coerce(const char *text, size_t length)
{
    struct yaml_word word = {.kind = YAML_WORD_STRING};
    if (!strcmp(text, "true") || !strcmp(text, "false"))
        return scalar_resolve_as(text, length, 0, VALUE_BOOL);
    if (is_decimal(text, length))
        word = yaml_word_resolve(text, length);
    bool is_number = word.kind == YAML_WORD_INTEGER || word.kind == YAML_WORD_FLOAT;
    return is_number ? make_value(&word, text, length, 0) : value_new_string(text, length, 0);
}
