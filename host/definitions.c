/* SPDX-License-Identifier: MIT */
/* definitions: see the header. Values move from the file's tree into the entries, so each is copied at most once (file meta). */
#include "host/definitions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/entry.h"
#include "host/link.h"
#include "host/module.h"
#include "host/problem.h"
#include "host/text.h"
#include "host/value.h"
#include "host/walk.h"
#include "host/yaml.h"

struct loader {
    const struct walk *walk;
    struct entries *entries;
    struct problems *problems;
    const struct module *module; /* NULL: the application's own sources */
    const char *path;            /* of the file in the walk */
    char *label;                 /* of the file in messages */
};

/* Removes the keys that are not payload; a key `data` is the payload alone. Takes `item`, returns the payload. */
static struct value *take_payload(struct value *item)
{
    struct value *data = value_remove(item, "data");
    if (!data)
        return item;
    value_free(item);
    return data;
}

/* The own meta of an entry with the file's below it; NULL: it is no map. */
static struct value *take_meta(struct value *item, const struct value *file_meta)
{
    struct value *meta = value_remove(item, "meta");
    if (meta && meta->kind == VALUE_NULL) {
        value_free(meta);
        meta = NULL;
    }
    if (meta && meta->kind != VALUE_MAP) {
        value_free(meta);
        return NULL;
    }
    if (!meta)
        meta = value_new(VALUE_MAP, item->line);
    if (file_meta)
        value_merge_below(meta, file_meta);
    return meta;
}

/* Reads the file:// values of the entry and puts it into the table; takes it. */
static void add_entry(struct loader *loader, struct entry *entry)
{
    char *problem;
    unsigned line;
    const struct entry *other = entries_find(loader->entries, entry->id);
    if (other) {
        problem_add(loader->problems, LOG_WARN, loader->label, entry->line, entry->id,
                    "defined a second time (first in %s:%u); this one is ignored", other->file, other->line);
    } else if (link_expand(loader->walk, loader->path, entry->data, &problem, &line) ||
               link_expand(loader->walk, loader->path, entry->meta, &problem, &line)) {
        problem_add(loader->problems, LOG_ERROR, loader->label, line, entry->id, "%s", problem);
        free(problem);
    } else if (entries_add(loader->entries, entry)) {
        return;
    }
    entry_free(entry);
}

static const char *missing(const struct value *item, const char *field)
{
    const struct value *value = value_get(item, field);
    bool is_other = value && value->kind != VALUE_NULL && value->kind != VALUE_STRING;
    if (*field == 'n')
        return is_other ? "has a name that is no text (put it in quotes)" : "has no name";
    return is_other ? "has a kind that is no text" : "has no kind";
}

/* One item of `entries:`, or a whole file in the single form; taken. */
static void load_entry(struct loader *loader, const char *namespace, const struct value *file_meta, struct value *item)
{
    unsigned line = item->line;
    const char *name = value_get_string(item, "name"), *kind = value_get_string(item, "kind");
    const char *wrong = item->kind != VALUE_MAP ? "is no map"
                        : !name                 ? missing(item, "name")
                        : !kind || !*kind       ? missing(item, "kind")
                                                : NULL;
    if (wrong) {
        problem_add(loader->problems, LOG_WARN, loader->label, line, NULL,
                    "an entry of namespace %s%s%s%s %s; it is ignored", namespace, name ? " (" : "", name ? name : "",
                    name ? ")" : "", wrong);
        goto ignore;
    }
    wrong = entry_id_problem(namespace, name);
    if (wrong) {
        problem_add(loader->problems, LOG_WARN, loader->label, line, NULL, "entry %s:%s: %s; it is ignored", namespace,
                    name, wrong);
        goto ignore;
    }
    struct value *meta = take_meta(item, file_meta);
    if (!meta) {
        problem_add(loader->problems, LOG_WARN, loader->label, line, NULL, "entry %s:%s: meta is no map; it is ignored",
                    namespace, name);
        goto ignore;
    }
    struct value *name_value = value_remove(item, "name"), *kind_value = value_remove(item, "kind");
    struct entry *entry = entry_new(namespace, name_value->string.data, alloc_string(kind_value->string.data), meta,
                                    take_payload(item), loader->label, line);
    value_free(name_value);
    value_free(kind_value);
    if (loader->module)
        entry_set_module(entry, loader->module->name, loader->module->directory);
    add_entry(loader, entry);
    return;
ignore:
    value_free(item);
}

static void load_list(struct loader *loader, const char *namespace, const struct value *file_meta, struct value *list)
{
    for (size_t i = 0; i < list->list.count; i++)
        load_entry(loader, namespace, file_meta, list->list.items[i]);
    list->list.count = 0;
}

/* Takes the tree of a file that parsed. */
static void load_document(struct loader *loader, struct value *document)
{
    struct value *namespace = value_remove(document, "namespace");
    if (!value_string(namespace)) {
        if (namespace && namespace->kind != VALUE_NULL && value_get(document, "entries"))
            problem_add(loader->problems, LOG_WARN, loader->label, namespace->line, NULL,
                        "namespace must be a text, not %s; the file is ignored", value_kind_name(namespace));
        value_free(namespace);
        value_free(document);
        return;
    }
    struct value *list = value_get(document, "entries"), *meta = value_get(document, "meta");
    if (list && list->kind == VALUE_LIST) {
        if (meta && meta->kind != VALUE_MAP && meta->kind != VALUE_NULL)
            problem_add(loader->problems, LOG_WARN, loader->label, meta->line, NULL,
                        "meta of the file is no map; it is ignored");
        load_list(loader, namespace->string.data, meta && meta->kind == VALUE_MAP ? meta : NULL, list);
    } else if (list && list->kind != VALUE_NULL) {
        problem_add(loader->problems, LOG_WARN, loader->label, list->line, NULL,
                    "entries is %s, not a list; the file is ignored", value_kind_name(list));
    } else if (value_get(document, "name") && value_get(document, "kind")) {
        value_free(value_remove(document, "version"));
        load_entry(loader, namespace->string.data, NULL, document);
        document = NULL;
    }
    value_free(document);
    value_free(namespace);
}

static void report_parse(struct loader *loader, const struct yaml_error *error)
{
    if (error->line)
        problem_add(loader->problems, LOG_ERROR, loader->label, error->line, NULL, "column %u: %s; the file is ignored",
                    error->column, error->message);
    else
        problem_add(loader->problems, LOG_ERROR, loader->label, 0, NULL, "%s; the file is ignored", error->message);
}

static bool is_json(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && !strcmp(dot, ".json");
}

static void load_file(struct loader *loader)
{
    struct text content = {0};
    struct yaml_error error;
    bool more = false;
    int result = walk_read(loader->walk, loader->path, &content);
    if (result) {
        problem_add(loader->problems, LOG_ERROR, loader->label, 0, NULL, "cannot be read: %s", walk_explain(result));
        goto out;
    }
    struct value *document = is_json(loader->path)
                                 ? yaml_parse_json(text_string(&content), content.length, &more, &error)
                                 : yaml_parse(text_string(&content), content.length, &more, &error);
    if (!document) {
        report_parse(loader, &error);
        goto out;
    }
    if (more && value_get_string(document, "namespace"))
        problem_add(loader->problems, LOG_WARN, loader->label, 0, NULL,
                    "holds more than one YAML document; only the first is read");
    load_document(loader, document);
out:
    text_free(&content);
}

static void report_misses(const struct walk *walk, const struct module *module, struct problems *problems)
{
    for (size_t i = 0; i < walk->miss_count; i++) {
        if (module && module_excludes(module, walk->misses[i].path))
            continue;
        char *label = walk_label(walk, walk->misses[i].path);
        problem_add(problems, LOG_ERROR, label, 0, NULL, "cannot be read: %s", walk_explain(walk->misses[i].error));
        free(label);
    }
}

static int load(struct entries *entries, const char *root, const struct module *module, const char *skip,
                struct problems *problems)
{
    struct walk walk;
    int result = walk_open(&walk, root, skip);
    report_misses(&walk, module, problems);
    for (size_t i = 0; !result && i < walk.count; i++) {
        if (module && module_excludes(module, walk.paths[i]))
            continue;
        struct loader loader = {
            .walk = &walk,
            .entries = entries,
            .problems = problems,
            .module = module,
            .path = walk.paths[i],
            .label = walk_label(&walk, walk.paths[i]),
        };
        load_file(&loader);
        free(loader.label);
    }
    walk_close(&walk);
    return result;
}

int definitions_load(struct entries *entries, const char *root, const char *skip, struct problems *problems)
{
    return load(entries, root, NULL, skip, problems);
}

int definitions_load_module(struct entries *entries, const struct module *module, const char *skip,
                            struct problems *problems)
{
    /* a module under development is a project of its own, with modules that are not ours */
    char *names = text_format(".wippy,%s", skip ? skip : "");
    int result = load(entries, module->directory, module, names, problems);
    free(names);
    return result;
}
