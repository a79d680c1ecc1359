/* SPDX-License-Identifier: MIT */
/* parser_decl: function signatures and bodies, declarations of types. All but the names is erased. */
#include "vm/lang/parser_scope.h"
#include "vm/lang/parser_struct.h"

/* ---- names with types ---- */

static struct ast_type *optional_annotation(struct parser *p, struct ast_local *local)
{
    uint32_t start = p->now.start;
    local->is_optional = true;
    parser_advance(p);
    parser_expect(p, TOKEN_COLON);
    struct ast_type *inner = parser_type(p);
    struct ast_type *type = inner;
    if (inner->kind != AST_TYPE_OPTIONAL) {
        type = parser_new_type(p, AST_TYPE_OPTIONAL, inner->span.start);
        type->inner = inner;
    }
    parser_mark(p, AST_MARK_ERASE, start, p->previous.end);
    return type;
}

static struct ast_local *typed_name(struct parser *p, bool is_parameter)
{
    struct ast_span span = {p->now.start, p->now.end};
    struct ast_local *local = parser_new_local(p, parser_expect_name(p), span);
    local->is_parameter = is_parameter;
    if (is_parameter && p->now.kind == TOKEN_QUESTION)
        local->type = optional_annotation(p, local);
    else
        local->type = parser_annotation(p);
    return local;
}

/* `x <const>`, of a later Lua. */
static void refuse_attribute(struct parser *p)
{
    if (p->now.kind != TOKEN_LESS || parser_peek(p, 1)->kind != TOKEN_NAME || parser_peek(p, 2)->kind != TOKEN_GREATER)
        return;
    struct ast_span span = {p->now.start, parser_peek(p, 2)->end};
    parser_report(p, span, "leave it out", "Lua 5.3 has no attributes of variables (<%s>)",
                  parser_peek(p, 1)->word->text);
    for (int i = 0; i < 3; i++)
        parser_advance(p);
}

struct ast_local *parser_typed_names(struct parser *p)
{
    struct ast_local *first, *last;
    first = last = typed_name(p, false);
    refuse_attribute(p);
    while (parser_accept(p, TOKEN_COMMA)) {
        last = last->next = typed_name(p, false);
        refuse_attribute(p);
    }
    return first;
}

struct parameters {
    struct ast_local *list;
    bool is_vararg;
    struct ast_type *vararg_type;
};

/* ( … ) */
static struct parameters parameters(struct parser *p)
{
    struct parameters result = {0};
    struct ast_local **last = &result.list;
    if (!parser_expect(p, TOKEN_PAREN_OPEN))
        return result;
    while (p->now.kind != TOKEN_PAREN_CLOSE) {
        if (parser_accept(p, TOKEN_ELLIPSIS)) {
            result.is_vararg = true;
            result.vararg_type = parser_annotation(p);
            break;
        }
        if (p->now.kind != TOKEN_NAME)
            parser_error(p, "<name> or '...' expected");
        if (p->panic)
            break;
        *last = typed_name(p, true);
        last = &(*last)->next;
        if (!parser_accept(p, TOKEN_COMMA))
            break;
        if (p->now.kind == TOKEN_PAREN_CLOSE)
            parser_error(p, "<name> or '...' expected");
    }
    if (p->now.kind == TOKEN_ASSIGN && result.list)
        parser_error_help(p, "')' expected", "parameters have no default values; write 'x = x or 1' in the body");
    parser_expect_head(p, TOKEN_PAREN_CLOSE);
    return result;
}

static struct ast_result result(struct parser *p)
{
    struct ast_result new = {0};
    uint32_t start = p->now.start;
    if (!parser_accept(p, TOKEN_COLON))
        return new;
    parser_result(p, &new, true);
    parser_mark(p, AST_MARK_ERASE, start, p->previous.end);
    return new;
}

/* ---- functions ---- */

static struct ast_decl *new_decl(struct parser *p, enum ast_decl_kind kind)
{
    struct ast_decl *decl = arena_alloc(p->arena, sizeof *decl);
    decl->kind = kind;
    decl->name_span = decl->span = (struct ast_span){p->now.start, p->now.end};
    decl->word = parser_expect_name(p);
    decl->function = p->function->ast;
    return decl;
}

/* <T, U: bound>; the parameters are in scope from here on, in each other's bounds too. */
static struct ast_decl *type_params(struct parser *p)
{
    struct ast_decl *first = NULL, **last = &first;
    uint32_t start = p->now.start;
    if (!parser_accept(p, TOKEN_LESS))
        return NULL;
    do {
        struct ast_decl *param = new_decl(p, AST_DECL_PARAM);
        parser_declare_type(p, param);
        if (parser_accept(p, TOKEN_COLON))
            param->type = parser_type(p);
        param->span.end = p->previous.end;
        *last = param;
        last = &param->next;
    } while (parser_accept(p, TOKEN_COMMA));
    parser_close_angle(p);
    parser_mark(p, AST_MARK_ERASE, start, p->previous.end);
    return first;
}

static struct ast_local *add_self(struct parser *p, struct ast_local *params)
{
    struct ast_span nowhere = {p->now.start, p->now.start};
    struct ast_local *self = parser_new_local(p, words_intern(&p->ast->words, "self", 4), nowhere);
    self->is_parameter = true;
    self->next = params;
    return self;
}

struct ast_function *parser_function(struct parser *p, const struct token *opener, bool is_method)
{
    struct ast_function *function = arena_alloc(p->arena, sizeof *function);
    function->span.start = opener->start;
    function->line = opener->line;
    function->is_method = is_method;
    parser_open_function(p, function);
    function->type_params = type_params(p);
    struct parameters params = parameters(p);
    function->params = is_method ? add_self(p, params.list) : params.list;
    function->is_vararg = params.is_vararg;
    function->vararg_type = params.vararg_type;
    function->result = result(p);
    parser_declare_locals(p, function->params);
    parser_block_body(p, &function->body);
    parser_expect_closing(p, TOKEN_END, opener);
    parser_close_function(p);
    function->span.end = p->previous.end;
    return function;
}

/* ---- type declarations ---- */

bool parser_is_type_decl(struct parser *p)
{
    if (!parser_is_context(p, WORD_TYPE) && !parser_is_context(p, WORD_INTERFACE))
        return false;
    if (parser_peek(p, 1)->kind != TOKEN_NAME)
        return false;
    enum token_kind third = parser_peek(p, 2)->kind;
    if (p->now.word->context == WORD_TYPE)
        return third == TOKEN_ASSIGN || third == TOKEN_LESS;
    return third == TOKEN_COLON || third == TOKEN_FUNCTION || third == TOKEN_END;
}

static struct ast_decl *open_decl(struct parser *p, enum ast_decl_kind kind)
{
    parser_advance(p);
    struct ast_decl *decl = new_decl(p, kind);
    decl->is_top_level = !p->function->outer && !p->block->outer;
    *p->last_decl = decl;
    p->last_decl = &decl->next;
    parser_declare_type(p, decl);
    return decl;
}

/* `fun(…): A, B`: here the comma can belong to nothing else. */
static void more_results(struct parser *p, struct ast_type *type)
{
    if (type->kind != AST_TYPE_FUNCTION || type->is_grouped || !type->function.result.types)
        return;
    struct ast_type *last = type->function.result.types;
    while (!last->next && parser_accept(p, TOKEN_COMMA))
        do
            last = last->next = parser_type(p);
        while (parser_accept(p, TOKEN_COMMA));
    type->span.end = p->previous.end;
}

static struct ast_decl *alias(struct parser *p)
{
    struct ast_decl *decl = open_decl(p, AST_DECL_ALIAS), *outer = p->types;
    decl->params = type_params(p);
    parser_expect(p, TOKEN_ASSIGN);
    decl->type = parser_type(p);
    more_results(p, decl->type);
    parser_end_types(p, outer);
    return decl;
}

static void bases(struct parser *p, struct ast_decl *decl)
{
    struct ast_type **last = &decl->bases;
    do {
        if (p->now.kind != TOKEN_NAME)
            parser_error(p, "<name> expected");
        *last = parser_type(p);
        if ((*last)->kind != AST_TYPE_NAME && (*last)->kind != AST_TYPE_BAD)
            parser_report(p, (*last)->span, NULL, "an interface extends named types only");
        last = &(*last)->next;
    } while (parser_accept(p, TOKEN_COMMA));
}

static struct ast_method *method(struct parser *p)
{
    struct ast_method *new = arena_alloc(p->arena, sizeof *new);
    parser_advance(p);
    new->span = (struct ast_span){p->now.start, p->now.end};
    new->word = parser_expect_name(p);
    struct parameters params = parameters(p);
    new->params = params.list;
    new->is_vararg = params.is_vararg;
    new->vararg_type = params.vararg_type;
    new->result = result(p);
    return new;
}

static struct ast_decl *interface(struct parser *p, const struct token *opener)
{
    struct ast_decl *decl = open_decl(p, AST_DECL_INTERFACE);
    struct ast_method **last = &decl->methods;
    if (parser_accept(p, TOKEN_COLON))
        bases(p, decl);
    parser_resume_at(p, TOKEN_FUNCTION, TOKEN_END);
    while (p->now.kind == TOKEN_FUNCTION) {
        *last = method(p);
        last = &(*last)->next;
        parser_resume_at(p, TOKEN_FUNCTION, TOKEN_END);
    }
    parser_expect_closing(p, TOKEN_END, opener);
    return decl;
}

struct ast_stat *parser_type_decl(struct parser *p)
{
    struct token opener = p->now;
    struct ast_stat *stat = parser_new_stat(p, AST_TYPE_DECL);
    stat->decl = opener.word->context == WORD_TYPE ? alias(p) : interface(p, &opener);
    stat->decl->span = (struct ast_span){opener.start, p->previous.end};
    parser_mark(p, AST_MARK_STATEMENT, opener.start, p->previous.end);
    return stat;
}
