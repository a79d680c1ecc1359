/* SPDX-License-Identifier: MIT */
/* links: lang */
/* parser, the typed part of the tree: how types are read, what their names mean, which types are used as values. */
#include <inttypes.h>

#include "tests/unit/lang_rig.h"

/* ---- types as text: (| A B), (? T), (array T), … ---- */

struct text {
    char bytes[1024];
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    text->length += (size_t)vsnprintf(text->bytes + text->length, sizeof text->bytes - text->length, fmt, args);
    va_end(args);
}

static void put_type(struct text *out, const struct ast_type *type);

static void put_list(struct text *out, const char *head, const struct ast_type *list)
{
    put(out, "(%s", head);
    for (; list; list = list->next) {
        put(out, " ");
        put_type(out, list);
    }
    put(out, ")");
}

static void put_literal(struct text *out, const struct ast_literal *literal)
{
    if (literal->kind == AST_LITERAL_BOOLEAN)
        put(out, "%s", literal->boolean ? "true" : "false");
    else if (literal->kind == AST_LITERAL_INTEGER)
        put(out, "%" PRId64, literal->integer);
    else if (literal->kind == AST_LITERAL_FLOAT)
        put(out, "%g", literal->number);
    else
        put(out, "'%s'", literal->text);
}

static void put_name(struct text *out, const struct ast_type *type)
{
    if (type->name.module)
        put(out, "%s.", type->name.module->text);
    if (type->name.builtin)
        put(out, "%s", word_builtin_name(type->name.builtin));
    else if (type->name.args)
        put_list(out, type->name.word->text, type->name.args);
    else
        put(out, "%s", type->name.word->text);
}

static void put_result(struct text *out, const struct ast_result *result)
{
    if (result->kind == AST_RESULT_LIST) {
        put_list(out, "=>", result->types);
    } else if (result->kind == AST_RESULT_ASSERTS) {
        put(out, "(asserts %s", result->word->text);
        if (result->narrow) {
            put(out, " is ");
            put_type(out, result->narrow);
        }
        put(out, ")");
    }
}

static void put_function(struct text *out, const struct ast_type *type)
{
    put(out, "(fun (");
    for (const struct ast_type_param *param = type->function.params; param; param = param->next) {
        put(out, "%s%s%s%s", param->is_vararg ? "... " : "", param->word ? param->word->text : "",
            param->is_optional ? "?" : "", param->word ? ": " : "");
        put_type(out, param->type);
        put(out, param->next ? ", " : "");
    }
    put(out, ")");
    put_result(out, &type->function.result);
    put(out, ")");
}

static void put_record(struct text *out, const struct ast_type *type)
{
    put(out, "{");
    for (const struct ast_type_field *field = type->record.fields; field; field = field->next) {
        put(out, "%s%s: ", field->word->text, field->is_optional ? "?" : "");
        put_type(out, field->type);
        put(out, field->next || type->record.map ? ", " : "");
    }
    if (type->record.map)
        put_type(out, type->record.map);
    put(out, "}");
}

static void put_annotated(struct text *out, const struct ast_type *type)
{
    put(out, "(@ ");
    put_type(out, type->annotated.inner);
    for (const struct ast_annotation *annotation = type->annotated.list; annotation; annotation = annotation->next) {
        put(out, " %s", annotation->word->text);
        for (const struct ast_literal *arg = annotation->args; arg; arg = arg->next) {
            put(out, " ");
            put_literal(out, arg);
        }
    }
    put(out, ")");
}

static void put_pair(struct text *out, const char *head, const struct ast_type *a, const struct ast_type *b)
{
    put(out, "(%s ", head);
    put_type(out, a);
    put(out, " ");
    put_type(out, b);
    put(out, ")");
}

static void put_type(struct text *out, const struct ast_type *type)
{
    put(out, "%s%s", type->is_readonly ? "readonly " : "", type->is_interface ? "interface " : "");
    switch ((enum ast_type_kind)type->kind) {
    case AST_TYPE_BAD:
        put(out, "BAD");
        break;
    case AST_TYPE_NAME:
        put_name(out, type);
        break;
    case AST_TYPE_LITERAL:
        put_literal(out, &type->literal);
        break;
    case AST_TYPE_RECORD:
        put_record(out, type);
        break;
    case AST_TYPE_ARRAY:
        put_list(out, "array", type->map.value);
        break;
    case AST_TYPE_MAP:
        put_pair(out, "map", type->map.key, type->map.value);
        break;
    case AST_TYPE_OPTIONAL:
        put_list(out, "?", type->inner);
        break;
    case AST_TYPE_UNION:
        put_list(out, "|", type->members);
        break;
    case AST_TYPE_INTERSECTION:
        put_list(out, "&", type->members);
        break;
    case AST_TYPE_FUNCTION:
        put_function(out, type);
        break;
    case AST_TYPE_TYPEOF:
        put(out, "(typeof %d)", type->expr->kind);
        break;
    case AST_TYPE_KEYOF:
        put_list(out, "keyof", type->inner);
        break;
    case AST_TYPE_INDEX:
        put_pair(out, "index", type->map.value, type->map.key);
        break;
    case AST_TYPE_CONDITIONAL:
        put(out, "(extends ");
        put_type(out, type->conditional.subject);
        put(out, " ");
        put_type(out, type->conditional.bound);
        put(out, " ");
        put_pair(out, "?", type->conditional.yes, type->conditional.no);
        put(out, ")");
        break;
    case AST_TYPE_ANNOTATED:
        put_annotated(out, type);
        break;
    }
}

static void check_type(const char *type, const char *expected)
{
    char source[512];
    struct text seen = {0};
    snprintf(source, sizeof source, "type T = %s", type);
    struct ast *ast = parse_good(source);
    const struct ast_type *tree = ast->decls->type;
    put_type(&seen, tree);
    cr_assert_str_eq(seen.bytes, expected, "%s of: %s", seen.bytes, type);
    size_t start = strspn(type, " |") + strlen("type T = "); /* the span is that of the text */
    cr_assert_eq(tree->span.start, start, "%s starts at %u", type, tree->span.start);
    cr_assert_eq(tree->span.end, strlen(source), "%s ends at %u", type, tree->span.end);
    ast_free(ast);
}

Test(parser_type, primaries)
{
    check_type("nil", "nil");
    check_type("bool", "boolean");
    check_type("int", "integer");
    check_type("function", "function");
    check_type("Point", "Point");
    check_type("mod.Point", "mod.Point");
    check_type("'a\\n'", "'a\n'");
    check_type("-3", "-3");
    check_type("0x10", "16");
    check_type("1.5", "1.5");
    check_type("true", "true");
    check_type("Map<string, Map<A, B>>", "(Map string (Map A B))");
    check_type("m.Box<A>", "m.(Box A)");
    check_type("typeof(x)", "(typeof 9)");
    check_type("keyof(A | B)", "(keyof (| A B))");
    check_type("(A)", "A");
}

Test(parser_type, braces)
{
    check_type("{}", "{}");
    check_type("{A}", "(array A)");
    check_type("{A?}", "(array (? A))");
    check_type("{a: A}", "{a: A}");
    check_type("{a?: A, b ? : B; c: C,}", "{a?: A, b?: B, c: C}");
    check_type("{end: A, type: B, nil: C, true?: D, as: as}", "{end: A, type: B, nil: C, true?: D, as: as}");
    check_type("{[A]: B}", "(map A B)");
    check_type("{a: A, [string]: B}", "{a: A, (map string B)}");
    check_type("{[string]: B, a: A}", "{a: A, (map string B)}");
    check_type("readonly {A}", "readonly (array A)");
    check_type("readonly {a: A}", "readonly {a: A}");
    check_type("interface {m: fun()}", "interface {m: (fun ())}");
    check_type("{f: fun(): A, g: B}", "{f: (fun ()(=> A)), g: B}");
    check_type("{nil}", "(array nil)");
    check_type("{function}", "(array function)");
}

Test(parser_type, operators)
{
    check_type("A | B | C", "(| A B C)");
    check_type("| A | B", "(| A B)");
    check_type("A & B & C", "(& A B C)");
    check_type("A | B & C", "(& (| A B) C)");
    check_type("A & B | C | D", "(| (& A B) C D)");
    check_type("A | (B & C)", "(| A (& B C))");
    check_type("A | B?", "(| A (? B))");
    check_type("A??", "(? A)");
    check_type("(A?)?", "(? A)");
    check_type("A[]", "(array A)");
    check_type("A[][]", "(array (array A))");
    check_type("A['k']", "(index A 'k')");
    check_type("A[]?", "(? (array A))");
    check_type("A extends B ? C : D", "(extends A B (? C D))");
    check_type("A extends B ? C? : D | E", "(extends A B (? (? C) (| D E)))");
}

Test(parser_type, functions)
{
    check_type("() -> ()", "(fun ()(=>))");
    check_type("(A) -> B", "(fun (A)(=> B))");
    check_type("(a: A, b?: B) -> C", "(fun (a: A, b?: B)(=> C))");
    check_type("(A, ...B) -> C", "(fun (A, ... B)(=> C))");
    check_type("(...A) -> (B, C)", "(fun (... A)(=> B C))");
    check_type("(A) -> B | C", "(fun (A)(=> (| B C)))");
    check_type("() -> () -> A", "(fun ()(=> (fun ()(=> A))))");
    check_type("() -> (A) -> B", "(fun ()(=> (fun (A)(=> B))))");
    check_type("() -> (A)?", "(fun ()(=> (? A)))");
    check_type("() -> (A) | B", "(fun ()(=> (| A B)))");
    check_type("((A) -> B)?", "(? (fun (A)(=> B)))");
    check_type("((A) -> B, C) -> D", "(fun ((fun (A)(=> B)), C)(=> D))");
    check_type("fun(a: A): B", "(fun (a: A)(=> B))");
    check_type("fun(): (A, B)", "(fun ()(=> A B))");
    check_type("fun(): A, B", "(fun ()(=> A B))");
    check_type("fun(x: A): asserts x is B", "(fun (x: A)(asserts x is B))");
    check_type("fun()", "(fun ())");
}

Test(parser_type, annotations)
{
    check_type("string @min_len(2)", "(@ string min_len 2)");
    check_type("string @min_len(2) @pattern('^a')?", "(? (@ string min_len 2 pattern '^a'))");
    check_type("number @min(-1.5) @deprecated", "(@ number min -1.5 deprecated)");
    check_type("{A} @min_len(1)", "(@ (array A) min_len 1)");
    check_type("A @x | B", "(| (@ A x) B)");
    check_type("{a: A @x(true, false), b: B}", "{a: (@ A x true false), b: B}");
    check_type("{A @x}", "(array (@ A x))");
    check_type("(A | B) @x", "(@ (| A B) x)");
}

/* The type behind the first `as`. */
static void check_cast(const char *source, const char *expected)
{
    struct text seen = {0};
    struct ast *ast = parse_good(source);
    const struct ast_stat *last = ast->chunk->body.first;
    while (last->next)
        last = last->next;
    const struct ast_expr *expr = last->exprs;
    while (expr->kind != AST_CAST)
        expr = expr->kind == AST_BINARY ? expr->binary.left : expr->binary.right;
    put_type(&seen, expr->wrap.type);
    cr_assert_str_eq(seen.bytes, expected, "%s of: %s", seen.bytes, source);
    ast_free(ast);
}

Test(parser_type, casts_take_as_much_as_they_can)
{
    check_cast("return x as A | B", "(| A B)");
    check_cast("return x as A?", "(? A)");
    check_cast("return x as number < y", "number");
    check_cast("return x as A<B>", "(A B)");
    check_cast("return x as A .. y", "A");
    check_cast("return x as A and y", "A");
    check_cast("return x :: A", "A");
    check_cast("return x as A == y as B", "A");
    check_cast("return x as (A) -> B", "(fun (A)(=> B))");
    check_cast("type number = A return x as number", "number");
}

/* ---- names ---- */

static const struct ast_decl *decl_at(const struct ast *ast, unsigned n)
{
    const struct ast_decl *decl = ast->decls;
    while (n--)
        decl = decl->next;
    return decl;
}

Test(parser_type, names_are_resolved_lexically)
{
    struct ast *ast = parse_good("type A = 1 do type A = 2 type B = A end type C = A");
    cr_assert_eq(decl_at(ast, 2)->type->name.decl, decl_at(ast, 1));
    cr_assert_eq(decl_at(ast, 3)->type->name.decl, decl_at(ast, 0));
    cr_assert(decl_at(ast, 0)->is_top_level && !decl_at(ast, 1)->is_top_level);
    ast_free(ast);
    ast = parse_good("type T = {next: T} type A = B type B = A");
    cr_assert_eq(decl_at(ast, 0)->type->record.fields->type->name.decl, decl_at(ast, 0));
    cr_assert_eq(decl_at(ast, 1)->type->name.decl, decl_at(ast, 2));
    cr_assert_eq(decl_at(ast, 2)->type->name.decl, decl_at(ast, 1));
    ast_free(ast);
}

Test(parser_type, later_declarations_count_in_their_block_only)
{
    struct ast *ast = parse_good("do type A = X end do type X = 1 end type B = X do type C = X end type X = 2");
    const struct ast_decl *last = decl_at(ast, 4);
    cr_assert_eq(decl_at(ast, 0)->type->name.decl, last);
    cr_assert_eq(decl_at(ast, 2)->type->name.decl, last);
    cr_assert_eq(decl_at(ast, 3)->type->name.decl, last);
    ast_free(ast);
    ast = parse_good("type A = X do type X = 1 end");
    cr_assert_null(decl_at(ast, 0)->type->name.decl);
    ast_free(ast);
}

Test(parser_type, type_parameters_and_builtins)
{
    struct ast *ast = parse_good("type T = 1 type A<T, U: T> = {T} type B = T type string = 2 type C = string");
    const struct ast_decl *a = decl_at(ast, 1);
    cr_assert_eq(a->type->map.value->name.decl, a->params);
    cr_assert_eq(a->params->next->type->name.decl, a->params);
    cr_assert_eq(decl_at(ast, 2)->type->name.decl, decl_at(ast, 0));
    cr_assert_eq(decl_at(ast, 4)->type->name.decl, decl_at(ast, 3));
    cr_assert_eq(decl_at(ast, 4)->type->name.builtin, BUILTIN_NONE);
    ast_free(ast);
    ast = parse_good("local m = require('x') type A = m.T type B = n.T");
    cr_assert_eq(decl_at(ast, 0)->type->name.module_local, ast->chunk->body.first->names);
    cr_assert_eq(ast->chunk->body.first->names->value->kind, AST_CALL);
    cr_assert_null(decl_at(ast, 1)->type->name.module_local);
    ast_free(ast);
}

/* What is used as a value: "kind:name" of each. */
static void check_uses(const char *source, const char *expected)
{
    struct text seen = {0};
    struct ast *ast = parse_good(source);
    for (const struct ast_use *use = ast->uses; use; use = use->next) {
        put(&seen, "%s%u:", seen.length ? " " : "", use->index);
        if (use->kind == AST_USE_DECL)
            put(&seen, "%s", use->decl->word->text);
        else if (use->kind == AST_USE_BUILTIN)
            put(&seen, "%s", word_builtin_name(use->builtin));
        else
            put_type(&seen, use->type);
    }
    cr_assert_str_eq(seen.bytes, expected, "%s of: %s", seen.bytes, source);
    ast_free(ast);
}

Test(parser_type, uses_as_values)
{
    check_uses("type A = B", "");
    check_uses("type A = B print(A, A) return A", "1:A");
    check_uses("type A = B interface I end return {A = A, I = I, A}", "1:A 2:I");
    check_uses("type A = B local A = 1 A:is(x)", "");
    check_uses("local A = 1 type A = B A:is(x)", "");
    check_uses("local A = 1 local function f() type A = B A:is(x) end", "");
    check_uses("type A = B local function f(A) return A end for A = 1, 2 do print(A) end", "");
    check_uses("do type A = B end A()", "");
    check_uses("A() type A = B", "");
    check_uses("type A = B x.A = 1 x:A() t = {A = 1} goto A ::A::", "");
    check_uses("local function f<T>(x: T) return T end", "");
    check_uses("type A = 1 do type A = 2 f(A) end f(A)", "1:A 2:A");
    check_uses("type A = 1 local x: typeof(A(1)) = 1", "");
}

Test(parser_type, builtins_as_values)
{
    check_uses("string(x) string'x' string{} table(x)", "1:string 2:table");
    check_uses("string:is(x) string:kind() table.is(x) error:is(x)", "1:string 2:table 3:error");
    check_uses("string.format('x') string:rep(3) table.concat(x) error('x') f(string) string.is = 1 x = error", "");
    check_uses("integer(x) number:kind() any(x)", "");
    check_uses("local string = 1 string(x) string:is(x)", "");
    check_uses("function string:is() end function string.kind() end function table(x) end", "");
}

Test(parser_type, typeof_as_value)
{
    check_uses("local s: {A} = x return typeof(s)", "1:(array A)");
    check_uses("local function f(x: A?, y?: B) g(typeof(x), typeof(y)) end", "1:(? A) 2:(? B)");
    check_uses("local s = 1 return typeof(s), typeof(s.x), typeof(f()), typeof(1, 2), typeof{}, typeof 'x'", "");
    check_uses("local s: A, t = x, {1} return typeof(s.x), typeof(s()[1]), typeof(s:m()), typeof(t)",
               "1:(typeof 10) 2:(typeof 11) 3:(typeof 9)");
    check_uses("local typeof = type local s: A return typeof(s)", "");
    check_uses("local s: A typeof(s)", "1:A");
}

Test(parser_type, locals_are_resolved)
{
    struct ast *ast = parse_good("local a = 1 local b = a a = 2 function f() a.x = a end");
    const struct ast_local *a = ast->chunk->body.first->names;
    cr_assert_eq(ast->chunk->body.first->next->exprs->name.local, a);
    cr_assert(a->is_assigned);
    cr_assert_not(ast->chunk->body.first->next->names->is_assigned);
    const struct ast_stat *last = ast->chunk->body.first->next->next->next;
    cr_assert_null(last->targets->name.local);
    cr_assert_eq(last->function->body.first->exprs->name.local, a);
    cr_assert_eq(a->function, ast->chunk);
    cr_assert_eq(last->function->parent, ast->chunk);
    ast_free(ast);
}

Test(parser_type, slips_with_casts_and_words)
{
    check_advice("b as T", 1, 3, "syntax error near 'as'", "a cast is a value");
    check_advice("b!", 1, 2, "syntax error near '!'", "a cast is a value");
    check_advice("f() as T", 1, 8, "syntax error near 'T'", "a cast is a value");
    check_advice("f()!", 1, 4, "unexpected symbol near '!'", "a cast is a value");
    check_advice("b :: T", 1, 3, "syntax error near '::'", "a cast is a value");
    check_advice("a! = 3", 1, 2, "syntax error near '!'", "a cast is a value");
    check_advice("local a = x :: A :: B", 1, 22, "syntax error near <eof>", "do not chain");
    check_advice("local a = b as", 1, 15, "syntax error near <eof>", "type is missing");
    check_advice("local a = b as\nlocal c", 2, 1, "syntax error near 'local'", "type is missing");
    check_advice("f(b as)", 1, 5, "')' expected near 'as'", "type is missing");
    check_advice("local r: readonly number = 1", 1, 19, "'{' expected near 'number'", "readonly {T}");
    check_advice("local r: keyof T", 1, 16, "'(' expected near 'T'", "keyof(T)");
    check_advice("type T = typeof x", 1, 17, "'(' expected near 'x'", "typeof(x)");
    check_advice("type nil = number", 1, 6, "syntax error near 'nil'", "names of types");
    check_advice("function f(x): x is T return 1 end", 1, 21, "syntax error near 'T'", "asserts x is T");
    check_advice("if a then b() else if c then d() end", 1, 37, "'end' expected near <eof>", "'elseif' does not");
    check_good("type readonly = A local r: readonly x = 1");
    check_good("local r: typeof\nx = 1");
    check_good("local r: keyof x = 1");
    check_good("local a = b as keyof as T");
}

/* In one line `as (` casts, but where that could only be plain Lua. */
Test(parser_type, a_cast_or_a_call_of_as)
{
    check_error("x = y as (T! & b)", 1, 12, "')' expected near '!'");
    check_error("x = y as (T :: A)", 1, 13, "')' expected near '::'");
    check_error("x = y as (3 +)", 1, 13, "')' expected near '+'");
    check_good("x = y as (3 + 4)");
    check_good("x = y as {a = 1}.b(2)");
    check_good("x = y as (function() a = b as (1 + c) end)");
    check_error("x = y as (z as (1 + T))", 1, 13, "')' expected near 'as'");
}
