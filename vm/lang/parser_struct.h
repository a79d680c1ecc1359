/* SPDX-License-Identifier: MIT */
/*
 * parser_struct: what the files of the parser share. Recursive descent with one token, `now`, and a few of look-ahead.
 *
 * Errors: the first one poisons the parser: `now` becomes the end of the source and further errors are not recorded, so that all
 * productions return. The innermost list of statements looks for a place to go on (parser_recover). After too many errors, or one of
 * depth, it stays poisoned.
 */
#ifndef LANG_PARSER_STRUCT_H
#define LANG_PARSER_STRUCT_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/base/compiler.h"
#include "vm/lang/ast_root.h"
#include "vm/lang/lexer.h"

enum { PARSER_AHEAD = 4 };

struct parser_block;
struct parser_function;

struct parser {
    struct ast *ast;
    struct arena *arena;
    struct lexer lexer;
    struct token now, previous;
    struct token ahead[PARSER_AHEAD];
    unsigned ahead_count;
    unsigned depth;
    unsigned casts;     /* read so far */
    unsigned quiet;     /* inside a type: expressions there are not evaluated, so they leave no marks */
    uint32_t sequence;  /* counts blocks and uses of types, for references to later declarations */
    bool panic, fatal;  /* poisoned; for good */
    bool is_trial;      /* what is read will be read again */
    bool is_plain;      /* and `as (` is a call there */
    bool has_stumbled;  /* was poisoned: something may be missing from the tree */
    struct token cause; /* the token at which the panic began */
    uint32_t errors;
    uint32_t statement_start;
    int open, statement_open; /* brackets open now; when the statement began */
    struct parser_block *block;
    struct parser_function *function;
    struct ast_local *locals;    /* in scope, innermost first */
    struct ast_decl *types;      /* likewise */
    struct parser_label *labels; /* of open blocks, newest first */
    struct parser_goto *gotos;   /* that have not found their label, newest first */
    struct ast_decl **last_decl;
    struct ast_use **last_use;
    struct ast_require **last_require;
    struct ast_use *builtin_uses[BUILTINS];
    struct word *environment; /* _ENV */
    /* Globals whose call may mean a type, a bit each: that the source assigns, that it has called so, that are to be variables. */
    uint32_t assigned, meant, is_variable;
    struct token dangling_else;       /* an `else if` in one line, which leads to missing ends */
    struct token odd_end, odd_opener; /* an `end` whose line is indented otherwise than the line of what it closes */
};

/* ---- parser_token.c ---- */

void parser_start(struct parser *p);
void parser_advance(struct parser *p);
/* The n-th token behind `now`, n from 1. */
const struct token *parser_peek(struct parser *p, unsigned n);
bool parser_accept(struct parser *p, enum token_kind kind);
bool parser_is_context(const struct parser *p, enum word_context context);
/* Closes a list of types: consumes a ">" or the first byte of ">>" or ">=". */
void parser_close_angle(struct parser *p);

bool parser_expect(struct parser *p, enum token_kind kind);
struct word *parser_expect_name(struct parser *p);
/* Of a field: a keyword is reported and taken for one, so that what follows makes sense. */
struct word *parser_expect_field_name(struct parser *p);
bool parser_is_keyword(const struct token *token);
/* Closes what `opener` began. */
void parser_expect_closing(struct parser *p, enum token_kind kind, const struct token *opener);
/* Closes a head, `then` or `do` or the `)` of parameters: goes on behind it, or as if it were there. */
void parser_expect_head(struct parser *p, enum token_kind kind);

/* At a clause of an `if`: remembers `else if` in one line. */
void parser_watch_else(struct parser *p);

/* At `now`: "<what> near <token>", or a better text if the mistake is a common one. Poisons. */
void parser_error(struct parser *p, const char *what);
void parser_error_help(struct parser *p, const char *what, const char *help);
/* At the given place, not poisoning. */
void parser_report(struct parser *p, struct ast_span span, const char *help, const char *fmt, ...) printf_like(4, 5);
/* Something for lint only: `remark` without its place. Its texts are constants or live in the arena. */
void parser_remark(struct parser *p, struct ast_span span, struct diagnostic remark);
/* Begins a level of nesting; false and a fatal error: there are too many. */
bool parser_enter(struct parser *p);
void parser_leave(struct parser *p);
/* Finds a place to go on; false: there is none. */
bool parser_recover(struct parser *p);
/* If poisoned: goes on at the next token of one of these kinds. */
void parser_resume_at(struct parser *p, enum token_kind one, enum token_kind other);
bool parser_is_block_end(const struct token *token);

void parser_mark(struct parser *p, enum ast_mark_kind kind, uint32_t start, uint32_t end);

/* ---- parser_expr.c, parser_suffix.c ---- */

struct ast_expr *parser_new_expr(struct parser *p, enum ast_expr_kind kind, uint32_t start);
struct ast_expr *parser_expr(struct parser *p);
/* A value without operators and casts. */
struct ast_expr *parser_operand(struct parser *p);
struct ast_expr *parser_expr_list(struct parser *p);
/* A name, call or index, without operators and casts. */
struct ast_expr *parser_suffixed(struct parser *p);

/* The source assigns to it, or defines a function of that name. */
void parser_note_target(struct parser *p, const struct ast_expr *target);

/* `a.b:c` of a function statement. */
struct ast_expr *parser_function_name(struct parser *p, bool *is_method);

/* ---- parser_stat.c ---- */

struct ast_stat *parser_new_stat(struct parser *p, enum ast_stat_kind kind);
/* NULL: an empty one. Labels bring the statements behind them. */
struct ast_stat *parser_statement(struct parser *p);
void parser_block_body(struct parser *p, struct ast_block *block);

/* ---- parser_decl.c ---- */

/* Behind `function` (the opener) and the name, if it has one. */
struct ast_function *parser_function(struct parser *p, const struct token *opener, bool is_method);
bool parser_is_type_decl(struct parser *p);
struct ast_stat *parser_type_decl(struct parser *p);
/* Names of a local statement. */
struct ast_local *parser_typed_names(struct parser *p);

/* ---- parser_type.c, parser_brace.c ---- */

struct ast_type *parser_new_type(struct parser *p, enum ast_type_kind kind, uint32_t start);
struct ast_type *parser_type(struct parser *p);
/* Behind the ":" of a function; `many`: without parentheses too. */
void parser_result(struct parser *p, struct ast_result *result, bool many);
/* `: type` or nothing; erased. */
struct ast_type *parser_annotation(struct parser *p);
bool parser_starts_type(const struct token *token);
/* Is the contextual word at `now` an operator here, rather than the first name of the next statement? */
bool parser_is_operator_word(struct parser *p, enum word_context context);
/* {…} and (…) in a type. */
struct ast_type *parser_brace_type(struct parser *p, uint32_t start);
struct ast_literal *parser_literal(struct parser *p);

#endif
