/* SPDX-License-Identifier: MIT */
/*
 * parser_scope: names and what they mean. Locals and types hang on their word while they are in scope, so finding one is no search; what
 * they shadow comes back when their block ends.
 *
 * A type name that means nothing yet waits on its word. A declaration resolves those that were read since its block began, for those
 * stand in this block or inside it: no name is looked at twice.
 */
#include "vm/lang/parser_scope.h"

#include "vm/lang/parser_struct.h"

void parser_open_function(struct parser *p, struct ast_function *function)
{
    struct parser_function *state = arena_alloc(p->arena, sizeof *state);
    state->ast = function;
    state->outer = p->function;
    state->outer_block = p->block;
    function->parent = p->function ? p->function->ast : NULL;
    p->function = state;
    p->block = NULL;
    parser_open_block(p, false);
}

void parser_close_function(struct parser *p)
{
    parser_close_block(p);
    p->block = p->function->outer_block;
    p->function = p->function->outer;
}

void parser_open_block(struct parser *p, bool is_loop)
{
    struct parser_block *block = arena_alloc(p->arena, sizeof *block);
    *block = (struct parser_block){
        .outer = p->block,
        .is_loop = is_loop,
        .locals = p->locals,
        .types = p->types,
        .active = p->function->active,
        .labels = p->labels,
        .sequence = ++p->sequence,
    };
    p->block = block;
}

static void end_locals(struct parser *p, struct ast_local *outer)
{
    while (p->locals != outer) {
        p->locals->word->local = p->locals->shadowed;
        p->locals = p->locals->below;
    }
}

void parser_end_types(struct parser *p, struct ast_decl *outer)
{
    while (p->types != outer) {
        p->types->word->decl = p->types->shadowed;
        p->types = p->types->below;
    }
}

void parser_close_block(struct parser *p)
{
    struct parser_block *block = p->block;
    end_locals(p, block->locals);
    parser_end_types(p, block->types);
    p->function->active = block->active;
    p->block = block->outer;
    parser_leave_labels(p, block);
}

struct ast_local *parser_new_local(struct parser *p, struct word *word, struct ast_span span)
{
    struct ast_local *local = arena_alloc(p->arena, sizeof *local);
    local->word = word;
    local->span = span;
    local->function = p->function->ast;
    return local;
}

void parser_declare_locals(struct parser *p, struct ast_local *list)
{
    for (struct ast_local *local = list; local; local = local->next) {
        local->shadowed = local->word->local;
        local->below = p->locals;
        local->word->local = local;
        p->locals = local;
        p->function->active++;
    }
}

void parser_declare_type(struct parser *p, struct ast_decl *decl)
{
    struct word *word = decl->word;
    decl->shadowed = word->decl;
    decl->below = p->types;
    word->decl = decl;
    p->types = decl;
    if (decl->kind == AST_DECL_PARAM)
        return;
    for (; word->pending && word->pending->sequence > p->block->sequence; word->pending = word->pending->name.pending)
        word->pending->name.decl = decl;
}

void parser_resolve_type(struct parser *p, struct ast_type *name)
{
    struct word *word = name->name.word;
    name->name.decl = word->decl;
    if (word->decl)
        return;
    name->name.builtin = word->builtin;
    if (word->builtin)
        return;
    name->sequence = ++p->sequence;
    name->name.pending = word->pending;
    word->pending = name;
}

/* ---- types used as values ---- */

static struct ast_use *add_use(struct parser *p, struct ast_use use)
{
    struct ast_use *copy = arena_alloc(p->arena, sizeof *copy);
    use.index = ++p->ast->use_count;
    *copy = use;
    *p->last_use = copy;
    p->last_use = &copy->next;
    return copy;
}

struct ast_use *parser_use_decl(struct parser *p, struct ast_decl *decl)
{
    if (!decl->use && !p->quiet)
        decl->use = add_use(p, (struct ast_use){.kind = AST_USE_DECL, .decl = decl});
    return decl->use;
}

struct ast_use *parser_use_builtin(struct parser *p, enum word_builtin builtin)
{
    if (!p->builtin_uses[builtin] && !p->quiet)
        p->builtin_uses[builtin] = add_use(p, (struct ast_use){.kind = AST_USE_BUILTIN, .builtin = builtin});
    return p->builtin_uses[builtin];
}

struct ast_use *parser_use_type(struct parser *p, struct ast_type *type)
{
    return p->quiet ? NULL : add_use(p, (struct ast_use){.kind = AST_USE_TYPE, .type = type});
}
