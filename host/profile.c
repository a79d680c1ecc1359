/* SPDX-License-Identifier: MIT */
/* profile: see the header. */
#include "host/profile.h"

#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/configuration.h"
#include "host/placeholder.h"
#include "host/suggest.h"
#include "host/text.h"
#include "host/value.h"

struct change {
    struct configuration *configuration;
    struct problems *problems;
    const char *profile;
};

static bool holds(const struct value *list, const struct value *item)
{
    for (size_t i = 0; i < list->list.count; i++)
        if (value_is_equal(list->list.items[i], item))
            return true;
    return false;
}

static void add_items(struct value *list, const struct value *items)
{
    for (size_t i = 0; i < items->list.count; i++)
        if (!holds(list, items->list.items[i]))
            value_append(list, value_copy(items->list.items[i]));
}

static void remove_items(struct value *list, const struct value *items)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->list.count; i++) {
        struct value *item = list->list.items[i];
        if (holds(items, item))
            value_free(item);
        else
            list->list.items[kept++] = item;
    }
    list->list.count = kept;
}

/* The list of the tree's disable section, made if it is not there; NULL: something else is in its place. */
static struct value *open_list(struct change *change, const char *name, const struct value *origin)
{
    struct value *root = change->configuration->root, *section = value_get(root, "disable");
    if (!section || section->kind == VALUE_NULL) {
        section = value_new(VALUE_MAP, origin->line);
        section->source = origin->source;
        value_set(root, "disable", section, origin->line);
    }
    if (section->kind != VALUE_MAP)
        return NULL;
    struct value *list = value_get(section, name);
    if (!list || list->kind == VALUE_NULL) {
        list = value_new(VALUE_LIST, origin->line);
        list->source = origin->source;
        value_set(section, name, list, origin->line);
    }
    return list->kind == VALUE_LIST ? list : NULL;
}

/* `add` and `remove` of one list, each of which may be missing (NULL). */
static void change_list(struct change *change, const char *name, const struct value *add, const struct value *remove)
{
    const struct value *both[] = {add, remove};
    for (size_t i = 0; i < 2; i++) {
        if (!both[i] || both[i]->kind == VALUE_NULL)
            continue;
        if (both[i]->kind != VALUE_LIST) {
            configuration_complain(change->configuration, change->problems, both[i],
                                   "profile %s: disable.%s.%s must be a list, not %s", change->profile, name,
                                   i ? "remove" : "add", value_kind_name(both[i]));
            continue;
        }
        struct value *list = open_list(change, name, both[i]);
        if (!list)
            continue; /* who reads the section says what is wrong with it */
        if (i)
            remove_items(list, both[i]);
        else
            add_items(list, both[i]);
    }
}

/* Takes the changes to lists out of the profile's disable section, in both spellings: {namespaces: {add: …}}, {namespaces.add: …}. */
static void change_lists(struct change *change, struct value *disable)
{
    static const char *const names[] = {"namespaces", "entries"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *add_key = text_format("%s.add", names[i]), *remove_key = text_format("%s.remove", names[i]);
        struct value *add = value_remove(disable, add_key), *remove = value_remove(disable, remove_key);
        const struct value *nested = value_get(disable, names[i]);
        change_list(change, names[i], add, remove);
        if (nested && nested->kind == VALUE_MAP) {
            change_list(change, names[i], value_get(nested, "add"), value_get(nested, "remove"));
            value_free(value_remove(disable, names[i]));
        }
        value_free(add);
        value_free(remove);
        free(add_key);
        free(remove_key);
    }
}

static void apply(struct change *change, const struct value *profile)
{
    struct value *copy = value_copy(profile);
    value_free(value_remove(copy, "profiles"));
    struct value *disable = value_get(copy, "disable");
    if (disable && disable->kind == VALUE_MAP)
        change_lists(change, disable);
    value_merge_over(change->configuration->root, copy);
    value_free(copy);
}

static void complain_unknown(const struct value *profiles, const char *name, struct problems *problems)
{
    size_t count = profiles && profiles->kind == VALUE_MAP ? profiles->map.count : 0;
    const char **names = alloc_zeroed((count + 1) * sizeof *names);
    struct text list = {0};
    for (size_t i = 0; i < count; i++) {
        names[i] = profiles->map.pairs[i].key;
        text_printf(&list, "%s%s", i ? ", " : "", names[i]);
    }
    const char *hint = suggest_nearest(name, names, count);
    if (!count)
        problem_add(problems, LOG_ERROR, NULL, 0, NULL, "--profile %s: the configuration has no profiles", name);
    else
        problem_add(problems, LOG_ERROR, NULL, 0, NULL, "--profile %s: there is no such profile%s%s%s; there are: %s",
                    name, hint ? "; did you mean " : "", hint ? hint : "", hint ? "?" : "", text_string(&list));
    text_free(&list);
    free(names);
}

/* The variables of a profile are the same on every machine: no environment in them. */
static void check_vars(struct change *change, const struct value *value)
{
    struct placeholder piece;
    if (value->kind == VALUE_STRING) {
        const char *at = value->string.data, *end = at + value->string.length;
        while (placeholder_next(&at, end, &piece))
            if (piece.kind == PLACEHOLDER_ENV)
                configuration_complain(change->configuration, change->problems, value,
                                       "profile %s: vars must not take anything from the environment (%.*s)",
                                       change->profile, (int)piece.length, piece.text);
    }
    for (size_t i = 0; value->kind == VALUE_LIST && i < value->list.count; i++)
        check_vars(change, value->list.items[i]);
    for (size_t i = 0; value->kind == VALUE_MAP && i < value->map.count; i++)
        check_vars(change, value->map.pairs[i].value);
}

static void check_all(struct change *change, const struct value *profiles)
{
    for (size_t i = 0; i < profiles->map.count; i++) {
        const struct value *profile = profiles->map.pairs[i].value, *vars = value_get(profile, "vars");
        change->profile = profiles->map.pairs[i].key;
        if (profile->kind != VALUE_MAP && profile->kind != VALUE_NULL)
            configuration_complain(change->configuration, change->problems, profile,
                                   "profile %s must be a map of sections, not %s", change->profile,
                                   value_kind_name(profile));
        if (vars)
            check_vars(change, vars);
    }
}

void profile_apply_all(struct configuration *configuration, char *const *names, size_t count, struct problems *problems)
{
    struct change change = {.configuration = configuration, .problems = problems};
    struct value *profiles = value_remove(configuration->root, "profiles");
    if (profiles && profiles->kind == VALUE_MAP)
        check_all(&change, profiles);
    else if (profiles && profiles->kind != VALUE_NULL)
        configuration_complain(configuration, problems, profiles, "profiles must be a map, not %s",
                               value_kind_name(profiles));
    for (size_t i = 0; i < count; i++) {
        const struct value *profile = value_get(profiles, names[i]);
        change.profile = names[i];
        if (!profile)
            complain_unknown(profiles, names[i], problems);
        else if (profile->kind == VALUE_MAP)
            apply(&change, profile);
    }
    value_free(profiles);
}
