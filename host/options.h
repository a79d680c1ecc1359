/* SPDX-License-Identifier: MIT */
/*
 * options: the command line. Flags may stand before or after the sub-command; what follows `--` goes to the program that is run.
 */
#ifndef HOST_OPTIONS_H
#define HOST_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/lang/diagnostic.h"

struct text;

enum options_action {
    OPTIONS_RUN,     /* run, run NAME, run -x ID */
    OPTIONS_LIST,    /* run list */
    OPTIONS_INIT,    /* init */
    OPTIONS_LINT,    /* lint */
    OPTIONS_VERSION, /* version */
    OPTIONS_HELP,    /* help on `topic` */
};

enum options_logs { OPTIONS_LOGS_DEFAULT, OPTIONS_LOGS_CONSOLE, OPTIONS_LOGS_SILENT };

/* The values of a flag that may be given several times, in order. */
struct options_words {
    char **items;
    size_t count, capacity;
};

struct options_lint {
    enum diagnostic_severity level;
    struct options_words namespaces, codes;
    size_t limit; /* 0: none */
    bool summary, json, no_color;
};

struct options {
    enum options_action action;
    const char *topic;   /* OPTIONS_HELP: sub-command, NULL: all */
    const char *command; /* run NAME */
    char **args;         /* of the command, inside argv */
    size_t arg_count;
    const char *exec; /* -x */
    const char *host; /* --host */
    unsigned workers; /* 0: one per CPU */
    bool seeded;
    uint64_t seed;
    size_t memory_limit; /* bytes; 0: none */
    enum options_logs logs;
    bool verbose, very_verbose;
    bool event_streams, profiler;
    bool short_version;
    struct options_words configs, profiles, sets, overrides;
    struct options_lint lint;
    const char *source_directory, *modules_directory, *lock_file; /* init, lint; NULL: the default */
};

/*
 * Reads argv (which it may reorder; strings stay there). 0; or -1 and *problem, one or two lines for people that the caller frees.
 * `memory_variable`: the value of GOMEMLIMIT, used without -m, or NULL. options_free in any case.
 */
int options_parse(struct options *options, int argc, char **argv, const char *memory_variable, char **problem);
void options_free(struct options *options);

/* Are logs off unless asked for? (running one command: its output is what counts) */
bool options_is_silent(const struct options *options);

/* Appends the help text on a sub-command, or on all of it (topic NULL). False: no such sub-command. */
bool options_help(const char *topic, struct text *out);

#endif
