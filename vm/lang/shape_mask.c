/* SPDX-License-Identifier: MIT */
/*
 * shape_mask: for every node, which Lua types of values it accepts at a glance (`yes`), which after a closer look, and no others. Types may
 * contain themselves: masks grow from nothing until none grows any more. Bodies have higher numbers than the names that stand for them, so
 * going backwards nearly always does it in one pass.
 */
#include <string.h>

#include "vm/lang/shape_build.h"
#include "vm/lang/shape_pass.h"

/* Nodes being built, or of a set. */
struct graph {
    const struct shape_node *nodes;
    const uint32_t *words;
};

struct masks {
    uint16_t yes, any; /* any: yes or maybe */
};

static struct masks masks_of(const struct graph *g, uint32_t node)
{
    const struct shape_node *n = &g->nodes[node];
    return (struct masks){n->yes, n->yes | n->maybe};
}

static struct masks combine(const struct graph *g, const struct shape_node *n)
{
    bool is_union = n->kind == SHAPE_UNION;
    struct masks all = {is_union ? 0 : SHAPE_OF_ALL, is_union ? 0 : SHAPE_OF_ALL};
    for (uint32_t i = 0; i < n->word_count; i++) {
        struct masks member = masks_of(g, g->words[n->words + i]);
        all.yes = is_union ? all.yes | member.yes : all.yes & member.yes;
        all.any = is_union ? all.any | member.any : all.any & member.any;
    }
    return all;
}

/* Values that the annotation has something to say about. */
static unsigned affected(uint32_t what)
{
    switch ((enum shape_validator)(what >> SHAPE_VALIDATOR)) {
    case SHAPE_MIN:
    case SHAPE_MAX:
        return SHAPE_OF_NUMBER;
    case SHAPE_MIN_LEN:
    case SHAPE_MAX_LEN:
        return SHAPE_OF_STRING | SHAPE_OF_TABLE;
    case SHAPE_PATTERN:
        return SHAPE_OF_STRING;
    default:
        return 0;
    }
}

static struct masks annotated(const struct graph *g, const struct shape_node *n)
{
    struct masks masks = masks_of(g, n->scalar);
    for (uint32_t i = 0; i < n->word_count; i += SHAPE_ANNOTATION_WORDS)
        masks.yes &= (uint16_t)~affected(g->words[n->words + i + 1]);
    return masks;
}

static struct masks find(const struct graph *g, const struct shape_node *n)
{
    struct masks masks = {0, 0};
    switch (n->kind) {
    case SHAPE_TRUTH:
        return (struct masks){0, SHAPE_OF_BOOLEAN};
    case SHAPE_INTEGER:
    case SHAPE_FLOAT:
        return (struct masks){0, SHAPE_OF_NUMBER};
    case SHAPE_STRING:
        return (struct masks){0, SHAPE_OF_STRING};
    case SHAPE_OPTIONAL:
        masks = masks_of(g, n->scalar);
        return (struct masks){masks.yes | SHAPE_OF_NIL, masks.any | SHAPE_OF_NIL};
    case SHAPE_UNION:
    case SHAPE_INTERSECTION:
        return combine(g, n);
    case SHAPE_TUPLE:
    case SHAPE_ARRAY:
    case SHAPE_MAP:
    case SHAPE_RECORD:
        return (struct masks){0, SHAPE_OF_TABLE};
    case SHAPE_FUNCTION:
        return (struct masks){SHAPE_OF_FUNCTION, SHAPE_OF_FUNCTION};
    case SHAPE_INTERFACE:
        return (struct masks){0, SHAPE_OF_TABLE | SHAPE_OF_USERDATA};
    case SHAPE_HOST:
        return (struct masks){0, SHAPE_OF_USERDATA};
    case SHAPE_ANNOTATED:
        return annotated(g, n);
    case SHAPE_ALIAS:
    case SHAPE_INSTANCE:
        return n->scalar ? masks_of(g, n->scalar) : masks;
    default:
        return masks; /* a generic type without arguments, a name that means nothing */
    }
}

static bool is_literal(const struct shape_node *n)
{
    return n->kind >= SHAPE_TRUTH && n->kind <= SHAPE_STRING;
}

static bool are_literals(const struct graph *g, const struct shape_node *n)
{
    for (uint32_t i = 0; i < n->word_count; i++)
        if (!is_literal(&g->nodes[g->words[n->words + i]]))
            return false;
    return true;
}

static uint16_t find_tag(const struct graph *g, const struct shape_node *n)
{
    if (n->kind == SHAPE_UNION)
        return are_literals(g, n);
    for (uint32_t i = 0; n->kind == SHAPE_RECORD && i < n->word_count; i += SHAPE_FIELD_WORDS) {
        const uint32_t *field = g->words + n->words + i;
        if (!field[2] && is_literal(&g->nodes[field[1]]) && i / SHAPE_FIELD_WORDS < UINT16_MAX)
            return (uint16_t)(i / SHAPE_FIELD_WORDS + 1);
    }
    return 0;
}

static bool has_masks(const struct shape_node *n, struct masks masks)
{
    return n->yes == masks.yes && n->maybe == (masks.any & ~masks.yes);
}

void shape_find_masks(struct shape_builder *b)
{
    struct graph graph = {b->nodes, b->words};
    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = b->node_count; i-- > BUILTINS;) {
            struct masks masks = find(&graph, &b->nodes[i]);
            more |= !has_masks(&b->nodes[i], masks);
            b->nodes[i].yes = masks.yes;
            b->nodes[i].maybe = masks.any & (uint16_t)~masks.yes;
        }
    }
    for (uint32_t i = BUILTINS; i < b->node_count; i++)
        b->nodes[i].tag = find_tag(&graph, &b->nodes[i]);
}

bool shape_masks_are_sound(const struct shapes *shapes)
{
    struct graph graph = {shape_node(shapes, 0), shape_all_words(shapes)};
    for (uint32_t i = BUILTINS; i < shapes->node_count; i++) {
        const struct shape_node *n = &graph.nodes[i];
        if (!has_masks(n, find(&graph, n)) || n->tag != find_tag(&graph, n))
            return false;
    }
    return memcmp(graph.nodes, shape_node(shape_builtins(), 0), BUILTINS * sizeof *graph.nodes) == 0;
}
