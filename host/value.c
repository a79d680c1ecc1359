/* SPDX-License-Identifier: MIT */
/*
 * value: see the header. Maps are arrays searched front to back: those of definition files have a handful of keys, and the
 * order of the file is kept for free. The parser bounds depth, so recursion is bounded too.
 */
#include "host/value.h"

#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"

enum { SMALL_MAP = 32 };

struct value *value_new(enum value_kind kind, unsigned line)
{
    struct value *value = alloc_zeroed(sizeof *value);
    value->kind = kind;
    value->line = line;
    return value;
}

struct value *value_new_string(const char *data, size_t length, unsigned line)
{
    struct value *value = value_new(VALUE_STRING, line);
    value->string.data = alloc_copy(data, length);
    value->string.length = length;
    return value;
}

static struct value *copy_string(const struct value *value)
{
    struct value *copy = value_new_string(value->string.data, value->string.length, value->line);
    copy->source = value->source;
    if (value->string.origin)
        copy->string.origin = alloc_string(value->string.origin);
    return copy;
}

struct value *value_copy(const struct value *value)
{
    if (value->kind == VALUE_STRING)
        return copy_string(value);
    struct value *copy = value_new(value->kind, value->line);
    copy->source = value->source;
    switch (value->kind) {
    case VALUE_LIST:
        for (size_t i = 0; i < value->list.count; i++)
            value_append(copy, value_copy(value->list.items[i]));
        break;
    case VALUE_MAP:
        for (size_t i = 0; i < value->map.count; i++) {
            const struct value_pair *pair = &value->map.pairs[i];
            value_set(copy, pair->key, value_copy(pair->value), pair->line);
        }
        break;
    default:
        *copy = *value;
    }
    return copy;
}

static void free_map(struct value *value)
{
    for (size_t i = 0; i < value->map.count; i++) {
        free(value->map.pairs[i].key);
        value_free(value->map.pairs[i].value);
    }
    free(value->map.pairs);
}

void value_free(struct value *value)
{
    if (!value)
        return;
    if (value->kind == VALUE_STRING) {
        free(value->string.data);
        free(value->string.origin);
    } else if (value->kind == VALUE_LIST) {
        for (size_t i = 0; i < value->list.count; i++)
            value_free(value->list.items[i]);
        free(value->list.items);
    } else if (value->kind == VALUE_MAP) {
        free_map(value);
    }
    free(value);
}

const char *value_kind_name(const struct value *value)
{
    static const char *const names[] = {"null", "a boolean", "an integer", "a float", "a string", "a list", "a map"};
    return value ? names[value->kind] : "nothing";
}

size_t value_size(const struct value *value)
{
    size_t size = 1;
    if (value->kind == VALUE_LIST)
        for (size_t i = 0; i < value->list.count; i++)
            size += value_size(value->list.items[i]);
    else if (value->kind == VALUE_MAP)
        for (size_t i = 0; i < value->map.count; i++)
            size += value_size(value->map.pairs[i].value);
    return size;
}

void value_append(struct value *list, struct value *item)
{
    list->list.items = alloc_grow(list->list.items, list->list.count, &list->list.capacity, sizeof(struct value *));
    list->list.items[list->list.count++] = item;
}

/* FNV-1a: makes the search of a large map a scan of integers. */
static uint32_t hash_key(const char *key, size_t length)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)key[i]) * 16777619u;
    return hash;
}

static struct value_pair *find(const struct value *map, const char *key, size_t length)
{
    if (!map || map->kind != VALUE_MAP)
        return NULL;
    uint32_t hash = hash_key(key, length);
    for (size_t i = 0; i < map->map.count; i++) {
        struct value_pair *pair = &map->map.pairs[i];
        if (pair->hash == hash && !strncmp(pair->key, key, length) && !pair->key[length])
            return pair;
    }
    return NULL;
}

struct value *value_get(const struct value *map, const char *key)
{
    struct value_pair *pair = find(map, key, strlen(key));
    return pair ? pair->value : NULL;
}

struct value *value_get_bytes(const struct value *map, const char *key, size_t length)
{
    struct value_pair *pair = find(map, key, length);
    return pair ? pair->value : NULL;
}

struct value *value_path(const struct value *map, const char *path)
{
    while (map) {
        size_t length = strcspn(path, ".");
        struct value_pair *pair = find(map, path, length);
        if (!pair)
            return NULL;
        if (!path[length])
            return pair->value;
        map = pair->value;
        path += length + 1;
    }
    return NULL;
}

void value_set(struct value *map, const char *key, struct value *value, unsigned line)
{
    struct value_pair *pair = find(map, key, strlen(key));
    if (pair) {
        value_free(pair->value);
        pair->value = value;
        pair->line = line;
        return;
    }
    value_add(map, key, value, line);
}

void value_add(struct value *map, const char *key, struct value *value, unsigned line)
{
    map->map.pairs = alloc_grow(map->map.pairs, map->map.count, &map->map.capacity, sizeof *map->map.pairs);
    map->map.pairs[map->map.count++] = (struct value_pair){
        .key = alloc_string(key),
        .hash = hash_key(key, strlen(key)),
        .line = line,
        .value = value,
    };
}

struct value *value_remove(struct value *map, const char *key)
{
    struct value_pair *pair = find(map, key, strlen(key));
    if (!pair)
        return NULL;
    struct value *value = pair->value;
    free(pair->key);
    size_t behind = map->map.count - (size_t)(pair - map->map.pairs) - 1;
    memmove(pair, pair + 1, behind * sizeof *pair);
    map->map.count--;
    return value;
}

const char *value_string(const struct value *value)
{
    return value && value->kind == VALUE_STRING ? value->string.data : NULL;
}

const char *value_get_string(const struct value *map, const char *key)
{
    return value_string(value_get(map, key));
}

void value_merge_below(struct value *map, const struct value *under)
{
    for (size_t i = 0; i < under->map.count; i++) {
        const struct value_pair *pair = &under->map.pairs[i];
        if (!value_get(map, pair->key))
            value_set(map, pair->key, value_copy(pair->value), pair->line);
    }
}

void value_merge_over(struct value *map, const struct value *over)
{
    for (size_t i = 0; i < over->map.count; i++) {
        const struct value_pair *pair = &over->map.pairs[i];
        struct value *below = value_get(map, pair->key);
        if (below && below->kind == VALUE_MAP && pair->value->kind == VALUE_MAP)
            value_merge_over(below, pair->value);
        else
            value_set(map, pair->key, value_copy(pair->value), pair->line);
    }
}

struct value *value_open_path(struct value *map, const char *path, const char **last)
{
    for (;;) {
        size_t length = strcspn(path, ".");
        *last = path;
        if (!length || map->kind != VALUE_MAP)
            return NULL;
        if (!path[length])
            return map;
        struct value_pair *pair = find(map, path, length);
        if (pair && pair->value->kind == VALUE_NULL) {
            value_free(pair->value);
            pair->value = value_new(VALUE_MAP, pair->line);
        } else if (!pair) {
            char *key = alloc_copy(path, length);
            value_set(map, key, value_new(VALUE_MAP, 0), 0);
            free(key);
            pair = find(map, path, length);
        }
        map = pair->value;
        path += length + 1;
    }
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp((*(const struct value_pair *const *)a)->key, (*(const struct value_pair *const *)b)->key);
}

static const struct value_pair **sort_keys(const struct value *map)
{
    const struct value_pair **sorted = alloc_resize(NULL, map->map.count, sizeof *sorted);
    for (size_t i = 0; i < map->map.count; i++)
        sorted[i] = &map->map.pairs[i];
    qsort(sorted, map->map.count, sizeof *sorted, compare_keys);
    return sorted;
}

/* Large maps are compared side by side in order of their keys. */
static bool is_equal_large_map(const struct value *a, const struct value *b)
{
    const struct value_pair **left = sort_keys(a), **right = sort_keys(b);
    bool is_equal = true;
    for (size_t i = 0; i < a->map.count && is_equal; i++)
        is_equal = !strcmp(left[i]->key, right[i]->key) && value_is_equal(left[i]->value, right[i]->value);
    free(left);
    free(right);
    return is_equal;
}

static bool is_equal_map(const struct value *a, const struct value *b)
{
    if (a->map.count != b->map.count)
        return false;
    if (a->map.count > SMALL_MAP)
        return is_equal_large_map(a, b);
    for (size_t i = 0; i < a->map.count; i++) {
        const struct value *other = value_get(b, a->map.pairs[i].key);
        if (!other || !value_is_equal(a->map.pairs[i].value, other))
            return false;
    }
    return true;
}

bool value_is_equal(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_BOOL:
        return a->boolean == b->boolean;
    case VALUE_INT:
        return a->integer == b->integer;
    case VALUE_FLOAT:
        return a->number == b->number || (a->number != a->number && b->number != b->number);
    case VALUE_STRING:
        return a->string.length == b->string.length && !memcmp(a->string.data, b->string.data, a->string.length);
    case VALUE_LIST:
        if (a->list.count != b->list.count)
            return false;
        for (size_t i = 0; i < a->list.count; i++)
            if (!value_is_equal(a->list.items[i], b->list.items[i]))
                return false;
        return true;
    case VALUE_MAP:
        return is_equal_map(a, b);
    default:
        return true;
    }
}
