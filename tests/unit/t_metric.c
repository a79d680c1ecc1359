/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Metrics as Prometheus text: what updates add up to, how names and labels are made to fit, and the module for Lua programs.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include <criterion/criterion.h>

#include "stdlib/metric.h"
#include "tests/unit/vm_rig.h"

struct text {
    size_t length;
    char data[65536];
};

static struct text text;
static struct metric_registry *registry;

static void add(void *ctx, const char *data, size_t length)
{
    struct text *to = ctx;
    cr_assert_lt(to->length + length, sizeof to->data);
    memcpy(to->data + to->length, data, length);
    to->length += length;
}

/* The text, made `most` series at a time, without the registry's own series. */
static const char *expose(struct metric_registry *of, unsigned most)
{
    static const char own[] = "# TYPE moonlet_metrics_dropped_total counter\nmoonlet_metrics_dropped_total ";
    struct metric_cursor cursor = {0};
    text.length = 0;
    while (metric_expose(of, &cursor, most, add, &text))
        ;
    text.data[text.length] = '\0';
    cr_assert_eq(strncmp(text.data, own, strlen(own)), 0, "%s", text.data);
    return strchr(text.data + strlen(own), '\n') + 1;
}

static unsigned dropped(struct metric_registry *of)
{
    expose(of, 1000);
    return (unsigned)strtoul(strrchr(strtok(strchr(text.data, '\n') + 1, "\n"), ' '), NULL, 10);
}

static struct metric_label label(const char *name, const char *value)
{
    return (struct metric_label){name, value, strlen(name), strlen(value)};
}

static struct metric *get(enum metric_kind kind, const char *name, const struct metric_label *labels, unsigned count)
{
    struct metric *metric;
    cr_assert_eq(metric_get(registry, kind, name, strlen(name), labels, count, &metric), 0, "%s", name);
    return metric;
}

static struct metric *get_one(enum metric_kind kind, const char *name, const char *label_name, const char *value)
{
    return get(kind, name, (struct metric_label[]){label(label_name, value)}, 1);
}

static int fails(enum metric_kind kind, const char *name)
{
    struct metric *metric;
    return metric_get(registry, kind, name, strlen(name), NULL, 0, &metric);
}

static void open_registry(void)
{
    registry = metric_registry_new(NULL, METRIC_SERIES_MAX);
}

static void close_registry(void)
{
    metric_registry_free(registry);
}

TestSuite(metric, .init = open_registry, .fini = close_registry);

Test(metric, nothing_yet)
{
    cr_assert_str_eq(expose(registry, 1), "");
    metric_registry_free(NULL);
}

Test(metric, counters_and_gauges)
{
    struct metric *requests = get(METRIC_COUNTER, "requests_total", NULL, 0);
    metric_add(requests, 1);
    metric_add(requests, 2.5);
    metric_add(requests, 0);
    metric_add(requests, -1);
    metric_add(requests, NAN);
    metric_add(requests, INFINITY);
    struct metric *depth = get_one(METRIC_GAUGE, "depth", "queue", "mails");
    metric_set(depth, 10);
    metric_shift(depth, 1);
    metric_shift(depth, -3);
    metric_add(get_one(METRIC_COUNTER, "requests_total", "method", "GET"), 1e17);
    metric_set(get(METRIC_GAUGE, "odd", NULL, 0), -INFINITY);
    metric_set(get_one(METRIC_GAUGE, "odd", "a", "b"), NAN);
    metric_set(get_one(METRIC_GAUGE, "odd", "a", "c"), 0.1);
    for (unsigned most = 1; most < 8; most++)
        cr_assert_str_eq(expose(registry, most), "# TYPE requests_total counter\n"
                                                 "requests_total 3.5\n"
                                                 "requests_total{method=\"GET\"} 1e+17\n"
                                                 "# TYPE depth gauge\n"
                                                 "depth{queue=\"mails\"} 8\n"
                                                 "# TYPE odd gauge\n"
                                                 "odd -Inf\n"
                                                 "odd{a=\"b\"} NaN\n"
                                                 "odd{a=\"c\"} 0.1\n");
}

Test(metric, histograms)
{
    struct metric *histogram = get_one(METRIC_HISTOGRAM, "seconds", "route", "/");
    static const double values[] = {0.005, 0.0050001, 0.1, 3, 10, 10.5, -1, INFINITY, NAN};
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++)
        if (!isinf(values[i]))
            metric_observe(histogram, values[i]);
    cr_assert_str_eq(expose(registry, 1), "# TYPE seconds histogram\n"
                                          "seconds_bucket{route=\"/\",le=\"0.005\"} 2\n"
                                          "seconds_bucket{route=\"/\",le=\"0.01\"} 3\n"
                                          "seconds_bucket{route=\"/\",le=\"0.025\"} 3\n"
                                          "seconds_bucket{route=\"/\",le=\"0.05\"} 3\n"
                                          "seconds_bucket{route=\"/\",le=\"0.1\"} 4\n"
                                          "seconds_bucket{route=\"/\",le=\"0.25\"} 4\n"
                                          "seconds_bucket{route=\"/\",le=\"0.5\"} 4\n"
                                          "seconds_bucket{route=\"/\",le=\"1\"} 4\n"
                                          "seconds_bucket{route=\"/\",le=\"2.5\"} 4\n"
                                          "seconds_bucket{route=\"/\",le=\"5\"} 5\n"
                                          "seconds_bucket{route=\"/\",le=\"10\"} 6\n"
                                          "seconds_bucket{route=\"/\",le=\"+Inf\"} 7\n"
                                          "seconds_sum{route=\"/\"} 22.6100001\n"
                                          "seconds_count{route=\"/\"} 7\n");
    metric_observe(histogram, INFINITY);
    cr_assert(strstr(expose(registry, 1), "le=\"+Inf\"} 8\n"));
    cr_assert(strstr(text.data, "seconds_sum{route=\"/\"} +Inf\n"));
}

Test(metric, a_histogram_without_labels)
{
    metric_observe(get(METRIC_HISTOGRAM, "h", NULL, 0), 100);
    const char *lines = expose(registry, 5);
    cr_assert(strstr(lines, "h_bucket{le=\"10\"} 0\nh_bucket{le=\"+Inf\"} 1\nh_sum 100\nh_count 1\n"), "%s", lines);
}

Test(metric, label_order_makes_no_difference)
{
    struct metric_label a = label("a", "1"), b = label("b", "2"), empty = label("c", ""), nameless = label("", "x");
    struct metric *metric = get(METRIC_COUNTER, "n", (struct metric_label[]){a, b}, 2);
    cr_assert_eq(get(METRIC_COUNTER, "n", (struct metric_label[]){b, a}, 2), metric);
    cr_assert_eq(get(METRIC_COUNTER, "n", (struct metric_label[]){empty, b, nameless, a}, 4), metric);
    cr_assert_neq(get(METRIC_COUNTER, "n", (struct metric_label[]){a}, 1), metric);
    cr_assert_eq(get(METRIC_COUNTER, "n", (struct metric_label[]){empty}, 1), get(METRIC_COUNTER, "n", NULL, 0));
}

/* Texts that look like the end of a value and the beginning of another label are nothing but a value. */
Test(metric, values_cannot_break_out)
{
    struct metric_label tricky[] = {label("a", "x\",b=\"y"), label("b", "z")};
    metric_add(get(METRIC_COUNTER, "n", tricky, 2), 1);
    metric_add(get_one(METRIC_COUNTER, "n", "a", "\\\n\"}"), 1);
    metric_add(get_one(METRIC_COUNTER, "n", "a", "caf\xc3\xa9 \xff\xc3"), 1);
    cr_assert_str_eq(expose(registry, 9), "# TYPE n counter\n"
                                          "n{a=\"x\\\",b=\\\"y\",b=\"z\"} 1\n"
                                          "n{a=\"\\\\\\n\\\"}\"} 1\n"
                                          "n{a=\"caf\xc3\xa9 \xef\xbf\xbd\xef\xbf\xbd\"} 1\n");
}

Test(metric, names_are_made_to_fit)
{
    metric_add(get_one(METRIC_COUNTER, "2 ways:to go", "9:a b", "x"), 1);
    metric_add(get_one(METRIC_COUNTER, "_2_ways:to-go", "_9_a_b", "x"), 1);
    metric_add(get_one(METRIC_COUNTER, "le", "le", "1"), 1);
    metric_observe(get_one(METRIC_HISTOGRAM, "h", "le", "1"), 1);
    const char *lines = expose(registry, 9);
    cr_assert(strstr(lines, "# TYPE _2_ways:to_go counter\n_2_ways:to_go{_9_a_b=\"x\"} 2\n"), "%s", lines);
    cr_assert(strstr(lines, "le{le=\"1\"} 1\n"), "%s", lines);
    cr_assert(strstr(lines, "h_count{exported_le=\"1\"} 1\n"), "%s", lines);
}

Test(metric, of_two_labels_that_fit_to_one_the_lower_given_name_counts)
{
    struct metric_label labels[] = {label("a_b", "third"), label("a.b", "second"), label("a-b", "first"),
                                    label("a0", "x")};
    struct metric *metric = get(METRIC_COUNTER, "n", labels, 4);
    struct metric_label same[] = {label("a0", "x"), label("a_b", "first")};
    cr_assert_eq(get(METRIC_COUNTER, "n", same, 2), metric);
    metric_add(metric, 1);
    cr_assert_str_eq(expose(registry, 9), "# TYPE n counter\nn{a0=\"x\",a_b=\"first\"} 1\n");
}

Test(metric, a_name_has_one_kind)
{
    metric_add(get(METRIC_COUNTER, "n", NULL, 0), 1);
    cr_assert_eq(fails(METRIC_GAUGE, "n"), -EEXIST);
    cr_assert_eq(fails(METRIC_HISTOGRAM, "n"), -EEXIST);
    metric_observe(get(METRIC_HISTOGRAM, "h", NULL, 0), 1);
    cr_assert_eq(fails(METRIC_COUNTER, "h_count"), -EEXIST);
    cr_assert_eq(fails(METRIC_GAUGE, "h_sum"), -EEXIST);
    cr_assert_eq(fails(METRIC_HISTOGRAM, "h_bucket"), -EEXIST);
    cr_assert_eq(fails(METRIC_COUNTER, "h_total"), 0);
    get(METRIC_COUNTER, "k_sum", NULL, 0);
    cr_assert_eq(fails(METRIC_HISTOGRAM, "k"), -EEXIST);
    cr_assert_eq(fails(METRIC_COUNTER, "k"), 0);
    cr_assert_eq(fails(METRIC_COUNTER, "_sum"), 0);
    cr_assert_eq(fails(METRIC_COUNTER, ""), -EINVAL);
    cr_assert_eq(dropped(registry), 6);
}

Test(metric, limits)
{
    static char large[METRIC_TEXT_MAX + 10];
    struct metric_label labels[METRIC_LABELS_MAX + 1];
    struct metric *metric;
    char names[METRIC_LABELS_MAX + 1][8];
    memset(large, 'x', sizeof large - 1);
    for (unsigned i = 0; i <= METRIC_LABELS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "l%u", i);
        labels[i] = label(names[i], "v");
    }
    cr_assert_eq(metric_get(registry, METRIC_GAUGE, "n", 1, labels, METRIC_LABELS_MAX, &metric), 0);
    cr_assert_eq(metric_get(registry, METRIC_GAUGE, "n", 1, labels, METRIC_LABELS_MAX + 1, &metric), -E2BIG);
    for (size_t length = METRIC_TEXT_MAX - 20; length < METRIC_TEXT_MAX + 5; length++) {
        /* n, NUL, a="…", and a NUL at the end */
        struct metric_label value = {.name = "a", .name_length = 1, .value = large, .value_length = length};
        int expected = length + 7 <= METRIC_TEXT_MAX ? 0 : -E2BIG;
        cr_assert_eq(metric_get(registry, METRIC_GAUGE, "n", 1, &value, 1, &metric), expected, "%zu", length);
        struct metric_label name = {.name = large, .name_length = length, .value = "v", .value_length = 1};
        cr_assert_eq(metric_get(registry, METRIC_GAUGE, "n", 1, &name, 1, &metric), expected, "%zu", length);
        cr_assert_eq(metric_get(registry, METRIC_GAUGE, large, length, NULL, 0, &metric),
                     length + 2 <= METRIC_TEXT_MAX ? 0 : -E2BIG, "%zu", length);
    }
}

Test(metric, a_full_registry)
{
    struct metric_registry *small = metric_registry_new(NULL, 100);
    struct metric *metric, *first = NULL;
    for (unsigned i = 0; i < 150; i++) {
        char name[16];
        int length = snprintf(name, sizeof name, "n%u", i);
        int error = metric_get(small, METRIC_COUNTER, name, (size_t)length, NULL, 0, &metric);
        cr_assert_eq(error, i < 100 ? 0 : -ENOSPC);
        first = first ? first : metric;
    }
    cr_assert_eq(metric_get(small, METRIC_COUNTER, "n0", 2, NULL, 0, &metric), 0);
    cr_assert_eq(metric, first);
    cr_assert_eq(dropped(small), 50);
    metric_registry_free(small);
}

/* ---- the module ---- */

static void runs(struct rig *rig, const char *body)
{
    char source[2000];
    snprintf(source, sizeof source, "local metrics = require('metrics')\nreturn function()\n%s\nend", body);
    struct code *code = NULL;
    struct vm_error error;
    struct code_unit_spec unit = {.id = "t:main",
                                  .source = source,
                                  .source_length = strlen(source),
                                  .modules = (const char *const[]){"metrics", NULL}};
    struct code_spec spec = {.method = "main", .units = &unit, .count = 1};
    cr_assert_eq(code_new(rig->vm, &code, &spec, &error), 0, "%s", error.message);
    rig_add_code(rig, code);
    rig_run(rig, "t:main");
}

Test(metrics, the_module)
{
    struct rig rig;
    rig_open(&rig, &(struct rig_options){0});
    runs(&rig,
         "metrics.counter_inc('a') metrics.counter_add('a', 2) metrics.counter_add('a', -2)\n"
         "metrics.counter_inc('a', {x = 'y', [1] = 'z', n = 5})\n"
         "metrics.counter_inc('a', table.make_immutable({x = 'y'}))\n"
         "metrics.gauge_set('b', 7, {x = 'y'}) metrics.gauge_inc('b') metrics.gauge_inc('b') metrics.gauge_dec('b')\n"
         "metrics.histogram('c', 0.2)\n");
    cr_assert(!rig.last.failed, "%s", rig_text(&rig));
    cr_assert_str_eq(expose(rig.services->metrics, 100), "# TYPE a counter\na 3\na{x=\"y\"} 2\n"
                                                         "# TYPE b gauge\nb{x=\"y\"} 7\nb 1\n"
                                                         "# TYPE c histogram\n"
                                                         "c_bucket{le=\"0.005\"} 0\n"
                                                         "c_bucket{le=\"0.01\"} 0\n"
                                                         "c_bucket{le=\"0.025\"} 0\n"
                                                         "c_bucket{le=\"0.05\"} 0\n"
                                                         "c_bucket{le=\"0.1\"} 0\n"
                                                         "c_bucket{le=\"0.25\"} 1\n"
                                                         "c_bucket{le=\"0.5\"} 1\n"
                                                         "c_bucket{le=\"1\"} 1\n"
                                                         "c_bucket{le=\"2.5\"} 1\n"
                                                         "c_bucket{le=\"5\"} 1\n"
                                                         "c_bucket{le=\"10\"} 1\n"
                                                         "c_bucket{le=\"+Inf\"} 1\n"
                                                         "c_sum 0.2\nc_count 1\n");
    rig_close(&rig);
}

Test(metrics, without_a_collector)
{
    struct rig rig;
    rig_open(&rig, &(struct rig_options){0});
    metric_registry_free(rig.services->metrics);
    rig.services->metrics = NULL;
    runs(&rig, "for name, f in pairs(metrics) do\n"
               "local ok, err = f('a', name:match('inc') == nil and name:match('dec') == nil and 1 or nil)\n"
               "assert(ok == nil and err:kind() == errors.INTERNAL, name)\n"
               "assert(tostring(err) == 'metrics collector not available')\n"
               "end\n");
    cr_assert(!rig.last.failed, "%s", rig_text(&rig));
    rig_close(&rig);
}
