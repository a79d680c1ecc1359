/* SPDX-License-Identifier: MIT */
/* parser_token: reading tokens, expecting them, and what happens when they are not there. See parser_struct.h. */
#include <stdlib.h>

#include "sched/base/memory.h"
#include "vm/lang/parser.h"
#include "vm/lang/parser_help.h"
#include "vm/lang/parser_struct.h"
#include "vm/lang/token.h"

/* ---- tokens ---- */

static void fetch(struct parser *p)
{
    if (!p->ahead_count) {
        lexer_next(&p->lexer, &p->now);
        return;
    }
    p->now = p->ahead[0];
    p->ahead_count--;
    for (unsigned i = 0; i < p->ahead_count; i++)
        p->ahead[i] = p->ahead[i + 1];
}

void parser_start(struct parser *p)
{
    lexer_init(&p->lexer, p->ast);
    fetch(p);
}

/* How brackets change what is open. */
static int opens(const struct token *token)
{
    switch (token->kind) {
    case TOKEN_PAREN_OPEN:
    case TOKEN_BRACE_OPEN:
    case TOKEN_BRACKET_OPEN:
        return 1;
    case TOKEN_PAREN_CLOSE:
    case TOKEN_BRACE_CLOSE:
    case TOKEN_BRACKET_CLOSE:
        return -1;
    default:
        return 0;
    }
}

void parser_advance(struct parser *p)
{
    if (p->panic)
        return;
    p->open += opens(&p->now);
    p->previous = p->now;
    fetch(p);
}

const struct token *parser_peek(struct parser *p, unsigned n)
{
    if (p->panic)
        return &p->now;
    while (p->ahead_count < n)
        lexer_next(&p->lexer, &p->ahead[p->ahead_count++]);
    return &p->ahead[n - 1];
}

bool parser_accept(struct parser *p, enum token_kind kind)
{
    if (p->now.kind != kind)
        return false;
    parser_advance(p);
    return true;
}

bool parser_is_context(const struct parser *p, enum word_context context)
{
    return p->now.kind == TOKEN_NAME && p->now.word->context == context;
}

void parser_close_angle(struct parser *p)
{
    if (p->now.kind == TOKEN_SHIFT_RIGHT || p->now.kind == TOKEN_GREATER_EQUAL) {
        p->previous = p->now;
        p->previous.end = p->now.start + 1;
        p->previous.kind = TOKEN_GREATER;
        p->now.kind = p->now.kind == TOKEN_SHIFT_RIGHT ? TOKEN_GREATER : TOKEN_ASSIGN;
        p->now.start++;
        p->now.is_first = false;
        return;
    }
    parser_expect(p, TOKEN_GREATER);
}

/* ---- errors ---- */

static void record(struct parser *p, struct ast_span span, const char *message, const char *help)
{
    struct diagnostic diagnostic = {
        .code = "P0001", .message = message, .help = help, .start = span.start, .end = span.end};
    diagnostics_add(&p->ast->diagnostics, &diagnostic);
    if (++p->errors >= PARSER_ERRORS_MAX)
        p->fatal = true;
}

static void poison(struct parser *p)
{
    if (p->panic)
        return;
    p->cause = p->now;
    p->panic = p->has_stumbled = true;
    p->now.kind = TOKEN_EOF;
}

void parser_error(struct parser *p, const char *what)
{
    parser_error_help(p, what, NULL);
}

void parser_error_help(struct parser *p, const char *what, const char *help)
{
    if (p->panic)
        return;
    struct parser_advice advice = {.help = help, .span = {p->now.start, p->now.end}};
    if (!help)
        parser_advise(p, what, &advice);
    if (!advice.message)
        advice.message = arena_printf(p->arena, "%s near %s", what, lexer_near(p->ast, p->now.start, p->now.end));
    record(p, advice.span, advice.message, advice.help);
    poison(p);
}

void parser_report(struct parser *p, struct ast_span span, const char *help, const char *fmt, ...)
{
    if (p->panic)
        return;
    va_list args;
    va_start(args, fmt);
    record(p, span, arena_vprintf(p->arena, fmt, args), help);
    va_end(args);
    if (p->fatal)
        poison(p);
}

void parser_remark(struct parser *p, struct ast_span span, struct diagnostic remark)
{
    if (p->panic || p->is_trial || p->ast->remarks.count >= PARSER_REMARKS_MAX)
        return;
    remark.start = span.start;
    remark.end = span.end;
    diagnostics_add(&p->ast->remarks, &remark);
}

bool parser_enter(struct parser *p)
{
    if (++p->depth <= AST_DEPTH_MAX)
        return true;
    parser_error(p, arena_printf(p->arena, "too many nested levels (limit is %d)", AST_DEPTH_MAX));
    p->fatal = true;
    return false;
}

void parser_leave(struct parser *p)
{
    p->depth--;
}

/* ---- expecting ---- */

static const char *quoted(struct parser *p, enum token_kind kind)
{
    return kind == TOKEN_EOF || kind == TOKEN_NAME ? token_kind_text(kind)
                                                   : arena_printf(p->arena, "'%s'", token_kind_text(kind));
}

static void error_expected(struct parser *p, enum token_kind kind)
{
    parser_error(p, arena_printf(p->arena, "%s expected", quoted(p, kind)));
}

bool parser_expect(struct parser *p, enum token_kind kind)
{
    if (parser_accept(p, kind))
        return true;
    error_expected(p, kind);
    return false;
}

struct word *parser_expect_name(struct parser *p)
{
    struct word *word = p->now.word;
    return parser_expect(p, TOKEN_NAME) ? word : words_intern(&p->ast->words, "", 0);
}

bool parser_is_keyword(const struct token *token)
{
    return token->kind >= TOKEN_AND && token->kind <= TOKEN_WHILE;
}

struct word *parser_expect_field_name(struct parser *p)
{
    struct word *word = p->now.word;
    if (!parser_is_keyword(&p->now) || p->now.is_first)
        return parser_expect_name(p);
    parser_report(p, (struct ast_span){p->now.start, p->now.end}, "write it as a string in brackets: t[\"end\"]",
                  "'%s' is a word of the language and cannot be a name", word->text);
    parser_advance(p);
    return word;
}

/* Blanks at the beginning of the token's line. */
static uint32_t indent_of(const struct parser *p, const struct token *token)
{
    const struct source *source = &p->ast->source;
    uint32_t start = source->lines[token->line - 1], at = start;
    while (at < source->length && (source->text[at] == ' ' || source->text[at] == '\t'))
        at++;
    return at - start;
}

/* Remembers the first `end` that stands below something else than what it closes. */
static void watch_indent(struct parser *p, const struct token *opener)
{
    if (p->odd_end.end || !p->now.is_first || p->now.line == opener->line ||
        indent_of(p, &p->now) == indent_of(p, opener))
        return;
    p->odd_end = p->now;
    p->odd_opener = *opener;
}

void parser_watch_else(struct parser *p)
{
    const struct token *next = parser_peek(p, 1);
    if (p->now.kind == TOKEN_ELSE && next->kind == TOKEN_IF && !next->is_first && !p->dangling_else.end)
        p->dangling_else = p->now;
}

static const char *explain_missing_end(struct parser *p)
{
    if (p->dangling_else.end && (!p->odd_end.end || p->odd_opener.kind == TOKEN_IF))
        return arena_printf(p->arena,
                            "'else if' at line %u opens an 'if' that needs an 'end' of its own; 'elseif' does not",
                            p->dangling_else.line);
    if (p->odd_end.end)
        return arena_printf(p->arena, "the 'end' at line %u closes '%s' at line %u, but is not indented like it",
                            p->odd_end.line, token_kind_text(p->odd_opener.kind), p->odd_opener.line);
    return NULL;
}

void parser_expect_closing(struct parser *p, enum token_kind kind, const struct token *opener)
{
    if (kind == TOKEN_END && p->now.kind == TOKEN_END)
        watch_indent(p, opener);
    if (parser_accept(p, kind) || p->panic)
        return;
    uint32_t first = p->ast->diagnostics.count;
    if (p->now.line == opener->line)
        error_expected(p, kind);
    else
        parser_error(p, arena_printf(p->arena, "'%s' expected (to close '%s' at line %u)", token_kind_text(kind),
                                     token_kind_text(opener->kind), opener->line));
    struct diagnostic *diagnostic = &p->ast->diagnostics.items[first];
    if (kind == TOKEN_END && p->cause.kind == TOKEN_EOF && !diagnostic->help)
        diagnostic->help = explain_missing_end(p);
}

/* ---- going on ---- */

bool parser_is_block_end(const struct token *token)
{
    switch (token->kind) {
    case TOKEN_EOF:
    case TOKEN_END:
    case TOKEN_ELSE:
    case TOKEN_ELSEIF:
    case TOKEN_UNTIL:
        return true;
    default:
        return false;
    }
}

static bool begins_statement(struct parser *p)
{
    switch (p->now.kind) {
    case TOKEN_FUNCTION:
        return parser_peek(p, 1)->kind == TOKEN_NAME;
    case TOKEN_BREAK:
    case TOKEN_DO:
    case TOKEN_FOR:
    case TOKEN_GOTO:
    case TOKEN_IF:
    case TOKEN_LOCAL:
    case TOKEN_REPEAT:
    case TOKEN_RETURN:
    case TOKEN_WHILE:
        return true;
    case TOKEN_NAME:
        return p->now.is_first && (p->open <= p->statement_open || parser_is_type_decl(p));
    default:
        return false;
    }
}

static void revive(struct parser *p)
{
    p->panic = false;
    p->now = p->cause;
}

/* Behind an anonymous function, whose statements are none of the list that is recovering. */
static void skip_function(struct parser *p)
{
    unsigned open = 0;
    do {
        switch (p->now.kind) {
        case TOKEN_FUNCTION:
        case TOKEN_DO:
        case TOKEN_IF:
        case TOKEN_REPEAT:
            open++;
            break;
        case TOKEN_END:
        case TOKEN_UNTIL:
            open--;
            break;
        }
        parser_advance(p);
    } while (open && p->now.kind != TOKEN_EOF);
}

bool parser_recover(struct parser *p)
{
    if (p->fatal)
        return false;
    revive(p);
    if (p->now.start == p->statement_start && !parser_is_block_end(&p->now))
        parser_advance(p);
    while (!parser_is_block_end(&p->now) && !begins_statement(p))
        if (p->now.kind == TOKEN_FUNCTION)
            skip_function(p);
        else
            parser_advance(p);
    p->open = p->statement_open;
    return true;
}

void parser_resume_at(struct parser *p, enum token_kind one, enum token_kind other)
{
    if (!p->panic || p->fatal)
        return;
    revive(p);
    while (p->now.kind != one && p->now.kind != other && p->now.kind != TOKEN_EOF)
        parser_advance(p);
}

void parser_expect_head(struct parser *p, enum token_kind kind)
{
    if (!p->panic && parser_accept(p, kind))
        return;
    enum token_kind other = kind == TOKEN_DO ? TOKEN_THEN : TOKEN_DO;
    bool is_swapped = p->now.kind == other && kind != TOKEN_PAREN_CLOSE;
    error_expected(p, kind);
    if (p->fatal)
        return;
    revive(p);
    if (is_swapped) {
        parser_advance(p);
        return;
    }
    struct parser saved = *p;
    while (p->now.kind != kind && !parser_is_block_end(&p->now) && !begins_statement(p) &&
           (kind != TOKEN_PAREN_CLOSE || p->now.line == saved.now.line))
        parser_advance(p);
    if (parser_accept(p, kind))
        return;
    saved.fatal = p->fatal;
    *p = saved;
}

void parser_mark(struct parser *p, enum ast_mark_kind kind, uint32_t start, uint32_t end)
{
    struct ast *ast = p->ast;
    if (p->quiet)
        return;
    if (ast->mark_count == ast->mark_capacity) {
        ast->mark_capacity = ast->mark_capacity ? ast->mark_capacity * 2 : 32;
        ast->marks = memory_resize(ast->marks, ast->mark_capacity * sizeof *ast->marks, "parsing a source");
    }
    ast->marks[ast->mark_count++] = (struct ast_mark){.kind = (uint8_t)kind, .span = {start, end}};
}
