/* SPDX-License-Identifier: MIT */
/* module: see the header. */
#include "host/module.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/alloc.h"
#include "host/configuration.h"
#include "host/glob.h"
#include "host/lockfile.h"
#include "host/problem.h"
#include "host/text.h"
#include "host/value.h"
#include "host/walk.h"
#include "host/yaml.h"

struct finder {
    struct modules *modules;
    const struct lockfile *lockfile;
    struct problems *problems;
};

static bool is_directory(const char *path)
{
    struct stat st;
    return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static bool is_there(const char *path)
{
    struct stat st;
    return !stat(path, &st);
}

/* ORG/MODULE: two parts, neither of which leads anywhere else. */
static bool is_name(const char *name)
{
    const char *slash = strchr(name, '/');
    return slash && slash > name && slash[1] && !strchr(slash + 1, '/') && name[0] != '.' && slash[1] != '.';
}

/* Takes the directory. */
static struct module *add(struct finder *finder, const char *name, char *directory, bool is_replacement)
{
    struct modules *modules = finder->modules;
    modules->items = alloc_grow(modules->items, modules->count, &modules->capacity, sizeof *modules->items);
    struct module *module = &modules->items[modules->count++];
    *module = (struct module){.name = alloc_string(name), .directory = directory, .is_replacement = is_replacement};
    return module;
}

/* The list `exclude` of a manifest; NULL: there is none. */
static struct value *take_excludes(struct finder *finder, const char *file, struct value *manifest)
{
    struct value *list = value_remove(manifest, "exclude");
    bool ok = list && list->kind == VALUE_LIST;
    for (size_t i = 0; ok && i < list->list.count; i++)
        ok = value_string(list->list.items[i]);
    if (ok)
        return list;
    if (list && list->kind != VALUE_NULL)
        problem_add(finder->problems, LOG_WARN, file, list->line, NULL,
                    "exclude must be a list of patterns; it is "
                    "ignored");
    value_free(list);
    return NULL;
}

/* The manifest of a directory, moonlet.yaml or wippy.yaml, says what of it does not belong to the module. */
static void read_manifest(struct finder *finder, struct module *module)
{
    static const char *const names[] = {"moonlet.yaml", "wippy.yaml"};
    int result = -ENOENT;
    for (size_t i = 0; i < 2 && result == -ENOENT; i++) {
        struct text content = {0};
        struct yaml_error error;
        char *file = text_format("%s/%s", module->directory, names[i]);
        result = walk_read_path(file, &content);
        struct value *manifest = result ? NULL : yaml_parse(text_string(&content), content.length, NULL, &error);
        if (!result && !manifest)
            problem_add(finder->problems, LOG_WARN, file, error.line, NULL, "%s; the manifest is ignored",
                        error.message);
        else if (result && result != -ENOENT)
            problem_add(finder->problems, LOG_WARN, file, 0, NULL, "cannot be read: %s", walk_explain(result));
        else if (manifest)
            module->exclude = take_excludes(finder, file, manifest);
        value_free(manifest);
        text_free(&content);
        free(file);
    }
}

static void add_replacement(struct finder *finder, const char *name, char *directory)
{
    read_manifest(finder, add(finder, name, directory, true));
}

static void add_of_configuration(struct finder *finder, const struct configuration *configuration,
                                 struct problems *fatal)
{
    const struct value *workspace = value_get(configuration->root, "workspace");
    const struct value *map = value_get(workspace, "replacements");
    const struct value *wrong = workspace && workspace->kind != VALUE_MAP && workspace->kind != VALUE_NULL ? workspace
                                : map && map->kind != VALUE_MAP && map->kind != VALUE_NULL                 ? map
                                                                                                           : NULL;
    if (wrong)
        configuration_complain(configuration, fatal, wrong, "%s must be a map, not %s",
                               wrong == map ? "workspace.replacements" : "workspace", value_kind_name(wrong));
    for (size_t i = 0; map && map->kind == VALUE_MAP && i < map->map.count; i++) {
        const char *name = map->map.pairs[i].key;
        const struct value *value = map->map.pairs[i].value;
        const char *path = value_string(value);
        if (value->kind == VALUE_NULL)
            continue;
        char *directory = !path ? NULL
                          : *path == '/' || !strcmp(configuration->directory, ".")
                              ? alloc_string(path)
                              : text_format("%s/%s", configuration->directory, path);
        if (is_name(name) && directory && is_directory(directory)) {
            add_replacement(finder, name, directory);
            continue;
        }
        if (!is_name(name))
            configuration_complain(configuration, fatal, value, "workspace.replacements: %s must be ORG/MODULE", name);
        else if (!path)
            configuration_complain(configuration, fatal, value, "workspace.replacements: %s must be a path, not %s",
                                   name, value_kind_name(value));
        else
            configuration_complain(configuration, fatal, value, "workspace.replacements: %s: there is no directory %s",
                                   name, directory);
        free(directory);
    }
}

static void add_of_lockfile(struct finder *finder)
{
    const struct lockfile *lockfile = finder->lockfile;
    for (size_t i = 0; i < lockfile->replacement_count; i++) {
        const struct lockfile_replacement *item = &lockfile->replacements[i];
        if (modules_get(finder->modules, item->from))
            continue;
        if (is_directory(item->to))
            add_replacement(finder, item->from, alloc_string(item->to));
        else
            problem_add(finder->problems, LOG_WARN, lockfile->file, item->line, NULL,
                        "the replacement of %s is missing: there is no directory %s", item->from, item->to);
    }
}

static void report_missing(struct finder *finder, const struct lockfile_module *module, const char *directory)
{
    char *pack = text_format("%s-%s.wapp", directory, module->version), *plain = text_format("%s.wapp", directory);
    bool is_packed = is_there(pack) || is_there(plain);
    problem_add(finder->problems, LOG_WARN, finder->lockfile->file, module->line, NULL,
                is_packed ? "module %s is there as a pack only, which cannot be read: unpack it to %s"
                          : "module %s is not installed (no directory %s)",
                module->name, directory);
    free(pack);
    free(plain);
}

static void add_vendored(struct finder *finder)
{
    const struct lockfile *lockfile = finder->lockfile;
    for (size_t i = 0; i < lockfile->module_count; i++) {
        const struct lockfile_module *item = &lockfile->modules[i];
        if (modules_get(finder->modules, item->name))
            continue;
        if (!is_name(item->name)) {
            problem_add(finder->problems, LOG_WARN, lockfile->file, item->line, NULL,
                        "module %s: its name must be ORG/MODULE; it is ignored", item->name);
            continue;
        }
        char *directory = text_format("%s/%s", lockfile->vendor, item->name);
        if (is_directory(directory)) {
            add(finder, item->name, directory, false);
            continue;
        }
        report_missing(finder, item, directory);
        free(directory);
    }
}

void modules_find(struct modules *modules, const struct lockfile *lockfile, const struct configuration *configuration,
                  struct problems *problems, struct problems *fatal)
{
    struct finder finder = {.modules = modules, .lockfile = lockfile, .problems = problems};
    *modules = (struct modules){0};
    add_of_configuration(&finder, configuration, fatal);
    add_of_lockfile(&finder);
    add_vendored(&finder);
}

void modules_free(struct modules *modules)
{
    for (size_t i = 0; i < modules->count; i++) {
        free(modules->items[i].name);
        free(modules->items[i].directory);
        value_free(modules->items[i].exclude);
    }
    free(modules->items);
    *modules = (struct modules){0};
}

const struct module *modules_get(const struct modules *modules, const char *name)
{
    for (size_t i = 0; i < modules->count; i++)
        if (!strcmp(modules->items[i].name, name))
            return &modules->items[i];
    return NULL;
}

/* Does the pattern match the path, or a directory that the path is in? */
static bool excludes(const char *pattern, const char *path)
{
    bool found = glob_match(pattern, path, '/');
    for (const char *slash = path; !found && (slash = strchr(slash, '/')); slash++) {
        char *above = alloc_copy(path, (size_t)(slash - path));
        found = glob_match(pattern, above, '/');
        free(above);
    }
    return found;
}

bool module_excludes(const struct module *module, const char *path)
{
    for (size_t i = 0; module->exclude && i < module->exclude->list.count; i++) {
        const char *pattern = value_string(module->exclude->list.items[i]);
        while (pattern[0] == '.' && pattern[1] == '/')
            pattern += 2;
        char *clean = alloc_string(pattern);
        size_t length = strlen(clean);
        if (length && clean[length - 1] == '/')
            clean[length - 1] = '\0';
        bool found = excludes(clean, path);
        free(clean);
        if (found)
            return true;
    }
    return false;
}
