/* SPDX-License-Identifier: MIT */
/* help: the texts of --help. */
#include "host/options.h"

#include <string.h>

#define GLOBAL_FLAGS                                                                           \
    "Logs (they go to standard error):\n"                                                      \
    "  -v, --verbose          show debug records too\n"                                        \
    "      --very-verbose     debug records, errors with stack traces\n"                       \
    "  -c, --console          short lines with seconds since start, coloured on a terminal\n"  \
    "  -s, --silent           no logs, no banner\n"                                            \
    "\n"                                                                                       \
    "Runtime:\n"                                                                               \
    "  -m, --memory-limit SIZE  most memory of all Lua processes together: 512M, 2G; spawns\n" \
    "                           beyond it fail (default: $GOMEMLIMIT, or none)\n"              \
    "      --workers N          worker threads (default: one per CPU)\n"                       \
    "      --seed N             replay mode: one worker, virtual time, every choice of the\n"  \
    "                           scheduler drawn from N; the same N gives the same run\n"       \
    "\n"                                                                                       \
    "  -h, --help               this text\n"

static const char all_text[] = "moonlet - runs applications made of Lua processes\n"
                               "\n"
                               "Usage: moonlet COMMAND [FLAGS]\n"
                               "\n"
                               "Commands:\n"
                               "  run                load the application in this directory and run its services\n"
                               "  run NAME [ARGS]    run one of its named commands (see `moonlet run list`)\n"
                               "  run list           list the named commands\n"
                               "  run -x NS:ENTRY    run one process entry\n"
                               "  version            show the version; --short: just the number\n"
                               "  help [COMMAND]     this text, or that of a command\n"
                               "\n" GLOBAL_FLAGS;

static const char run_text[] =
    "moonlet run - load the application in this directory and run it\n"
    "\n"
    "Usage: moonlet run [FLAGS]\n"
    "       moonlet run [FLAGS] NAME [ARGS...] [-- ARGS...]\n"
    "       moonlet run [FLAGS] -x NAMESPACE:ENTRY\n"
    "       moonlet run list\n"
    "\n"
    "An application is a directory with definition files (src/**/*.yaml). Without a NAME all services with\n"
    "auto_start run until SIGINT or SIGTERM. With a NAME, the process entry whose meta.command.name is NAME\n"
    "runs on the terminal host with ARGS; its result becomes the exit code. Logs are off then, unless -v, -c or\n"
    "-s is given. Write -- before arguments that begin with a dash.\n"
    "\n"
    "  -x, --exec NS:ENTRY      run this process entry, then exit\n"
    "      --host NS:ENTRY      the terminal host to use (needed when there are several)\n"
    "\n" GLOBAL_FLAGS "\n"
    "Exit codes: 0 done; 1 error, or a second signal while stopping; otherwise what the command returned.\n"
    "\n"
    "Files: moonlet.lock or wippy.lock (directories.src, default src). MOONLET_SKIP_DIRS: comma separated names of\n"
    "directories below src that are not loaded.\n";

static const char version_text[] = "moonlet version - show the version\n"
                                   "\n"
                                   "Usage: moonlet version [--short]\n"
                                   "\n"
                                   "      --short    only the number\n";

const char *options_help(const char *topic)
{
    if (topic && !strcmp(topic, "run"))
        return run_text;
    if (topic && !strcmp(topic, "version"))
        return version_text;
    return !topic || !strcmp(topic, "help") ? all_text : NULL;
}
