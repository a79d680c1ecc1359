/* SPDX-License-Identifier: MIT */
/* shape_equal: are types equal? Of unions and intersections what they come down to is compared. */
#include <string.h>

#include "vm/lang/shape_relation.h"

static bool same_origin(struct shape_ref a, struct shape_ref b)
{
    return memcmp(shape_words(a.shapes, shape_node_of(a)), shape_words(b.shapes, shape_node_of(b)),
                  SHAPE_NAME * sizeof(uint32_t)) == 0;
}

bool shape_words_are_equal(struct shape_relation *r, struct shape_ref a, struct shape_ref b, uint32_t from)
{
    const struct shape_node *n = shape_node_of(a), *m = shape_node_of(b);
    const uint32_t *words = shape_words(a.shapes, n), *others = shape_words(b.shapes, m);
    if (n->word_count != m->word_count)
        return false;
    for (uint32_t i = from; i < n->word_count; i++) {
        enum shape_reference what = shape_word(n, words, i);
        bool is_equal = what == SHAPE_IS_PLAIN ? words[i] == others[i]
                        : what == SHAPE_IS_NODE
                            ? shape_relate(r, shape_part(a, words[i]), shape_part(b, others[i]))
                            : n->kind == SHAPE_FUNCTION || shape_names_match(a, words[i], b, others[i]);
        if (!is_equal)
            return false;
    }
    return true;
}

/* Is each of the parts equal to one of the others? */
static bool all_in(struct shape_relation *r, struct shape_parts a, struct shape_parts b)
{
    for (uint32_t i = 0; i < a.count; i++) {
        bool found = false;
        for (uint32_t j = 0; j < b.count && !found; j++)
            found = shape_relate(r, a.at[i], b.at[j]);
        if (!found)
            return false;
    }
    return true;
}

/* ---- records that are one together ---- */

static bool are_records(struct shape_parts parts)
{
    const struct shape_node *first = shape_node_of(parts.at[0]);
    for (uint32_t i = 0; i < parts.count; i++) {
        const struct shape_node *n = shape_node_of(parts.at[i]);
        if (n->kind != SHAPE_RECORD || n->scalar || n->flags != first->flags)
            return false;
    }
    return true;
}

/* Has one of them a field of that name and an equal type? If all that have one of the name say that it may be absent, *is_optional. */
static bool has_field(struct shape_relation *r, struct shape_parts parts, struct shape_ref of, const uint32_t *field,
                      bool *is_optional)
{
    bool found = false;
    size_t length;
    const char *text = shape_text_of(of.shapes, field[0], &length);
    *is_optional = true;
    for (uint32_t i = 0; i < parts.count && shape_step(r); i++) {
        const uint32_t *other = shape_field(parts.at[i].shapes, shape_node_of(parts.at[i]), text, length);
        if (!other)
            continue;
        *is_optional &= other[2] != 0;
        found = found || shape_relate(r, shape_part(parts.at[i], other[1]), shape_part(of, field[1]));
    }
    return found;
}

static bool all_fields_in(struct shape_relation *r, struct shape_parts a, struct shape_parts b)
{
    for (uint32_t i = 0; i < a.count; i++) {
        uint32_t count;
        const uint32_t *field = shape_fields(a.at[i].shapes, shape_node_of(a.at[i]), &count);
        for (; count > 0; count--, field += SHAPE_FIELD_WORDS) {
            bool is_optional, is_optional_there;
            if (!has_field(r, b, a.at[i], field, &is_optional_there) ||
                !has_field(r, a, a.at[i], field, &is_optional) || is_optional != is_optional_there)
                return false;
        }
    }
    return true;
}

/* ---- the whole ---- */

static bool unions_are_equal(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    struct shape_parts left, right;
    return shape_union_parts(r, a, &left) && shape_union_parts(r, b, &right) && all_in(r, left, right) &&
           all_in(r, right, left);
}

static bool intersections_are_equal(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    struct shape_parts left, right;
    if (!shape_intersection_parts(r, a, &left) || !shape_intersection_parts(r, b, &right))
        return false;
    bool is_one = left.count == 1 && right.count == 1;
    if (!is_one && are_records(left) && are_records(right) &&
        shape_node_of(left.at[0])->flags == shape_node_of(right.at[0])->flags)
        return all_fields_in(r, left, right) && all_fields_in(r, right, left);
    return all_in(r, left, right) && all_in(r, right, left);
}

static bool is_union(const struct shape_node *n)
{
    return n->kind == SHAPE_UNION || n->kind == SHAPE_OPTIONAL;
}

static bool scalars_are_equal(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = shape_node_of(a), *m = shape_node_of(b);
    switch (shape_scalar(n)) {
    case SHAPE_IS_NAME:
        return shape_names_match(a, n->scalar, b, m->scalar);
    case SHAPE_IS_PLAIN:
        return n->scalar == m->scalar;
    case SHAPE_IS_NODE:
        break;
    }
    if (!n->scalar || !m->scalar)
        return n->scalar == m->scalar;
    return shape_relate(r, shape_part(a, n->scalar), shape_part(b, m->scalar));
}

bool shape_decide_equal(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = shape_node_of(a), *m = shape_node_of(b);
    if (is_union(n) || is_union(m))
        return unions_are_equal(r, a, b);
    if (n->kind == SHAPE_INTERSECTION || m->kind == SHAPE_INTERSECTION)
        return intersections_are_equal(r, a, b);
    if (n->kind != m->kind || n->kind < BUILTINS || n->flags != m->flags)
        return false;
    switch (n->kind) {
    case SHAPE_GENERIC:
        return same_origin(a, b);
    case SHAPE_PARAM:
        return shape_words(a.shapes, n)[1] == shape_words(b.shapes, m)[1];
    case SHAPE_INTERFACE:
        return shape_words_are_equal(r, a, b, SHAPE_NAMED_WORDS);
    default:
        return scalars_are_equal(r, a, b) && shape_words_are_equal(r, a, b, 0);
    }
}
