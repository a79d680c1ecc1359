/* SPDX-License-Identifier: MIT */
/* links: host */
/* options and suggest: flags in all places, values, and what a wrong command line is told. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/options.h"
#include "host/suggest.h"
#include "host/text.h"

enum { MOST_WORDS = 16 };

/* Splits a line at blanks; the words live until the next call. */
static int split(const char *line, char **argv)
{
    static char copy[256];
    int argc = 0;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    return argc;
}

static struct options parse(const char *line)
{
    static char *argv[MOST_WORDS]; /* options.args points into it */
    char *problem;
    struct options options;
    int argc = split(line, argv);
    cr_assert_eq(options_parse(&options, argc, argv, NULL, &problem), 0, "%s: %s", line, problem);
    return options;
}

static void check_refused(const char *line, const char *part)
{
    char *argv[MOST_WORDS], *problem;
    struct options options;
    int argc = split(line, argv);
    cr_assert_eq(options_parse(&options, argc, argv, NULL, &problem), -1, "accepted: %s", line);
    cr_assert(strstr(problem, part), "%s: '%s' lacks '%s'", line, problem, part);
    free(problem);
}

Test(options, run)
{
    struct options o = parse("moonlet run");
    cr_assert_eq(o.action, OPTIONS_RUN);
    cr_assert_null(o.command);
    cr_assert_eq(o.memory_limit, 0);
    cr_assert_eq(o.workers, 0);
    cr_assert_not(o.seeded);
    cr_assert_not(options_is_silent(&o));
}

Test(options, flags_before_and_after)
{
    static const char *const lines[] = {"moonlet -v -m 64M --workers 3 run hello a b",
                                        "moonlet run -v -m64M hello --workers=3 a b",
                                        "moonlet run hello a b -v --memory-limit 64M --workers 3",
                                        "moonlet run --verbose -m 64M --workers 3 hello -- a b"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct options o = parse(lines[i]);
        cr_assert_eq(o.action, OPTIONS_RUN);
        cr_assert_str_eq(o.command, "hello");
        cr_assert_eq(o.arg_count, 2, "%s: %zu", lines[i], o.arg_count);
        cr_assert_str_eq(o.args[0], "a");
        cr_assert_str_eq(o.args[1], "b");
        cr_assert(o.verbose);
        cr_assert_eq(o.memory_limit, 64u << 20);
        cr_assert_eq(o.workers, 3);
        cr_assert_not(options_is_silent(&o));
    }
}

Test(options, arguments_with_dashes)
{
    struct options o = parse("moonlet run hello -- -v --name -- x");
    cr_assert_eq(o.arg_count, 4);
    cr_assert_str_eq(o.args[0], "-v");
    cr_assert_str_eq(o.args[2], "--");
    cr_assert_not(o.verbose);
    o = parse("moonlet run hello -- -v");
    cr_assert_eq(o.arg_count, 1);
}

Test(options, exec_seed_host)
{
    struct options o = parse("moonlet run -x app:hello --host app:term --seed 0x10 --workers 1");
    cr_assert_str_eq(o.exec, "app:hello");
    cr_assert_str_eq(o.host, "app:term");
    cr_assert(o.seeded);
    cr_assert_eq(o.seed, 16);
    cr_assert(options_is_silent(&o));
    o = parse("moonlet run --seed 18446744073709551615");
    cr_assert_eq(o.seed, UINT64_MAX);
}

Test(options, logs)
{
    struct options o = parse("moonlet run -c hello");
    cr_assert_eq(o.logs, OPTIONS_LOGS_CONSOLE);
    cr_assert_not(options_is_silent(&o));
    o = parse("moonlet run -s");
    cr_assert(options_is_silent(&o));
    o = parse("moonlet run hello");
    cr_assert(options_is_silent(&o));
    o = parse("moonlet run --very-verbose -x a:b");
    cr_assert(o.verbose && o.very_verbose);
    cr_assert_not(options_is_silent(&o));
}

Test(options, other_actions)
{
    cr_assert_eq(parse("moonlet").action, OPTIONS_HELP);
    cr_assert_eq(parse("moonlet --help").action, OPTIONS_HELP);
    cr_assert_eq(parse("moonlet run list").action, OPTIONS_LIST);
    struct options o = parse("moonlet version --short");
    cr_assert_eq(o.action, OPTIONS_VERSION);
    cr_assert(o.short_version);
    o = parse("moonlet run --help");
    cr_assert_eq(o.action, OPTIONS_HELP);
    cr_assert_str_eq(o.topic, "run");
    o = parse("moonlet help version");
    cr_assert_str_eq(o.topic, "version");
}

/* Flags stand in one column, on lines that a terminal holds; everything that is listed is explained. */
Test(options, help_is_complete_and_aligned)
{
    static const char *const topics[] = {NULL, "run", "init", "version", "help"};
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
        struct text text = {0};
        size_t column = 0;
        cr_assert(options_help(topics[i], &text));
        for (const char *line = text_string(&text); *line; line += strcspn(line, "\n") + 1) {
            cr_assert_leq(strcspn(line, "\n"), 115, "too long: %.*s", (int)strcspn(line, "\n"), line);
            const char *name = !strncmp(line, "      --", 8) || !strncmp(line + 4, "  --", 2) ? line + 6 : NULL;
            if (!name || strncmp(name, "--", 2) != 0)
                continue;
            const char *gap = strstr(name, "  ");
            cr_assert(gap && gap < line + strcspn(line, "\n"), "no text: %.40s", line);
            size_t at = (size_t)(gap + strspn(gap, " ") - line);
            cr_assert(!column || at == column, "column %zu, not %zu: %.60s", at, column, line);
            column = at;
        }
        text_free(&text);
    }
    struct text text = {0};
    cr_assert_not(options_help("frobnicate", &text));
    cr_assert(options_help(NULL, &text));
    static const char *const parts[] = {"Usage:", "Commands:", "\n  run ", "\n  init ", "--config FILE", "Examples:"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        cr_assert(strstr(text_string(&text), parts[i]), "no %s", parts[i]);
    text_free(&text);
}

Test(options, configuration_flags)
{
    struct options o =
        parse("moonlet --config a.yaml run --config=b.yaml --profile x --set a.b=1 --profile y -o a:b:c=d -e -p");
    cr_assert_eq(o.configs.count, 2);
    cr_assert_str_eq(o.configs.items[1], "b.yaml");
    cr_assert_eq(o.profiles.count, 2);
    cr_assert_str_eq(o.profiles.items[0], "x");
    cr_assert_str_eq(o.sets.items[0], "a.b=1");
    cr_assert_str_eq(o.overrides.items[0], "a:b:c=d");
    cr_assert(o.event_streams && o.profiler);
    options_free(&o);
}

Test(options, init)
{
    struct options o = parse("moonlet init -d app --modules-dir mods -l my.lock");
    cr_assert_eq(o.action, OPTIONS_INIT);
    cr_assert_str_eq(o.source_directory, "app");
    cr_assert_str_eq(o.modules_directory, "mods");
    cr_assert_str_eq(o.lock_file, "my.lock");
    cr_assert_null(parse("moonlet init").lock_file);
}

Test(options, wrong_command_lines)
{
    check_refused("moonlet rum", "unknown command rum; did you mean run?");
    check_refused("moonlet frobnicate", "unknown command frobnicate\n");
    check_refused("moonlet frobnicate", "There are: run init lint version help.");
    check_refused("moonlet install", "knows no module hub");
    check_refused("moonlet init here", "takes no further words (here)");
    check_refused("moonlet run -d x", "--src-dir belongs to `moonlet init`");
    check_refused("moonlet run --lock-file=x", "--lock-file belongs to `moonlet init`");
    check_refused("moonlet init -o a:b:c=d", "--override belongs to `moonlet run`");
    check_refused("moonlet --lock-file x", "which command?");
    check_refused("moonlet run --config", "--config needs a value");
    check_refused("moonlet run --wrokers 3", "unknown flag --wrokers; did you mean --workers?");
    check_refused("moonlet --frobnicate=1 run", "unknown flag --frobnicate\n");
    check_refused("moonlet run hello --name x", "unknown flag --name");
    check_refused("moonlet run hello --name x", "write -- before it");
    check_refused("moonlet run hello -5", "unknown flag -5");
    check_refused("moonlet run -vq", "unknown flag -q");
    check_refused("moonlet run --workers", "--workers needs a value");
    check_refused("moonlet run -m", "-m needs a value");
    check_refused("moonlet run --silent=yes", "--silent takes no value");
    check_refused("moonlet run --workers 0", "--workers 0: must be a number from 1 to 256");
    check_refused("moonlet run --workers 257", "--workers 257: must be a number from 1 to 256");
    check_refused("moonlet help rnu", "there is no help on rnu");
    check_refused("moonlet run --workers -3", "must be a number");
    check_refused("moonlet run --workers 3x", "must be a number");
    check_refused("moonlet run --seed -1", "--seed -1: must be");
    check_refused("moonlet run --seed 18446744073709551616", "--seed");
    check_refused("moonlet run -m lots", "--memory-limit lots: must be a size");
    check_refused("moonlet run -m 0", "must be a size");
    check_refused("moonlet run --seed 1 --workers 2", "contradicts");
    check_refused("moonlet run --short", "--short belongs to `moonlet version`");
    check_refused("moonlet version -x a:b", "--exec belongs to");
    check_refused("moonlet -x a:b", "which command?");
    check_refused("moonlet run -x a:b hello", "either --exec or the name");
}

Test(options, memory_variable)
{
    char *argv[] = {"moonlet", "run", NULL}, *with[] = {"moonlet", "run", "-m", "1M", NULL}, *problem;
    struct options options;
    cr_assert_eq(options_parse(&options, 2, argv, "256MiB", &problem), 0);
    cr_assert_eq(options.memory_limit, 256u << 20);
    cr_assert_eq(options_parse(&options, 4, with, "256MiB", &problem), 0);
    cr_assert_eq(options.memory_limit, 1u << 20);
    cr_assert_eq(options_parse(&options, 2, argv, "", &problem), 0);
    cr_assert_eq(options.memory_limit, 0);
}

Test(suggest, slips_only)
{
    static const char *const names[] = {"workers", "seed", "silent"};
    cr_assert_str_eq(suggest_nearest("wokrers", names, 3), "workers");
    cr_assert_str_eq(suggest_nearest("sed", names, 3), "seed");
    cr_assert_str_eq(suggest_nearest("silnet", names, 3), "silent");
    cr_assert_null(suggest_nearest("banana", names, 3));
    cr_assert_null(suggest_nearest("", names, 3));
    cr_assert_null(suggest_nearest("x", names, 0));
}

Test(cli, lint)
{
    struct options options = parse("moonlet lint");
    cr_assert_eq(options.action, OPTIONS_LINT);
    cr_assert_eq(options.lint.level, DIAGNOSTIC_WARNING);
    cr_assert(options_is_silent(&options));
    options_free(&options);
    options =
        parse("moonlet lint --level hint --ns a.* --code P0001,E0001 --ns b --limit 3 --summary --json --no-color");
    cr_assert_eq(options.lint.level, DIAGNOSTIC_HINT);
    cr_assert_eq(options.lint.namespaces.count, 2);
    cr_assert_str_eq(options.lint.namespaces.items[1], "b");
    cr_assert_str_eq(options.lint.codes.items[0], "P0001,E0001");
    cr_assert_eq(options.lint.limit, 3);
    cr_assert(options.lint.summary && options.lint.json && options.lint.no_color);
    options_free(&options);
    check_refused("moonlet lint --level all", "error, warning or hint");
    check_refused("moonlet lint --limit -1", "a number, 0 or more");
    check_refused("moonlet run --ns a", "belongs to `moonlet lint`");
    options = parse("moonlet lint -l other.lock --rules --cache-reset --profile dev --set a.b=1 --ns ** --ns a.b.**");
    cr_assert_str_eq(options.lock_file, "other.lock");
    cr_assert_eq(options.profiles.count, 1);
    cr_assert_eq(options.sets.count, 1);
    cr_assert_eq(options.lint.level, DIAGNOSTIC_WARNING);
    options_free(&options);
    check_refused("moonlet lint -l hint", "--lock-file hint: must be a file; for the level write --level hint");
    check_refused("moonlet lint --ns a.*.b", "--ns a.*.b: must be a namespace");
    check_refused("moonlet lint --ns a*", "--ns a*: must be a namespace");
    check_refused("moonlet lint --ns .*", "--ns .*: must be a namespace");
    check_refused("moonlet lint --ns=", "--ns '': must be a namespace");
    check_refused("moonlet lint --code P1", "--code P1: must be a code like P0001");
    check_refused("moonlet lint --code P0001,", "--code P0001,: must be a code like P0001");
    check_refused("moonlet lint --code p0001", "--code p0001: must be a code like P0001");
    check_refused("moonlet lint --code P0001x", "--code P0001x: must be a code like P0001");
}
