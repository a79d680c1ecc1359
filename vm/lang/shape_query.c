/* SPDX-License-Identifier: MIT */
/*
 * shape_query: types that are computed from others when a source is compiled: typeof of an expression as far as it can be seen without the
 * checker, keyof, and the type of a field. What cannot be seen is any.
 */
#include <string.h>

#include "vm/lang/ast.h"
#include "vm/lang/shape_source.h"

enum { LOOK_MAX = 100, EXPR_DEPTH_MAX = 20 };

/* The type as written behind names and annotations. */
static const struct ast_type *look(const struct ast_type *type)
{
    for (int i = 0; i < LOOK_MAX && type; i++) {
        if (type->kind == AST_TYPE_ANNOTATED)
            type = type->annotated.inner;
        else if (type->kind == AST_TYPE_NAME && type->name.decl && type->name.decl->kind == AST_DECL_ALIAS &&
                 !type->name.decl->params)
            type = type->name.decl->type;
        else
            return type;
    }
    return NULL;
}

static uint32_t of_string(struct shape_walk *w, const struct word *word)
{
    return shape_add(w->builder, SHAPE_STRING, 0, shape_add_name(w->builder, word->text, word->length), NULL, 0);
}

uint32_t shape_of_keyof(struct shape_walk *w, const struct ast_type *type)
{
    struct shape_list list = {0};
    const struct ast_type *table = look(type);
    if (!table)
        return BUILTIN_NEVER;
    if (table->kind == AST_TYPE_MAP)
        return shape_of_type(w, table->map.key);
    if (table->kind == AST_TYPE_ARRAY)
        return BUILTIN_INTEGER;
    for (const struct ast_type_field *f = table->kind == AST_TYPE_RECORD ? table->record.fields : NULL; f; f = f->next)
        shape_list_add(&list, of_string(w, f->word));
    uint32_t node = list.count == 0   ? (uint32_t)BUILTIN_NEVER
                    : list.count == 1 ? list.at[0]
                                      : shape_add(w->builder, SHAPE_UNION, 0, 0, list.at, list.count);
    shape_list_free(&list);
    return node;
}

uint32_t shape_of_index(struct shape_walk *w, const struct ast_type *type)
{
    const struct ast_type *table = look(type->map.value), *key = look(type->map.key);
    if (!table || !key)
        return BUILTIN_ANY;
    if (table->kind == AST_TYPE_MAP || table->kind == AST_TYPE_ARRAY)
        return shape_of_type(w, table->map.value);
    bool is_name = key->kind == AST_TYPE_LITERAL && key->literal.kind == AST_LITERAL_STRING;
    for (const struct ast_type_field *f = table->kind == AST_TYPE_RECORD ? table->record.fields : NULL; f && is_name;
         f = f->next)
        if (f->word->length == key->literal.length && memcmp(f->word->text, key->literal.text, f->word->length) == 0)
            return shape_of_type(w, f->type);
    return BUILTIN_ANY;
}

/* ---- typeof ---- */

static uint32_t of_table(struct shape_walk *w, const struct ast_expr *expr, int depth)
{
    struct shape_list list = {0};
    for (const struct ast_item *item = expr->items; item; item = item->next) {
        if (!item->word) {
            shape_list_free(&list);
            return BUILTIN_TABLE;
        }
        uint32_t node = shape_of_expr(w, item->value, depth + 1);
        shape_list_add_field(&list, shape_add_name(w->builder, item->word->text, item->word->length), node, 0);
    }
    if (list.count)
        shape_sort_fields(w->builder, &list, 0);
    uint32_t node = shape_add(w->builder, SHAPE_RECORD, 0, 0, list.at, list.count);
    shape_list_free(&list);
    return node;
}

static uint32_t of_local(struct shape_walk *w, const struct ast_local *local, int depth)
{
    if (local->type)
        return shape_of_type(w, local->type);
    if (local->value && !local->is_assigned)
        return shape_of_expr(w, local->value, depth + 1);
    return BUILTIN_ANY;
}

uint32_t shape_of_expr(struct shape_walk *w, const struct ast_expr *expr, int depth)
{
    if (depth > EXPR_DEPTH_MAX)
        return BUILTIN_ANY;
    switch ((enum ast_expr_kind)expr->kind) {
    case AST_NIL:
        return BUILTIN_NIL;
    case AST_TRUE:
    case AST_FALSE:
        return BUILTIN_BOOLEAN;
    case AST_NUMBER:
        return BUILTIN_NUMBER;
    case AST_STRING:
        return BUILTIN_STRING;
    case AST_FUNCTION:
        return BUILTIN_FUNCTION;
    case AST_TABLE:
        return of_table(w, expr, depth);
    case AST_NAME:
        return expr->name.local ? of_local(w, expr->name.local, depth) : (uint32_t)BUILTIN_ANY;
    case AST_PAREN:
    case AST_NOT_NIL:
        return shape_of_expr(w, expr->wrap.inner, depth + 1);
    case AST_CAST:
        return shape_of_type(w, expr->wrap.type);
    default:
        return BUILTIN_ANY;
    }
}
