/* SPDX-License-Identifier: MIT */
/* requirement: see the header. */
#include "host/requirement.h"

#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/entry.h"
#include "host/field.h"
#include "host/module.h"
#include "host/problem.h"
#include "host/text.h"
#include "host/value.h"

/* A parameter of a dependency. */
struct parameter {
    const struct entry *dependency;
    const char *name;
    const struct value *value;
    bool is_used;
};

struct resolver {
    struct injections *out;
    const struct entries *entries;
    struct problems *problems;
    bool strict;
    struct parameter *parameters;
    size_t count, capacity;
};

static void complain(const struct resolver *resolver, enum log_level level, const struct entry *entry,
                     const struct value *value, const char *what)
{
    problem_add(resolver->problems, level, entry->file, value && value->line ? value->line : entry->line, entry->id,
                "%s", what);
}

static void collect_parameters(struct resolver *resolver, const struct entry *dependency)
{
    const struct value *list = value_get(dependency->data, "parameters");
    if (list && list->kind != VALUE_LIST && list->kind != VALUE_NULL)
        complain(resolver, LOG_ERROR, dependency, list, "parameters must be a list of {name, value}");
    for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->list.count; i++) {
        const struct value *item = list->list.items[i], *value = value_get(item, "value");
        const char *name = value_get_string(item, "name");
        if (!name || !*name || !value) {
            complain(resolver, LOG_ERROR, dependency, item, "a parameter needs a name and a value");
            continue;
        }
        resolver->parameters =
            alloc_grow(resolver->parameters, resolver->count, &resolver->capacity, sizeof *resolver->parameters);
        resolver->parameters[resolver->count++] =
            (struct parameter){.dependency = dependency, .name = name, .value = value};
    }
}

/* "acme/jobs" as the namespace acme.jobs; the caller frees it. */
static char *namespace_of(const char *component)
{
    char *namespace = alloc_string(component);
    for (char *slash = namespace; (slash = strchr(slash, '/'));)
        *slash = '.';
    return namespace;
}

static bool is_in_namespace(const struct entry *entry, const char *namespace)
{
    return strlen(namespace) == entry->namespace_length && !strncmp(entry->id, namespace, entry->namespace_length);
}

/* Is the requirement one of the component that the dependency names? */
static bool is_of_component(const struct entry *requirement, const struct entry *dependency)
{
    const char *component = value_get_string(dependency->data, "component");
    const char *module = value_get_string(requirement->meta, "module");
    if (!component)
        return false;
    if (module && !strcmp(module, component))
        return true;
    char *namespace = namespace_of(component);
    bool is = is_in_namespace(requirement, namespace);
    free(namespace);
    return is;
}

static bool matches(const struct parameter *parameter, const struct entry *requirement)
{
    if (strchr(parameter->name, ':'))
        return !strcmp(parameter->name, requirement->id);
    return !strcmp(parameter->name, entry_name(requirement)) && is_of_component(requirement, parameter->dependency);
}

static void complain_conflict(const struct resolver *resolver, const struct entry *requirement,
                              const struct parameter *a, const struct parameter *b)
{
    char *text = text_format("%s and %s give it different values", a->dependency->id, b->dependency->id);
    complain(resolver, LOG_ERROR, requirement, NULL, text);
    free(text);
}

/* The value of the parameters that match, the application's first; NULL: none does. */
static const struct value *find_parameter(struct resolver *resolver, const struct entry *requirement)
{
    const struct parameter *found = NULL;
    bool has_conflict = false;
    for (size_t i = 0; i < resolver->count; i++) {
        struct parameter *parameter = &resolver->parameters[i];
        if (!matches(parameter, requirement))
            continue;
        parameter->is_used = true;
        bool is_root = !parameter->dependency->module, was_root = found && !found->dependency->module;
        if (!found || (is_root && !was_root))
            found = parameter;
        else if (is_root == was_root && !has_conflict && !value_is_equal(found->value, parameter->value)) {
            has_conflict = true;
            complain_conflict(resolver, requirement, found, parameter);
        }
    }
    return found ? found->value : NULL;
}

static void add_injection(struct resolver *resolver, const struct entry *requirement, const struct value *target,
                          const struct value *value)
{
    const char *entry = value_get_string(target, "entry"), *path = value_get_string(target, "path");
    if (!entry || !path || !*path || !strcmp(path, ".") || !strcmp(path, ".+=")) {
        complain(resolver, LOG_ERROR, requirement, target, "a target needs an entry and a path like .meta.x");
        return;
    }
    const struct entry *found = entries_resolve(resolver->entries, requirement, entry);
    if (!found) {
        char *text = text_format("its target %s does not exist", entry);
        complain(resolver, LOG_WARN, requirement, target, text);
        free(text);
        return;
    }
    struct injections *out = resolver->out;
    path += *path == '.';
    size_t length = strlen(path);
    bool appends = length > 2 && !strcmp(path + length - 2, "+=");
    out->items = alloc_grow(out->items, out->count, &out->capacity, sizeof *out->items);
    out->items[out->count++] = (struct injection){
        .requirement = requirement,
        .target = entries_index(resolver->entries, found),
        .path = alloc_copy(path, length - (appends ? 2 : 0)),
        .appends = appends,
        .value = value_copy(value),
    };
}

static void resolve(struct resolver *resolver, const struct entry *requirement)
{
    const struct value *targets = value_get(requirement->data, "targets");
    const struct value *value = find_parameter(resolver, requirement);
    const struct value *standard = value_get(requirement->data, "default");
    if (!value && standard && standard->kind != VALUE_NULL)
        value = standard;
    if (!targets || targets->kind != VALUE_LIST || !targets->list.count) {
        complain(resolver, LOG_ERROR, requirement, targets, "it has no targets: a list of {entry, path}");
        return;
    }
    if (!value) {
        complain(resolver, resolver->strict ? LOG_ERROR : LOG_WARN, requirement, NULL,
                 "it has no default, and no ns.dependency has a parameter for it");
        return;
    }
    for (size_t i = 0; i < targets->list.count; i++)
        add_injection(resolver, requirement, targets->list.items[i], value);
}

/* A parameter that nothing asked for is a slip, as long as its component is there at all. */
static void report_unused(const struct resolver *resolver)
{
    for (size_t i = 0; i < resolver->count; i++) {
        const struct parameter *parameter = &resolver->parameters[i];
        bool is_there = strchr(parameter->name, ':');
        for (size_t j = 0; !is_there && j < resolver->entries->count; j++)
            is_there = is_of_component(resolver->entries->items[j], parameter->dependency);
        if (parameter->is_used || !is_there)
            continue;
        char *text = text_format("its parameter %s is for no ns.requirement", parameter->name);
        complain(resolver, LOG_WARN, parameter->dependency, parameter->value, text);
        free(text);
    }
}

void requirements_resolve(struct injections *injections, const struct entries *entries, bool strict,
                          struct problems *problems)
{
    struct resolver resolver = {.out = injections, .entries = entries, .problems = problems, .strict = strict};
    *injections = (struct injections){0};
    for (size_t i = 0; i < entries->count; i++)
        if (entry_is_kind(entries->items[i], "ns.dependency"))
            collect_parameters(&resolver, entries->items[i]);
    for (size_t i = 0; i < entries->count; i++)
        if (entry_is_kind(entries->items[i], "ns.requirement"))
            resolve(&resolver, entries->items[i]);
    report_unused(&resolver);
    free(resolver.parameters);
}

void injections_apply(const struct injections *injections, struct entries *entries, struct problems *problems)
{
    for (size_t i = 0; i < injections->count; i++) {
        const struct injection *item = &injections->items[i];
        struct entry *target = entries->items[item->target];
        char *problem = item->appends ? field_append(target, item->path, value_copy(item->value))
                                      : field_set(target, item->path, value_copy(item->value));
        if (problem)
            problem_add(problems, LOG_ERROR, item->requirement->file, item->requirement->line, item->requirement->id,
                        "%s cannot be put into %s: %s", item->path, target->id, problem);
        free(problem);
    }
}

void injections_free(struct injections *injections)
{
    for (size_t i = 0; i < injections->count; i++) {
        free(injections->items[i].path);
        value_free(injections->items[i].value);
    }
    free(injections->items);
    *injections = (struct injections){0};
}

/* Is the namespace that of the component, or below it? */
static bool is_below(const struct entry *entry, const char *namespace)
{
    size_t length = strlen(namespace);
    return entry->namespace_length >= length && !strncmp(entry->id, namespace, length) &&
           (entry->namespace_length == length || entry->id[length] == '.');
}

void requirements_check_components(const struct entries *entries, const struct modules *modules,
                                   struct problems *problems)
{
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *dependency = entries->items[i];
        const char *component = value_get_string(dependency->data, "component");
        if (!entry_is_kind(dependency, "ns.dependency") || (component && modules_get(modules, component)))
            continue;
        if (!component || !*component) {
            problem_add(problems, LOG_WARN, dependency->file, dependency->line, dependency->id,
                        "it has no component (ORG/MODULE)");
            continue;
        }
        char *namespace = namespace_of(component);
        bool found = false;
        for (size_t j = 0; !found && j < entries->count; j++)
            found = is_of_component(entries->items[j], dependency) || is_below(entries->items[j], namespace);
        if (!found)
            problem_add(problems, LOG_WARN, dependency->file, dependency->line, dependency->id,
                        "component %s is not installed", component);
        free(namespace);
    }
}
