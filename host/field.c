/* SPDX-License-Identifier: MIT */
/* field: see the header. */
#include "host/field.h"

#include <string.h>

#include "host/alloc.h"
#include "host/entry.h"
#include "host/text.h"
#include "host/value.h"

/* The tree that a path begins in; *rest: the path inside of it. */
static struct value *find_tree(const struct entry *entry, const char *path, const char **rest)
{
    *rest = path;
    if (!strncmp(path, "meta.", 5)) {
        *rest = path + 5;
        return entry->meta;
    }
    if (!strncmp(path, "data.", 5))
        *rest = path + 5;
    return entry->data;
}

/* The map in which the place is. NULL and *problem: there can be none. */
static struct value *open_map(struct entry *entry, const char *path, const char **last, char **problem)
{
    const char *rest;
    struct value *tree = find_tree(entry, path, &rest);
    struct value *map = value_open_path(tree, rest, last);
    if (map)
        return map;
    size_t length = *last > path ? (size_t)(*last - path) - 1 : 0;
    if (!**last || **last == '.')
        *problem = text_format("the path %s has an empty step", *path ? path : "''");
    else if (*last == rest)
        *problem = text_format("its data is %s, not a map", value_kind_name(tree));
    else
        *problem = text_format("%.*s is no map", (int)length, path);
    return NULL;
}

char *field_set(struct entry *entry, const char *path, struct value *value)
{
    const char *last;
    char *problem = NULL;
    struct value *map = open_map(entry, path, &last, &problem);
    if (map)
        value_set(map, last, value, value->line);
    else
        value_free(value);
    return problem;
}

char *field_append(struct entry *entry, const char *path, struct value *value)
{
    const char *last;
    char *problem = NULL;
    struct value *map = open_map(entry, path, &last, &problem), *list = map ? value_get(map, last) : NULL;
    if (map && (!list || list->kind == VALUE_NULL)) {
        list = value_new(VALUE_LIST, value->line);
        value_set(map, last, list, value->line);
    }
    if (list && list->kind == VALUE_LIST) {
        value_append(list, value);
        return NULL;
    }
    value_free(value);
    return problem ? problem : text_format("%s is %s, not a list", path, value_kind_name(list));
}
