/* SPDX-License-Identifier: MIT */
/*
 * shape_source: all types of a source that are needed while it runs: those that it uses as values, and those that importers see: the
 * declarations of its outermost block, and types that it puts into a table under another name.
 */
#include "vm/lang/shape_source.h"

#include <stdlib.h>
#include <string.h>

#include "vm/lang/ast_root.h"
#include "vm/lang/literal.h"
#include "vm/lang/shape_pass.h"

/* ---- other modules ---- */

/* The argument of require("…"), as a name; false: the expression is none. */
static bool add_required(struct shape_walk *w, const struct ast_expr *expr, uint32_t *name)
{
    if (!expr || expr->kind != AST_CALL || expr->call.word || expr->call.callee->kind != AST_NAME)
        return false;
    const struct ast_expr *arg = expr->call.args;
    if (strcmp(expr->call.callee->name.word->text, "require") != 0 || !arg || arg->kind != AST_STRING)
        return false;
    struct ast_literal literal = {0};
    struct arena scratch;
    arena_init(&scratch);
    literal_string(&scratch, w->ast->source.text + arg->span.start, arg->span.end - arg->span.start, &literal);
    *name = shape_add_name(w->builder, literal.text, literal.length);
    arena_destroy(&scratch);
    return true;
}

uint32_t shape_of_extern(struct shape_walk *w, const struct ast_expr *value, const struct word *module,
                         const struct word *name, const struct ast_type *args)
{
    struct shape_list words = {0};
    uint32_t required;
    if (value && value->kind == AST_NAME && !value->name.local) /* another name of a global module */
        module = value->name.word;
    if (!add_required(w, value, &required))
        required = shape_add_name(w->builder, module->text, module->length);
    shape_list_add(&words, required);
    shape_list_add(&words, shape_add_name(w->builder, name->text, name->length));
    for (; args; args = args->next)
        shape_list_add(&words, shape_of_type(w, args));
    uint32_t node = shape_add(w->builder, SHAPE_EXTERN, 0, 0, words.at, words.count);
    shape_list_free(&words);
    return node;
}

/* ---- what importers see ---- */

/* `module.Name` as a value, where module is what a require gave; 0: it is not. */
static uint32_t of_field(struct shape_walk *w, const struct ast_expr *value)
{
    uint32_t name;
    const struct ast_expr *object = value->index.object;
    if (object->kind != AST_NAME || !object->name.local || !add_required(w, object->name.local->value, &name))
        return 0;
    return shape_of_extern(w, object->name.local->value, object->name.word, value->index.word, NULL);
}

static void add_export(struct shape_walk *w, struct shape_list *exports, const struct word *word,
                       const struct ast_expr *value)
{
    uint32_t node = 0;
    if (!word || !value)
        return;
    if (value->kind == AST_NAME && value->name.use && value->name.use->kind == AST_USE_DECL)
        node = shape_of_decl(w, value->name.use->decl);
    else if (value->kind == AST_FIELD)
        node = of_field(w, value);
    if (!node)
        return;
    shape_list_add(exports, shape_add_name(w->builder, word->text, word->length));
    shape_list_add(exports, node);
}

static void add_table(struct shape_walk *w, struct shape_list *exports, const struct ast_expr *expr)
{
    for (const struct ast_item *item = expr && expr->kind == AST_TABLE ? expr->items : NULL; item; item = item->next)
        add_export(w, exports, item->word, item->value);
}

static void add_stat(struct shape_walk *w, struct shape_list *exports, const struct ast_stat *stat)
{
    const struct ast_expr *expr = stat->exprs;
    if (stat->kind == AST_LOCAL || stat->kind == AST_RETURN)
        add_table(w, exports, expr);
    if (stat->kind != AST_ASSIGN)
        return;
    for (const struct ast_expr *target = stat->targets; target && expr; target = target->next, expr = expr->next)
        if (target->kind == AST_FIELD)
            add_export(w, exports, target->index.word, expr);
}

static void add_exports(struct shape_walk *w, struct shape_list *exports)
{
    for (const struct ast_decl *decl = w->ast->decls; decl; decl = decl->next) {
        if (!decl->is_top_level)
            continue;
        shape_list_add(exports, shape_add_name(w->builder, decl->word->text, decl->word->length));
        shape_list_add(exports, shape_of_decl(w, decl));
    }
    for (const struct ast_stat *stat = w->ast->chunk->body.first; stat; stat = stat->next)
        add_stat(w, exports, stat);
}

uint32_t shape_export(const struct shapes *shapes, const char *name)
{
    const uint32_t *exports = shape_all_words(shapes) + shapes->exports;
    for (uint32_t i = shapes->export_count; i-- > 0;)
        if (strcmp(shape_text_of(shapes, exports[2 * i], NULL), name) == 0)
            return exports[2 * i + 1];
    return 0;
}

/* ---- the whole ---- */

static void add_uses(struct shape_walk *w, struct shape_list *uses)
{
    for (const struct ast_use *use = w->ast->uses; use; use = use->next) {
        if (use->kind == AST_USE_DECL)
            shape_list_add(uses, shape_of_decl(w, use->decl));
        else
            shape_list_add(uses, use->kind == AST_USE_BUILTIN ? (uint32_t)use->builtin : shape_of_type(w, use->type));
    }
}

struct shapes *shape_of_source(const struct ast *ast, const uint64_t origin[2])
{
    struct shape_builder b;
    struct shape_walk w = {.builder = &b, .ast = ast, .origin = {origin[0], origin[1]}};
    struct shape_list uses = {0}, exports = {0};
    struct shapes *shapes = NULL;
    shape_begin(&b);
    add_uses(&w, &uses);
    add_exports(&w, &exports);
    shape_fill_decls(&w);
    if (uses.count || exports.count) {
        shape_complete(&b);
        b.uses = shape_append_words(&b, uses.at, uses.count);
        b.use_count = uses.count;
        b.exports = shape_append_words(&b, exports.at, exports.count);
        b.export_count = exports.count / 2;
        shapes = shape_seal(&b);
    }
    shape_list_free(&uses);
    shape_list_free(&exports);
    free(w.pending);
    shape_end(&b);
    return shapes;
}
