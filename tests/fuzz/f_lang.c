/* SPDX-License-Identifier: MIT */
/* links: lang */
/*
 * f_lang: any bytes as a source: either diagnostics in order, or a text without types, of as many lines, in which nothing more is to be
 * erased. Memory is linear in the length.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vm/lang/ast_root.h"
#include "vm/lang/erase.h"
#include "vm/lang/ignore.h"
#include "vm/lang/parser.h"

enum { BYTES_EACH = 200, BYTES_AT_LEAST = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

static void check_diagnostics(const struct ast *ast, const struct diagnostics *found)
{
    for (uint32_t i = 0; i < found->count; i++) {
        const struct diagnostic *item = &found->items[i];
        check(item->message[0] && item->start <= item->end && item->end <= ast->source.length);
        check(!i || found->items[i - 1].start <= item->start);
        uint32_t line = source_position(&ast->source, item->start).line;
        check(line >= 1 && line <= ast->source.line_count);
        check(!ignore_covers(&ast->source, line, "P0001"));
        ignore_covers(&ast->source, line, item->code);
    }
}

static void check_erased(const struct ast *ast)
{
    struct erased erased;
    erase_types(ast, &erased);
    check(erased.owned || !ast->mark_count);
    struct ast *again = parser_parse(erased.text, erased.length);
    check(again->diagnostics.count == 0 && again->mark_count == 0);
    check(again->source.line_count == ast->source.line_count + erased.is_wrapped);
    ast_free(again);
    erased_destroy(&erased);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ast *ast = parser_parse((const char *)data, size);
    check(ast->arena.total <= size * BYTES_EACH + BYTES_AT_LEAST);
    check_diagnostics(ast, &ast->diagnostics);
    check_diagnostics(ast, &ast->remarks);
    if (!ast->diagnostics.count)
        check_erased(ast);
    ast_free(ast);
    return 0;
}
