/* SPDX-License-Identifier: MIT */
/* ast_expr: expressions. See ast.h. */
#ifndef LANG_AST_EXPR_H
#define LANG_AST_EXPR_H

#include <stdint.h>

#include "vm/lang/ast_type.h"

struct ast_function;
struct ast_local;
struct ast_use;
struct word;

enum ast_expr_kind {
    AST_BAD, /* in place of what could not be read; there is a diagnostic */
    AST_NIL,
    AST_TRUE,
    AST_FALSE,
    AST_NUMBER, /* literal_number (literal.h) reads it, literal_string strings */
    AST_STRING,
    AST_VARARG,
    AST_FUNCTION,
    AST_TABLE,
    AST_NAME,
    AST_FIELD,   /* object.word */
    AST_INDEX,   /* object[key] */
    AST_CALL,    /* callee(args); with `word`, callee:word(args) */
    AST_UNARY,   /* op right */
    AST_BINARY,  /* left op right */
    AST_PAREN,   /* (inner) */
    AST_CAST,    /* inner as type, inner :: type */
    AST_NOT_NIL, /* inner! */
    AST_TYPEOF,  /* typeof(inner), where typeof is no local */
};

/* One item of a table constructor. */
struct ast_item {
    struct ast_item *next;
    struct ast_expr *key; /* [key] = value, or NULL */
    struct word *word;    /* word = value, or NULL */
    uint32_t word_start;
    struct ast_expr *value;
};

struct ast_expr {
    uint8_t kind;        /* enum ast_expr_kind */
    uint8_t op;          /* enum token_kind of the operator */
    uint32_t word_start; /* offset of `word` in AST_FIELD and AST_CALL */
    struct ast_span span;
    struct ast_expr *next;
    union {
        struct ast_function *function;
        struct ast_item *items;
        struct {
            struct word *word;
            struct ast_local *local; /* NULL: a global, or */
            struct ast_use *use;     /* a type used as a value */
        } name;
        struct {
            struct ast_expr *object, *key;
            struct word *word;
        } index;
        struct {
            struct ast_expr *callee, *args;
            struct word *word;
        } call;
        struct {
            struct ast_expr *left, *right;
        } binary;
        struct {
            struct ast_expr *inner;
            struct ast_type *type; /* AST_CAST */
            struct ast_use
                *use; /* AST_TYPEOF: its value is known without evaluating `inner`; NULL: it is a call of a global */
        } wrap;
    };
};

#endif
