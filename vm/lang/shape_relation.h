/* SPDX-License-Identifier: MIT */
/*
 * shape_relation: what the files that compare types (shape_relate.h) share: pairs that are being compared, and types as lists of what they are
 * made of, as the rules of unions and intersections have them.
 */
#ifndef LANG_SHAPE_RELATION_H
#define LANG_SHAPE_RELATION_H

#include "vm/lang/shape.h"
#include "vm/lang/shape_relate.h"

enum { SHAPE_PAIRS_MAX = 512, SHAPE_PARTS_MAX = 1024, SHAPE_STEPS_MAX = 50000 };

/* WIDENED: may what a field holds that can be assigned become the other? */
enum shape_relation_kind { SHAPE_EQUAL, SHAPE_SUBTYPE, SHAPE_WIDENED };

struct shape_pair {
    struct shape_ref a, b;
    enum shape_relation_kind kind;
};

struct shape_relation {
    enum shape_relation_kind kind; /* of what is being compared */
    int depth, steps;
    uint32_t pair_count, part_count;
    struct shape_pair pairs[SHAPE_PAIRS_MAX];
    struct shape_ref parts[SHAPE_PARTS_MAX]; /* of the lists that are in use */
};

/* A list: at[0..count). */
struct shape_parts {
    const struct shape_ref *at;
    uint32_t count;
};

static inline const struct shape_node *shape_node_of(struct shape_ref ref)
{
    return shape_node(ref.shapes, ref.node);
}

static inline struct shape_ref shape_part(struct shape_ref of, uint32_t node)
{
    return (struct shape_ref){of.shapes, node};
}

/* Counts a step of the work; false: there have been too many. */
static inline bool shape_step(struct shape_relation *relation)
{
    return ++relation->steps <= SHAPE_STEPS_MAX;
}

static inline bool shape_is_literal(const struct shape_node *n)
{
    return n->kind >= SHAPE_TRUTH && n->kind <= SHAPE_STRING;
}

/* Are they related so; and as what is being compared is. */
bool shape_relate_as(struct shape_relation *relation, enum shape_relation_kind kind, struct shape_ref a,
                     struct shape_ref b);
bool shape_relate(struct shape_relation *relation, struct shape_ref a, struct shape_ref b);

bool shape_names_match(struct shape_ref a, uint32_t name_a, struct shape_ref b, uint32_t name_b);

/* shape_parts.c: the members of a union or an optional, of an intersection; of another type it alone. false: too many. */
bool shape_union_parts(struct shape_relation *relation, struct shape_ref ref, struct shape_parts *parts);
bool shape_intersection_parts(struct shape_relation *relation, struct shape_ref ref, struct shape_parts *parts);

/* shape_equal.c */
bool shape_decide_equal(struct shape_relation *relation, struct shape_ref a, struct shape_ref b);
/* Are the words equal, from that one on? */
bool shape_words_are_equal(struct shape_relation *relation, struct shape_ref a, struct shape_ref b, uint32_t from);

/* shape_subtype.c */
bool shape_decide_subtype(struct shape_relation *relation, struct shape_ref a, struct shape_ref b);
bool shape_literal_fits(struct shape_ref a, struct shape_ref b);

/* shape_fields.c: does the table have what the record or interface `b` wants; the parts are records that are one together. */
bool shape_fields_fit(struct shape_relation *relation, struct shape_parts have, struct shape_ref b);
bool shape_decide_widened(struct shape_relation *relation, struct shape_ref a, struct shape_ref b);

#endif
