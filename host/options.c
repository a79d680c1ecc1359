/* SPDX-License-Identifier: MIT */
/*
 * options: getopt_long reads the flags wherever they stand, twice: with the flags of all sub-commands to find out which one is meant,
 * then with those that it has. getopt's own messages are replaced by ours, which say what would have been right.
 */
#include "host/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/flag.h"
#include "host/suggest.h"
#include "host/text.h"
#include "host/units.h"
#include "sched/sched.h"

enum { MOST_FLAGS = 64 };

/* What getopt_long takes. */
struct grammar {
    struct option longs[MOST_FLAGS + 1];
    char shorts[2 * MOST_FLAGS + 2];
    const struct flag *flags[MOST_FLAGS];
    size_t count;
};

/* Where the command line stands while it is read. */
struct reader {
    struct options *options;
    const struct subcommand *subcommand; /* NULL: none or an unknown one */
    bool has_program;                    /* `run NAME`: an unknown flag may be meant for it */
    struct grammar grammar;
    const struct flag *own; /* the first flag that belongs to a sub-command */
    char **argv;
    int argc; /* up to "--" */
};

static void add_groups(struct grammar *grammar, const struct flag_group *group)
{
    size_t length = strlen(grammar->shorts);
    for (; group->title; group++) {
        for (const struct flag *flag = group->flags; flag->name && grammar->count < MOST_FLAGS; flag++) {
            grammar->longs[grammar->count] =
                (struct option){flag->name, flag->value ? required_argument : no_argument, NULL, (int)flag->id};
            grammar->flags[grammar->count++] = flag;
            if (!flag->letter)
                continue;
            grammar->shorts[length++] = flag->letter;
            if (flag->value)
                grammar->shorts[length++] = ':';
        }
    }
}

/* The flags of one sub-command, or of all. */
static void make_grammar(struct grammar *grammar, const struct subcommand *subcommand)
{
    *grammar = (struct grammar){.shorts = ":"};
    add_groups(grammar, flag_global_groups);
    for (const struct subcommand *s = flag_subcommands; s->name; s++)
        if (!subcommand || s == subcommand)
            add_groups(grammar, s->groups);
}

static const struct flag *flag_of(const struct grammar *grammar, int code)
{
    for (size_t i = 0; i < grammar->count; i++)
        if ((int)grammar->flags[i]->id == code || (grammar->flags[i]->letter && grammar->flags[i]->letter == code))
            return grammar->flags[i];
    return NULL;
}

/* Position after which argv words belong to the program: that of "--", or argc. */
static int find_separator(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--"))
            return i;
    return argc;
}

/* First reading: the sub-command, on a copy, since getopt_long reorders. Wrong flags are the second reading's business. */
static void find_subcommand(struct reader *reader)
{
    char **copy = alloc_zeroed(((size_t)reader->argc + 1) * sizeof *copy);
    memcpy(copy, reader->argv, (size_t)reader->argc * sizeof *copy);
    make_grammar(&reader->grammar, NULL);
    optind = 0;
    while (getopt_long(reader->argc, copy, reader->grammar.shorts, reader->grammar.longs, NULL) != -1)
        ;
    if (optind < reader->argc)
        reader->subcommand = flag_find_subcommand(copy[optind]);
    reader->has_program = reader->subcommand && !strcmp(reader->subcommand->name, "run") && optind + 1 < reader->argc;
    free(copy);
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

/* A flag that the sub-command does not have: another has it, or it is a slip. `word`: "--name" or "-x". */
static char *unknown_flag(const struct reader *reader, const char *word)
{
    const char *names[MOST_FLAGS], *hint = NULL;
    const struct flag *flag;
    struct text text = {0};
    bool is_long = word[1] == '-';
    const struct subcommand *owner = flag_find_owner(is_long ? word + 2 : NULL, word[1], &flag);
    if (owner && reader->subcommand)
        return text_format("--%s belongs to `moonlet %s`", flag->name, owner->name);
    for (size_t i = 0; i < reader->grammar.count; i++)
        names[i] = reader->grammar.longs[i].name;
    if (is_long)
        hint = suggest_nearest(word + 2, names, reader->grammar.count);
    text_printf(&text, "unknown flag %s", word);
    if (hint)
        text_printf(&text, "; did you mean --%s?", hint);
    else if (is_long && flag_find_subcommand(word + 2))
        text_printf(&text, "; there is a command of that name: moonlet %s", word + 2);
    const char *topic = reader->subcommand ? reader->subcommand->name : NULL;
    if (reader->has_program)
        text_add_string(&text, "\nTo pass it to the program, write -- before it. `moonlet help run` lists all flags.");
    else
        text_printf(&text, "\n`moonlet help%s%s` lists all flags.", topic ? " " : "", topic ? topic : "");
    return text_detach(&text);
}

/* A value that is there but not asked for, a value that is missing, or a flag that does not exist. */
static char *explain_failure(const struct reader *reader, int code)
{
    const char *word = optind > 0 && optind <= reader->argc ? reader->argv[optind - 1] : "";
    if (code == ':')
        return text_format("%s needs a value\n`moonlet help%s%s` explains it.", word, reader->subcommand ? " " : "",
                           reader->subcommand ? reader->subcommand->name : "");
    if (optopt > 0 && optopt < 256 && optopt != '?' && strncmp(word, "--", 2) != 0) {
        char flag[3] = {'-', (char)optopt, '\0'};
        return unknown_flag(reader, flag);
    }
    if (optopt)
        return text_format("%.*s takes no value", (int)strcspn(word, "="), word);
    char *name = text_format("%.*s", (int)strcspn(word, "="), word);
    char *problem = unknown_flag(reader, name);
    free(name);
    return problem;
}

static void add_word(struct options_words *words, char *word)
{
    words->items = alloc_grow(words->items, words->count, &words->capacity, sizeof(char *));
    words->items[words->count++] = word;
}

static char *apply_limits(struct options *options, enum flag_id id)
{
    uint64_t number;
    if (id == FLAG_MEMORY_LIMIT) {
        if (!units_parse_size(optarg, &options->memory_limit) || !options->memory_limit)
            return bad_value("--memory-limit", optarg, "a size like 512M or 2G");
    } else if (id == FLAG_WORKERS) {
        if (!parse_number(optarg, SCHED_MAX_WORKERS, &number) || !number)
            return text_format("--workers %s: must be a number from 1 to %d", *optarg ? optarg : "''",
                               SCHED_MAX_WORKERS);
        options->workers = (unsigned)number;
    } else {
        if (!parse_number(optarg, UINT64_MAX, &options->seed))
            return bad_value("--seed", optarg, "a number, 0 or more");
        options->seeded = true;
    }
    return NULL;
}

static void apply_init(struct options *options, enum flag_id id)
{
    if (id == FLAG_SOURCE_DIRECTORY)
        options->source_directory = optarg;
    else if (id == FLAG_MODULES_DIRECTORY)
        options->modules_directory = optarg;
    else
        options->lock_file = optarg;
}

static char *apply_level(struct options_lint *lint)
{
    for (lint->level = DIAGNOSTIC_ERROR; strcmp(diagnostic_severity_name(lint->level), optarg) != 0; lint->level++)
        if (lint->level == DIAGNOSTIC_HINT)
            return bad_value("--level", optarg, "error, warning or hint");
    return NULL;
}

/* "a.b", "a.b.*", "a.b.**" or only stars. */
static char *apply_namespace(struct options_lint *lint)
{
    size_t plain = strcspn(optarg, "*");
    bool is_good = *optarg && (!plain || !optarg[plain] || (plain > 1 && optarg[plain - 1] == '.'));
    if (!is_good || strspn(optarg + plain, "*") != strlen(optarg + plain))
        return bad_value("--ns", optarg, "a namespace, like a.b, or one with those below it, like a.b.*");
    add_word(&lint->namespaces, optarg);
    return NULL;
}

/* "P0001,E0004" */
static char *apply_codes(struct options_lint *lint)
{
    enum { LENGTH = 5 };
    for (const char *code = optarg;; code += LENGTH + 1) {
        if (*code < 'A' || *code > 'Z' || strspn(code + 1, "0123456789") != LENGTH - 1 ||
            (code[LENGTH] && code[LENGTH] != ','))
            return bad_value("--code", optarg, "a code like P0001, or several with commas between");
        if (!code[LENGTH])
            break;
    }
    add_word(&lint->codes, optarg);
    return NULL;
}

static char *apply_lint(struct options_lint *lint, enum flag_id id)
{
    uint64_t number;
    switch (id) {
    case FLAG_LEVEL:
        return apply_level(lint);
    case FLAG_LIMIT:
        if (!parse_number(optarg, SIZE_MAX, &number))
            return bad_value("--limit", optarg, "a number, 0 or more");
        lint->limit = (size_t)number;
        break;
    case FLAG_NAMESPACE:
        return apply_namespace(lint);
    case FLAG_CODE:
        return apply_codes(lint);
    case FLAG_SUMMARY:
        lint->summary = true;
        break;
    case FLAG_JSON:
        lint->json = true;
        break;
    case FLAG_NO_COLOR:
        lint->no_color = true;
        break;
    default: /* FLAG_RULES and FLAG_CACHE_RESET change nothing yet */
        break;
    }
    return NULL;
}

/* The switch over all flags. */
static char *apply_flag(struct options *options, enum flag_id id)
{
    switch (id) {
    case FLAG_VERY_VERBOSE:
        options->very_verbose = true;
        /* fall through */
    case FLAG_VERBOSE:
        options->verbose = true;
        break;
    case FLAG_CONSOLE:
        options->logs = OPTIONS_LOGS_CONSOLE;
        break;
    case FLAG_SILENT:
        options->logs = OPTIONS_LOGS_SILENT;
        break;
    case FLAG_EVENT_STREAMS:
        options->event_streams = true;
        break;
    case FLAG_CONFIG:
        add_word(&options->configs, optarg);
        break;
    case FLAG_PROFILE:
        add_word(&options->profiles, optarg);
        break;
    case FLAG_SET:
        add_word(&options->sets, optarg);
        break;
    case FLAG_OVERRIDE:
        add_word(&options->overrides, optarg);
        break;
    case FLAG_PROFILER:
        options->profiler = true;
        break;
    case FLAG_HELP:
        options->action = OPTIONS_HELP;
        break;
    case FLAG_EXEC:
        options->exec = optarg;
        break;
    case FLAG_HOST:
        options->host = optarg;
        break;
    case FLAG_SOURCE_DIRECTORY:
    case FLAG_MODULES_DIRECTORY:
    case FLAG_LOCK_FILE:
        apply_init(options, id);
        break;
    case FLAG_SHORT:
        options->short_version = true;
        break;
    case FLAG_MEMORY_LIMIT:
    case FLAG_WORKERS:
    case FLAG_SEED:
        return apply_limits(options, id);
    default:
        return apply_lint(&options->lint, id);
    }
    return NULL;
}

/* Commands of other runtimes of such applications: what people try. */
static bool is_of_hub(const char *word)
{
    static const char *const words[] = {"add", "install", "update", "publish", "search", "auth", "readme", "pack"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (!strcmp(words[i], word))
            return true;
    return false;
}

static char *unknown_command(const char *word)
{
    const char *names[MOST_FLAGS];
    struct text text = {0};
    size_t count = 0;
    if (is_of_hub(word))
        return text_format(
            "moonlet has no command %s: it makes no packs and knows no module hub\n"
            "Put modules into .wippy/vendor/ORG/MODULE, or name their directories in workspace.replacements.",
            word);
    for (const struct subcommand *s = flag_subcommands; s->name; s++)
        names[count++] = s->name;
    const char *hint = suggest_nearest(word, names, count);
    text_printf(&text, "unknown command %s%s%s%s\nThere are:", word, hint ? "; did you mean " : "", hint ? hint : "",
                hint ? "?" : "");
    for (size_t i = 0; i < count; i++)
        text_printf(&text, " %s", names[i]);
    text_add_string(&text, ". `moonlet help` explains them.");
    return text_detach(&text);
}

static char *apply_help(struct options *options, const char *first, const char *second)
{
    options->topic = strcmp(first, "help") ? first : second;
    options->action = OPTIONS_HELP;
    if (options->topic && !flag_find_subcommand(options->topic))
        return text_format("there is no help on %s\n`moonlet help` lists all commands.", options->topic);
    return NULL;
}

static char *apply_run(struct options *options, int count, char **words)
{
    options->command = count > 1 ? words[1] : NULL;
    options->args = words + 2;
    options->arg_count = count > 2 ? (size_t)count - 2 : 0;
    options->action = options->command && !strcmp(options->command, "list") ? OPTIONS_LIST : OPTIONS_RUN;
    if (options->action == OPTIONS_LIST && count > 2)
        return text_format("`moonlet run list` takes no further words (%s)", words[2]);
    return NULL;
}

/* The sub-command and its words. */
static char *apply_words(const struct reader *reader, int count, char **words)
{
    struct options *options = reader->options;
    if (!count) {
        if (options->action != OPTIONS_HELP && reader->own)
            return text_format("which command?\n--%s belongs to `moonlet %s`.", reader->own->name,
                               flag_find_owner(reader->own->name, 0, &(const struct flag *){NULL})->name);
        options->action = OPTIONS_HELP;
        return NULL;
    }
    if (!reader->subcommand)
        return unknown_command(words[0]);
    if (options->action == OPTIONS_HELP || !strcmp(words[0], "help"))
        return apply_help(options, words[0], count > 1 ? words[1] : NULL);
    if (!strcmp(words[0], "run"))
        return apply_run(options, count, words);
    options->action = !strcmp(words[0], "init")   ? OPTIONS_INIT
                      : !strcmp(words[0], "lint") ? OPTIONS_LINT
                                                  : OPTIONS_VERSION;
    return count > 1 ? text_format("`moonlet %s` takes no further words (%s)", words[0], words[1]) : NULL;
}

static bool is_level(const char *word)
{
    return !strcmp(word, "error") || !strcmp(word, "warning") || !strcmp(word, "hint");
}

static char *check_combination(const struct options *options)
{
    if (options->action == OPTIONS_HELP)
        return NULL;
    if (options->seeded && options->workers > 1)
        return text_format("--seed runs on one worker; --workers %u contradicts it", options->workers);
    if (options->exec && options->command)
        return text_format("either --exec or the name of a command (%s), not both", options->command);
    if (options->action == OPTIONS_LINT && options->lock_file && is_level(options->lock_file))
        return text_format("--lock-file %s: must be a file; for the level write --level %s", options->lock_file,
                           options->lock_file);
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

/* Second reading: the flags of the sub-command. */
static char *read_flags(struct reader *reader)
{
    int code;
    char *problem = NULL;
    make_grammar(&reader->grammar, reader->subcommand);
    optind = 0;
    while (!problem && (code = getopt_long(reader->argc, reader->argv, reader->grammar.shorts, reader->grammar.longs,
                                           NULL)) != -1) {
        const struct flag *flag = flag_of(&reader->grammar, code), *ignored;
        if (!flag) {
            problem = explain_failure(reader, code);
            break;
        }
        if (!reader->own && flag_find_owner(flag->name, 0, &ignored))
            reader->own = flag;
        problem = apply_flag(reader->options, flag->id);
    }
    return problem;
}

int options_parse(struct options *options, int argc, char **argv, const char *memory_variable, char **problem)
{
    int separator = find_separator(argc, argv);
    struct reader reader = {.options = options, .argv = argv, .argc = separator};
    *options = (struct options){.lint.level = DIAGNOSTIC_WARNING};
    opterr = 0;
    find_subcommand(&reader);
    *problem = read_flags(&reader);
    if (*problem)
        return -1;
    /* Words behind "--" follow the others: moved over the separator itself. */
    for (int i = separator; i + 1 < argc; i++)
        argv[i] = argv[i + 1];
    int count = separator < argc ? argc - 1 : argc;
    *problem = apply_words(&reader, count - optind, argv + optind);
    if (!*problem)
        *problem = check_combination(options);
    if (!*problem && (options->action == OPTIONS_RUN || options->action == OPTIONS_LIST))
        *problem = apply_memory_variable(options, memory_variable);
    return *problem ? -1 : 0;
}

void options_free(struct options *options)
{
    struct options_words *lists[] = {&options->configs,   &options->profiles,        &options->sets,
                                     &options->overrides, &options->lint.namespaces, &options->lint.codes};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        free(lists[i]->items);
        *lists[i] = (struct options_words){0};
    }
}

bool options_is_silent(const struct options *options)
{
    if (options->logs == OPTIONS_LOGS_SILENT)
        return true;
    bool asked = options->verbose || options->logs == OPTIONS_LOGS_CONSOLE;
    return !asked &&
           (options->exec || options->command || options->action == OPTIONS_LIST || options->action == OPTIONS_LINT);
}
