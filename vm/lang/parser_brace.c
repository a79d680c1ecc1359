/* SPDX-License-Identifier: MIT */
/*
 * parser_brace: types in braces and parentheses, and what a function gives back. "(" may begin a group, the parameters of a function type
 * or a list of results; what it was is known behind the ")", so its content is always read as parameters.
 */
#include "vm/lang/parser_brace.h"

#include "vm/lang/parser_struct.h"

/* ---- braces ---- */

/* A record's field may have any word as its name. */
static bool is_field(struct parser *p)
{
    if (!p->now.word || p->panic)
        return false;
    const struct token *next = parser_peek(p, 1);
    return next->kind == TOKEN_COLON || (next->kind == TOKEN_QUESTION && parser_peek(p, 2)->kind == TOKEN_COLON);
}

static struct ast_type_field *field(struct parser *p)
{
    struct ast_type_field *new = arena_alloc(p->arena, sizeof *new);
    new->word = p->now.word;
    new->span = (struct ast_span){p->now.start, p->now.end};
    parser_advance(p);
    new->is_optional = parser_accept(p, TOKEN_QUESTION);
    parser_expect(p, TOKEN_COLON);
    new->type = parser_type(p);
    return new;
}

/* [K]: V */
static struct ast_type *map_part(struct parser *p)
{
    uint32_t start = p->now.start;
    parser_advance(p);
    struct ast_type *key = parser_type(p);
    parser_expect(p, TOKEN_BRACKET_CLOSE);
    parser_expect(p, TOKEN_COLON);
    struct ast_type *value = parser_type(p);
    struct ast_type *type = parser_new_type(p, AST_TYPE_MAP, start);
    type->map.key = key;
    type->map.value = value;
    return type;
}

static void fields(struct parser *p, struct ast_type *record)
{
    struct ast_type_field **last = &record->record.fields;
    while (p->now.kind != TOKEN_BRACE_CLOSE && !p->panic) {
        if (p->now.kind == TOKEN_BRACKET_OPEN) {
            struct ast_type *map = map_part(p);
            if (record->record.map)
                parser_report(p, map->span, NULL, "a record has at most one [K]: V part");
            record->record.map = map;
        } else if (is_field(p)) {
            *last = field(p);
            last = &(*last)->next;
        } else {
            parser_error(p, "field name expected");
        }
        if (!parser_accept(p, TOKEN_COMMA) && !parser_accept(p, TOKEN_SEMICOLON))
            break;
    }
}

struct ast_type *parser_brace_type(struct parser *p, uint32_t start)
{
    struct token opener = p->now;
    struct ast_type *type = parser_new_type(p, AST_TYPE_RECORD, start);
    parser_advance(p);
    if (p->now.kind == TOKEN_BRACKET_OPEN || p->now.kind == TOKEN_BRACE_CLOSE || is_field(p)) {
        fields(p, type);
        if (type->record.map && !type->record.fields) {
            type = type->record.map;
            type->span.start = start;
        }
    } else {
        type->kind = AST_TYPE_ARRAY;
        type->map.key = NULL;
        type->map.value = parser_type(p);
    }
    if (type->kind == AST_TYPE_ARRAY && p->now.kind == TOKEN_COMMA)
        parser_error_help(p, "'}' expected",
                          "the elements of an array have one type: {A | B}; a record has names: {a: A, b: B}");
    parser_expect_closing(p, TOKEN_BRACE_CLOSE, &opener);
    type->span.end = p->previous.end;
    return type;
}

/* ---- parentheses ---- */

static struct ast_type_param *param(struct parser *p)
{
    struct ast_type_param *new = arena_alloc(p->arena, sizeof *new);
    if (parser_accept(p, TOKEN_ELLIPSIS)) {
        new->is_vararg = true;
        parser_accept(p, TOKEN_COLON);
    } else if (is_field(p)) {
        new->word = p->now.word;
        parser_advance(p);
        new->is_optional = parser_accept(p, TOKEN_QUESTION);
        parser_advance(p);
    }
    new->type = parser_type(p);
    return new;
}

static struct ast_type_param *params(struct parser *p)
{
    struct ast_type_param *first = NULL, **last = &first;
    struct token opener = p->now;
    if (!parser_expect(p, TOKEN_PAREN_OPEN))
        return NULL;
    while (p->now.kind != TOKEN_PAREN_CLOSE && !p->panic) {
        *last = param(p);
        if ((*last)->is_vararg)
            break;
        last = &(*last)->next;
        if (!parser_accept(p, TOKEN_COMMA))
            break;
    }
    parser_expect_closing(p, TOKEN_PAREN_CLOSE, &opener);
    return first;
}

static bool has_only_types(const struct ast_type_param *list)
{
    for (; list; list = list->next)
        if (list->word || list->is_vararg)
            return false;
    return true;
}

/* (A, B) as a list of types. */
static struct ast_type *types_of(struct ast_type_param *list)
{
    struct ast_type *first = NULL, **last = &first;
    for (; list; list = list->next) {
        *last = list->type;
        last = &list->type->next;
    }
    return first;
}

static void arrow_result(struct parser *p, struct ast_result *result);

static struct ast_type *function_type(struct parser *p, uint32_t start, struct ast_type_param *list)
{
    struct ast_result result = {0};
    parser_advance(p);
    arrow_result(p, &result);
    struct ast_type *type = parser_new_type(p, AST_TYPE_FUNCTION, start);
    type->function.params = list;
    type->function.result = result;
    return type;
}

static struct ast_type *group(struct parser *p, uint32_t start, struct ast_type_param *list)
{
    struct ast_type *type = list->type;
    type->is_grouped = true;
    type->span.start = start;
    type->span.end = p->previous.end;
    return type;
}

struct ast_type *parser_paren_type(struct parser *p)
{
    uint32_t start = p->now.start;
    struct ast_type_param *list = params(p);
    if (p->now.kind == TOKEN_ARROW)
        return function_type(p, start, list);
    if (list && !list->next && has_only_types(list))
        return group(p, start, list);
    parser_error(p, "'->' expected");
    return parser_new_type(p, AST_TYPE_BAD, start);
}

/* ---- results ---- */

/* Behind "(" … ")" that may be a list of results, or the beginning of a type. */
static void paren_result(struct parser *p, struct ast_result *result)
{
    uint32_t start = p->now.start;
    struct ast_type_param *list = params(p);
    result->kind = AST_RESULT_LIST;
    if (p->now.kind == TOKEN_ARROW)
        result->types = parser_type_rest(p, function_type(p, start, list));
    else if (!has_only_types(list))
        parser_error(p, "'->' expected");
    else if (list && !list->next)
        result->types = parser_type_rest(p, group(p, start, list));
    else
        result->types = types_of(list);
}

static void one_result(struct parser *p, struct ast_result *result)
{
    if (p->now.kind == TOKEN_PAREN_OPEN) {
        paren_result(p, result);
    } else {
        result->kind = AST_RESULT_LIST;
        result->types = parser_type(p);
    }
}

static void asserts_result(struct parser *p, struct ast_result *result)
{
    parser_advance(p);
    result->kind = AST_RESULT_ASSERTS;
    result->word = parser_expect_name(p);
    if (!parser_is_operator_word(p, WORD_IS))
        return;
    parser_advance(p);
    result->narrow = parser_type(p);
}

static void arrow_result(struct parser *p, struct ast_result *result)
{
    if (!parser_enter(p)) {
        parser_leave(p);
        return;
    }
    one_result(p, result);
    parser_leave(p);
}

void parser_result(struct parser *p, struct ast_result *result, bool many)
{
    const struct token *next = parser_peek(p, 1);
    if (parser_is_context(p, WORD_ASSERTS) && next->kind == TOKEN_NAME && !next->is_first) {
        asserts_result(p, result);
        return;
    }
    bool listed = p->now.kind == TOKEN_PAREN_OPEN;
    arrow_result(p, result);
    struct ast_type *last = result->types;
    if (!many || !last || (listed && last->next))
        return;
    while (parser_accept(p, TOKEN_COMMA))
        last = last->next = parser_type(p);
}

/* A comma behind its result belongs to what is around it; parser_decl.c reads a list where nothing is. */
struct ast_type *parser_fun_type(struct parser *p)
{
    uint32_t start = p->now.start;
    struct ast_result result = {0};
    parser_advance(p);
    struct ast_type_param *list = params(p);
    if (p->now.kind == TOKEN_COLON || p->now.kind == TOKEN_ARROW) {
        parser_advance(p);
        parser_result(p, &result, false);
    }
    struct ast_type *type = parser_new_type(p, AST_TYPE_FUNCTION, start);
    type->function.params = list;
    type->function.result = result;
    return type;
}
