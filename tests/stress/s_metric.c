/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Threads find, make and update the same few hundred series while another writes them all as text: no series is made twice, nothing is lost,
 * and every text is well formed: counters only grow from one to the next.
 * Usage: s_metric [seed [scale]]
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/rng.h"
#include "stdlib/metric.h"

enum { THREADS = 4, NAMES = 20, VALUES = 20, STEPS = 60000 };

static struct metric_registry *registry;
static _Atomic unsigned running = THREADS;

struct updater {
    pthread_t thread;
    struct rng rng;
    unsigned steps;
};

static void die(const char *what)
{
    fprintf(stderr, "s_metric: %s\n", what);
    abort();
}

static struct metric *get(unsigned name_index, unsigned value_index)
{
    char name[16], value[16];
    struct metric *metric;
    int length = snprintf(name, sizeof name, "n%u", name_index);
    struct metric_label label = {.name = "v", .name_length = 1, .value = value};
    label.value_length = (size_t)snprintf(value, sizeof value, "%u", value_index);
    enum metric_kind kind = name_index % 2 ? METRIC_HISTOGRAM : METRIC_COUNTER;
    if (metric_get(registry, kind, name, (size_t)length, &label, 1, &metric) != 0)
        die("a series cannot be found");
    return metric;
}

static void *update(void *ctx)
{
    struct updater *updater = ctx;
    for (unsigned i = 0; i < updater->steps; i++) {
        unsigned name = (unsigned)rng_below(&updater->rng, NAMES), value = (unsigned)rng_below(&updater->rng, VALUES);
        struct metric *metric = get(name, value);
        if (name % 2)
            metric_observe(metric, 1);
        else
            metric_add(metric, 1);
    }
    atomic_fetch_sub(&running, 1);
    return NULL;
}

static void sum_lines(void *ctx, const char *text, size_t length)
{
    char *line = ctx; /* the piece of a line so far */
    size_t used = strlen(line);
    if (used + length >= 256)
        die("a line is too long");
    memcpy(line + used, text, length);
    line[used + length] = '\0';
}

struct sum {
    char line[256];
    double counted;
};

static void take(void *ctx, const char *text, size_t length)
{
    struct sum *sum = ctx;
    sum_lines(sum->line, text, length);
    if (!length || text[length - 1] != '\n')
        return;
    bool is_value = strncmp(sum->line, "n", 1) == 0 && !strstr(sum->line, "_bucket") && !strstr(sum->line, "_sum");
    if (is_value)
        sum->counted += strtod(strrchr(sum->line, ' '), NULL);
    sum->line[0] = '\0';
}

static double count_all(void)
{
    struct sum sum = {.counted = 0};
    struct metric_cursor cursor = {0};
    while (metric_expose(registry, &cursor, 7, take, &sum))
        ;
    return sum.counted;
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : rng_entropy();
    double scale = argc > 2 ? strtod(argv[2], NULL) : 1, before = 0;
    struct updater updaters[THREADS];
    printf("seed %llu\n", (unsigned long long)seed);
    registry = metric_registry_new(NULL, METRIC_SERIES_MAX);
    for (unsigned i = 0; i < THREADS; i++) {
        updaters[i].steps = (unsigned)(STEPS * scale);
        rng_seed(&updaters[i].rng, seed + i);
        pthread_create(&updaters[i].thread, NULL, update, &updaters[i]);
    }
    while (atomic_load(&running)) {
        double now = count_all();
        if (now < before)
            die("a count has become less");
        before = now;
    }
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(updaters[i].thread, NULL);
    if (count_all() != (double)updaters[0].steps * THREADS)
        die("updates are lost");
    metric_registry_free(registry);
    return EXIT_SUCCESS;
}
