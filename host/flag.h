/* SPDX-License-Identifier: MIT */
/*
 * flag: the flags of the command line and the sub-commands they belong to: one table that options.c reads by and help.c prints.
 */
#ifndef HOST_FLAG_H
#define HOST_FLAG_H

#include <stdbool.h>
#include <stddef.h>

enum flag_id {
    FLAG_VERBOSE = 256, /* above all characters: getopt_long returns these */
    FLAG_VERY_VERBOSE,
    FLAG_CONSOLE,
    FLAG_SILENT,
    FLAG_EVENT_STREAMS,
    FLAG_CONFIG,
    FLAG_PROFILE,
    FLAG_SET,
    FLAG_MEMORY_LIMIT,
    FLAG_WORKERS,
    FLAG_SEED,
    FLAG_PROFILER,
    FLAG_HELP,
    FLAG_EXEC,
    FLAG_HOST,
    FLAG_OVERRIDE,
    FLAG_SOURCE_DIRECTORY,
    FLAG_MODULES_DIRECTORY,
    FLAG_LOCK_FILE,
    FLAG_SHORT,
    FLAG_LEVEL,
    FLAG_NAMESPACE,
    FLAG_CODE,
    FLAG_LIMIT,
    FLAG_SUMMARY,
    FLAG_JSON,
    FLAG_NO_COLOR,
    FLAG_RULES,
    FLAG_CACHE_RESET,
};

struct flag {
    enum flag_id id;
    const char *name;
    char letter;       /* '\0': none */
    const char *value; /* what help calls its value, NULL: it takes none */
    const char *help;  /* lines are parted by \n */
};

struct flag_group {
    const char *title;
    const struct flag *flags; /* end with name NULL */
};

struct subcommand {
    const char *name;
    const char *purpose;             /* half a line */
    const char *usage;               /* lines */
    const char *text;                /* paragraphs; NULL: none */
    const struct flag_group *groups; /* its own flags; end with title NULL */
    bool takes_global;
    const char *notes; /* behind the flags, with examples; NULL: none */
};

/* End with title NULL and name NULL. */
extern const struct flag_group flag_global_groups[];
extern const struct subcommand flag_subcommands[];

const struct subcommand *flag_find_subcommand(const char *name);

/* The sub-command that the flag is for, NULL: it is global or there is no such flag. By long name, or (name NULL) by letter. */
const struct subcommand *flag_find_owner(const char *name, char letter, const struct flag **flag);

#endif
