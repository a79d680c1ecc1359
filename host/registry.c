/* SPDX-License-Identifier: MIT */
/*
 * registry: see the header. The lock guards the list of versions; it is held for a search and a reference count. Who asks again whether the
 * version he holds is still the current one does not take it: he compares pointers, and one that is held cannot come back for another.
 */
#include "host/registry.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/delta.h"
#include "host/entry.h"
#include "host/match.h"
#include "host/push.h"
#include "stdlib/registry.h"

struct snapshot {
    _Atomic unsigned refs;
    int64_t version;
    size_t count;
    struct entry *entries[]; /* in order of their ids */
};

struct registry {
    bool keep_history;
    _Atomic(struct snapshot *) current; /* written under the lock, which alone allows to follow it */
    pthread_mutex_t lock;               /* guards the rest */
    struct snapshot **versions;         /* one reference each, in order of their numbers */
    size_t count, capacity;
    int64_t next; /* number of the next version */
};

/* ---- snapshots ---- */

static int compare_entries(const void *a, const void *b)
{
    return strcmp((*(struct entry *const *)a)->id, (*(struct entry *const *)b)->id);
}

static struct snapshot *snapshot_new(struct entry *const *entries, size_t count)
{
    struct snapshot *snapshot = alloc_zeroed(sizeof *snapshot + count * sizeof snapshot->entries[0]);
    atomic_init(&snapshot->refs, 1);
    snapshot->count = count;
    for (size_t i = 0; i < count; i++)
        snapshot->entries[i] = entry_ref(entries[i]);
    if (count)
        qsort(snapshot->entries, count, sizeof snapshot->entries[0], compare_entries);
    return snapshot;
}

struct snapshot *snapshot_ref(struct snapshot *snapshot)
{
    atomic_fetch_add_explicit(&snapshot->refs, 1, memory_order_relaxed);
    return snapshot;
}

void snapshot_unref(struct snapshot *snapshot)
{
    if (!snapshot || atomic_fetch_sub_explicit(&snapshot->refs, 1, memory_order_acq_rel) > 1)
        return;
    for (size_t i = 0; i < snapshot->count; i++)
        entry_free(snapshot->entries[i]);
    free(snapshot);
}

int64_t snapshot_version(const struct snapshot *snapshot)
{
    return snapshot->version;
}

const struct entry *snapshot_find(const struct snapshot *snapshot, const char *id)
{
    size_t low = 0, high = snapshot->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(id, snapshot->entries[middle]->id);
        if (!order)
            return snapshot->entries[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct entry *snapshot_entry(const struct snapshot *snapshot, size_t index)
{
    return index < snapshot->count ? snapshot->entries[index] : NULL;
}

/* ---- versions ---- */

struct registry *registry_new(bool keep_history)
{
    struct registry *registry = alloc_zeroed(sizeof *registry);
    registry->keep_history = keep_history;
    pthread_mutex_init(&registry->lock, NULL);
    return registry;
}

void registry_free(struct registry *registry)
{
    if (!registry)
        return;
    for (size_t i = 0; i < registry->count; i++)
        snapshot_unref(registry->versions[i]);
    free(registry->versions);
    pthread_mutex_destroy(&registry->lock);
    free(registry);
}

int64_t registry_publish(struct registry *registry, struct entry *const *entries, size_t count)
{
    struct snapshot *snapshot = snapshot_new(entries, count), *former = NULL;
    pthread_mutex_lock(&registry->lock);
    int64_t version = snapshot->version = registry->next++;
    if (!registry->keep_history && registry->count)
        former = registry->versions[--registry->count];
    registry->versions =
        alloc_grow(registry->versions, registry->count, &registry->capacity, sizeof(struct snapshot *));
    registry->versions[registry->count++] = snapshot;
    atomic_store_explicit(&registry->current, snapshot, memory_order_relaxed);
    pthread_mutex_unlock(&registry->lock);
    snapshot_unref(former);
    return version;
}

struct snapshot *registry_current(struct registry *registry)
{
    pthread_mutex_lock(&registry->lock);
    struct snapshot *current = atomic_load_explicit(&registry->current, memory_order_relaxed);
    if (current)
        snapshot_ref(current);
    pthread_mutex_unlock(&registry->lock);
    return current;
}

bool registry_is_current(struct registry *registry, const struct snapshot *held)
{
    return atomic_load_explicit(&registry->current, memory_order_relaxed) == held;
}

/* Position of the first version of at least that number. The caller holds the lock. */
static size_t find_version(const struct registry *registry, int64_t version)
{
    size_t low = 0, high = registry->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (registry->versions[middle]->version < version)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct snapshot *registry_at(struct registry *registry, int64_t version)
{
    struct snapshot *found = NULL;
    pthread_mutex_lock(&registry->lock);
    size_t at = find_version(registry, version);
    if (at < registry->count && registry->versions[at]->version == version)
        found = snapshot_ref(registry->versions[at]);
    pthread_mutex_unlock(&registry->lock);
    return found;
}

int64_t registry_neighbour(struct registry *registry, int64_t version, bool back)
{
    int64_t found = -1;
    pthread_mutex_lock(&registry->lock);
    size_t at = find_version(registry, back ? version : version + 1);
    if (back && at > 0)
        found = registry->versions[at - 1]->version;
    else if (!back && at < registry->count)
        found = registry->versions[at]->version;
    pthread_mutex_unlock(&registry->lock);
    return found;
}

/* ---- what stdlib/registry.h asks for ---- */

static struct snapshot *source_current(void *ctx)
{
    return registry_current(ctx);
}

static bool source_is_current(void *ctx, const struct snapshot *held)
{
    return registry_is_current(ctx, held);
}

static struct snapshot *source_at(void *ctx, int64_t version)
{
    return registry_at(ctx, version);
}

static int64_t source_neighbour(void *ctx, int64_t version, bool back)
{
    return registry_neighbour(ctx, version, back);
}

static const char *source_id(const struct entry *entry)
{
    return entry->id;
}

void registry_describe(struct registry *registry, struct registry_source *out)
{
    *out = (struct registry_source){
        .ctx = registry,
        .current = source_current,
        .is_current = source_is_current,
        .at = source_at,
        .unref = snapshot_unref,
        .version = snapshot_version,
        .neighbour = source_neighbour,
        .find = snapshot_find,
        .entry = snapshot_entry,
        .id = source_id,
        .is_small = push_is_small,
        .matches = match_entry,
        .push = push_entry,
        .compare = delta_compare,
    };
}
