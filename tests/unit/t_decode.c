/* SPDX-License-Identifier: MIT */
/* links: host */
/* decode: environment variables in the data of entries; the entries themselves keep their text. */
#include <criterion/criterion.h>

#include "entries_rig.h"
#include "host/decode.h"
#include "host/env.h"
#include "host/order.h"

struct rig {
    struct entries entries;
    struct env *env;
    struct problems problems;
    struct decoded decoded;
};

/* Variables: TEXT=text, PORT=8080, RATIO=2, FLAG=true, EMPTY (registered, without value), app.env:inner=in, DFLT with a default. */
static struct rig *make(const char *entries)
{
    struct rig *rig = calloc(1, sizeof *rig);
    rig_entries(
        &rig->entries, NULL,
        "'v:s': {kind: env.storage.static, values: {TEXT: text, PORT: '8080', RATIO: '2', FLAG: 'true', inner: in}}\n"
        "'v:text': {kind: env.variable, variable: TEXT, storage: s}\n"
        "'v:port': {kind: env.variable, variable: PORT, storage: s}\n"
        "'v:ratio': {kind: env.variable, variable: RATIO, storage: s}\n"
        "'v:flag': {kind: env.variable, variable: FLAG, storage: s}\n"
        "'v:empty': {kind: env.variable, variable: EMPTY, storage: s}\n"
        "'v:dflt': {kind: env.variable, variable: DFLT, storage: s, default: own}\n"
        "'app.env:inner': {kind: env.variable, storage: 'v:s'}\n");
    rig_entries(&rig->entries, NULL, entries);
    rig->env = env_new(&rig->entries, &rig->problems);
    cr_assert_eq(rig->problems.count, 0, "%s", rig->problems.count ? rig->problems.items[0].text : "");
    decoded_init(&rig->decoded, rig->env, &rig->entries);
    return rig;
}

static void drop(struct rig *rig)
{
    decoded_destroy(&rig->decoded);
    env_free(rig->env);
    entries_free(&rig->entries);
    problems_free(&rig->problems);
    free(rig);
}

/* The entry a:x with this data is decoded to that. */
static void check(const char *data, const char *expected)
{
    char *yaml = text_format("'a:x': %s", data);
    struct rig *rig = make(yaml);
    const struct entry *raw = entries_find(&rig->entries, "a:x");
    cr_assert_null(decoded_problem(&rig->decoded, raw), "%s: %s", data, decoded_problem(&rig->decoded, raw));
    struct value *value = rig_value(expected), *before = rig_value(data);
    value_free(value_remove(value, "kind"));
    value_free(value_remove(before, "kind"));
    struct entry *found = entries_find(&rig->decoded.table, "a:x");
    cr_assert(value_is_equal(found->data, value), "%s is not decoded to %s", data, expected);
    cr_assert(value_is_equal(raw->data, before), "the entry itself has changed");
    value_free(value);
    value_free(before);
    drop(rig);
    free(yaml);
}

static void check_problem(const char *data, const char *part)
{
    char *yaml = text_format("'a:x': %s", data);
    struct rig *rig = make(yaml);
    const char *problem = decoded_problem(&rig->decoded, entries_find(&rig->entries, "a:x"));
    cr_assert(problem, "accepted: %s", data);
    cr_assert(strstr(problem, part), "'%s' lacks '%s'", problem, part);
    cr_assert_null(strstr(problem, "8080"), "a value is shown");
    drop(rig);
    free(yaml);
}

Test(decode, placeholders)
{
    check("{a: '${env:TEXT}'}", "{a: text}");
    check("{a: 'x${env:TEXT}-${env:PORT}y'}", "{a: xtext-8080y}");
    check("{a: [{b: '${env:app.env:inner}'}]}", "{a: [{b: in}]}");
    check("{a: '${env:PORT}'}", "{a: '8080'}");
    check("{a: '${env:PORT|1}'}", "{a: 8080}");
    check("{a: '${PORT|1}'}", "{a: 8080}");
    check("{a: '${PORT|\"1\"}'}", "{a: '8080'}");
    check("{a: '${PORT|x}'}", "{a: '8080'}");
    check("{a: '${RATIO|1.5}'}", "{a: 2.0}");
    check("{a: '${FLAG|false}'}", "{a: true}");
    check("{a: 'v${PORT|1}'}", "{a: v8080}");
    check("{a: '${env:EMPTY|5}'}", "{a: 5}");
    check("{a: '${env:UNKNOWN|5}', b: 'x${UNKNOWN|}y'}", "{a: 5, b: xy}");
    check("{a: '${env:DFLT|inline}'}", "{a: own}"); /* the variable's own default comes first */
    check("{a: '$${env:TEXT}', b: '$${TEXT|x} ${env:TEXT}'}", "{a: '${env:TEXT}', b: '${TEXT|x} text'}");
    check("{a: '${TEXT}', b: '${lower|d}', c: '$TEXT', d: '${}'}",
          "{a: '${TEXT}', b: '${lower|d}', c: '$TEXT', d: '${}'}");
    check("{a: '${TEXT} ${env:TEXT}'}", "{a: '${TEXT} text'}");
}

Test(decode, fields)
{
    check("{port: 1, port_env: PORT}", "{port: 8080, port_env: PORT}");
    check("{name_env: TEXT}", "{name_env: TEXT, name: text}");
    check("{deep: [{x: a, x_env: 'app.env:inner'}]}", "{deep: [{x: in, x_env: 'app.env:inner'}]}");
    check("{x: own, x_env: UNKNOWN}", "{x: own, x_env: UNKNOWN}");
    check("{x: own, x_env: EMPTY}", "{x: own, x_env: EMPTY}");
    check("{x: true, x_env: TEXT}", "{x: text, x_env: TEXT}");
    check("{x_env: 5, _env: TEXT}", "{x_env: 5, _env: TEXT}");
    check("{x: '${env:UNKNOWN}', x_env: TEXT}", "{x: text, x_env: TEXT}");
}

Test(decode, code_is_left_alone)
{
    check("{kind: process.lua, source: 'x = \"${env:UNKNOWN}\"', method: '${env:TEXT}'}",
          "{kind: process.lua, source: 'x = \"${env:UNKNOWN}\"', method: text}");
    check("{kind: template.jet, source: '${env:TEXT}'}", "{kind: template.jet, source: '${env:TEXT}'}");
    check("{kind: other, source: '${env:TEXT}'}", "{kind: other, source: text}");
}

Test(decode, what_is_missing_or_of_another_type)
{
    check_problem("{a: '${env:UNKNOWN}'}", "${env:UNKNOWN} (line 1): there is no such variable");
    check_problem("{a: '${env:EMPTY}'}", "${env:EMPTY} (line 1): there is no such variable, or it has no value");
    check_problem("{a: 'x${env:UNKNOWN}'}", "${env:UNKNOWN}");
    check_problem("{a: '${env:TEXT|5}'}", "${env:TEXT} (line 1): its value must be an integer, as the default is");
    check_problem("{a: '${env:TEXT|1.5}'}", "must be a number");
    check_problem("{a: '${env:TEXT|true}'}", "must be true or false");
    check_problem("{a: ['${env:RATIO|true}', '${env:UNKNOWN}']}", "RATIO");
}

/* Entries without variables are not copied. */
Test(decode, same_entries_are_borrowed)
{
    struct rig *rig = make("'a:x': {a: 1}\n'a:y': {a: '${PORT|1}'}\n");
    cr_assert_eq(entries_find(&rig->decoded.table, "a:x"), entries_find(&rig->entries, "a:x"));
    cr_assert_neq(entries_find(&rig->decoded.table, "a:y"), entries_find(&rig->entries, "a:y"));
    cr_assert_eq(entries_find(&rig->decoded.table, "a:y")->line, entries_find(&rig->entries, "a:y")->line);
    drop(rig);
}

/* What a placeholder names by its value starts first too. */
Test(decode, decoded_values_are_references)
{
    struct order order;
    struct rig *rig = make("'a:a': {host: '${env:UNKNOWN|z:host}'}\n'z:host': {}\n");
    order_compute(&order, &rig->entries, &rig->decoded.table, &rig->problems);
    size_t host = entries_index(&rig->entries, entries_find(&rig->entries, "z:host")), at_host = 0, at_a = 0;
    for (size_t i = 0; i < order.count; i++) {
        at_host = order.sequence[i] == host ? i : at_host;
        at_a = !strcmp(rig->entries.items[order.sequence[i]]->id, "a:a") ? i : at_a;
    }
    cr_assert_lt(at_host, at_a);
    order_free(&order);
    drop(rig);
}
