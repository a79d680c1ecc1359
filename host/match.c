/* SPDX-License-Identifier: MIT */
/* match: see the header. */
#include "host/match.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "host/entry.h"
#include "host/value.h"
#include "stdlib/cxx/regex.h"
#include "stdlib/registry.h"

enum { NUMBER_TEXT = 32 };

struct span {
    const char *data;
    size_t length;
};

/* ---- root fields ---- */

/* `*` stands for any bytes: the last star met takes up whatever makes the rest match. */
static bool matches_pattern(const char *pattern, size_t pattern_length, const char *text, size_t length)
{
    size_t at = 0, i = 0, star = pattern_length, resume = 0;
    while (i < length) {
        if (at < pattern_length && pattern[at] == '*') {
            star = at++;
            resume = i;
        } else if (at < pattern_length && pattern[at] == text[i]) {
            at++;
            i++;
        } else if (star < pattern_length) {
            at = star + 1;
            i = ++resume;
        } else {
            return false;
        }
    }
    while (at < pattern_length && pattern[at] == '*')
        at++;
    return at == pattern_length;
}

static struct span root_field(const struct entry *entry, enum registry_operator op)
{
    const char *name = entry_name(entry);
    switch (op) {
    case REGISTRY_KIND:
        return (struct span){entry->kind, strlen(entry->kind)};
    case REGISTRY_NAMESPACE:
        return (struct span){entry->id, entry->namespace_length};
    case REGISTRY_NAME:
        return (struct span){name, strlen(name)};
    default:
        return (struct span){entry->id, strlen(entry->id)};
    }
}

static bool matches_root(const struct entry *entry, const struct registry_criterion *criterion)
{
    struct span field = root_field(entry, criterion->op);
    const struct registry_scalar *wanted = criterion->values;
    if (criterion->is_pattern)
        return matches_pattern(wanted->text.data, wanted->text.length, field.data, field.length);
    return field.length == wanted->text.length && !memcmp(field.data, wanted->text.data, field.length);
}

/* ---- meta ---- */

/* The value that the path leads to, NULL: none, or null. */
static const struct value *look_up(const struct value *map, const char *path)
{
    for (;;) {
        const struct value *value = value_get(map, path);
        if (value)
            return value->kind == VALUE_NULL ? NULL : value;
        const char *dot = strchr(path, '.');
        if (!dot)
            return NULL;
        map = value_get_bytes(map, path, (size_t)(dot - path));
        path = dot + 1;
    }
}

static bool is_equal(const struct value *value, const struct registry_scalar *wanted)
{
    bool is_integer = wanted->type == REGISTRY_INTEGER;
    switch (value->kind) {
    case VALUE_BOOL:
        return wanted->type == REGISTRY_BOOLEAN && value->boolean == wanted->boolean;
    case VALUE_INT:
        return is_integer ? value->integer == wanted->integer
                          : wanted->type == REGISTRY_NUMBER && (double)value->integer == wanted->number;
    case VALUE_FLOAT:
        return is_integer ? value->number == (double)wanted->integer
                          : wanted->type == REGISTRY_NUMBER && value->number == wanted->number;
    case VALUE_STRING:
        return wanted->type == REGISTRY_TEXT && value->string.length == wanted->text.length &&
               !memcmp(value->string.data, wanted->text.data, wanted->text.length);
    default:
        return false;
    }
}

/* Is it that scalar, or a list that holds it? */
static bool holds(const struct value *value, const struct registry_scalar *wanted)
{
    if (value->kind != VALUE_LIST)
        return is_equal(value, wanted);
    for (size_t i = 0; i < value->list.count; i++)
        if (is_equal(value->list.items[i], wanted))
            return true;
    return false;
}

/* The scalar as text; numbers in `digits`. False: it is none. */
static bool text_of(const struct value *value, char digits[static NUMBER_TEXT], struct span *text)
{
    int length = 0;
    switch (value->kind) {
    case VALUE_STRING:
        *text = (struct span){value->string.data, value->string.length};
        return true;
    case VALUE_BOOL:
        *text = value->boolean ? (struct span){"true", 4} : (struct span){"false", 5};
        return true;
    case VALUE_INT:
        length = snprintf(digits, NUMBER_TEXT, "%lld", (long long)value->integer);
        break;
    case VALUE_FLOAT:
        length = snprintf(digits, NUMBER_TEXT, "%.14g", value->number);
        break;
    default:
        return false;
    }
    *text = (struct span){digits, (size_t)length};
    return true;
}

/* One scalar against an operator on texts; as match_entry. */
static int matches_text(const struct value *value, const struct registry_criterion *criterion)
{
    char digits[NUMBER_TEXT];
    struct span text;
    const struct registry_scalar *wanted = criterion->values;
    if (!text_of(value, digits, &text))
        return 0;
    if (criterion->op == REGISTRY_REGEX) {
        if (text.length > REGISTRY_REGEX_STEPS / (regex_steps(criterion->regex) + 1))
            return -E2BIG;
        return regex_matches(criterion->regex, text.data, text.length);
    }
    if (wanted->type != REGISTRY_TEXT || wanted->text.length > text.length)
        return 0;
    if (criterion->op == REGISTRY_CONTAINS)
        return memmem(text.data, text.length, wanted->text.data, wanted->text.length) != NULL;
    size_t offset = criterion->op == REGISTRY_SUFFIX ? text.length - wanted->text.length : 0;
    return !memcmp(text.data + offset, wanted->text.data, wanted->text.length);
}

/* The scalar, or one item of the list. */
static int matches_any_text(const struct value *value, const struct registry_criterion *criterion)
{
    if (value->kind != VALUE_LIST)
        return matches_text(value, criterion);
    for (size_t i = 0; i < value->list.count; i++) {
        int result = matches_text(value->list.items[i], criterion);
        if (result)
            return result;
    }
    return 0;
}

int match_entry(const struct entry *entry, const struct registry_criterion *criterion)
{
    if (criterion->op <= REGISTRY_ID)
        return matches_root(entry, criterion);
    const struct value *value = look_up(entry->meta, criterion->path);
    if (!value)
        return 0;
    switch (criterion->op) {
    case REGISTRY_EQUAL:
        for (size_t i = 0; i < criterion->count; i++)
            if (!holds(value, &criterion->values[i]))
                return 0;
        return 1;
    case REGISTRY_CONTAINS:
        if (holds(value, criterion->values))
            return 1;
        return value->kind == VALUE_LIST ? 0 : matches_text(value, criterion);
    default:
        return matches_any_text(value, criterion);
    }
}
