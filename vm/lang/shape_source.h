/* SPDX-License-Identifier: MIT */
/* shape_source: what the files that turn a source's types into shapes (shape_build.h) share. */
#ifndef LANG_SHAPE_SOURCE_H
#define LANG_SHAPE_SOURCE_H

#include <stdint.h>

#include "vm/lang/shape_build.h"

struct ast;
struct ast_decl;
struct ast_expr;
struct ast_type;
struct word;

struct shape_pending {
    uint32_t node;
    const struct ast_decl *decl;
    bool is_flat; /* an interface that takes the methods of those that it extends */
};

struct shape_walk {
    struct shape_builder *builder;
    const struct ast *ast;
    uint64_t origin[2];
    const struct ast_decl *generic; /* whose parameters are in scope, or NULL */
    struct shape_pending *pending;  /* declarations that are named but not filled in */
    uint32_t pending_count, pending_room;
    uint64_t inherited;            /* shape_decl.c: bytes of interfaces whose methods others took */
    uint32_t queries, query_depth; /* shape_query.c: so many so far; and open; */
    uint64_t query_bytes;          /* bytes of types read for them */
};

/* A growing list of words. */
struct shape_list {
    uint32_t *at;
    uint32_t count, room;
};
void shape_list_add(struct shape_list *list, uint32_t word);
void shape_list_add_field(struct shape_list *list, uint32_t name, uint32_t node, uint32_t flags);
void shape_list_free(struct shape_list *list);

/* shape_type.c: types as written */
uint32_t shape_of_type(struct shape_walk *walk, const struct ast_type *type);
/* Sorts the fields from `first` on by name and drops those that are there already, but for those without a name. */
void shape_sort_fields(const struct shape_builder *builder, struct shape_list *fields, uint32_t first);

uint32_t shape_optional(struct shape_walk *walk, uint32_t inner);

/* shape_declared.c: the type behind names and annotations, NULL: there is none; and what is written down for an expression, or no type */
struct shape_declared {
    const struct ast_type *type;
    bool may_be_nil; /* even if the type says no */
};
const struct ast_type *shape_look_written(const struct ast_type *type);
struct shape_declared shape_declared(const struct ast_expr *expr);

/* shape_query.c: types that are computed */
uint32_t shape_of_expr(struct shape_walk *walk, const struct ast_expr *expr);
uint32_t shape_of_keyof(struct shape_walk *walk, const struct ast_type *type);
uint32_t shape_of_index(struct shape_walk *walk, const struct ast_type *type);

/* shape_source.c: `module.name<args>`; `value` is what the local variable of the module's name was set to, or NULL */
uint32_t shape_of_extern(struct shape_walk *walk, const struct ast_expr *value, const struct word *module,
                         const struct word *name, const struct ast_type *args);

/* shape_decl.c: declarations */
uint32_t shape_of_decl(struct shape_walk *walk, const struct ast_decl *decl);
void shape_fill_decls(struct shape_walk *walk);
struct ast_result;
/* The results, appended; the flags of the function. */
unsigned shape_add_results(struct shape_walk *walk, struct shape_list *words, const struct ast_result *result);

#endif
