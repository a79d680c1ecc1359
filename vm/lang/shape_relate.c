/* SPDX-License-Identifier: MIT */
/*
 * shape_relate: see shape_relate.h. A pair that is being compared counts as related: what contains itself is then compared once. Pairs that
 * turned out unrelated are taken out again with all that was assumed because of them.
 */
#include "vm/lang/shape_relate.h"

#include <string.h>

#include "vm/lang/shape_relation.h"

enum { DEPTH_MAX = 300 };

static bool are_same(struct shape_ref a, struct shape_ref b)
{
    return a.node == b.node && (a.shapes == b.shapes || a.node < BUILTINS);
}

static bool is_assumed(const struct shape_relation *r, const struct shape_pair *pair)
{
    for (uint32_t i = 0; i < r->pair_count; i++) {
        const struct shape_pair *known = &r->pairs[i];
        if (known->kind == pair->kind && are_same(known->a, pair->a) && are_same(known->b, pair->b))
            return true;
    }
    return false;
}

static bool decide(struct shape_relation *r, const struct shape_pair *pair)
{
    switch (pair->kind) {
    case SHAPE_EQUAL:
        return shape_decide_equal(r, pair->a, pair->b);
    case SHAPE_SUBTYPE:
        return shape_decide_subtype(r, pair->a, pair->b);
    case SHAPE_WIDENED:
        break;
    }
    return shape_decide_widened(r, pair->a, pair->b);
}

bool shape_relate_as(struct shape_relation *r, enum shape_relation_kind kind, struct shape_ref a, struct shape_ref b)
{
    struct shape_pair pair = {shape_part(a, shape_look(a.shapes, a.node, false)),
                              shape_part(b, shape_look(b.shapes, b.node, false)), kind};
    if (are_same(pair.a, pair.b))
        return true;
    if (!shape_step(r) || r->depth >= DEPTH_MAX || r->pair_count == SHAPE_PAIRS_MAX)
        return false;
    if (is_assumed(r, &pair))
        return true;
    const enum shape_relation_kind outer = r->kind;
    const uint32_t pairs = r->pair_count, parts = r->part_count;
    r->pairs[r->pair_count++] = pair;
    r->kind = kind;
    r->depth++;
    bool result = decide(r, &pair);
    r->depth--;
    r->kind = outer;
    r->part_count = parts;
    if (!result)
        r->pair_count = pairs;
    return result;
}

bool shape_relate(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    return shape_relate_as(r, r->kind, a, b);
}

bool shape_names_match(struct shape_ref a, uint32_t name_a, struct shape_ref b, uint32_t name_b)
{
    size_t length_a, length_b;
    const char *text_a = shape_text_of(a.shapes, name_a, &length_a);
    const char *text_b = shape_text_of(b.shapes, name_b, &length_b);
    return length_a == length_b && memcmp(text_a, text_b, length_a) == 0;
}

static bool are_related(enum shape_relation_kind kind, struct shape_ref a, struct shape_ref b)
{
    struct shape_relation r;
    r.pair_count = r.part_count = 0;
    r.depth = r.steps = 0;
    r.kind = kind;
    return shape_relate_as(&r, kind, a, b);
}

bool shape_is_equal(struct shape_ref a, struct shape_ref b)
{
    return are_related(SHAPE_EQUAL, a, b);
}

bool shape_is_subtype(struct shape_ref a, struct shape_ref b)
{
    return are_related(SHAPE_SUBTYPE, a, b);
}
