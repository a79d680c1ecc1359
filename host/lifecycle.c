/* SPDX-License-Identifier: MIT */
/* lifecycle: see the header. */
#include "host/lifecycle.h"

#include <stddef.h>
#include <string.h>

#include "host/entry.h"
#include "host/problem.h"
#include "host/units.h"
#include "host/value.h"
#include "sched/base/rng.h"

enum { SECOND = 1000000000 };

struct reader {
    const struct entry *entry;
    struct problems *problems;
};

static void complain(const struct reader *reader, const char *field, const struct value *value, const char *wanted)
{
    problem_add(reader->problems, LOG_WARN, reader->entry->file, value->line, reader->entry->id,
                "lifecycle %s must be %s; the default is used", field, wanted);
}

static void read_duration(const struct reader *reader, const struct value *map, const char *field, uint64_t *ns)
{
    const struct value *value = value_get(map, field);
    if (value && value->kind != VALUE_NULL && !units_duration_of(value, ns))
        complain(reader, field, value, "a duration like \"10s\"");
}

/* A number >= `least`, written as integer or float. */
static void read_number(const struct reader *reader, const struct value *map, const char *field, double least,
                        double *number)
{
    const struct value *value = value_get(map, field);
    if (!value || value->kind == VALUE_NULL)
        return;
    double read = value->kind == VALUE_INT ? (double)value->integer : value->kind == VALUE_FLOAT ? value->number : -1;
    if (read >= least && read <= 1e9)
        *number = read;
    else
        complain(reader, field, value, least > 0 ? "a number, 1 or more" : "a number, 0 or more");
}

static void read_flags(const struct reader *reader, const struct value *map, struct lifecycle *lifecycle)
{
    const struct value *auto_start = value_get(map, "auto_start"), *startup = value_get(map, "startup");
    if (auto_start && auto_start->kind == VALUE_BOOL)
        lifecycle->auto_start = auto_start->boolean;
    else if (auto_start && auto_start->kind != VALUE_NULL)
        complain(reader, "auto_start", auto_start, "true or false");
    const char *word = value_string(startup);
    if (word && !strcmp(word, "optional"))
        lifecycle->optional = true;
    else if (startup && startup->kind != VALUE_NULL && (!word || strcmp(word, "required")))
        complain(reader, "startup", startup, "required or optional");
}

static void read_restart(const struct reader *reader, const struct value *map, struct lifecycle *lifecycle)
{
    double attempts = 0;
    read_duration(reader, map, "initial_delay", &lifecycle->initial_delay_ns);
    read_duration(reader, map, "max_delay", &lifecycle->max_delay_ns);
    read_number(reader, map, "backoff_factor", 1, &lifecycle->backoff_factor);
    read_number(reader, map, "jitter", 0, &lifecycle->jitter);
    read_number(reader, map, "max_attempts", 0, &attempts);
    lifecycle->max_attempts = (uint32_t)attempts;
    if (lifecycle->jitter > 1)
        lifecycle->jitter = 1;
}

void lifecycle_parse(struct lifecycle *lifecycle, const struct entry *entry, struct problems *problems)
{
    const struct reader reader = {.entry = entry, .problems = problems};
    const struct value *map = value_get(entry->data, "lifecycle"), *restart = value_get(map, "restart");
    *lifecycle = (struct lifecycle){
        .start_timeout_ns = 10ull * SECOND,
        .stop_timeout_ns = 10ull * SECOND,
        .stable_threshold_ns = 5ull * SECOND,
        .initial_delay_ns = 1ull * SECOND,
        .max_delay_ns = 90ull * SECOND,
        .backoff_factor = 2.0,
        .jitter = 0.1,
    };
    if (map && map->kind != VALUE_MAP && map->kind != VALUE_NULL)
        complain(&reader, "block", map, "a map");
    if (restart && restart->kind != VALUE_MAP && restart->kind != VALUE_NULL)
        complain(&reader, "restart", restart, "a map");
    read_flags(&reader, map, lifecycle);
    read_duration(&reader, map, "start_timeout", &lifecycle->start_timeout_ns);
    read_duration(&reader, map, "stop_timeout", &lifecycle->stop_timeout_ns);
    read_duration(&reader, map, "stable_threshold", &lifecycle->stable_threshold_ns);
    read_restart(&reader, restart, lifecycle);
}

uint64_t lifecycle_delay_ns(const struct lifecycle *lifecycle, uint32_t attempt, struct rng *rng)
{
    double delay = (double)lifecycle->initial_delay_ns, most = (double)lifecycle->max_delay_ns;
    for (uint32_t i = 1; i < attempt && delay < most && lifecycle->backoff_factor > 1; i++)
        delay *= lifecycle->backoff_factor;
    if (delay > most)
        delay = most;
    double unit = (double)(rng_next(rng) >> 11) / 9007199254740992.0; /* [0, 1) in steps of 2^-53 */
    return (uint64_t)(delay * (1 + lifecycle->jitter * (2 * unit - 1)));
}
