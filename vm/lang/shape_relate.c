/* SPDX-License-Identifier: MIT */
/*
 * shape_relate: see shape_relate.h. A pair that is being compared counts as related: what contains itself is then compared once. Pairs that
 * turned out unrelated are taken out again with all that was assumed because of them.
 */
#include "vm/lang/shape_relate.h"

#include <string.h>

#include "vm/lang/shape.h"

enum { PAIRS_MAX = 512, DEPTH_MAX = 300, STEPS_MAX = 50000 };

struct pair {
    struct shape_ref a, b;
};

struct relation {
    bool (*decide)(struct relation *r, struct shape_ref a, struct shape_ref b);
    uint32_t count;
    int depth, steps;
    struct pair pairs[PAIRS_MAX];
};

static const struct shape_node *node_of(struct shape_ref ref)
{
    return shape_node(ref.shapes, ref.node);
}

static struct shape_ref part(struct shape_ref of, uint32_t node)
{
    return (struct shape_ref){of.shapes, node};
}

static struct shape_ref builtin(struct shape_ref of, enum word_builtin kind)
{
    return (struct shape_ref){of.shapes, kind};
}

static struct shape_ref look(struct shape_ref ref)
{
    return part(ref, shape_look(ref.shapes, ref.node, false));
}

static bool are_same(struct shape_ref a, struct shape_ref b)
{
    return a.node == b.node && (a.shapes == b.shapes || a.node < BUILTINS);
}

static bool relate(struct relation *r, struct shape_ref a, struct shape_ref b)
{
    a = look(a);
    b = look(b);
    if (are_same(a, b))
        return true;
    if (++r->steps > STEPS_MAX || r->depth >= DEPTH_MAX || r->count == PAIRS_MAX)
        return false;
    for (uint32_t i = 0; i < r->count; i++)
        if (are_same(r->pairs[i].a, a) && are_same(r->pairs[i].b, b))
            return true;
    uint32_t count = r->count;
    r->pairs[r->count++] = (struct pair){a, b};
    r->depth++;
    bool result = r->decide(r, a, b);
    r->depth--;
    if (!result)
        r->count = count;
    return result;
}

static bool names_match(struct shape_ref a, uint32_t name_a, struct shape_ref b, uint32_t name_b)
{
    size_t length_a, length_b;
    const char *text_a = shape_text_of(a.shapes, name_a, &length_a);
    const char *text_b = shape_text_of(b.shapes, name_b, &length_b);
    return length_a == length_b && memcmp(text_a, text_b, length_a) == 0;
}

/* Is each member of `a` related to some member of `b`? */
static bool all_in(struct relation *r, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = node_of(a), *other = node_of(b);
    for (uint32_t i = 0; i < n->word_count; i++) {
        bool found = false;
        for (uint32_t j = 0; j < other->word_count && !found; j++)
            found = relate(r, part(a, shape_words(a.shapes, n)[i]), part(b, shape_words(b.shapes, other)[j]));
        if (!found)
            return false;
    }
    return true;
}

static bool same_origin(struct shape_ref a, struct shape_ref b)
{
    return memcmp(shape_words(a.shapes, node_of(a)), shape_words(b.shapes, node_of(b)),
                  SHAPE_NAME * sizeof(uint32_t)) == 0;
}

/* ---- equal ---- */

static bool words_are_equal(struct relation *r, struct shape_ref a, struct shape_ref b, uint32_t from)
{
    const struct shape_node *n = node_of(a), *m = node_of(b);
    const uint32_t *words = shape_words(a.shapes, n), *others = shape_words(b.shapes, m);
    if (n->word_count != m->word_count)
        return false;
    for (uint32_t i = from; i < n->word_count; i++) {
        enum shape_reference what = shape_word(n, words, i);
        bool is_equal = what == SHAPE_IS_PLAIN  ? words[i] == others[i]
                        : what == SHAPE_IS_NODE ? relate(r, part(a, words[i]), part(b, others[i]))
                                                : n->kind == SHAPE_FUNCTION || names_match(a, words[i], b, others[i]);
        if (!is_equal)
            return false;
    }
    return true;
}

static bool decide_equal(struct relation *r, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = node_of(a), *m = node_of(b);
    if (n->kind != m->kind || n->kind < BUILTINS || n->flags != m->flags)
        return false;
    switch (n->kind) {
    case SHAPE_UNION:
    case SHAPE_INTERSECTION:
        return n->word_count == m->word_count && all_in(r, a, b) && all_in(r, b, a);
    case SHAPE_GENERIC:
        return same_origin(a, b);
    case SHAPE_PARAM:
        return shape_words(a.shapes, n)[1] == shape_words(b.shapes, m)[1];
    case SHAPE_INTERFACE:
        return words_are_equal(r, a, b, SHAPE_NAMED_WORDS);
    default:
        break;
    }
    if (shape_scalar(n) == SHAPE_IS_NAME && !names_match(a, n->scalar, b, m->scalar))
        return false;
    if (shape_scalar(n) == SHAPE_IS_PLAIN && n->scalar != m->scalar)
        return false;
    if (shape_scalar(n) == SHAPE_IS_NODE && !n->scalar != !m->scalar)
        return false;
    if (shape_scalar(n) == SHAPE_IS_NODE && n->scalar && !relate(r, part(a, n->scalar), part(b, m->scalar)))
        return false;
    return words_are_equal(r, a, b, 0);
}

bool shape_is_equal(struct shape_ref a, struct shape_ref b)
{
    struct relation r;
    r.decide = decide_equal;
    r.count = 0;
    r.depth = r.steps = 0;
    return relate(&r, a, b);
}

/* ---- subtypes ---- */

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
    const struct shape_node *n = node_of(a), *m = node_of(b);
    if (n->kind != m->kind)
        return false;
    if (n->kind == SHAPE_STRING)
        return names_match(a, n->scalar, b, m->scalar);
    return n->scalar == m->scalar &&
           memcmp(shape_words(a.shapes, n), shape_words(b.shapes, m), n->word_count * sizeof(uint32_t)) == 0;
}

static bool literal_fits(struct shape_ref a, struct shape_ref b)
{
    switch (node_of(a)->kind) {
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

/* Every method or field that `b` wants is one of `a` that fits. */
static bool fields_fit(struct relation *r, struct shape_ref a, struct shape_ref b)
{
    uint32_t count;
    const uint32_t *want = shape_fields(b.shapes, node_of(b), &count);
    for (uint32_t i = 0; i < count; i++, want += SHAPE_FIELD_WORDS) {
        size_t length;
        const char *text = shape_text_of(b.shapes, want[0], &length);
        const uint32_t *have = shape_field(a.shapes, node_of(a), text, length);
        if (!have && !shape_field_is_optional(b.shapes, want))
            return false;
        if (have && have[2] && !shape_field_is_optional(b.shapes, want))
            return false;
        if (have && !relate(r, part(a, have[1]), part(b, want[1])))
            return false;
    }
    return true;
}

/* Does it fit all that the interface extends beside its methods? */
static bool bases_fit(struct relation *r, struct shape_ref a, struct shape_ref b)
{
    uint32_t count;
    const uint32_t *base = shape_bases(b.shapes, node_of(b), &count);
    for (; count > 0; count--, base += SHAPE_FIELD_WORDS)
        if (!relate(r, a, part(b, base[1])))
            return false;
    return true;
}

/* Is something that the interface extends enough by itself? */
static bool base_fits(struct relation *r, struct shape_ref a, struct shape_ref b)
{
    uint32_t count;
    const uint32_t *base = shape_bases(a.shapes, node_of(a), &count);
    for (; count > 0; count--, base += SHAPE_FIELD_WORDS)
        if (relate(r, part(a, base[1]), b))
            return true;
    return false;
}

/* Are all fields of the record values of the map? */
static bool record_fits_map(struct relation *r, struct shape_ref a, struct shape_ref b)
{
    uint32_t count;
    const uint32_t *map = shape_words(b.shapes, node_of(b)), *have = shape_fields(a.shapes, node_of(a), &count);
    if (count && !(shape_node(b.shapes, map[0])->yes & SHAPE_OF_STRING))
        return false;
    for (uint32_t i = 0; i < count; i++, have += SHAPE_FIELD_WORDS)
        if (!relate(r, part(a, have[1]), part(b, map[1])))
            return false;
    return true;
}

static bool maps_fit(struct relation *r, struct shape_ref a, struct shape_ref b)
{
    const uint32_t *have = shape_words(a.shapes, node_of(a)), *want = shape_words(b.shapes, node_of(b));
    for (int i = 0; i < 2; i++)
        if (!relate(r, part(a, have[i]), part(b, want[i])) || !relate(r, part(b, want[i]), part(a, have[i])))
            return false;
    return true;
}

static bool tuple_fits(struct relation *r, struct shape_ref a, struct shape_ref element)
{
    const struct shape_node *n = node_of(a);
    for (uint32_t i = 0; i < n->word_count; i++)
        if (!relate(r, part(a, shape_words(a.shapes, n)[i]), element))
            return false;
    return true;
}

static bool tuples_fit(struct relation *r, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = node_of(a), *m = node_of(b);
    bool fits = n->word_count >= m->word_count;
    for (uint32_t i = 0; i < m->word_count && fits; i++)
        fits = relate(r, part(a, shape_words(a.shapes, n)[i]), part(b, shape_words(b.shapes, m)[i]));
    return fits;
}

/* Results are compared as they are given, parameters as they are taken. */
static bool functions_fit(struct relation *r, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = node_of(a), *m = node_of(b);
    const uint32_t *have = shape_words(a.shapes, n), *want = shape_words(b.shapes, m);
    for (uint32_t i = 0; i < n->scalar && i < m->scalar; i++)
        if (!relate(r, part(b, want[i * SHAPE_FIELD_WORDS + 1]), part(a, have[i * SHAPE_FIELD_WORDS + 1])))
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
        struct shape_ref result = i < given ? part(a, have[i]) : builtin(a, BUILTIN_NIL);
        if (!relate(r, result, part(b, want[i])))
            return false;
    }
    return true;
}

/* Both are kinds of tables. */
static bool tables_fit(struct relation *r, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = node_of(a), *m = node_of(b);
    const uint32_t *want = shape_words(b.shapes, m);
    bool is_empty = n->kind == SHAPE_RECORD && n->word_count == 0 && !n->scalar;
    switch (m->kind) {
    case SHAPE_RECORD:
        if (n->kind != SHAPE_RECORD)
            return false;
        if (m->scalar && n->scalar && !maps_fit(r, part(a, n->scalar), part(b, m->scalar)))
            return false;
        return fields_fit(r, a, b);
    case SHAPE_INTERFACE:
        return (n->kind == SHAPE_RECORD || n->kind == SHAPE_INTERFACE) && fields_fit(r, a, b) && bases_fit(r, a, b);
    case SHAPE_ARRAY:
        if (n->kind == SHAPE_TUPLE)
            return tuple_fits(r, a, part(b, m->scalar));
        return is_empty || (n->kind == SHAPE_ARRAY && relate(r, part(a, n->scalar), part(b, m->scalar)));
    case SHAPE_MAP:
        if (n->kind == SHAPE_MAP)
            return maps_fit(r, a, b);
        if (n->kind == SHAPE_RECORD)
            return record_fits_map(r, a, b) && (!n->scalar || maps_fit(r, part(a, n->scalar), b));
        if (!relate(r, builtin(b, BUILTIN_INTEGER), part(b, want[0])))
            return false;
        return n->kind == SHAPE_ARRAY ? relate(r, part(a, n->scalar), part(b, want[1]))
                                      : n->kind == SHAPE_TUPLE && tuple_fits(r, a, part(b, want[1]));
    default:
        return n->kind == SHAPE_TUPLE && tuples_fit(r, a, b);
    }
}

static bool builtin_fits(struct shape_ref a, struct shape_ref b)
{
    unsigned kind = node_of(a)->kind;
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

/* One side is a union, an intersection, optional or annotated: true, and the answer in *result. */
static bool decide_parts(struct relation *r, struct shape_ref a, struct shape_ref b, bool *result)
{
    const struct shape_node *n = node_of(a), *m = node_of(b);
    *result = true;
    if (n->kind == SHAPE_UNION) {
        for (uint32_t i = 0; i < n->word_count && *result; i++)
            *result = relate(r, part(a, shape_words(a.shapes, n)[i]), b);
        return true;
    }
    if (n->kind == SHAPE_OPTIONAL) {
        *result = relate(r, builtin(a, BUILTIN_NIL), b) && relate(r, part(a, n->scalar), b);
        return true;
    }
    if (m->kind == SHAPE_INTERSECTION) {
        for (uint32_t i = 0; i < m->word_count && *result; i++)
            *result = relate(r, a, part(b, shape_words(b.shapes, m)[i]));
        return true;
    }
    bool found = false;
    if (m->kind == SHAPE_UNION) {
        for (uint32_t i = 0; i < m->word_count && !found; i++)
            found = relate(r, a, part(b, shape_words(b.shapes, m)[i]));
    } else if (m->kind == SHAPE_OPTIONAL) {
        found = a.node == BUILTIN_NIL || relate(r, a, part(b, m->scalar));
    }
    for (uint32_t i = 0; n->kind == SHAPE_INTERSECTION && i < n->word_count && !found; i++)
        found = relate(r, part(a, shape_words(a.shapes, n)[i]), b);
    *result = found;
    return m->kind == SHAPE_UNION || m->kind == SHAPE_OPTIONAL || n->kind == SHAPE_INTERSECTION;
}

/* A type with validators fits the one without; the other way only the same validators do. */
static bool annotated_fits(struct relation *r, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = node_of(a), *m = node_of(b);
    if (m->kind == SHAPE_ANNOTATED)
        return n->kind == SHAPE_ANNOTATED && relate(r, part(a, n->scalar), part(b, m->scalar)) &&
               words_are_equal(r, a, b, 0);
    return relate(r, part(a, n->scalar), b);
}

static bool decide_subtype(struct relation *r, struct shape_ref a, struct shape_ref b)
{
    bool result;
    if (is_any(a) || is_any(b) || a.node == BUILTIN_NEVER || b.node == BUILTIN_UNKNOWN || b.node == BUILTIN_SELF ||
        a.node == BUILTIN_SELF)
        return true;
    if (a.node == BUILTIN_UNKNOWN)
        return false;
    if (decide_parts(r, a, b, &result))
        return result;
    const struct shape_node *n = node_of(a), *m = node_of(b);
    if (n->kind == SHAPE_ANNOTATED || m->kind == SHAPE_ANNOTATED)
        return annotated_fits(r, a, b);
    if (n->kind == SHAPE_PARAM && m->kind != SHAPE_PARAM)
        return n->scalar && relate(r, part(a, n->scalar), b);
    if (n->kind >= SHAPE_TRUTH && n->kind <= SHAPE_STRING)
        return literal_fits(a, b);
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
    return decide_equal(r, a, b);
}

bool shape_is_subtype(struct shape_ref a, struct shape_ref b)
{
    struct relation r;
    r.decide = decide_subtype;
    r.count = 0;
    r.depth = r.steps = 0;
    return relate(&r, a, b);
}
