/* SPDX-License-Identifier: MIT */
/*
 * shape_decl: declared types to shapes. A declaration is named first and filled in when all that refers to it
 * so far has been read, so that types may name themselves and each other.
 */
#include <string.h>

#include "sched/base/memory.h"
#include "vm/lang/ast.h"
#include "vm/lang/shape_source.h"

/* INHERITED_MAX: bytes of interfaces, counted for each that takes their methods. Those beyond keep what they extend as it is. */
enum { FAMILY_MAX = 64, INHERITED_MAX = 1 << 22 };

static uint32_t name_of(const struct shape_walk *w, const struct word *word)
{
    return word ? shape_add_name(w->builder, word->text, word->length) : 0;
}

unsigned shape_add_results(struct shape_walk *w, struct shape_list *words, const struct ast_result *result)
{
    for (const struct ast_type *t = result->kind == AST_RESULT_LIST ? result->types : NULL; t; t = t->next)
        shape_list_add(words, shape_of_type(w, t));
    return result->kind == AST_RESULT_NONE ? 0 : SHAPE_HAS_RESULT;
}

/* ---- interfaces ---- */

static uint32_t of_method(struct shape_walk *w, const struct ast_method *method)
{
    struct shape_list list = {0};
    for (const struct ast_local *p = method->params; p; p = p->next)
        shape_list_add_field(&list, name_of(w, p->word), p->type ? shape_of_type(w, p->type) : (uint32_t)BUILTIN_ANY,
                             p->is_optional ? SHAPE_PARAM_OPTIONAL : 0);
    if (method->is_vararg)
        shape_list_add_field(&list, 0,
                             method->vararg_type ? shape_of_type(w, method->vararg_type) : (uint32_t)BUILTIN_ANY,
                             SHAPE_PARAM_VARARG);
    uint32_t params = list.count / SHAPE_FIELD_WORDS;
    unsigned flags = shape_add_results(w, &list, &method->result);
    uint32_t node = shape_add(w->builder, SHAPE_FUNCTION, flags, params, list.at, list.count);
    shape_list_free(&list);
    return node;
}

/* An interface and those that it extends, each once: they may extend each other, which means nothing. */
struct family {
    const struct ast_decl *members[FAMILY_MAX];
    uint32_t count;
    bool is_filled; /* methods with their types, not only by name */
    bool is_flat;   /* takes the methods of what it extends */
};

static bool is_member(const struct family *family, const struct ast_decl *decl)
{
    for (uint32_t i = 0; i < family->count; i++)
        if (family->members[i] == decl)
            return true;
    return false;
}

/* The interface of this source that the name stands for, or NULL. */
static const struct ast_decl *interface_of(const struct ast_type *type)
{
    for (int i = 0; i < FAMILY_MAX; i++) {
        const struct ast_decl *decl = type && type->kind == AST_TYPE_NAME ? type->name.decl : NULL;
        if (!decl || decl->params || decl->kind == AST_DECL_PARAM)
            return NULL;
        if (decl->kind == AST_DECL_INTERFACE)
            return decl;
        type = decl->type;
    }
    return NULL;
}

static void add_methods(struct shape_walk *w, struct shape_list *list, struct family *family,
                        const struct ast_decl *decl);

/* The methods of the base; what is no interface of this source is kept as it is. */
static void add_base(struct shape_walk *w, struct shape_list *list, struct family *family, const struct ast_type *base)
{
    const struct ast_decl *decl = interface_of(base);
    if (decl && is_member(family, decl))
        return;
    if (decl && family->is_flat && family->count < FAMILY_MAX)
        add_methods(w, list, family, decl);
    else
        shape_list_add_field(list, 0, family->is_filled ? shape_of_type(w, base) : (uint32_t)BUILTIN_ANY, SHAPE_BASE);
}

static void add_methods(struct shape_walk *w, struct shape_list *list, struct family *family,
                        const struct ast_decl *decl)
{
    if (family->count > 0)
        w->inherited += decl->span.end - decl->span.start;
    family->members[family->count++] = decl;
    for (const struct ast_method *m = decl->methods; m; m = m->next)
        shape_list_add_field(list, name_of(w, m->word),
                             family->is_filled ? of_method(w, m) : (uint32_t)BUILTIN_FUNCTION, 0);
    for (const struct ast_type *base = decl->bases; base; base = base->next)
        add_base(w, list, family, base);
}

/* ---- declarations ---- */

static enum shape_kind kind_of(const struct ast_decl *decl)
{
    if (decl->kind == AST_DECL_INTERFACE)
        return SHAPE_INTERFACE;
    return decl->params ? SHAPE_GENERIC : SHAPE_ALIAS;
}

static void add_pending(struct shape_walk *w, struct shape_pending item)
{
    if (w->pending_count == w->pending_room) {
        w->pending_room = w->pending_room ? w->pending_room * 2 : 16;
        w->pending = memory_resize(w->pending, w->pending_room * sizeof *w->pending, "types");
    }
    w->pending[w->pending_count++] = item;
}

static void add_origin(struct shape_walk *w, struct shape_list *words, const struct ast_decl *decl)
{
    shape_list_add(words, (uint32_t)w->origin[0]);
    shape_list_add(words, (uint32_t)w->origin[1]);
    shape_list_add(words, decl->name_span.start);
    shape_list_add(words, name_of(w, decl->word));
}

uint32_t shape_of_decl(struct shape_walk *w, const struct ast_decl *decl)
{
    struct shape_list words = {0};
    bool is_flat = w->inherited < INHERITED_MAX;
    add_origin(w, &words, decl);
    uint32_t node = shape_find_named(w->builder, kind_of(decl), words.at);
    if (node) {
        shape_list_free(&words);
        return node;
    }
    if (decl->kind == AST_DECL_INTERFACE) {
        add_methods(w, &words, &(struct family){.is_flat = is_flat}, decl);
        shape_sort_fields(w->builder, &words, SHAPE_NAMED_WORDS);
    }
    for (const struct ast_decl *p = decl->params; p; p = p->next)
        shape_list_add(&words, 0);
    node = shape_add(w->builder, kind_of(decl), 0, 0, words.at, words.count);
    shape_list_free(&words);
    add_pending(w, (struct shape_pending){node, decl, is_flat});
    return node;
}

static void fill_interface(struct shape_walk *w, const struct shape_pending *item)
{
    struct shape_list words = {0};
    add_origin(w, &words, item->decl);
    add_methods(w, &words, &(struct family){.is_filled = true, .is_flat = item->is_flat}, item->decl);
    shape_sort_fields(w->builder, &words, SHAPE_NAMED_WORDS);
    memcpy(w->builder->words + w->builder->nodes[item->node].words, words.at, words.count * sizeof *words.at);
    shape_list_free(&words);
}

static void fill_params(struct shape_walk *w, uint32_t node, const struct ast_decl *decl)
{
    uint32_t words[2] = {0};
    for (const struct ast_decl *p = decl->params; p; p = p->next, words[1]++) {
        words[0] = name_of(w, p->word);
        uint32_t bound = p->type ? shape_of_type(w, p->type) : 0;
        uint32_t param = shape_add(w->builder, SHAPE_PARAM, 0, bound, words, 2);
        w->builder->words[w->builder->nodes[node].words + SHAPE_NAMED_WORDS + words[1]] = param;
    }
}

void shape_fill_decls(struct shape_walk *w)
{
    while (w->pending_count) {
        struct shape_pending next = w->pending[--w->pending_count];
        w->generic = next.decl->params ? next.decl : NULL;
        if (next.decl->kind == AST_DECL_INTERFACE) {
            fill_interface(w, &next);
            continue;
        }
        fill_params(w, next.node, next.decl);
        uint32_t body = shape_of_type(w, next.decl->type);
        w->builder->nodes[next.node].scalar = body;
    }
    w->generic = NULL;
}
