/* SPDX-License-Identifier: MIT */
/*
 * shape_declared: the type that is written down for an expression: that of the variable, of the field in it, of a cast, of what a function
 * gives. Where the expression leads through what is not written here, there is none.
 */
#include <string.h>

#include "vm/lang/ast_root.h"
#include "vm/lang/shape_source.h"

enum { LOOK_MAX = 100, DEPTH_MAX = 20 };

const struct ast_type *shape_look_written(const struct ast_type *type)
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

static struct shape_declared declared(const struct ast_expr *expr, int depth);

/* What the expression is when it is not nil. */
static const struct ast_type *not_nil(const struct ast_expr *expr, int depth)
{
    const struct ast_type *type = declared(expr, depth).type, *looked = shape_look_written(type);
    return looked && looked->kind == AST_TYPE_OPTIONAL ? looked->inner : type;
}

/* The same behind its name. */
static const struct ast_type *value_of(const struct ast_expr *expr, int depth)
{
    return shape_look_written(not_nil(expr, depth));
}

static struct shape_declared of_field(const struct ast_type *table, const struct word *word)
{
    const struct ast_type_field *field = table && table->kind == AST_TYPE_RECORD ? table->record.fields : NULL;
    while (field && (field->word->length != word->length || memcmp(field->word->text, word->text, word->length) != 0))
        field = field->next;
    return field ? (struct shape_declared){field->type, field->is_optional} : (struct shape_declared){0};
}

/* An element of an array is as good as there, a value of a map may not be. */
static struct shape_declared of_element(const struct ast_type *table)
{
    if (!table || (table->kind != AST_TYPE_ARRAY && table->kind != AST_TYPE_MAP))
        return (struct shape_declared){0};
    return (struct shape_declared){table->map.value, table->kind == AST_TYPE_MAP};
}

static struct shape_declared of_call(const struct ast_expr *callee, int depth)
{
    const struct ast_local *local = callee->kind == AST_NAME ? callee->name.local : NULL;
    const struct ast_type *type = value_of(callee, depth);
    const struct ast_result *result = type && type->kind == AST_TYPE_FUNCTION ? &type->function.result : NULL;
    if (local && !local->type && !local->is_assigned && local->value && local->value->kind == AST_FUNCTION)
        result = &local->value->function->result;
    bool is_known = result && result->kind == AST_RESULT_LIST;
    return (struct shape_declared){is_known ? result->types : NULL, false};
}

static struct shape_declared declared(const struct ast_expr *expr, int depth)
{
    if (depth > DEPTH_MAX)
        return (struct shape_declared){0};
    switch ((enum ast_expr_kind)expr->kind) {
    case AST_NAME:
        if (expr->name.local)
            return (struct shape_declared){expr->name.local->type, expr->name.local->is_optional};
        break;
    case AST_FIELD:
        return of_field(value_of(expr->index.object, depth + 1), expr->index.word);
    case AST_INDEX:
        return of_element(value_of(expr->index.object, depth + 1));
    case AST_CALL:
        if (!expr->call.word)
            return of_call(expr->call.callee, depth + 1);
        break;
    case AST_PAREN:
        return declared(expr->wrap.inner, depth + 1);
    case AST_NOT_NIL:
        return (struct shape_declared){not_nil(expr->wrap.inner, depth + 1), false};
    case AST_CAST:
        return (struct shape_declared){expr->wrap.type, false};
    default:
        break;
    }
    return (struct shape_declared){0};
}

struct shape_declared shape_declared(const struct ast_expr *expr)
{
    return declared(expr, 0);
}
