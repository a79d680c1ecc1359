/* SPDX-License-Identifier: MIT */
/* pgscope: see the header. */
#include "host/pgscope.h"

#include <stdbool.h>
#include <stdint.h>

#include "host/actor.h"
#include "host/entry.h"
#include "host/problem.h"
#include "host/service.h"
#include "host/units.h"
#include "host/value.h"
#include "vm/feed.h"
#include "vm/groups.h"

struct reader {
    const struct entry *entry;
    struct problems *problems;
    bool is_rejected;
};

static void complain(const struct reader *reader, const struct value *value, const char *field, const char *wanted)
{
    problem_add(reader->problems, LOG_WARN, reader->entry->file, value->line, reader->entry->id,
                "%s must be %s; the default is used", field, wanted);
}

static const struct value *field_of(const struct reader *reader, const char *field)
{
    const struct value *value = value_get(reader->entry->data, field);
    return value && value->kind != VALUE_NULL ? value : NULL;
}

static void read_count(const struct reader *reader, const char *field, int64_t least, uint32_t *count)
{
    const struct value *value = field_of(reader, field);
    if (!value)
        return;
    if (value->kind == VALUE_INT && value->integer >= least && value->integer <= INT32_MAX)
        *count = (uint32_t)value->integer;
    else
        complain(reader, value, field, least ? "a number, 1 or more" : "a number, 0 or more");
}

/* A limit below zero is not a slip of the default kind: whoever wrote it wanted a limit. */
static void read_limit(struct reader *reader, const char *field, uint32_t *limit)
{
    const struct value *value = field_of(reader, field);
    bool is_negative = value && ((value->kind == VALUE_INT && value->integer < 0) ||
                                 (value->kind == VALUE_FLOAT && value->number < 0));
    if (!is_negative) {
        read_count(reader, field, 0, limit);
        return;
    }
    problem_add(reader->problems, LOG_ERROR, reader->entry->file, value->line, reader->entry->id,
                "%s must not be negative (0: no limit); there is no such scope", field);
    reader->is_rejected = true;
}

static void check_duration(const struct reader *reader, const char *field)
{
    uint64_t ns;
    const struct value *value = field_of(reader, field);
    if (value && !units_duration_of(value, &ns))
        complain(reader, value, field, "a duration like \"5s\"");
}

/* What only clusters use: said when it makes no sense, and forgotten. */
static void check_cluster_fields(const struct reader *reader)
{
    static const char *const durations[] = {"protocol_timeout",           "broadcast_timeout", "anti_entropy_interval",
                                            "circuit_breaker_reset_time", "retry_base_delay",  "retry_max_delay"};
    static const char *const counts[] = {"circuit_breaker_failures", "max_retries"};
    static const char *const sizes[] = {"action_queue_size", "action_queue_max_size"};
    uint32_t ignored;
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
        check_duration(reader, durations[i]);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        read_count(reader, counts[i], 0, &ignored);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        read_count(reader, sizes[i], 1, &ignored);
}

struct groups *pgscope_new(struct actor *actor, const struct entry *entry, struct problems *problems)
{
    struct reader reader = {.entry = entry, .problems = problems};
    struct groups_limits limits = {.monitor_buffer = FEED_CAPACITY};
    read_limit(&reader, "max_groups", &limits.max_groups);
    read_limit(&reader, "max_members_per_group", &limits.max_members_per_group);
    read_count(&reader, "monitor_buffer", 1, &limits.monitor_buffer);
    check_cluster_fields(&reader);
    return reader.is_rejected ? NULL : groups_new(actor_vm(actor), entry->id, &limits);
}

static void start(struct service *service)
{
    groups_start(service->object);
    service_started(service);
}

static void stop(struct service *service)
{
    groups_stop(service->object);
    service_ended(service);
}

static void kill_scope(struct service *service)
{
    groups_stop(service->object);
}

const struct service_driver *pgscope_driver(void)
{
    static const struct service_driver driver = {.start = start, .stop = stop, .kill = kill_scope};
    return &driver;
}
