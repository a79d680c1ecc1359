/* SPDX-License-Identifier: MIT */
/* links: lang */
/* parser: what is accepted, what names mean, and what is said about errors. */
#include <criterion/criterion.h>
#include <string.h>

#include "vm/lang/ast_root.h"
#include "vm/lang/parser.h"

static struct ast *parse(const char *text)
{
    struct ast *ast = parser_parse(text, strlen(text));
    const struct diagnostics *found = &ast->diagnostics;
    cr_assert_eq(found->count, 0, "%s\nrefused: %s", text, found->count ? found->items[0].message : "");
    return ast;
}

static void check_good(const char *text)
{
    ast_free(parse(text));
}

/* The first error of the text. */
static void check_error(const char *text, unsigned line, unsigned column, const char *message)
{
    struct ast *ast = parser_parse(text, strlen(text));
    cr_assert_neq(ast->diagnostics.count, 0, "accepted: %s", text);
    const struct diagnostic *first = &ast->diagnostics.items[0];
    struct source_position at = source_position(&ast->source, first->start);
    cr_assert(at.line == line && at.column == column, "%u:%u %s in: %s", at.line, at.column, first->message, text);
    cr_assert_str_eq(first->message, message, "'%s' in: %s", first->message, text);
    ast_free(ast);
}

Test(parser, words_of_types_are_ordinary_names)
{
    check_good("local type, interface, as, is, asserts, readonly, typeof, keyof, fun, extends = 1");
    check_good("local a = b\nas = 3 as(1) as.x = 1 as:y() as[1] = 2 as = 1");
    check_good("local a = b\nas{1}\nas'x'\nas(2)");
    check_good("local a = b as = 3");
    check_good("type = 1 type(x) type.y = 2 type{} type'' interface = 1 interface()");
    check_good("t = {type = 1, as = 2, is = is, interface} t.as = t.type");
    check_good("function as(is) return as(is) end goto fun ::fun::");
}

Test(parser, casts)
{
    check_good("local a = b as T, c :: U, d!, e as A as B, f!!, -g as T ^ 2");
    check_good("local a = b as {T} local c = d as (A) -> B");
    check_good("local a = b as integer < c");
    check_good("local x = y :: T\n::done::");
    check_good("local x = y ::\nlabel\n:: goto label");
    check_good("x = y ::a:: ::b::");
    check_error("local x = y as T.z.w", 1, 19, "syntax error near '.'");
    check_error("local x = y!.z", 1, 13, "syntax error near '.'");
    check_error("local x = y !== z", 1, 13, "Lua has no '!=='");
    check_good("local x = y!== z");
}

Test(parser, errors)
{
    check_error("x = = 1", 1, 5, "unexpected symbol near '='");
    check_error("if x then\n", 2, 1, "'end' expected (to close 'if' at line 1) near <eof>");
    check_error("continue", 1, 1, "Lua has no 'continue'");
    check_error("if a != b then end", 1, 6, "Lua has no '!='");
    check_error("a += 1", 1, 3, "Lua has no '+='");
}
