/* SPDX-License-Identifier: MIT */
/* links: lang */
/* erase: what stays of typed sources, and that plain ones are not touched. tests/lang compares with Lua. */
#include "tests/unit/lang_rig.h"
#include "vm/lang/erase.h"

static void check(const char *source, const char *expected)
{
    struct ast *ast = parse_good(source);
    struct erased erased;
    erase_types(ast, &erased);
    cr_assert(erased.length == strlen(expected) && !memcmp(erased.text, expected, erased.length), "'%.*s' of: %s",
              (int)erased.length, erased.text, source);
    erased_destroy(&erased);
    ast_free(ast);
}

Test(erase, plain_sources_are_not_even_copied)
{
    static const char *const sources[] = {"",
                                          "return 1",
                                          "local as, is = type(x), {as = 1}\nas = 3\n",
                                          "x = a << b ::l:: goto l",
                                          "a = b ::\nl\n:: c()",
                                          "a = b\n::\nl:: c()"};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        struct ast *ast = parse_good(sources[i]);
        struct erased erased;
        erase_types(ast, &erased);
        cr_assert_eq(erased.text, sources[i]);
        cr_assert_eq(erased.length, strlen(sources[i]));
        cr_assert(!erased.owned && !erased.is_wrapped);
        erased_destroy(&erased);
        ast_free(ast);
    }
}

Test(erase, annotations)
{
    check("local a: A, b: {B}? = 1", "local a , b  = 1");
    check("local a:A=1", "local a =1");
    check("function f<T>(a: T, b?: U, ...: any): (T, U) return a end", "function f (a , b , ... )  return a end");
    check("local f = function(x: number): number return x end", "local f = function(x )  return x end");
    check("function f(): asserts x is T return x end", "function f()  return x end");
    check("function f():\nasserts x end", "function f() \n  end");
    check("function f(): asserts\nx = 1 end", "function f() \nx = 1 end");
    check("local x: Box<Box<T>>= y", "local x = y");
    check("local x: Box<T>= y", "local x = y");
    check("local x: typeof(y as T) = z!", "local x  = z ");
}

Test(erase, declarations_are_empty_statements)
{
    check("local a = b\ntype T = number\n(f or g)()", "local a = b\n; \n(f or g)()");
    check("type T = {\n  a: A, -- x\n\n  b: B}\nx()", "; \n\n\n \nx()");
    check("interface I: J\n  function f(self): A\nend x()", "; \n\n  x()");
    check("if a then type T = A end", "if a then ;  end");
    check("type A = B type C = D", ";  ; ");
}

Test(erase, casts)
{
    check("local a = b as T", "local a = b  ");
    check("local a = b!and c", "local a = b and c");
    check("local a = b!local c = 1", "local a = b local c = 1");
    check("local a = b :: T\n::l::", "local a = b  \n::l::");
    check("local a = b as A | B .. c", "local a = b   .. c");
    check("local a = 1 as T..2", "local a = 1  ..2");
    check("local a = -b as T ^ 2", "local a = -b   ^ 2");
}

Test(erase, casts_of_many_values_leave_one)
{
    check("return f() as T", "return (f() ) ");
    check("return f()!, ... as T", "return (f()) , (... ) ");
    check("return f() as A as B!", "return (f() )    ");
    check("return f{} as T, g'x'!, h:m() as T", "return (f{} ) , (g'x') , (h:m() ) ");
    check("return (f()) as T", "return (f())  ");
    check("return f(g() as T)() as U", "return (f((g() ) )() ) ");
    check("return f(\n)\nas A.B", "return (f(\n)\n) ");
    check("return -f() as T", "return -(f() ) ");
    check("return typeof(f()) as T", "return (typeof(f()) ) ");
    check("local a: A return typeof(a.b\n), typeof(f()!)",
          "local __types;return function(...)do local _=_ENV end local a  return typeof(a.b\n,__types[1] ), "
          "typeof((f()) ) \nend");
}

Test(erase, a_call_does_not_come_about)
{
    check("local a = b as T\n(f or g)()", "local a = b  ;\n(f or g)()");
    check("local a = b!\n(f or g)()", "local a = b ;\n(f or g)()");
    check("local a = f() as\nT -- c\n(g)()", "local a = (f() ) \n ; -- c\n(g)()");
    check("local a = b as T;\n(f or g)()", "local a = b  ;\n(f or g)()");
    check("x = {b as T\n, (f)}", "x = {b  \n, (f)}");
    check("repeat until b as T\n(f)()", "repeat until b  ;\n(f)()");
}

Test(erase, line_ends)
{
    check("local a: {\r\n x: A }\r\n = 1", "local a \n \r\n = 1");
    check("local a: A |\r\r B = 1", "local a \n\n  = 1");
    check("local a\r: A |\n B\r = 1", "local a\r \n \r = 1");
    check("local a: 'x\\\ny' | 'u\\z\n\nv' | [[\nw\n]] = 1", "local a \n\n\n\n\n  = 1");
    check("local a: A | --[[\n\n]] B = 1", "local a \n\n  = 1");
    check("local a: A | -- B\n C = 1", "local a \n  = 1");
}

Test(erase, what_is_no_lua_at_the_beginning)
{
    check("#!/bin/moonlet\nx()", "\nx()");
    check("#!/bin/moonlet\r\nx()", "\nx()");
    check("\xef\xbb\xbfx()", "x()");
    check("#", "");
}

#define HEAD(name) "local " name ";return function(...)do local _=_ENV end "

Test(erase, types_used_as_values)
{
    check("type A = B return A(x), A.is(y)", HEAD("__types") ";  return __types[1] (x), __types[1] .is(y) \nend");
    check("type A = B\nA(x)", HEAD("__types") "; \n__types[1] (x) \nend");
    check("return string(x) -- c", HEAD("__types") "return __types[1] (x) -- c \nend");
    check("local s: A = x return typeof(\ns)", HEAD("__types") "local s  = x return __types[1] \n  \nend");
    check("local s: A = x typeof(s) f()", HEAD("__types") "local s  = x ;  f() \nend");
    check("type A = B return A as T, A()!", HEAD("__types") ";  return __types[1]   , (__types[1] ())  \nend");
    check("local __types, __types1 = string(x)", HEAD("__types2") "local __types, __types1 = __types2[1] (x) \nend");
    check("#!x\nreturn string(x)", HEAD("__types") "\nreturn __types[1] (x) \nend");
}

/* Not by a method, which would have to be looked for. */
Test(erase, the_is_of_a_type_is_a_call_of_it)
{
    check("return string:is(y)", HEAD("__types") "return __types[1] (__types[0], y) \nend");
    check("return string:is()", HEAD("__types") "return __types[1] (__types[0] ) \nend");
    check("return string\n:is -- c\n\n( y)", HEAD("__types") "return __types[1] \n(__types[0], \n\n  y) \nend");
    check("return string:is(f()) as T, string:is(string:is(x)!)",
          HEAD("__types") "return (__types[1] (__types[0], f()) ) , __types[1] (__types[0], (__types[1] (__types[0], "
                          "x)) ) \nend");
    check("return string:is'x', string.is(x)", HEAD("__types") "return __types[1] :is'x', __types[1] .is(x) \nend");
    check("type T = A local v: typeof(T:is(x)) = 1", ";  local v  = 1");
}

/* string, table, error and typeof mean types in some calls; not if the program gives them a meaning. */
Test(erase, globals_that_the_program_assigns_are_no_types)
{
    static const char *const sources[] = {
        "string = f string(3) string:is(3)",
        "local function f() return string(3), table{} end string, table = g, h",
        "function string(x) return x end return string(3)",
        "_ENV.string = f return string(3)",
        "_G.table = f return table(3)",
        "_ENV = {string = f} return string(3)",
        "local _ENV = {string = f} return string(3)",
        "return function(_ENV) return string(3), error.is(3) end",
        "error = f return error:is(3)",
    };
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++)
        check(sources[i], sources[i]);
    check("typeof = f local a: A = 1 return typeof(a)", "typeof = f local a  = 1 return typeof(a)");
    check("string = f return string(1), table(1)", HEAD("__types") "string = f return string(1), __types[1] (1) \nend");
    check("string.x = f t.string = f local string = string(1)",
          HEAD("__types") "string.x = f t.string = f local string = __types[1] (1) \nend");
    check("do local string = 1 string = 2 end return string(1)",
          HEAD("__types") "do local string = 1 string = 2 end return __types[1] (1) \nend");
}
