/* SPDX-License-Identifier: MIT */
/*
 * options: getopt_long reads the flags wherever they stand; its own messages are replaced by ours, which say what would have been
 * right.
 */
#include "host/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "host/suggest.h"
#include "host/text.h"
#include "host/units.h"
#include "sched/sched.h"

enum { FLAG_VERY_VERBOSE = 256, FLAG_HOST, FLAG_WORKERS, FLAG_SEED, FLAG_SHORT };

static const char short_flags[] = ":vcshx:m:";
static const struct option long_flags[] = {
    {"verbose", no_argument, NULL, 'v'},
    {"very-verbose", no_argument, NULL, FLAG_VERY_VERBOSE},
    {"console", no_argument, NULL, 'c'},
    {"silent", no_argument, NULL, 's'},
    {"help", no_argument, NULL, 'h'},
    {"exec", required_argument, NULL, 'x'},
    {"memory-limit", required_argument, NULL, 'm'},
    {"host", required_argument, NULL, FLAG_HOST},
    {"workers", required_argument, NULL, FLAG_WORKERS},
    {"seed", required_argument, NULL, FLAG_SEED},
    {"short", no_argument, NULL, FLAG_SHORT},
    {NULL, 0, NULL, 0},
};

/* Position after which argv words belong to the program: that of "--", or argc. */
static int find_separator(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--"))
            return i;
    return argc;
}

static bool parse_number(const char *text, uint64_t most, uint64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 0);
    return *text >= '0' && *text <= '9' && !*end && !errno && *number <= most;
}

static char *bad_value(const char *flag, const char *value, const char *wanted)
{
    return text_format("%s %s: must be %s", flag, *value ? value : "''", wanted);
}

/* The argv word that getopt complains about, without its "=value". */
static char *unknown_flag(const char *word, bool after_command)
{
    enum { NAMES = sizeof long_flags / sizeof long_flags[0] - 1 };
    const char *names[NAMES], *hint = NULL;
    struct text text = {0};
    int length = (int)strcspn(word, "=");
    text_printf(&text, "unknown flag %.*s", length, word);
    for (size_t i = 0; i < NAMES; i++)
        names[i] = long_flags[i].name;
    if (!strncmp(word, "--", 2)) {
        char *name = text_format("%.*s", length - 2, word + 2);
        hint = suggest_nearest(name, names, NAMES);
        free(name);
    }
    if (hint)
        text_printf(&text, "; did you mean --%s?", hint);
    text_printf(&text, "\n%s",
                after_command ? "To pass it to the program, write -- before it. `moonlet help run` lists all flags."
                              : "`moonlet help` lists all flags.");
    return text_detach(&text);
}

/* A value that is there but not asked for, a value that is missing, or a flag that does not exist. */
static char *explain_failure(int argc, char **argv, int code, const struct options *options)
{
    const char *word = optind > 0 && optind <= argc ? argv[optind - 1] : "";
    if (code == ':')
        return text_format("%s needs a value\n`moonlet help run` explains it.", word);
    if (optopt > 0 && optopt < 256 && optopt != '?' && strncmp(word, "--", 2) != 0) {
        char flag[3] = {'-', (char)optopt, '\0'};
        return unknown_flag(flag, options->command);
    }
    if (optopt)
        return text_format("%.*s takes no value", (int)strcspn(word, "="), word);
    return unknown_flag(word, options->command);
}

static char *apply_flag(struct options *options, int code)
{
    uint64_t number;
    switch (code) {
    case 'v':
        options->verbose = true;
        break;
    case FLAG_VERY_VERBOSE:
        options->verbose = options->very_verbose = true;
        break;
    case 'c':
        options->logs = OPTIONS_LOGS_CONSOLE;
        break;
    case 's':
        options->logs = OPTIONS_LOGS_SILENT;
        break;
    case 'h':
        options->action = OPTIONS_HELP;
        break;
    case 'x':
        options->exec = optarg;
        break;
    case FLAG_HOST:
        options->host = optarg;
        break;
    case FLAG_SHORT:
        options->short_version = true;
        break;
    case 'm':
        if (!units_parse_size(optarg, &options->memory_limit) || !options->memory_limit)
            return bad_value("--memory-limit", optarg, "a size like 512M or 2G");
        break;
    case FLAG_WORKERS:
        if (!parse_number(optarg, SCHED_MAX_WORKERS, &number) || !number)
            return text_format("--workers %s: must be a number from 1 to %d", *optarg ? optarg : "''",
                               SCHED_MAX_WORKERS);
        options->workers = (unsigned)number;
        break;
    case FLAG_SEED:
        if (!parse_number(optarg, UINT64_MAX, &options->seed))
            return bad_value("--seed", optarg, "a number, 0 or more");
        options->seeded = true;
        break;
    }
    return NULL;
}

/* The sub-command and its words: argv[optind..argc). */
static char *apply_words(struct options *options, int count, char **words)
{
    static const char *const commands[] = {"run", "version", "help"};
    if (!count) {
        if (options->action != OPTIONS_HELP && (options->exec || options->host))
            return text_format("which command?\nWrite `moonlet run %s ...`.", options->exec ? "-x" : "--host");
        options->action = OPTIONS_HELP;
        return NULL;
    }
    bool help = options->action == OPTIONS_HELP || !strcmp(words[0], "help");
    if (!strcmp(words[0], "run")) {
        options->command = count > 1 ? words[1] : NULL;
        options->args = words + 2;
        options->arg_count = count > 2 ? (size_t)count - 2 : 0;
        options->action = options->command && !strcmp(options->command, "list") ? OPTIONS_LIST : OPTIONS_RUN;
    } else if (!strcmp(words[0], "version")) {
        options->action = OPTIONS_VERSION;
    } else if (strcmp(words[0], "help") != 0) {
        const char *hint = suggest_nearest(words[0], commands, sizeof commands / sizeof commands[0]);
        return text_format("unknown command %s%s%s%s\n`moonlet help` lists all commands.", words[0],
                           hint ? "; did you mean " : "", hint ? hint : "", hint ? "?" : "");
    }
    if (help) {
        options->topic = strcmp(words[0], "help") ? words[0] : count > 1 ? words[1] : NULL;
        if (!options_help(options->topic))
            return text_format("there is no help on %s\n`moonlet help` lists all commands.", options->topic);
        options->action = OPTIONS_HELP;
    }
    return NULL;
}

static char *check_combination(const struct options *options)
{
    if (options->action == OPTIONS_HELP)
        return NULL;
    if (options->short_version && options->action != OPTIONS_VERSION)
        return text_format("--short belongs to `moonlet version`");
    if (options->action == OPTIONS_VERSION && (options->exec || options->host))
        return text_format("%s belongs to `moonlet run`", options->exec ? "--exec" : "--host");
    if (options->seeded && options->workers > 1)
        return text_format("--seed runs on one worker; --workers %u contradicts it", options->workers);
    if (options->exec && options->command)
        return text_format("either --exec or the name of a command (%s), not both", options->command);
    if (options->exec && !*options->exec)
        return text_format("--exec needs the id of a process entry, like app:hello");
    return NULL;
}

/* GOMEMLIMIT counts when there is no flag; its "off" is no limit. */
static char *apply_memory_variable(struct options *options, const char *text)
{
    if (options->memory_limit || !text || !*text || !strcmp(text, "off") ||
        (units_parse_size(text, &options->memory_limit) && options->memory_limit))
        return NULL;
    return bad_value("GOMEMLIMIT", text, "a size like 512M or 2G, or off");
}

/* The sub-command's name, seen before getopt has sorted argv: decides which hint an unknown flag gets. */
static const char *peek_command(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i++)
        if (!strcmp(argv[i], "run"))
            return argv[i + 1];
    return NULL;
}

int options_parse(struct options *options, int argc, char **argv, const char *memory_variable, char **problem)
{
    int separator = find_separator(argc, argv), code;
    *options = (struct options){.memory_limit = 0};
    *problem = NULL;
    options->command = peek_command(separator, argv);
    opterr = 0;
    optind = 0;
    while (!*problem && (code = getopt_long(separator, argv, short_flags, long_flags, NULL)) != -1) {
        if (code == '?' || code == ':')
            *problem = explain_failure(separator, argv, code, options);
        else
            *problem = apply_flag(options, code);
    }
    options->command = NULL;
    if (*problem)
        return -1;
    /* Words behind "--" follow the others: moved over the separator itself. */
    for (int i = separator; i + 1 < argc; i++)
        argv[i] = argv[i + 1];
    int count = separator < argc ? argc - 1 : argc;
    *problem = apply_words(options, count - optind, argv + optind);
    if (!*problem)
        *problem = check_combination(options);
    if (!*problem && (options->action == OPTIONS_RUN || options->action == OPTIONS_LIST))
        *problem = apply_memory_variable(options, memory_variable);
    return *problem ? -1 : 0;
}

bool options_is_silent(const struct options *options)
{
    if (options->logs == OPTIONS_LOGS_SILENT)
        return true;
    bool asked = options->verbose || options->logs == OPTIONS_LOGS_CONSOLE;
    return !asked && (options->exec || options->command || options->action == OPTIONS_LIST);
}
