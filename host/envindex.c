/* SPDX-License-Identifier: MIT */
/* envindex: see the header. */
#include "host/envindex.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/entry.h"
#include "host/envfields.h"
#include "host/problem.h"
#include "host/text.h"
#include "host/value.h"

const char *envindex_shown_name(const struct variable *variable)
{
    return variable->name ? variable->name : variable->id;
}

const char *envindex_stored_name(const struct variable *variable)
{
    return variable->name ? variable->name : strchr(variable->id, ':') + 1;
}

/* ---- making it ---- */

static const struct variable *find_name(const struct envindex *index, const char *name)
{
    size_t low = 0, high = index->name_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, index->by_name[middle]->name);
        if (!order)
            return index->by_name[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static const struct variable *find_id(const struct envindex *index, const char *id)
{
    size_t low = 0, high = index->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(id, index->variables[middle].id);
        if (!order)
            return &index->variables[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* Is the public name, if there is one, of the allowed form? */
static bool check_name(const struct entry *entry, struct problems *problems)
{
    const struct value *value = value_get(entry->data, "variable");
    const char *name = value_string(value);
    if (!value || value->kind == VALUE_NULL)
        return true;
    size_t length = 0;
    while (name && (isalnum((unsigned char)name[length]) || name[length] == '_'))
        length++;
    if (name && length && length == value->string.length && length <= ENVINDEX_NAME_MAX)
        return true;
    problem_add(problems, LOG_ERROR, entry->file, value->line, entry->id,
                "variable must be a name of letters, digits and _; the variable is left out");
    return false;
}

static struct envstore *find_store(struct envstore *const *stores, const struct entries *entries,
                                   const struct entry *entry, struct problems *problems)
{
    const struct value *value = value_get(entry->data, "storage");
    const char *id = value_string(value);
    const struct entry *target = id ? entries_resolve(entries, entry, id) : NULL;
    struct envstore *store = target ? stores[entries_index(entries, target)] : NULL;
    if (store)
        return store;
    if (!value || value->kind == VALUE_NULL)
        problem_add(problems, LOG_WARN, entry->file, entry->line, entry->id,
                    "storage is missing; the variable has only its default");
    else
        problem_add(problems, LOG_ERROR, entry->file, value->line, entry->id,
                    "storage: %s is no env.storage; the variable has only its default",
                    id ? id : value_kind_name(value));
    return NULL;
}

static char *read_default(const struct entry *entry, struct problems *problems)
{
    const struct value *value = value_get(entry->data, "default");
    struct text text = {0};
    if (value && !envfields_text(value, &text))
        problem_add(problems, LOG_WARN, entry->file, value->line, entry->id,
                    "default must be a text, number or boolean, not %s; it is ignored", value_kind_name(value));
    char *string = text.length ? alloc_copy(text.data, text.length) : NULL;
    text_free(&text);
    return string;
}

static void add_variable(struct envindex *index, const struct entries *entries, struct envstore *const *stores,
                         const struct entry *entry, struct problems *problems)
{
    if (!check_name(entry, problems))
        return;
    const char *name = value_get_string(entry->data, "variable");
    index->variables = alloc_grow(index->variables, index->count, &index->capacity, sizeof *index->variables);
    index->variables[index->count++] = (struct variable){
        .id = alloc_string(entry->id),
        .name = name ? alloc_string(name) : NULL,
        .store = find_store(stores, entries, entry, problems),
        .fallback = read_default(entry, problems),
        .is_readonly = envfields_bool(entry, "readonly", problems) || envfields_bool(entry, "read_only", problems),
    };
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(((const struct variable *)a)->id, ((const struct variable *)b)->id);
}

/* Equal names in order of ids, so that which one keeps its name does not depend on files. */
static int compare_names(const void *a, const void *b)
{
    const struct variable *left = *(struct variable *const *)a, *right = *(struct variable *const *)b;
    int order = strcmp(left->name, right->name);
    return order ? order : strcmp(left->id, right->id);
}

/* Sorts; of two variables with one public name the second keeps only its id. */
static void index_variables(struct envindex *index, const struct entries *entries, struct problems *problems)
{
    if (!index->count)
        return;
    qsort(index->variables, index->count, sizeof *index->variables, compare_ids);
    index->by_name = alloc_zeroed(index->count * sizeof *index->by_name);
    size_t total = 0;
    for (size_t i = 0; i < index->count; i++)
        if (index->variables[i].name)
            index->by_name[total++] = &index->variables[i];
    qsort(index->by_name, total, sizeof *index->by_name, compare_names);
    for (size_t i = 0; i < total; i++) {
        struct variable *variable = index->by_name[i];
        const struct variable *last = index->name_count ? index->by_name[index->name_count - 1] : NULL;
        if (!last || strcmp(last->name, variable->name) != 0) {
            index->by_name[index->name_count++] = variable;
            continue;
        }
        const struct entry *entry = entries_find(entries, variable->id);
        problem_add(problems, LOG_ERROR, entry->file, entry->line, entry->id,
                    "variable %s is the name of %s already; this one can only be used by its id", variable->name,
                    last->id);
        free(variable->name);
        variable->name = NULL;
    }
}

/* Copies the key with a prefix into a buffer of ENVINDEX_NAME_MAX + 1; false: too long for any id. */
static bool copy_key(char *to, const char *prefix, size_t prefix_length, const char *text, size_t length)
{
    if (prefix_length + length > ENVINDEX_NAME_MAX || memchr(text, '\0', length))
        return false;
    memcpy(to, prefix, prefix_length);
    memcpy(to + prefix_length, text, length);
    to[prefix_length + length] = '\0';
    return true;
}

const struct variable *envindex_resolve(const struct envindex *index, const char *caller, const char *text,
                                        size_t length)
{
    char key[ENVINDEX_NAME_MAX + 1];
    const char *colon = strchr(caller, ':');
    const struct variable *variable = NULL;
    if (copy_key(key, "", 0, text, length)) {
        variable = find_name(index, key);
        if (!variable && memchr(text, ':', length))
            variable = find_id(index, key);
    }
    if (!variable && colon && copy_key(key, caller, (size_t)(colon - caller) + 1, text, length))
        variable = find_id(index, key);
    return variable;
}

void envindex_init(struct envindex *index, const struct entries *entries, struct envstore *const *stores,
                   struct problems *problems)
{
    *index = (struct envindex){0};
    for (size_t i = 0; i < entries->count; i++)
        if (entry_is_kind(entries->items[i], "env.variable"))
            add_variable(index, entries, stores, entries->items[i], problems);
    index_variables(index, entries, problems);
}

void envindex_destroy(struct envindex *index)
{
    for (size_t i = 0; i < index->count; i++) {
        free(index->variables[i].id);
        free(index->variables[i].name);
        free(index->variables[i].fallback);
    }
    free(index->variables);
    free(index->by_name);
}
