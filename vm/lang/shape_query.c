/* SPDX-License-Identifier: MIT */
/*
 * shape_query: types that are computed from others when a source is compiled: typeof of an expression as far as it can be seen without the
 * checker, keyof, and the type of a field. What cannot be seen is any.
 */
#include <string.h>

#include "vm/lang/ast_root.h"
#include "vm/lang/literal.h"
#include "vm/lang/shape_source.h"
#include "vm/lang/token.h"

enum { EXPR_DEPTH_MAX = 20, QUERY_DEPTH_MAX = 20, QUERIES_MAX = 20000, BYTES_MAX = 1 << 22 };

/*
 * What is computed is written out wherever it is named, and may name more such: a short source could ask for a type without end. Every answer
 * begins and ends here; false: there have been too many, or too many are open. Types that answers read again count by their length in the
 * source: see charge.
 */
static bool begin(struct shape_walk *w)
{
    if (w->query_depth == QUERY_DEPTH_MAX || w->queries == QUERIES_MAX || w->query_bytes > BYTES_MAX)
        return false;
    w->queries++;
    w->query_depth++;
    return true;
}

static uint32_t end(struct shape_walk *w, uint32_t node)
{
    w->query_depth--;
    return node;
}

static void charge(struct shape_walk *w, const struct ast_type *type)
{
    w->query_bytes += type->span.end - type->span.start;
}

static uint32_t of_string(struct shape_walk *w, const struct word *word)
{
    return shape_add(w->builder, SHAPE_STRING, 0, shape_add_name(w->builder, word->text, word->length), NULL, 0);
}

static bool holds_anything(const struct ast_type *builtin)
{
    return builtin->name.builtin == BUILTIN_ANY || builtin->name.builtin == BUILTIN_UNKNOWN ||
           builtin->name.builtin == BUILTIN_TABLE;
}

/* Only the checker knows what is in it. */
static bool is_computed(const struct ast_type *type)
{
    return type->kind == AST_TYPE_TYPEOF || type->kind == AST_TYPE_KEYOF || type->kind == AST_TYPE_INDEX ||
           type->kind == AST_TYPE_CONDITIONAL;
}

static void add_key(struct shape_list *keys, uint32_t node)
{
    for (uint32_t i = 0; i < keys->count; i++)
        if (keys->at[i] == node)
            return;
    shape_list_add(keys, node);
}

/* `module.Name`: its keys are known when it is linked. */
static uint32_t keys_of_extern(struct shape_walk *w, const struct ast_type *type)
{
    const struct ast_local *local = type->name.module_local;
    uint32_t node =
        shape_of_extern(w, local ? local->value : NULL, type->name.module, type->name.word, type->name.args);
    struct shape_node n = w->builder->nodes[node];
    struct shape_list words = {0};
    for (uint32_t i = 0; i < n.word_count; i++)
        shape_list_add(&words, w->builder->words[n.words + i]);
    node = shape_add(w->builder, SHAPE_EXTERN, SHAPE_KEYS, 0, words.at, words.count);
    shape_list_free(&words);
    return node;
}

static bool add_keys(struct shape_walk *w, struct shape_list *keys, const struct ast_type *type, int depth);

static bool add_record_keys(struct shape_walk *w, struct shape_list *keys, const struct ast_type *record)
{
    bool is_first = keys->count == 0; /* then there is nothing to find twice */
    for (const struct ast_type_field *f = record->record.fields; f; f = f->next)
        (is_first ? shape_list_add : add_key)(keys, of_string(w, f->word));
    if (record->record.map)
        add_key(keys, shape_of_type(w, record->record.map->map.key));
    return true;
}

static bool add_member_keys(struct shape_walk *w, struct shape_list *keys, const struct ast_type *type, int depth)
{
    for (const struct ast_type *member = type->members; member; member = member->next)
        if (!add_keys(w, keys, member, depth + 1))
            return false;
    return true;
}

/* What the keys are one of; false: anything. */
static bool add_keys(struct shape_walk *w, struct shape_list *keys, const struct ast_type *type, int depth)
{
    const struct ast_type *table = shape_look_written(type);
    if (!table || depth > EXPR_DEPTH_MAX)
        return true;
    charge(w, table);
    if (w->query_bytes > BYTES_MAX)
        return false;
    switch ((enum ast_type_kind)table->kind) {
    case AST_TYPE_OPTIONAL:
        return add_keys(w, keys, table->inner, depth + 1);
    case AST_TYPE_INTERSECTION:
        return add_member_keys(w, keys, table, depth);
    case AST_TYPE_MAP:
        add_key(keys, shape_of_type(w, table->map.key));
        return true;
    case AST_TYPE_ARRAY:
        add_key(keys, BUILTIN_INTEGER);
        return true;
    case AST_TYPE_RECORD:
        return add_record_keys(w, keys, table);
    case AST_TYPE_NAME:
        if (table->name.module)
            add_key(keys, keys_of_extern(w, table));
        return table->name.module || (!table->name.decl && !holds_anything(table));
    case AST_TYPE_TYPEOF: {
        const struct ast_type *declared = shape_declared(table->expr).type;
        return declared && add_keys(w, keys, declared, depth + 1);
    }
    default:
        return !is_computed(table);
    }
}

static uint32_t of_keyof(struct shape_walk *w, const struct ast_type *type)
{
    struct shape_list keys = {0};
    uint32_t node = BUILTIN_ANY;
    if (add_keys(w, &keys, type, 0))
        node = keys.count == 0   ? (uint32_t)BUILTIN_NEVER
               : keys.count == 1 ? keys.at[0]
                                 : shape_add(w->builder, SHAPE_UNION, 0, 0, keys.at, keys.count);
    shape_list_free(&keys);
    return node;
}

uint32_t shape_of_keyof(struct shape_walk *w, const struct ast_type *type)
{
    return begin(w) ? end(w, of_keyof(w, type)) : (uint32_t)BUILTIN_ANY;
}

static uint32_t of_index(struct shape_walk *w, const struct ast_type *type)
{
    const struct ast_type *table = shape_look_written(type->map.value), *key = shape_look_written(type->map.key);
    if (!table || !key)
        return BUILTIN_ANY;
    charge(w, table);
    if (table->kind == AST_TYPE_MAP || table->kind == AST_TYPE_ARRAY)
        return shape_of_type(w, table->map.value);
    bool is_name = key->kind == AST_TYPE_LITERAL && key->literal.kind == AST_LITERAL_STRING;
    for (const struct ast_type_field *f = table->kind == AST_TYPE_RECORD ? table->record.fields : NULL; f && is_name;
         f = f->next)
        if (f->word->length == key->literal.length && memcmp(f->word->text, key->literal.text, f->word->length) == 0)
            return shape_of_type(w, f->type);
    return BUILTIN_ANY;
}

uint32_t shape_of_index(struct shape_walk *w, const struct ast_type *type)
{
    return begin(w) ? end(w, of_index(w, type)) : (uint32_t)BUILTIN_ANY;
}

/* ---- typeof ---- */

static uint32_t of_expr(struct shape_walk *w, const struct ast_expr *expr, int depth);

/* An array, if all items are of one type; what else has items without a name is a table. */
static uint32_t of_items(struct shape_walk *w, const struct ast_item *item, int depth)
{
    uint32_t element = item->key ? (uint32_t)BUILTIN_ANY : of_expr(w, item->value, depth + 1);
    while ((item = item->next))
        if (item->key || item->word || of_expr(w, item->value, depth + 1) != element)
            return BUILTIN_TABLE;
    return element == BUILTIN_ANY ? (uint32_t)BUILTIN_TABLE : shape_add(w->builder, SHAPE_ARRAY, 0, element, NULL, 0);
}

static uint32_t of_table(struct shape_walk *w, const struct ast_expr *expr, int depth)
{
    struct shape_list list = {0};
    if (expr->items && !expr->items->word)
        return of_items(w, expr->items, depth);
    for (const struct ast_item *item = expr->items; item; item = item->next) {
        if (!item->word) {
            shape_list_free(&list);
            return BUILTIN_TABLE;
        }
        uint32_t node = of_expr(w, item->value, depth + 1);
        shape_list_add_field(&list, shape_add_name(w->builder, item->word->text, item->word->length), node, 0);
    }
    if (list.count)
        shape_sort_fields(w->builder, &list, 0);
    uint32_t node = shape_add(w->builder, SHAPE_RECORD, 0, 0, list.at, list.count);
    shape_list_free(&list);
    return node;
}

static uint32_t of_written(struct shape_walk *w, const struct ast_type *type)
{
    charge(w, type);
    return w->query_bytes > BYTES_MAX ? (uint32_t)BUILTIN_ANY : shape_of_type(w, type);
}

/* 0: no type is written down for it. */
static uint32_t of_declared(struct shape_walk *w, const struct ast_expr *expr)
{
    struct shape_declared declared = shape_declared(expr);
    if (!declared.type)
        return 0;
    uint32_t node = of_written(w, declared.type);
    return declared.may_be_nil ? shape_optional(w, node) : node;
}

/* A function without types is just a function. */
static uint32_t of_function(struct shape_walk *w, const struct ast_function *function)
{
    struct shape_list list = {0};
    bool says_something = function->vararg_type || function->result.kind == AST_RESULT_LIST;
    for (const struct ast_local *p = function->params; p; p = p->next) {
        uint32_t node = p->type ? of_written(w, p->type) : (uint32_t)BUILTIN_ANY;
        shape_list_add_field(&list, shape_add_name(w->builder, p->word->text, p->word->length), node,
                             p->is_optional ? SHAPE_PARAM_OPTIONAL : 0);
        says_something |= p->type != NULL;
    }
    if (function->is_vararg)
        shape_list_add_field(&list, 0,
                             function->vararg_type ? of_written(w, function->vararg_type) : (uint32_t)BUILTIN_ANY,
                             SHAPE_PARAM_VARARG);
    uint32_t params = list.count / SHAPE_FIELD_WORDS, node = BUILTIN_FUNCTION;
    unsigned flags = shape_add_results(w, &list, &function->result);
    if (says_something)
        node = shape_add(w->builder, SHAPE_FUNCTION, flags, params, list.at, list.count);
    shape_list_free(&list);
    return node;
}

static uint32_t of_local(struct shape_walk *w, const struct ast_local *local, int depth)
{
    if (local->value && !local->is_assigned)
        return of_expr(w, local->value, depth + 1);
    return BUILTIN_ANY;
}

static uint32_t of_number(const struct shape_walk *w, const struct ast_expr *expr)
{
    struct ast_literal literal = {0};
    literal_number(w->ast->source.text + expr->span.start, expr->span.end - expr->span.start, &literal);
    return literal.kind == AST_LITERAL_INTEGER ? BUILTIN_INTEGER : BUILTIN_NUMBER;
}

/* Operands that are no numbers may have metamethods: then it could be anything. */
static uint32_t of_arithmetic(struct shape_walk *w, const struct ast_expr *expr, int depth)
{
    uint32_t left = of_expr(w, expr->binary.left, depth + 1), right = of_expr(w, expr->binary.right, depth + 1);
    bool are_integers = left == BUILTIN_INTEGER && right == BUILTIN_INTEGER;
    bool are_numbers =
        (left == BUILTIN_INTEGER || left == BUILTIN_NUMBER) && (right == BUILTIN_INTEGER || right == BUILTIN_NUMBER);
    if (!are_numbers)
        return BUILTIN_ANY;
    return are_integers && expr->op != TOKEN_SLASH && expr->op != TOKEN_CARET ? BUILTIN_INTEGER : BUILTIN_NUMBER;
}

static uint32_t of_binary(struct shape_walk *w, const struct ast_expr *expr, int depth)
{
    switch ((enum token_kind)expr->op) {
    case TOKEN_EQUAL:
    case TOKEN_NOT_EQUAL:
    case TOKEN_LESS:
    case TOKEN_LESS_EQUAL:
    case TOKEN_GREATER:
    case TOKEN_GREATER_EQUAL:
        return BUILTIN_BOOLEAN;
    case TOKEN_AND:
    case TOKEN_OR:
        return BUILTIN_ANY;
    case TOKEN_CONCAT: {
        uint32_t left = of_expr(w, expr->binary.left, depth + 1);
        return left == BUILTIN_STRING && of_expr(w, expr->binary.right, depth + 1) == BUILTIN_STRING ? BUILTIN_STRING
                                                                                                     : BUILTIN_ANY;
    }
    default:
        return of_arithmetic(w, expr, depth);
    }
}

static uint32_t of_unary(struct shape_walk *w, const struct ast_expr *expr, int depth)
{
    if (expr->op == TOKEN_NOT)
        return BUILTIN_BOOLEAN;
    uint32_t operand = of_expr(w, expr->binary.right, depth + 1);
    if (expr->op == TOKEN_HASH)
        return operand == BUILTIN_STRING ? BUILTIN_INTEGER : BUILTIN_ANY;
    return operand == BUILTIN_INTEGER || operand == BUILTIN_NUMBER ? operand : (uint32_t)BUILTIN_ANY;
}

static uint32_t of_expr(struct shape_walk *w, const struct ast_expr *expr, int depth)
{
    if (depth > EXPR_DEPTH_MAX || w->queries == QUERIES_MAX)
        return BUILTIN_ANY;
    w->queries++;
    uint32_t declared = of_declared(w, expr);
    if (declared)
        return declared;
    switch ((enum ast_expr_kind)expr->kind) {
    case AST_NIL:
        return BUILTIN_NIL;
    case AST_TRUE:
    case AST_FALSE:
        return BUILTIN_BOOLEAN;
    case AST_NUMBER:
        return of_number(w, expr);
    case AST_UNARY:
        return of_unary(w, expr, depth);
    case AST_BINARY:
        return of_binary(w, expr, depth);
    case AST_STRING:
        return BUILTIN_STRING;
    case AST_FUNCTION:
        return of_function(w, expr->function);
    case AST_TABLE:
        return of_table(w, expr, depth);
    case AST_NAME:
        return expr->name.local ? of_local(w, expr->name.local, depth) : (uint32_t)BUILTIN_ANY;
    case AST_PAREN:
    case AST_NOT_NIL:
        return of_expr(w, expr->wrap.inner, depth + 1);
    default:
        return BUILTIN_ANY;
    }
}

uint32_t shape_of_expr(struct shape_walk *w, const struct ast_expr *expr)
{
    return begin(w) ? end(w, of_expr(w, expr, 0)) : (uint32_t)BUILTIN_ANY;
}
