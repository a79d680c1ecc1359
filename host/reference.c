/* SPDX-License-Identifier: MIT */
/*
 * reference: a walk over payload and meta. A key from the list below makes the strings of its value ids to look up: the value
 * itself, or the items of a list, or (imports, methods) the values of a map.
 */
#include "host/reference.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/entry.h"
#include "host/placeholder.h"
#include "host/text.h"
#include "host/value.h"

struct finder {
    struct references *out;
    const struct entries *entries;
    const struct reference_variables *variables;
    const struct entry *entry;
};

static const char *const data_keys[] = {
    "driver",   "queue",    "func",    "process",  "host",    "database", "store",      "fs",     "storage",
    "storages", "server",   "network", "client",   "bucket",  "env",      "set",        "config", "token_store",
    "groups",   "policies", "imports", "contract", "methods", "requires", "depends_on", NULL,
};
static const char *const meta_keys[] = {"server", "router", "parent", "depends_on", "requires", "groups", NULL};

static bool is_listed(const char *key, const char *const *keys)
{
    for (; *keys; keys++)
        if (!strcmp(*keys, key))
            return true;
    return false;
}

static void add(struct finder *finder, const struct entry *target)
{
    struct references *out = finder->out;
    if (!target || !strcmp(target->id, finder->entry->id))
        return;
    out->items = alloc_grow(out->items, out->count, &out->capacity, sizeof *out->items);
    out->items[out->count++] = entries_index(finder->entries, target);
}

/* The env.variable entry with that public name or id. */
static const struct entry *find_variable(const struct finder *finder, const char *name)
{
    const struct reference_variables *variables = finder->variables;
    const struct entry *target = entries_resolve(finder->entries, finder->entry, name);
    size_t low = 0, high = target ? 0 : variables->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(variables->items[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (!target && low < variables->count && !strcmp(variables->items[low].name, name))
        target = variables->items[low].entry;
    return target;
}

/* Placeholders of environment variables anywhere in a text. */
static void add_placeholders(struct finder *finder, const struct value *value)
{
    struct placeholder piece;
    const char *at = value->string.data, *end = at + value->string.length;
    while (placeholder_next(&at, end, &piece)) {
        if (piece.kind != PLACEHOLDER_ENV)
            continue;
        char *name = alloc_copy(piece.text, piece.length);
        add(finder, find_variable(finder, name));
        free(name);
    }
}

/* All strings of a value under an id key. */
static void add_ids(struct finder *finder, const struct value *value)
{
    if (value->kind == VALUE_STRING)
        add(finder, entries_resolve(finder->entries, finder->entry, value->string.data));
    else if (value->kind == VALUE_LIST)
        for (size_t i = 0; i < value->list.count; i++)
            add_ids(finder, value->list.items[i]);
}

static void add_map_ids(struct finder *finder, const struct value *map)
{
    for (size_t i = 0; i < map->map.count; i++)
        add_ids(finder, map->map.pairs[i].value);
}

static bool ends_in(const char *key, const char *tail)
{
    size_t length = strlen(key), tail_length = strlen(tail);
    return length > tail_length && !strcmp(key + length - tail_length, tail);
}

/* `options`: the map belongs to middleware, whose option values may be ids. */
static void visit(struct finder *finder, const struct value *value, const char *const *keys, bool options);

static void visit_pair(struct finder *finder, const struct value_pair *pair, const char *const *keys, bool options)
{
    const struct value *value = pair->value;
    bool is_middleware = !strcmp(pair->key, "middleware") || !strcmp(pair->key, "post_middleware") ||
                         !strcmp(pair->key, "options") || !strcmp(pair->key, "post_options");
    if (is_listed(pair->key, keys) && value->kind == VALUE_MAP && strcmp(pair->key, "set") && strcmp(pair->key, "env"))
        add_map_ids(finder, value);
    else if (is_listed(pair->key, keys) || options)
        add_ids(finder, value);
    if (ends_in(pair->key, "_env") && value_string(value))
        add(finder, find_variable(finder, value->string.data));
    visit(finder, value, keys, is_middleware);
}

static void visit(struct finder *finder, const struct value *value, const char *const *keys, bool options)
{
    switch (value->kind) {
    case VALUE_STRING:
        if (!value->string.origin)
            add_placeholders(finder, value);
        break;
    case VALUE_LIST:
        for (size_t i = 0; i < value->list.count; i++)
            visit(finder, value->list.items[i], keys, options);
        break;
    case VALUE_MAP:
        for (size_t i = 0; i < value->map.count; i++)
            visit_pair(finder, &value->map.pairs[i], keys, options);
        break;
    default:
        break;
    }
}

static int compare_positions(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return (left > right) - (left < right);
}

/* Of several with one name the first in the table counts. */
static int compare_variables(const void *a, const void *b)
{
    const struct reference_variable *left = a, *right = b;
    int order = strcmp(left->name, right->name);
    return order ? order : (left->position > right->position) - (left->position < right->position);
}

void reference_variables_find(struct reference_variables *out, const struct entries *entries)
{
    *out = (struct reference_variables){0};
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = entries->items[i];
        const char *name = value_get_string(entry->data, "variable");
        if (!name || !entry_is_kind(entry, "env.variable"))
            continue;
        out->items = alloc_grow(out->items, out->count, &out->capacity, sizeof *out->items);
        out->items[out->count++] = (struct reference_variable){.name = name, .entry = entry, .position = i};
    }
    if (out->count)
        qsort(out->items, out->count, sizeof *out->items, compare_variables);
}

void reference_variables_free(struct reference_variables *variables)
{
    free(variables->items);
}

void references_find(struct references *out, const struct entries *entries, const struct reference_variables *variables,
                     const struct entry *entry, const struct entry *decoded)
{
    struct finder finder = {.out = out, .entries = entries, .variables = variables, .entry = entry};
    *out = (struct references){0};
    visit(&finder, entry->data, data_keys, false);
    visit(&finder, entry->meta, meta_keys, false);
    if (decoded && decoded != entry)
        visit(&finder, decoded->data, data_keys, false);
    if (!out->count)
        return;
    qsort(out->items, out->count, sizeof *out->items, compare_positions);
    size_t kept = 1;
    for (size_t i = 1; i < out->count; i++)
        if (out->items[i] != out->items[kept - 1])
            out->items[kept++] = out->items[i];
    out->count = kept;
}

void references_free(struct references *references)
{
    free(references->items);
    *references = (struct references){0};
}
