/* SPDX-License-Identifier: MIT */
/* links: lang */
/* parser: what is accepted, what names mean, labels, and what is said about errors. Types as trees are in t_parser_type.c. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/lang_rig.h"

Test(parser, words_of_types_are_ordinary_names)
{
    check_good("local type, interface, as, is, asserts, readonly, typeof, keyof, fun, extends = 1");
    check_good("local a = b\nas = 3 as(1) as.x = 1 as:y() as[1] = 2 as = 1");
    check_good("local a = b\nas{1}\nas'x'\nas(2)");
    check_good("local a = b as = 3");
    check_good("local a = b as() a = b as(1, 2) a = b as(c.d.e) a = b as(c):d() a = b as'x'.y = 1 a = b as{1, 2}");
    check_good("type = 1 type(x) type.y = 2 type{} type'' interface = 1 interface()");
    check_good("t = {type = 1, as = 2, is = is, interface} t.as = t.type");
    check_good("function as(is) return as(is) end goto fun ::fun::");
    check_good("function type.is(type) type:type() end local function interface() end");
    check_good("for as = 1, 2 do end for is, type in pairs(as) do end");
    check_good("local function f(): T\nis = 3 end local function g(): asserts x\nis = 3 end");
    check_good("local function f(): T\nextends = 3 end");
    check_good("local function f(): fun\n(g or h)() end local function f(): typeof\n(g or h)() end");
    check_good("local interface X = 1");
}

Test(parser, all_of_lua)
{
    check_good("goto l1 do goto l1 end ::l1:: ::l2:: ; ::l3::");
    check_good("while a do break; break end repeat local x until x for i = 1, 2, 3 do end");
    check_good("local function f(...) return ... end return f(...), {...}, function(...) return ... end;");
    check_good("a.b['c'].d, e = 1 f{}.g'x':h[[y]](1, 2) (f or g)(x).y = 2");
    check_good("local x = not -#~a ^ -b .. c .. d // e << f >> g & h ~ i | j < k <= l > m >= n ~= o == p and q or r");
    check_good(";;; local t = {[1] = 2; x = 3, 4, f(), ...}");
    check_good("if a then elseif b then elseif c then else end");
    check_good("function a.b.c:d() self.x = 1 end");
    check_good("x=3y=4local z=0xfz=1");
    check_good("return");
    check_good("#!/usr/bin/env lua\nreturn 1");
}

Test(parser, casts)
{
    check_good("local a = b as T, c :: U, d!, e as A as B, f!!, -g as T ^ 2");
    check_good("local a = b as {T} local c = d as (A) -> B local e = f as 'x' | 'y'");
    check_good("local a = b as integer < c");
    check_good("local x = y :: T\n::done::");
    check_good("local x = y ::\nlabel\n:: goto label");
    check_good("x = y ::a:: ::b::");
    check_good("f(x!, y as T, z :: U) t = {x!, y as T; z :: U, [x!] = y as T}");
    check_good("return x as T, y!");
    check_good("(x as T).y = 1 (x!)() local s = (x as T):m()");
    check_good("local a = x as T\n(g or h)()");
    check_good("local a = x!== y");
    check_error("local x = y as T.z.w", 1, 19, "syntax error near '.'");
    check_error("local x = y!.z", 1, 13, "syntax error near '.'");
    check_error("local x = y!(z)", 1, 13, "syntax error near '('");
    check_error("local x = y! 'z'", 1, 14, "syntax error near ''z''");
    check_error("x as T = 3", 1, 3, "syntax error near 'as'");
    check_error("f()!", 1, 4, "unexpected symbol near '!'");
    check_error("x!", 1, 2, "syntax error near '!'");
    check_error("local x = y !== z", 1, 13, "Lua has no '!=='");
    check_error("local x = y :: A\n:: B", 2, 5, "syntax error near <eof>"); /* a label A, as in Lua */
    check_error("local x = (y :: A :: B)", 1, 14, "')' expected near '::'");
}

Test(parser, type_declarations)
{
    check_good("type A = B type type = integer type C<T> = {T} type D<K: string, V> = {[K]: V}");
    check_good("type Tree = {value: number, kids: {Tree}} do type A = B end type B = nil");
    check_good("interface X end interface Y: X function f() end");
    check_good("interface Z: X, m.Y function f(self, a: T, ...: U): A, B function g(): (A, B) function h() end");
    check_good("local function f<T, U: T>(a: T, b?: U, ...: any): (T, U) end");
    check_good("local f = function<T>(x: T): T return x end function a.b:c<T>(): asserts self is T end");
    check_good("function f(): A, B end function f(): (A, B) end function f(): (A) -> B, C end function f(): () end");
    check_good("local a: A, b: {B}?, c = 1");
    check_good("while x do type A = B end if a then type A = B else interface C end end");
    check_good("type Box<T> = {v: Box<Box<T>>} local x: Box<Box<T>>= y local z: Box<T>= y");
    check_good("type F = fun(): A, B type G = 1");
    check_error("for i: number = 1, 2 do end", 1, 6,
                "loop variables have no type annotation; their types follow from the loop");
    check_error("type A = ", 1, 10, "type expected near <eof>");
    check_error("type A = {A, B}", 1, 12, "'}' expected near ','");
    check_error("type A = (B, C)", 1, 16, "'->' expected near <eof>");
    check_error("type A = (x: B)", 1, 16, "'->' expected near <eof>");
    check_error("type A = {[string]: B, [number]: C}", 1, 24, "a record has at most one [K]: V part");
    check_error("type A = interface {B}", 1, 10, "interface {...} has named fields only");
    check_error("type A = string @min(x)", 1, 22, "number, string or boolean expected near 'x'");
    check_error("x: number = 3", 1, 11, "function arguments expected near '='");
    check_error("type A = B<>", 1, 12, "type expected near '>'");
    check_error("interface X: {} end", 1, 14, "<name> expected near '{'");
}

/* ---- errors ---- */

Test(parser, errors_are_those_of_luac)
{
    check_error("x = = 1", 1, 5, "unexpected symbol near '='");
    check_error("if x then\n", 2, 1, "'end' expected (to close 'if' at line 1) near <eof>");
    check_error("if x then", 1, 10, "'end' expected near <eof>");
    check_error("f(\n1", 2, 2, "')' expected (to close '(' at line 1) near <eof>");
    check_error("x", 1, 2, "syntax error near <eof>");
    check_error("x, y", 1, 5, "'=' expected near <eof>");
    check_error("f() = 1", 1, 5, "syntax error near '='");
    check_error("end", 1, 1, "<eof> expected near 'end'");
    check_error("local 1", 1, 7, "<name> expected near '1'");
    check_error("function f(a, 1) end", 1, 15, "<name> or '...' expected near '1'");
    check_error("for 1", 1, 5, "<name> expected near '1'");
    check_error("for i do", 1, 7, "'=' or 'in' expected near 'do'");
    check_error("for i, j = 1", 1, 10, "'in' expected near '='");
    check_error("for i = 1 do end", 1, 11, "',' expected near 'do'");
    check_error("repeat", 1, 7, "'until' expected near <eof>");
    check_error("a.1 = 2", 1, 2, "syntax error near '.1'");
    check_error("a:b = 2", 1, 5, "function arguments expected near '='");
    check_error("break", 1, 1, "<break> at line 1 not inside a loop");
    check_error("while x do local f = function() break end end", 1, 33, "<break> at line 1 not inside a loop");
    check_error("function f() return ... end", 1, 21, "cannot use '...' outside a vararg function near '...'");
    check_error("local x = ?", 1, 11, "unexpected symbol near '?'");
}

Test(parser, labels)
{
    check_good("goto a ::a:: do goto a end");
    check_good("do goto a end ::a::");
    check_good("do ::a:: end do ::a:: end ::a::");
    check_good("::a:: do ::a:: goto a end");
    check_good("for i = 1, 2 do goto next local x ::next:: end");
    check_good("for i = 1, 2 do goto next local x ::next:: ; ::other:: type A = B end");
    check_good("repeat goto next; ::next:: until x");
    check_good("::a:: local x goto a");
    check_error("goto a", 1, 1, "no visible label 'a' for <goto> at line 1");
    check_error("goto a do ::a:: end", 1, 1, "no visible label 'a' for <goto> at line 1");
    check_error("goto a local function f() ::a:: end", 1, 1, "no visible label 'a' for <goto> at line 1");
    check_error("\n::a::\n::a::", 3, 1, "label 'a' already defined on line 2");
    check_error("goto a local x, y ::a:: f()", 1, 1, "<goto a> at line 1 jumps into the scope of local 'x'");
    check_error("local w do goto a end local x ::a:: f()", 1, 12,
                "<goto a> at line 1 jumps into the scope of local 'x'");
    check_error("repeat goto a local x ::a:: until x", 1, 8, "<goto a> at line 1 jumps into the scope of local 'x'");
}

Test(parser, common_slips)
{
    check_advice("while x do continue end", 1, 12, "Lua has no 'continue'", "::continue::");
    check_advice("continue", 1, 1, "Lua has no 'continue'", "::continue::");
    check_advice("if a != b then end", 1, 6, "Lua has no '!='", "'~='");
    check_advice("x != 1", 1, 3, "Lua has no '!='", "'~='");
    check_advice("f(a != b)", 1, 5, "Lua has no '!='", "'~='");
    check_advice("local c = a != b", 1, 13, "Lua has no '!='", "'~='");
    check_advice("a += 1", 1, 3, "Lua has no '+='", "x + y");
    check_advice("a.b[1] -= 1", 1, 8, "Lua has no '-='", "x - y");
    check_advice("a ..= 'x'", 1, 3, "Lua has no '..='", "x .. y");
    check_advice("a <<= 1", 1, 3, "Lua has no '<<='", "x << y");
    check_advice("i++", 1, 2, "Lua has no '++'", "x + 1");
    check_advice("if a && b then end", 1, 6, "Lua has no '&&'", "'and'");
    check_advice("if a || b then end", 1, 6, "Lua has no '||'", "'or'");
    check_advice("if !a then end", 1, 4, "unexpected symbol near '!'", "'not'");
    check_advice("if a = b then end", 1, 6, "'then' expected near '='", "'=='");
    check_advice("while a = b do end", 1, 9, "'do' expected near '='", "'=='");
    check_advice("x == 1", 1, 3, "syntax error near '=='", "write '='");
    check_advice("if a then elif b then end", 1, 11, "Lua has no 'elif'", "'elseif'");
    check_advice("let x = 1", 1, 1, "Lua has no 'let'", "'local'");
    check_advice("const x = 1", 1, 1, "Lua has no 'const'", "'local'");
    check_advice("fn f() end", 1, 1, "Lua has no 'fn'", "'function'");
    check_advice("export type A = B", 1, 1, "there is no 'export'", "importers");
    check_advice("local x <const> = 1", 1, 9, "Lua 5.3 has no attributes of variables (<const>)", "leave it out");
    check_advice("return 1 local x", 1, 10, "'return' must be the last statement of its block", "do return end");
    check_advice("if a then\nelse if b then\nend\n", 4, 1, "'end' expected (to close 'if' at line 1) near <eof>",
                 "'elseif' does not");
    check_advice("function f()\n  if a then\n    g()\nend\n", 5, 1,
                 "'end' expected (to close 'function' at line 1) near <eof>",
                 "the 'end' at line 4 closes 'if' at line 2, but is not indented like it");
    check_advice("x = a ? b : c", 1, 7, "unexpected symbol near '?'", "a and b or c");
    check_advice("x = if a then 1 else 2", 1, 5, "unexpected symbol near 'if'", "a and b or c");
    check_advice("x = `a{b}`", 1, 5, "unexpected symbol near '`'", "string.format");
    check_advice("x = a => b", 1, 7, "Lua has no '=>'", "'>='");
    check_advice("function f() -> number end", 1, 14, "unexpected symbol near '->'", "behind a colon");
    check_advice("function f(x: number = 1) end", 1, 22, "')' expected near '='", "no default values");
    check_advice("function f(x = 1) end", 1, 14, "')' expected near '='", "no default values");
    check_advice("f((x = 1))", 1, 6, "')' expected near '='", "'=='");
    check_advice("type F = (a: A): B", 1, 16, "'->' expected near ':'", "behind '->'");
    check_advice("type F = function(a: A)", 1, 18, "syntax error near '('", "'fun(a: A): B'");
    check_advice("x: number = 1", 1, 11, "function arguments expected near '='", "only local variables");
    check_advice("for x: number in y do end", 1, 6,
                 "loop variables have no type annotation; their types follow from the loop", NULL);
    check_error("local x: A @min(1,)", 1, 19, "number, string or boolean expected near ')'");
    check_advice("t = {\n  a = 1\n  b = 2}", 3, 3, "'}' expected (to close '{' at line 1) near 'b'", "','");
    check_advice("type A = {a: A b: B}", 1, 16, "'}' expected near 'b'", "','");
    check_advice("f(1 2)", 1, 5, "')' expected near '2'", "','");
    check_advice("function f(a b) end", 1, 14, "')' expected near 'b'", "','");
    check_advice("/* x */", 1, 1, "Lua has no '/*'", "'--'");
    check_advice("// x", 1, 1, "unexpected symbol near '//'", "'--'");
    check_advice("x = 1\n# x", 2, 1, "unexpected symbol near '#'", "'--'");
    check_advice("t = {end = 1}", 1, 6, "'end' is a word of the language and cannot be a name", "t[\"end\"]");
    check_advice("t.end = 1", 1, 3, "'end' is a word of the language and cannot be a name", "t[\"end\"]");
    check_advice("t:end()", 1, 3, "'end' is a word of the language and cannot be a name", "t[\"end\"]");
    check_error("t.\nend", 2, 1, "<name> expected near 'end'");
    check_advice("local end = 1", 1, 7, "<name> expected near 'end'", "cannot be names");
    check_advice("function f(end) end", 1, 12, "<name> or '...' expected near 'end'", "cannot be names");
    check_advice("fucntion f() end", 1, 10, "syntax error near 'f'", "'function' may be meant");
    check_advice("loacl x = 1", 1, 7, "syntax error near 'x'", "'local' may be meant");
    check_advice("retur x", 1, 7, "syntax error near 'x'", "'return' may be meant");
    check_advice("whiel x do end", 1, 7, "syntax error near 'x'", "'while' may be meant");
    check_advice("interface A { a: B }", 1, 11, "syntax error near 'A'", "'type Name = {...}'");
    check_advice("type A { a: B }", 1, 6, "syntax error near 'A'", "'type Name = ...'");
    check_advice("if x do y() end", 1, 6, "'then' expected near 'do'", "'do' follows 'while'");
    check_advice("while x then y() end", 1, 9, "'do' expected near 'then'", "'do' follows 'while'");
    check_advice("x = \342\200\234a\342\200\235", 1, 5, "unexpected symbol near '<\\226>'", "strings are written");
    check_advice("x = a?.b", 1, 6, "Lua has no '?.'", "a and a.b");
    check_advice("x = a ?? b", 1, 7,
                 "Lua has no '?"
                 "?'",
                 "a or b");
    check_advice("local x: ?A = 1", 1, 10, "type expected near '?'", "'T?'");
    check_advice("local x: A or B = 1", 1, 12, "unexpected symbol near 'or'", "'|'");
    check_advice("while x do { y() } end", 1, 12, "unexpected symbol near '{'", "'end'");
    check_advice("function f() { y() }", 1, 14, "unexpected symbol near '{'", "'end'");
    check_advice("local function t:f() end", 1, 17, "'(' expected near ':'", "plain names");
    check_advice("local t.x = 1", 1, 8, "unexpected symbol near '.'", "plain names");
    check_advice("type A = B A = 1", 1, 12, "'A' is a type here and cannot be assigned", "local");
    check_advice("type A = B function A() end", 1, 21, "'A' is a type here and cannot be assigned", "local");
    check_advice("type A = B function A.new() end", 1, 21, "'A' is a type here", "fields");
}

/* The lines of all errors. */
static void check_lines(const char *text, const char *expected)
{
    struct ast *ast = parser_parse(text, strlen(text));
    char seen[256] = "";
    for (uint32_t i = 0; i < ast->diagnostics.count; i++) {
        size_t length = strlen(seen);
        snprintf(seen + length, sizeof seen - length, "%s%u", i ? " " : "",
                 source_position(&ast->source, ast->diagnostics.items[i].start).line);
    }
    cr_assert_str_eq(seen, expected, "%s of: %s", seen, text);
    ast_free(ast);
}

Test(parser, goes_on_behind_errors)
{
    check_lines("x = = 1\ny = 2\nz = = 3\n", "1 3");
    check_lines("local a = \nlocal b = )\nlocal c = 1\nif c then d = = end\n", "2 2 4");
    check_lines("if x = 1 then\n  y = = 2\nend\nz = = 3\n", "1 2 4");
    check_lines("while x\n  y = = 2\nend\nz = = 3\n", "2 2 4");
    check_lines("function f(a b)\n  y = = 2\nend\nz = = 3\n", "1 2 4");
    check_lines("f(function()\n  y = = 2\nend)\nz = = 3\n", "2 4");
    check_lines("x = = function()\n  if a then b() end\nend\nz = = 3\n", "1 4");
    check_lines("type A = {x: }\ntype B = {y: number}\ninterface C function 1 end\nx = = 1\n", "1 3 4");
    check_lines("end\nx = = 1\nend\n", "1 2 3");
    check_lines("for i = 1 do x = = 1 end\n x = = 2\n", "1 1 2");
    check_lines("goto nowhere\nx = = 1\n", "2");
    check_lines("f({\na = = 1,\nb = 2,\n})\nx = = 1\n", "2 5");
    check_lines("f(a,\nb c)\nx = = 1\n", "2 3");
    check_lines("f(a\nlocal x = 1\nx = = 1\n", "2 3");
    check_lines("if a do\n  b()\nend\nwhile a then\n  b()\nend\nx = = 1\n", "1 4 7");
    check_lines("t = {end = 1, b = 2}\nt.end = t:end(1)\nx = = 1\n", "1 2 2 3");
    check_lines("f = function()\n  return 1\n}\nx = = 1\n", "3 4 5");
}

Test(parser, number_of_errors_is_bounded)
{
    char text[200 * 8 + 1];
    for (int i = 0; i < 200; i++)
        memcpy(text + 8 * i, "x = = 1\n", 9);
    struct ast *ast = parser_parse(text, 200 * 8);
    cr_assert_eq(ast->diagnostics.count, PARSER_ERRORS_MAX);
    ast_free(ast);
}

/* ---- bounds ---- */

/* before × count, middle, after × count */
static char *nest(const char *before, const char *middle, const char *after, size_t count)
{
    size_t a = strlen(before), b = strlen(after);
    char *text = malloc(count * (a + b) + strlen(middle) + 1), *at = text;
    for (size_t i = 0; i < count; i++, at += a)
        memcpy(at, before, a);
    strcpy(at, middle);
    at += strlen(middle);
    for (size_t i = 0; i < count; i++, at += b)
        memcpy(at, after, b);
    *at = '\0';
    return text;
}

static void check_depth(const char *head, const char *before, const char *middle, const char *after, bool is_bounded)
{
    for (size_t count = 90; count <= 30000; count += count < 100 ? 200 : 29000) {
        char *body = nest(before, middle, after, count), *text = malloc(strlen(head) + strlen(body) + 1);
        strcpy(text, head);
        strcat(text, body);
        struct ast *ast = parser_parse(text, strlen(text));
        bool good = ast->diagnostics.count == 0;
        cr_assert_eq(good, count < 100 || !is_bounded, "%zu of %s: %s", count, before,
                     good ? "accepted" : ast->diagnostics.items[0].message);
        if (!good && ast->diagnostics.items[0].message[0] == 't')
            cr_assert(strstr(ast->diagnostics.items[0].message, "200"), "%s", ast->diagnostics.items[0].message);
        ast_free(ast);
        free(text);
        free(body);
    }
}

Test(parser, nesting_is_bounded)
{
    check_depth("x = ", "(", "1", ")", true);
    check_depth("x = ", "{", "1", "}", true);
    check_depth("x = ", "- ", "1", "", true);
    check_depth("x = ", "not ", "1", "", true);
    check_depth("x = ", "a .. ", "1", "", true);
    check_depth("x = ", "a ^ ", "1", "", true);
    check_depth("", "do ", "", " end", true);
    check_depth("", "while x do ", "", " end", true);
    check_depth("x = ", "f(", "1", ")", true);
    check_depth("x = ", "a[", "1", "]", true);
    check_depth("type T = ", "{", "A", "}", true);
    check_depth("type T = ", "(", "A", ")", true);
    check_depth("type T = ", "() -> ", "A", "", true);
    check_depth("type T = ", "fun(): ", "A", "", true);
    check_depth("type T = ", "A<", "A", " >", true);
    check_depth("type T = A", "[]", "", "", true);
    check_depth("type T = A", "[B]", "", "", true);
    check_depth("type T = A", "|B&C", "", "", true);
    check_depth("type T = ", "A extends B ? C : ", "A", "", true);
    check_depth("x = y", "!", "", "", true);
    check_depth("x = y", " as T", "", "", true);
    check_depth("x", ", x", " = 1", "", true);
}

Test(parser, length_is_not_bounded)
{
    check_depth("x = 1", " + 1", "", "", false);
    check_depth("x = a", ".b", "", "", false);
    check_depth("x = a", "[1]", "", "", false);
    check_depth("x = f", "()", "", "", false);
    check_depth("type T = A", "|B", "", "", false);
    check_depth("type T = A", "??", "", "", false);
    check_depth("x = 1", ";", "", "", false);
    check_depth("x = 1", " x = 1", "", "", false);
    check_depth("if a then", " elseif a then", " end", "", false);
    check_depth("x = {", "1,", "}", "", false);
    check_depth("x = {", "1;", "}", "", false);
}

Test(parser, sources_have_a_greatest_length)
{
    size_t length = SOURCE_LENGTH_MAX + 1;
    char *text = malloc(length);
    memset(text, '\n', length);
    struct ast *ast = parser_parse(text, length);
    cr_assert_eq(ast->diagnostics.count, 1);
    cr_assert_str_eq(ast->diagnostics.items[0].message, "source is longer than 8 MB");
    cr_assert_eq(source_position(&ast->source, 0).line, 1);
    ast_free(ast);
    ast = parser_parse(text, length - 1);
    cr_assert_eq(ast->diagnostics.count, 0);
    ast_free(ast);
    free(text);
}

/* No byte of a source may cost more than about a hundred. */
Test(parser, memory_is_linear)
{
    static const char *const parts[] = {";",     "{}",  "x{}",      "1,",   "a=a ",    "::a::goto a ",   ".a",
                                        "!",     "f()", "type A=A", "x!",   "local a", "function()end,", "[[",
                                        "'\\q'", "\n",  "(",        "a:b()"};
    enum { LENGTH = 65536 };
    char *text = malloc(LENGTH);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        for (size_t j = 0; j < LENGTH; j++)
            text[j] = parts[i][j % strlen(parts[i])];
        memcpy(text, "x={", i == 3 ? 3 : 0);
        struct ast *ast = parser_parse(text, LENGTH);
        size_t used = ast->arena.total + ast->mark_capacity * sizeof *ast->marks +
                      ast->source.line_capacity * sizeof *ast->source.lines;
        cr_assert_lt(used, LENGTH * 160, "%zu bytes for each of '%s'", used / LENGTH, parts[i]);
        ast_free(ast);
    }
    free(text);
}

/* ---- remarks ---- */

/* "line:column:code" of all remarks of a good source. */
static void check_remarks(const char *text, const char *expected)
{
    struct ast *ast = parse_good(text);
    char seen[256] = "";
    for (uint32_t i = 0; i < ast->remarks.count; i++) {
        const struct diagnostic *remark = &ast->remarks.items[i];
        struct source_position at = source_position(&ast->source, remark->start);
        size_t length = strlen(seen);
        snprintf(seen + length, sizeof seen - length, "%s%u:%u:%s", i ? " " : "", at.line, at.column, remark->code);
    }
    cr_assert_str_eq(seen, expected, "%s of: %s", seen, text);
    ast_free(ast);
}

Test(parser, names_twice_in_one_local)
{
    check_remarks("local a, b = 1, 2 local a = 3", "");
    check_remarks("local a,\nb, a = 1, 2", "2:4:E0017");
    check_remarks("local a: A, a: B, a", "1:13:E0017 1:19:E0017");
    check_remarks("local _, _, _x, _x, c = f()", "");
    check_remarks("local a = 1 local b, a = function() local a end", "");
    check_remarks("local function f(a, a) end for a, a in x do end", "");
    check_remarks("local a = function() local b, b end", "1:31:E0017");
}

Test(parser, mixed_operators_of_types)
{
    check_remarks("type A = B | C | D type E = B & C & D", "");
    check_remarks("type A = B | C & D", "1:10:W0008");
    check_remarks("type A = B & C | D & E", "1:10:W0008");
    check_remarks("type A = (B | C) & D | (E & F)", "1:10:W0008");
    check_remarks("type A = (B | C) & D type E = B | (C & D)", "");
    check_remarks("local x = y as (B | C & D) local z = y as {B & C | D}", "1:17:W0008 1:44:W0008");
    check_remarks("local x: {a: B | C & D} = y & z | x", "1:14:W0008");
    check_remarks("local function f(x: A | B & C): A & B | C end", "1:21:W0008 1:33:W0008");
}

Test(parser, number_of_remarks_is_bounded)
{
    char text[4 * PARSER_REMARKS_MAX + 16] = "local a";
    for (int i = 0; i < 2 * PARSER_REMARKS_MAX; i++)
        strcat(text, ",a");
    struct ast *ast = parse_good(text);
    cr_assert_eq(ast->remarks.count, PARSER_REMARKS_MAX);
    ast_free(ast);
}

static void check_requires(const char *text, const char *expected)
{
    struct ast *ast = parse_good(text);
    char seen[256] = "";
    for (const struct ast_require *require = ast->requires; require; require = require->next) {
        size_t length = strlen(seen);
        snprintf(seen + length, sizeof seen - length, "%s%u:%s", length ? " " : "", require->span.start,
                 require->name.text);
    }
    cr_assert_str_eq(seen, expected, "%s of: %s", seen, text);
    ast_free(ast);
}

Test(parser, required_names_are_noted)
{
    check_requires("local a, b = require('x'), require [[y]]", "21:x 35:y");
    check_requires("require(x) require('a', 'b') t.require('x') t:require('x') require{} require('a' .. 'b')", "");
    check_requires("local require = f require('x')", "");
    check_requires("local x: typeof(require('x')) = 1", "");
    check_requires("f(function() return require('\\120') as T end)", "28:x");
}
