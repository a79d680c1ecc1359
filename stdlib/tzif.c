/* SPDX-License-Identifier: MIT */
/*
 * tzif: reads TZif files, versions 1 to 4 (RFC 8536, RFC 9636). A file of version 2 and later says everything twice: in 32 bits for old readers,
 * skipped here, and in 64 bits, followed by a rule for the time after the last change between two line ends. Trusts nothing: all counts are
 * compared with the bytes there are before they are used.
 *
 *   header: "TZif" version 15*0, counts of: UTC marks, standard marks, leap seconds, changes, types, characters of names
 *   data:   times of changes, their types, types {offset, is DST, place of name}, names, leap seconds, standard marks, UTC marks
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/memory.h"
#include "stdlib/zone.h"
#include "stdlib/zone_struct.h"

enum { HEADER_BYTES = 44, TYPE_BYTES = 6, TYPES_MAX = 256, CHARS_MAX = 4096, CHANGES_MAX = 100000 };

struct header {
    unsigned version;
    uint32_t utc_marks, standard_marks, leaps, changes, types, chars;
};

/* What has not been read. */
struct bytes {
    const unsigned char *at;
    size_t left;
};

static const unsigned char *take(struct bytes *bytes, size_t size)
{
    const unsigned char *at = bytes->at;
    if (bytes->left < size)
        return NULL;
    bytes->at += size;
    bytes->left -= size;
    return at;
}

static uint32_t get_32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t get_time(const unsigned char *p, unsigned time_bytes)
{
    if (time_bytes == 4)
        return (int32_t)get_32(p);
    return (int64_t)((uint64_t)get_32(p) << 32 | get_32(p + 4));
}

static bool read_header(struct bytes *bytes, struct header *header)
{
    const unsigned char *p = take(bytes, HEADER_BYTES);
    if (!p || memcmp(p, "TZif", 4) != 0)
        return false;
    *header = (struct header){.version = p[4] ? p[4] - '0' : 1,
                              .utc_marks = get_32(p + 20),
                              .standard_marks = get_32(p + 24),
                              .leaps = get_32(p + 28),
                              .changes = get_32(p + 32),
                              .types = get_32(p + 36),
                              .chars = get_32(p + 40)};
    return true;
}

static bool skip_data(struct bytes *bytes, const struct header *h, unsigned time_bytes)
{
    uint64_t size = (uint64_t)h->changes * (time_bytes + 1) + (uint64_t)h->types * TYPE_BYTES + h->chars +
                    (uint64_t)h->leaps * (time_bytes + 4) + h->standard_marks + h->utc_marks;
    return size <= bytes->left && take(bytes, (size_t)size);
}

static const char *read_changes(struct bytes *bytes, const struct header *h, unsigned time_bytes, struct zone *zone)
{
    const unsigned char *times = take(bytes, (size_t)h->changes * time_bytes);
    const unsigned char *types = times ? take(bytes, h->changes) : NULL;
    if (!types)
        return "it ends too early";
    zone->count = h->changes;
    zone->times = memory_zeroed((h->changes + 1) * sizeof *zone->times, "a time zone");
    zone->type_of = memory_zeroed(h->changes + 1, "a time zone");
    for (unsigned i = 0; i < h->changes; i++) {
        zone->times[i] = get_time(times + (size_t)i * time_bytes, time_bytes);
        zone->type_of[i] = types[i];
        if (i && zone->times[i] <= zone->times[i - 1])
            return "its changes are not in order";
        if (types[i] >= h->types)
            return "a change has no type";
    }
    return NULL;
}

static const char *read_types(struct bytes *bytes, const struct header *h, struct zone *zone)
{
    const unsigned char *types = take(bytes, (size_t)h->types * TYPE_BYTES);
    const unsigned char *chars = types ? take(bytes, h->chars) : NULL;
    if (!chars)
        return "it ends too early";
    zone->chars = memory_zeroed(h->chars + 1, "a time zone");
    memcpy(zone->chars, chars, h->chars);
    zone->type_count = h->types;
    zone->types = memory_zeroed(h->types * sizeof *zone->types, "a time zone");
    for (unsigned i = 0; i < h->types; i++, types += TYPE_BYTES) {
        struct zone_type *type = &zone->types[i];
        type->offset = (int32_t)get_32(types);
        type->is_dst = types[4] != 0;
        if (type->offset < ZONE_OFFSET_MIN || type->offset > ZONE_OFFSET_MAX)
            return "an offset is out of range";
        if (types[5] >= h->chars)
            return "a type has no name";
        type->name = zone->chars + types[5];
    }
    return NULL;
}

static const char *read_data(struct bytes *bytes, const struct header *h, unsigned time_bytes, struct zone *zone)
{
    if (h->leaps)
        return "it counts leap seconds, which is not supported";
    if (!h->types || h->types > TYPES_MAX || !h->chars || h->chars > CHARS_MAX || h->changes > CHANGES_MAX)
        return "a count is out of range";
    const char *problem = read_changes(bytes, h, time_bytes, zone);
    if (!problem)
        problem = read_types(bytes, h, zone);
    if (!problem && !take(bytes, (size_t)h->standard_marks))
        problem = "it ends too early";
    if (!problem && !take(bytes, (size_t)h->utc_marks))
        problem = "it ends too early";
    return problem;
}

/* Between two line ends; may be empty: then the last type holds for ever. */
static const char *read_footer(struct bytes *bytes, struct zone *zone)
{
    const unsigned char *start = take(bytes, 1);
    const unsigned char *end = start && *start == '\n' ? memchr(bytes->at, '\n', bytes->left) : NULL;
    if (!end)
        return "the rule at its end is missing";
    size_t length = (size_t)(end - bytes->at);
    zone->has_rule = length > 0;
    if (zone->has_rule && !tz_rule_parse(&zone->rule, (const char *)bytes->at, length))
        return "the rule at its end cannot be read";
    return NULL;
}

static const char *read_zone(struct bytes *bytes, const struct header *first, struct zone *zone)
{
    struct header second;
    if (first->version == 1)
        return read_data(bytes, first, 4, zone);
    if (!skip_data(bytes, first, 4))
        return "it ends too early";
    if (!read_header(bytes, &second))
        return "the second header is missing";
    const char *problem = read_data(bytes, &second, 8, zone);
    return problem ? problem : read_footer(bytes, zone);
}

int zone_parse(struct zone **out, const char *name, const void *data, size_t length, const char **problem)
{
    struct bytes bytes = {data, length};
    struct header header;
    *out = NULL;
    if (!read_header(&bytes, &header))
        return -ENOENT;
    struct zone *zone = zone_new(name);
    *problem = read_zone(&bytes, &header, zone);
    if (*problem) {
        zone_free(zone);
        return -EINVAL;
    }
    *out = zone;
    return 0;
}
