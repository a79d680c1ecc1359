/* SPDX-License-Identifier: MIT */
/* links: host */
/* reference and order: who refers to whom, what starts before what, and circles. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/entry.h"
#include "host/order.h"
#include "host/problem.h"
#include "host/value.h"
#include "host/yaml.h"

/* Entries of namespace a from a YAML map name -> {kind, data, meta}. */
static struct entries table(const char *yaml)
{
    struct yaml_error error;
    struct entries entries = {0};
    struct value *map = yaml_parse(yaml, strlen(yaml), NULL, &error);
    cr_assert(map, "%u: %s", error.line, error.message);
    for (size_t i = 0; i < map->map.count; i++) {
        struct value *item = map->map.pairs[i].value;
        struct value *kind = value_remove(item, "kind"), *meta = value_remove(item, "meta");
        struct entry *entry = entry_new("a", map->map.pairs[i].key, strdup(kind ? kind->string.data : "k"),
                                        meta ? meta : value_new(VALUE_MAP, 1), value_copy(item), "f.yaml", 1);
        value_free(kind);
        cr_assert(entries_add(&entries, entry));
    }
    value_free(map);
    return entries;
}

static void check_order(const char *yaml, const char *expected, size_t warnings)
{
    struct entries entries = table(yaml);
    struct problems problems = {0};
    struct order order;
    order_compute(&order, &entries, NULL, &problems);
    char names[512] = "";
    for (size_t i = 0; i < order.count; i++) {
        strcat(names, i ? " " : "");
        strcat(names, entry_name(entries.items[order.sequence[i]]));
    }
    cr_assert_str_eq(names, expected);
    cr_assert_eq(problems.count, warnings, "%zu warnings", problems.count);
    order_free(&order);
    problems_free(&problems);
    entries_free(&entries);
}

Test(order, by_id_without_references)
{
    check_order("{c: {}, a: {}, b: {}}", "a b c", 0);
    check_order("{}", "", 0);
}

Test(order, dependencies_first)
{
    check_order("a: {lifecycle: {requires: [c]}}\nb: {lifecycle: {depends_on: ['a:a']}}\nc: {}\n", "c a b", 0);
    check_order("s: {process: p, host: z}\np: {imports: {l: lib}}\nlib: {}\nz: {}\n", "lib p z s", 0);
    check_order("a: {meta: {server: z}}\nz: {meta: {comment: a}}\n", "z a", 0);
    check_order("a: {lifecycle: {security: {policies: [p], groups: [g]}}}\np: {}\ng: {}\n", "g p a", 0);
    check_order("a: {contracts: [{contract: d, methods: {go: f}}]}\nd: {}\nf: {}\n", "d f a", 0);
    check_order("a: {dead_letter: {queue: q}}\nq: {}\n", "q a", 0);
    check_order("a: {options: {auth.store: s}, middleware: [x]}\ns: {}\nx: {}\n", "s a x", 0);
}

Test(order, environment_variables)
{
    check_order("a: {port_env: PORT}\nv: {kind: env.variable, variable: PORT, storage: s}\ns: {}\n", "s v a", 0);
    check_order("a: {x: ['see ${env:PORT|80} and']}\nv: {kind: env.variable, variable: PORT}\n", "v a", 0);
    check_order("a: {x: '${env:v|80}'}\nv: {kind: env.variable}\n", "v a", 0);
    check_order("a: {x: '${v 80}'}\nv: {kind: env.variable}\n", "a v", 0);
}

Test(order, unknown_texts_are_no_references)
{
    check_order("b: {host: localhost, title: a}\na: {process: 5, self: a}\n", "a b", 0);
    check_order("a: {host: a}\n", "a", 0);
}

Test(order, circles_warn_and_start_by_id)
{
    check_order("b: {host: c}\nc: {host: b}\na: {host: b}\n", "b c a", 1);
    check_order("x: {host: y}\ny: {host: z}\nz: {host: x}\na: {host: x}\nq: {}\n", "q x y z a", 1);
    check_order("b: {host: c}\nc: {host: b}\ne: {host: f}\nf: {host: e}\n", "b c e f", 2);
    check_order("b: {host: c}\nc: {host: b, store: e}\ne: {host: f}\nf: {host: e}\n", "e f b c", 2);
}

Test(order, circle_names_its_members)
{
    struct entries entries = table("b: {host: c}\nc: {host: b}\n");
    struct problems problems = {0};
    struct order order;
    order_compute(&order, &entries, NULL, &problems);
    cr_assert(strstr(problems.items[0].text, "f.yaml:1: entry a:b: refers to itself through others"));
    cr_assert(strstr(problems.items[0].text, "a:b, a:c"), "%s", problems.items[0].text);
    order_free(&order);
    problems_free(&problems);
    entries_free(&entries);
}

Test(order, thousands_of_entries)
{
    struct entries entries = {0};
    struct problems problems = {0};
    struct order order;
    enum { COUNT = 3000 };
    for (int i = 0; i < COUNT; i++) {
        char name[16], next[16];
        snprintf(name, sizeof name, "n%04d", i);
        snprintf(next, sizeof next, "n%04d", i + 1);
        struct value *data = value_new(VALUE_MAP, 1);
        value_set(data, "host", value_new_string(next, strlen(next), 1), 1);
        entries_add(&entries, entry_new("a", name, strdup("k"), value_new(VALUE_MAP, 1), data, "f", 1));
    }
    order_compute(&order, &entries, NULL, &problems);
    cr_assert_eq(order.count, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        cr_assert_eq(order.sequence[i], COUNT - 1 - i);
    order_free(&order);
    entries_free(&entries);
}
