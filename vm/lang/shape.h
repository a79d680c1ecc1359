/* SPDX-License-Identifier: MIT */
/*
 * shape: types as data while a program runs: what `type Point = {x: number}` means, as opposed to how it is written (ast_type.h).
 *
 * A struct shapes is an immutable set of nodes in one block without pointers: it can lie in the memory of a code version, in a Lua
 * userdata, or travel in a message. Nodes name each other by number; equal nodes of a set are one node. Made by shape_build.h; any
 * thread may read it.
 *
 * A node has a kind, a `scalar` and a list of words. What these mean (shape_word and shape_scalar tell):
 *
 *   kind          scalar            words
 *   BOOLEAN…      -                 -                        literal kinds: scalar false/true, or a name; words low, high of 64 bits
 *   OPTIONAL      inner             -
 *   UNION…        -                 members                  INTERSECTION, TUPLE too
 *   RECORD        MAP or 0          name, node, optional …   sorted by name
 *   ARRAY         element           -
 *   MAP           -                 key, value
 *   FUNCTION      parameters        name or 0, node, flags for each parameter; then the results
 *   ANNOTATED     inner             name, what it is, two words of its argument, for each
 *   PARAM         bound or 0        name, position
 *   ALIAS         body              origin low, origin high, declaration, name
 *   INTERFACE     -                 the same four; then 0, node, 1 for each base whose methods are not here; name, node, 0 for each method
 *   GENERIC       body              the same four; then the PARAMs
 *   INSTANCE      body              GENERIC, arguments       body 0: it depends on parameters
 *   HOST          -                 module name, name        a type of a C module
 *   EXTERN        -                 module name, name, arguments   of an import that is not linked yet
 *   UNRESOLVED    -                 name
 */
#ifndef LANG_SHAPE_H
#define LANG_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/lang/shape_kind.h"

struct shape_node {
    uint8_t kind, flags;
    uint16_t yes, maybe; /* shape_mask: values that are valid, and those that need a closer look; all others are not */
    uint16_t
        tag; /* RECORD: 1 + the first required field whose type is a literal, 0: none; UNION: are all members literals? */
    uint32_t scalar, words, word_count;
};

struct shape_name {
    uint32_t offset, length;
};

struct shapes {
    uint32_t node_count, word_count, name_count, text_size;
    uint32_t uses, use_count;       /* words: the nodes of struct ast_use 1, 2, 3… */
    uint32_t exports, export_count; /* words: name, node: what importers see */
    /* then nodes, words, names, text: each name with a NUL behind it; name 0 is empty */
};

static inline const struct shape_node *shape_node(const struct shapes *shapes, uint32_t node)
{
    return (const struct shape_node *)(shapes + 1) + node;
}

static inline const uint32_t *shape_all_words(const struct shapes *shapes)
{
    return (const uint32_t *)(const void *)shape_node(shapes, shapes->node_count);
}

static inline const uint32_t *shape_words(const struct shapes *shapes, const struct shape_node *node)
{
    return shape_all_words(shapes) + node->words;
}

const char *shape_text_of(const struct shapes *shapes, uint32_t name, size_t *length);
size_t shape_size(const struct shapes *shapes); /* bytes of the block */

/* The set of the builtin types alone; static. */
const struct shapes *shape_builtins(void);

/* Is the block of so many bytes a set of shapes, all numbers in it within bounds? For what comes out of a message. */
bool shape_is_sound(const void *block, size_t size);

/* Through aliases and instances, and if `annotations` through annotations, to what they stand for. */
uint32_t shape_look(const struct shapes *shapes, uint32_t node, bool annotations);

/* The name that a node shows, 0: none. */
uint32_t shape_name_of(const struct shapes *shapes, uint32_t node);

/* The field of a record or interface; NULL: none. Else its three words. */
const uint32_t *shape_field(const struct shapes *shapes, const struct shape_node *record, const char *text,
                            size_t length);
/* First word of the fields of a record or interface, and how many fields there are. */
const uint32_t *shape_fields(const struct shapes *shapes, const struct shape_node *record, uint32_t *count);
/* The same for the types that an interface extends beside its methods; other nodes have none. */
const uint32_t *shape_bases(const struct shapes *shapes, const struct shape_node *node, uint32_t *count);

/* Does it name types of imports? */
bool shape_has_externs(const struct shapes *shapes);

/* May the field be absent? */
bool shape_field_is_optional(const struct shapes *shapes, const uint32_t *field);

double shape_double(const uint32_t words[2]);
int64_t shape_int64(const uint32_t words[2]);

/* What a word or the scalar of a node is. */
enum shape_reference { SHAPE_IS_PLAIN, SHAPE_IS_NODE, SHAPE_IS_NAME };
enum shape_reference shape_word(const struct shape_node *node, const uint32_t *words, uint32_t i);
enum shape_reference shape_scalar(const struct shape_node *node);

#endif
