/* SPDX-License-Identifier: MIT */
/* delta: see the header. Positions in the tables of entries are those in the arrays. */
#include "host/delta.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/entry.h"
#include "host/order.h"
#include "host/problem.h"
#include "host/unpack.h"
#include "host/value.h"
#include "stdlib/registry.h"
#include "vm/codec.h"
#include "vm/error.h"
#include "vm/vm.h"

static int refuse(struct vm_error *error, const char *array, size_t index, const char *what)
{
    vm_error_set(error, ERROR_INVALID, "%s[%zu]: %s", array, index + 1, what);
    return -1;
}

/* The value under the key, taken out of the map; an empty map if there is none. */
static struct value *take_map(struct value *item, const char *key)
{
    struct value *value = value_remove(item, key);
    if (value && value->kind != VALUE_NULL)
        return value;
    value_free(value);
    return value_new(VALUE_MAP, 0);
}

static int add_entry(struct entries *entries, struct value *item, const char *array, size_t index,
                     struct vm_error *error)
{
    const char *id = value_get_string(item, "id"), *kind = value_get_string(item, "kind");
    const char *colon = id ? strchr(id, ':') : NULL;
    const struct value *meta = value_get(item, "meta");
    if (item->kind != VALUE_MAP)
        return refuse(error, array, index, "an entry must be a table");
    if (!id || !*id)
        return refuse(error, array, index, "id must be a text");
    if (!colon || colon == id || !colon[1])
        return refuse(error, array, index, "id must be namespace:name");
    if (!kind || !*kind)
        return refuse(error, array, index, "kind must be a text");
    if (meta && meta->kind != VALUE_MAP && meta->kind != VALUE_NULL)
        return refuse(error, array, index, "meta must be a table with text keys");
    char *namespace = alloc_copy(id, (size_t)(colon - id));
    struct entry *entry =
        entry_new(namespace, colon + 1, alloc_string(kind), take_map(item, "meta"), take_map(item, "data"), "", 0);
    free(namespace);
    if (entries_add(entries, entry))
        return 0;
    entry_free(entry);
    return refuse(error, array, index, "another entry has that id");
}

/* Reads one of the two arrays. */
static int read_entries(struct entries *entries, struct codec_walk *walk, const char *array, struct vm_error *error)
{
    struct value *list = unpack_value(walk);
    int result = 0;
    bool is_empty = list && list->kind == VALUE_MAP && !list->map.count;
    if (!list || (list->kind != VALUE_LIST && !is_empty)) {
        vm_error_set(error, ERROR_INVALID, "%s must be an array of entries", array);
        result = -1;
    } else if (!is_empty && list->list.count > DELTA_ENTRIES_MAX) {
        vm_error_set(error, ERROR_INVALID, "%s has more than %d entries", array, DELTA_ENTRIES_MAX);
        result = -1;
    }
    for (size_t i = 0; !result && !is_empty && i < list->list.count; i++)
        result = add_entry(entries, list->list.items[i], array, i, error);
    value_free(list);
    return result;
}

static bool is_same(const struct entry *a, const struct entry *b)
{
    return !strcmp(a->kind, b->kind) && value_is_equal(a->meta, b->meta) && value_is_equal(a->data, b->data);
}

static void add_change(struct registry_changes *out, enum registry_change_kind kind, size_t index)
{
    out->items[out->count++] = (struct registry_change){.kind = kind, .index = (uint32_t)index};
}

/* In start order, or against it. */
static void order(struct order *out, const struct entries *entries)
{
    struct problems problems = {0}; /* circles are no concern here */
    order_compute(out, entries, NULL, &problems);
    problems_free(&problems);
}

static void compare(const struct entries *from, const struct entries *to, struct registry_changes *out)
{
    struct order order_from, order_to;
    order(&order_from, from);
    order(&order_to, to);
    out->items = alloc_zeroed((from->count + to->count + 1) * sizeof *out->items);
    for (size_t i = from->count; i-- > 0;) {
        size_t position = order_from.sequence[i];
        if (!entries_find(to, from->items[position]->id))
            add_change(out, REGISTRY_DELETE, position);
    }
    for (size_t i = 0; i < to->count; i++) {
        size_t position = order_to.sequence[i];
        const struct entry *entry = to->items[position], *former = entries_find(from, entry->id);
        if (!former)
            add_change(out, REGISTRY_CREATE, position);
        else if (!is_same(former, entry))
            add_change(out, REGISTRY_UPDATE, position);
    }
    order_free(&order_from);
    order_free(&order_to);
}

int delta_compare(const void *data, size_t length, struct registry_changes *out, struct vm_error *error)
{
    struct entries from = {0}, to = {0};
    struct codec_walk walk;
    *out = (struct registry_changes){0};
    int result = codec_walk_begin(&walk, data, length) ? 0 : refuse(error, "from", 0, "cannot be read");
    if (!result)
        result = read_entries(&from, &walk, "from", error);
    if (!result)
        result = read_entries(&to, &walk, "to", error);
    if (!result)
        compare(&from, &to, out);
    entries_free(&from);
    entries_free(&to);
    return result;
}
