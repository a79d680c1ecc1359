/* SPDX-License-Identifier: MIT */
/* zone: see zone.h. tzif.c fills a zone from a file. */
#include "stdlib/zone.h"

#include <stdlib.h>
#include <string.h>

#include "sched/base/memory.h"
#include "stdlib/zone_struct.h"

struct zone *zone_new(const char *name)
{
    struct zone *zone = memory_zeroed(sizeof *zone, "a time zone");
    zone->name = memory_string(name, "the name of a time zone");
    return zone;
}

struct zone *zone_of_rule(const char *name, const char *rule)
{
    struct zone *zone = zone_new(name);
    zone->has_rule = tz_rule_parse(&zone->rule, rule, strlen(rule));
    if (zone->has_rule)
        return zone;
    zone_free(zone);
    return NULL;
}

void zone_free(struct zone *zone)
{
    if (!zone)
        return;
    free(zone->times);
    free(zone->type_of);
    free(zone->types);
    free(zone->chars);
    free(zone->name);
    free(zone);
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

/* How many of the changes are at or before the moment. */
static unsigned count_before(const struct zone *zone, int64_t seconds)
{
    unsigned low = 0, high = zone->count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (zone->times[middle] <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void zone_at(const struct zone *zone, int64_t seconds, struct tz_period *out)
{
    unsigned before = count_before(zone, seconds);
    int64_t start = before ? zone->times[before - 1] : INT64_MIN;
    if (before == zone->count && zone->has_rule) {
        tz_rule_at(&zone->rule, seconds, out);
        if (out->start < start)
            out->start = start;
        return;
    }
    const struct zone_type *type = &zone->types[before ? zone->type_of[before - 1] : 0];
    *out = (struct tz_period){.start = start,
                              .end = before < zone->count ? zone->times[before] : INT64_MAX,
                              .name = type->name,
                              .offset = type->offset,
                              .is_dst = type->is_dst};
}

bool zone_to_utc(const struct zone *zone, int64_t local, int64_t *seconds)
{
    struct tz_period period;
    int64_t guess;
    zone_at(zone, local, &period); /* the offset is wrong by at most one change */
    if (__builtin_sub_overflow(local, period.offset, &guess))
        return false;
    if (guess < period.start || guess >= period.end)
        zone_at(zone, guess, &period);
    return !__builtin_sub_overflow(local, period.offset, seconds);
}

static bool is_name(const struct tz_period *period, const char *name, size_t length)
{
    return strncmp(period->name, name, length) == 0 && period->name[length] == '\0';
}

/* Does the offset fit the name? 2: it does at `local`; 1: otherwise; 0: never. */
static int fit(const struct zone *zone, const struct tz_period *candidate, const char *name, size_t length,
               int64_t local)
{
    struct tz_period period;
    int64_t seconds;
    if (!is_name(candidate, name, length))
        return 0;
    if (__builtin_sub_overflow(local, candidate->offset, &seconds))
        return 1;
    zone_at(zone, seconds, &period);
    return is_name(&period, name, length) && period.offset == candidate->offset ? 2 : 1;
}

bool zone_find_name(const struct zone *zone, const char *name, size_t length, int64_t local, int32_t *offset)
{
    const struct tz_rule *rule = &zone->rule;
    int best = 0;
    for (unsigned i = 0; i < zone->type_count + 2 && best < 2; i++) {
        struct tz_period candidate;
        if (i < zone->type_count)
            candidate = (struct tz_period){.name = zone->types[i].name, .offset = zone->types[i].offset};
        else if (i == zone->type_count)
            candidate = (struct tz_period){.name = rule->name, .offset = rule->offset};
        else
            candidate = (struct tz_period){.name = rule->dst_name, .offset = rule->dst_offset};
        int fitness = fit(zone, &candidate, name, length, local);
        if (fitness > best) {
            best = fitness;
            *offset = candidate.offset;
        }
    }
    return best > 0;
}
