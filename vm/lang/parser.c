/* SPDX-License-Identifier: MIT */
/* parser: the chunk, and the life of a struct ast. The rest is in the files named in parser_struct.h. */
#include "vm/lang/parser.h"

#include <stdlib.h>
#include <string.h>

#include "sched/base/memory.h"
#include "vm/lang/parser_scope.h"
#include "vm/lang/parser_struct.h"

static struct ast *new_ast(const char *source, size_t length)
{
    struct ast *ast = memory_zeroed(sizeof *ast, "parsing a source");
    source_init(&ast->source, source, length);
    arena_init(&ast->arena);
    words_init(&ast->words, &ast->arena);
    diagnostics_init(&ast->diagnostics);
    diagnostics_init(&ast->remarks);
    return ast;
}

void ast_free(struct ast *ast)
{
    if (!ast)
        return;
    free(ast->marks);
    diagnostics_destroy(&ast->diagnostics);
    diagnostics_destroy(&ast->remarks);
    words_destroy(&ast->words);
    arena_destroy(&ast->arena);
    source_destroy(&ast->source);
    free(ast);
}

/* What closes nothing, like an `end` too many, is skipped after the error. */
static void chunk_body(struct parser *p, struct ast_block *block)
{
    struct ast_stat **last = &block->first;
    for (;;) {
        struct ast_block part = {0};
        parser_block_body(p, &part);
        for (*last = part.first; *last;)
            last = &(*last)->next;
        if (p->panic || p->now.kind == TOKEN_EOF)
            break;
        parser_error(p, "<eof> expected");
        if (!parser_recover(p))
            break;
        parser_advance(p);
    }
    block->span.end = p->ast->source.length;
}

/* A name that nothing in the source has. */
static const char *free_name(struct ast *ast)
{
    for (unsigned i = 0;; i++) {
        const char *name = i ? arena_printf(&ast->arena, "__types%u", i) : "__types";
        uint32_t known = ast->words.count;
        words_intern(&ast->words, name, strlen(name));
        if (ast->words.count > known)
            return name;
    }
}

static int compare_marks(const void *left, const void *right)
{
    const struct ast_span *a = &((const struct ast_mark *)left)->span, *b = &((const struct ast_mark *)right)->span;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return (a->end > b->end) - (a->end < b->end);
}

static void finish(struct ast *ast)
{
    diagnostics_sort(&ast->diagnostics);
    diagnostics_sort(&ast->remarks);
    if (ast->mark_count)
        qsort(ast->marks, ast->mark_count, sizeof *ast->marks, compare_marks);
    if (ast->use_count)
        ast->types_name = free_name(ast);
}

static void parse(struct parser *p)
{
    struct ast *ast = p->ast;
    ast->chunk = arena_alloc(p->arena, sizeof *ast->chunk);
    ast->chunk->is_vararg = true;
    ast->chunk->span.end = ast->source.length;
    p->environment = words_intern(&ast->words, "_ENV", 4);
    parser_start(p);
    if (p->lexer.start)
        parser_mark(p, AST_MARK_SKIP, 0, p->lexer.start);
    parser_open_function(p, ast->chunk);
    chunk_body(p, &ast->chunk->body);
    p->panic = p->fatal; /* unless hopeless, labels are still checked */
    parser_close_function(p);
    finish(ast);
}

static void refuse(struct ast *ast, const char *message, const char *help)
{
    struct diagnostic diagnostic = {.code = "P0001", .message = message, .help = help};
    diagnostics_add(&ast->diagnostics, &diagnostic);
}

/*
 * `is_variable`: globals that are never types. It becomes those that were taken for types, in this or that place, though the source assigns to
 * them: it is to be read again.
 */
static struct ast *parse_source(const char *source, size_t length, uint32_t *is_variable)
{
    struct ast *ast = new_ast(source, length);
    struct parser p = {.ast = ast,
                       .arena = &ast->arena,
                       .is_variable = *is_variable,
                       .last_decl = &ast->decls,
                       .last_use = &ast->uses,
                       .last_require = &ast->requires};
    parse(&p);
    *is_variable = p.assigned & p.meant;
    return ast;
}

struct ast *parser_parse(const char *source, size_t length)
{
    if (length > SOURCE_LENGTH_MAX) {
        struct ast *ast = new_ast("", 0);
        refuse(ast, "source is longer than 8 MB", "keep large data in files that the program reads");
        return ast;
    }
    uint32_t assigned = 0;
    struct ast *ast = parse_source(source, length, &assigned);
    if (!assigned)
        return ast;
    ast_free(ast);
    return parse_source(source, length, &assigned);
}
