/* SPDX-License-Identifier: MIT */
/*
 * ast_type: the types of a source as they are written. See ast.h.
 */
#ifndef LANG_AST_TYPE_H
#define LANG_AST_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/lang/word.h"

struct ast_expr;
struct ast_function;
struct ast_local;

/* Bytes [start, end) of the source. */
struct ast_span {
    uint32_t start, end;
};

enum ast_literal_kind { AST_LITERAL_BOOLEAN, AST_LITERAL_INTEGER, AST_LITERAL_FLOAT, AST_LITERAL_STRING };

struct ast_literal {
    enum ast_literal_kind kind;
    struct ast_literal *next;
    bool boolean;
    int64_t integer;
    double number;
    const char *text; /* with escapes replaced, a NUL behind it */
    size_t length;
};

/* @name(args) */
struct ast_annotation {
    struct word *word;
    struct ast_span span;
    struct ast_literal *args;
    struct ast_annotation *next;
};

enum ast_type_kind {
    AST_TYPE_BAD,          /* in place of what could not be read */
    AST_TYPE_NAME,         /* builtin, alias, type parameter, module.Name, Name<args> */
    AST_TYPE_LITERAL,      /* "a", 1, true */
    AST_TYPE_RECORD,       /* {a: T}, {}, interface {…}; with `map` also a [K]: V part */
    AST_TYPE_ARRAY,        /* {T}, T[]: `value` */
    AST_TYPE_MAP,          /* {[K]: V} */
    AST_TYPE_OPTIONAL,     /* inner? */
    AST_TYPE_UNION,        /* members, at least two */
    AST_TYPE_INTERSECTION, /* members, at least two */
    AST_TYPE_FUNCTION,
    AST_TYPE_TYPEOF,      /* typeof(expr) */
    AST_TYPE_KEYOF,       /* keyof(inner) */
    AST_TYPE_INDEX,       /* value[key] */
    AST_TYPE_CONDITIONAL, /* subject extends bound ? yes : no */
    AST_TYPE_ANNOTATED,   /* inner @a @b */
};

/* A field of a record. */
struct ast_type_field {
    struct word *word;
    struct ast_span span; /* of the name */
    struct ast_type *type;
    struct ast_type_field *next;
    bool is_optional;
};

/* A parameter of a function type. */
struct ast_type_param {
    struct word *word; /* documentation only; NULL: none */
    struct ast_type *type;
    struct ast_type_param *next;
    bool is_optional; /* written `x?: T` */
    bool is_vararg;   /* … type, the last one */
};

enum ast_result_kind { AST_RESULT_NONE, AST_RESULT_LIST, AST_RESULT_ASSERTS };

/* What stands behind the `:` of a function, or behind `->`. */
struct ast_result {
    enum ast_result_kind kind; /* NONE: nothing is said; LIST without types: no results */
    struct ast_type *types;
    struct word *word;       /* ASSERTS: the parameter, */
    struct ast_type *narrow; /* and the type it has afterwards, or NULL: it is truthy */
};

struct ast_type {
    uint8_t kind;      /* enum ast_type_kind */
    bool is_readonly;  /* of the brace forms */
    bool is_interface; /* RECORD written interface {…} */
    bool is_grouped;   /* in parentheses: span includes them */
    uint32_t sequence; /* NAME, for the parser: when it was read */
    struct ast_span span;
    struct ast_type *next;
    union {
        struct {
            struct word *module;            /* of module.word, or NULL */
            struct ast_local *module_local; /* the variable of that name in scope, or NULL: an import alias */
            struct word *word;
            struct ast_type *args;
            struct ast_decl *decl;     /* what it means: a declaration, or */
            enum word_builtin builtin; /* this; neither, and no module: unknown in this chunk */
            struct ast_type *pending;  /* for the parser */
        } name;
        struct ast_literal literal;
        struct {
            struct ast_type_field *fields;
            struct ast_type *map; /* an AST_TYPE_MAP, or NULL */
        } record;
        struct {
            struct ast_type *key, *value;
        } map;
        struct ast_type *inner;
        struct ast_type *members;
        struct {
            struct ast_type_param *params;
            struct ast_result result;
        } function;
        struct ast_expr *expr;
        struct {
            struct ast_type *subject, *bound, *yes, *no;
        } conditional;
        struct {
            struct ast_type *inner;
            struct ast_annotation *list;
        } annotated;
    };
};

#endif
