/* SPDX-License-Identifier: MIT */
/*
 * context: see context.h. One block: a head, the entries sorted by key, then the bytes of keys and values. Each value is an encoding of its
 * own, so that it can be decoded where it lies.
 */
#include "vm/context.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/compiler.h"
#include "sched/base/fault.h"
#include "sched/sched.h"
#include "sched/worker.h"
#include "vm/codec.h"
#include "vm/codec_write.h"
#include "vm/refs.h"

enum { BANKED_MAX = 4096 }; /* larger ones are freed at once */

/* Offsets into the bytes. */
struct entry {
    uint32_t key, key_length, value, length;
};

struct context {
    struct refs refs;
    uint32_t count;
    size_t size; /* of the block */
    struct entry entries[];
};

static void destroy(struct refs *refs)
{
    free(container_of(refs, struct context, refs));
}

struct context *context_ref(struct context *context)
{
    if (context)
        refs_take(&context->refs);
    return context;
}

void context_unref(struct context *context)
{
    if (context)
        refs_drop(&context->refs);
}

const char *context_message(int error)
{
    switch (error) {
    case 0:
        return "no error";
    case -E2BIG:
        return "more than 10000 keys, or larger than 16 MB";
    case -ENOMEM:
        return "out of memory";
    default:
        return "not a table of named values";
    }
}

/* ---- looking ---- */

size_t context_count(const struct context *context)
{
    return context ? context->count : 0;
}

size_t context_size(const struct context *context)
{
    return context ? context->size : 0;
}

void context_at(const struct context *context, size_t index, struct context_value *out)
{
    const char *bytes = (const char *)&context->entries[context->count];
    const struct entry *entry = &context->entries[index];
    out->key = bytes + entry->key;
    out->key_length = entry->key_length;
    out->data = (const unsigned char *)bytes + entry->value;
    out->length = entry->length;
}

static int compare_keys(const char *left, size_t left_length, const char *right, size_t right_length)
{
    size_t length = left_length < right_length ? left_length : right_length;
    int order = length ? memcmp(left, right, length) : 0;
    return order ? order : (left_length > right_length) - (left_length < right_length);
}

bool context_find(const struct context *context, const char *key, size_t length, struct context_value *out)
{
    size_t from = 0, to = context_count(context);
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        context_at(context, middle, out);
        int order = compare_keys(key, length, out->key, out->key_length);
        if (order == 0)
            return true;
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return false;
}

/* ---- merging ---- */

/* A value of the new context: from the base, or bare from the fields. */
struct item {
    struct context_value value;
    bool is_bare;
};

static int compare_items(const void *left, const void *right)
{
    const struct context_value *a = &((const struct item *)left)->value, *b = &((const struct item *)right)->value;
    return compare_keys(a->key, a->key_length, b->key, b->key_length);
}

/* Puts the fields, sorted, into `items`; 0 or a negative errno. */
static int collect(struct item *items, struct codec_fields *fields)
{
    struct codec_field field;
    size_t count = 0;
    while (codec_fields_next(fields, &field))
        items[count++] = (struct item){{field.key, field.key_length, field.value, field.length}, true};
    if (fields->left || fields->at != fields->end)
        return -EINVAL;
    qsort(items, count, sizeof *items, compare_items);
    return 0;
}

/* The items of both, sorted, into `all`; where both have a key the field counts. Returns how many. */
static size_t merge(struct item *all, const struct context *base, const struct item *added, size_t added_count)
{
    size_t count = 0, old = 0, new = 0, old_count = context_count(base);
    while (old < old_count || new < added_count) {
        struct item item = {.is_bare = false};
        int order = old < old_count ? -1 : 1;
        if (old < old_count)
            context_at(base, old, &item.value);
        if (old < old_count && new < added_count)
            order = compare_items(&item, &added[new]);
        old += order <= 0;
        if (order >= 0)
            item = added[new ++];
        count -= count > 0 && compare_items(&all[count - 1], &item) == 0; /* a key that the fields have twice */
        all[count++] = item;
    }
    return count;
}

/* Copies the value to `at`, with the head of an encoding before a bare one; returns the bytes written. */
static size_t write_value(unsigned char *at, const struct item *item)
{
    size_t head = item->is_bare ? wire_write_count(at, 1) : 0;
    memcpy(at + head, item->value.data, item->value.length);
    return head + item->value.length;
}

/* NULL: no memory. */
static void *allocate(size_t size)
{
    struct worker *worker = worker_self();
    return worker && fault_hit(sched_fault(worker_sched(worker)), FAULT_MALLOC) ? NULL : malloc(size);
}

static int build(struct context **out, const struct item *items, size_t count)
{
    enum { HEAD = 1 }; /* bytes of the head of one value */
    size_t size = sizeof(struct context) + count * sizeof(struct entry);
    for (size_t i = 0; i < count; i++)
        size += items[i].value.key_length + items[i].value.length + (items[i].is_bare ? HEAD : 0);
    if (count > CONTEXT_KEYS_MAX || size > CODEC_MAX_BYTES)
        return -E2BIG;
    struct context *context = allocate(size);
    if (!context)
        return -ENOMEM;
    refs_init(&context->refs, size <= BANKED_MAX, destroy);
    context->count = (uint32_t)count;
    context->size = size;
    unsigned char *bytes = (unsigned char *)&context->entries[count];
    uint32_t at = 0;
    for (size_t i = 0; i < count; i++) {
        struct entry *entry = &context->entries[i];
        *entry = (struct entry){.key = at, .key_length = (uint32_t)items[i].value.key_length};
        memcpy(bytes + at, items[i].value.key, entry->key_length);
        entry->value = at + entry->key_length;
        entry->length = (uint32_t)write_value(bytes + entry->value, &items[i]);
        at = entry->value + entry->length;
    }
    *out = context;
    return 0;
}

int context_merge(struct context **out, struct context *base, const void *data, size_t length)
{
    struct codec_fields fields;
    if (!codec_fields_begin(&fields, data, length))
        return -EINVAL;
    if (fields.left == 0) {
        *out = context_ref(base);
        return 0;
    }
    if (fields.left > CONTEXT_KEYS_MAX)
        return -E2BIG;
    size_t added = fields.left;
    struct item *items = allocate((2 * added + context_count(base)) * sizeof *items);
    if (!items)
        return -ENOMEM;
    int result = collect(items, &fields);
    if (result == 0)
        result = build(out, items + added, merge(items + added, base, items, added));
    free(items);
    return result;
}

int context_overlay(struct context **out, struct context *base, struct context *over)
{
    if (!base || !over) {
        *out = context_ref(base ? base : over);
        return 0;
    }
    size_t added = over->count;
    struct item *items = allocate((2 * added + base->count) * sizeof *items);
    if (!items)
        return -ENOMEM;
    for (size_t i = 0; i < added; i++) {
        items[i].is_bare = false;
        context_at(over, i, &items[i].value);
    }
    int result = build(out, items + added, merge(items + added, base, items, added));
    free(items);
    return result;
}
