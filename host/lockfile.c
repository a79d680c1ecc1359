/* SPDX-License-Identifier: MIT */
/* lockfile: see the header. */
#include "host/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/problem.h"
#include "host/text.h"
#include "host/value.h"
#include "host/walk.h"
#include "host/yaml.h"

static char *relative_to(const char *directory, const char *path)
{
    if (*path == '/' || !strcmp(directory, "."))
        return alloc_string(path);
    return text_format("%s/%s", directory, path);
}

static bool is_directory(const char *path)
{
    struct stat st;
    return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static bool is_here(const char *path)
{
    while (path[0] == '.' && path[1] == '/')
        path += 2 + strspn(path + 2, "/");
    return !*path || !strcmp(path, ".");
}

/* Takes the path. */
static void add_module(struct lockfile *lockfile, char *path)
{
    lockfile->modules =
        alloc_grow(lockfile->modules, lockfile->module_count, &lockfile->module_capacity, sizeof(char *));
    lockfile->modules[lockfile->module_count++] = path;
}

static const char *replacement_of(const struct value *replacements, const char *module)
{
    for (size_t i = 0; replacements && replacements->kind == VALUE_LIST && i < replacements->list.count; i++) {
        const char *from = value_get_string(replacements->list.items[i], "from");
        if (from && !strcmp(from, module))
            return value_get_string(replacements->list.items[i], "to");
    }
    return NULL;
}

static void read_replacements(struct lockfile *lockfile, const char *directory, const struct value *list,
                              struct problems *problems)
{
    for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->list.count; i++) {
        const struct value *item = list->list.items[i];
        const char *to = value_get_string(item, "to");
        char *path = to ? relative_to(directory, to) : NULL;
        if (path && is_directory(path)) {
            add_module(lockfile, path);
            continue;
        }
        problem_add(problems, LOG_WARN, lockfile->file, item->line, NULL, "replacement directory %s is missing",
                    to ? to : "(no 'to')");
        free(path);
    }
}

static void read_modules(struct lockfile *lockfile, const char *directory, const struct value *document,
                         struct problems *problems)
{
    const struct value *list = value_get(document, "modules"), *replacements = value_get(document, "replacements");
    const char *root = value_string(value_path(document, "directories.modules"));
    for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->list.count; i++) {
        const char *name = value_get_string(list->list.items[i], "name");
        if (!name || replacement_of(replacements, name))
            continue;
        char *relative = text_format("%s/vendor/%s", root ? root : ".wippy", name);
        char *path = relative_to(directory, relative);
        free(relative);
        if (is_directory(path)) {
            add_module(lockfile, path);
            continue;
        }
        problem_add(problems, LOG_WARN, lockfile->file, list->list.items[i]->line, NULL,
                    "module %s is not installed (no directory %s)", name, path);
        free(path);
    }
}

static int use_document(struct lockfile *lockfile, const char *directory, const struct value *document,
                        struct problems *problems, char **problem)
{
    const struct value *source = value_path(document, "directories.src"),
                       *directories = value_get(document, "directories");
    if (document->kind != VALUE_MAP && document->kind != VALUE_NULL) {
        *problem =
            problem_format(lockfile->file, document->line, NULL, "must be a map, not %s", value_kind_name(document));
        return -1;
    }
    if (directories && directories->kind != VALUE_MAP && directories->kind != VALUE_NULL) {
        *problem = problem_format(lockfile->file, directories->line, NULL, "directories must be a map, not %s",
                                  value_kind_name(directories));
        return -1;
    }
    if (source && source->kind != VALUE_NULL && !value_string(source)) {
        *problem = problem_format(lockfile->file, source->line, NULL, "directories.src must be a path");
        return -1;
    }
    if (value_string(source) && is_here(value_string(source))) {
        *problem = problem_format(lockfile->file, source->line, NULL,
                                  "directories.src must not be the project directory itself: it holds the modules too");
        return -1;
    }
    if (value_string(source)) {
        free(lockfile->source);
        lockfile->source = relative_to(directory, value_string(source));
    }
    read_replacements(lockfile, directory, value_get(document, "replacements"), problems);
    read_modules(lockfile, directory, document, problems);
    return 0;
}

static int use_file(struct lockfile *lockfile, const char *directory, const struct text *content,
                    struct problems *problems, char **problem)
{
    struct yaml_error error;
    struct value *document = yaml_parse(text_string(content), content->length, NULL, &error);
    if (!document) {
        *problem = problem_format(lockfile->file, error.line, NULL, "%s", error.message);
        return -1;
    }
    int result = use_document(lockfile, directory, document, problems, problem);
    value_free(document);
    return result;
}

int lockfile_read(struct lockfile *lockfile, const char *directory, struct problems *problems, char **problem)
{
    static const char *const names[] = {"moonlet.lock", "wippy.lock"};
    struct walk here = {.fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC)};
    struct text content = {0};
    int result = -ENOENT;
    *lockfile = (struct lockfile){.source = relative_to(directory, "src")};
    *problem = NULL;
    for (size_t i = 0; i < 2 && result == -ENOENT && here.fd >= 0; i++) {
        result = walk_read(&here, names[i], &content);
        if (result != -ENOENT)
            lockfile->file = relative_to(directory, names[i]);
    }
    if (here.fd >= 0)
        close(here.fd);
    if (!result)
        result = use_file(lockfile, directory, &content, problems, problem);
    else if (result == -ENOENT)
        result = 0;
    else {
        *problem = problem_format(lockfile->file, 0, NULL, "cannot be read: %s", strerror(-result));
        result = -1;
    }
    text_free(&content);
    return result;
}

void lockfile_free(struct lockfile *lockfile)
{
    for (size_t i = 0; i < lockfile->module_count; i++)
        free(lockfile->modules[i]);
    free(lockfile->modules);
    free(lockfile->source);
    free(lockfile->file);
}
