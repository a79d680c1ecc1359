/* SPDX-License-Identifier: MIT */
/* metric_struct: the fields of series and families, for metric.c and metric_text.c. */
#ifndef STDLIB_METRIC_STRUCT_H
#define STDLIB_METRIC_STRUCT_H

#include <stdatomic.h>
#include <stdint.h>

#include "sched/base/compiler.h"
#include "stdlib/metric.h"

/* What the table of the registry holds; never changed once it is there. */
struct metric_node {
    uint64_t hash;
    size_t length;
    char *key; /* a family's name; a series' name, NUL, labels as text: a="1",b="2" */
};

struct metric_family {
    struct metric_node node;
    enum metric_kind kind;
    _Atomic(struct metric_family *) next; /* in the order they were made */
    _Atomic(struct metric *) first;
    struct metric *last; /* under the lock */
};

/* A double as its bits. */
struct metric_cell {
    _Atomic uint64_t bits;
};

enum { METRIC_BUCKETS = 12 }; /* the last one has no limit */
extern const double metric_bucket_limits[METRIC_BUCKETS - 1];

/* The part of some workers; a gauge has one. */
struct metric_shard {
    struct metric_cell sum cache_aligned;
    _Atomic uint64_t buckets[]; /* histograms: METRIC_BUCKETS; how many values were in each */
};

struct metric {
    struct metric_node node;
    struct metric_family *family;
    _Atomic(struct metric *) next; /* of the family */
    unsigned shard_mask;
    size_t shard_size;
    struct metric_shard shards[];
};

static inline const struct metric_shard *metric_shard_at(const struct metric *metric, unsigned index)
{
    return (const struct metric_shard *)((const char *)metric->shards + index * metric->shard_size);
}

struct metric_family *metric_first_family(struct metric_registry *registry);

/* ---- metric_text.c: names and labels in the form in which they are written ---- */

struct metric_key {
    size_t length, name_length; /* NUL follows the name */
    char text[METRIC_TEXT_MAX];
};

/* 0, -E2BIG or -EINVAL, as metric_get. */
int metric_key_make(struct metric_key *key, enum metric_kind kind, const char *name, size_t length,
                    const struct metric_label *labels, unsigned count);

#endif
