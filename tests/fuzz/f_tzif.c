/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * f_tzif: any bytes as a TZif file and as a rule. Of a zone that can be made of them: every moment lies in its period, periods meet, offsets are
 * within their bounds, and what clocks show leads back to a moment at which they show it, unless it is skipped.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stdlib/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition)                                                  \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                        \
        }                                                                   \
    } while (0)

static void check_clock(const struct zone *zone, int64_t seconds, const struct tz_period *period)
{
    int64_t local, back;
    int32_t offset;
    if (__builtin_add_overflow(seconds, period->offset, &local))
        return;
    if (zone_to_utc(zone, local, &back)) {
        /* no two offsets are further apart than this */
        int64_t apart = back > seconds ? back - seconds : seconds - back;
        REQUIRE(apart <= ZONE_OFFSET_MAX - ZONE_OFFSET_MIN);
    }
    size_t length = strlen(period->name);
    REQUIRE(zone_find_name(zone, period->name, length, local, &offset));
}

static void check_moment(const struct zone *zone, int64_t seconds)
{
    struct tz_period period, next;
    zone_at(zone, seconds, &period);
    REQUIRE(period.start <= seconds && (seconds < period.end || period.end == INT64_MAX));
    REQUIRE(period.offset >= ZONE_OFFSET_MIN && period.offset <= ZONE_OFFSET_MAX);
    check_clock(zone, seconds, &period);
    if (period.end == INT64_MAX)
        return;
    zone_at(zone, period.end, &next);
    REQUIRE(next.start == period.end);
}

static void check(struct zone *zone)
{
    static const int64_t moments[] = {INT64_MIN, INT64_MIN + 1, -62135596800, -2147483648, -1,           0,
                                      951782400, 1719835200,    2147483647,   4102444800,  253402300799, INT64_MAX - 1,
                                      INT64_MAX};
    if (!zone)
        return;
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++)
        check_moment(zone, moments[i]);
    int64_t at = -4000000000;
    for (unsigned i = 0; i < 300; i++) {
        struct tz_period period;
        zone_at(zone, at, &period);
        check_moment(zone, at);
        if (period.end == INT64_MAX)
            break;
        check_moment(zone, period.end - 1);
        at = period.end;
    }
    zone_free(zone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zone *zone;
    const char *problem = NULL;
    char rule[256];
    int error = zone_parse(&zone, "Fuzz", data, size, &problem);
    REQUIRE(error == 0 || error == -ENOENT || (error == -EINVAL && problem && *problem));
    REQUIRE(!error == !!zone);
    check(zone);
    size_t length = size < sizeof rule - 1 ? size : sizeof rule - 1;
    memcpy(rule, data, length);
    rule[length] = '\0';
    check(zone_of_rule("Fuzz", rule));
    return 0;
}
