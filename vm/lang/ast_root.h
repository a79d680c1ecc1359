/* SPDX-License-Identifier: MIT */
/*
 * ast_root: a parsed source as one object: its tree, what is wrong with it, and the places that the eraser changes. The source text is
 * borrowed and must outlive it.
 */
#ifndef LANG_AST_ROOT_H
#define LANG_AST_ROOT_H

#include "vm/lang/arena.h"
#include "vm/lang/ast.h"
#include "vm/lang/diagnostic.h"
#include "vm/lang/source.h"
#include "vm/lang/word.h"

enum ast_mark_kind {
    AST_MARK_SKIP,      /* nothing stays, and no line breaks are in it */
    AST_MARK_ERASE,     /* nothing but its line breaks stays */
    AST_MARK_STATEMENT, /* a declaration: an empty statement stays */
    AST_MARK_OPEN,      /* empty span: a "(" belongs here */
    AST_MARK_CLOSE,     /* as ERASE, with the ")" of an OPEN in front */
    AST_MARK_USE,       /* a reference to a type */
    AST_MARK_ARGUMENT,  /* empty span: a reference to a type, as one more argument */
    AST_MARK_IS,        /* from ":" to "(" of `T:is(` behind such a reference; `separated`: there are arguments */
};

/* A place where the plain Lua text differs from the source. */
struct ast_mark {
    struct ast_span span;
    uint8_t kind;   /* enum ast_mark_kind */
    bool separated; /* IS: see there; ERASE, CLOSE: a ";" behind it keeps a "(" on a later line from being a call */
    uint32_t use;   /* USE, ARGUMENT: index of the struct ast_use */
};

/* A call of the global `require` with a constant. */
struct ast_require {
    struct ast_literal name; /* a string */
    struct ast_span span;    /* of it */
    struct ast_require *next;
};

struct ast {
    struct source source;
    struct arena arena;
    struct words words;
    struct diagnostics diagnostics; /* ordered by position; the source is usable only if there are none */
    struct diagnostics remarks; /* likewise; for lint only: the source is good Lua, but may not mean what it seems to */
    struct ast_function *chunk;
    struct ast_decl *decls; /* aliases and interfaces of all blocks, in order */
    struct ast_use *uses;   /* types used as values, in order of their index */
    uint32_t use_count;
    struct ast_require *requires; /* in order */
    const char *types_name;       /* a name that is not in the source, if there are uses */
    struct ast_mark *marks;       /* by start, empty ones first; one inside another is to be ignored */
    uint32_t mark_count, mark_capacity;
};

#endif
