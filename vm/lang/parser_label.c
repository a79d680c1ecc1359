/* SPDX-License-Identifier: MIT */
/*
 * parser_label: which label a goto means, by the rules of lparser.c of Lua 5.3: a label is seen in its block and the blocks inside it, of the
 * same function; no goto enters the scope of a local; a label that ends its block (no-operations may follow) stands behind all locals.
 *
 * A goto waits until its label comes, moving out with each block that ends. Labels and waiting gotos hang on their word; those of the
 * innermost block come first there, so nothing is searched.
 */
#include "vm/lang/parser_scope.h"
#include "vm/lang/parser_struct.h"

struct parser_label {
    struct word *word;
    struct ast_span span;
    const struct parser_block *block;
    uint32_t active; /* locals in scope */
    struct parser_label *below, *shadowed;
};

struct parser_goto {
    struct word *word; /* NULL: break */
    struct ast_span span;
    uint32_t active;   /* locals in scope */
    uint32_t sequence; /* higher than that of the block it stands in, or has moved out to */
    bool is_done;
    struct parser_goto *below; /* older ones */
    struct parser_goto *same;  /* the next older one of that name */
};

static uint32_t line_of(const struct parser *p, struct ast_span span)
{
    return source_position(&p->ast->source, span.start).line;
}

static const char *name_of_local(const struct parser *p, uint32_t index)
{
    const struct ast_local *local = p->locals;
    for (uint32_t i = p->function->active; local && i > index + 1; i--)
        local = local->below;
    return local ? local->word->text : "?";
}

static void close_goto(struct parser *p, struct parser_goto *jump, const struct parser_label *label)
{
    jump->is_done = true;
    if (jump->active < label->active)
        parser_report(p, jump->span, NULL, "<goto %s> at line %u jumps into the scope of local '%s'", jump->word->text,
                      line_of(p, jump->span), name_of_local(p, jump->active));
}

static bool find_label(struct parser *p, struct parser_goto *jump)
{
    const struct parser_label *label = jump->word ? jump->word->label : NULL;
    if (!label || label->block != p->block)
        return false;
    close_goto(p, jump, label);
    return true;
}

void parser_add_goto(struct parser *p, struct word *name, struct ast_span span)
{
    struct parser_goto *jump = arena_alloc(p->arena, sizeof *jump);
    *jump = (struct parser_goto){.word = name, .span = span, .active = p->function->active, .sequence = ++p->sequence};
    if (find_label(p, jump))
        return;
    jump->below = p->gotos;
    p->gotos = jump;
    if (name) {
        jump->same = name->gotos;
        name->gotos = jump;
    }
}

struct parser_label *parser_open_label(struct parser *p, struct word *name, struct ast_span span)
{
    if (name->label && name->label->block == p->block)
        parser_report(p, span, NULL, "label '%s' already defined on line %u", name->text,
                      line_of(p, name->label->span));
    struct parser_label *label = arena_alloc(p->arena, sizeof *label);
    *label = (struct parser_label){.word = name,
                                   .span = span,
                                   .block = p->block,
                                   .active = p->function->active,
                                   .below = p->labels,
                                   .shadowed = name->label};
    name->label = label;
    p->labels = label;
    return label;
}

void parser_close_label(struct parser *p, struct parser_label *label, bool is_last)
{
    struct word *word = label->word;
    if (is_last)
        label->active = p->block->active;
    for (; word->gotos && word->gotos->sequence > p->block->sequence; word->gotos = word->gotos->same)
        close_goto(p, word->gotos, label);
}

/* What was skipped behind an error may have been the label. */
static void report_lost(struct parser *p, const struct parser_goto *jump)
{
    if (p->has_stumbled)
        return;
    uint32_t line = line_of(p, jump->span);
    if (jump->word)
        parser_report(p, jump->span, NULL, "no visible label '%s' for <goto> at line %u", jump->word->text, line);
    else
        parser_report(p, jump->span, NULL, "<break> at line %u not inside a loop", line);
}

/* Is the goto settled, now that its block has ended? */
static bool settle(struct parser *p, struct parser_goto *jump, const struct parser_block *block)
{
    if (jump->is_done || (block->is_loop && !jump->word))
        return true;
    if (!block->outer) {
        report_lost(p, jump);
        return true;
    }
    if (jump->active > block->active)
        jump->active = block->active;
    return find_label(p, jump);
}

void parser_leave_labels(struct parser *p, const struct parser_block *block)
{
    for (; p->labels != block->labels; p->labels = p->labels->below)
        p->labels->word->label = p->labels->shadowed;
    struct parser_goto **place = &p->gotos;
    while (*place && (*place)->sequence > block->sequence) {
        struct parser_goto *jump = *place;
        if (!settle(p, jump, block)) {
            place = &jump->below;
            continue;
        }
        *place = jump->below;
        if (jump->word && jump->word->gotos == jump)
            jump->word->gotos = jump->same;
    }
}
