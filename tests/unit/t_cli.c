/* SPDX-License-Identifier: MIT */
/* links: host */
/* options and suggest: flags in all places, values, and what a wrong command line is told. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/options.h"
#include "host/suggest.h"

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
    cr_assert(strstr(options_help("run"), "--exec"));
    cr_assert(strstr(options_help("version"), "--short"));
    cr_assert(strstr(options_help(NULL), "Commands:"));
}

Test(options, wrong_command_lines)
{
    check_refused("moonlet rum", "unknown command rum; did you mean run?");
    check_refused("moonlet frobnicate", "unknown command frobnicate\n");
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
    check_refused("moonlet run --short", "--short belongs to");
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
