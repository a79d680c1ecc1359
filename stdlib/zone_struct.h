/* SPDX-License-Identifier: MIT */
/* zone_struct: the fields of a zone, for zone.c and tzif.c. */
#ifndef STDLIB_ZONE_STRUCT_H
#define STDLIB_ZONE_STRUCT_H

#include "stdlib/zone.h"

struct zone_type {
    const char *name; /* into chars */
    int32_t offset;
    bool is_dst;
};

/*
 * I1  times ascend; type_of has an index into types for each of them, and there are at most 256 types. Before times[0], types[0] holds.
 * I2  Without a rule there is at least one type. With one, it holds from the last of times on, and from ever if there is none.
 */
struct zone {
    char *name;
    bool has_rule;
    struct tz_rule rule;
    unsigned count; /* of times */
    unsigned type_count;
    int64_t *times;
    unsigned char *type_of;
    struct zone_type *types;
    char *chars; /* ends in NUL */
};

/* A zone of that name with nothing in it. */
struct zone *zone_new(const char *name);

#endif
