/* SPDX-License-Identifier: MIT */
/* parser_stat: statements and blocks. */
#include "vm/lang/parser_scope.h"
#include "vm/lang/parser_struct.h"

struct ast_stat *parser_new_stat(struct parser *p, enum ast_stat_kind kind)
{
    struct ast_stat *stat = arena_alloc(p->arena, sizeof *stat);
    stat->kind = (uint8_t)kind;
    stat->span.start = p->now.start;
    return stat;
}

/* A block with names of its own. */
static void scoped_block(struct parser *p, struct ast_block *block, bool is_loop)
{
    parser_open_block(p, is_loop);
    parser_block_body(p, block);
    parser_close_block(p);
}

/* ---- control ---- */

static void clause(struct parser *p, struct ast_clause *new, bool has_condition)
{
    parser_advance(p);
    if (has_condition) {
        new->condition = parser_expr(p);
        parser_expect_head(p, TOKEN_THEN);
    }
    scoped_block(p, &new->block, false);
}

static struct ast_stat *if_stat(struct parser *p)
{
    struct token opener = p->now, clause_opener;
    struct ast_stat *stat = parser_new_stat(p, AST_IF);
    struct ast_clause **last = &stat->clauses;
    do {
        clause_opener = p->now;
        parser_watch_else(p);
        *last = arena_alloc(p->arena, sizeof **last);
        clause(p, *last, clause_opener.kind != TOKEN_ELSE);
        last = &(*last)->next;
    } while (clause_opener.kind != TOKEN_ELSE && (p->now.kind == TOKEN_ELSEIF || p->now.kind == TOKEN_ELSE));
    parser_expect_closing(p, TOKEN_END, &opener);
    return stat;
}

static struct ast_stat *while_stat(struct parser *p)
{
    struct token opener = p->now;
    struct ast_stat *stat = parser_new_stat(p, AST_WHILE);
    parser_advance(p);
    stat->exprs = parser_expr(p);
    parser_expect_head(p, TOKEN_DO);
    scoped_block(p, &stat->block, true);
    parser_expect_closing(p, TOKEN_END, &opener);
    return stat;
}

static struct ast_stat *do_stat(struct parser *p)
{
    struct token opener = p->now;
    struct ast_stat *stat = parser_new_stat(p, AST_DO);
    parser_advance(p);
    scoped_block(p, &stat->block, false);
    parser_expect_closing(p, TOKEN_END, &opener);
    return stat;
}

/* The condition sees the locals of the body. */
static struct ast_stat *repeat_stat(struct parser *p)
{
    struct token opener = p->now;
    struct ast_stat *stat = parser_new_stat(p, AST_REPEAT);
    parser_advance(p);
    parser_open_block(p, true);
    parser_open_block(p, false);
    parser_block_body(p, &stat->block);
    parser_expect_closing(p, TOKEN_UNTIL, &opener);
    stat->exprs = parser_expr(p);
    parser_close_block(p);
    parser_close_block(p);
    return stat;
}

static struct ast_local *loop_name(struct parser *p)
{
    struct ast_span span = {p->now.start, p->now.end};
    struct ast_local *local = parser_new_local(p, parser_expect_name(p), span);
    local->is_loop_variable = true;
    if (p->now.kind == TOKEN_COLON) {
        span = (struct ast_span){p->now.start, p->now.end};
        parser_report(p, span, NULL, "loop variables have no type annotation; their types follow from the loop");
        parser_advance(p);
        parser_type(p);
    }
    return local;
}

static void loop_names(struct parser *p, struct ast_stat *stat)
{
    struct ast_local *last = stat->names = loop_name(p);
    while (parser_accept(p, TOKEN_COMMA))
        last = last->next = loop_name(p);
}

static void for_head(struct parser *p, struct ast_stat *stat)
{
    loop_names(p, stat);
    if (!stat->names->next && parser_accept(p, TOKEN_ASSIGN)) {
        stat->exprs = parser_expr(p);
        parser_expect(p, TOKEN_COMMA);
        stat->exprs->next = parser_expr(p);
        if (parser_accept(p, TOKEN_COMMA))
            stat->exprs->next->next = parser_expr(p);
    } else if (parser_accept(p, TOKEN_IN)) {
        stat->kind = AST_FOR_IN;
        stat->exprs = parser_expr_list(p);
    } else {
        parser_error(p, stat->names->next ? "'in' expected" : "'=' or 'in' expected");
    }
}

/* Lua keeps three hidden locals outside the body: nothing can jump past them. */
static struct ast_stat *for_stat(struct parser *p)
{
    struct token opener = p->now;
    struct ast_stat *stat = parser_new_stat(p, AST_FOR_NUMBER);
    parser_advance(p);
    parser_open_block(p, true);
    for_head(p, stat);
    parser_expect_head(p, TOKEN_DO);
    parser_open_block(p, false);
    parser_declare_locals(p, stat->names);
    parser_block_body(p, &stat->block);
    parser_close_block(p);
    parser_expect_closing(p, TOKEN_END, &opener);
    parser_close_block(p);
    return stat;
}

/* ---- functions and locals ---- */

/* Assigning to the name of a type would be no error in Lua, but the value could never be read. */
static void check_target(struct parser *p, const struct ast_expr *target)
{
    parser_note_target(p, target);
    if (target->kind == AST_NAME && target->name.local)
        target->name.local->is_assigned = true;
    else if (target->kind == AST_NAME && target->name.use)
        parser_report(p, target->span, "declare a local variable, or give the type another name",
                      "'%s' is a type here and cannot be assigned", target->name.word->text);
}

static struct ast_stat *function_stat(struct parser *p)
{
    struct token opener = p->now;
    struct ast_stat *stat = parser_new_stat(p, AST_FUNCTION_STAT);
    bool is_method = false;
    parser_advance(p);
    struct ast_expr *target = parser_function_name(p, &is_method);
    stat->targets = target;
    check_target(p, target);
    stat->function = parser_function(p, &opener, is_method);
    return stat;
}

static struct ast_stat *local_function(struct parser *p, struct ast_stat *stat)
{
    struct token opener = p->now;
    stat->kind = AST_LOCAL_FUNCTION;
    parser_advance(p);
    struct ast_span span = {p->now.start, p->now.end};
    stat->names = parser_new_local(p, parser_expect_name(p), span);
    parser_declare_locals(p, stat->names);
    stat->function = parser_function(p, &opener, false);
    stat->names->value = parser_new_expr(p, AST_FUNCTION, opener.start);
    stat->names->value->function = stat->function;
    return stat;
}

/* Good Lua, but only the last of them can be seen. Names like `_` are there to be ignored. */
static void remark_duplicates(struct parser *p, const struct ast_local *list)
{
    for (const struct ast_local *local = list->next; local; local = local->next)
        if (local->shadowed && local->shadowed->span.start >= list->span.start && local->word->text[0] != '_')
            parser_remark(
                p, local->span,
                (struct diagnostic){
                    .code = "E0017",
                    .message = arena_printf(p->arena, "'%s' is declared twice in one 'local'", local->word->text),
                    .help = "the second hides the first; give one of them another name, or write '_'",
                });
}

static struct ast_stat *local_stat(struct parser *p)
{
    struct ast_stat *stat = parser_new_stat(p, AST_LOCAL);
    parser_advance(p);
    if (p->now.kind == TOKEN_FUNCTION)
        return local_function(p, stat);
    stat->names = parser_typed_names(p);
    if (parser_accept(p, TOKEN_ASSIGN))
        stat->exprs = parser_expr_list(p);
    struct ast_expr *value = stat->exprs;
    for (struct ast_local *local = stat->names; local && value; local = local->next, value = value->next)
        local->value = value;
    parser_declare_locals(p, stat->names);
    remark_duplicates(p, stat->names);
    return stat;
}

/* ---- jumps ---- */

static struct ast_stat *return_stat(struct parser *p)
{
    struct ast_stat *stat = parser_new_stat(p, AST_RETURN);
    parser_advance(p);
    if (!parser_is_block_end(&p->now) && p->now.kind != TOKEN_SEMICOLON)
        stat->exprs = parser_expr_list(p);
    parser_accept(p, TOKEN_SEMICOLON);
    return stat;
}

static struct ast_stat *break_stat(struct parser *p)
{
    struct ast_stat *stat = parser_new_stat(p, AST_BREAK);
    parser_add_goto(p, NULL, (struct ast_span){p->now.start, p->now.end});
    parser_advance(p);
    return stat;
}

static struct ast_stat *goto_stat(struct parser *p)
{
    struct ast_stat *stat = parser_new_stat(p, AST_GOTO);
    parser_advance(p);
    struct ast_span span = {stat->span.start, p->now.end};
    stat->label = parser_expect_name(p);
    if (!p->panic)
        parser_add_goto(p, stat->label, span);
    return stat;
}

static bool is_no_operation(struct parser *p)
{
    return p->now.kind == TOKEN_SEMICOLON || p->now.kind == TOKEN_DOUBLE_COLON || parser_is_type_decl(p);
}

/* The labels and empty statements behind a label are read with it, for whether it is the last one depends on them. */
static struct ast_stat *label_stat(struct parser *p)
{
    struct ast_stat *stat = parser_new_stat(p, AST_LABEL), *last = stat;
    parser_advance(p);
    struct ast_span span = {stat->span.start, p->now.end};
    stat->label = parser_expect_name(p);
    if (!parser_expect(p, TOKEN_DOUBLE_COLON))
        return stat;
    stat->span.end = p->previous.end;
    struct parser_label *label = parser_open_label(p, stat->label, span);
    while (is_no_operation(p) && !p->panic) {
        last->next = parser_statement(p);
        while (last->next)
            last = last->next;
    }
    parser_close_label(p, label, parser_is_block_end(&p->now) && p->now.kind != TOKEN_UNTIL);
    return stat;
}

/* ---- expressions as statements ---- */

static struct ast_stat *assignment(struct parser *p, struct ast_stat *stat, struct ast_expr *target)
{
    stat->kind = AST_ASSIGN;
    stat->targets = target;
    for (;;) {
        if (target->kind != AST_NAME && target->kind != AST_FIELD && target->kind != AST_INDEX)
            parser_error(p, "syntax error");
        check_target(p, target);
        if (!parser_accept(p, TOKEN_COMMA))
            break;
        if (!parser_enter(p)) /* as Lua: its list of targets is a recursion */
            break;
        target = target->next = parser_suffixed(p);
    }
    for (target = stat->targets->next; target && p->depth; target = target->next)
        parser_leave(p);
    parser_expect(p, TOKEN_ASSIGN);
    stat->exprs = parser_expr_list(p);
    return stat;
}

static struct ast_stat *expression_stat(struct parser *p)
{
    struct ast_stat *stat = parser_new_stat(p, AST_CALL_STAT);
    struct ast_expr *expr = parser_suffixed(p);
    if (p->now.kind == TOKEN_ASSIGN || p->now.kind == TOKEN_COMMA)
        return assignment(p, stat, expr);
    stat->exprs = expr;
    if (expr->kind == AST_TYPEOF) {
        if (expr->wrap.use) /* a constant is no statement */
            p->ast->marks[p->ast->mark_count - 1].kind = AST_MARK_STATEMENT;
    } else if (expr->kind != AST_CALL) {
        parser_error(p, "syntax error");
    }
    return stat;
}

static struct ast_stat *any_statement(struct parser *p)
{
    switch (p->now.kind) {
    case TOKEN_SEMICOLON:
        parser_advance(p);
        return NULL;
    case TOKEN_IF:
        return if_stat(p);
    case TOKEN_WHILE:
        return while_stat(p);
    case TOKEN_DO:
        return do_stat(p);
    case TOKEN_FOR:
        return for_stat(p);
    case TOKEN_REPEAT:
        return repeat_stat(p);
    case TOKEN_FUNCTION:
        return function_stat(p);
    case TOKEN_LOCAL:
        return local_stat(p);
    case TOKEN_DOUBLE_COLON:
        return label_stat(p);
    case TOKEN_RETURN:
        return return_stat(p);
    case TOKEN_BREAK:
        return break_stat(p);
    case TOKEN_GOTO:
        return goto_stat(p);
    default:
        return parser_is_type_decl(p) ? parser_type_decl(p) : expression_stat(p);
    }
}

struct ast_stat *parser_statement(struct parser *p)
{
    p->statement_start = p->now.start;
    p->statement_open = p->open;
    struct ast_stat *stat = parser_enter(p) ? any_statement(p) : NULL;
    parser_leave(p);
    if (stat && !stat->span.end)
        stat->span.end = p->previous.end;
    return stat;
}

/* Could a statement begin so? Other tokens will be errors of their own. */
static bool may_begin(const struct token *token)
{
    switch (token->kind) {
    case TOKEN_NAME:
    case TOKEN_PAREN_OPEN:
    case TOKEN_DOUBLE_COLON:
    case TOKEN_SEMICOLON:
        return true;
    default:
        return parser_is_keyword(token) && !parser_is_block_end(token);
    }
}

void parser_block_body(struct parser *p, struct ast_block *block)
{
    struct ast_stat **last = &block->first;
    block->span.start = p->previous.end;
    for (;;) {
        if (p->panic && !parser_recover(p))
            break;
        if (parser_is_block_end(&p->now))
            break;
        bool is_return = p->now.kind == TOKEN_RETURN;
        *last = parser_statement(p);
        while (*last)
            last = &(*last)->next;
        if (is_return && !p->panic && may_begin(&p->now))
            parser_report(p, (struct ast_span){p->now.start, p->now.end},
                          "to leave in the middle write 'do return end'",
                          "'return' must be the last statement of its block");
    }
    block->span.end = p->now.start;
}
