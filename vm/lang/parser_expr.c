/* SPDX-License-Identifier: MIT */
/*
 * parser_expr: operators, by precedence climbing with the priorities of lparser.c; operands with their casts, which bind tighter than any
 * operator; functions and table constructors as values.
 */
#include "vm/lang/parser_scope.h"
#include "vm/lang/parser_struct.h"

struct priority {
    uint8_t left, right;
};

enum { UNARY = 12 };

static const struct priority priorities[TOKENS] = {
    [TOKEN_OR] = {1, 1},
    [TOKEN_AND] = {2, 2},
    [TOKEN_EQUAL] = {3, 3},
    [TOKEN_NOT_EQUAL] = {3, 3},
    [TOKEN_LESS] = {3, 3},
    [TOKEN_LESS_EQUAL] = {3, 3},
    [TOKEN_GREATER] = {3, 3},
    [TOKEN_GREATER_EQUAL] = {3, 3},
    [TOKEN_PIPE] = {4, 4},
    [TOKEN_TILDE] = {5, 5},
    [TOKEN_AMPERSAND] = {6, 6},
    [TOKEN_SHIFT_LEFT] = {7, 7},
    [TOKEN_SHIFT_RIGHT] = {7, 7},
    [TOKEN_CONCAT] = {9, 8},
    [TOKEN_PLUS] = {10, 10},
    [TOKEN_MINUS] = {10, 10},
    [TOKEN_STAR] = {11, 11},
    [TOKEN_SLASH] = {11, 11},
    [TOKEN_FLOOR_SLASH] = {11, 11},
    [TOKEN_PERCENT] = {11, 11},
    [TOKEN_CARET] = {14, 13},
};

struct ast_expr *parser_new_expr(struct parser *p, enum ast_expr_kind kind, uint32_t start)
{
    struct ast_expr *expr = arena_alloc(p->arena, sizeof *expr);
    expr->kind = (uint8_t)kind;
    expr->span.start = start;
    expr->span.end = p->previous.end > start ? p->previous.end : start;
    return expr;
}

/* ---- tables ---- */

static struct ast_item *item(struct parser *p)
{
    struct ast_item *new = arena_alloc(p->arena, sizeof *new);
    if (p->now.word && parser_peek(p, 1)->kind == TOKEN_ASSIGN) {
        new->word_start = p->now.start;
        new->word = parser_expect_field_name(p);
        parser_advance(p);
    } else if (p->now.kind == TOKEN_BRACKET_OPEN) {
        parser_advance(p);
        new->key = parser_expr(p);
        parser_expect(p, TOKEN_BRACKET_CLOSE);
        parser_expect(p, TOKEN_ASSIGN);
    }
    new->value = parser_expr(p);
    return new;
}

static struct ast_expr *table(struct parser *p)
{
    struct token opener = p->now;
    struct ast_item *first = NULL, **last = &first;
    parser_advance(p);
    while (p->now.kind != TOKEN_BRACE_CLOSE && !p->panic) {
        *last = item(p);
        last = &(*last)->next;
        if (!parser_accept(p, TOKEN_COMMA) && !parser_accept(p, TOKEN_SEMICOLON))
            break;
    }
    parser_expect_closing(p, TOKEN_BRACE_CLOSE, &opener);
    struct ast_expr *expr = parser_new_expr(p, AST_TABLE, opener.start);
    expr->items = first;
    return expr;
}

/* ---- operands ---- */

static struct ast_expr *constant(struct parser *p, enum ast_expr_kind kind)
{
    uint32_t start = p->now.start;
    parser_advance(p);
    return parser_new_expr(p, kind, start);
}

static struct ast_expr *vararg(struct parser *p)
{
    struct ast_span span = {p->now.start, p->now.end};
    if (!p->function->ast->is_vararg)
        parser_report(p, span, NULL, "cannot use '...' outside a vararg function near '...'");
    return constant(p, AST_VARARG);
}

static struct ast_expr *function(struct parser *p)
{
    struct token opener = p->now;
    parser_advance(p);
    struct ast_function *ast = parser_function(p, &opener, false);
    struct ast_expr *expr = parser_new_expr(p, AST_FUNCTION, opener.start);
    expr->function = ast;
    return expr;
}

struct ast_expr *parser_operand(struct parser *p)
{
    switch (p->now.kind) {
    case TOKEN_NUMBER:
        return constant(p, AST_NUMBER);
    case TOKEN_STRING:
        return constant(p, AST_STRING);
    case TOKEN_NIL:
        return constant(p, AST_NIL);
    case TOKEN_TRUE:
        return constant(p, AST_TRUE);
    case TOKEN_FALSE:
        return constant(p, AST_FALSE);
    case TOKEN_ELLIPSIS:
        return vararg(p);
    case TOKEN_BRACE_OPEN:
        return table(p);
    case TOKEN_FUNCTION:
        return function(p);
    default:
        return parser_suffixed(p);
    }
}

/* ---- casts ---- */

/*
 * `::` begins a label if a name and `::` follow in the same line; in other lines too, if that is no type with a label behind it.
 * So a label of plain Lua is always one.
 */
static bool is_label(struct parser *p)
{
    const struct token *name = parser_peek(p, 1), *colons = parser_peek(p, 2);
    if (name->kind != TOKEN_NAME || colons->kind != TOKEN_DOUBLE_COLON)
        return false;
    if (!name->is_first && !colons->is_first)
        return true;
    return parser_peek(p, 3)->kind != TOKEN_NAME || parser_peek(p, 4)->kind != TOKEN_DOUBLE_COLON;
}

/* What may not stand behind a cast, though it may behind the value itself; but a "(" in a later line begins a statement. */
static bool is_suffix(const struct token *token)
{
    switch (token->kind) {
    case TOKEN_PAREN_OPEN:
        return !token->is_first;
    case TOKEN_DOT:
    case TOKEN_COLON:
    case TOKEN_BRACKET_OPEN:
    case TOKEN_BRACE_OPEN:
    case TOKEN_STRING:
        return true;
    default:
        return false;
    }
}

/* Reads from `as` on and goes back. Is it good as a cast, or as a call of plain Lua? */
static bool is_good(struct parser *p, bool as_cast)
{
    struct diagnostics *found = &p->ast->diagnostics;
    struct parser saved = *p;
    uint32_t count = found->count;
    p->is_trial = true;
    p->is_plain = !as_cast;
    p->quiet++;
    if (as_cast) {
        parser_advance(p);
        parser_type(p);
    } else {
        parser_suffixed(p);
    }
    bool good = !p->panic && found->count == count && (as_cast ? !is_suffix(&p->now) : p->casts == saved.casts);
    found->count = count;
    *p = saved;
    *p->last_decl = NULL;
    return good;
}

/*
 * `as (`, `as {` and `as "x"`: a type follows, or this is a call of a function `as` in the line of another statement. It is the latter only
 * where no type can be read but the arguments can: tried once, for what is inside such a type is not tried again.
 */
static bool is_cast_to_brackets(struct parser *p)
{
    return p->is_trial ? !p->is_plain : is_good(p, true) || !is_good(p, false);
}

static bool is_bracket(const struct token *token)
{
    return token->kind == TOKEN_PAREN_OPEN || token->kind == TOKEN_BRACE_OPEN || token->kind == TOKEN_STRING;
}

static bool is_cast_word(struct parser *p)
{
    if (!parser_is_operator_word(p, WORD_AS))
        return false;
    return !is_bracket(parser_peek(p, 1)) || is_cast_to_brackets(p);
}

static bool is_cast(struct parser *p, bool after_colons)
{
    switch (p->now.kind) {
    case TOKEN_BANG: /* `a !== b` is meant as an inequality, `a! == b` is not */
        return p->now.start == p->previous.end || parser_peek(p, 1)->kind != TOKEN_EQUAL ||
               parser_peek(p, 1)->start != p->now.end;
    case TOKEN_DOUBLE_COLON:
        return !after_colons && !is_label(p);
    default:
        return is_cast_word(p);
    }
}

static bool has_many_values(const struct ast_expr *expr)
{
    return expr->kind == AST_CALL || expr->kind == AST_VARARG || (expr->kind == AST_TYPEOF && !expr->wrap.use);
}

static struct ast_expr *cast(struct parser *p, struct ast_expr *inner)
{
    struct token op = p->now;
    parser_advance(p);
    p->casts++;
    struct ast_type *type = op.kind == TOKEN_BANG ? NULL : parser_type(p);
    struct ast_expr *expr = parser_new_expr(p, type ? AST_CAST : AST_NOT_NIL, inner->span.start);
    expr->op = op.kind;
    expr->wrap.inner = inner;
    expr->wrap.type = type;
    bool many = has_many_values(inner);
    if (many)
        parser_mark(p, AST_MARK_OPEN, inner->span.start, inner->span.start);
    parser_mark(p, many ? AST_MARK_CLOSE : AST_MARK_ERASE, op.start, expr->span.end);
    return expr;
}

static void check_suffix(struct parser *p)
{
    if (is_suffix(&p->now))
        parser_error_help(p, "syntax error", "a cast that is called or indexed needs parentheses: (x as T).y, (x!).y");
    else if (p->now.kind == TOKEN_PAREN_OPEN && !p->quiet && p->ast->mark_count)
        p->ast->marks[p->ast->mark_count - 1].separated = true;
}

static struct ast_expr *operand_with_casts(struct parser *p)
{
    struct ast_expr *expr = parser_operand(p);
    bool colons = false;
    unsigned count = 0;
    while (is_cast(p, colons)) {
        colons = colons || p->now.kind == TOKEN_DOUBLE_COLON;
        if (++count > AST_DEPTH_MAX)
            parser_error(p, arena_printf(p->arena, "too many casts of one value (limit is %d)", AST_DEPTH_MAX));
        expr = cast(p, expr);
    }
    if (count)
        check_suffix(p);
    return expr;
}

/* ---- operators ---- */

static struct ast_expr *expression(struct parser *p, unsigned limit);

static struct ast_expr *unary(struct parser *p)
{
    struct token op = p->now;
    parser_advance(p);
    struct ast_expr *right = expression(p, UNARY);
    struct ast_expr *expr = parser_new_expr(p, AST_UNARY, op.start);
    expr->op = op.kind;
    expr->binary.right = right;
    return expr;
}

static bool is_unary(enum token_kind kind)
{
    return kind == TOKEN_NOT || kind == TOKEN_MINUS || kind == TOKEN_TILDE || kind == TOKEN_HASH;
}

static struct ast_expr *expression(struct parser *p, unsigned limit)
{
    uint32_t start = p->now.start;
    if (!parser_enter(p)) {
        parser_leave(p);
        return parser_new_expr(p, AST_BAD, start);
    }
    struct ast_expr *left = is_unary(p->now.kind) ? unary(p) : operand_with_casts(p);
    while (priorities[p->now.kind].left > limit) {
        uint8_t op = p->now.kind;
        parser_advance(p);
        struct ast_expr *right = expression(p, priorities[op].right);
        struct ast_expr *expr = parser_new_expr(p, AST_BINARY, left->span.start);
        expr->op = op;
        expr->binary.left = left;
        expr->binary.right = right;
        left = expr;
    }
    parser_leave(p);
    return left;
}

struct ast_expr *parser_expr(struct parser *p)
{
    return expression(p, 0);
}

struct ast_expr *parser_expr_list(struct parser *p)
{
    struct ast_expr *first = parser_expr(p), *last = first;
    while (parser_accept(p, TOKEN_COMMA)) {
        last->next = parser_expr(p);
        last = last->next;
    }
    return first;
}
