/* SPDX-License-Identifier: MIT */
/* links: lang */
/*
 * f_lang: any bytes as a source: either diagnostics in order, or a text without types, of as many lines, in which nothing more is to be
 * erased. Memory is linear in the length. The types of a good source are made, shown, and copied as for a message.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vm/lang/ast_root.h"
#include "vm/lang/erase.h"
#include "vm/lang/ignore.h"
#include "vm/lang/parser.h"
#include "vm/lang/shape_build.h"
#include "vm/lang/shape_relate.h"
#include "vm/lang/shape_text.h"

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
    /* A variable called `as` may be called with what is a type once the types in it are gone: `x = y as (T! & b)`. */
    bool may_be_cast = memmem(erased.text, erased.length, "as", 2) != NULL;
    check(again->diagnostics.count == 0 && (again->mark_count == 0 || may_be_cast));
    check(again->source.line_count == ast->source.line_count + erased.is_wrapped);
    ast_free(again);
    erased_destroy(&erased);
}

/* Not linked: types of imports stay open. */
static void check_type(const struct shapes *shapes, uint32_t node)
{
    char text[SHAPE_TEXT_MESSAGE];
    struct shape_ref ref = {shapes, node};
    check(shape_text(shapes, node, text, sizeof text) == strlen(text));
    struct shape_builder builder;
    shape_begin(&builder);
    shape_use(&builder, shape_import(&builder, shapes, node));
    struct shapes *copy = shape_seal(&builder);
    shape_end(&builder);
    check(shape_is_sound(copy, shape_size(copy)));
    struct shape_ref other = {copy, shape_all_words(copy)[copy->uses]};
    check(shape_hash(ref) == shape_hash(other));
    shape_is_same(ref, other);
    shape_is_equal(ref, other);
    shape_is_subtype(ref, other);
    free(copy);
}

static void check_types(const struct ast *ast)
{
    enum { TYPES_LOOKED_AT = 20 };
    struct shapes *shapes = shape_of_source(ast, (uint64_t[2]){1, 2});
    if (!shapes)
        return;
    const uint32_t *exports = shape_all_words(shapes) + shapes->exports;
    for (uint32_t i = 0; i < shapes->export_count && i < TYPES_LOOKED_AT; i++)
        check_type(shapes, exports[2 * i + 1]);
    const uint32_t *uses = shape_all_words(shapes) + shapes->uses;
    for (uint32_t i = 0; i < shapes->use_count && i < TYPES_LOOKED_AT; i++)
        check_type(shapes, uses[i]);
    free(shapes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ast *ast = parser_parse((const char *)data, size);
    check(ast->arena.total <= size * BYTES_EACH + BYTES_AT_LEAST);
    check_diagnostics(ast, &ast->diagnostics);
    check_diagnostics(ast, &ast->remarks);
    if (!ast->diagnostics.count)
        check_erased(ast);
    if (!ast->diagnostics.count)
        check_types(ast);
    ast_free(ast);
    return 0;
}
