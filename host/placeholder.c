/* SPDX-License-Identifier: MIT */
/* placeholder: see the header. */
#include "host/placeholder.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/scalar.h"
#include "host/value.h"

static const char env_prefix[] = "env:";

static bool is_name_character(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("_.:-", c));
}

static bool is_upper_name(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isupper((unsigned char)name[i]) && name[i] != '_' && !(i && isdigit((unsigned char)name[i])))
            return false;
    return length > 0;
}

/* The brace that ends a default which begins at `at`; NULL: there is none. Braces inside come in pairs. */
static const char *find_end(const char *at, const char *end)
{
    for (unsigned depth = 0; at < end; at++) {
        if (*at == '{')
            depth++;
        else if (*at == '}' && !depth--)
            return at;
    }
    return NULL;
}

/* Reads `|default}` at `at`; returns what follows, NULL: it is no such thing. */
static const char *read_default(const char *at, const char *end, struct placeholder *piece)
{
    piece->has_default = true;
    piece->standard = ++at;
    if (at < end && *at == '"') {
        const char *quote = memchr(at + 1, '"', (size_t)(end - at - 1));
        if (quote && quote + 1 < end && quote[1] == '}') {
            piece->is_quoted = true;
            piece->standard = at + 1;
            piece->standard_length = (size_t)(quote - at - 1);
            return quote + 2;
        }
    }
    const char *brace = find_end(at, end);
    if (!brace)
        return NULL;
    piece->standard_length = (size_t)(brace - at);
    return brace + 1;
}

/* Reads what is behind `${`; returns what follows the placeholder, NULL: it is none. */
static const char *read_placeholder(const char *at, const char *end, struct placeholder *piece)
{
    size_t prefix = sizeof env_prefix - 1;
    bool is_env = (size_t)(end - at) > prefix && !memcmp(at, env_prefix, prefix);
    *piece = (struct placeholder){.kind = is_env ? PLACEHOLDER_ENV : PLACEHOLDER_NAME};
    piece->text = at + (is_env ? prefix : 0);
    for (at = piece->text; at < end && is_name_character(*at);)
        at++;
    piece->length = (size_t)(at - piece->text);
    if (!piece->length || at == end)
        return NULL;
    if (*at == '}')
        return at + 1;
    if (*at != '|' || (!is_env && !is_upper_name(piece->text, piece->length)))
        return NULL;
    piece->kind = PLACEHOLDER_ENV;
    return read_default(at, end, piece);
}

bool placeholder_next(const char **at, const char *end, struct placeholder *piece)
{
    const char *start = *at, *dollar = start;
    if (start == end)
        return false;
    while ((dollar = memchr(dollar, '$', (size_t)(end - dollar)))) {
        bool is_escape = end - dollar > 2 && dollar[1] == '$' && dollar[2] == '{';
        bool is_open = end - dollar > 1 && dollar[1] == '{';
        const char *behind = is_open ? read_placeholder(dollar + 2, end, piece) : NULL;
        if (is_escape && dollar == start) {
            *piece = (struct placeholder){.text = dollar + 1, .length = 2};
            *at = dollar + 3;
            return true;
        }
        if (behind && dollar == start) {
            *at = behind;
            return true;
        }
        if (behind || is_escape)
            break;
        dollar++;
    }
    if (!dollar)
        dollar = end;
    *piece = (struct placeholder){.text = start, .length = (size_t)(dollar - start)};
    *at = dollar;
    return true;
}

bool placeholder_is_whole(const char *text, size_t length, enum placeholder_kind kind, struct placeholder *piece)
{
    const char *at = text;
    return placeholder_next(&at, text + length, piece) && piece->kind == kind && at == text + length;
}

struct value *placeholder_default(const struct placeholder *piece)
{
    if (piece->is_quoted)
        return value_new_string(piece->standard, piece->standard_length, 0);
    char *text = alloc_copy(piece->standard, piece->standard_length);
    struct value *value = scalar_resolve(text, piece->standard_length, 0);
    free(text);
    if (value->kind != VALUE_NULL)
        return value;
    value_free(value);
    return value_new_string(piece->standard, piece->standard_length, 0);
}
