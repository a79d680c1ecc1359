/* SPDX-License-Identifier: MIT */
/*
 * ast_decl: types that have a name, and types that the program uses as values. See ast.h.
 */
#ifndef LANG_AST_DECL_H
#define LANG_AST_DECL_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/lang/ast_type.h"

struct ast_function;
struct ast_local;

enum ast_decl_kind { AST_DECL_ALIAS, AST_DECL_INTERFACE, AST_DECL_PARAM };

/* A method of an interface. */
struct ast_method {
    struct word *word;
    struct ast_span span; /* of the name */
    struct ast_local *params;
    bool is_vararg;
    struct ast_type *vararg_type; /* or NULL */
    struct ast_result result;
    struct ast_method *next;
};

/* A declaration: alias, interface, or type parameter. Visible from here to the end of its block. */
struct ast_decl {
    enum ast_decl_kind kind;
    struct word *word;
    struct ast_span name_span, span;
    struct ast_function *function; /* the one it stands in */
    bool is_top_level;             /* in the outermost block of the chunk: importers see it */
    struct ast_decl *params;       /* type parameters, chained by `next` */
    struct ast_type *type;         /* ALIAS: what it stands for; PARAM: its bound, or NULL */
    struct ast_type *bases;        /* INTERFACE: AST_TYPE_NAMEs */
    struct ast_method *methods;
    struct ast_use *use;               /* set if it is used as a value */
    struct ast_decl *next;             /* type parameters: of the same list; others: all of the source in order */
    struct ast_decl *shadowed, *below; /* for the parser, as in struct ast_local */
};

enum ast_use_kind { AST_USE_DECL, AST_USE_BUILTIN, AST_USE_TYPE };

/* A type that the chunk needs as a value while it runs: one entry of its type table. */
struct ast_use {
    enum ast_use_kind kind;
    uint32_t index; /* from 1, dense */
    struct ast_use *next;
    struct ast_decl *decl;     /* DECL: alias or interface */
    enum word_builtin builtin; /* BUILTIN */
    struct ast_type *type;     /* TYPE: of typeof(e) where e is declared with it */
};

#endif
