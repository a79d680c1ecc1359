/* SPDX-License-Identifier: MIT */
/* links: host */
/* configuration, profile, interpolate and settings: layers become one tree, with variables replaced; every wrong item is named. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/configuration.h"
#include "host/nodename.h"
#include "host/settings.h"
#include "host/text.h"
#include "host/value.h"

enum { MOST_WORDS = 8 };

struct rig {
    struct configuration configuration;
    struct settings settings;
    struct problems problems;
    char *profiles[MOST_WORDS], *sets[MOST_WORDS];
    size_t profile_count, set_count, files;
};

static struct rig *make(void)
{
    struct rig *rig = calloc(1, sizeof *rig);
    configuration_init(&rig->configuration);
    return rig;
}

static void file(struct rig *rig, const char *text)
{
    char name[32];
    snprintf(name, sizeof name, "%c.yaml", (char)('a' + rig->files++));
    configuration_add(&rig->configuration, name, text, strlen(text), &rig->problems);
}

static void profile(struct rig *rig, const char *name)
{
    rig->profiles[rig->profile_count++] = (char *)name;
}

static void set(struct rig *rig, const char *text)
{
    rig->sets[rig->set_count++] = (char *)text;
}

static void finish(struct rig *rig)
{
    const struct configuration_request request = {
        .profiles = rig->profiles,
        .profile_count = rig->profile_count,
        .sets = rig->sets,
        .set_count = rig->set_count,
    };
    configuration_finish(&rig->configuration, &request, &rig->problems);
    settings_read(&rig->settings, &rig->configuration, &rig->problems);
}

static void drop(struct rig *rig)
{
    configuration_free(&rig->configuration);
    problems_free(&rig->problems);
    free(rig);
}

static void check_fine(const struct rig *rig)
{
    cr_assert_eq(rig->problems.count, 0, "%s", rig->problems.count ? rig->problems.items[0].text : "");
}

/* All problems, in this order; each must begin with the text. */
static void check_problems(const struct rig *rig, const char *const *expected)
{
    size_t count = 0;
    for (; expected[count]; count++) {
        cr_assert_lt(count, rig->problems.count, "missing: %s", expected[count]);
        const char *text = rig->problems.items[count].text;
        cr_assert(!strncmp(text, expected[count], strlen(expected[count])), "'%s' is not '%s'", text, expected[count]);
        cr_assert_eq(rig->problems.items[count].level, LOG_ERROR);
    }
    cr_assert_eq(rig->problems.count, count, "also: %s", rig->problems.items[count].text);
}

static const struct value *at(const struct rig *rig, const char *path)
{
    return value_path(rig->configuration.root, path);
}

static const char *text_at(const struct rig *rig, const char *path)
{
    const char *text = value_string(at(rig, path));
    cr_assert(text, "%s is %s", path, value_kind_name(at(rig, path)));
    return text;
}

Test(settings, defaults)
{
    struct rig *rig = make();
    finish(rig);
    check_fine(rig);
    const struct settings *s = &rig->settings;
    cr_assert_eq(s->logger.encoding, SETTINGS_CONSOLE);
    cr_assert_eq(s->logmanager.min_level, LOG_DEBUG);
    cr_assert(s->logmanager.propagate_downstream);
    cr_assert_not(s->logmanager.stream_to_events);
    cr_assert_eq(s->shutdown.timeout_ns, 30000000000u);
    cr_assert_eq(s->registry.history_type, SETTINGS_MEMORY);
    cr_assert_str_eq(s->registry.history_path, ".wippy/registry.db");
    cr_assert_eq(s->supervisor.buffer_size, 1024);
    cr_assert_eq(s->supervisor.worker_count, 16);
    cr_assert_eq(s->lua.proto_cache_size, 60000);
    cr_assert_eq(s->lua.cache_mode, SETTINGS_READWRITE);
    cr_assert_eq(s->lsp.max_message_bytes, 8388608);
    cr_assert_eq(s->otel.sample_rate, 1);
    cr_assert_null(s->otel.propagators);
    cr_assert_null(s->prometheus.address);
    cr_assert(s->extensions.is_enabled);
    drop(rig);
}

Test(settings, every_type)
{
    struct rig *rig = make();
    file(rig,
         "version: '1.0'\n"
         "logger: {encoding: json, mode: production, level: warn}\n"
         "logmanager: {propagate_downstream: false, stream_to_events: true, min_level: 2}\n"
         "security: {strict_mode: true}\n"
         "registry: {history_type: sqlite, history_path: /tmp/r.db, enable_history: false}\n"
         "relay: {node_name: worker-1}\n"
         "supervisor: {host: {buffer_size: 1, worker_count: 4}}\n"
         "functions: {host: {worker_count: 0}}\n"
         "lua: {type_system: {enabled: true}, cache: {mode: 'off', compile: {enabled: false}}, eval: {cache_ttl: 5m},"
         " expr: {capacity: 0}}\n"
         "shutdown: {timeout: 1m30s}\n"
         "prometheus: {enabled: true, address: '0.0.0.0:9090'}\n"
         "dispatcher: {http: {timeout: 0, max_clients: 3}}\n"
         "otel: {sample_rate: 0.25, protocol: grpc, propagators: [b3], http: {enabled: false}}\n"
         "cluster: {enabled: false, raft: {anything: [1]}}\n"
         "unknown: {key: 1}\nfinder: {unknown: 1, query_cache_size: null}\n");
    finish(rig);
    check_fine(rig);
    const struct settings *s = &rig->settings;
    cr_assert_eq(s->logger.encoding, SETTINGS_JSON);
    cr_assert_str_eq(s->logger.level, "warn");
    cr_assert_not(s->logmanager.propagate_downstream);
    cr_assert(s->logmanager.stream_to_events);
    cr_assert_eq(s->logmanager.min_level, LOG_ERROR);
    cr_assert(s->security.strict_mode);
    cr_assert_eq(s->registry.history_type, SETTINGS_SQLITE);
    cr_assert_str_eq(s->relay.node_name, "worker-1");
    cr_assert_eq(s->supervisor.worker_count, 4);
    cr_assert(s->lua.types_enabled);
    cr_assert_eq(s->lua.cache_mode, SETTINGS_OFF);
    cr_assert_not(s->lua.cache_compile);
    cr_assert(s->lua.cache_typecheck);
    cr_assert_eq(s->lua.eval_cache_ttl_ns, 300000000000u);
    cr_assert_eq(s->lua.expr.capacity, 0);
    cr_assert_eq(s->shutdown.timeout_ns, 90000000000u);
    cr_assert_str_eq(s->prometheus.address, "0.0.0.0:9090");
    cr_assert_eq(s->http_client.max_clients, 3);
    cr_assert_eq(s->otel.sample_rate, 0.25);
    cr_assert_eq(s->otel.protocol, 1);
    cr_assert_eq(s->otel.propagators->list.count, 1);
    cr_assert_not(s->otel.http_enabled);
    cr_assert_eq(s->finder.query_cache_size, 1000);
    drop(rig);
}

Test(settings, all_that_is_wrong_is_listed)
{
    struct rig *rig = make();
    file(rig, "logger: {encoding: xml}\n"
              "logmanager:\n  min_level: 3\n  stream_to_events: yes\n"
              "registry: {history_type: files}\n"
              "supervisor: {host: {buffer_size: 0}}\n"
              "lua: 5\n"
              "shutdown: {timeout: soon}\n"
              "prometheus: {address: here}\n"
              "otel: {sample_rate: 1.5, propagators: [1]}\n"
              "lsp: {max_message_bytes: -1, http_path: [x]}\n"
              "relay: {node_name: 5}\n");
    finish(rig);
    static const char *const expected[] = {
        "a.yaml:6: lua must be a map, not an integer",
        "a.yaml:1: logger.encoding must be console or json",
        "a.yaml:4: logmanager.stream_to_events must be true or false",
        "a.yaml:3: logmanager.min_level must be a number from -1 (debug) to 2 (error)",
        "a.yaml:5: registry.history_type must be memory, sqlite, postgres or nil",
        "a.yaml:12: relay.node_name must be a text",
        "a.yaml:6: supervisor.host.buffer_size must be a whole number, 1 or more",
        "a.yaml:8: shutdown.timeout must be a duration like \"30s\"",
        "a.yaml:9: prometheus.address must be an address like",
        "a.yaml:11: lsp.http_path must be a text",
        "a.yaml:11: lsp.max_message_bytes must be a whole number, 1 or more",
        "a.yaml:10: otel.sample_rate must be a number from 0 to 1",
        "a.yaml:10: otel.propagators must be a list of texts",
        NULL,
    };
    for (size_t i = 0; expected[i]; i++) {
        const char *message = strstr(expected[i], ": ") + 2;
        bool found = false;
        for (size_t j = 0; j < rig->problems.count; j++)
            found = found || strstr(rig->problems.items[j].text, message);
        cr_assert(found, "not reported: %s", expected[i]);
    }
    cr_assert_eq(rig->problems.count, sizeof expected / sizeof expected[0] - 1);
    cr_assert_eq(rig->settings.logger.encoding, SETTINGS_CONSOLE); /* what is wrong leaves the default */
    cr_assert_eq(rig->settings.otel.sample_rate, 1);
    char *joined = problems_join(&rig->problems, "\n");
    cr_assert(strstr(joined, "a.yaml:1: logger.encoding must be console or json\n"));
    free(joined);
    drop(rig);
}

Test(settings, known_paths)
{
    const char *nearest;
    cr_assert(settings_is_path("logger.encoding", &nearest));
    cr_assert(settings_is_path("vars.anything", &nearest));
    cr_assert(settings_is_path("cluster.raft.role", &nearest));
    cr_assert_not(settings_is_path("logger.encodin", &nearest));
    cr_assert_str_eq(nearest, "logger.encoding");
    cr_assert_not(settings_is_path("bananas", &nearest));
    cr_assert_null(nearest);
}

Test(configuration, layers_are_merged_leaf_by_leaf)
{
    struct rig *rig = make();
    file(rig, "logger: {encoding: json, mode: a}\nlogmanager: {min_level: 1}\notel: {propagators: [a, b]}\n");
    file(rig, "logger: {mode: b, level: l}\notel: {propagators: [c]}\nprofiles: {p: {logger: {level: p}}, q: "
              "{shutdown: {timeout: 2s}}}\n");
    profile(rig, "p");
    profile(rig, "q");
    set(rig, "shutdown.timeout=3s");
    set(rig, "logmanager.min_level=2");
    set(rig, "new.section.key=true");
    finish(rig);
    check_fine(rig);
    cr_assert_str_eq(text_at(rig, "logger.encoding"), "json");
    cr_assert_str_eq(text_at(rig, "logger.mode"), "b");
    cr_assert_str_eq(text_at(rig, "logger.level"), "p");
    cr_assert_eq(at(rig, "otel.propagators")->list.count, 1);
    cr_assert_eq(rig->settings.shutdown.timeout_ns, 3000000000u);
    cr_assert_eq(rig->settings.logmanager.min_level, 2);
    cr_assert(at(rig, "new.section.key")->boolean);
    cr_assert_null(at(rig, "profiles"));
    cr_assert_str_eq(configuration_source(&rig->configuration, at(rig, "logger.encoding")), "a.yaml");
    cr_assert_str_eq(configuration_source(&rig->configuration, at(rig, "logger.mode")), "b.yaml");
    cr_assert_str_eq(configuration_source(&rig->configuration, at(rig, "shutdown.timeout")),
                     "--set shutdown.timeout=3s");
    drop(rig);
}

Test(configuration, order_of_profiles_and_values_of_set)
{
    struct rig *rig = make();
    file(rig, "profiles: {one: {a: {x: 1, y: 1}}, two: {a: {x: 2}}}\n");
    profile(rig, "two");
    profile(rig, "one");
    set(rig, "v.int=-5");
    set(rig, "v.float=1.5e2");
    set(rig, "v.octal=0755");
    set(rig, "v.text=a=b");
    set(rig, "v.empty=");
    set(rig, "v.null=null");
    finish(rig);
    check_fine(rig);
    cr_assert_eq(at(rig, "a.x")->integer, 1);
    cr_assert_eq(at(rig, "v.int")->integer, -5);
    cr_assert_eq(at(rig, "v.float")->number, 150);
    cr_assert_str_eq(text_at(rig, "v.octal"), "0755");
    cr_assert_str_eq(text_at(rig, "v.text"), "a=b");
    cr_assert_str_eq(text_at(rig, "v.empty"), "");
    cr_assert_str_eq(text_at(rig, "v.null"), "null");
    drop(rig);
}

Test(configuration, wrong_sets_and_files)
{
    struct rig *rig = make();
    file(rig, "logger: {encoding: json}\n");
    file(rig, "- a list\n");
    file(rig, "a: [\n");
    file(rig, "a: 1\n---\nb: 2\n");
    set(rig, "logger");
    set(rig, "=x");
    set(rig, "logger..x=1");
    set(rig, ".x=1");
    set(rig, "logger.encoding.x=1");
    set(rig, "logger.encoding=xml");
    finish(rig);
    static const char *const expected[] = {
        "b.yaml:1: must be a map, not a list",
        "c.yaml:2: column",
        "d.yaml: holds more than one YAML document",
        "--set logger: must be SECTION.KEY=VALUE",
        "--set =x: must be",
        "--set logger..x=1: the path has an empty step",
        "--set .x=1: the path has an empty step",
        "--set logger.encoding.x=1: logger.encoding is no section",
        "--set logger.encoding=xml: logger.encoding must be console or json",
        NULL,
    };
    check_problems(rig, expected);
    drop(rig);
}

Test(profile, unknown_and_wrong_ones)
{
    struct rig *rig = make();
    file(rig, "profiles:\n  development: {}\n  bad: 5\n  vars: {vars: {x: '${env:HOME}', y: ['${X|d}']}}\n");
    profile(rig, "developmnet");
    finish(rig);
    static const char *const expected[] = {
        "a.yaml:3: profile bad must be a map of sections, not an integer",
        "a.yaml:4: profile vars: vars must not take anything from the environment (HOME)",
        "a.yaml:4: profile vars: vars must not take anything from the environment (X)",
        "--profile developmnet: there is no such profile; did you mean development?; there are: development, bad, vars",
        NULL,
    };
    check_problems(rig, expected);
    drop(rig);
    rig = make();
    profile(rig, "x");
    finish(rig);
    check_problems(rig, (const char *[]){"--profile x: the configuration has no profiles", NULL});
    drop(rig);
    rig = make();
    file(rig, "profiles: 5\n");
    finish(rig);
    check_problems(rig, (const char *[]){"a.yaml:1: profiles must be a map, not an integer", NULL});
    drop(rig);
}

static void check_list(const struct rig *rig, const char *path, const char *expected)
{
    const struct value *list = at(rig, path);
    struct text text = {0};
    cr_assert(list && list->kind == VALUE_LIST, "%s is %s", path, value_kind_name(list));
    for (size_t i = 0; i < list->list.count; i++)
        text_printf(&text, "%s%s", i ? " " : "", value_string(list->list.items[i]));
    cr_assert_str_eq(text_string(&text), expected);
    text_free(&text);
}

Test(profile, changes_the_lists_of_disable)
{
    struct rig *rig = make();
    file(rig, "disable: {namespaces: [a, b], entries: ['x:y']}\n"
              "profiles:\n"
              "  one: {disable: {namespaces: {add: [c, a], remove: [b]}}}\n"
              "  two: {disable: {namespaces.add: [d], entries.remove: ['x:y'], meta: {type: demo}}}\n"
              "  three: {disable: {entries: [only]}}\n");
    profile(rig, "one");
    profile(rig, "two");
    finish(rig);
    check_fine(rig);
    check_list(rig, "disable.namespaces", "a c d");
    check_list(rig, "disable.entries", "");
    cr_assert_str_eq(text_at(rig, "disable.meta.type"), "demo");
    drop(rig);

    rig = make();
    file(rig, "profiles: {one: {disable: {namespaces: {add: [c]}}}, three: {disable: {entries: [only]}}}\n");
    profile(rig, "three");
    profile(rig, "one");
    finish(rig);
    check_fine(rig);
    check_list(rig, "disable.namespaces", "c");
    check_list(rig, "disable.entries", "only");
    drop(rig);

    rig = make();
    file(rig, "profiles: {one: {disable: {entries: {add: x}}}}\n");
    profile(rig, "one");
    finish(rig);
    check_problems(rig,
                   (const char *[]){"a.yaml:1: profile one: disable.entries.add must be a list, not a string", NULL});
    drop(rig);
}

Test(interpolate, variables_and_environment)
{
    struct rig *rig = make();
    setenv("T_CONFIG_A", "from env", 1);
    setenv("T_CONFIG_N", "7", 1);
    unsetenv("T_CONFIG_NONE");
    file(rig, "vars: {name: x, port: 8080, list: [1, 2], nested: '${name}-${port}', e: '${env:T_CONFIG_A}'}\n"
              "a:\n"
              "  - '${name}'\n  - '${port}'\n  - '${list}'\n  - ':${port}/${nested}'\n  - '${e}'\n"
              "  - '${env:T_CONFIG_A}!'\n  - '$${name} $x ${ } ${a b} $$'\n  - '${env:T_CONFIG_NONE|dflt}'\n"
              "  - '${T_CONFIG_NONE|5}'\n"
              "logmanager: {min_level: '${env:T_CONFIG_NONE|1}'}\n"
              "lua: {main_cache_size: '${env:T_CONFIG_N}', type_system: {enabled: '${env:T_CONFIG_NONE|true}'}}\n"
              "relay: {node_name: '${env:T_CONFIG_N}'}\n");
    set(rig, "vars.name=y");
    set(rig, "b.c=${name}");
    finish(rig);
    check_fine(rig);
    const struct value *list = at(rig, "a");
    cr_assert_str_eq(value_string(list->list.items[0]), "y");
    cr_assert_eq(list->list.items[1]->integer, 8080);
    cr_assert_eq(list->list.items[2]->list.count, 2);
    cr_assert_str_eq(value_string(list->list.items[3]), ":8080/y-8080");
    cr_assert_str_eq(value_string(list->list.items[4]), "from env");
    cr_assert_str_eq(value_string(list->list.items[5]), "from env!");
    cr_assert_str_eq(value_string(list->list.items[6]), "${name} $x ${ } ${a b} $$");
    cr_assert_str_eq(value_string(list->list.items[7]), "dflt");
    cr_assert_str_eq(value_string(list->list.items[8]), "5");
    cr_assert_str_eq(text_at(rig, "b.c"), "y");
    cr_assert_eq(rig->settings.logmanager.min_level, 1);
    cr_assert_eq(rig->settings.lua.main_cache_size, 7);
    cr_assert(rig->settings.lua.types_enabled);
    cr_assert_str_eq(rig->settings.relay.node_name, "7");
    drop(rig);
}

Test(interpolate, profile_changes_a_variable)
{
    struct rig *rig = make();
    file(rig, "vars: {port: 1}\nx: {y: '${port}'}\nprofiles: {p: {vars: {port: 2}}}\n");
    profile(rig, "p");
    finish(rig);
    check_fine(rig);
    cr_assert_eq(at(rig, "x.y")->integer, 2);
    drop(rig);
}

Test(interpolate, what_is_wrong)
{
    struct rig *rig = make();
    unsetenv("T_CONFIG_NONE");
    file(rig, "vars:\n  a: '${b}'\n  b: 'x${a}'\n  list: [1]\n"
              "x:\n  - ${env:T_CONFIG_NONE}\n  - '${nothing}'\n  - 'a${list}'\n");
    finish(rig);
    static const char *const expected[] = {
        "a.yaml:3: ${a}: this variable refers to itself",
        "a.yaml:6: ${env:T_CONFIG_NONE}: this environment variable is not set",
        "a.yaml:7: ${nothing}: vars has no 'nothing'; write $${ for a plain ${",
        "a.yaml:8: ${list} is a list: it can only stand alone, not inside a text",
        NULL,
    };
    check_problems(rig, expected);
    drop(rig);
    rig = make();
    file(rig, "vars: [1]\n");
    finish(rig);
    check_problems(rig, (const char *[]){"a.yaml:1: vars must be a map, not a list", NULL});
    drop(rig);
}

/* Each variable twice the one before, and a long chain: both end with an error, not with the memory or the stack. */
Test(interpolate, growth_and_depth_are_bounded)
{
    struct text text = {0};
    struct rig *rig = make();
    text_add_string(&text, "vars:\n  v0: 0123456789\n");
    for (int i = 1; i < 60; i++)
        text_printf(&text, "  v%d: '${v%d}${v%d}'\n", i, i - 1, i - 1);
    file(rig, text_string(&text));
    finish(rig);
    cr_assert_eq(rig->problems.count, 1);
    cr_assert(strstr(rig->problems.items[0].text, "variables expand to more than 16 MB"), "%s",
              rig->problems.items[0].text);
    drop(rig);

    rig = make();
    text_clear(&text);
    text_add_string(&text, "vars:\n");
    for (int i = 0; i < 1000; i++)
        text_printf(&text, "  v%d: '${v%d}'\n", i, i + 1);
    text_add_string(&text, "  v1000: end\n");
    file(rig, text_string(&text));
    finish(rig);
    cr_assert_geq(rig->problems.count, 1);
    cr_assert(strstr(rig->problems.items[0].text, "variables are nested too deep"), "%s", rig->problems.items[0].text);
    drop(rig);
    text_free(&text);
}

Test(nodename, given_or_derived)
{
    char first[NODENAME_MAX + 1], second[NODENAME_MAX + 1];
    struct settings settings = {0};
    static const char *const names[] = {"MOONLET_NODE_ID", "WIPPY_NODE_ID", "WIPPY_RELAY_NODE_NAME"};
    for (size_t i = 0; i < 3; i++)
        unsetenv(names[i]);
    nodename_find(&settings, first);
    nodename_find(&settings, second);
    cr_assert_str_eq(first, second);
    cr_assert_null(nodename_given(&settings));
    cr_assert_eq(strncmp(first, "node-", 5), 0);
    for (size_t i = 3; i-- > 0;) {
        setenv(names[i], names[i], 1);
        nodename_find(&settings, first);
        cr_assert_str_eq(first, names[i]);
    }
    cr_assert_null(nodename_problem("worker-1.example"));
    static const char *const wrong[] = {"a b", "a@b", "{a", "a|b", "a\n"};
    for (size_t i = 0; i < 5; i++)
        cr_assert(nodename_problem(wrong[i]), "accepted: %s", wrong[i]);
    char longest[100];
    memset(longest, 'n', sizeof longest);
    longest[64] = '\0';
    cr_assert(nodename_problem(longest));
    longest[63] = '\0';
    cr_assert_null(nodename_problem(longest));
    settings.relay.node_name = "mine";
    nodename_find(&settings, first);
    cr_assert_str_eq(first, "mine");
}
