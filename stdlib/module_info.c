/* SPDX-License-Identifier: MIT */
/* module_info: the table, also of modules that another build may have. */
#include "stdlib/module_info.h"

#include <stddef.h>
#include <string.h>

static const struct module_info infos[] = {
    {"archive", "storage", "Reading and writing zip and tar files"},
    {"base64", "encoding deterministic", "Base64 text to bytes and back"},
    {"channel", "deterministic workflow", "Queues between the coroutines of a process"},
    {"compress", "encoding deterministic", "Compressing and decompressing bytes"},
    {"contract", "nondeterministic workflow", "Calling functions through the contracts they are bound to"},
    {"coroutine", "deterministic workflow", "Coroutines, those of the scheduler included"},
    {"crypto", "nondeterministic security", "Random bytes, encryption, signatures and tokens"},
    {"ctx", "nondeterministic workflow", "Values that the caller or spawner left"},
    {"env", "process", "Environment variables of the application"},
    {"errors", "deterministic", "Structured errors"},
    {"eval_runner", "process", "Running code given as text"},
    {"events", "io nondeterministic", "The event bus"},
    {"excel", "io nondeterministic encoding", "Reading and writing spreadsheets"},
    {"exec", "process", "Running other programs"},
    {"expr", "deterministic", "Evaluating expressions"},
    {"fs", "storage", "Files and directories"},
    {"funcs", "nondeterministic workflow", "Calling functions of the application"},
    {"hash", "encoding deterministic security", "Hash sums and message authentication codes"},
    {"html", "deterministic security", "Escaping, cleaning and reading HTML"},
    {"http", "network", "Requests and responses of the HTTP server"},
    {"http_client", "network", "HTTP requests to others"},
    {"io", "io nondeterministic", "The terminal: standard streams and arguments"},
    {"json", "encoding deterministic", "JSON texts to values and back"},
    {"loader", "storage", "Reading definition files"},
    {"logger", "io nondeterministic", "Log records with fields"},
    {"math", "deterministic", "Mathematical functions"},
    {"metrics", "io nondeterministic", "Counters, gauges and histograms"},
    {"os", "time workflow", "Time, date and platform"},
    {"payload", "encoding deterministic", "Values with a format, and their conversion"},
    {"pg", "process", "Process groups"},
    {"process", "process", "Starting, ending, naming and messaging processes"},
    {"queue", "io nondeterministic", "Message queues"},
    {"registry", "storage", "Entries of the application, their versions and history"},
    {"security", "nondeterministic security", "Actors, scopes, policies and tokens"},
    {"sql", "storage", "SQL databases"},
    {"store", "storage", "Key-value stores"},
    {"stream", "io nondeterministic", "Reading and writing in pieces"},
    {"string", "deterministic", "Strings and patterns"},
    {"system", "process", "Figures and switches of the runtime"},
    {"table", "deterministic", "Tables as lists"},
    {"templates", "deterministic", "Texts from templates"},
    {"text", "deterministic", "Regular expressions, differences, splitting of texts"},
    {"time", "time workflow", "Clocks, timers, durations and calendars"},
    {"utf8", "deterministic", "UTF-8 in strings"},
    {"uuid", "nondeterministic workflow", "Universally unique identifiers"},
    {"websocket", "network", "WebSocket connections to others"},
    {"yaml", "encoding deterministic", "YAML texts to values and back"},
};

const struct module_info *module_info_find(const char *name)
{
    for (size_t i = 0; i < sizeof infos / sizeof infos[0]; i++)
        if (!strcmp(infos[i].name, name))
            return &infos[i];
    return NULL;
}
