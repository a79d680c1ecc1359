/* SPDX-License-Identifier: MIT */
/* links: lang */
/* ignore: which comments keep which findings from being reported. */
#include "tests/unit/lang_rig.h"
#include "vm/lang/ignore.h"

static void check(const char *text, uint32_t line, const char *code, bool expected)
{
    struct ast *ast = parse_good(text);
    cr_assert_eq(ignore_covers(&ast->source, line, code), expected, "%s in line %u of: %s", code, line, text);
    ast_free(ast);
}

Test(ignore, same_line)
{
    check("x = 1", 1, "W0004", false);
    check("x = 1 -- lint: ignore", 1, "W0004", true);
    check("x = 1 --lint: ignore", 1, "W0004", true);
    check("x = 1 --  \tlint:\tignore\t\n", 1, "W0004", true);
    check("x = 1 -- a -- lint: ignore", 1, "W0004", true);
    check("x = 1 -- lint: ignored", 1, "W0004", false);
    check("x = 1 -- lint:ignore", 1, "W0004", false);
    check("x = 1 - lint", 1, "W0004", false);
    check("x = 1 -- lint: ignore-file", 1, "W0004", true);
}

Test(ignore, codes)
{
    check("x = 1 -- lint: ignore W0004", 1, "W0004", true);
    check("x = 1 -- lint: ignore W0004", 1, "W0005", false);
    check("x = 1 -- lint: ignore W0001 W0004", 1, "W0004", true);
    check("x = 1 -- lint: ignore W0001, W0004", 1, "W0004", true);
    check("x = 1 -- lint: ignore W0001,W0004", 1, "W0004", true);
    check("x = 1 -- lint: ignore W00041", 1, "W0004", false);
    check("x = 1 -- lint: ignore W0004 it is needed", 1, "W0004", true);
    check("x = 1 -- lint: ignore W0004 not W0005", 1, "W0005", false);
    check("x = 1 -- lint: ignore it is needed", 1, "W0004", true);
    check("x = 1 -- lint: ignore", 1, "E0017", true);
}

Test(ignore, line_before)
{
    check("-- lint: ignore W0004\nx = 1\ny = 2", 2, "W0004", true);
    check("-- lint: ignore W0004\nx = 1\ny = 2", 3, "W0004", false);
    check("\t -- lint: ignore\r\nx = 1", 2, "W0004", true);
    check("y = 1 -- lint: ignore\nx = 1", 2, "W0004", false);
}

Test(ignore, file)
{
    check("-- lint: ignore-file W0004\n\n\nx = 1", 4, "W0004", true);
    check("-- lint: ignore-file W0004\n\n\nx = 1", 4, "W0005", false);
    check("\n\n\n\n\n\n\n\n\n-- lint: ignore-file\nx = 1", 11, "W0004", true);
    check("\n\n\n\n\n\n\n\n\n\n-- lint: ignore-file\nx = 1", 1, "W0004", false);
}

Test(ignore, syntax_errors_are_always_reported)
{
    check("-- lint: ignore-file\nx = 1 -- lint: ignore P0001", 2, "P0001", false);
}
