/* SPDX-License-Identifier: MIT */
/*
 * shape_build: see shape_build.h. Names and nodes are found by hash, so that equal ones are added once.
 *
 * I1  A node is added after those that it names, but for bodies of named types and the words of an INTERFACE and a GENERIC, which are
 *     filled in from the list of what is unfilled: so chains of types as long as a source do not recurse.
 */
#include "vm/lang/shape_build.h"

#include <stdlib.h>
#include <string.h>

#include "sched/base/hash.h"
#include "sched/base/memory.h"
#include "vm/lang/shape_pass.h"

enum { SLOTS_FIRST = 64 };

static const char purpose[] = "types";

static void *room_for(void *block, uint32_t needed, uint32_t *room, size_t size)
{
    if (needed <= *room)
        return block;
    *room = needed < 32 ? 64 : needed * 2;
    return memory_resize(block, *room * size, purpose);
}

void shape_begin(struct shape_builder *b)
{
    *b = (struct shape_builder){0};
    b->node_slots = memory_zeroed(SLOTS_FIRST * sizeof *b->node_slots, purpose);
    b->name_slots = memory_zeroed(SLOTS_FIRST * sizeof *b->name_slots, purpose);
    b->node_mask = b->name_mask = SLOTS_FIRST - 1;
    b->nodes = room_for(NULL, BUILTINS, &b->node_room, sizeof *b->nodes);
    memcpy(b->nodes, shape_node(shape_builtins(), 0), BUILTINS * sizeof *b->nodes);
    b->node_count = BUILTINS;
    shape_add_name(b, "", 0);
}

void shape_end(struct shape_builder *b)
{
    shape_drop_sources(b);
    free(b->nodes);
    free(b->words);
    free(b->names);
    free(b->text);
    free(b->node_slots);
    free(b->name_slots);
    free(b->unfilled);
}

/* ---- names ---- */

static uint64_t hash_name(const char *text, size_t length)
{
    return hash_bytes(0, text, length);
}

static void widen_names(struct shape_builder *b)
{
    uint32_t slots = (b->name_mask + 1) * 2;
    free(b->name_slots);
    b->name_slots = memory_zeroed(slots * sizeof *b->name_slots, purpose);
    b->name_mask = slots - 1;
    for (uint32_t i = 0; i < b->name_count; i++) {
        uint64_t at = hash_name(b->text + b->names[i].offset, b->names[i].length);
        while (b->name_slots[at & b->name_mask])
            at++;
        b->name_slots[at & b->name_mask] = i + 1;
    }
}

uint32_t shape_add_name(struct shape_builder *b, const char *text, size_t length)
{
    uint64_t at = hash_name(text, length);
    uint32_t found;
    for (; (found = b->name_slots[at & b->name_mask]) != 0; at++) {
        const struct shape_name *name = &b->names[found - 1];
        if (name->length == length && memcmp(b->text + name->offset, text, length) == 0)
            return found - 1;
    }
    b->names = room_for(b->names, b->name_count + 1, &b->name_room, sizeof *b->names);
    b->text = room_for(b->text, b->text_size + (uint32_t)length + 1, &b->text_room, 1);
    b->names[b->name_count] = (struct shape_name){b->text_size, (uint32_t)length};
    memcpy(b->text + b->text_size, text, length);
    b->text[b->text_size + length] = '\0';
    b->text_size += (uint32_t)length + 1;
    b->name_slots[at & b->name_mask] = ++b->name_count;
    if (b->name_count > b->name_mask / 2)
        widen_names(b);
    return b->name_count - 1;
}

/* ---- nodes ---- */

static bool has_origin(unsigned kind)
{
    return kind == SHAPE_ALIAS || kind == SHAPE_INTERFACE || kind == SHAPE_GENERIC;
}

static uint32_t compared_words(const struct shape_node *n)
{
    return has_origin(n->kind) ? SHAPE_NAME : n->word_count;
}

static bool compares_scalar(const struct shape_node *n)
{
    return !has_origin(n->kind) && n->kind != SHAPE_INSTANCE;
}

static uint64_t hash_node(const struct shape_node *n, const uint32_t *words)
{
    uint32_t head[3] = {n->kind, n->flags & SHAPE_READONLY, compares_scalar(n) ? n->scalar : 0};
    return hash_bytes(hash_bytes(0, head, sizeof head), words, compared_words(n) * sizeof *words);
}

static bool are_equal(const struct shape_builder *b, const struct shape_node *known, const struct shape_node *n,
                      const uint32_t *words)
{
    return known->kind == n->kind && known->flags == n->flags && compared_words(known) == compared_words(n) &&
           (!compares_scalar(n) || known->scalar == n->scalar) &&
           memcmp(b->words + known->words, words, compared_words(n) * sizeof *words) == 0;
}

static void widen_nodes(struct shape_builder *b)
{
    uint32_t slots = (b->node_mask + 1) * 2;
    free(b->node_slots);
    b->node_slots = memory_zeroed(slots * sizeof *b->node_slots, purpose);
    b->node_mask = slots - 1;
    for (uint32_t i = BUILTINS; i < b->node_count; i++) {
        uint64_t at = hash_node(&b->nodes[i], b->words + b->nodes[i].words);
        while (b->node_slots[at & b->node_mask])
            at++;
        b->node_slots[at & b->node_mask] = i + 1;
    }
}

/* Named types are closed: parameters in them are their own. */
static unsigned flags_of_parts(const struct shape_builder *b, const struct shape_node *n, const uint32_t *words)
{
    unsigned flags = n->kind == SHAPE_PARAM ? SHAPE_HAS_PARAM : 0;
    if (has_origin(n->kind))
        return 0;
    if (compares_scalar(n) && shape_scalar(n) == SHAPE_IS_NODE)
        flags |= b->nodes[n->scalar].flags;
    for (uint32_t i = 0; i < n->word_count; i++)
        if (shape_word(n, words, i) == SHAPE_IS_NODE)
            flags |= b->nodes[words[i]].flags;
    return flags & SHAPE_HAS_PARAM;
}

/* The node of the hash that is equal to it, or 0 with the free slot in *at. */
static uint32_t find(const struct shape_builder *b, const struct shape_node *n, const uint32_t *words, uint64_t *at)
{
    uint32_t found;
    for (; (found = b->node_slots[*at & b->node_mask]) != 0; ++*at)
        if (are_equal(b, &b->nodes[found - 1], n, words))
            return found - 1;
    return 0;
}

uint32_t shape_find_named(const struct shape_builder *b, enum shape_kind kind, const uint32_t *words)
{
    struct shape_node n = {.kind = (uint8_t)kind, .word_count = SHAPE_NAMED_WORDS};
    uint64_t at = hash_node(&n, words);
    return find(b, &n, words, &at);
}

uint32_t shape_add(struct shape_builder *b, enum shape_kind kind, unsigned flags, uint32_t scalar,
                   const uint32_t *words, uint32_t count)
{
    struct shape_node n = {.kind = (uint8_t)kind, .scalar = scalar, .word_count = count};
    static const uint32_t none[1];
    words = count ? words : none;
    n.flags = (uint8_t)(flags | flags_of_parts(b, &n, words));
    uint64_t at = hash_node(&n, words);
    uint32_t found = find(b, &n, words, &at);
    if (found)
        return found;
    n.words = shape_append_words(b, words, count);
    b->nodes = room_for(b->nodes, b->node_count + 1, &b->node_room, sizeof *b->nodes);
    b->nodes[b->node_count] = n;
    b->node_slots[at & b->node_mask] = ++b->node_count;
    if (b->node_count > b->node_mask / 2)
        widen_nodes(b);
    return b->node_count - 1;
}

uint32_t shape_append_words(struct shape_builder *b, const uint32_t *words, uint32_t count)
{
    uint32_t at = b->word_count;
    b->words = room_for(b->words, at + count + 1, &b->word_room, sizeof *b->words);
    if (count)
        memcpy(b->words + at, words, count * sizeof *words);
    b->word_count += count;
    return at;
}

void shape_do_later(struct shape_builder *b, struct shape_unfilled item)
{
    b->unfilled = room_for(b->unfilled, b->unfilled_count + 1, &b->unfilled_room, sizeof *b->unfilled);
    b->unfilled[b->unfilled_count++] = item;
}

/* ---- the end ---- */

static struct shapes head_of(const struct shape_builder *b)
{
    return (struct shapes){.node_count = b->node_count,
                           .word_count = b->word_count,
                           .name_count = b->name_count,
                           .text_size = b->text_size,
                           .uses = b->uses,
                           .use_count = b->use_count,
                           .exports = b->exports,
                           .export_count = b->export_count};
}

size_t shape_sealed_size(struct shape_builder *b)
{
    shape_complete(b);
    shape_find_masks(b);
    struct shapes head = head_of(b);
    return shape_size(&head);
}

static char *put(char *to, const void *from, size_t size)
{
    if (size)
        memcpy(to, from, size);
    return to + size;
}

void shape_write(const struct shape_builder *b, void *to)
{
    struct shapes head = head_of(b);
    char *at = put(to, &head, sizeof head);
    at = put(at, b->nodes, b->node_count * sizeof *b->nodes);
    at = put(at, b->words, b->word_count * sizeof *b->words);
    at = put(at, b->names, b->name_count * sizeof *b->names);
    put(at, b->text, b->text_size);
}

struct shapes *shape_seal(struct shape_builder *b)
{
    struct shapes *shapes = memory_alloc(shape_sealed_size(b), purpose);
    shape_write(b, shapes);
    return shapes;
}
