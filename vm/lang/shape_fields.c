/* SPDX-License-Identifier: MIT */
/*
 * shape_fields: may a record be used where another is expected? A field that is only read may hold any subtype. One that can be assigned
 * must be of the same type, or one that becomes it when it is made wider: a literal its base, an integer a number, anything one of several.
 */
#include "vm/lang/shape_relation.h"

static bool is_open(struct shape_ref ref)
{
    return ref.node == BUILTIN_ANY || ref.node == BUILTIN_UNKNOWN;
}

static bool is_one_in(struct shape_ref ref)
{
    unsigned kind = shape_node_of(ref)->kind;
    return kind == SHAPE_UNION || kind == SHAPE_OPTIONAL;
}

/* ---- fields ---- */

/* The value of the field, which is not nil if that is as good as absent. */
static bool value_fits(struct shape_relation *r, enum shape_relation_kind kind, struct shape_ref a, struct shape_ref b,
                       bool may_be_absent)
{
    const uint32_t first = r->part_count;
    struct shape_parts parts;
    if (!may_be_absent)
        return shape_relate_as(r, kind, a, b);
    bool fits = shape_union_parts(r, a, &parts);
    if (fits && parts.count == 1 && parts.at[0].node != BUILTIN_NIL)
        fits = shape_relate_as(r, kind, a, b);
    else
        for (uint32_t i = 0; i < parts.count && fits; i++)
            fits = parts.at[i].node == BUILTIN_NIL || shape_relate_as(r, kind, parts.at[i], b);
    r->part_count = first;
    return fits;
}

/* One field of a record, for one of that name which is wanted. */
static bool field_fits(struct shape_relation *r, struct shape_ref a, const uint32_t *have, struct shape_ref b,
                       const uint32_t *want)
{
    const struct shape_node *n = shape_node_of(a), *m = shape_node_of(b);
    bool is_assigned = m->kind == SHAPE_RECORD && !(m->flags & SHAPE_READONLY);
    bool is_optional = shape_field_is_optional(b.shapes, want);
    if ((is_assigned && n->flags & SHAPE_READONLY) || (have[2] && !is_optional))
        return false;
    return value_fits(r, is_assigned ? SHAPE_WIDENED : SHAPE_SUBTYPE, shape_part(a, have[1]), shape_part(b, want[1]),
                      want[2] != 0);
}

bool shape_fields_fit(struct shape_relation *r, struct shape_parts have, struct shape_ref b)
{
    uint32_t count;
    const uint32_t *want = shape_fields(b.shapes, shape_node_of(b), &count);
    for (; count > 0; count--, want += SHAPE_FIELD_WORDS) {
        size_t length;
        const char *text = shape_text_of(b.shapes, want[0], &length);
        bool is_there = false, fits = false;
        for (uint32_t i = 0; i < have.count && !fits && shape_step(r); i++) {
            struct shape_ref a = have.at[i];
            const uint32_t *field = shape_field(a.shapes, shape_node_of(a), text, length);
            is_there |= field != NULL;
            fits = field && field_fits(r, a, field, b, want);
        }
        if (!fits && (is_there || !shape_field_is_optional(b.shapes, want)))
            return false;
    }
    return true;
}

/* ---- wider ---- */

/* Both have the same fields, and each becomes the other's. */
static bool record_widens(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = shape_node_of(a), *m = shape_node_of(b);
    uint32_t count;
    const uint32_t *have = shape_fields(a.shapes, n, &count);
    if (!n->scalar != !m->scalar ||
        (n->scalar && !shape_relate_as(r, SHAPE_SUBTYPE, shape_part(a, n->scalar), shape_part(b, m->scalar))))
        return false;
    for (; count > 0; count--, have += SHAPE_FIELD_WORDS) {
        size_t length;
        const char *text = shape_text_of(a.shapes, have[0], &length);
        if (!shape_field(b.shapes, m, text, length))
            return false;
    }
    return shape_fields_fit(r, (struct shape_parts){&a, 1}, b);
}

static bool tuple_widens(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = shape_node_of(a), *m = shape_node_of(b);
    bool widens = n->word_count == m->word_count;
    for (uint32_t i = 0; i < n->word_count && widens; i++)
        widens =
            shape_relate(r, shape_part(a, shape_words(a.shapes, n)[i]), shape_part(b, shape_words(b.shapes, m)[i]));
    return widens;
}

static uint32_t count_literals(struct shape_parts parts)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < parts.count; i++)
        count += shape_is_literal(shape_node_of(parts.at[i]));
    return count;
}

/* Each of the parts of `a` becomes one of `b`; but literals do not become one of more literals. */
static bool parts_widen(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    struct shape_parts have, want;
    if (!shape_union_parts(r, a, &have) || !shape_union_parts(r, b, &want))
        return false;
    bool are_more = count_literals(want) > count_literals(have);
    for (uint32_t i = 0; i < have.count; i++) {
        bool found = false;
        for (uint32_t j = 0; j < want.count && !found; j++) {
            bool is_choice = are_more && shape_is_literal(shape_node_of(want.at[j]));
            found = !is_choice && shape_relate(r, have.at[i], want.at[j]);
        }
        if (!found)
            return false;
    }
    return true;
}

bool shape_decide_widened(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = shape_node_of(a), *m = shape_node_of(b);
    if (is_open(a) || is_open(b))
        return a.node != BUILTIN_UNKNOWN || is_open(b);
    if (is_one_in(a) || is_one_in(b))
        return parts_widen(r, a, b);
    if (shape_is_literal(n))
        return shape_literal_fits(a, b);
    if (a.node == BUILTIN_INTEGER && b.node == BUILTIN_NUMBER)
        return true;
    if (n->kind != m->kind || n->kind == SHAPE_FUNCTION || n->kind == SHAPE_MAP)
        return shape_relate_as(r, SHAPE_SUBTYPE, a, b) && shape_relate_as(r, SHAPE_SUBTYPE, b, a);
    if (n->flags & SHAPE_READONLY && !(m->flags & SHAPE_READONLY))
        return false;
    switch (n->kind) {
    case SHAPE_RECORD:
        return record_widens(r, a, b);
    case SHAPE_ARRAY:
        return shape_relate(r, shape_part(a, n->scalar), shape_part(b, m->scalar));
    case SHAPE_TUPLE:
        return tuple_widens(r, a, b);
    default:
        return shape_relate_as(r, SHAPE_SUBTYPE, a, b) && shape_relate_as(r, SHAPE_SUBTYPE, b, a);
    }
}
