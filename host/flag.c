/* SPDX-License-Identifier: MIT */
/* flag: see the header. Texts are written for lines of up to 110 characters. */
#include "host/flag.h"

#include <string.h>

#define END                    \
    {                          \
        0, NULL, 0, NULL, NULL \
    }

static const struct flag log_flags[] = {
    {FLAG_VERBOSE, "verbose", 'v', NULL, "show debug records too"},
    {FLAG_VERY_VERBOSE, "very-verbose", 0, NULL, "debug records, and failures of processes with stack traces"},
    {FLAG_CONSOLE, "console", 'c', NULL, "short lines with seconds since start, coloured on a terminal"},
    {FLAG_SILENT, "silent", 's', NULL, "no logs, no banner"},
    {FLAG_EVENT_STREAMS, "event-streams", 'e', NULL, "publish log records on the event bus too"},
    END,
};

static const struct flag configuration_flags[] = {
    {FLAG_CONFIG, "config", 0, "FILE",
     "configuration file; repeatable, later ones win (default: .moonlet.yaml, else\n.wippy.yaml, if there)"},
    {FLAG_PROFILE, "profile", 0, "NAME", "apply this profile of the configuration; repeatable"},
    {FLAG_SET, "set", 0, "KEY=VALUE", "change one setting: --set shutdown.timeout=5s; repeatable, wins over files"},
    END,
};

static const struct flag runtime_flags[] = {
    {FLAG_MEMORY_LIMIT, "memory-limit", 'm', "SIZE",
     "most memory of all Lua processes together: 512M, 2G; spawns beyond it fail\n(default: $GOMEMLIMIT, or none)"},
    {FLAG_WORKERS, "workers", 0, "N", "worker threads (default: one per CPU)"},
    {FLAG_SEED, "seed", 0, "N",
     "replay mode: one worker, virtual time, every choice of the scheduler drawn\nfrom N; the same N gives the same "
     "run"},
    {FLAG_PROFILER, "profiler", 'p', NULL, "accepted for the sake of scripts; use perf(1)"},
    {FLAG_HELP, "help", 'h', NULL, "this text"},
    END,
};

const struct flag_group flag_global_groups[] = {
    {"Configuration", configuration_flags},
    {"Logs (they go to standard error)", log_flags},
    {"Runtime", runtime_flags},
    {NULL, NULL},
};

static const struct flag run_flags[] = {
    {FLAG_EXEC, "exec", 'x', "NS:ENTRY", "run this process entry, or command of that name, then exit"},
    {FLAG_HOST, "host", 0, "NS:ENTRY", "the terminal host to use (needed when there are several)"},
    {FLAG_OVERRIDE, "override", 'o', "NS:ENTRY:PATH=VALUE",
     "change a field of an entry: -o app:db:port=5433, -o app:db:meta.tier=2,\n-o app:db:kind=store.memory; "
     "repeatable, "
     "wins over the configuration"},
    END,
};

static const struct flag_group run_groups[] = {{"Flags of run", run_flags}, {NULL, NULL}};

static const struct flag lint_flags[] = {
    {FLAG_LEVEL, "level", 0, "LEVEL", "show error, warning or hint and what is worse (default: warning)"},
    {FLAG_NAMESPACE, "ns", 0, "PATTERN", "only this namespace; a.b.* or a.b.** is a.b and those below; repeatable"},
    {FLAG_CODE, "code", 0, "CODE", "only findings of this code, or codes with commas between; repeatable"},
    {FLAG_LIMIT, "limit", 0, "N", "show at most N findings, but count all (default: 0, show all)"},
    {FLAG_SUMMARY, "summary", 0, NULL, "only count them, by namespace and code"},
    {FLAG_JSON, "json", 0, NULL, "one JSON object"},
    {FLAG_NO_COLOR, "no-color", 0, NULL, "no colours on a terminal either"},
    {FLAG_LOCK_FILE, "lock-file", 'l', "FILE",
     "the lock file to go by (default: moonlet.lock, else wippy.lock, if there)"},
    {FLAG_RULES, "rules", 0, NULL, "also check rules of style; accepted for the sake of scripts: there are none yet"},
    {FLAG_CACHE_RESET, "cache-reset", 0, NULL, "accepted for the sake of scripts: nothing is kept between runs"},
    END,
};

static const struct flag_group lint_groups[] = {{"Flags of lint", lint_flags}, {NULL, NULL}};

static const struct flag init_flags[] = {
    {FLAG_SOURCE_DIRECTORY, "src-dir", 'd', "DIR", "where the definitions are (default: ./src)"},
    {FLAG_MODULES_DIRECTORY, "modules-dir", 0, "DIR", "where installed modules go (default: .wippy)"},
    {FLAG_LOCK_FILE, "lock-file", 'l', "FILE", "the file to write (default: moonlet.lock)"},
    END,
};

static const struct flag_group init_groups[] = {{"Flags of init", init_flags}, {NULL, NULL}};

static const struct flag version_flags[] = {
    {FLAG_SHORT, "short", 0, NULL, "only the number"},
    END,
};

static const struct flag_group version_groups[] = {{"Flags of version", version_flags}, {NULL, NULL}};

static const struct flag_group no_groups[] = {{NULL, NULL}};

const struct subcommand flag_subcommands[] = {
    {
        .name = "run",
        .purpose = "load the application in this directory and run it, or one of its commands",
        .usage = "moonlet run [FLAGS]                      all services, until SIGINT or SIGTERM\n"
                 "moonlet run [FLAGS] NAME [ARGS...]       one named command\n"
                 "moonlet run [FLAGS] -x NAMESPACE:ENTRY   one process entry\n"
                 "moonlet run list                         list the named commands",
        .text =
            "An application is a directory with definition files (src/**/*.yaml). Without a NAME all services with\n"
            "auto_start run until a signal, or until a process on a terminal host has ended. With a NAME, the\n"
            "process entry whose meta.command.name is NAME runs on the terminal host with ARGS. The result of a\n"
            "process on the terminal becomes the exit code. Logs are off for commands, unless -v, -c or\n"
            "--very-verbose asks for them. Write -- before arguments that begin with a dash.",
        .groups = run_groups,
        .takes_global = true,
        .notes =
            "Examples:\n"
            "  moonlet run                              run the services\n"
            "  moonlet run migrate -- --dry-run         run a command, handing it --dry-run\n"
            "  moonlet run -c -v --profile dev          with coloured debug logs and the profile dev\n"
            "  moonlet run -o app:gateway:addr=:9090    with another address\n"
            "\n"
            "Exit codes: 0 done; 1 error, or a second signal while stopping; otherwise what the process returned:\n"
            "nothing or true 0, false 1, a number itself, a string 0 (it is printed), an error 1 (it is printed).\n"
            "\n"
            "Files: moonlet.lock or wippy.lock (directories.src, default src), .moonlet.yaml or .wippy.yaml.\n"
            "Environment: GOMEMLIMIT; MOONLET_SKIP_DIRS: comma separated names of directories that are not loaded;\n"
            "MOONLET_NODE_ID: name of this node; NO_COLOR: never colour.\n",
    },
    {
        .name = "init",
        .purpose = "write a lock file, which says where the sources are",
        .usage = "moonlet init [FLAGS]",
        .text = "Makes a project of this directory. A lock file that is there already stays as it is.",
        .groups = init_groups,
        .notes = "Examples:\n"
                 "  moonlet init\n"
                 "  moonlet init --src-dir ./app\n",
    },
    {
        .name = "lint",
        .purpose = "check the Lua sources of the application in this directory",
        .usage = "moonlet lint [FLAGS]",
        .groups = lint_groups,
        .takes_global = true,
        .notes =
            "Examples:\n"
            "  moonlet lint\n"
            "  moonlet lint --ns 'app.jobs.*' --level error\n"
            "  moonlet lint --json >findings.json\n"
            "\n"
            "Not reported: what a comment `-- lint: ignore [CODE...]` in the same line, or alone in the line before,\n"
            "says, or `-- lint: ignore-file [CODE...]` in the first ten lines. Syntax errors always are.\n"
            "\n"
            "Exit codes: 0 no errors (there may be warnings); 1 errors, in sources or in the files that name them.\n",
    },
    {
        .name = "version",
        .purpose = "show the version",
        .usage = "moonlet version [--short]",
        .groups = version_groups,
    },
    {
        .name = "help",
        .purpose = "explain a command: moonlet help run",
        .usage = "moonlet help [COMMAND]",
        .groups = no_groups,
    },
    {.name = NULL},
};

const struct subcommand *flag_find_subcommand(const char *name)
{
    for (const struct subcommand *s = flag_subcommands; s->name; s++)
        if (!strcmp(s->name, name))
            return s;
    return NULL;
}

static const struct flag *find(const struct flag_group *group, const char *name, char letter)
{
    for (; group->title; group++)
        for (const struct flag *flag = group->flags; flag->name; flag++)
            if (name ? !strcmp(flag->name, name) : letter && flag->letter == letter)
                return flag;
    return NULL;
}

const struct subcommand *flag_find_owner(const char *name, char letter, const struct flag **flag)
{
    for (const struct subcommand *s = flag_subcommands; s->name; s++)
        if ((*flag = find(s->groups, name, letter)))
            return s;
    return NULL;
}
