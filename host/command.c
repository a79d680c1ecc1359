/* SPDX-License-Identifier: MIT */
/* command: see the header. */
#include "host/command.h"

#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/entry.h"
#include "host/suggest.h"
#include "host/text.h"
#include "host/value.h"

static const char *name_of(const struct entry *entry)
{
    return entry_is_process(entry) ? value_string(value_path(entry->meta, "command.name")) : NULL;
}

static bool is_test(const struct entry *entry)
{
    const char *use_case = value_string(value_path(entry->meta, "command.use_case"));
    return use_case && !strcmp(use_case, "test");
}

static char *explain_twice(const char *name, const struct entry *a, const struct entry *b)
{
    return text_format("two entries are named command '%s': %s (%s:%u) and %s (%s:%u)", name, a->id, a->file, a->line,
                       b->id, b->file, b->line);
}

/* All commands, as an array that the caller frees. */
static const struct entry **collect(const struct entries *entries, size_t *count)
{
    const struct entry **commands = alloc_zeroed(entries->count * sizeof *commands);
    *count = 0;
    for (size_t i = 0; i < entries->count; i++)
        if (name_of(entries->items[i]))
            commands[(*count)++] = entries->items[i];
    return commands;
}

/* file.wapp, org/module, org/module@version */
static bool is_elsewhere(const char *name)
{
    size_t length = strlen(name);
    return strchr(name, '/') || (length > 5 && !strcmp(name + length - 5, ".wapp"));
}

static char *explain_unknown(const struct entries *entries, const char *name)
{
    size_t count;
    const struct entry **commands = collect(entries, &count);
    const char **names = alloc_zeroed(count * sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = name_of(commands[i]);
    struct text text = {0};
    text_printf(&text, "this application has no command '%s'", name);
    const char *hint = suggest_nearest(name, names, count);
    if (hint)
        text_printf(&text, "; did you mean '%s'?", hint);
    text_add_string(&text, count ? "\nIt has:" : "\nNo process entry of it has a meta.command.name.");
    for (size_t i = 0; i < count; i++)
        text_printf(&text, " %s", names[i]);
    if (is_elsewhere(name))
        text_add_string(&text, "\nPacks and modules of a hub cannot be run; put what is in them into the application.");
    free(names);
    free(commands);
    return text_detach(&text);
}

const struct entry *command_find(const struct entries *entries, const char *name, char **message)
{
    const struct entry *found = NULL;
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = entries->items[i];
        if (!name_of(entry) || strcmp(name_of(entry), name) != 0)
            continue;
        if (found) {
            *message = explain_twice(name, found, entry);
            return NULL;
        }
        found = entry;
    }
    if (!found)
        *message = explain_unknown(entries, name);
    return found;
}

const struct entry *command_find_exec(const struct entries *entries, const char *id, char **message)
{
    if (!strchr(id, ':'))
        return command_find(entries, id, message);
    const struct entry *entry = entries_find(entries, id);
    if (entry && entry_is_process(entry))
        return entry;
    *message = entry ? text_format("%s is a %s (%s:%u); only a process.lua can be run", id, entry->kind, entry->file,
                                   entry->line)
                     : text_format("there is no entry %s", id);
    return NULL;
}

const struct entry *command_find_host(const struct entries *entries, const char *id, char **message)
{
    const struct entry *found = id ? entries_find(entries, id) : NULL;
    if (id) {
        if (found && entry_is_kind(found, "terminal.host"))
            return found;
        *message = found ? text_format("--host %s: that is a %s, not a terminal.host", id, found->kind)
                         : text_format("--host %s: there is no such entry; write NAMESPACE:ENTRY", id);
        return NULL;
    }
    struct text ids = {0};
    size_t count = 0;
    for (size_t i = 0; i < entries->count; i++) {
        if (!entry_is_kind(entries->items[i], "terminal.host"))
            continue;
        found = entries->items[i];
        text_printf(&ids, " %s", found->id);
        count++;
    }
    if (count != 1) {
        *message =
            count ? text_format("there are %zu terminal hosts; choose one with --host:%s", count, text_string(&ids))
                  : text_format("the application has no terminal.host entry to run a process on");
        found = NULL;
    }
    text_free(&ids);
    return found;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(name_of(*(const struct entry *const *)a), name_of(*(const struct entry *const *)b));
}

int command_check(const struct entries *entries, char **message)
{
    size_t count;
    int result = 0;
    const struct entry **commands = collect(entries, &count);
    qsort(commands, count, sizeof *commands, compare_names);
    for (size_t i = 1; i < count && !result; i++) {
        if (compare_names(&commands[i - 1], &commands[i]))
            continue;
        *message = explain_twice(name_of(commands[i]), commands[i - 1], commands[i]);
        result = -1;
    }
    free(commands);
    return result;
}

void command_list(const struct entries *entries, struct text *out)
{
    size_t count, widest = 0;
    const struct entry **commands = collect(entries, &count);
    qsort(commands, count, sizeof *commands, compare_names);
    for (size_t i = 0; i < count; i++) {
        size_t width = strlen(name_of(commands[i]));
        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < count; i++) {
        const char *text = value_string(value_path(commands[i]->meta, "command.short"));
        if (!is_test(commands[i]))
            text_printf(out, "%-*s%s%s\n", text ? (int)widest : 0, name_of(commands[i]), text ? "  " : "",
                        text ? text : "");
    }
    free(commands);
}
