/* SPDX-License-Identifier: MIT */
/*
 * ast: a typed Lua source as a tree. Every node says which bytes of the source it covers; source_position (source.h) makes lines and
 * columns of them. Lists are chained by `next`. Names are resolved: a name leads to its local variable, or to the type it means, else it
 * is a global. The tree is made by parser.h, lives in the arena of its struct ast (ast_root.h) and is only read afterwards.
 *
 * Depth: left operands, called and indexed objects may nest as deep as the source is long: walk them in a loop. All else nests at most
 * AST_DEPTH_MAX levels, so recursion is safe.
 */
#ifndef LANG_AST_H
#define LANG_AST_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/lang/ast_decl.h"
#include "vm/lang/ast_expr.h"

struct ast_stat;
struct word;

enum { AST_DEPTH_MAX = 200 };

/* A local variable, parameter or loop variable. */
struct ast_local {
    struct word *word;
    struct ast_span span;   /* of the name where it is declared */
    struct ast_type *type;  /* its annotation, or NULL */
    struct ast_expr *value; /* the expression of the same place in `local … = …`, a local function, or NULL */
    struct ast_function *function; /* the one it belongs to */
    struct ast_local *next;        /* of the same list of names */
    bool is_parameter, is_loop_variable;
    bool is_optional; /* parameter written `x?: T` */
    bool is_assigned; /* after its declaration */
    struct ast_local *shadowed,
        *below; /* for the parser: what the name meant before, and the local declared before this one */
};

struct ast_block {
    struct ast_span span;
    struct ast_stat *first;
};

struct ast_function {
    struct ast_span span;         /* from `function` (in `local function` too) to `end` */
    struct ast_function *parent;  /* NULL: the chunk */
    struct ast_decl *type_params; /* chained by `next` */
    struct ast_local *params;     /* `self` of a method first, with an empty span */
    bool is_vararg;
    bool is_method;               /* function a:b() */
    struct ast_type *vararg_type; /* or NULL */
    struct ast_result result;
    struct ast_block body;
    uint32_t line;
};

enum ast_stat_kind {
    AST_LOCAL,          /* names = exprs */
    AST_LOCAL_FUNCTION, /* names: the one local */
    AST_ASSIGN,         /* targets = exprs */
    AST_FUNCTION_STAT,  /* function targets…() : AST_NAME or AST_FIELD */
    AST_CALL_STAT,      /* exprs */
    AST_DO,
    AST_WHILE,
    AST_REPEAT,
    AST_IF,
    AST_FOR_NUMBER, /* names: one; exprs: two or three */
    AST_FOR_IN,
    AST_RETURN,
    AST_BREAK,
    AST_GOTO,
    AST_LABEL,
    AST_TYPE_DECL, /* type … = …, interface … end */
};

struct ast_clause {
    struct ast_clause *next;
    struct ast_expr *condition; /* NULL: else */
    struct ast_block block;
};

struct ast_stat {
    uint8_t kind; /* enum ast_stat_kind */
    struct ast_span span;
    struct ast_stat *next;
    struct ast_local *names;
    struct ast_expr *targets;
    struct ast_expr *exprs; /* values, arguments, or the condition of while and repeat */
    union {
        struct ast_block block;
        struct ast_clause *clauses;
        struct ast_function *function;
        struct ast_decl *decl;
        struct word *label; /* of goto and labels */
    };
};

#endif
