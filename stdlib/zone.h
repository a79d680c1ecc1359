/* SPDX-License-Identifier: MIT */
/*
 * zone: a time zone: which offset from UTC holds when. Made from a TZif file (RFC 8536) or from a rule; never changes once it is made, so any
 * thread may look at it without a lock. No Lua.
 */
#ifndef STDLIB_ZONE_H
#define STDLIB_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stdlib/tz_rule.h"

struct zone;

/* Offsets of all zones are between these: 24 hours and some, as RFC 8536 wants it. */
enum { ZONE_OFFSET_MIN = -89999, ZONE_OFFSET_MAX = 93599 };

/*
 * Makes a zone of the bytes of a TZif file. 0; -ENOENT: that is no TZif file; -EINVAL and *problem, a constant: it is one, and damaged, or of a
 * kind that is not supported (leap seconds).
 */
int zone_parse(struct zone **out, const char *name, const void *data, size_t length, const char **problem);

/* A zone that follows the rule for all times; for $TZ, and "UTC0" for UTC. NULL: that is no rule. */
struct zone *zone_of_rule(const char *name, const char *rule);

void zone_free(struct zone *zone); /* NULL is allowed */

const char *zone_name(const struct zone *zone);

/* The period in which the moment lies. Its name lives as long as the zone. */
void zone_at(const struct zone *zone, int64_t seconds, struct tz_period *out);

/*
 * The moment at which clocks in the zone show `local` (seconds since the epoch, as if they showed UTC). A change may let them show it twice, or
 * never; then one of the two offsets that meet there is taken, as Go's time.Date does: west of Greenwich the first of the two moments and, for a
 * time that is skipped, the one an hour before it; east of it the second, and the one an hour after. False: it is not in 64 bits.
 */
bool zone_to_utc(const struct zone *zone, int64_t local, int64_t *seconds);

/*
 * The offset for which the zone uses the short name: the one that makes `local` a moment at which it is in use, or else the first of that name.
 * False: the zone does not know it.
 */
bool zone_find_name(const struct zone *zone, const char *name, size_t length, int64_t local, int32_t *offset);

#endif
