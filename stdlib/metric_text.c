/* SPDX-License-Identifier: MIT */
/* metric_text: names and labels as they are written, and the writing of all series: see metric.h. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "stdlib/metric_struct.h"
#include "stdlib/unicode.h"

/* ---- keys ---- */

static bool add(struct metric_key *key, const char *text, size_t length)
{
    if (length >= sizeof key->text - key->length) /* one byte is kept for a NUL */
        return false;
    memcpy(key->text + key->length, text, length);
    key->length += length;
    return true;
}

/*
 * Writes the name as it may be written: letters, digits, '_' and, where `colon` says so, ':'; no digit in front. Returns its length, 0 if it does
 * not fit.
 */
static size_t fit_name(char *to, size_t size, const char *name, size_t length, bool colon)
{
    size_t at = 0;
    if (length + 1 >= size)
        return 0;
    if (name[0] >= '0' && name[0] <= '9')
        to[at++] = '_';
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (colon && c == ':');
        to[at++] = fits ? c : '_';
    }
    return at;
}

static bool add_value(struct metric_key *key, const char *value, size_t length)
{
    const unsigned char *p = (const unsigned char *)value, *end = p + length;
    while (p < end) {
        size_t step = unicode_sequence(p, (size_t)(end - p));
        bool fits = true;
        if (!step)
            fits = add(key, UNICODE_REPLACEMENT, sizeof UNICODE_REPLACEMENT - 1);
        else if (*p == '\n')
            fits = add(key, "\\n", 2);
        else if (*p == '"' || *p == '\\')
            fits = add(key, (char[]){'\\', (char)*p}, 2);
        else
            fits = add(key, (const char *)p, step);
        if (!fits)
            return false;
        p += step ? step : 1;
    }
    return true;
}

/* A label under the name under which it is written. */
struct fitted {
    const char *name;
    size_t length;
    const struct metric_label *label;
};

static int compare_texts(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
    return order ? order : (a_length > b_length) - (a_length < b_length);
}

static int compare(const struct fitted *a, const struct fitted *b)
{
    int order = compare_texts(a->name, a->length, b->name, b->length);
    return order ? order : compare_texts(a->label->name, a->label->name_length, b->label->name, b->label->name_length);
}

static size_t fit_label(char *to, size_t size, enum metric_kind kind, const struct metric_label *label)
{
    static const char renamed[] = "exported_le"; /* as Prometheus itself names what it must rename */
    if (kind == METRIC_HISTOGRAM && label->name_length == 2 && memcmp(label->name, "le", 2) == 0)
        return fit_name(to, size, renamed, sizeof renamed - 1, false);
    return fit_name(to, size, label->name, label->name_length, false);
}

/* Fills `sorted` with the labels that have a value, by insertion, for they are few; `names` has room for all names. -1: it has not. */
static int sort_labels(struct fitted *sorted, char *names, size_t size, enum metric_kind kind,
                       const struct metric_label *labels, unsigned count)
{
    int used = 0;
    for (unsigned i = 0; i < count; i++) {
        if (!labels[i].name_length || !labels[i].value_length)
            continue;
        struct fitted one = {.name = names, .label = &labels[i]};
        one.length = fit_label(names, size, kind, &labels[i]);
        if (!one.length)
            return -1;
        names += one.length;
        size -= one.length;
        int place = used++;
        for (; place && compare(&one, &sorted[place - 1]) < 0; place--)
            sorted[place] = sorted[place - 1];
        sorted[place] = one;
    }
    return used;
}

static bool add_label(struct metric_key *key, const struct fitted *fitted)
{
    return add(key, fitted->name, fitted->length) && add(key, "=\"", 2) &&
           add_value(key, fitted->label->value, fitted->label->value_length) && add(key, "\"", 1);
}

int metric_key_make(struct metric_key *key, enum metric_kind kind, const char *name, size_t length,
                    const struct metric_label *labels, unsigned count)
{
    struct fitted sorted[METRIC_LABELS_MAX];
    char names[METRIC_TEXT_MAX];
    if (!length)
        return -EINVAL;
    key->length = key->name_length = fit_name(key->text, sizeof key->text, name, length, true);
    if (count > METRIC_LABELS_MAX || !key->length || !add(key, "", 1))
        return -E2BIG;
    int used = sort_labels(sorted, names, sizeof names, kind, labels, count);
    if (used < 0)
        return -E2BIG;
    for (int i = 0; i < used; i++) {
        const struct fitted *before = i ? &sorted[i - 1] : NULL;
        if (before && compare_texts(before->name, before->length, sorted[i].name, sorted[i].length) == 0)
            continue;
        if ((before && !add(key, ",", 1)) || !add_label(key, &sorted[i]))
            return -E2BIG;
    }
    key->text[key->length] = '\0'; /* add leaves room */
    return 0;
}

/* ---- exposition ---- */

struct sink {
    metric_write_f write;
    void *ctx;
};

static void put(const struct sink *sink, const char *text)
{
    sink->write(sink->ctx, text, strlen(text));
}

/* The shortest form that reads back as the same number. */
static void format_value(char *text, size_t size, double value)
{
    if (isnan(value) || isinf(value)) {
        snprintf(text, size, "%s", isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        double back;
        snprintf(text, size, "%.*g", digits, value);
        if (sscanf(text, "%lf", &back) == 1 && back == value)
            return;
    }
}

/* name suffix { labels , le="limit" } value */
static void put_line(const struct sink *sink, const struct metric *metric, const char *suffix, const char *limit,
                     const char *value)
{
    const char *name = metric->node.key, *labels = name + metric->family->node.length + 1;
    put(sink, name);
    put(sink, suffix);
    if (*labels || limit) {
        put(sink, "{");
        put(sink, labels);
        if (limit) {
            put(sink, *labels ? ",le=\"" : "le=\"");
            put(sink, limit);
            put(sink, "\"");
        }
        put(sink, "}");
    }
    put(sink, " ");
    put(sink, value);
    put(sink, "\n");
}

static double sum_of(const struct metric *metric)
{
    double sum = 0;
    for (unsigned i = 0; i <= metric->shard_mask; i++) {
        double part;
        uint64_t bits = atomic_load_explicit(&metric_shard_at(metric, i)->sum.bits, memory_order_relaxed);
        memcpy(&part, &bits, sizeof part);
        sum += part;
    }
    return sum;
}

static void put_histogram(const struct sink *sink, const struct metric *metric)
{
    char limit[32], value[32];
    uint64_t count = 0;
    for (unsigned bucket = 0; bucket < METRIC_BUCKETS; bucket++) {
        for (unsigned i = 0; i <= metric->shard_mask; i++)
            count += atomic_load_explicit(&metric_shard_at(metric, i)->buckets[bucket], memory_order_relaxed);
        format_value(limit, sizeof limit, bucket < METRIC_BUCKETS - 1 ? metric_bucket_limits[bucket] : INFINITY);
        snprintf(value, sizeof value, "%" PRIu64, count);
        put_line(sink, metric, "_bucket", limit, value);
    }
    char sum[32];
    format_value(sum, sizeof sum, sum_of(metric));
    put_line(sink, metric, "_sum", NULL, sum);
    put_line(sink, metric, "_count", NULL, value);
}

static void put_series(const struct sink *sink, const struct metric *metric)
{
    char value[32];
    if (metric->family->kind == METRIC_HISTOGRAM) {
        put_histogram(sink, metric);
        return;
    }
    format_value(value, sizeof value, sum_of(metric));
    put_line(sink, metric, "", NULL, value);
}

static void put_type(const struct sink *sink, const struct metric_family *family)
{
    static const char *const kinds[] = {
        [METRIC_COUNTER] = " counter\n", [METRIC_GAUGE] = " gauge\n", [METRIC_HISTOGRAM] = " histogram\n"};
    put(sink, "# TYPE ");
    put(sink, family->node.key);
    put(sink, kinds[family->kind]);
}

/* The series after those that the cursor has seen, and the cursor there; NULL: there is none. */
static const struct metric *advance(struct metric_registry *registry, struct metric_cursor *cursor)
{
    const struct metric *next = NULL;
    if (cursor->series)
        next = atomic_load_explicit(&cursor->series->next, memory_order_acquire);
    while (!next) {
        cursor->family = cursor->family ? atomic_load_explicit(&cursor->family->next, memory_order_acquire)
                                        : metric_first_family(registry);
        if (!cursor->family)
            return NULL;
        next = atomic_load_explicit(&cursor->family->first, memory_order_acquire);
    }
    cursor->series = next;
    return next;
}

bool metric_expose(struct metric_registry *registry, struct metric_cursor *cursor, unsigned most, metric_write_f write,
                   void *ctx)
{
    const struct sink sink = {.write = write, .ctx = ctx};
    for (; most; most--) {
        const struct metric_family *before = cursor->family;
        const struct metric *metric = advance(registry, cursor);
        if (!metric)
            return false;
        if (cursor->family != before)
            put_type(&sink, cursor->family);
        put_series(&sink, metric);
    }
    return true;
}
