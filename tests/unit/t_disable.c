/* SPDX-License-Identifier: MIT */
/* links: host */
/* disable: which entries leave the table, and that the others are found as before. */
#include <criterion/criterion.h>

#include "entries_rig.h"
#include "host/disable.h"

static const char all[] =
    "{'legacy:a': {}, 'legacy.x.y:b': {}, 'app:seed_dev': {}, 'app:seed': {meta: {type: demo}},"
    " 'app.sub:z_dev': {meta: {type: demo, env: [dev, test]}}, 'other:q': {meta: {env: dev, n: 1}}}";

/* Ids that are left, in order, and how many were taken out. */
static void check(const char *configuration_text, const char *expected)
{
    struct entries entries = {0}, disabled = {0};
    struct configuration configuration;
    struct problems problems = {0};
    struct text left = {0};
    rig_entries(&entries, NULL, all);
    size_t total = entries.count;
    rig_configuration(&configuration, configuration_text, &problems);
    disable_apply(&configuration, &entries, &disabled, &problems);
    rig_check_problems(&problems, (const char *[]){NULL});
    for (size_t i = 0; i < entries.count; i++) {
        text_printf(&left, "%s%s", i ? " " : "", entries.items[i]->id);
        cr_assert_eq(entries_index(&entries, entries.items[i]), i);
    }
    for (size_t i = 0; i < disabled.count; i++)
        cr_assert_null(entries_find(&entries, disabled.items[i]->id));
    cr_assert_str_eq(text_string(&left), expected, "%s leaves %s", configuration_text, text_string(&left));
    cr_assert_eq(entries.count + disabled.count, total);
    text_free(&left);
    entries_free(&entries);
    entries_free(&disabled);
    configuration_free(&configuration);
}

Test(disable, patterns)
{
    check("{}", "legacy:a legacy.x.y:b app:seed_dev app:seed app.sub:z_dev other:q");
    check("disable: {namespaces: [legacy]}", "legacy.x.y:b app:seed_dev app:seed app.sub:z_dev other:q");
    check("disable: {namespaces: ['legacy.**']}", "app:seed_dev app:seed app.sub:z_dev other:q");
    check("disable: {namespaces: ['legacy.*']}", "legacy:a legacy.x.y:b app:seed_dev app:seed app.sub:z_dev other:q");
    check("disable: {entries: ['app:*_dev']}", "legacy:a legacy.x.y:b app:seed app.sub:z_dev other:q");
    check("disable: {entries: ['app.**:*_dev', 'other:q']}", "legacy:a legacy.x.y:b app:seed");
    check("disable: {meta: {type: demo}}", "legacy:a legacy.x.y:b app:seed_dev other:q");
    check("disable: {meta: {type: demo, env: dev}}", "legacy:a legacy.x.y:b app:seed_dev app:seed other:q");
    check("disable: {meta: {env: dev}}", "legacy:a legacy.x.y:b app:seed_dev app:seed");
    check("disable: {meta: {env: [dev, test]}}", "legacy:a legacy.x.y:b app:seed_dev app:seed other:q");
    check("disable: {meta: {n: 1}}", "legacy:a legacy.x.y:b app:seed_dev app:seed app.sub:z_dev");
    check("disable: {meta: {}}", "legacy:a legacy.x.y:b app:seed_dev app:seed app.sub:z_dev other:q");
    check("disable: {namespaces: [legacy, other], entries: ['app:**'], meta: {type: demo}}", "legacy.x.y:b");
    check("disable: {namespaces: ['**']}", "");
}

Test(disable, what_is_wrong)
{
    struct entries entries = {0}, disabled = {0};
    struct configuration configuration;
    struct problems problems = {0};
    rig_entries(&entries, NULL, all);
    rig_configuration(&configuration, "disable:\n  namespaces: [ok, 'a:b', 5]\n  entries: [nocolon]\n  meta: [x]\n",
                      &problems);
    disable_apply(&configuration, &entries, &disabled, &problems);
    rig_check_problems(&problems, (const char *[]){"E c.yaml:4: disable.meta must be a map, not a list",
                                                   "E c.yaml:2: disable.namespaces: a:b is no pattern of namespaces",
                                                   "E c.yaml:2: disable.namespaces: an integer is no pattern",
                                                   "E c.yaml:3: disable.entries: nocolon is no pattern of ids", NULL});
    problems_free(&problems);
    configuration_free(&configuration);
    rig_configuration(&configuration, "disable: {namespaces: x}", &problems);
    disable_apply(&configuration, &entries, &disabled, &problems);
    rig_check_problems(
        &problems, (const char *[]){"E c.yaml:1: disable.namespaces must be a list of patterns, not a string", NULL});
    problems_free(&problems);
    configuration_free(&configuration);
    rig_configuration(&configuration, "disable: 5", &problems);
    disable_apply(&configuration, &entries, &disabled, &problems);
    rig_check_problems(&problems, (const char *[]){"E c.yaml:1: disable must be a map, not an integer", NULL});
    problems_free(&problems);
    configuration_free(&configuration);
    cr_assert_eq(disabled.count, 0);
    entries_free(&entries);
}
