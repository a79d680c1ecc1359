/* SPDX-License-Identifier: MIT */
/*
 * boot: command line -> logs -> application -> runtime -> exit code. What goes wrong on the way is one message on standard error; with logs
 * switched off the problems found while loading are shown before it, since they may be the cause.
 */
#include "host/boot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/application.h"
#include "host/command.h"
#include "host/configuration.h"
#include "host/faults.h"
#include "host/finding.h"
#include "host/lint.h"
#include "host/logsink.h"
#include "host/nodename.h"
#include "host/options.h"
#include "host/report.h"
#include "host/runtime.h"
#include "host/scaffold.h"
#include "host/seeded.h"
#include "host/settings.h"
#include "host/text.h"
#include "host/version.h"
#include "sched/base/fault.h"
#include "sched/base/log.h"

enum { EXIT_ERROR = 1, FLUSH_NS = 500000000, MOST_SYNTAX_ERRORS = 20 };

struct boot {
    struct options options;
    struct configuration configuration;
    struct settings settings;
    struct logsink *logsink;
    struct application application;
    struct runtime_trace trace;
    struct fault_plan *fault; /* NULL but in tests */
    char *message;            /* why it failed */
};

/* Flags decide first; the settings file can only ask for less than what they show. */
static enum log_level choose_level(const struct boot *boot)
{
    enum log_level level = boot->options.verbose ? LOG_DEBUG : LOG_INFO;
    if (options_is_silent(&boot->options))
        return LOG_OFF;
    if (!boot->settings.logmanager.propagate_downstream)
        return LOG_OFF;
    return boot->settings.logmanager.min_level > level ? (enum log_level)boot->settings.logmanager.min_level : level;
}

static bool has_json_logs(const struct boot *boot)
{
    return boot->settings.logger.encoding == SETTINGS_JSON;
}

static int open_logs(struct boot *boot)
{
    const struct options *options = &boot->options;
    bool colour = isatty(STDERR_FILENO) && !getenv("NO_COLOR");
    struct logsink_config config = {
        .fd = STDERR_FILENO,
        .format = options->logs == OPTIONS_LOGS_CONSOLE ? LOGFORMAT_CONSOLE
                  : has_json_logs(boot)                 ? LOGFORMAT_JSON
                                                        : LOGFORMAT_TEXT,
        .colour = colour,
        .level = choose_level(boot),
    };
    int error = logsink_new(&boot->logsink, &config);
    if (error)
        boot->message = text_format("the log writer cannot be started: %s", strerror(-error));
    return error;
}

/* In one write and behind what loading logged: the log has a thread of its own. Where every line is JSON, so is this one. */
static void print_banner(const struct boot *boot)
{
    const struct options *options = &boot->options;
    if (options_is_silent(options))
        return;
    struct text text = {0};
    text_printf(&text, "moonlet %s, %zu entries from %s", MOONLET_VERSION, boot->application.entries.count,
                boot->application.lockfile.source);
    if (options->seeded)
        text_printf(&text, ", seed %llu", (unsigned long long)options->seed);
    if (has_json_logs(boot) && options->logs != OPTIONS_LOGS_CONSOLE) {
        log_printf(logsink_log(boot->logsink), LOG_INFO, "host", "%s", text_string(&text));
    } else {
        logsink_flush(boot->logsink, FLUSH_NS);
        fprintf(stderr, "%s\n", text_string(&text));
    }
    text_free(&text);
}

/* What to run on which terminal host; both NULL: services only. */
static int choose_command(struct boot *boot, struct runtime_config *config)
{
    const struct options *options = &boot->options;
    const struct entries *entries = &boot->application.entries;
    if (command_check(entries, &boot->message))
        return -1;
    if (options->exec)
        config->command = command_find_exec(entries, options->exec, &boot->message);
    else if (options->command)
        config->command = command_find(entries, options->command, &boot->message);
    else
        return 0;
    if (config->command)
        config->terminal_host = command_find_host(entries, options->host, &boot->message);
    config->args = options->args;
    config->arg_count = options->arg_count;
    return config->terminal_host ? 0 : -1;
}

static int run_application(struct boot *boot)
{
    const struct options *options = &boot->options;
    struct runtime_config config = {
        .application = &boot->application,
        .logsink = boot->logsink,
        .workers = options->workers,
        .logs_stacks = options->very_verbose,
        .streams_logs = options->event_streams || boot->settings.logmanager.stream_to_events,
        .log_level = (enum log_level)boot->settings.logmanager.min_level,
        .seeded = options->seeded,
        .seed = options->seed,
        .memory_limit = options->memory_limit,
        .shutdown_timeout_ns = boot->settings.shutdown.timeout_ns,
        .settings = &boot->settings,
        .trace = &boot->trace,
        .fault = boot->fault,
    };
    print_banner(boot);
    if (choose_command(boot, &config))
        return EXIT_ERROR;
    return runtime_run(&config, &boot->message);
}

static int list_commands(struct boot *boot)
{
    struct text text = {0};
    if (command_check(&boot->application.entries, &boot->message))
        return EXIT_ERROR;
    command_list(&boot->application.entries, &text);
    if (!text.length)
        fputs("no process entry has a meta.command.name\n", stderr);
    fputs(text_string(&text), stdout);
    text_free(&text);
    return 0;
}

/* Errors in definition files may be why a source is missing. */
static void print_errors(const struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        if (problems->items[i].level == LOG_ERROR)
            fprintf(stderr, "moonlet: %s\n", problems->items[i].text);
}

static int lint(struct boot *boot)
{
    struct text text = {0};
    if (options_is_silent(&boot->options))
        print_errors(&boot->application.problems);
    int code = lint_application(&boot->application, &boot->options.lint, &text);
    fwrite(text_string(&text), 1, text.length, stdout);
    text_free(&text);
    return code;
}

/* What the sub-command does with the loaded application. */
static int act_on_application(struct boot *boot)
{
    switch (boot->options.action) {
    case OPTIONS_LIST:
        return list_commands(boot);
    case OPTIONS_LINT:
        return lint(boot);
    default:
        return run_application(boot);
    }
}

/* Two runs with one seed are the same if this line is. */
static void print_trace(const struct boot *boot)
{
    const struct runtime_trace *trace = &boot->trace;
    if (!trace->is_complete)
        return;
    fprintf(stderr, "seed %llu trace %016llx", (unsigned long long)boot->options.seed, (unsigned long long)trace->hash);
    if (trace->operations)
        fprintf(stderr, ", %u operations in flight", trace->operations);
    fputs("\n", stderr);
}

/* Shown as lint does, once each; if one source is why there is nothing to run, only that one. */
static bool is_shown(const struct problems *problems, size_t index)
{
    const struct entry *entry = problems->items[index].unreadable;
    if (!entry || (problems->cause && entry != problems->cause))
        return false;
    for (size_t i = 0; i < index; i++)
        if (problems->items[i].unreadable == entry)
            return false;
    return true;
}

static void print_unreadable(const struct problems *problems)
{
    struct findings findings = {0};
    struct text text = {0};
    for (size_t i = 0; i < problems->count; i++)
        if (is_shown(problems, i))
            lint_entry(&findings, problems->items[i].unreadable);
    findings_sort(&findings);
    report_list(&text, &findings, MOST_SYNTAX_ERRORS, isatty(STDERR_FILENO) && !getenv("NO_COLOR"));
    fputs(text_string(&text), stderr);
    text_free(&text);
    findings_free(&findings);
}

static bool is_told_otherwise(const struct boot *boot, const struct problem *problem)
{
    const struct entry *cause = boot->application.problems.cause;
    return problem->unreadable ? !cause || cause == problem->unreadable : !strcmp(problem->text, boot->message);
}

/* Why it may have failed: what nobody was told yet, and what can be told better than a line of the log does. */
static void print_problems(const struct boot *boot)
{
    const struct problems *problems = &boot->application.problems;
    bool is_silent = options_is_silent(&boot->options);
    for (size_t i = 0; i < problems->count && is_silent; i++)
        if (!is_told_otherwise(boot, &problems->items[i]))
            fprintf(stderr, "moonlet: %s\n", problems->items[i].text);
    if (is_silent || !has_json_logs(boot))
        print_unreadable(problems);
}

static int run_with_logs(struct boot *boot)
{
    int code = EXIT_ERROR;
    const struct application_request request = {
        .configuration = &boot->configuration,
        .overrides = boot->options.overrides.items,
        .override_count = boot->options.overrides.count,
        .lock_file = boot->options.lock_file,
        .log = logsink_log(boot->logsink),
    };
    if (!application_load(&boot->application, &request, &boot->message))
        code = act_on_application(boot);
    logsink_flush(boot->logsink, FLUSH_NS);
    print_trace(boot);
    if (boot->message)
        print_problems(boot);
    return code;
}

/* What is probably a slip, but no reason to stop. */
static void warn_of_configuration(const struct boot *boot)
{
    struct log *log = logsink_log(boot->logsink);
    for (size_t i = 0; i < boot->options.sets.count; i++) {
        const char *set = boot->options.sets.items[i], *nearest;
        char *path = alloc_copy(set, strcspn(set, "="));
        if (!settings_is_path(path, &nearest))
            log_printf(log, LOG_WARN, "config", "--set %s: there is no such setting%s%s%s", set,
                       nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
        free(path);
    }
    if (boot->options.profiler || boot->settings.profiler.is_enabled)
        log_printf(log, LOG_WARN, "config", "there is no profiler inside; perf(1) shows where time goes");
}

/* All that is wrong with the configuration, in one message. */
static int read_configuration(struct boot *boot)
{
    const struct options *options = &boot->options;
    const struct configuration_request request = {
        .files = options->configs.items,
        .file_count = options->configs.count,
        .profiles = options->profiles.items,
        .profile_count = options->profiles.count,
        .sets = options->sets.items,
        .set_count = options->sets.count,
    };
    struct problems problems = {0};
    configuration_load(&boot->configuration, &request, &problems);
    settings_read(&boot->settings, &boot->configuration, &problems);
    const char *node = nodename_given(&boot->settings), *wrong = node ? nodename_problem(node) : NULL;
    if (wrong)
        problem_add(&problems, LOG_ERROR, NULL, 0, NULL, "the name of this node, '%s', %s", node, wrong);
    boot->message = problems_join(&problems, "\nmoonlet: ");
    problems_free(&problems);
    return boot->message ? -1 : 0;
}

static int run(struct boot *boot, char **argv)
{
    if (boot->options.seeded && seeded_enter(argv))
        fprintf(stderr, "moonlet: addresses stay random (%s): runs with one seed may differ in the order of pairs\n",
                strerror(errno));
    if (faults_parse(getenv("MOONLET_FAULT"), &boot->fault, &boot->message) || read_configuration(boot) ||
        open_logs(boot))
        return EXIT_ERROR;
    warn_of_configuration(boot);
    int code = run_with_logs(boot);
    application_free(&boot->application);
    logsink_free(boot->logsink);
    faults_report(boot->fault);
    return code;
}

static int print_version(const struct options *options)
{
    printf(options->short_version ? "%s\n" : "moonlet %s (Lua 5.3)\n", MOONLET_VERSION);
    return 0;
}

static int print_help(const struct options *options)
{
    struct text text = {0};
    options_help(options->topic, &text);
    fputs(text_string(&text), stdout);
    text_free(&text);
    return 0;
}

static int initialize(struct boot *boot)
{
    const struct options *options = &boot->options;
    char *message;
    if (scaffold_write_lock(options->lock_file, options->source_directory, options->modules_directory, &message)) {
        boot->message = message;
        return EXIT_ERROR;
    }
    puts(message);
    free(message);
    return 0;
}

static int act(struct boot *boot, char **argv)
{
    switch (boot->options.action) {
    case OPTIONS_HELP:
        return print_help(&boot->options);
    case OPTIONS_VERSION:
        return print_version(&boot->options);
    case OPTIONS_INIT:
        return initialize(boot);
    default:
        return run(boot, argv);
    }
}

int boot_main_program(int argc, char **argv)
{
    struct boot boot = {0};
    int code = EXIT_ERROR;
    /* Reading the options reorders argv; a seeded run starts over with the words as they were. */
    char **original = alloc_zeroed(((size_t)argc + 1) * sizeof *original);
    memcpy(original, argv, (size_t)argc * sizeof *original);
    if (!options_parse(&boot.options, argc, argv, getenv("GOMEMLIMIT"), &boot.message))
        code = act(&boot, original);
    free(original);
    if (fflush(stdout) && !boot.message) {
        boot.message = text_format("standard output cannot be written: %s", strerror(errno));
        code = EXIT_ERROR;
    }
    if (boot.message)
        fprintf(stderr, "moonlet: %s\n", boot.message);
    free(boot.message);
    configuration_free(&boot.configuration);
    options_free(&boot.options);
    fault_plan_free(boot.fault);
    return code;
}
