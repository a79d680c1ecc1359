/* SPDX-License-Identifier: MIT */
/*
 * erase: copies the source and leaves out what the parser has marked.
 *
 * I1  What is left out is replaced by a blank, for it may stand between two names.
 * I2  Its line ends are kept, each as "\n" with blanks around: a CR left alone beside a LF would count as one line end with it.
 */
#include "vm/lang/erase.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/memory.h"
#include "vm/lang/ast_root.h"

/* More than any mark adds to what it takes away, but for the name of the types. */
enum { MARK_ROOM = 16 };

static const char head[] = "local %s;return function(...)do local _=_ENV end ", tail[] = " \nend";

struct output {
    char *at;
    const char *source;
    const char *types_name;
};

static void add(struct output *out, const char *text, size_t length)
{
    memcpy(out->at, text, length);
    out->at += length;
}

static void add_char(struct output *out, char c)
{
    *out->at++ = c;
}

static void add_line_ends(struct output *out, struct ast_span span)
{
    const char *text = out->source + span.start, *end = out->source + span.end;
    bool any = false;
    add_char(out, ' ');
    for (; text < end; text++) {
        if (*text != '\n' && *text != '\r')
            continue;
        if (text + 1 < end && (text[1] == '\n' || text[1] == '\r') && text[1] != *text)
            text++;
        add_char(out, '\n');
        any = true;
    }
    if (any)
        add_char(out, ' ');
}

static void add_mark(struct output *out, const struct ast_mark *mark)
{
    switch ((enum ast_mark_kind)mark->kind) {
    case AST_MARK_SKIP:
        return;
    case AST_MARK_OPEN:
        add_char(out, '(');
        return;
    case AST_MARK_CLOSE:
        add_char(out, ')');
        break;
    case AST_MARK_STATEMENT:
        add_char(out, ';');
        break;
    case AST_MARK_ARGUMENT:
        add_char(out, ',');
        /* fall through */
    case AST_MARK_USE:
        out->at += sprintf(out->at, "%s[%u]", out->types_name, mark->use);
        break;
    case AST_MARK_IS:
        out->at += sprintf(out->at, "(%s[0]%s", out->types_name, mark->separated ? "," : "");
        add_line_ends(out, mark->span);
        return;
    case AST_MARK_ERASE:
        break;
    }
    add_line_ends(out, mark->span);
    if (mark->separated)
        add_char(out, ';');
}

static void add_all(struct output *out, const struct ast *ast)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < ast->mark_count; i++) {
        const struct ast_mark *mark = &ast->marks[i];
        if (mark->span.start < at)
            continue; /* inside the one before */
        add(out, out->source + at, mark->span.start - at);
        add_mark(out, mark);
        at = mark->span.end;
    }
    add(out, out->source + at, ast->source.length - at);
}

void erase_types(const struct ast *ast, struct erased *erased)
{
    *erased = (struct erased){.text = ast->source.text, .length = ast->source.length};
    if (!ast->mark_count)
        return;
    size_t name = ast->types_name ? strlen(ast->types_name) : 0;
    size_t room = ast->source.length + ast->mark_count * (MARK_ROOM + name) + sizeof head + sizeof tail + name;
    erased->owned = memory_alloc(room, "a program");
    struct output out = {.at = erased->owned, .source = ast->source.text, .types_name = ast->types_name};
    erased->is_wrapped = ast->use_count > 0;
    if (erased->is_wrapped)
        out.at += sprintf(out.at, head, ast->types_name);
    add_all(&out, ast);
    if (erased->is_wrapped)
        add(&out, tail, sizeof tail - 1);
    erased->text = erased->owned;
    erased->length = (size_t)(out.at - erased->owned);
}

void erased_destroy(struct erased *erased)
{
    free(erased->owned);
    *erased = (struct erased){0};
}
