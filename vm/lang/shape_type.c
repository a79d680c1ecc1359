/* SPDX-License-Identifier: MIT */
/* shape_type: types as they are written (ast_type.h) to shapes. They nest at most AST_DEPTH_MAX levels, so this recurses. */
#include <stdlib.h>
#include <string.h>

#include "sched/base/memory.h"
#include "vm/lang/ast.h"
#include "vm/lang/shape_source.h"

/* ---- lists ---- */

void shape_list_add(struct shape_list *list, uint32_t word)
{
    if (list->count == list->room) {
        list->room = list->room ? list->room * 2 : 16;
        list->at = memory_resize(list->at, list->room * sizeof *list->at, "types");
    }
    list->at[list->count++] = word;
}

void shape_list_add_field(struct shape_list *list, uint32_t name, uint32_t node, uint32_t flags)
{
    shape_list_add(list, name);
    shape_list_add(list, node);
    shape_list_add(list, flags);
}

void shape_list_free(struct shape_list *list)
{
    free(list->at);
    *list = (struct shape_list){0};
}

static uint32_t name_of(const struct shape_walk *w, const struct word *word)
{
    return word ? shape_add_name(w->builder, word->text, word->length) : 0;
}

/* ---- fields ---- */

struct field {
    const char *text;
    uint32_t length;
    uint32_t words[SHAPE_FIELD_WORDS], order;
};

static int compare_fields(const void *left, const void *right)
{
    const struct field *a = left, *b = right;
    int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
    if (order)
        return order;
    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

void shape_sort_fields(const struct shape_builder *b, struct shape_list *list, uint32_t first)
{
    uint32_t count = (list->count - first) / SHAPE_FIELD_WORDS, kept = 0;
    struct field *fields = memory_zeroed((count + 1) * sizeof *fields, "types");
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t *words = list->at + first + (size_t)i * SHAPE_FIELD_WORDS;
        const struct shape_name *name = &b->names[words[0]];
        fields[i] = (struct field){b->text + name->offset, name->length, {words[0], words[1], words[2]}, i};
    }
    qsort(fields, count, sizeof *fields, compare_fields);
    for (uint32_t i = 0; i < count; i++) {
        if (i && fields[i].words[0] && fields[i].words[0] == fields[i - 1].words[0])
            continue;
        memcpy(list->at + first + (size_t)kept++ * SHAPE_FIELD_WORDS, fields[i].words, sizeof fields[i].words);
    }
    list->count = first + kept * SHAPE_FIELD_WORDS;
    free(fields);
}

static uint32_t of_map(struct shape_walk *w, const struct ast_type *type)
{
    uint32_t words[2] = {shape_of_type(w, type->map.key), shape_of_type(w, type->map.value)};
    return shape_add(w->builder, SHAPE_MAP, type->is_readonly ? SHAPE_READONLY : 0, 0, words, 2);
}

static uint32_t of_record(struct shape_walk *w, const struct ast_type *type)
{
    struct shape_list list = {0};
    for (const struct ast_type_field *f = type->record.fields; f; f = f->next) {
        uint32_t node = shape_of_type(w, f->type);
        shape_list_add_field(&list, name_of(w, f->word), node, f->is_optional);
    }
    if (list.count)
        shape_sort_fields(w->builder, &list, 0);
    uint32_t map = type->record.map ? of_map(w, type->record.map) : 0;
    uint32_t node =
        shape_add(w->builder, SHAPE_RECORD, type->is_readonly ? SHAPE_READONLY : 0, map, list.at, list.count);
    shape_list_free(&list);
    return node;
}

/* ---- unions ---- */

static bool contains(const struct shape_list *list, uint32_t node)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->at[i] == node)
            return true;
    return false;
}

static void add_members(struct shape_walk *w, struct shape_list *list, const struct ast_type *type)
{
    for (const struct ast_type *member = type->members; member; member = member->next) {
        if (member->kind == type->kind) {
            add_members(w, list, member);
            continue;
        }
        uint32_t node = shape_of_type(w, member);
        bool is_void = type->kind == AST_TYPE_UNION && node == BUILTIN_NEVER;
        if (!is_void && !contains(list, node))
            shape_list_add(list, node);
    }
}

uint32_t shape_optional(struct shape_walk *w, uint32_t inner)
{
    const struct shape_node *n = &w->builder->nodes[inner];
    if (n->kind == SHAPE_OPTIONAL || inner == BUILTIN_NIL || inner == BUILTIN_ANY)
        return inner;
    return shape_add(w->builder, SHAPE_OPTIONAL, 0, inner, NULL, 0);
}

static uint32_t of_members(struct shape_walk *w, const struct ast_type *type)
{
    struct shape_list list = {0};
    uint32_t node;
    add_members(w, &list, type);
    if (list.count == 0)
        node = BUILTIN_NEVER;
    else if (list.count == 1)
        node = list.at[0];
    else if (type->kind == AST_TYPE_UNION && list.count == 2 && contains(&list, BUILTIN_NIL))
        node = shape_optional(w, list.at[list.at[0] == BUILTIN_NIL]);
    else
        node = shape_add(w->builder, type->kind == AST_TYPE_UNION ? SHAPE_UNION : SHAPE_INTERSECTION, 0, 0, list.at,
                         list.count);
    shape_list_free(&list);
    return node;
}

/* ---- the rest ---- */

static uint32_t of_literal(struct shape_walk *w, const struct ast_literal *literal)
{
    uint32_t words[2];
    switch (literal->kind) {
    case AST_LITERAL_BOOLEAN:
        return shape_add(w->builder, SHAPE_TRUTH, 0, literal->boolean, NULL, 0);
    case AST_LITERAL_INTEGER:
        memcpy(words, &literal->integer, sizeof words);
        return shape_add(w->builder, SHAPE_INTEGER, 0, 0, words, 2);
    case AST_LITERAL_FLOAT:
        memcpy(words, &literal->number, sizeof words);
        return shape_add(w->builder, SHAPE_FLOAT, 0, 0, words, 2);
    case AST_LITERAL_STRING:
        break;
    }
    uint32_t name = shape_add_name(w->builder, literal->text, literal->length);
    return shape_add(w->builder, SHAPE_STRING, 0, name, NULL, 0);
}

static uint32_t validator_of(const char *name)
{
    static const char *const names[] = {[SHAPE_MIN] = "min",
                                        [SHAPE_MAX] = "max",
                                        [SHAPE_MIN_LEN] = "min_len",
                                        [SHAPE_MAX_LEN] = "max_len",
                                        [SHAPE_PATTERN] = "pattern"};
    uint32_t i = SHAPE_PATTERN;
    while (i && strcmp(names[i], name) != 0)
        i--;
    return i << SHAPE_VALIDATOR;
}

static void add_annotation(struct shape_walk *w, struct shape_list *list, const struct ast_annotation *annotation)
{
    const struct ast_literal *arg = annotation->args;
    uint32_t words[3] = {SHAPE_NO_ARGUMENT};
    if (arg) {
        static const uint32_t kinds[] = {SHAPE_ARG_BOOLEAN, SHAPE_ARG_INTEGER, SHAPE_ARG_FLOAT, SHAPE_ARG_STRING};
        words[0] = kinds[arg->kind];
        if (arg->kind == AST_LITERAL_STRING)
            words[1] = shape_add_name(w->builder, arg->text, arg->length);
        else if (arg->kind == AST_LITERAL_BOOLEAN)
            words[1] = arg->boolean;
        else if (arg->kind == AST_LITERAL_INTEGER)
            memcpy(words + 1, &arg->integer, sizeof arg->integer);
        else
            memcpy(words + 1, &arg->number, sizeof arg->number);
    }
    words[0] |= validator_of(annotation->word->text);
    shape_list_add(list, name_of(w, annotation->word));
    for (int i = 0; i < 3; i++)
        shape_list_add(list, words[i]);
}

static uint32_t of_annotated(struct shape_walk *w, const struct ast_type *type)
{
    struct shape_list list = {0};
    uint32_t inner = shape_of_type(w, type->annotated.inner);
    for (const struct ast_annotation *a = type->annotated.list; a; a = a->next)
        add_annotation(w, &list, a);
    uint32_t node = shape_add(w->builder, SHAPE_ANNOTATED, 0, inner, list.at, list.count);
    shape_list_free(&list);
    return node;
}

static uint32_t of_function(struct shape_walk *w, const struct ast_type *type)
{
    struct shape_list list = {0};
    for (const struct ast_type_param *p = type->function.params; p; p = p->next) {
        uint32_t node = p->type ? shape_of_type(w, p->type) : (uint32_t)BUILTIN_ANY;
        unsigned flags =
            (p->is_optional ? SHAPE_PARAM_OPTIONAL : 0u) | (p->is_vararg ? (unsigned)SHAPE_PARAM_VARARG : 0u);
        shape_list_add_field(&list, name_of(w, p->word), node, flags);
    }
    uint32_t params = list.count / SHAPE_FIELD_WORDS;
    unsigned flags = shape_add_results(w, &list, &type->function.result);
    uint32_t node = shape_add(w->builder, SHAPE_FUNCTION, flags, params, list.at, list.count);
    shape_list_free(&list);
    return node;
}

static uint32_t of_param(const struct shape_walk *w, const struct ast_decl *decl)
{
    uint32_t words[2] = {name_of(w, decl->word), 0};
    for (const struct ast_decl *p = w->generic ? w->generic->params : NULL; p; p = p->next, words[1]++)
        if (p == decl)
            return shape_add(w->builder, SHAPE_PARAM, 0, 0, words, 2);
    return BUILTIN_ANY; /* of a function: it is gone when the program runs */
}

static uint32_t unresolved(struct shape_walk *w, const struct word *word)
{
    uint32_t name = name_of(w, word);
    return shape_add(w->builder, SHAPE_UNRESOLVED, 0, 0, &name, 1);
}

static uint32_t of_instance(struct shape_walk *w, const struct ast_type *type)
{
    struct shape_list args = {0};
    const struct ast_decl *param = type->name.decl->params;
    uint32_t generic = shape_of_decl(w, type->name.decl);
    for (const struct ast_type *arg = type->name.args; arg; arg = arg->next) {
        shape_list_add(&args, shape_of_type(w, arg));
        if (!param)
            break;
        param = param->next;
    }
    bool fits = !param && w->builder->nodes[generic].kind == SHAPE_GENERIC &&
                w->builder->nodes[generic].word_count - SHAPE_NAMED_WORDS == args.count;
    uint32_t node = fits ? shape_instance(w->builder, generic, args.at, args.count) : unresolved(w, type->name.word);
    shape_list_free(&args);
    return node;
}

static uint32_t of_name(struct shape_walk *w, const struct ast_type *type)
{
    const struct ast_decl *decl = type->name.decl;
    if (type->name.module) {
        const struct ast_local *local = type->name.module_local;
        return shape_of_extern(w, local ? local->value : NULL, type->name.module, type->name.word, type->name.args);
    }
    if (decl && decl->kind == AST_DECL_PARAM)
        return of_param(w, decl);
    if (decl)
        return type->name.args ? of_instance(w, type) : shape_of_decl(w, decl);
    return type->name.builtin ? (uint32_t)type->name.builtin : unresolved(w, type->name.word);
}

uint32_t shape_of_type(struct shape_walk *w, const struct ast_type *type)
{
    switch ((enum ast_type_kind)type->kind) {
    case AST_TYPE_NAME:
        return of_name(w, type);
    case AST_TYPE_LITERAL:
        return of_literal(w, &type->literal);
    case AST_TYPE_RECORD:
        return of_record(w, type);
    case AST_TYPE_ARRAY:
        return shape_add(w->builder, SHAPE_ARRAY, type->is_readonly ? SHAPE_READONLY : 0,
                         shape_of_type(w, type->map.value), NULL, 0);
    case AST_TYPE_MAP:
        return of_map(w, type);
    case AST_TYPE_OPTIONAL:
        return shape_optional(w, shape_of_type(w, type->inner));
    case AST_TYPE_UNION:
    case AST_TYPE_INTERSECTION:
        return of_members(w, type);
    case AST_TYPE_FUNCTION:
        return of_function(w, type);
    case AST_TYPE_ANNOTATED:
        return of_annotated(w, type);
    case AST_TYPE_TYPEOF:
        return shape_of_expr(w, type->expr);
    case AST_TYPE_KEYOF:
        return shape_of_keyof(w, type->inner);
    case AST_TYPE_INDEX:
        return shape_of_index(w, type);
    case AST_TYPE_CONDITIONAL: /* only the checker knows */
    case AST_TYPE_BAD:
        break;
    }
    return BUILTIN_ANY;
}
