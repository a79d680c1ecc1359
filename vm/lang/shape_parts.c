/* SPDX-License-Identifier: MIT */
/*
 * shape_parts: what unions and intersections come down to when they are compared. Their nodes are as they were written, for that is what
 * programs are shown. In a union nothing beside any counts, a literal or integer not beside what contains it, and never not at all; an
 * optional is a union with nil. In an intersection any counts for nothing.
 */
#include "vm/lang/shape_relation.h"

enum { NESTED_MAX = 100 };

static bool add(struct shape_relation *r, struct shape_ref ref)
{
    if (r->part_count == SHAPE_PARTS_MAX || !shape_step(r))
        return false;
    r->parts[r->part_count++] = ref;
    return true;
}

/* All that is no union or, if that is what is asked for, no intersection. */
static bool add_all(struct shape_relation *r, struct shape_ref ref, bool is_union, int depth)
{
    ref = shape_part(ref, shape_look(ref.shapes, ref.node, false));
    const struct shape_node *n = shape_node_of(ref);
    if (depth == NESTED_MAX)
        return false;
    if (is_union && n->kind == SHAPE_OPTIONAL)
        return add(r, shape_part(ref, BUILTIN_NIL)) && add_all(r, shape_part(ref, n->scalar), is_union, depth + 1);
    if (n->kind != (is_union ? SHAPE_UNION : SHAPE_INTERSECTION))
        return add(r, ref);
    for (uint32_t i = 0; i < n->word_count; i++)
        if (!add_all(r, shape_part(ref, shape_words(ref.shapes, n)[i]), is_union, depth + 1))
            return false;
    return true;
}

static bool contains(const struct shape_relation *r, uint32_t first, enum word_builtin kind)
{
    for (uint32_t i = first; i < r->part_count; i++)
        if (r->parts[i].node == (uint32_t)kind)
            return true;
    return false;
}

/* Builtin types of the list, bit 1 << enum word_builtin. */
static unsigned builtins_in(const struct shape_relation *r, uint32_t first)
{
    unsigned found = 0;
    for (uint32_t i = first; i < r->part_count; i++)
        if (r->parts[i].node < BUILTINS)
            found |= 1u << r->parts[i].node;
    return found;
}

static bool is_covered(struct shape_ref ref, unsigned builtins)
{
    unsigned numbers = builtins & 1u << BUILTIN_NUMBER;
    switch (shape_node_of(ref)->kind) {
    case BUILTIN_NEVER:
        return true;
    case BUILTIN_INTEGER:
    case SHAPE_FLOAT:
        return numbers;
    case SHAPE_INTEGER:
        return numbers || builtins & 1u << BUILTIN_INTEGER;
    case SHAPE_STRING:
        return builtins & 1u << BUILTIN_STRING;
    case SHAPE_TRUTH:
        return builtins & 1u << BUILTIN_BOOLEAN;
    default:
        return false;
    }
}

static bool give(struct shape_relation *r, uint32_t first, struct shape_ref ref, enum word_builtin none,
                 struct shape_parts *parts)
{
    if (r->part_count == first && !add(r, shape_part(ref, none)))
        return false;
    *parts = (struct shape_parts){r->parts + first, r->part_count - first};
    return true;
}

bool shape_union_parts(struct shape_relation *r, struct shape_ref ref, struct shape_parts *parts)
{
    uint32_t first = r->part_count;
    if (!add_all(r, ref, true, 0))
        return false;
    if (contains(r, first, BUILTIN_ANY)) {
        r->part_count = first;
        return give(r, first, ref, BUILTIN_ANY, parts);
    }
    unsigned builtins = builtins_in(r, first);
    uint32_t kept = first;
    for (uint32_t i = first; i < r->part_count; i++)
        if (!is_covered(r->parts[i], builtins))
            r->parts[kept++] = r->parts[i];
    r->part_count = kept;
    return give(r, first, ref, BUILTIN_NEVER, parts);
}

bool shape_intersection_parts(struct shape_relation *r, struct shape_ref ref, struct shape_parts *parts)
{
    uint32_t first = r->part_count, kept = first;
    if (!add_all(r, ref, false, 0))
        return false;
    for (uint32_t i = first; i < r->part_count; i++)
        if (r->parts[i].node != BUILTIN_ANY)
            r->parts[kept++] = r->parts[i];
    r->part_count = kept;
    return give(r, first, ref, BUILTIN_ANY, parts);
}
