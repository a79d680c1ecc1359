/* SPDX-License-Identifier: MIT */
/* links: host */
/* override and field: what is set where, what wins, and what is told about those that cannot be. */
#include <criterion/criterion.h>

#include "entries_rig.h"
#include "host/override.h"

struct rig {
    struct entries entries, disabled;
    struct configuration configuration;
    struct overrides overrides;
    struct problems problems;
};

static struct rig *make(const char *entries, const char *configuration, char *const *texts, size_t count)
{
    struct rig *rig = calloc(1, sizeof *rig);
    rig_entries(&rig->entries, NULL, entries);
    rig_configuration(&rig->configuration, configuration, &rig->problems);
    overrides_read(&rig->overrides, &rig->configuration, texts, count, &rig->problems);
    overrides_apply(&rig->overrides, &rig->entries, &rig->disabled, &rig->problems);
    return rig;
}

static void drop(struct rig *rig)
{
    entries_free(&rig->entries);
    entries_free(&rig->disabled);
    overrides_free(&rig->overrides);
    configuration_free(&rig->configuration);
    problems_free(&rig->problems);
    free(rig);
}

static void check_problems(const struct rig *rig, const char *const *expected)
{
    rig_check_problems(&rig->problems, expected);
}

Test(override, places)
{
    setenv("T_OVERRIDE", "7", 1);
    struct rig *rig = make("{'app.core:db.x': {meta: {tier: 1}, a: 1, m: {x: 1}}}",
                           "override:\n"
                           "  app.core:db.x:a: two\n"
                           "  app.core:db.x:data.b: [1, 2]\n"
                           "  app.core:db.x:meta.tier: {deep: 2}\n"
                           "  app.core:db.x:meta.new.path: 1.5\n"
                           "  app.core:db.x:m.x.y: 5\n"
                           "  app.core:db.x:data.kind: field\n"
                           "  app.core:db.x:kind: other.kind\n"
                           "  app.core:db.x:n: null\n"
                           "  app.core:db.x:e: ${env:T_OVERRIDE}\n",
                           NULL, 0);
    check_problems(rig, (const char *[]){"E c.yaml:6: override of app.core:db.x, m.x.y: m.x is no map", NULL});
    rig_check_data(&rig->entries, "app.core:db.x", "{a: two, b: [1, 2], m: {x: 1}, kind: field, n: null, e: 7}");
    rig_check_meta(&rig->entries, "app.core:db.x", "{tier: {deep: 2}, new: {path: 1.5}}");
    cr_assert_str_eq(entries_find(&rig->entries, "app.core:db.x")->kind, "other.kind");
    drop(rig);
}

Test(override, command_line_wins_and_is_typed)
{
    static char *texts[] = {"app:x:a=1",         "app:x:b=1.5",   "app:x:c=true", "app:x:d=text=more",
                            "app:x:meta.e.f=-3", "app:x:kind=k2", "app:x:g=",     "app:x:h=0755"};
    struct rig *rig = make("{'app:x': {a: 0}}", "override: {'app:x:a': 9, 'app:x:z': 9}", texts, 8);
    check_problems(rig, (const char *[]){NULL});
    rig_check_data(&rig->entries, "app:x", "{a: 1, z: 9, b: 1.5, c: true, d: text=more, g: '', h: '0755'}");
    rig_check_meta(&rig->entries, "app:x", "{e: {f: -3}}");
    cr_assert_str_eq(entries_find(&rig->entries, "app:x")->kind, "k2");
    drop(rig);
}

Test(override, all_that_is_wrong_is_listed_once)
{
    static char *texts[] = {"app:x", "app:x:a", "=1", "app:other:a=1", "app:x:meta=1", "app:list:a=1", "app:x:a..b=1"};
    struct rig *rig = make("{'app:x': {a: 0}, 'app:list': [1]}",
                           "override:\n  app:x: 1\n  ':x:a': 1\n  'app::a': 1\n  'app:x:': 1\n  app:x:kind: 5\n"
                           "  app:y:a: 1\n  app:gone:a: 1\n",
                           texts, 7);
    static const char *const expected[] = {
        "E c.yaml:2: override app:x: must be NAMESPACE:ENTRY:PATH",
        "E c.yaml:3: override :x:a: must be",
        "E c.yaml:4: override app::a: must be",
        "E c.yaml:5: override app:x:: must be",
        "E c.yaml:6: override app:x:kind: a kind must be a text",
        "E -o app:x: must be NAMESPACE:ENTRY:PATH=VALUE",
        "E -o app:x:a: must be NAMESPACE:ENTRY:PATH=VALUE",
        "E -o =1: must be NAMESPACE:ENTRY:PATH",
        "E -o app:x:meta=1: the path must name a field",
        "E c.yaml:7: override of app:y: there is no such entry; did you mean app:x?",
        "E c.yaml:8: override of app:gone: there is no such entry",
        "E -o app:other:a=1: override of app:other: there is no such entry",
        "E -o app:list:a=1: override of app:list, a: its data is a list, not a map",
        "E -o app:x:a..b=1: override of app:x, a..b: the path a..b has an empty step",
        NULL,
    };
    check_problems(rig, expected);
    overrides_apply(&rig->overrides, &rig->entries, &rig->disabled, &rig->problems);
    check_problems(rig, expected);
    drop(rig);
    rig = make("{}", "override: [1]", NULL, 0);
    check_problems(rig, (const char *[]){"E c.yaml:1: override must be a map, not a list", NULL});
    drop(rig);
}

Test(override, disabled_entries_are_named_as_such)
{
    static char *texts[] = {"app:x:a=1"};
    struct rig *rig = make("{'app:x': {}}", "{}", texts, 1);
    check_problems(rig, (const char *[]){NULL});
    struct entries empty = {0};
    overrides_apply(&rig->overrides, &empty, &rig->entries, &rig->problems);
    check_problems(
        rig, (const char *[]){"E -o app:x:a=1: override of app:x: this entry is disabled by the configuration", NULL});
    drop(rig);
}
