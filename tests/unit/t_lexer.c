/* SPDX-License-Identifier: MIT */
/* links: lang */
/* lexer and literal: kinds, places and lines of tokens, what Lua's lexer refuses and in which words, values of literals. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/lang/ast_root.h"
#include "vm/lang/lexer.h"
#include "vm/lang/literal.h"
#include "vm/lang/parser.h"

/* An ast to lex for, of any text. */
struct lexing {
    struct ast *ast;
    struct lexer lexer;
};

static struct lexing start(const char *text, size_t length)
{
    struct lexing lexing = {.ast = parser_parse("", 0)};
    source_destroy(&lexing.ast->source);
    source_init(&lexing.ast->source, text, length);
    lexer_init(&lexing.lexer, lexing.ast);
    return lexing;
}

/* "kind@start-end" of every token, the first of a line marked. */
static void check_tokens(const char *text, const char *expected)
{
    struct lexing lexing = start(text, strlen(text));
    struct token token;
    char seen[2048];
    size_t length = 0;
    do {
        lexer_next(&lexing.lexer, &token);
        length += (size_t)snprintf(seen + length, sizeof seen - length, "%s%s:%u:%u-%u", length ? " " : "",
                                   token_kind_text(token.kind), token.line, token.start, token.end);
    } while (token.kind != TOKEN_EOF && length < sizeof seen - 100);
    cr_assert_str_eq(seen, expected, "%s\nof: %s", seen, text);
    cr_assert_eq(lexing.ast->diagnostics.count, 0);
    ast_free(lexing.ast);
}

Test(lexer, tokens_know_their_places)
{
    check_tokens("", "<eof>:1:0-0");
    check_tokens("a = 1", "<name>:1:0-1 =:1:2-3 <number>:1:4-5 <eof>:1:5-5");
    check_tokens("a\n b\r\nc\n\rd\re",
                 "<name>:1:0-1 <name>:2:3-4 <name>:3:6-7 <name>:4:9-10 <name>:5:11-12 <eof>:5:12-12");
    check_tokens("[[x\ny]] z", "<string>:1:0-7 <name>:2:8-9 <eof>:2:9-9");
    check_tokens("--[==[ ]]\n]==]a--b\nc", "<name>:2:14-15 <name>:3:19-20 <eof>:3:20-20");
    check_tokens("'a\\\nb' 'c\\z\n\n d' e", "<string>:1:0-6 <string>:2:7-16 <name>:4:17-18 <eof>:4:18-18");
}

Test(lexer, symbols_are_read_greedily)
{
    check_tokens("..", "..:1:0-2 <eof>:1:2-2");
    check_tokens("....", "...:1:0-3 .:1:3-4 <eof>:1:4-4");
    check_tokens("<<=>>=", "<<:1:0-2 =:1:2-3 >>:1:3-5 =:1:5-6 <eof>:1:6-6");
    check_tokens("<=>=~==", "<=:1:0-2 >=:1:2-4 ~=:1:4-6 =:1:6-7 <eof>:1:7-7");
    check_tokens(":::/ //", ":::1:0-2 ::1:2-3 /:1:3-4 //:1:5-7 <eof>:1:7-7");
    check_tokens("->-- x", "->:1:0-2 <eof>:1:6-6");
    check_tokens("a[[[]]]b", "<name>:1:0-1 <string>:1:1-6 ]:1:6-7 <name>:1:7-8 <eof>:1:8-8");
}

static void check_names(const char *text, unsigned firsts)
{
    struct lexing lexing = start(text, strlen(text));
    struct token token;
    for (unsigned i = 0; lexer_next(&lexing.lexer, &token), token.kind != TOKEN_EOF; i++)
        cr_assert_eq(token.is_first, firsts >> i & 1, "token %u of %s", i, text);
    ast_free(lexing.ast);
}

Test(lexer, tokens_know_whether_they_are_first_in_line)
{
    check_names("a b\nc d", 0x5);
    check_names("a --[[\n]] b --[[x]] c", 0x3);
    check_names("a [[\n]] b", 0x1);
}

Test(lexer, keywords_and_words)
{
    struct lexing lexing = start("end type error ends", 19);
    struct token token;
    lexer_next(&lexing.lexer, &token);
    cr_assert_eq(token.kind, TOKEN_END);
    lexer_next(&lexing.lexer, &token);
    cr_assert(token.kind == TOKEN_NAME && token.word->context == WORD_TYPE && !token.word->builtin);
    lexer_next(&lexing.lexer, &token);
    cr_assert(token.kind == TOKEN_NAME && token.word->builtin == BUILTIN_ERROR);
    lexer_next(&lexing.lexer, &token);
    cr_assert(token.kind == TOKEN_NAME && !strcmp(token.word->text, "ends") && token.word->length == 4);
    ast_free(lexing.ast);
}

/* The first thing that the parser says. */
static void check_error(const char *text, size_t length, const char *message)
{
    struct ast *ast = parser_parse(text, length);
    cr_assert_neq(ast->diagnostics.count, 0, "accepted: %s", text);
    cr_assert_str_eq(ast->diagnostics.items[0].message, message, "'%s' of: %s", ast->diagnostics.items[0].message,
                     text);
    ast_free(ast);
}

#define CHECK_ERROR(text, message) check_error(text, sizeof text - 1, message)

Test(lexer, errors_are_those_of_luac)
{
    CHECK_ERROR("x = 'abc", "unfinished string near <eof>");
    CHECK_ERROR("x = 'abc\n'", "unfinished string near ''abc'");
    CHECK_ERROR("x = 'a\\qb'", "invalid escape sequence near ''a\\q'");
    CHECK_ERROR("x = '\\300'", "decimal escape too large near ''\\300''");
    CHECK_ERROR("x = '\\x4g'", "hexadecimal digit expected near ''\\x4g'");
    CHECK_ERROR("x = '\\u41'", "missing '{' near ''\\u4'");
    CHECK_ERROR("x = '\\u{}'", "hexadecimal digit expected near ''\\u{}'");
    CHECK_ERROR("x = '\\u{110000}'", "UTF-8 value too large near ''\\u{110000'");
    CHECK_ERROR("x = '\\u{41'", "missing '}' near ''\\u{41''");
    CHECK_ERROR("x = [[\n\nabc", "unfinished long string (starting at line 1) near <eof>");
    CHECK_ERROR("\n--[=[ ]]", "unfinished long comment (starting at line 2) near <eof>");
    CHECK_ERROR("x = [=", "invalid long string delimiter near '[='");
    CHECK_ERROR("x = [==x", "invalid long string delimiter near '[=='");
    CHECK_ERROR("x = 1..2", "malformed number near '1..2'");
    CHECK_ERROR("x = 0x", "malformed number near '0x'");
    CHECK_ERROR("x = 1e+", "malformed number near '1e+'");
    CHECK_ERROR("x = 3f", "malformed number near '3f'");
    CHECK_ERROR("x = $", "unexpected symbol near '$'");
    CHECK_ERROR("x = \x01", "unexpected symbol near '<\\1>'");
    CHECK_ERROR("x = \xc3\xa9", "unexpected symbol near '<\\195>'");
    CHECK_ERROR("\0", "unexpected symbol near '<\\0>'");
    CHECK_ERROR("\x1bLua", "unexpected symbol near '<\\27>'");
}

Test(lexer, errors_inside_tokens_do_not_hide_others)
{
    const char text[] = "local a = 'x\\q'\nlocal b = 1e\nlocal c = = 1\nlocal d = 'u\nlocal e = 0x.";
    struct ast *ast = parser_parse(text, sizeof text - 1);
    cr_assert_eq(ast->diagnostics.count, 5);
    for (uint32_t i = 0; i < 5; i++)
        cr_assert_eq(source_position(&ast->source, ast->diagnostics.items[i].start).line, i + 1);
    ast_free(ast);
}

Test(lexer, number_of_errors_is_bounded)
{
    char *text = malloc(40000 * 4);
    for (int i = 0; i < 40000; i++)
        memcpy(text + 4 * i, "'\\q'", 4);
    struct ast *ast = parser_parse(text, 40000 * 4);
    cr_assert_leq(ast->diagnostics.count, 2 * PARSER_ERRORS_MAX);
    ast_free(ast);
    free(text);
}

static void check_skipped(const char *text, size_t skipped)
{
    struct lexing lexing = start(text, strlen(text));
    cr_assert_eq(lexer_position(&lexing.lexer), skipped, "%s", text);
    cr_assert_eq(lexing.lexer.start, skipped);
    ast_free(lexing.ast);
}

Test(lexer, first_line_for_the_shell_and_byte_order_mark_are_skipped)
{
    check_skipped("#!/bin/lua\nx", 10);
    check_skipped("#", 1);
    check_skipped("\xef\xbb\xbfx", 3);
    check_skipped("\xef\xbb\xbf#!x\r\ny", 7);
    check_skipped("\n#!x", 0);
    check_skipped("\xef\xbbx", 0);
    check_tokens("#!x\ny", "<name>:2:4-5 <eof>:2:5-5");
}

/* ---- literals ---- */

static struct ast_literal number(const char *text)
{
    struct ast_literal literal = {0};
    cr_assert(literal_is_number(text, strlen(text)), "%s", text);
    literal_number(text, strlen(text), &literal);
    return literal;
}

static void check_integer(const char *text, int64_t expected)
{
    struct ast_literal literal = number(text);
    cr_assert_eq(literal.kind, AST_LITERAL_INTEGER, "%s", text);
    cr_assert_eq(literal.integer, expected, "%s is %" PRId64, text, literal.integer);
}

static void check_float(const char *text, double expected)
{
    struct ast_literal literal = number(text);
    cr_assert_eq(literal.kind, AST_LITERAL_FLOAT, "%s", text);
    cr_assert(literal.number == expected, "%s is %g", text, literal.number);
}

Test(lexer, numbers)
{
    check_integer("0", 0);
    check_integer("0042", 42);
    check_integer("9223372036854775807", INT64_MAX);
    check_float("9223372036854775808", 9223372036854775808.0);
    check_integer("0xff", 255);
    check_integer("0XFFFFFFFFFFFFFFFF", -1);
    check_integer("0x1ffffffffffffffff", -1);
    check_float("1.", 1);
    check_float(".5", 0.5);
    check_float("1e2", 100);
    check_float("1E-2", 0.01);
    check_float("0x.8", 0.5);
    check_float("0xA.8p1", 21);
    check_float("1e999", INFINITY);
    static const char *const wrong[] = {"",     ".",      "0x",  "0x.", "1e",  "1e+", "1.2.3",
                                        "0x1p", "0x1e+1", "1p1", "inf", "0xg", "1_0"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_assert_not(literal_is_number(wrong[i], strlen(wrong[i])), "%s", wrong[i]);
}

Test(lexer, long_numbers)
{
    char text[1000];
    memset(text, '0', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    text[sizeof text - 2] = '7';
    check_integer(text, 7);
    text[0] = '1';
    check_float(text, INFINITY);
}

static void check_string(const char *text, const char *expected, size_t length)
{
    struct arena arena;
    struct ast_literal literal = {0};
    arena_init(&arena);
    literal_string(&arena, text, strlen(text), &literal);
    cr_assert(literal.length == length && !memcmp(literal.text, expected, length), "%s is '%s'", text, literal.text);
    cr_assert_eq(literal.text[length], '\0');
    arena_destroy(&arena);
}

#define CHECK_STRING(text, expected) check_string(text, expected, sizeof expected - 1)

Test(lexer, strings)
{
    CHECK_STRING("''", "");
    CHECK_STRING("\"a'b\"", "a'b");
    CHECK_STRING("'\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"'", "\a\b\f\n\r\t\v\\'\"");
    CHECK_STRING("'\\0\\65\\0661\\x41\\x7e'", "\0AB1A~");
    CHECK_STRING("'a\\z \n\t b'", "ab");
    CHECK_STRING("'a\\\r\nb\\\nc'", "a\nb\nc");
    CHECK_STRING("'\\u{41}\\u{e9}\\u{20AC}\\u{10FFFF}'", "A\u00e9\u20ac\U0010ffff");
    CHECK_STRING("[[]]", "");
    CHECK_STRING("[[\na\\n]]", "a\\n");
    CHECK_STRING("[==[\r\n]]\r\nx\n\r]=]]==]", "]]\nx\n]=]");
}
