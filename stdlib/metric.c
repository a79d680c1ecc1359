/* SPDX-License-Identifier: MIT */
/*
 * metric: see metric.h.
 *
 * One hash table, open addressing, holds families and series by their keys. Nothing is ever taken out of it:
 *
 * I1  A node is complete before it is published (release store into its slot; readers load with acquire).
 * I2  A table that was too small stays readable until the registry is freed. A reader of an old table may miss a new node; it then asks again
 *     under the lock, as it does for a node that does not exist.
 * I3  Lists of families and of series grow at their end, under the lock, and are walked without it.
 *
 * Values are doubles kept as bits and changed by compare and swap. They order nothing, so all their orders are relaxed.
 */
#include "stdlib/metric.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sched/base/log.h"
#include "sched/base/memory.h"
#include "sched/worker.h"
#include "stdlib/metric_struct.h"

enum { SHARDS_MAX = 16, FIRST_CAPACITY = 64 };

const double metric_bucket_limits[METRIC_BUCKETS - 1] = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};

struct table {
    struct table *older;
    size_t mask;
    _Atomic(struct metric_node *) slots[];
};

struct metric_registry {
    struct log *log;
    unsigned series_max, shards;
    _Atomic(struct table *) table;
    _Atomic(struct metric_family *) first;
    struct metric *dropped; /* counts calls without effect */
    _Atomic bool full_told, clash_told;
    pthread_mutex_t lock; /* guards all below, and every change of the table and the lists */
    struct metric_family *last;
    size_t nodes;
    unsigned series;
};

/* ---- the table ---- */

static uint64_t hash_of(const char *key, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a, then mixed */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)key[i]) * 0x100000001b3;
    return hash ^ hash >> 32;
}

static struct table *table_new(size_t capacity, struct table *older)
{
    struct table *table = memory_zeroed(sizeof *table + capacity * sizeof table->slots[0], "the table of metrics");
    table->mask = capacity - 1;
    table->older = older;
    return table;
}

static struct metric_node *find(const struct table *table, uint64_t hash, const char *key, size_t length)
{
    for (size_t i = hash;; i++) {
        struct metric_node *node = atomic_load_explicit(&table->slots[i & table->mask], memory_order_acquire);
        if (!node || (node->hash == hash && node->length == length && memcmp(node->key, key, length) == 0))
            return node;
    }
}

static void put(struct table *table, struct metric_node *node)
{
    size_t i = node->hash;
    while (atomic_load_explicit(&table->slots[i & table->mask], memory_order_relaxed))
        i++;
    atomic_store_explicit(&table->slots[i & table->mask], node, memory_order_release);
}

/* Under the lock. */
static void add_node(struct metric_registry *registry, struct metric_node *node)
{
    struct table *table = atomic_load_explicit(&registry->table, memory_order_relaxed);
    if (++registry->nodes * 2 > table->mask) {
        struct table *larger = table_new((table->mask + 1) * 2, table);
        for (size_t i = 0; i <= table->mask; i++) {
            struct metric_node *old = atomic_load_explicit(&table->slots[i], memory_order_relaxed);
            if (old)
                put(larger, old);
        }
        atomic_store_explicit(&registry->table, larger, memory_order_release);
        table = larger;
    }
    put(table, node);
}

static struct metric_node *look_up(struct metric_registry *registry, const char *key, size_t length)
{
    const struct table *table = atomic_load_explicit(&registry->table, memory_order_acquire);
    return find(table, hash_of(key, length), key, length);
}

static void node_init(struct metric_node *node, const char *key, size_t length)
{
    node->hash = hash_of(key, length);
    node->length = length;
    node->key = memory_alloc(length + 1, "the name of a metric");
    memcpy(node->key, key, length);
    node->key[length] = '\0';
}

/* ---- families ---- */

static const char *const histogram_suffixes[] = {"_bucket", "_sum", "_count"};
enum { SUFFIXES = sizeof histogram_suffixes / sizeof histogram_suffixes[0] };

/* Would lines of a family of that name and kind be taken for those of another family? Under the lock. */
static bool is_ambiguous(struct metric_registry *registry, enum metric_kind kind, const char *name, size_t length)
{
    char other[METRIC_TEXT_MAX + 16];
    for (unsigned i = 0; i < SUFFIXES; i++) {
        size_t suffix = strlen(histogram_suffixes[i]);
        memcpy(other, name, length);
        memcpy(other + length, histogram_suffixes[i], suffix);
        if (kind == METRIC_HISTOGRAM && look_up(registry, other, length + suffix))
            return true;
        if (length <= suffix || memcmp(name + length - suffix, histogram_suffixes[i], suffix) != 0)
            continue;
        const struct metric_family *family = (void *)look_up(registry, name, length - suffix);
        if (family && family->kind == METRIC_HISTOGRAM)
            return true;
    }
    return false;
}

/* The family of that name and kind, made if need be; NULL: the name is taken. Under the lock. */
static struct metric_family *get_family(struct metric_registry *registry, enum metric_kind kind, const char *name,
                                        size_t length)
{
    struct metric_family *family = (void *)look_up(registry, name, length);
    if (family)
        return family->kind == kind ? family : NULL;
    if (is_ambiguous(registry, kind, name, length))
        return NULL;
    family = memory_zeroed(sizeof *family, "a metric");
    node_init(&family->node, name, length);
    family->kind = kind;
    add_node(registry, &family->node);
    if (registry->last)
        atomic_store_explicit(&registry->last->next, family, memory_order_release);
    else
        atomic_store_explicit(&registry->first, family, memory_order_release);
    registry->last = family;
    return family;
}

struct metric_family *metric_first_family(struct metric_registry *registry)
{
    return atomic_load_explicit(&registry->first, memory_order_acquire);
}

/* ---- series ---- */

static struct metric *series_new(struct metric_registry *registry, struct metric_family *family,
                                 const struct metric_key *key)
{
    unsigned shards = family->kind == METRIC_GAUGE ? 1 : registry->shards;
    size_t buckets = family->kind == METRIC_HISTOGRAM ? METRIC_BUCKETS * sizeof(uint64_t) : 0;
    size_t shard_size = (sizeof(struct metric_shard) + buckets + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    size_t size = sizeof(struct metric) + shards * shard_size;
    struct metric *metric = aligned_alloc(CACHE_LINE, size);
    if (!metric)
        memory_out(size, "a metric");
    memset(metric, 0, size);
    node_init(&metric->node, key->text, key->length);
    metric->family = family;
    metric->shard_mask = shards - 1;
    metric->shard_size = shard_size;
    add_node(registry, &metric->node);
    if (family->last)
        atomic_store_explicit(&family->last->next, metric, memory_order_release);
    else
        atomic_store_explicit(&family->first, metric, memory_order_release);
    family->last = metric;
    registry->series++;
    return metric;
}

static int get_locked(struct metric_registry *registry, enum metric_kind kind, const struct metric_key *key,
                      struct metric **out)
{
    *out = (void *)look_up(registry, key->text, key->length);
    if (*out)
        return (*out)->family->kind == kind ? 0 : -EEXIST;
    if (registry->series > registry->series_max) /* the one of the registry itself is not in it */
        return -ENOSPC;
    struct metric_family *family = get_family(registry, kind, key->text, key->name_length);
    if (!family)
        return -EEXIST;
    *out = series_new(registry, family, key);
    return 0;
}

/* Counts the call that has no effect; says so the first time. */
static void drop(struct metric_registry *registry, const struct metric_key *key, int error)
{
    if (registry->dropped)
        metric_add(registry->dropped, 1);
    if (error == -ENOSPC && !atomic_exchange_explicit(&registry->full_told, true, memory_order_relaxed))
        log_printf(registry->log, LOG_WARN, "metrics", "over %u series: %s{%s} and other new ones are not counted",
                   registry->series_max, key->text, key->text + key->name_length + 1);
    if (error == -EEXIST && !atomic_exchange_explicit(&registry->clash_told, true, memory_order_relaxed))
        log_printf(registry->log, LOG_WARN, "metrics", "%s is used as a metric of two kinds: only the first counts",
                   key->text);
}

int metric_get(struct metric_registry *registry, enum metric_kind kind, const char *name, size_t length,
               const struct metric_label *labels, unsigned count, struct metric **out)
{
    struct metric_key key;
    int error = metric_key_make(&key, kind, name, length, labels, count);
    if (error)
        return error;
    *out = (void *)look_up(registry, key.text, key.length);
    if (*out && (*out)->family->kind == kind)
        return 0;
    pthread_mutex_lock(&registry->lock);
    error = get_locked(registry, kind, &key, out);
    pthread_mutex_unlock(&registry->lock);
    if (error)
        drop(registry, &key, error);
    return error;
}

/* ---- updates ---- */

static double to_double(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t to_bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void cell_add(struct metric_cell *cell, double value)
{
    uint64_t before = atomic_load_explicit(&cell->bits, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&cell->bits, &before, to_bits(to_double(before) + value),
                                                  memory_order_relaxed, memory_order_relaxed))
        ;
}

static struct metric_shard *own_shard(struct metric *metric)
{
    const struct worker *worker = worker_self();
    unsigned index = worker ? worker_index(worker) & metric->shard_mask : 0;
    return (struct metric_shard *)((char *)metric->shards + index * metric->shard_size);
}

void metric_add(struct metric *counter, double value)
{
    if (value >= 0 && isfinite(value))
        cell_add(&own_shard(counter)->sum, value);
}

void metric_set(struct metric *gauge, double value)
{
    atomic_store_explicit(&gauge->shards[0].sum.bits, to_bits(value), memory_order_relaxed);
}

void metric_shift(struct metric *gauge, double by)
{
    cell_add(&gauge->shards[0].sum, by);
}

void metric_observe(struct metric *histogram, double value)
{
    struct metric_shard *shard = own_shard(histogram);
    unsigned bucket = 0;
    if (isnan(value))
        return;
    while (bucket < METRIC_BUCKETS - 1 && value > metric_bucket_limits[bucket])
        bucket++;
    atomic_fetch_add_explicit(&shard->buckets[bucket], 1, memory_order_relaxed);
    cell_add(&shard->sum, value);
}

/* ---- life ---- */

static unsigned count_shards(void)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned shards = 1;
    while (shards < SHARDS_MAX && (long)shards < cpus)
        shards *= 2;
    return shards;
}

struct metric_registry *metric_registry_new(struct log *log, unsigned series_max)
{
    static const char dropped[] = "moonlet_metrics_dropped_total";
    struct metric_registry *registry = memory_zeroed(sizeof *registry, "the metrics");
    registry->log = log;
    registry->series_max = series_max;
    registry->shards = count_shards();
    pthread_mutex_init(&registry->lock, NULL);
    atomic_init(&registry->table, table_new(FIRST_CAPACITY, NULL));
    metric_get(registry, METRIC_COUNTER, dropped, sizeof dropped - 1, NULL, 0, &registry->dropped);
    return registry;
}

static void free_nodes(struct table *table)
{
    for (size_t i = 0; i <= table->mask; i++) {
        struct metric_node *node = atomic_load_explicit(&table->slots[i], memory_order_relaxed);
        if (node)
            free(node->key);
        free(node);
    }
}

void metric_registry_free(struct metric_registry *registry)
{
    if (!registry)
        return;
    struct table *table = atomic_load_explicit(&registry->table, memory_order_acquire);
    free_nodes(table);
    while (table) {
        struct table *older = table->older;
        free(table);
        table = older;
    }
    pthread_mutex_destroy(&registry->lock);
    free(registry);
}
