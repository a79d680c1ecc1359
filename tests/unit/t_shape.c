/* SPDX-License-Identifier: MIT */
/* links: lang */
/* shape: sets of types made of sources: text, equality, subtypes, instances, links between modules, and bytes that are none. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/lang/ast_root.h"
#include "vm/lang/parser.h"
#include "vm/lang/shape_build.h"
#include "vm/lang/shape_relate.h"
#include "vm/lang/shape_text.h"

static struct shapes *shapes_of(const char *text, uint64_t origin)
{
    struct ast *ast = parser_parse(text, strlen(text));
    cr_assert_eq(ast->diagnostics.count, 0, "%s", text);
    struct shapes *shapes = shape_of_source(ast, (uint64_t[2]){origin, origin});
    ast_free(ast);
    return shapes;
}

static struct shape_ref find(const struct shapes *shapes, const char *name)
{
    uint32_t node = shape_export(shapes, name);
    cr_assert_neq(node, 0, "%s is not there", name);
    return (struct shape_ref){shapes, node};
}

/* The text of what the alias T stands for. */
static void check_text(const char *type, const char *text)
{
    char source[512], found[SHAPE_TEXT_MESSAGE];
    snprintf(source, sizeof source, "type T = %s", type);
    struct shapes *shapes = shapes_of(source, 1);
    shape_text(shapes, shape_look(shapes, find(shapes, "T").node, false), found, sizeof found);
    cr_assert_str_eq(found, text);
    free(shapes);
}

Test(shape, nothing_comes_of_sources_without_types)
{
    cr_assert_null(shapes_of("local a: number = 1 return a", 1));
}

Test(shape, text)
{
    check_text("{b: string, a?: number}", "{a?: number, b: string}");
    check_text("(number | string)?", "(number | string)?");
    check_text("string | nil", "string?");
    check_text("string??", "string?");
    check_text("string | (number | string) | never", "string | number");
    check_text("{[string]: {number}}", "{[string]: {number}}");
    check_text("(a: number, ...string) -> (number, string)", "fun(a: number, ...string) -> (number, string)");
    check_text("string @min_len(2) @pattern(\"a\\\"\")", "string @min_len(2) @pattern(\"a\\\"\")");
    check_text("-1 | 2.5 | 1e100 | true", "-1 | 2.5 | 1e+100 | true");
    check_text("keyof({a: number, b: string})", "\"a\" | \"b\"");
    check_text("{x: T?}", "{x: T?}");
    check_text("typeof({a = 1, b = \"x\", c = 1.5})", "{a: integer, b: string, c: number}");
    check_text("typeof({{1, 2}, {3}})", "{{integer}}");
    check_text("typeof({1, \"x\"})", "table");
    check_text("typeof({1, x = 2})", "table");
    check_text("typeof({[1] = 2})", "table");
    check_text("{a: typeof(1 + 2 * 3), b: typeof(1 / 2), c: typeof(2 ^ 2), d: typeof(1 // 2.0), e: typeof(x + 1)}",
               "{a: integer, b: number, c: number, d: number, e: any}");
    check_text("{a: typeof(1 < 2), b: typeof(not x), c: typeof(\"a\" .. \"b\"), d: typeof(#\"a\"), e: typeof(-1), f: "
               "typeof(x .. 1)}",
               "{a: boolean, b: boolean, c: string, d: integer, e: integer, f: any}");
    check_text("(string | number) & {a: boolean} | nil", "((string | number) & {a: boolean})?");
    check_text("string | (number & T)", "string | (number & T)");
    check_text("{(string?) @min_len(1)}", "{(string?) @min_len(1)}");
}

Test(shape, text_is_cut)
{
    char text[32];
    struct shapes *shapes = shapes_of("type T = {aaaaaaaaaaaaaaa: string, bbbbbbbbbbbbbbbbbbbbb: string}", 1);
    size_t length = shape_text(shapes, shape_look(shapes, find(shapes, "T").node, false), text, sizeof text);
    cr_assert(length < sizeof text && strcmp(text + length - 3, "...") == 0);
    free(shapes);
}

Test(shape, equal_types_are_one_node)
{
    struct shapes *shapes = shapes_of("type A = {x: {number}, y: {number}} type B = {y: {number}, x: {number}}", 1);
    cr_assert_eq(shape_look(shapes, find(shapes, "A").node, false), shape_look(shapes, find(shapes, "B").node, false));
    cr_assert_neq(find(shapes, "A").node, find(shapes, "B").node);
    free(shapes);
}

Test(shape, relations_across_sets)
{
    struct shapes *a = shapes_of("type T = {v: number, next: T?}", 1),
                  *b = shapes_of(
                      "type U = {v: number, next: V?} type V = {next: U?, v: number} type W = {v: integer, next: W?}",
                      2);
    cr_assert(shape_is_equal(find(a, "T"), find(b, "U")) && shape_is_equal(find(b, "V"), find(a, "T")));
    cr_assert(!shape_is_equal(find(a, "T"), find(b, "W")));
    cr_assert(shape_is_subtype(find(b, "W"), find(a, "T")) && !shape_is_subtype(find(a, "T"), find(b, "W")));
    free(a);
    free(b);
}

Test(shape, the_same_across_sets)
{
    struct shapes *a =
        shapes_of("type T = {v: number, next: T?} type Box<X> = {x: X} type B = Box<{T}> type L = \"a\" | 1.5", 1);
    struct shapes *same =
        shapes_of("type T = {v: number, next: T?} type Box<X> = {x: X} type B = Box<{T}> type L = \"a\" | 1.5", 1);
    struct shapes *other =
        shapes_of("type T = {v: number, next: T?} type Box<X> = {x: X} type B = Box<{T}> type L = \"b\" | 1.5", 2);
    const char *const names[] = {"T", "Box", "B", "L"};
    for (int i = 0; i < 4; i++) {
        struct shape_ref x = find(a, names[i]), y = find(same, names[i]), z = find(other, names[i]);
        cr_assert(shape_is_same(x, y) && shape_hash(x) == shape_hash(y));
        cr_assert(!shape_is_same(x, z) && shape_hash(x) != shape_hash(z), "%s is of another source", names[i]);
        for (int j = 0; j < i; j++)
            cr_assert(!shape_is_same(x, find(same, names[j])));
    }
    struct shape_ref body = {a, shape_look(a, find(a, "T").node, false)},
                     alike = {other, shape_look(other, find(other, "T").node, false)};
    cr_assert(!shape_is_same(body, alike), "T in it is another T");
    struct shape_ref l = {a, shape_look(a, find(a, "L").node, false)},
                     m = {other, shape_look(other, find(other, "L").node, false)};
    cr_assert(!shape_is_same(l, m) && shape_is_same(l, l));
    cr_assert(
        shape_is_same((struct shape_ref){a, BUILTIN_STRING}, (struct shape_ref){shape_builtins(), BUILTIN_STRING}));
    free(a);
    free(same);
    free(other);
}

Test(shape, masks)
{
    struct shapes *shapes = shapes_of("type A = B type B = string | C type C = number? type D = D type E = {A}", 1);
    const struct shape_node *a = shape_node(shapes, find(shapes, "A").node);
    cr_assert_eq(a->yes, SHAPE_OF_STRING | SHAPE_OF_NUMBER | SHAPE_OF_NIL);
    cr_assert_eq(a->maybe, 0);
    const struct shape_node *d = shape_node(shapes, find(shapes, "D").node);
    cr_assert(d->yes == 0 && d->maybe == 0);
    cr_assert_eq(shape_node(shapes, find(shapes, "E").node)->maybe, SHAPE_OF_TABLE);
    free(shapes);
}

Test(shape, long_chains_of_names_do_not_recurse)
{
    enum { LINKS = 5000, LINE = 32 };
    char *source = malloc(LINKS * LINE + LINE), *at = source;
    for (int i = 0; i < LINKS; i++)
        at += sprintf(at, "type T%d = T%d\n", i, i + 1);
    sprintf(at, "type T%d = string", LINKS);
    struct shapes *shapes = shapes_of(source, 1);
    cr_assert_eq(shape_node(shapes, find(shapes, "T0").node)->yes, SHAPE_OF_STRING);
    cr_assert_eq(shape_look(shapes, find(shapes, "T0").node, false), BUILTIN_STRING);
    struct shape_builder builder;
    shape_begin(&builder);
    shape_use(&builder, shape_import(&builder, shapes, find(shapes, "T0").node));
    struct shapes *copy = shape_seal(&builder);
    shape_end(&builder);
    cr_assert_eq(shape_look(copy, shape_all_words(copy)[copy->uses], false), BUILTIN_STRING);
    free(copy);
    free(shapes);
    free(source);
}

Test(shape, instances_end)
{
    struct shapes *shapes =
        shapes_of("type G<T> = {v: T, more: G<{T}>?} type A = G<number> type L<T> = {l: L<T>?, h: T}"
                  "type B = L<string> type C = L<L<string>>",
                  1);
    cr_assert_gt(shapes->node_count, BUILTINS);
    cr_assert_lt(shapes->node_count, 20000);
    const struct shape_node *b = shape_node(shapes, shape_look(shapes, find(shapes, "B").node, false));
    cr_assert_eq(b->kind, SHAPE_RECORD);
    cr_assert_eq(shape_field(shapes, b, "h", 1)[1], BUILTIN_STRING);
    free(shapes);
}

static const struct shapes *link_to(void *ctx, const char *module, const char *name, uint32_t *node, bool *is_host)
{
    *is_host = strcmp(module, "host") == 0;
    *node = strcmp(module, "m") == 0 ? shape_export(ctx, name) : 0;
    return *node ? ctx : NULL;
}

Test(shape, links)
{
    char text[SHAPE_TEXT_MESSAGE];
    struct shapes *module = shapes_of("type A = {x: B} type B = number local M = {} M.Z = A return {Y = B}", 1);
    struct shapes *user = shapes_of("local m = require(\"m\") type U = {a: m.A, b: m.Y, c: m.Z, d: m.Q, e: host.H}", 2);
    cr_assert(shape_has_externs(user) && !shape_has_externs(module));
    struct shape_builder builder;
    shape_begin(&builder);
    builder.link = link_to;
    builder.link_ctx = module;
    builder.linked = user;
    shape_import_all(&builder, user);
    struct shapes *linked = shape_seal(&builder);
    shape_end(&builder);
    cr_assert(!shape_has_externs(linked));
    shape_text(linked, shape_look(linked, find(linked, "U").node, false), text, sizeof text);
    cr_assert_str_eq(text, "{a: A, b: B, c: A, d: m.Q, e: host.H}");
    free(linked);
    free(user);
    free(module);
}

/* What readers do with a set that came in a message. */
static void use(const struct shapes *shapes)
{
    char text[SHAPE_TEXT_MESSAGE];
    for (uint32_t i = 0; i < shapes->node_count; i++) {
        shape_text(shapes, i, text, sizeof text);
        struct shape_ref a = {shapes, i}, b = {shapes, shapes->node_count - 1 - i};
        shape_is_equal(a, b);
        shape_is_subtype(a, b);
        struct shape_builder builder;
        shape_begin(&builder);
        shape_use(&builder, shape_import(&builder, shapes, i));
        free(shape_seal(&builder));
        shape_end(&builder);
    }
}

Test(shape, damaged_bytes_do_no_harm)
{
    struct shapes *shapes =
        shapes_of("type A = {k: \"a\", x?: number @min(1), l: L<string>?, [string]: any} | {k: \"b\", f: fun(a: A): B} "
                  "type L<T> = {h: T, t: L<T>?} interface B function m(self): L<A> end type C = A | B | 1 | 2.5 | true",
                  1);
    struct shape_builder builder;
    shape_begin(&builder);
    shape_use(&builder, shape_import(&builder, shapes, find(shapes, "C").node));
    size_t size = shape_sealed_size(&builder), sound = 0;
    unsigned char *bytes = malloc(size), *copy = malloc(size);
    shape_write(&builder, bytes);
    shape_end(&builder);
    cr_assert(shape_is_sound(bytes, size));
    for (size_t i = 0; i < size; i++)
        cr_assert(!shape_is_sound(bytes, i));
    for (size_t i = 0; i < size * 4; i++) {
        static const unsigned char values[] = {0, 1, 0x11, 0xff};
        memcpy(copy, bytes, size);
        copy[i / 4] = values[i % 4];
        if (!shape_is_sound(copy, size))
            continue;
        sound++;
        use((const struct shapes *)(const void *)copy);
    }
    cr_assert_gt(sound, 0);
    free(copy);
    free(bytes);
    free(shapes);
}

static void check_hostile(const char *first, const char *step, const char *last)
{
    enum { STEPS = 400, LINE = 120 };
    char *source = malloc(STEPS * LINE + 2 * LINE), *at = source + sprintf(source, "%s\n", first);
    for (int i = 1; i < STEPS; i++) {
        for (const char *c = step; *c; c++)
            at += *c == '@' ? sprintf(at, "%d", i) : *c == '#' ? sprintf(at, "%d", i - 1) : sprintf(at, "%c", *c);
        *at++ = '\n';
    }
    sprintf(at, last, STEPS - 1);
    struct shapes *shapes = shapes_of(source, 1);
    cr_assert_lt(shapes->node_count, 100000);
    free(shapes);
    free(source);
}

/* Each asks for what the one before is, twice. */
Test(shape, computed_types_end)
{
    check_hostile("local a0 = {x = 1}", "local a@ = {x = a#, y = a#, z = {a#, a#}}", "type T = typeof(a%d)");
    check_hostile("local a0 = {x = 1}", "local a@: {x: typeof(a#), y: typeof(a#)} = nil", "type T = typeof(a%d)");
    check_hostile("type A0 = {a: {x: number}}", "type A@ = {a: {x: A#[\"a\"], y: A#[\"a\"]}}", "type T = A%d[\"a\"]");
    check_hostile("type A0 = {[string]: number}", "type A@ = {[{x: keyof(A#), y: keyof(A#)}]: number}",
                  "type T = keyof(A%d)");
    check_hostile("local a0 = 1", "local a@ = a# + a# * a#", "type T = typeof(a%d)");
}

/* What a node accepts at a glance is believed when values are looked at: a record that claims to accept strings would be read as a table. */
Test(shape, masks_that_are_wrong_are_found)
{
    struct shapes *shapes = shapes_of("type A = {k: \"a\", x: number?} | string", 1);
    shapes->export_count = 0; /* as in a message */
    size_t size = shape_size(shapes);
    cr_assert(shape_is_sound(shapes, size));
    for (uint32_t i = 0; i < shapes->node_count; i++) {
        struct shape_node *n = (struct shape_node *)(shapes + 1) + i, was = *n;
        n->maybe ^= SHAPE_OF_STRING;
        cr_assert(!shape_is_sound(shapes, size), "node %u", i);
        *n = was;
        n->yes ^= SHAPE_OF_TABLE;
        cr_assert(!shape_is_sound(shapes, size), "node %u", i);
        *n = was;
        n->tag ^= 1;
        cr_assert(!shape_is_sound(shapes, size), "node %u", i);
        *n = was;
    }
    free(shapes);
}

static const char *fields_of(const struct shapes *shapes, const char *name, char *to, size_t size)
{
    uint32_t count, bases;
    const struct shape_node *n = shape_node(shapes, shape_look(shapes, find(shapes, name).node, false));
    const uint32_t *field = shape_fields(shapes, n, &count);
    shape_bases(shapes, n, &bases);
    int length = snprintf(to, size, "%u:", bases);
    for (; count > 0; count--, field += SHAPE_FIELD_WORDS)
        length += snprintf(to + length, size - (size_t)length, " %s", shape_text_of(shapes, field[0], NULL));
    return to;
}

Test(shape, what_interfaces_extend)
{
    char text[256];
    struct shapes *module =
        shapes_of("interface Base function b(self) end interface Deep: Base, host.T function d(self) end "
                  "type Same = Deep type Record = {x: number}",
                  1);
    struct shapes *own =
        shapes_of("local m = require('m') interface A: m.Deep function a(self) function b(self) end "
                  "interface B: m.Record, m.None, A function c(self) end interface C: m.Same, m.Base end "
                  "interface D: D, E end interface E: D, E function e(self) end "
                  "interface F: F0 end type F0 = F1 type F1 = E",
                  2);
    struct shape_builder b;
    shape_begin(&b);
    b.link = link_to;
    b.link_ctx = module;
    b.linked = own;
    shape_import_all(&b, own);
    struct shapes *linked = shape_seal(&b);
    shape_end(&b);
    cr_assert_str_eq(fields_of(linked, "A", text, sizeof text), "1: a b d");
    cr_assert_str_eq(fields_of(linked, "B", text, sizeof text), "3: a b c d");
    cr_assert_str_eq(fields_of(linked, "C", text, sizeof text), "1: b d");
    cr_assert_str_eq(fields_of(linked, "D", text, sizeof text), "0: e");
    cr_assert_str_eq(fields_of(linked, "F", text, sizeof text), "0: e");
    cr_assert(shape_is_subtype(find(linked, "B"), find(linked, "A")));
    cr_assert(!shape_is_subtype(find(linked, "A"), find(linked, "B")));
    free(linked);
    free(own);
    free(module);
}

/* `count` times the format, which takes the number once. */
static void repeat(char *to, size_t size, const char *format, int count)
{
    size_t used = strlen(to);
    for (int i = 0; i < count && used < size; i++)
        used += (size_t)snprintf(to + used, size - used, format, i);
    cr_assert(used < size);
}

/* Each of these short sources asks for far more than it is given. */
Test(shape, sets_stay_small)
{
    enum { SOURCE = 1 << 16, SET_MAX = 1 << 25 };
    static char text[SOURCE];
    strcpy(text, "type A<T> = {");
    repeat(text, sizeof text, "f%1$d: {{{{{{{{{{{{{{{{{{{{{{{{{{{{{{T | %1$d}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}, ", 300);
    strcat(text, "} type Last = A<999> type B = A<string>");
    repeat(text, sizeof text, " | A<%d>", 900);
    struct shapes *shapes = shapes_of(text, 1);
    cr_assert(shape_size(shapes) < SET_MAX, "%zu", shape_size(shapes));
    free(shapes);

    strcpy(text, "interface I ");
    repeat(text, sizeof text, "function m%d() ", 1500);
    strcat(text, "end ");
    repeat(text, sizeof text, "interface X%d: I end ", 1500);
    shapes = shapes_of(text, 1);
    cr_assert(shape_size(shapes) < SET_MAX, "%zu", shape_size(shapes));
    uint32_t count;
    const struct shape_ref first = find(shapes, "X0"), last = find(shapes, "X1499"), base = find(shapes, "I");
    shape_fields(shapes, shape_node(shapes, first.node), &count);
    cr_assert_eq(count, 1500);
    shape_bases(shapes, shape_node(shapes, last.node), &count);
    cr_assert_eq(count, 1, "methods of the last ones stay where they are");
    cr_assert(shape_is_subtype(last, base) && shape_is_subtype(first, base));
    free(shapes);

    strcpy(text, "type R = {");
    repeat(text, sizeof text, "f%d: number, ", 1500);
    strcat(text, "} local r: R = nil type K = {");
    repeat(text, sizeof text, "a%1$d: typeof(r as R), b%1$d: keyof(R), ", 800);
    strcat(text, "}");
    shapes = shapes_of(text, 1);
    cr_assert(shape_size(shapes) < SET_MAX, "%zu", shape_size(shapes));
    free(shapes);
}
