/* SPDX-License-Identifier: MIT */
/*
 * literal: numbers as lobject.c of Lua 5.3 reads them (hexadecimal integers wrap around, decimal ones that do not fit become floats);
 * escapes as llex.c.
 */
#include "vm/lang/literal.h"

#include <stdlib.h>
#include <string.h>

#include "vm/lang/arena.h"
#include "vm/lang/ast_type.h"

/* ---- numbers ---- */

static bool is_digit(char c, bool hex)
{
    return (c >= '0' && c <= '9') || (hex && ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'));
}

static const char *skip_digits(const char *text, const char *end, bool hex)
{
    while (text < end && is_digit(*text, hex))
        text++;
    return text;
}

static bool is_hex(const char *text, size_t length)
{
    return length >= 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
}

bool literal_is_number(const char *text, size_t length)
{
    const char *end = text + length;
    bool hex = is_hex(text, length);
    text += hex ? 2 : 0;
    const char *point = skip_digits(text, end, hex);
    size_t digits = (size_t)(point - text);
    text = point;
    if (text < end && *text == '.') {
        point = skip_digits(text + 1, end, hex);
        digits += (size_t)(point - text - 1);
        text = point;
    }
    if (!digits)
        return false;
    if (text < end && (*text | 0x20) == (hex ? 'p' : 'e')) {
        text++;
        if (text < end && (*text == '+' || *text == '-'))
            text++;
        const char *exponent = text;
        text = skip_digits(text, end, false);
        if (text == exponent)
            return false;
    }
    return text == end;
}

static int digit_value(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* False: not an integer, or a decimal one that is too large. */
static bool read_integer(const char *text, size_t length, int64_t *value)
{
    bool hex = is_hex(text, length);
    uint64_t sum = 0;
    for (size_t i = hex ? 2 : 0; i < length; i++) {
        if (!is_digit(text[i], hex))
            return false;
        unsigned digit = (unsigned)digit_value(text[i]);
        if (!hex && sum > ((uint64_t)INT64_MAX - digit) / 10)
            return false;
        sum = sum * (hex ? 16 : 10) + digit;
    }
    *value = (int64_t)sum;
    return true;
}

void literal_number(const char *text, size_t length, struct ast_literal *literal)
{
    char small[256], *copy = length < sizeof small ? small : malloc(length + 1);
    literal->kind = AST_LITERAL_INTEGER;
    if (read_integer(text, length, &literal->integer))
        goto done;
    literal->kind = AST_LITERAL_FLOAT;
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
        literal->number = strtod(copy, NULL);
    }
done:
    if (copy != small)
        free(copy);
}

/* ---- strings ---- */

static char *put_utf8(char *out, uint32_t value)
{
    if (value < 0x80) {
        *out++ = (char)value;
    } else if (value < 0x800) {
        *out++ = (char)(0xc0 | value >> 6);
        *out++ = (char)(0x80 | (value & 0x3f));
    } else if (value < 0x10000) {
        *out++ = (char)(0xe0 | value >> 12);
        *out++ = (char)(0x80 | (value >> 6 & 0x3f));
        *out++ = (char)(0x80 | (value & 0x3f));
    } else {
        *out++ = (char)(0xf0 | (value >> 18 & 7));
        *out++ = (char)(0x80 | (value >> 12 & 0x3f));
        *out++ = (char)(0x80 | (value >> 6 & 0x3f));
        *out++ = (char)(0x80 | (value & 0x3f));
    }
    return out;
}

static const char *skip_newline(const char *text, const char *end)
{
    char first = *text++;
    return text < end && (*text == '\n' || *text == '\r') && *text != first ? text + 1 : text;
}

static const char *skip_blanks(const char *text, const char *end)
{
    while (text < end && (*text == ' ' || (*text >= '\t' && *text <= '\r')))
        text++;
    return text;
}

/* Reads up to `most` digits. */
static const char *read_digits(const char *text, const char *end, bool hex, int most, uint32_t *value)
{
    *value = 0;
    for (; most > 0 && text < end && is_digit(*text, hex); most--, text++)
        *value = *value * (hex ? 16 : 10) + (uint32_t)digit_value(*text);
    return text;
}

/* Behind a backslash. */
static const char *read_escape(const char *text, const char *end, char **out)
{
    static const char letters[] = "a\ab\bf\fn\nr\rt\tv\v";
    uint32_t value;
    char c = *text;
    const char *letter = c ? strchr(letters, c) : NULL;
    if (c >= '0' && c <= '9') {
        text = read_digits(text, end, false, 3, &value);
        *(*out)++ = (char)value;
    } else if (c == 'x') {
        text = read_digits(text + 1, end, true, 2, &value);
        *(*out)++ = (char)value;
    } else if (c == 'u' && end - text > 1) {
        text = read_digits(text + 2, end, true, 8, &value);
        *out = put_utf8(*out, value);
        text += text < end;
    } else if (c == 'z') {
        text = skip_blanks(text + 1, end);
    } else if (c == '\n' || c == '\r') {
        text = skip_newline(text, end);
        *(*out)++ = '\n';
    } else {
        *(*out)++ = letter && letter[1] < ' ' ? letter[1] : c;
        text++;
    }
    return text;
}

static void read_short(const char *text, const char *end, char *out, struct ast_literal *literal)
{
    char *start = out;
    while (text < end)
        if (*text == '\\' && end - text > 1)
            text = read_escape(text + 1, end, &out);
        else
            *out++ = *text++;
    literal->text = start;
    literal->length = (size_t)(out - start);
}

static void read_long(const char *text, const char *end, char *out, struct ast_literal *literal)
{
    char *start = out;
    if (text < end && (*text == '\n' || *text == '\r'))
        text = skip_newline(text, end);
    while (text < end)
        if (*text == '\n' || *text == '\r') {
            text = skip_newline(text, end);
            *out++ = '\n';
        } else {
            *out++ = *text++;
        }
    literal->text = start;
    literal->length = (size_t)(out - start);
}

void literal_string(struct arena *arena, const char *text, size_t length, struct ast_literal *literal)
{
    const char *end = text + length;
    size_t edge = 1;
    char *out = arena_alloc(arena, length + 1);
    literal->kind = AST_LITERAL_STRING;
    if (text[0] == '[') {
        while (text[edge] == '=')
            edge++;
        edge++;
        read_long(text + edge, length >= 2 * edge ? end - edge : end, out, literal);
    } else {
        read_short(text + 1, length > 1 && end[-1] == text[0] ? end - 1 : end, out, literal);
    }
}
