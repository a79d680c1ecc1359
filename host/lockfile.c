/* SPDX-License-Identifier: MIT */
/* lockfile: see the header. */
#include "host/lockfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/problem.h"
#include "host/text.h"
#include "host/value.h"
#include "host/walk.h"
#include "host/yaml.h"

struct reader {
    struct lockfile *lockfile;
    const char *directory; /* of the lock file */
    struct problems *problems;
};

static char *relative_to(const char *directory, const char *path)
{
    if (*path == '/' || !strcmp(directory, "."))
        return alloc_string(path);
    return text_format("%s/%s", directory, path);
}

static void warn(const struct reader *reader, const struct value *value, const char *what)
{
    problem_add(reader->problems, LOG_WARN, reader->lockfile->file, value->line, NULL, "%s", what);
}

/* The list of that name; an empty one if it is something else, which is reported. */
static const struct value *get_list(const struct reader *reader, const struct value *document, const char *name)
{
    static const struct value none = {.kind = VALUE_LIST};
    const struct value *list = value_get(document, name);
    if (list && list->kind != VALUE_LIST && list->kind != VALUE_NULL)
        problem_add(reader->problems, LOG_WARN, reader->lockfile->file, list->line, NULL,
                    "%s must be a list, not %s; it is ignored", name, value_kind_name(list));
    return list && list->kind == VALUE_LIST ? list : &none;
}

static void read_modules(const struct reader *reader, const struct value *document)
{
    const struct value *list = get_list(reader, document, "modules");
    struct lockfile *lockfile = reader->lockfile;
    for (size_t i = 0; i < list->list.count; i++) {
        const struct value *item = list->list.items[i];
        const char *name = value_get_string(item, "name"), *version = value_get_string(item, "version");
        if (!name) {
            warn(reader, item, "a module has no name (ORG/MODULE); it is ignored");
            continue;
        }
        lockfile->modules = alloc_grow(lockfile->modules, lockfile->module_count, &lockfile->module_capacity,
                                       sizeof *lockfile->modules);
        lockfile->modules[lockfile->module_count++] = (struct lockfile_module){
            .name = alloc_string(name), .version = alloc_string(version ? version : ""), .line = item->line};
    }
}

static void read_replacements(const struct reader *reader, const struct value *document)
{
    const struct value *list = get_list(reader, document, "replacements");
    struct lockfile *lockfile = reader->lockfile;
    if (list->list.count)
        warn(reader, list,
             "replacements are better kept in .moonlet.yaml, as workspace.replacements; here they will be ignored "
             "some day");
    for (size_t i = 0; i < list->list.count; i++) {
        const struct value *item = list->list.items[i];
        const char *from = value_get_string(item, "from"), *to = value_get_string(item, "to");
        if (!from || !to) {
            warn(reader, item, "a replacement needs from (ORG/MODULE) and to (a directory); it is ignored");
            continue;
        }
        lockfile->replacements = alloc_grow(lockfile->replacements, lockfile->replacement_count,
                                            &lockfile->replacement_capacity, sizeof *lockfile->replacements);
        lockfile->replacements[lockfile->replacement_count++] = (struct lockfile_replacement){
            .from = alloc_string(from), .to = relative_to(reader->directory, to), .line = item->line};
    }
}

static void read_options(const struct reader *reader, const struct value *document)
{
    const struct value *unpack = value_path(document, "options.unpack_modules");
    if (unpack && unpack->kind == VALUE_BOOL)
        reader->lockfile->unpacks_modules = unpack->boolean;
    else if (unpack && unpack->kind != VALUE_NULL)
        warn(reader, unpack, "options.unpack_modules must be true or false; it is ignored");
}

/* A path of `directories`: *path is set if it is given. NULL, or what is wrong with it (the caller frees it). */
static char *read_directory(const struct reader *reader, const struct value *document, const char *key, char **path)
{
    const struct value *directories = value_get(document, "directories"), *value = value_get(directories, key);
    const char *file = reader->lockfile->file, *text = value_string(value);
    if (directories && directories->kind != VALUE_MAP && directories->kind != VALUE_NULL)
        return problem_format(file, directories->line, NULL, "directories must be a map, not %s",
                              value_kind_name(directories));
    if (!value || value->kind == VALUE_NULL)
        return NULL;
    if (!text || !*text)
        return problem_format(file, value->line, NULL, "directories.%s must be a path", key);
    free(*path);
    *path = relative_to(reader->directory, text);
    if (!strcmp(key, "src") && walk_is_same(*path, reader->directory))
        return problem_format(
            file, value->line, NULL,
            "directories.src must not be the project directory itself: the modules in it would be loaded twice");
    return NULL;
}

static int use_document(const struct reader *reader, const struct value *document, char **problem)
{
    struct lockfile *lockfile = reader->lockfile;
    char *modules = relative_to(reader->directory, ".wippy");
    if (document->kind != VALUE_MAP && document->kind != VALUE_NULL)
        *problem =
            problem_format(lockfile->file, document->line, NULL, "must be a map, not %s", value_kind_name(document));
    if (!*problem)
        *problem = read_directory(reader, document, "src", &lockfile->source);
    if (!*problem)
        *problem = read_directory(reader, document, "modules", &modules);
    free(lockfile->vendor);
    lockfile->vendor = text_format("%s/vendor", modules);
    free(modules);
    if (*problem)
        return -1;
    read_modules(reader, document);
    read_replacements(reader, document);
    read_options(reader, document);
    return 0;
}

static int use_text(const struct reader *reader, const struct text *content, char **problem)
{
    struct yaml_error error;
    struct value *document = yaml_parse(text_string(content), content->length, NULL, &error);
    if (!document) {
        *problem = problem_format(reader->lockfile->file, error.line, NULL, "%s", error.message);
        return -1;
    }
    int result = use_document(reader, document, problem);
    value_free(document);
    return result;
}

/* Tries the files until one is there: that is the lock file. A negative errno if none is. */
static int read_first(struct lockfile *lockfile, const char *directory, const char *const *names, size_t count,
                      struct text *content)
{
    int result = -ENOENT;
    for (size_t i = 0; i < count && result == -ENOENT; i++) {
        char *path = relative_to(directory, names[i]);
        result = walk_read_path(path, content);
        if (result != -ENOENT)
            lockfile->file = path;
        else
            free(path);
    }
    return result;
}

static int read_names(struct lockfile *lockfile, const char *directory, const char *const *names, size_t count,
                      struct problems *problems, char **problem)
{
    const struct reader reader = {.lockfile = lockfile, .directory = directory, .problems = problems};
    struct text content = {0};
    *lockfile =
        (struct lockfile){.source = relative_to(directory, "src"), .vendor = relative_to(directory, ".wippy/vendor")};
    *problem = NULL;
    int result = read_first(lockfile, directory, names, count, &content);
    if (!result) {
        result = use_text(&reader, &content, problem);
    } else if (result != -ENOENT) {
        *problem = problem_format(lockfile->file, 0, NULL, "cannot be read: %s", walk_explain(result));
        result = -1;
    }
    text_free(&content);
    return result;
}

int lockfile_read(struct lockfile *lockfile, const char *directory, struct problems *problems, char **problem)
{
    static const char *const names[] = {"moonlet.lock", "wippy.lock"};
    int result = read_names(lockfile, directory, names, 2, problems, problem);
    return result == -ENOENT ? 0 : result;
}

int lockfile_read_file(struct lockfile *lockfile, const char *file, struct problems *problems, char **problem)
{
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
    char *directory = !slash          ? alloc_string(".")
                      : slash == file ? alloc_string("/")
                                      : alloc_copy(file, (size_t)(slash - file));
    int result = read_names(lockfile, directory, &name, 1, problems, problem);
    if (result == -ENOENT)
        *problem = text_format("the lock file %s cannot be read: %s", file, strerror(ENOENT));
    free(directory);
    return result ? -1 : 0;
}

void lockfile_free(struct lockfile *lockfile)
{
    for (size_t i = 0; i < lockfile->module_count; i++) {
        free(lockfile->modules[i].name);
        free(lockfile->modules[i].version);
    }
    for (size_t i = 0; i < lockfile->replacement_count; i++) {
        free(lockfile->replacements[i].from);
        free(lockfile->replacements[i].to);
    }
    free(lockfile->modules);
    free(lockfile->replacements);
    free(lockfile->source);
    free(lockfile->vendor);
    free(lockfile->file);
    *lockfile = (struct lockfile){0};
}
