/* SPDX-License-Identifier: MIT */
/* lang_rig: for tests of the parser: sources that are good, and sources that are wrong in a known place. */
#ifndef TESTS_LANG_RIG_H
#define TESTS_LANG_RIG_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "vm/lang/ast_root.h"
#include "vm/lang/parser.h"

static inline struct ast *parse_good(const char *text)
{
    struct ast *ast = parser_parse(text, strlen(text));
    const struct diagnostics *found = &ast->diagnostics;
    cr_assert_eq(found->count, 0, "refused: %s\n%s", text, found->count ? found->items[0].message : "");
    return ast;
}

static inline void check_good(const char *text)
{
    ast_free(parse_good(text));
}

/* The first error of the text; `help`: a part of its advice, NULL: whatever. */
static inline void check_advice(const char *text, unsigned line, unsigned column, const char *message, const char *help)
{
    struct ast *ast = parser_parse(text, strlen(text));
    cr_assert_neq(ast->diagnostics.count, 0, "accepted: %s", text);
    const struct diagnostic *first = &ast->diagnostics.items[0];
    struct source_position at = source_position(&ast->source, first->start);
    cr_assert_str_eq(first->message, message, "'%s' in: %s", first->message, text);
    cr_assert(at.line == line && at.column == column, "%u:%u in: %s", at.line, at.column, text);
    cr_assert(!help || (first->help && strstr(first->help, help)), "'%s' in: %s", first->help ? first->help : "", text);
    ast_free(ast);
}

static inline void check_error(const char *text, unsigned line, unsigned column, const char *message)
{
    check_advice(text, line, column, message, NULL);
}

#endif
