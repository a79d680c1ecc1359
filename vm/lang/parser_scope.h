/* SPDX-License-Identifier: MIT */
/* parser_scope: functions and blocks that are being parsed; what names mean in them. */
#ifndef LANG_PARSER_SCOPE_H
#define LANG_PARSER_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/lang/ast.h"

struct parser;

struct parser_block {
    struct parser_block *outer; /* of the same function; NULL: its body */
    bool is_loop;
    struct ast_local *locals; /* in scope before it */
    struct ast_decl *types;
    struct parser_label *labels;
    uint32_t active;   /* locals of the function in scope before it */
    uint32_t sequence; /* what is read later has a higher one */
};

struct parser_function {
    struct ast_function *ast;
    struct parser_function *outer;
    struct parser_block *outer_block;
    uint32_t active; /* locals in scope */
};

void parser_open_function(struct parser *p, struct ast_function *function);
void parser_close_function(struct parser *p);
void parser_open_block(struct parser *p, bool is_loop);
void parser_close_block(struct parser *p);

struct ast_local *parser_new_local(struct parser *p, struct word *word, struct ast_span span);
/* The locals of the list are in scope from here on. */
void parser_declare_locals(struct parser *p, struct ast_local *list);
/* The type is in scope from here on, and what waited for it is resolved. */
void parser_declare_type(struct parser *p, struct ast_decl *decl);
void parser_end_types(struct parser *p, struct ast_decl *outer);
/* Finds out what a type name means, now or when it is declared later. */
void parser_resolve_type(struct parser *p, struct ast_type *name);
struct ast_use *parser_use_decl(struct parser *p, struct ast_decl *decl);
struct ast_use *parser_use_builtin(struct parser *p, enum word_builtin builtin);
struct ast_use *parser_use_type(struct parser *p, struct ast_type *type);

/* ---- parser_label.c: goto, break, labels ---- */

/* `name` NULL: break. */
void parser_add_goto(struct parser *p, struct word *name, struct ast_span span);
/* Between these two stand the no-operations behind the label; `is_last`: nothing else does in its block. */
struct parser_label *parser_open_label(struct parser *p, struct word *name, struct ast_span span);
void parser_close_label(struct parser *p, struct parser_label *label, bool is_last);

/* The block has ended: its labels go, its gotos that are left belong to the block around it. */
void parser_leave_labels(struct parser *p, const struct parser_block *block);

#endif
