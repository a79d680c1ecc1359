/* SPDX-License-Identifier: MIT */
/*
 * shape_same: is a type of one set the same type as one of another, and a number for it. Types with a name are the same if their declaration
 * is, others if they are written alike; so nothing here goes into the body of a named type, and types that contain themselves end.
 */
#include <string.h>

#include "sched/base/hash.h"
#include "vm/lang/shape.h"
#include "vm/lang/shape_relate.h"

/* What is nested deeper or larger than types of sources are is the same as nothing. */
enum { DEPTH_MAX = 300, STEPS_MAX = 50000 };

static bool has_origin(unsigned kind)
{
    return kind == SHAPE_ALIAS || kind == SHAPE_INTERFACE || kind == SHAPE_GENERIC;
}

/* Is the scalar of the node part of what it is? An instance's follows from its arguments. */
static bool counts_scalar(const struct shape_node *n)
{
    return n->kind != SHAPE_INSTANCE;
}

/* ---- the number ---- */

struct digest {
    uint64_t hash;
    int depth, steps;
};

static void add(struct digest *d, const void *bytes, size_t length)
{
    d->hash = hash_bytes(d->hash, bytes, length);
}

static void add_node(struct digest *d, struct shape_ref ref);

static void add_part(struct digest *d, struct shape_ref of, enum shape_reference what, uint32_t word)
{
    size_t length;
    if (what == SHAPE_IS_NODE) {
        add_node(d, (struct shape_ref){of.shapes, word});
    } else if (what == SHAPE_IS_NAME) {
        const char *text = shape_text_of(of.shapes, word, &length);
        add(d, text, length);
    } else {
        add(d, &word, sizeof word);
    }
}

static void add_node(struct digest *d, struct shape_ref ref)
{
    const struct shape_node *n = shape_node(ref.shapes, ref.node);
    const uint32_t *words = shape_words(ref.shapes, n);
    add(d, &n->kind, sizeof n->kind);
    if (n->kind < BUILTINS || d->depth == DEPTH_MAX || ++d->steps > STEPS_MAX)
        return;
    if (has_origin(n->kind)) {
        add(d, words, SHAPE_NAME * sizeof *words);
        return;
    }
    d->depth++;
    add(d, &n->flags, sizeof n->flags);
    add(d, &n->word_count, sizeof n->word_count);
    for (uint32_t i = 0; i < n->word_count; i++)
        add_part(d, ref, shape_word(n, words, i), words[i]);
    if (counts_scalar(n))
        add_part(d, ref, shape_scalar(n), n->scalar);
    d->depth--;
}

uint64_t shape_hash(struct shape_ref ref)
{
    struct digest d = {0};
    add_node(&d, ref);
    return d.hash;
}

/* ---- the same ---- */

struct comparison {
    int depth, steps;
};

static bool nodes_match(struct comparison *c, struct shape_ref a, struct shape_ref b);

static bool parts_match(struct comparison *c, struct shape_ref a, uint32_t word, struct shape_ref b, uint32_t other,
                        enum shape_reference what)
{
    size_t length, other_length;
    if (what == SHAPE_IS_PLAIN)
        return word == other;
    if (what == SHAPE_IS_NODE)
        return nodes_match(c, (struct shape_ref){a.shapes, word}, (struct shape_ref){b.shapes, other});
    const char *text = shape_text_of(a.shapes, word, &length);
    const char *other_text = shape_text_of(b.shapes, other, &other_length);
    return length == other_length && memcmp(text, other_text, length) == 0;
}

static bool all_parts_match(struct comparison *c, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = shape_node(a.shapes, a.node), *m = shape_node(b.shapes, b.node);
    const uint32_t *words = shape_words(a.shapes, n), *others = shape_words(b.shapes, m);
    if (n->flags != m->flags || n->word_count != m->word_count)
        return false;
    if (counts_scalar(n) && !parts_match(c, a, n->scalar, b, m->scalar, shape_scalar(n)))
        return false;
    for (uint32_t i = 0; i < n->word_count; i++)
        if (!parts_match(c, a, words[i], b, others[i], shape_word(n, words, i)))
            return false;
    return true;
}

static bool nodes_match(struct comparison *c, struct shape_ref a, struct shape_ref b)
{
    const struct shape_node *n = shape_node(a.shapes, a.node), *m = shape_node(b.shapes, b.node);
    if (n == m)
        return true;
    if (n->kind != m->kind || c->depth == DEPTH_MAX || ++c->steps > STEPS_MAX)
        return false;
    if (n->kind < BUILTINS)
        return true;
    if (has_origin(n->kind))
        return memcmp(shape_words(a.shapes, n), shape_words(b.shapes, m), SHAPE_NAME * sizeof(uint32_t)) == 0;
    c->depth++;
    bool match = all_parts_match(c, a, b);
    c->depth--;
    return match;
}

bool shape_is_same(struct shape_ref a, struct shape_ref b)
{
    struct comparison c = {0};
    return nodes_match(&c, a, b);
}
