/* SPDX-License-Identifier: MIT */
/* disable: see the header. */
#include "host/disable.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/configuration.h"
#include "host/entry.h"
#include "host/glob.h"
#include "host/problem.h"
#include "host/value.h"

struct rules {
    const struct value *namespaces, *entries, *meta; /* NULL: none */
    struct entries *disabled;
};

static bool is_in_namespace(const struct value *patterns, const struct entry *entry)
{
    bool found = false;
    char *namespace = alloc_copy(entry->id, entry->namespace_length);
    for (size_t i = 0; patterns && !found && i < patterns->list.count; i++)
        found = glob_match(value_string(patterns->list.items[i]), namespace, '.');
    free(namespace);
    return found;
}

static bool is_listed(const struct value *patterns, const struct entry *entry)
{
    for (size_t i = 0; patterns && i < patterns->list.count; i++)
        if (glob_match_id(value_string(patterns->list.items[i]), entry->id))
            return true;
    return false;
}

/* Equal, or an item of the list that the entry has there. */
static bool holds(const struct value *found, const struct value *wanted)
{
    if (!found)
        return false;
    for (size_t i = 0; found->kind == VALUE_LIST && i < found->list.count; i++)
        if (value_is_equal(found->list.items[i], wanted))
            return true;
    return value_is_equal(found, wanted);
}

/* A list of wanted values: the entry must have all of them. */
static bool fulfils(const struct value *found, const struct value *wanted)
{
    if (wanted->kind != VALUE_LIST)
        return holds(found, wanted);
    bool all = true;
    for (size_t i = 0; all && i < wanted->list.count; i++)
        all = holds(found, wanted->list.items[i]);
    return all;
}

static bool has_meta(const struct value *wanted, const struct entry *entry)
{
    if (!wanted || !wanted->map.count)
        return false;
    for (size_t i = 0; i < wanted->map.count; i++)
        if (!fulfils(value_path(entry->meta, wanted->map.pairs[i].key), wanted->map.pairs[i].value))
            return false;
    return true;
}

static bool is_disabled(void *ctx, const struct entry *entry)
{
    const struct rules *rules = ctx;
    return is_in_namespace(rules->namespaces, entry) || is_listed(rules->entries, entry) ||
           has_meta(rules->meta, entry);
}

static void take(void *ctx, struct entry *entry)
{
    const struct rules *rules = ctx;
    if (!entries_add(rules->disabled, entry))
        entry_free(entry);
}

/* The list of patterns under a key; NULL: there is none, or it is wrong, which is reported. */
static const struct value *read_patterns(const struct configuration *configuration, const struct value *section,
                                         const char *key, bool are_ids, struct problems *problems)
{
    const struct value *list = value_get(section, key);
    if (!list || list->kind == VALUE_NULL)
        return NULL;
    if (list->kind != VALUE_LIST) {
        configuration_complain(configuration, problems, list, "disable.%s must be a list of patterns, not %s", key,
                               value_kind_name(list));
        return NULL;
    }
    bool ok = true;
    for (size_t i = 0; i < list->list.count; i++) {
        const char *pattern = value_string(list->list.items[i]);
        bool fits = pattern && *pattern && (strchr(pattern, ':') != NULL) == are_ids;
        if (!fits)
            configuration_complain(configuration, problems, list->list.items[i],
                                   are_ids ? "disable.%s: %s is no pattern of ids like \"app:*_dev\""
                                           : "disable.%s: %s is no pattern of namespaces like \"legacy.**\"",
                                   key, pattern ? pattern : value_kind_name(list->list.items[i]));
        ok = ok && fits;
    }
    return ok ? list : NULL;
}

void disable_apply(const struct configuration *configuration, struct entries *entries, struct entries *disabled,
                   struct problems *problems)
{
    const struct value *section = value_get(configuration->root, "disable"), *meta = value_get(section, "meta");
    if (!section || section->kind == VALUE_NULL)
        return;
    if (section->kind != VALUE_MAP)
        configuration_complain(configuration, problems, section, "disable must be a map, not %s",
                               value_kind_name(section));
    if (meta && meta->kind != VALUE_MAP && meta->kind != VALUE_NULL)
        configuration_complain(configuration, problems, meta, "disable.meta must be a map, not %s",
                               value_kind_name(meta));
    struct rules rules = {
        .namespaces = read_patterns(configuration, section, "namespaces", false, problems),
        .entries = read_patterns(configuration, section, "entries", true, problems),
        .meta = meta && meta->kind == VALUE_MAP ? meta : NULL,
        .disabled = disabled,
    };
    entries_remove_if(entries, is_disabled, take, &rules);
}
