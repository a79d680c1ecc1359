/* SPDX-License-Identifier: MIT */
/*
 * shape_relate: is a type the same as another, is it equal to it, may its values be used in place of the other's. Types that contain themselves are compared
 * as if written out. Work is bounded: types too large to compare are unequal. Any thread.
 */
#ifndef LANG_SHAPE_RELATE_H
#define LANG_SHAPE_RELATE_H

#include <stdbool.h>
#include <stdint.h>

struct shapes;

struct shape_ref {
    const struct shapes *shapes;
    uint32_t node;
};

/* The same declaration, or, for types without a name, written alike; and a number that is the same for types that are the same. */
bool shape_is_same(struct shape_ref a, struct shape_ref b);
uint64_t shape_hash(struct shape_ref ref);

/* Names do not count, nor does the order of the members of a union. */
bool shape_is_equal(struct shape_ref a, struct shape_ref b);

/* May a value of type `a` be used where `b` is expected? */
bool shape_is_subtype(struct shape_ref a, struct shape_ref b);

#endif
