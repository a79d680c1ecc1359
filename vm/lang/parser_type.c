/* SPDX-License-Identifier: MIT */
/* parser_type: types but for those in braces and parentheses; annotations; results of functions. */
#include "vm/lang/literal.h"
#include "vm/lang/parser_brace.h"
#include "vm/lang/parser_scope.h"
#include "vm/lang/parser_struct.h"

struct ast_type *parser_new_type(struct parser *p, enum ast_type_kind kind, uint32_t start)
{
    struct ast_type *type = arena_alloc(p->arena, sizeof *type);
    type->kind = (uint8_t)kind;
    type->span.start = start;
    type->span.end = p->previous.end > start ? p->previous.end : start;
    return type;
}

bool parser_starts_type(const struct token *token)
{
    switch (token->kind) {
    case TOKEN_NAME:
    case TOKEN_STRING:
    case TOKEN_NUMBER:
    case TOKEN_MINUS:
    case TOKEN_NIL:
    case TOKEN_TRUE:
    case TOKEN_FALSE:
    case TOKEN_FUNCTION:
    case TOKEN_BRACE_OPEN:
    case TOKEN_PAREN_OPEN:
    case TOKEN_PIPE:
        return true;
    default:
        return false;
    }
}

bool parser_is_operator_word(struct parser *p, enum word_context context)
{
    if (!parser_is_context(p, context))
        return false;
    const struct token *next = parser_peek(p, 1);
    bool can_be_called = next->kind == TOKEN_PAREN_OPEN || next->kind == TOKEN_STRING || next->kind == TOKEN_BRACE_OPEN;
    return parser_starts_type(next) && !(can_be_called && p->now.is_first);
}

/* ---- literals ---- */

static void set_literal(struct parser *p, const struct token *token, struct ast_literal *literal)
{
    const char *text = p->ast->source.text + token->start;
    size_t length = token->end - token->start;
    if (token->kind == TOKEN_STRING) {
        literal_string(p->arena, text, length, literal);
    } else if (token->kind == TOKEN_NUMBER) {
        literal_number(text, length, literal);
    } else {
        literal->kind = AST_LITERAL_BOOLEAN;
        literal->boolean = token->kind == TOKEN_TRUE;
    }
}

static void negate(struct ast_literal *literal)
{
    literal->integer = (int64_t)(0 - (uint64_t)literal->integer);
    literal->number = -literal->number;
}

static bool read_literal(struct parser *p, struct ast_literal *literal)
{
    bool minus = parser_accept(p, TOKEN_MINUS);
    bool is_literal =
        p->now.kind == TOKEN_NUMBER ||
        (!minus && (p->now.kind == TOKEN_STRING || p->now.kind == TOKEN_TRUE || p->now.kind == TOKEN_FALSE));
    if (!is_literal) {
        parser_error(p, minus ? "number expected" : "number, string or boolean expected");
        return false;
    }
    set_literal(p, &p->now, literal);
    if (minus)
        negate(literal);
    parser_advance(p);
    return true;
}

struct ast_literal *parser_literal(struct parser *p)
{
    struct ast_literal *literal = arena_alloc(p->arena, sizeof *literal);
    read_literal(p, literal);
    return literal;
}

static struct ast_type *literal_type(struct parser *p)
{
    uint32_t start = p->now.start;
    struct ast_literal literal = {0};
    bool good = read_literal(p, &literal);
    struct ast_type *type = parser_new_type(p, good ? AST_TYPE_LITERAL : AST_TYPE_BAD, start);
    type->literal = literal;
    return type;
}

/* ---- names ---- */

static struct ast_type *keyword_type(struct parser *p, enum word_builtin builtin)
{
    uint32_t start = p->now.start;
    struct word *word = p->now.word;
    parser_advance(p);
    struct ast_type *type = parser_new_type(p, AST_TYPE_NAME, start);
    type->name.word = word;
    type->name.builtin = builtin;
    return type;
}

/* What stands right behind the word belongs to it, whatever Lua would make of it. */
static struct ast_type *function_word(struct parser *p)
{
    struct ast_type *type = keyword_type(p, BUILTIN_FUNCTION);
    if (p->now.kind == TOKEN_PAREN_OPEN && p->now.start == p->previous.end)
        parser_error_help(p, "syntax error", "the type of a function is written '(a: A) -> B' or 'fun(a: A): B'");
    return type;
}

static struct ast_type *type_args(struct parser *p)
{
    struct ast_type *first, *last;
    parser_advance(p);
    first = last = parser_type(p);
    while (parser_accept(p, TOKEN_COMMA))
        last = last->next = parser_type(p);
    parser_close_angle(p);
    return first;
}

/* Name, module.Name, Name<args>. Builtin types have no arguments: "<" behind one compares. */
static struct ast_type *named_type(struct parser *p)
{
    uint32_t start = p->now.start;
    struct word *word = parser_expect_name(p), *module = NULL;
    if (p->now.kind == TOKEN_DOT) {
        parser_advance(p);
        module = word;
        word = parser_expect_name(p);
    }
    struct ast_type *type = parser_new_type(p, AST_TYPE_NAME, start);
    type->name.word = word;
    type->name.module = module;
    if (module)
        type->name.module_local = module->local;
    else
        parser_resolve_type(p, type);
    if (p->now.kind == TOKEN_LESS && !type->name.builtin) {
        type->name.args = type_args(p);
        type->span.end = p->previous.end;
    }
    return type;
}

/* ---- words in front of brackets ---- */

static bool is_word_before(struct parser *p, enum word_context context, enum token_kind bracket)
{
    return parser_is_context(p, context) && parser_peek(p, 1)->kind == bracket && !parser_peek(p, 1)->is_first;
}

static struct ast_type *typeof_type(struct parser *p)
{
    uint32_t start = p->now.start;
    parser_advance(p);
    struct token opener = p->now;
    parser_advance(p);
    p->quiet++;
    struct ast_expr *expr = parser_expr(p);
    p->quiet--;
    parser_expect_closing(p, TOKEN_PAREN_CLOSE, &opener);
    struct ast_type *type = parser_new_type(p, AST_TYPE_TYPEOF, start);
    type->expr = expr;
    return type;
}

static struct ast_type *keyof_type(struct parser *p)
{
    uint32_t start = p->now.start;
    parser_advance(p);
    struct token opener = p->now;
    parser_advance(p);
    struct ast_type *inner = parser_type(p);
    parser_expect_closing(p, TOKEN_PAREN_CLOSE, &opener);
    struct ast_type *type = parser_new_type(p, AST_TYPE_KEYOF, start);
    type->inner = inner;
    return type;
}

static struct ast_type *brace_after_word(struct parser *p, bool is_interface)
{
    uint32_t start = p->now.start;
    parser_advance(p);
    struct ast_type *type = parser_brace_type(p, start);
    type->is_readonly = !is_interface;
    type->is_interface = is_interface;
    if (is_interface && type->kind != AST_TYPE_RECORD && type->kind != AST_TYPE_BAD)
        parser_report(p, type->span, NULL, "interface {...} has named fields only");
    return type;
}

/* Could it begin a statement? Not with such a token behind it, and as the name of a builtin type it hardly means to. */
static bool begins_statement(struct parser *p, const struct token *name)
{
    static const uint8_t next[] = {TOKEN_ASSIGN,     TOKEN_COMMA,      TOKEN_DOT,    TOKEN_COLON, TOKEN_BRACKET_OPEN,
                                   TOKEN_PAREN_OPEN, TOKEN_BRACE_OPEN, TOKEN_STRING, TOKEN_NAME};
    for (unsigned i = 0; i < sizeof next && !name->word->builtin; i++)
        if (parser_peek(p, 2)->kind == next[i])
            return true;
    return false;
}

/* `readonly number`, `typeof x`: the word is not the name of a type with a statement behind it. */
static void refuse_without_brackets(struct parser *p)
{
    static const struct {
        enum word_context context;
        const char *expected, *help;
    } words[] = {
        {WORD_READONLY, "'{' expected", "'readonly' stands before braces: readonly {T}, readonly {name: T}"},
        {WORD_KEYOF, "'(' expected", "write 'keyof(T)'"},
        {WORD_TYPEOF, "'(' expected", "write 'typeof(x)'"},
    };
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!parser_is_context(p, words[i].context) || p->now.word->decl)
            continue;
        const struct token *next = parser_peek(p, 1);
        if (next->kind != TOKEN_NAME || next->is_first || next->word->context || begins_statement(p, next))
            continue;
        parser_advance(p);
        parser_error_help(p, words[i].expected, words[i].help);
    }
}

static struct ast_type *word_type(struct parser *p)
{
    if (is_word_before(p, WORD_READONLY, TOKEN_BRACE_OPEN))
        return brace_after_word(p, false);
    if (is_word_before(p, WORD_INTERFACE, TOKEN_BRACE_OPEN))
        return brace_after_word(p, true);
    if (is_word_before(p, WORD_FUN, TOKEN_PAREN_OPEN))
        return parser_fun_type(p);
    if (is_word_before(p, WORD_TYPEOF, TOKEN_PAREN_OPEN))
        return typeof_type(p);
    if (is_word_before(p, WORD_KEYOF, TOKEN_PAREN_OPEN))
        return keyof_type(p);
    refuse_without_brackets(p);
    return named_type(p);
}

static struct ast_type *primary(struct parser *p)
{
    uint32_t start = p->now.start;
    switch (p->now.kind) {
    case TOKEN_NIL:
        return keyword_type(p, BUILTIN_NIL);
    case TOKEN_FUNCTION:
        return function_word(p);
    case TOKEN_TRUE:
    case TOKEN_FALSE:
    case TOKEN_STRING:
    case TOKEN_NUMBER:
    case TOKEN_MINUS:
        return literal_type(p);
    case TOKEN_NAME:
        return word_type(p);
    case TOKEN_BRACE_OPEN:
        return parser_brace_type(p, start);
    case TOKEN_PAREN_OPEN:
        return parser_paren_type(p);
    default:
        parser_error(p, "type expected");
        return parser_new_type(p, AST_TYPE_BAD, start);
    }
}

/* ---- what stands behind a type ---- */

static struct ast_annotation *annotation(struct parser *p)
{
    struct ast_annotation *new = arena_alloc(p->arena, sizeof *new);
    new->span.start = p->now.start;
    parser_advance(p);
    new->word = parser_expect_name(p);
    if (p->now.kind == TOKEN_PAREN_OPEN && !p->now.is_first) {
        struct ast_literal **last = &new->args;
        struct token opener = p->now;
        parser_advance(p);
        while ((p->now.kind != TOKEN_PAREN_CLOSE || new->args) && !p->panic) {
            *last = parser_literal(p);
            last = &(*last)->next;
            if (!parser_accept(p, TOKEN_COMMA))
                break;
        }
        parser_expect_closing(p, TOKEN_PAREN_CLOSE, &opener);
    }
    new->span.end = p->previous.end;
    return new;
}

static struct ast_type *annotated(struct parser *p, struct ast_type *inner)
{
    struct ast_annotation *first = annotation(p), *last = first;
    while (p->now.kind == TOKEN_AT)
        last = last->next = annotation(p);
    struct ast_type *type = parser_new_type(p, AST_TYPE_ANNOTATED, inner->span.start);
    type->annotated.inner = inner;
    type->annotated.list = first;
    return type;
}

/* T[] or T[K] */
static struct ast_type *bracketed(struct parser *p, struct ast_type *inner)
{
    struct ast_type *key = NULL;
    parser_advance(p);
    if (p->now.kind != TOKEN_BRACKET_CLOSE)
        key = parser_type(p);
    parser_expect(p, TOKEN_BRACKET_CLOSE);
    struct ast_type *type = parser_new_type(p, key ? AST_TYPE_INDEX : AST_TYPE_ARRAY, inner->span.start);
    type->map.key = key;
    type->map.value = inner;
    return type;
}

/* Any number of "?" is one. */
static struct ast_type *optional(struct parser *p, struct ast_type *inner)
{
    parser_advance(p);
    while (parser_accept(p, TOKEN_QUESTION))
        ;
    if (inner->kind == AST_TYPE_OPTIONAL) {
        inner->span.end = p->previous.end;
        return inner;
    }
    struct ast_type *type = parser_new_type(p, AST_TYPE_OPTIONAL, inner->span.start);
    type->inner = inner;
    return type;
}

static bool count_suffix(struct parser *p, unsigned *count)
{
    if (++*count <= AST_DEPTH_MAX)
        return true;
    parser_error(p, arena_printf(p->arena, "type is too long (limit is %d levels)", AST_DEPTH_MAX));
    return false;
}

/* `bound`: behind `extends`, where "?" does not make an optional. */
static struct ast_type *suffixes(struct parser *p, struct ast_type *type, bool bound)
{
    unsigned count = 0;
    while (count_suffix(p, &count)) {
        if (p->now.kind == TOKEN_AT)
            type = annotated(p, type);
        else if (p->now.kind == TOKEN_BRACKET_OPEN)
            type = bracketed(p, type);
        else if (p->now.kind == TOKEN_QUESTION && !bound)
            type = optional(p, type);
        else
            break;
    }
    return type;
}

/* ---- operators ---- */

static struct ast_type *conditional(struct parser *p, struct ast_type *subject)
{
    parser_advance(p);
    struct ast_type *bound = suffixes(p, primary(p), true);
    parser_expect(p, TOKEN_QUESTION);
    struct ast_type *yes = parser_type(p);
    parser_expect(p, TOKEN_COLON);
    struct ast_type *no = parser_type(p);
    struct ast_type *type = parser_new_type(p, AST_TYPE_CONDITIONAL, subject->span.start);
    type->conditional.subject = subject;
    type->conditional.bound = bound;
    type->conditional.yes = yes;
    type->conditional.no = no;
    return type;
}

/* A | B | …, or A & B & … */
static struct ast_type *members(struct parser *p, struct ast_type *first)
{
    enum token_kind op = p->now.kind;
    struct ast_type *last = first;
    while (p->now.kind == op) {
        parser_advance(p);
        last = last->next = suffixes(p, primary(p), false);
    }
    struct ast_type *type =
        parser_new_type(p, op == TOKEN_PIPE ? AST_TYPE_UNION : AST_TYPE_INTERSECTION, first->span.start);
    type->members = first;
    return type;
}

/* Elsewhere `&` binds tighter than `|`; here they are read from left to right. */
static void remark_mixture(struct parser *p, const struct ast_type *type)
{
    parser_remark(p, type->span,
                  (struct diagnostic){
                      .code = "W0008",
                      .severity = DIAGNOSTIC_HINT,
                      .message = "'|' and '&' are mixed without parentheses",
                      .help = "they bind equally, from left to right: A | B & C is (A | B) & C; write what is meant",
                  });
}

struct ast_type *parser_type_rest(struct parser *p, struct ast_type *type)
{
    unsigned count = 0;
    type = suffixes(p, type, false);
    if (parser_is_operator_word(p, WORD_EXTENDS))
        return conditional(p, type);
    while ((p->now.kind == TOKEN_PIPE || p->now.kind == TOKEN_AMPERSAND) && count_suffix(p, &count))
        type = members(p, type);
    if (count > 1)
        remark_mixture(p, type);
    return type;
}

struct ast_type *parser_type(struct parser *p)
{
    uint32_t start = p->now.start;
    if (!parser_enter(p)) {
        parser_leave(p);
        return parser_new_type(p, AST_TYPE_BAD, start);
    }
    parser_accept(p, TOKEN_PIPE);
    struct ast_type *type = parser_type_rest(p, primary(p));
    parser_leave(p);
    return type;
}

struct ast_type *parser_annotation(struct parser *p)
{
    uint32_t start = p->now.start;
    if (!parser_accept(p, TOKEN_COLON))
        return NULL;
    struct ast_type *type = parser_type(p);
    parser_mark(p, AST_MARK_ERASE, start, p->previous.end);
    return type;
}
