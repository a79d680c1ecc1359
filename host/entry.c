/* SPDX-License-Identifier: MIT */
/* entry: see the header. The index is a hash table of positions with linear probing, at most half full. */
#include "host/entry.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/text.h"
#include "host/value.h"
#include "sched/base/bytes.h"
#include "sched/base/hash.h"

enum { FIRST_BUCKETS = 64, LONGEST_ID = 255 };

const char *entry_id_problem(const char *namespace, const char *name)
{
    if (!*name)
        return "the name is empty";
    if (!*namespace)
        return "the namespace is empty";
    if (strchr(namespace, ':') || strchr(name, ':'))
        return "neither name nor namespace may hold a ':'";
    if (strlen(namespace) + strlen(name) + 1 > LONGEST_ID)
        return "namespace and name together are longer than 255 bytes";
    for (const char *part = namespace; part; part = part == namespace ? name : NULL)
        for (const unsigned char *c = (const unsigned char *)part; *c; c++)
            if (*c <= ' ' || *c == 0x7F || strchr("{}|@", *c))
                return "neither name nor namespace may hold blanks, control characters or any of {}|@";
    return NULL;
}

struct entry *entry_new(const char *namespace, const char *name, char *kind, struct value *meta, struct value *data,
                        const char *file, unsigned line)
{
    struct entry *entry = alloc_zeroed(sizeof *entry);
    atomic_init(&entry->refs, 1);
    entry->id = text_format("%s:%s", namespace, name);
    entry->namespace_length = strlen(namespace);
    entry->kind = kind;
    entry->meta = meta;
    entry->data = data;
    entry->file = alloc_string(file);
    entry->line = line;
    return entry;
}

struct entry *entry_ref(struct entry *entry)
{
    atomic_fetch_add_explicit(&entry->refs, 1, memory_order_relaxed);
    return entry;
}

void entry_free(struct entry *entry)
{
    /* Release and acquire: the last holder sees what all others have done before it frees. */
    if (!entry || atomic_fetch_sub_explicit(&entry->refs, 1, memory_order_acq_rel) > 1)
        return;
    free(entry->id);
    free(entry->kind);
    value_free(entry->meta);
    value_free(entry->data);
    free(entry->file);
    free(entry->module);
    free(entry->module_root);
    free(entry);
}

struct entry *entry_copy(const struct entry *entry)
{
    struct entry *copy = alloc_zeroed(sizeof *copy);
    *copy = (struct entry){
        .id = alloc_string(entry->id),
        .namespace_length = entry->namespace_length,
        .kind = alloc_string(entry->kind),
        .meta = value_copy(entry->meta),
        .data = value_copy(entry->data),
        .file = alloc_string(entry->file),
        .line = entry->line,
    };
    atomic_init(&copy->refs, 1);
    if (entry->module)
        entry_set_module(copy, entry->module, entry->module_root);
    return copy;
}

void entry_set_module(struct entry *entry, const char *module, const char *root)
{
    free(entry->module);
    free(entry->module_root);
    entry->module = alloc_string(module);
    entry->module_root = alloc_string(root);
}

void entry_set_kind(struct entry *entry, const char *kind)
{
    free(entry->kind);
    entry->kind = alloc_string(kind);
}

const char *entry_name(const struct entry *entry)
{
    return entry->id + entry->namespace_length + 1;
}

char *entry_resolve_id(const struct entry *from, const char *reference)
{
    if (strchr(reference, ':'))
        return alloc_string(reference);
    return text_format("%.*s:%s", (int)from->namespace_length, from->id, reference);
}

bool entry_is_kind(const struct entry *entry, const char *kind)
{
    return !strcmp(entry->kind, kind);
}

bool entry_is_process(const struct entry *entry)
{
    return entry_is_kind(entry, "process.lua");
}

bool entry_is_function(const struct entry *entry)
{
    return entry_is_kind(entry, "function.lua");
}

/* A name of a file is no Lua: a chunk cannot be `name.lua`, nor begin with a dot or a slash. */
static bool is_path(const char *source)
{
    size_t length = strlen(source);
    return length > 4 && !strcmp(source + length - 4, ".lua") && !source[strcspn(source, " \t\r\n()=\"'")];
}

char *entry_check_source(const struct entry *entry)
{
    const struct value *source = value_get(entry->data, "source");
    const char *text = value_string(source);
    if (!text)
        return text_format(source ? "source must be Lua text" : "source is missing");
    return is_path(text) ? text_format("source is Lua text, not a path; write file://%s", text) : NULL;
}

/* The bucket where the id is or would be. */
static struct entries_bucket *find_bucket(const struct entries *entries, const char *id, size_t length, uint64_t hash)
{
    for (size_t at = hash;; at++) {
        struct entries_bucket *bucket = &entries->buckets[at & (entries->bucket_count - 1)];
        if (!bucket->number || (bucket->hash == hash && bucket->length == length &&
                                bytes_equal(entries->items[bucket->number - 1]->id, id, length)))
            return bucket;
    }
}

static void index_entry(struct entries *entries, size_t position)
{
    const char *id = entries->items[position]->id;
    size_t length = strlen(id);
    uint64_t hash = hash_bytes(0, id, length);
    *find_bucket(entries, id, length, hash) =
        (struct entries_bucket){.hash = hash, .length = (uint32_t)length, .number = (uint32_t)position + 1};
}

static void fill_index(struct entries *entries)
{
    free(entries->buckets);
    entries->buckets = alloc_zeroed(entries->bucket_count * sizeof *entries->buckets);
    for (size_t i = 0; i < entries->count; i++)
        index_entry(entries, i);
}

static void grow_index(struct entries *entries)
{
    entries->bucket_count = entries->bucket_count ? entries->bucket_count * 2 : FIRST_BUCKETS;
    fill_index(entries);
}

bool entries_add(struct entries *entries, struct entry *entry)
{
    if (entries_find(entries, entry->id))
        return false;
    if ((entries->count + 1) * 2 > entries->bucket_count)
        grow_index(entries);
    entries->items = alloc_grow(entries->items, entries->count, &entries->capacity, sizeof(struct entry *));
    entries->items[entries->count++] = entry;
    index_entry(entries, entries->count - 1);
    return true;
}

struct entry *entries_find(const struct entries *entries, const char *id)
{
    ptrdiff_t place = entries_place(entries, id, strlen(id));
    return place == ENTRIES_NONE ? NULL : entries->items[place];
}

ptrdiff_t entries_place(const struct entries *entries, const char *id, size_t length)
{
    if (!entries->bucket_count)
        return ENTRIES_NONE;
    return (ptrdiff_t)find_bucket(entries, id, length, hash_bytes(0, id, length))->number - 1;
}

struct entry *entries_resolve(const struct entries *entries, const struct entry *from, const char *reference)
{
    char *id = entry_resolve_id(from, reference);
    struct entry *entry = entries_find(entries, id);
    free(id);
    return entry;
}

size_t entries_index(const struct entries *entries, const struct entry *entry)
{
    return (size_t)entries_place(entries, entry->id, strlen(entry->id));
}

void entries_remove_if(struct entries *entries, bool (*leaves)(void *ctx, const struct entry *entry),
                       void (*take)(void *ctx, struct entry *entry), void *ctx)
{
    size_t kept = 0, count = entries->count;
    for (size_t i = 0; i < count; i++) {
        struct entry *entry = entries->items[i];
        if (leaves(ctx, entry))
            take(ctx, entry);
        else
            entries->items[kept++] = entry;
    }
    entries->count = kept;
    if (entries->bucket_count)
        fill_index(entries);
}

void entries_free(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        entry_free(entries->items[i]);
    free(entries->items);
    free(entries->buckets);
    *entries = (struct entries){0};
}
