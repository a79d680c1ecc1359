/* SPDX-License-Identifier: MIT */
/*
 * metric: the counters, gauges and histograms of a runtime, and their Prometheus text. A series is one combination of a name and labels; it
 * is made on first use and lives as long as the registry, so that whoever has found it once can update it without looking again.
 *
 * Any thread. Finding a series that exists, updating it and writing everything as text take no lock. Counters and histograms keep a part for
 * each of some workers, so that these do not wait for each other's cache lines.
 *
 * What cannot be in Prometheus' format is made to fit: other characters in names become '_', labels without a value are left out, of two labels
 * of the same name the one whose given name is lower counts, bytes that are no UTF-8 become U+FFFD, the label `le` of a histogram `exported_le`.
 */
#ifndef STDLIB_METRIC_H
#define STDLIB_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log;
struct metric;
struct metric_family;
struct metric_registry;

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

/* Neither text needs to end in NUL. */
struct metric_label {
    const char *name, *value;
    size_t name_length, value_length;
};

enum {
    METRIC_LABELS_MAX = 32,
    METRIC_TEXT_MAX = 2048,    /* name and labels as text */
    METRIC_SERIES_MAX = 10000, /* in a registry: who makes up label values must not fill the memory */
};

/* `log` is told once about the first series over the limit, and once per name about a clash of kinds; may be NULL. */
struct metric_registry *metric_registry_new(struct log *log, unsigned series_max);
void metric_registry_free(struct metric_registry *registry); /* NULL is allowed */

/*
 * The series of that name and labels, made if need be. 0; -EEXIST: the name has another kind, or is one that a histogram of another name writes;
 * -E2BIG: over METRIC_LABELS_MAX or METRIC_TEXT_MAX; -ENOSPC: the registry is full; -EINVAL: empty name.
 */
int metric_get(struct metric_registry *registry, enum metric_kind kind, const char *name, size_t length,
               const struct metric_label *labels, unsigned count, struct metric **out);

/* Of counters: a negative value, an infinite one or NaN has no effect. */
void metric_add(struct metric *counter, double value);

/* Of gauges. */
void metric_set(struct metric *gauge, double value);
void metric_shift(struct metric *gauge, double by);

/* Of histograms, with the usual limits for seconds: 5 ms to 10 s. NaN has no effect. */
void metric_observe(struct metric *histogram, double value);

/* ---- text exposition format 0.0.4 ---- */

#define METRIC_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

typedef void (*metric_write_f)(void *ctx, const char *text, size_t length);

/* Where a text goes on; zeroed: at the beginning. */
struct metric_cursor {
    const struct metric_family *family;
    const struct metric *series; /* the last one written */
};

/* Writes the next series, at most `most` of them. False: all have been written; the cursor must not be used further. */
bool metric_expose(struct metric_registry *registry, struct metric_cursor *cursor, unsigned most, metric_write_f write,
                   void *ctx);

#endif
