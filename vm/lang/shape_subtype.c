/* SPDX-License-Identifier: MIT */
/* shape_subtype: may the values of a type be used where another is expected? The first rule that fits decides. */
#include <string.h>

#include "vm/lang/shape_relation.h"

static bool is_any(struct shape_ref ref)
{
    return ref.node == BUILTIN_ANY;
}

static bool is_table(unsigned kind)
{
    return kind == SHAPE_RECORD || kind == SHAPE_ARRAY || kind == SHAPE_MAP || kind == SHAPE_TUPLE ||
           kind == SHAPE_INTERFACE;
}

static bool literals_match(struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = shape_node_of(a), *m = shape_node_of(b);
    if (n->kind != m->kind)
        return false;
    if (n->kind == SHAPE_STRING)
        return shape_names_match(a, n->scalar, b, m->scalar);
    return n->scalar == m->scalar &&
           memcmp(shape_words(a.shapes, n), shape_words(b.shapes, m), n->word_count * sizeof(uint32_t)) == 0;
}

bool shape_literal_fits(struct shape_ref a, struct shape_ref b)
{
    switch (shape_node_of(a)->kind) {
    case SHAPE_TRUTH:
        return b.node == BUILTIN_BOOLEAN || literals_match(a, b);
    case SHAPE_INTEGER:
        return b.node == BUILTIN_INTEGER || b.node == BUILTIN_NUMBER || literals_match(a, b);
    case SHAPE_FLOAT:
        return b.node == BUILTIN_NUMBER || literals_match(a, b);
    default:
        return b.node == BUILTIN_STRING || literals_match(a, b);
    }
}

/* Does it fit all that the interface extends beside its methods? */
static bool bases_fit(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    uint32_t count;
    const uint32_t *base = shape_bases(b.shapes, shape_node_of(b), &count);
    for (; count > 0; count--, base += SHAPE_FIELD_WORDS)
        if (!shape_relate(r, a, shape_part(b, base[1])))
            return false;
    return true;
}

/* Is something that the interface extends enough by itself? */
static bool base_fits(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    uint32_t count;
    const uint32_t *base = shape_bases(a.shapes, shape_node_of(a), &count);
    for (; count > 0; count--, base += SHAPE_FIELD_WORDS)
        if (shape_relate(r, shape_part(a, base[1]), b))
            return true;
    return false;
}

/* Are all fields of the record values of the map? */
static bool record_fits_map(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    uint32_t count;
    const uint32_t *map = shape_words(b.shapes, shape_node_of(b)),
                   *have = shape_fields(a.shapes, shape_node_of(a), &count);
    if (count && !(shape_node(b.shapes, map[0])->yes & SHAPE_OF_STRING))
        return false;
    for (uint32_t i = 0; i < count; i++, have += SHAPE_FIELD_WORDS)
        if (!shape_relate(r, shape_part(a, have[1]), shape_part(b, map[1])))
            return false;
    return true;
}

static bool maps_fit(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    const uint32_t *have = shape_words(a.shapes, shape_node_of(a)), *want = shape_words(b.shapes, shape_node_of(b));
    for (int i = 0; i < 2; i++) {
        struct shape_ref from = shape_part(a, have[i]), to = shape_part(b, want[i]);
        bool is_unknown = shape_look(b.shapes, to.node, false) == BUILTIN_UNKNOWN;
        if (!is_unknown && (!shape_relate(r, from, to) || !shape_relate(r, to, from)))
            return false;
    }
    return true;
}

static bool tuple_fits(struct shape_relation *r, struct shape_ref a, struct shape_ref element)
{
    const struct shape_node *n = shape_node_of(a);
    for (uint32_t i = 0; i < n->word_count; i++)
        if (!shape_relate(r, shape_part(a, shape_words(a.shapes, n)[i]), element))
            return false;
    return true;
}

static bool tuples_fit(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = shape_node_of(a), *m = shape_node_of(b);
    bool fits = n->word_count == m->word_count;
    for (uint32_t i = 0; i < m->word_count && fits; i++)
        fits = shape_relate(r, shape_part(a, shape_words(a.shapes, n)[i]), shape_part(b, shape_words(b.shapes, m)[i]));
    return fits;
}

/* Results are compared as they are given, parameters as they are taken. */
static bool functions_fit(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = shape_node_of(a), *m = shape_node_of(b);
    const uint32_t *have = shape_words(a.shapes, n), *want = shape_words(b.shapes, m);
    for (uint32_t i = 0; i < n->scalar && i < m->scalar; i++)
        if (!shape_relate(r, shape_part(b, want[i * SHAPE_FIELD_WORDS + 1]),
                          shape_part(a, have[i * SHAPE_FIELD_WORDS + 1])))
            return false;
    for (uint32_t i = m->scalar; i < n->scalar; i++)
        if (!have[i * SHAPE_FIELD_WORDS + 2] &&
            !shape_field_is_optional(a.shapes, have + (size_t)i * SHAPE_FIELD_WORDS))
            return false;
    uint32_t given = n->word_count - n->scalar * SHAPE_FIELD_WORDS;
    uint32_t wanted = m->word_count - m->scalar * SHAPE_FIELD_WORDS;
    have += (size_t)n->scalar * SHAPE_FIELD_WORDS;
    want += (size_t)m->scalar * SHAPE_FIELD_WORDS;
    if (!(m->flags & SHAPE_HAS_RESULT) || !(n->flags & SHAPE_HAS_RESULT))
        return true;
    for (uint32_t i = 0; i < wanted; i++) {
        struct shape_ref result = i < given ? shape_part(a, have[i]) : shape_part(a, BUILTIN_NIL);
        if (!shape_relate(r, result, shape_part(b, want[i])))
            return false;
    }
    return true;
}

/* Both are kinds of tables. */
static bool tables_fit(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = shape_node_of(a), *m = shape_node_of(b);
    const uint32_t *want = shape_words(b.shapes, m);
    bool is_empty = n->kind == SHAPE_RECORD && n->word_count == 0 && !n->scalar;
    if (n->flags & SHAPE_READONLY && m->kind != SHAPE_INTERFACE && !(m->flags & SHAPE_READONLY))
        return false;
    switch (m->kind) {
    case SHAPE_RECORD:
        if (n->kind != SHAPE_RECORD)
            return false;
        if (m->scalar && n->scalar && !maps_fit(r, shape_part(a, n->scalar), shape_part(b, m->scalar)))
            return false;
        return shape_fields_fit(r, (struct shape_parts){&a, 1}, b);
    case SHAPE_INTERFACE:
        return (n->kind == SHAPE_RECORD || n->kind == SHAPE_INTERFACE) &&
               shape_fields_fit(r, (struct shape_parts){&a, 1}, b) && bases_fit(r, a, b);
    case SHAPE_ARRAY:
        if (n->kind == SHAPE_TUPLE)
            return tuple_fits(r, a, shape_part(b, m->scalar));
        return is_empty ||
               (n->kind == SHAPE_ARRAY && shape_relate(r, shape_part(a, n->scalar), shape_part(b, m->scalar)));
    case SHAPE_MAP:
        if (n->kind == SHAPE_MAP)
            return maps_fit(r, a, b);
        if (n->kind == SHAPE_RECORD)
            return record_fits_map(r, a, b) && (!n->scalar || maps_fit(r, shape_part(a, n->scalar), b));
        if (!shape_relate(r, shape_part(b, BUILTIN_INTEGER), shape_part(b, want[0])))
            return false;
        return n->kind == SHAPE_ARRAY ? shape_relate(r, shape_part(a, n->scalar), shape_part(b, want[1]))
                                      : n->kind == SHAPE_TUPLE && tuple_fits(r, a, shape_part(b, want[1]));
    default:
        return n->kind == SHAPE_TUPLE && tuples_fit(r, a, b);
    }
}

static bool builtin_fits(struct shape_ref a, struct shape_ref b)
{
    unsigned kind = shape_node_of(a)->kind;
    switch (b.node) {
    case BUILTIN_NUMBER:
        return a.node == BUILTIN_INTEGER;
    case BUILTIN_TABLE:
        return is_table(kind);
    case BUILTIN_FUNCTION:
        return kind == SHAPE_FUNCTION;
    case BUILTIN_USERDATA:
        return kind == SHAPE_HOST || a.node == BUILTIN_ERROR;
    default:
        return false;
    }
}

/* One of the parts, or all records of them together. */
static bool intersection_fits(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    struct shape_parts parts;
    if (!shape_intersection_parts(r, a, &parts))
        return false;
    for (uint32_t i = 0; i < parts.count; i++)
        if (shape_relate(r, parts.at[i], b))
            return true;
    const struct shape_node *m = shape_node_of(b);
    if ((m->kind != SHAPE_RECORD && m->kind != SHAPE_INTERFACE) || m->scalar)
        return false;
    uint32_t first = r->part_count, bases;
    for (uint32_t i = 0; i < parts.count && r->part_count < SHAPE_PARTS_MAX && shape_step(r); i++)
        if (shape_node_of(parts.at[i])->kind == SHAPE_RECORD)
            r->parts[r->part_count++] = parts.at[i];
    struct shape_parts records = {r->parts + first, r->part_count - first};
    shape_bases(b.shapes, m, &bases);
    return records.count > 1 && (!bases || bases_fit(r, a, b)) && shape_fields_fit(r, records, b);
}

static bool union_fits(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    struct shape_parts parts;
    bool fits = shape_union_parts(r, a, &parts);
    for (uint32_t i = 0; fits && i < parts.count; i++)
        fits = shape_relate(r, parts.at[i], b);
    return fits;
}

static bool fits_union(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    struct shape_parts parts;
    bool found = false, is_small = shape_union_parts(r, b, &parts);
    for (uint32_t i = 0; is_small && i < parts.count && !found; i++)
        found = shape_relate(r, a, parts.at[i]);
    return found;
}

/* One side is a union, an intersection or optional: true, and the answer in *result. */
static bool decide_parts(struct shape_relation *r, struct shape_ref a, struct shape_ref b, bool *result)
{
    const struct shape_node *n = shape_node_of(a), *m = shape_node_of(b);
    bool is_choice = m->kind == SHAPE_UNION || m->kind == SHAPE_OPTIONAL;
    *result = true;
    if (n->kind == SHAPE_UNION || n->kind == SHAPE_OPTIONAL) {
        *result = union_fits(r, a, b);
        return true;
    }
    if (m->kind == SHAPE_INTERSECTION) {
        for (uint32_t i = 0; i < m->word_count && *result; i++)
            *result = shape_relate(r, a, shape_part(b, shape_words(b.shapes, m)[i]));
        return true;
    }
    *result = (is_choice && fits_union(r, a, b)) || (n->kind == SHAPE_INTERSECTION && intersection_fits(r, a, b));
    return is_choice || n->kind == SHAPE_INTERSECTION;
}

/* A type with validators fits the one without; the other way only the same validators do. */
static bool annotated_fits(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = shape_node_of(a), *m = shape_node_of(b);
    if (m->kind == SHAPE_ANNOTATED)
        return n->kind == SHAPE_ANNOTATED && shape_relate(r, shape_part(a, n->scalar), shape_part(b, m->scalar)) &&
               shape_words_are_equal(r, a, b, 0);
    return shape_relate(r, shape_part(a, n->scalar), b);
}

bool shape_decide_subtype(struct shape_relation *r, struct shape_ref a, struct shape_ref b)
{
    bool result;
    if (is_any(a) || is_any(b) || a.node == BUILTIN_NEVER || b.node == BUILTIN_UNKNOWN || b.node == BUILTIN_SELF ||
        a.node == BUILTIN_SELF)
        return true;
    if (a.node == BUILTIN_UNKNOWN)
        return false;
    if (decide_parts(r, a, b, &result))
        return result;
    const struct shape_node *n = shape_node_of(a), *m = shape_node_of(b);
    if (n->kind == SHAPE_ANNOTATED || m->kind == SHAPE_ANNOTATED)
        return annotated_fits(r, a, b);
    if (n->kind == SHAPE_PARAM && m->kind != SHAPE_PARAM)
        return n->scalar && shape_relate(r, shape_part(a, n->scalar), b);
    if (shape_is_literal(n))
        return shape_literal_fits(a, b);
    if (n->kind == SHAPE_INTERFACE && base_fits(r, a, b))
        return true;
    if (a.node == BUILTIN_TABLE)
        return is_table(m->kind);
    if (b.node < BUILTINS)
        return builtin_fits(a, b);
    if (is_table(n->kind) && is_table(m->kind))
        return tables_fit(r, a, b);
    if (n->kind == SHAPE_FUNCTION && m->kind == SHAPE_FUNCTION)
        return functions_fit(r, a, b);
    if (a.node == BUILTIN_FUNCTION)
        return m->kind == SHAPE_FUNCTION;
    return shape_relate_as(r, SHAPE_EQUAL, a, b);
}
