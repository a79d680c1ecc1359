/* SPDX-License-Identifier: MIT */
/* configuration: see the header. Profiles are profile.c's, replacing is interpolate.c's. */
#include "host/configuration.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/interpolate.h"
#include "host/profile.h"
#include "host/scalar.h"
#include "host/text.h"
#include "host/value.h"
#include "host/walk.h"
#include "host/yaml.h"

struct loader {
    struct configuration *configuration;
    struct problems *problems;
};

/* Takes the name; returns its number. */
static unsigned char add_source(struct configuration *configuration, char *name)
{
    configuration->sources = alloc_grow(configuration->sources, configuration->source_count,
                                        &configuration->source_capacity, sizeof(char *));
    configuration->sources[configuration->source_count++] = name;
    return (unsigned char)configuration->source_count;
}

static void mark_source(struct value *value, unsigned char source)
{
    value->source = source;
    if (value->kind == VALUE_LIST)
        for (size_t i = 0; i < value->list.count; i++)
            mark_source(value->list.items[i], source);
    else if (value->kind == VALUE_MAP)
        for (size_t i = 0; i < value->map.count; i++)
            mark_source(value->map.pairs[i].value, source);
}

static void report_parse(struct loader *loader, const char *file, const struct yaml_error *error)
{
    if (error->line)
        problem_add(loader->problems, LOG_ERROR, file, error->line, NULL, "column %u: %s", error->column,
                    error->message);
    else
        problem_add(loader->problems, LOG_ERROR, file, 0, NULL, "%s", error->message);
}

/* The tree of a text, a map; NULL: it is none, which is reported. */
static struct value *parse(struct loader *loader, const char *file, const char *text, size_t length)
{
    struct yaml_error error;
    bool more;
    struct value *document = yaml_parse(text, length, &more, &error);
    if (!document) {
        report_parse(loader, file, &error);
        return NULL;
    }
    if (more)
        problem_add(loader->problems, LOG_ERROR, file, 0, NULL, "holds more than one YAML document");
    if (document->kind == VALUE_MAP)
        return document;
    if (document->kind != VALUE_NULL)
        problem_add(loader->problems, LOG_ERROR, file, document->line, NULL, "must be a map, not %s",
                    value_kind_name(document));
    value_free(document);
    return NULL;
}

/* Lays one file upon the tree. False: it is not there; anything else that is wrong is reported. */
static bool add_file(struct loader *loader, const char *file)
{
    struct text content = {0};
    int result = walk_read_path(file, &content);
    if (result && result != -ENOENT)
        problem_add(loader->problems, LOG_ERROR, file, 0, NULL, "cannot be read: %s", walk_explain(result));
    else if (!result)
        configuration_add(loader->configuration, file, text_string(&content), content.length, loader->problems);
    text_free(&content);
    return result != -ENOENT;
}

static char *directory_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? alloc_copy(file, slash == file ? 1 : (size_t)(slash - file)) : alloc_string(".");
}

static void add_files(struct loader *loader, const struct configuration_request *request)
{
    static const char *const names[] = {".moonlet.yaml", ".wippy.yaml"};
    for (size_t i = 0; i < request->file_count; i++)
        if (!add_file(loader, request->files[i]))
            problem_add(loader->problems, LOG_ERROR, NULL, 0, NULL, "--config %s: there is no such file",
                        request->files[i]);
    for (size_t i = 0; !request->file_count && i < sizeof names / sizeof names[0]; i++)
        if (add_file(loader, names[i]))
            break;
    free(loader->configuration->directory);
    loader->configuration->directory = request->file_count ? directory_of(request->files[0]) : alloc_string(".");
}

/* --set section.path=value */
static void add_set(struct loader *loader, const char *text)
{
    const char *equals = strchr(text, '='), *last;
    if (!equals || equals == text) {
        problem_add(loader->problems, LOG_ERROR, NULL, 0, NULL, "--set %s: must be SECTION.KEY=VALUE", text);
        return;
    }
    char *path = alloc_copy(text, (size_t)(equals - text));
    struct value *map = value_open_path(loader->configuration->root, path, &last);
    if (map) {
        struct value *value = scalar_coerce(equals + 1, strlen(equals + 1));
        value->source = add_source(loader->configuration, text_format("--set %s", text));
        value_set(map, last, value, 0);
    } else if (*last && *last != '.') {
        problem_add(loader->problems, LOG_ERROR, NULL, 0, NULL, "--set %s: %.*s is no section", text,
                    (int)(last - path) - 1, path);
    } else {
        problem_add(loader->problems, LOG_ERROR, NULL, 0, NULL, "--set %s: the path has an empty step", text);
    }
    free(path);
}

static bool has_room(struct loader *loader, const struct configuration_request *request)
{
    if (request->file_count + request->set_count + 1 <= CONFIGURATION_MAX_SOURCES)
        return true;
    problem_add(loader->problems, LOG_ERROR, NULL, 0, NULL, "more than %d times --config and --set",
                CONFIGURATION_MAX_SOURCES - 1);
    return false;
}

void configuration_load(struct configuration *configuration, const struct configuration_request *request,
                        struct problems *problems)
{
    struct loader loader = {.configuration = configuration, .problems = problems};
    configuration_init(configuration);
    if (!has_room(&loader, request))
        return;
    add_files(&loader, request);
    configuration_finish(configuration, request, problems);
}

void configuration_init(struct configuration *configuration)
{
    *configuration = (struct configuration){.root = value_new(VALUE_MAP, 0), .directory = alloc_string(".")};
}

void configuration_add(struct configuration *configuration, const char *name, const char *text, size_t length,
                       struct problems *problems)
{
    struct loader loader = {.configuration = configuration, .problems = problems};
    struct value *document = parse(&loader, name, text, length);
    if (!document)
        return;
    mark_source(document, add_source(configuration, alloc_string(name)));
    value_merge_over(configuration->root, document);
    value_free(document);
}

void configuration_finish(struct configuration *configuration, const struct configuration_request *request,
                          struct problems *problems)
{
    struct loader loader = {.configuration = configuration, .problems = problems};
    profile_apply_all(configuration, request->profiles, request->profile_count, problems);
    for (size_t i = 0; i < request->set_count; i++)
        add_set(&loader, request->sets[i]);
    interpolate(configuration, problems);
}

void configuration_free(struct configuration *configuration)
{
    value_free(configuration->root);
    for (size_t i = 0; i < configuration->source_count; i++)
        free(configuration->sources[i]);
    free(configuration->sources);
    free(configuration->directory);
    *configuration = (struct configuration){0};
}

const char *configuration_source(const struct configuration *configuration, const struct value *value)
{
    return value->source ? configuration->sources[value->source - 1] : NULL;
}

void configuration_complain(const struct configuration *configuration, struct problems *problems,
                            const struct value *value, const char *fmt, ...)
{
    struct text text = {0};
    va_list args;
    va_start(args, fmt);
    text_vprintf(&text, fmt, args);
    va_end(args);
    problem_add(problems, LOG_ERROR, configuration_source(configuration, value), value->line, NULL, "%s",
                text_string(&text));
    text_free(&text);
}
