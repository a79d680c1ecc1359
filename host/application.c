/* SPDX-License-Identifier: MIT */
/* application: see the header. */
#include "host/application.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/definitions.h"
#include "host/env.h"
#include "host/pipeline.h"
#include "host/requirement.h"
#include "host/text.h"

static const char *skip_names(void)
{
    return getenv("MOONLET_SKIP_DIRS");
}

static char *explain_source(const struct lockfile *lockfile, int error)
{
    if (lockfile->file)
        return text_format("%s: the source directory %s cannot be read: %s", lockfile->file, lockfile->source,
                           strerror(-error));
    return text_format(
        "there is no application here: the directory %s cannot be read (%s)\n"
        "An application has its definitions in src/**/*.yaml; a moonlet.lock may name another directory.",
        lockfile->source, strerror(-error));
}

static void load_modules(struct application *application)
{
    for (size_t i = 0; i < application->modules.count; i++) {
        const struct module *module = &application->modules.items[i];
        int error = definitions_load_module(&application->entries, module, skip_names(), &application->problems);
        if (error)
            problem_add(&application->problems, LOG_WARN, module->directory, 0, NULL, "module %s cannot be read: %s",
                        module->name, strerror(-error));
    }
}

/* Own sources first, then modules: of two entries with one id the first counts. */
static int load_definitions(struct application *application, const struct application_request *request, char **message)
{
    struct lockfile *lockfile = &application->lockfile;
    struct problems fatal = {0};
    int unread = request->lock_file ? lockfile_read_file(lockfile, request->lock_file, &application->problems, message)
                                    : lockfile_read(lockfile, ".", &application->problems, message);
    if (unread)
        return -1;
    modules_find(&application->modules, lockfile, request->configuration, &application->problems, &fatal);
    int error = definitions_load(&application->entries, lockfile->source, skip_names(), &application->problems);
    if (error)
        *message = explain_source(lockfile, error);
    else
        load_modules(application);
    if (!error && !application->entries.count)
        *message =
            text_format("there is no application here: no definition file in %s holds an entry", lockfile->source);
    if (!*message)
        pipeline_run(&application->entries, request->configuration, request->overrides, request->override_count,
                     &application->problems, &fatal);
    if (!*message)
        *message = problems_join(&fatal, "\nmoonlet: ");
    problems_free(&fatal);
    return *message ? -1 : 0;
}

/* Code is built from such entries as they are, which may still do; services say what is wrong when they start. */
static void report_undecoded(struct application *application)
{
    for (size_t i = 0; i < application->entries.count; i++) {
        const struct entry *entry = application->entries.items[i];
        const char *problem = decoded_problem(&application->decoded, entry);
        if (problem && strstr(entry->kind, ".lua"))
            problem_add(&application->problems, LOG_ERROR, entry->file, entry->line, entry->id, "%s", problem);
    }
}

int application_load(struct application *application, const struct application_request *request, char **message)
{
    *application = (struct application){.problems = {.log = request->log}};
    *message = NULL;
    if (load_definitions(application, request, message))
        return -1;
    requirements_check_components(&application->entries, &application->modules, &application->problems);
    application_check_kinds(application);
    application->env = env_new(&application->entries, &application->problems);
    decoded_init(&application->decoded, application->env, &application->entries);
    report_undecoded(application);
    order_compute(&application->order, &application->entries, &application->decoded.table, &application->problems);
    return 0;
}

void application_free(struct application *application)
{
    order_free(&application->order);
    decoded_destroy(&application->decoded);
    env_free(application->env);
    entries_free(&application->entries);
    problems_free(&application->problems);
    modules_free(&application->modules);
    lockfile_free(&application->lockfile);
}

static bool is_known(const char *kind)
{
    static const char *const kinds[] = {
        "process.lua",    "function.lua",       "library.lua",       "process.host",       "process.service",
        "terminal.host",  "module.lua",         "registry.entry",    "ns.definition",      "ns.dependency",
        "ns.requirement", "pg.scope",           "env.variable",      "env.storage.memory", "env.storage.file",
        "env.storage.os", "env.storage.static", "env.storage.router"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (!strcmp(kind, kinds[i]))
            return true;
    return false;
}

static size_t count_kind(const struct entries *entries, size_t from, const char *kind)
{
    size_t count = 0;
    for (size_t i = from; i < entries->count; i++)
        count += entry_is_kind(entries->items[i], kind);
    return count;
}

static bool is_first_of_kind(const struct entries *entries, size_t position)
{
    for (size_t i = 0; i < position; i++)
        if (entry_is_kind(entries->items[i], entries->items[position]->kind))
            return false;
    return true;
}

void application_check_kinds(struct application *application)
{
    const struct entries *entries = &application->entries;
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = entries->items[i];
        if (is_known(entry->kind) || !is_first_of_kind(entries, i))
            continue;
        size_t others = count_kind(entries, i + 1, entry->kind);
        if (others)
            problem_add(&application->problems, LOG_WARN, entry->file, entry->line, entry->id,
                        "kind %s does nothing in this version; it is only stored, as are %zu more of its kind",
                        entry->kind, others);
        else
            problem_add(&application->problems, LOG_WARN, entry->file, entry->line, entry->id,
                        "kind %s does nothing in this version; it is only stored", entry->kind);
    }
}
