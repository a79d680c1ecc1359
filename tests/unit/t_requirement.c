/* SPDX-License-Identifier: MIT */
/* links: host */
/* requirement and pipeline: which value fills which requirement, where it is put, and in which order all of it happens. */
#include <criterion/criterion.h>

#include "entries_rig.h"
#include "host/module.h"
#include "host/pipeline.h"
#include "host/requirement.h"

/* Resolves and applies; the problems must be these. */
static void run(struct entries *entries, bool strict, const char *const *expected)
{
    struct injections injections;
    struct problems problems = {0};
    requirements_resolve(&injections, entries, strict, &problems);
    injections_apply(&injections, entries, &problems);
    injections_free(&injections);
    rig_check_problems(&problems, expected);
    problems_free(&problems);
}

static const char *const none[] = {NULL};

Test(requirement, parameter_default_and_places)
{
    struct entries entries = {0};
    rig_entries(&entries, NULL,
                "{'app:dep': {kind: ns.dependency, component: acme/jobs, parameters: [{name: db, value: 'app:pg'},"
                " {name: 'acme.other:host', value: {deep: [1]}}]},"
                " 'acme.jobs:db': {kind: ns.requirement, default: 'app:db', targets: [{entry: schema, path: .meta.db},"
                " {entry: schema, path: .a.b.c}, {entry: 'app:x', path: plain}, {entry: schema, path: '.list+='},"
                " {entry: 'app:x', path: '.fresh.list+='}, {entry: 'app:x', path: .data.d}]},"
                " 'acme.jobs:level': {kind: ns.requirement, default: '', targets: [{entry: schema, path: .level}]},"
                " 'acme.other:host': {kind: ns.requirement, targets: [{entry: 'app:x', path: .host}]},"
                " 'acme.jobs:schema': {list: [one], a: {z: 1}}, 'app:x': {}}");
    run(&entries, true, none);
    rig_check_data(&entries, "acme.jobs:schema", "{list: [one, 'app:pg'], a: {z: 1, b: {c: 'app:pg'}}, level: ''}");
    rig_check_meta(&entries, "acme.jobs:schema", "{db: 'app:pg'}");
    rig_check_data(&entries, "app:x", "{plain: 'app:pg', fresh: {list: ['app:pg']}, d: 'app:pg', host: {deep: [1]}}");
    entries_free(&entries);
}

Test(requirement, which_parameter_matches)
{
    struct entries entries = {0};
    /* same name in another component's namespace; by meta.module; not by prefix of the namespace */
    rig_entries(
        &entries, NULL,
        "{'app:dep': {kind: ns.dependency, component: acme/jobs, parameters: [{name: db, value: v}]},"
        " 'acme.mail:db': {kind: ns.requirement, default: d1, targets: [{entry: 't:t', path: .mail}]},"
        " 'inner:db': {kind: ns.requirement, meta: {module: acme/jobs}, targets: [{entry: 't:t', path: .inner}]},"
        " 'acme.jobs.sub:db': {kind: ns.requirement, default: d2, targets: [{entry: 't:t', path: .sub}]},"
        " 't:t': {}}");
    run(&entries, true, none);
    rig_check_data(&entries, "t:t", "{mail: d1, inner: v, sub: d2}");
    entries_free(&entries);
}

Test(requirement, conflicts_and_precedence)
{
    static const char text[] =
        "{'x:r': {kind: ns.requirement, targets: [{entry: 'x:t', path: .v}]}, 'x:t': {},"
        " 'b:dep': {kind: ns.dependency, component: a/b, parameters: [{name: 'x:r', value: %s}]}}";
    struct {
        const char *module, *value;
        const char *expected;
        const char *data;
    } cases[] = {
        {NULL, "one", NULL, "{v: one}"},
        {NULL, "two", "E f.yaml:1: entry x:r: a:dep and b:dep give it different values", "{v: one}"},
        {"m/m", "two", NULL, "{v: one}"}, /* the application's own wins */
    };
    for (size_t i = 0; i < 3; i++) {
        struct entries entries = {0};
        char *yaml = text_format(text, cases[i].value);
        if (i == 2) /* the module's comes first in the table, and still loses */
            rig_entries(&entries, cases[i].module, yaml);
        rig_entries(&entries, NULL,
                    "{'a:dep': {kind: ns.dependency, component: a/a, parameters: [{name: 'x:r', value: one}]}}");
        if (i < 2)
            rig_entries(&entries, cases[i].module, yaml);
        run(&entries, true, (const char *[]){cases[i].expected, NULL});
        rig_check_data(&entries, "x:t", cases[i].data);
        free(yaml);
        entries_free(&entries);
    }
}

Test(requirement, what_is_wrong)
{
    struct entries entries = {0};
    rig_entries(
        &entries, NULL,
        "'x:none': {kind: ns.requirement, default: 1}\n"
        "'x:empty': {kind: ns.requirement, default: 1, targets: []}\n"
        "'x:open': {kind: ns.requirement, targets: [{entry: 'x:t', path: .v}]}\n"
        "'x:far': {kind: ns.requirement, default: 1, targets: [{entry: gone, path: .v}, {path: .v}, {entry: t}]}\n"
        "'x:bad': {kind: ns.requirement, default: 1, targets: [{entry: t, path: .s.x}, {entry: t, path: '.s+='}]}\n"
        "'x:t': {s: text}\n"
        "'x:dep': {kind: ns.dependency, component: x, parameters: [{name: unknown, value: 1}, {value: 1}, {name: q}]}\n"
        "'x:dep2': {kind: ns.dependency, component: not/here, parameters: [{name: whatever, value: 1}]}\n"
        "'x:dep3': {kind: ns.dependency, component: not/here, parameters: {a: b}}\n");
    run(&entries, false,
        (const char *[]){
            "E f.yaml:7: entry x:dep: a parameter needs a name and a value",
            "E f.yaml:7: entry x:dep: a parameter needs a name and a value",
            "E f.yaml:9: entry x:dep3: parameters must be a list of {name, value}",
            "E f.yaml:1: entry x:none: it has no targets",
            "E f.yaml:2: entry x:empty: it has no targets",
            "W f.yaml:3: entry x:open: it has no default, and no ns.dependency has a parameter for it",
            "W f.yaml:4: entry x:far: its target gone does not exist",
            "E f.yaml:4: entry x:far: a target needs an entry and a path",
            "E f.yaml:4: entry x:far: a target needs an entry and a path",
            "W f.yaml:7: entry x:dep: its parameter unknown is for no ns.requirement",
            "E f.yaml:5: entry x:bad: s.x cannot be put into x:t: s is no map",
            "E f.yaml:5: entry x:bad: s cannot be put into x:t: s is a string, not a list",
            NULL,
        });
    entries_free(&entries);
    rig_entries(&entries, NULL, "{'x:open': {kind: ns.requirement, targets: [{entry: open, path: .v}]}}");
    run(&entries, true, (const char *[]){"E f.yaml:1: entry x:open: it has no default", NULL});
    entries_free(&entries);
}

/* The same entries give the same answer, and are not changed by asking. */
Test(requirement, resolving_is_pure)
{
    struct entries entries = {0};
    struct injections first, second;
    struct problems problems = {0};
    rig_entries(&entries, NULL,
                "{'x:r': {kind: ns.requirement, default: 1, targets: [{entry: t, path: '.l+='}]}, 'x:t': {}}");
    requirements_resolve(&first, &entries, false, &problems);
    requirements_resolve(&second, &entries, false, &problems);
    cr_assert_eq(first.count, 1);
    cr_assert_eq(second.count, 1);
    cr_assert(first.items[0].appends);
    cr_assert_eq(first.items[0].target, 1);
    cr_assert_str_eq(first.items[0].path, "l");
    rig_check_data(&entries, "x:t", "{}");
    injections_free(&first);
    injections_free(&second);
    entries_free(&entries);
}

Test(requirement, components_that_are_not_here)
{
    struct entries entries = {0};
    struct problems problems = {0};
    struct module module = {.name = "acme/mail"};
    struct modules modules = {.items = &module, .count = 1};
    rig_entries(
        &entries, NULL,
        "{'a:one': {kind: ns.dependency, component: acme/jobs}, 'acme.jobs.inner:x': {},"
        " 'a:two': {kind: ns.dependency, component: acme/mail}, 'a:three': {kind: ns.dependency, component: acme/sms},"
        " 'a:four': {kind: ns.dependency, component: acme/by}, 'q:x': {meta: {module: acme/by}}, 'a:five': {kind: "
        "ns.dependency}}");
    requirements_check_components(&entries, &modules, &problems);
    rig_check_problems(&problems, (const char *[]){"W f.yaml:1: entry a:three: component acme/sms is not installed",
                                                   "W f.yaml:1: entry a:five: it has no component", NULL});
    problems_free(&problems);
    entries_free(&entries);
}

Test(pipeline, overrides_feed_requirements_and_win_over_them)
{
    struct entries entries = {0};
    struct configuration configuration;
    struct problems problems = {0}, fatal = {0};
    static char *texts[] = {"x:t:second=by override", "x:r:default=changed", "x:off:kind=other"};
    rig_entries(
        &entries, NULL,
        "{'x:r': {kind: ns.requirement, default: 1, targets: [{entry: t, path: .first}, {entry: t, path: .second},"
        " {entry: gone, path: .x}]}, 'x:t': {}, 'x:gone': {meta: {type: demo}}, 'x:off': {}}");
    rig_configuration(&configuration, "disable: {meta: {type: demo}}", &fatal);
    pipeline_run(&entries, &configuration, texts, 3, &problems, &fatal);
    rig_check_problems(&fatal, none);
    rig_check_problems(&problems, (const char *[]){"W f.yaml:1: entry x:r: its target gone does not exist", NULL});
    rig_check_data(&entries, "x:t", "{second: by override, first: changed}");
    problems_free(&problems);

    static char *late[] = {"x:t:a=1"};
    configuration_free(&configuration);
    rig_configuration(&configuration, "disable: {entries: ['x:t']}", &fatal);
    pipeline_run(&entries, &configuration, late, 1, &problems, &fatal);
    rig_check_problems(&fatal, (const char *[]){"E -o x:t:a=1: override of x:t: this entry is disabled", NULL});
    problems_free(&problems);
    problems_free(&fatal);
    configuration_free(&configuration);
    entries_free(&entries);
}
