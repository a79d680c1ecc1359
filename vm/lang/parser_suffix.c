/* SPDX-License-Identifier: MIT */
/* parser_suffix: names, indexing, calls; and whether a name is a variable or a type used as a value. */
#include <string.h>

#include "vm/lang/literal.h"
#include "vm/lang/parser_scope.h"
#include "vm/lang/parser_struct.h"

/* ---- names ---- */

static bool is_args(const struct token *token)
{
    return token->kind == TOKEN_PAREN_OPEN || token->kind == TOKEN_STRING || token->kind == TOKEN_BRACE_OPEN;
}

/* A method of type values, of a name that no function of the libraries string and table has. */
static bool is_type_method(const struct word *word)
{
    static const char *const names[] = {"is",  "kind",   "name",     "elem",   "key",     "val",         "inner",
                                        "ret", "fields", "variants", "params", "tparams", "annotations", "optional"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!strcmp(word->text, names[i]))
            return true;
    return false;
}

/* The bit in `assigned` of a global that means a type in some places; 0 for other names. Bit 0 (BUILTIN_NONE) is that of `typeof`. */
static uint32_t meaning(const struct word *word)
{
    if (word->builtin == BUILTIN_STRING || word->builtin == BUILTIN_TABLE || word->builtin == BUILTIN_ERROR)
        return 1u << word->builtin;
    return word->context == WORD_TYPEOF;
}

/* Not where the program has given the name a meaning of its own, or has other globals. */
static bool may_mean_type(struct parser *p, const struct word *word)
{
    uint32_t bit = p->environment->local ? 0 : meaning(word) & ~p->is_variable;
    p->meant |= bit;
    return bit != 0;
}

void parser_note_target(struct parser *p, const struct ast_expr *target)
{
    const struct ast_expr *object = target->kind == AST_FIELD ? target->index.object : target;
    if (object->kind != AST_NAME || object->name.local || p->quiet)
        return;
    const struct word *word = object->name.word;
    if (target == object)
        p->assigned |= word == p->environment ? UINT32_MAX : meaning(word);
    else if (word == p->environment || !strcmp(word->text, "_G"))
        p->assigned |= meaning(target->index.word);
}

/*
 * `string(x)` and `string:is(x)` cannot mean the library, `error:is(x)` cannot mean the function. Other builtin types are values of
 * globals, which need no help.
 */
static enum word_builtin builtin_value(struct parser *p, const struct word *word)
{
    if (!word->builtin || !meaning(word))
        return BUILTIN_NONE;
    bool is_called = is_args(&p->now) && word->builtin != BUILTIN_ERROR;
    bool is_asked = (p->now.kind == TOKEN_COLON || p->now.kind == TOKEN_DOT) && parser_peek(p, 1)->kind == TOKEN_NAME &&
                    is_type_method(parser_peek(p, 1)->word) && is_args(parser_peek(p, 2));
    return (is_called || is_asked) && may_mean_type(p, word) ? (enum word_builtin)word->builtin : BUILTIN_NONE;
}

static void mark_use(struct parser *p, struct ast_expr *expr, struct ast_use *use)
{
    if (!use || p->quiet)
        return;
    parser_mark(p, AST_MARK_USE, expr->span.start, expr->span.end);
    p->ast->marks[p->ast->mark_count - 1].use = use->index;
}

/* `is_value`: it is read, not the target of a function statement. */
static struct ast_expr *name(struct parser *p, bool is_value)
{
    struct word *word = p->now.word;
    uint32_t start = p->now.start;
    parser_advance(p);
    struct ast_expr *expr = parser_new_expr(p, AST_NAME, start);
    expr->name.word = word;
    expr->name.local = word->local;
    if (word->local)
        return expr;
    enum word_builtin builtin = word->decl || !is_value ? BUILTIN_NONE : builtin_value(p, word);
    if (word->decl && word->decl->kind != AST_DECL_PARAM)
        expr->name.use = parser_use_decl(p, word->decl);
    else if (builtin)
        expr->name.use = parser_use_builtin(p, builtin);
    mark_use(p, expr, expr->name.use);
    return expr;
}

static struct ast_expr *parenthesized(struct parser *p)
{
    struct token opener = p->now;
    parser_advance(p);
    struct ast_expr *inner = parser_expr(p);
    parser_expect_closing(p, TOKEN_PAREN_CLOSE, &opener);
    struct ast_expr *expr = parser_new_expr(p, AST_PAREN, opener.start);
    expr->wrap.inner = inner;
    return expr;
}

static struct ast_expr *primary(struct parser *p)
{
    uint32_t start = p->now.start;
    if (p->now.kind == TOKEN_PAREN_OPEN)
        return parenthesized(p);
    if (p->now.kind == TOKEN_NAME)
        return name(p, true);
    parser_error(p, "unexpected symbol");
    return parser_new_expr(p, AST_BAD, start);
}

/* ---- suffixes ---- */

static struct ast_expr *field(struct parser *p, struct ast_expr *object)
{
    parser_advance(p);
    uint32_t word_start = p->now.start;
    struct word *word = parser_expect_field_name(p);
    struct ast_expr *expr = parser_new_expr(p, AST_FIELD, object->span.start);
    expr->index.object = object;
    expr->index.word = word;
    expr->word_start = word_start;
    return expr;
}

static struct ast_expr *indexed(struct parser *p, struct ast_expr *object)
{
    struct token opener = p->now;
    parser_advance(p);
    struct ast_expr *key = parser_expr(p);
    parser_expect_closing(p, TOKEN_BRACKET_CLOSE, &opener);
    struct ast_expr *expr = parser_new_expr(p, AST_INDEX, object->span.start);
    expr->index.object = object;
    expr->index.key = key;
    return expr;
}

static struct ast_expr *arguments(struct parser *p)
{
    struct token opener = p->now;
    struct ast_expr *args = NULL;
    if (p->now.kind != TOKEN_PAREN_OPEN) {
        if (is_args(&p->now))
            return parser_operand(p);
        parser_error(p, "function arguments expected");
        return NULL;
    }
    parser_advance(p);
    if (p->now.kind != TOKEN_PAREN_CLOSE)
        args = parser_expr_list(p);
    parser_expect_closing(p, TOKEN_PAREN_CLOSE, &opener);
    return args;
}

static bool is_typeof(struct parser *p, const struct ast_expr *callee, const struct ast_expr *args)
{
    return callee->kind == AST_NAME && callee->name.word->context == WORD_TYPEOF && !callee->name.local &&
           !callee->name.use && args && !args->next && may_mean_type(p, callee->name.word);
}

/* any and unknown: what the value is says more. */
static bool says_something(const struct ast_type *type)
{
    bool is_builtin = type->kind == AST_TYPE_NAME && !type->name.module && !type->name.decl;
    return !is_builtin || (type->name.builtin != BUILTIN_ANY && type->name.builtin != BUILTIN_UNKNOWN);
}

/* What the expression takes something of: the object of a field, the function of a call; NULL: nothing. */
static const struct ast_expr *owner(const struct ast_expr *expr)
{
    switch ((enum ast_expr_kind)expr->kind) {
    case AST_FIELD:
    case AST_INDEX:
        return expr->index.object;
    case AST_CALL:
        return expr->call.word ? NULL : expr->call.callee;
    case AST_PAREN:
    case AST_NOT_NIL:
        return expr->wrap.inner;
    default:
        return NULL;
    }
}

/* May more be seen of it than its value shows? See shape_declared.c. */
static bool may_be_seen(const struct ast_expr *expr)
{
    enum { HOPS_MAX = 20 };
    for (int i = 0; i < HOPS_MAX && expr; i++) {
        const struct ast_local *local = expr->kind == AST_NAME ? expr->name.local : NULL;
        bool has_parts = (expr->kind == AST_TABLE && expr->items) || expr->kind == AST_FUNCTION;
        if (expr->kind == AST_CAST || (local && local->type) || (i > 0 && has_parts))
            return i > 0 || !local;
        expr = local ? local->value : owner(expr);
    }
    return false;
}

/* The call has its type, as far as it can be seen, as second argument. */
static void add_argument(struct parser *p, struct ast_expr *inner, uint32_t end)
{
    struct ast_type *type = parser_new_type(p, AST_TYPE_TYPEOF, inner->span.start);
    type->expr = inner;
    const struct ast_use *use = parser_use_type(p, type);
    if (!use)
        return;
    parser_mark(p, AST_MARK_ARGUMENT, end, end);
    p->ast->marks[p->ast->mark_count - 1].use = use->index;
}

/* `typeof(x)`: with `x` a local of declared type a constant, else a call like any other. */
static struct ast_expr *typeof_call(struct parser *p, const struct ast_expr *callee, struct ast_expr *inner)
{
    struct ast_expr *expr = parser_new_expr(p, AST_TYPEOF, callee->span.start);
    expr->wrap.inner = inner;
    if (inner->kind == AST_NAME && inner->name.local && inner->name.local->type &&
        says_something(inner->name.local->type))
        expr->wrap.use = parser_use_type(p, inner->name.local->type);
    else if (may_be_seen(inner))
        add_argument(p, inner, expr->span.end - 1);
    mark_use(p, expr, expr->wrap.use);
    return expr;
}

/* `require("name")`, and `require "name"`. */
static void note_require(struct parser *p, const struct ast_expr *callee, const struct ast_expr *args)
{
    if (callee->kind != AST_NAME || callee->name.word->context != WORD_REQUIRE || callee->name.local || p->quiet)
        return;
    if (!args || args->next || args->kind != AST_STRING)
        return;
    struct ast_require *new = arena_alloc(p->arena, sizeof *new);
    new->span = args->span;
    literal_string(p->arena, p->ast->source.text + args->span.start, args->span.end - args->span.start, &new->name);
    *p->last_require = new;
    p->last_require = &new->next;
}

/* At the "(" of `T:is(` with the name of a type: no method needs to be looked for. */
static void mark_is(struct parser *p, const struct ast_expr *callee, const struct word *word, uint32_t colon)
{
    if (p->quiet || callee->kind != AST_NAME || !callee->name.use || strcmp(word->text, "is") != 0 ||
        p->now.kind != TOKEN_PAREN_OPEN)
        return;
    parser_mark(p, AST_MARK_IS, colon, p->now.end);
    p->ast->marks[p->ast->mark_count - 1].separated = parser_peek(p, 1)->kind != TOKEN_PAREN_CLOSE;
}

static struct ast_expr *call(struct parser *p, struct ast_expr *callee)
{
    struct word *word = NULL;
    uint32_t word_start = 0;
    bool in_parentheses = p->now.kind == TOKEN_PAREN_OPEN;
    uint32_t colon = p->now.start;
    if (parser_accept(p, TOKEN_COLON)) {
        word_start = p->now.start;
        word = parser_expect_field_name(p);
        mark_is(p, callee, word, colon);
    }
    struct ast_expr *args = arguments(p);
    if (in_parentheses && is_typeof(p, callee, args))
        return typeof_call(p, callee, args);
    if (!word)
        note_require(p, callee, args);
    struct ast_expr *expr = parser_new_expr(p, AST_CALL, callee->span.start);
    expr->call.callee = callee;
    expr->call.args = args;
    expr->call.word = word;
    expr->word_start = word_start;
    return expr;
}

struct ast_expr *parser_suffixed(struct parser *p)
{
    struct ast_expr *expr = primary(p);
    for (;;) {
        switch (p->now.kind) {
        case TOKEN_DOT:
            expr = field(p, expr);
            break;
        case TOKEN_BRACKET_OPEN:
            expr = indexed(p, expr);
            break;
        case TOKEN_COLON:
        case TOKEN_PAREN_OPEN:
        case TOKEN_STRING:
        case TOKEN_BRACE_OPEN:
            expr = call(p, expr);
            break;
        default:
            return expr;
        }
    }
}

struct ast_expr *parser_function_name(struct parser *p, bool *is_method)
{
    uint32_t start = p->now.start;
    if (p->now.kind != TOKEN_NAME) {
        parser_error(p, "<name> expected");
        return parser_new_expr(p, AST_BAD, start);
    }
    struct ast_expr *expr = name(p, false);
    const struct ast_use *use = expr->name.use;
    if (use && p->now.kind != TOKEN_PAREN_OPEN)
        parser_report(p, expr->span, "a type cannot get fields; give the table or the type another name",
                      "'%s' is a type here", expr->name.word->text);
    while (p->now.kind == TOKEN_DOT)
        expr = field(p, expr);
    *is_method = p->now.kind == TOKEN_COLON;
    return *is_method ? field(p, expr) : expr;
}
