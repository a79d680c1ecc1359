/* SPDX-License-Identifier: MIT */
/*
 * shape_build: making sets of types (shape.h): node by node, from other sets, by putting arguments into generic types. One thread at a time;
 * memory is malloc's until the set is written.
 */
#ifndef LANG_SHAPE_BUILD_H
#define LANG_SHAPE_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/lang/shape.h"

struct shape_source;

/* What is still to be filled in: the body of a named node. */
struct shape_unfilled {
    uint32_t node;
    const struct shape_source *source; /* NULL: an instance to expand */
    uint32_t from;                     /* its number there */
    bool is_flat;                      /* an interface that takes the methods of those of other units */
};

struct shape_builder;
/* Looks for a type of another unit: its set, and its number in *node; NULL: not there, *is_host says whether a C module may have it. */
typedef const struct shapes *(*shape_link_f)(void *ctx, const char *module, const char *name, uint32_t *node,
                                             bool *is_host);

struct shape_builder {
    struct shape_node *nodes;
    uint32_t *words;
    struct shape_name *names;
    char *text;
    uint32_t node_count, node_room, word_count, word_room, name_count, name_room, text_size, text_room;
    uint32_t *node_slots, *name_slots; /* hash tables of number + 1 */
    uint32_t node_mask, name_mask;
    struct shape_unfilled *unfilled;
    uint32_t unfilled_count, unfilled_room;
    uint32_t expansions, depth;
    uint32_t substituted,
        inherited;    /* words that instances took, and methods that interfaces took from those of other units */
    bool is_too_deep; /* something that was to be imported is nested so deeply that it was left out */
    struct shape_source *sources;
    uint32_t uses, use_count, exports, export_count;
    shape_link_f link; /* NULL: EXTERNs stay */
    void *link_ctx;
    uint64_t
        salt; /* with a link: mixed into the origins of what comes from `linked`, for its meaning depends on what it is linked to */
    const struct shapes *linked;
};

/* A builder with the builtin types. */
void shape_begin(struct shape_builder *builder);
void shape_end(struct shape_builder *builder);

uint32_t shape_add_name(struct shape_builder *builder, const char *text, size_t length);

/*
 * The node of that content: the one that is there already, or a new one. Types with an origin are equal if that is, instances if their
 * words are; their body (scalar) can be set later. `words` may not point into the builder.
 */
uint32_t shape_add(struct shape_builder *builder, enum shape_kind kind, unsigned flags, uint32_t scalar,
                   const uint32_t *words, uint32_t count);

/* The named type with this origin, 0: there is none yet. */
uint32_t shape_find_named(const struct shape_builder *builder, enum shape_kind kind, const uint32_t *words);

/* The generic type with these arguments; its body comes with shape_complete. */
uint32_t shape_instance(struct shape_builder *builder, uint32_t generic, const uint32_t *args, uint32_t count);

/* The type of another set. Named types in it are complete after shape_complete. */
uint32_t shape_import(struct shape_builder *builder, const struct shapes *from, uint32_t node);
/* All of a set, with its uses and exports. */
void shape_import_all(struct shape_builder *builder, const struct shapes *from);

/* Makes the node the one use of the set. */
void shape_use(struct shape_builder *builder, uint32_t node);

/* Fills in what is open. */
void shape_complete(struct shape_builder *builder);

/* Completes it; bytes of the set. Then writes it to memory that is aligned for a uint32_t. */
size_t shape_sealed_size(struct shape_builder *builder);
void shape_write(const struct shape_builder *builder, void *to);

/* Both, into memory for free(). */
struct shapes *shape_seal(struct shape_builder *builder);

/* ---- from a source: shape_source.c ---- */

struct ast;

/* The types that the source uses as values or shows to importers, for free(); NULL: it has none. `origin` tells sources apart. */
struct shapes *shape_of_source(const struct ast *ast, const uint64_t origin[2]);

/* The type that importers call so; 0: none. */
uint32_t shape_export(const struct shapes *shapes, const char *name);

#endif
