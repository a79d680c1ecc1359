/* SPDX-License-Identifier: MIT */
/* entries_rig: entries and configurations from texts, for tests of what is done with them. */
#ifndef TESTS_UNIT_ENTRIES_RIG_H
#define TESTS_UNIT_ENTRIES_RIG_H

#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "host/configuration.h"
#include "host/entry.h"
#include "host/problem.h"
#include "host/text.h"
#include "host/value.h"
#include "host/yaml.h"

static inline struct value *rig_value(const char *yaml)
{
    struct yaml_error error;
    struct value *value = yaml_parse(yaml, strlen(yaml), NULL, &error);
    cr_assert(value, "%s: %u: %s", yaml, error.line, error.message);
    return value;
}

/* Adds entries: {"ns:name": {kind: k, meta: {…}, field: …}}; kind and meta may be missing. `module`: whose they are, or NULL. */
static inline void rig_entries(struct entries *entries, const char *module, const char *yaml)
{
    struct value *map = rig_value(yaml);
    for (size_t i = 0; i < map->map.count; i++) {
        struct value_pair *pair = &map->map.pairs[i];
        char *namespace = strdup(pair->key), *colon = strchr(namespace, ':');
        struct value *data = value_copy(pair->value), *kind = value_remove(data, "kind");
        struct value *meta = value_remove(data, "meta");
        *colon = '\0';
        struct entry *entry = entry_new(namespace, colon + 1, strdup(kind ? kind->string.data : "k"),
                                        meta ? meta : value_new(VALUE_MAP, 1), data, "f.yaml", pair->line);
        if (module)
            entry_set_module(entry, module, "vendor");
        cr_assert(entries_add(entries, entry));
        value_free(kind);
        free(namespace);
    }
    value_free(map);
}

static inline void rig_configuration(struct configuration *configuration, const char *yaml, struct problems *problems)
{
    configuration_init(configuration);
    configuration_add(configuration, "c.yaml", yaml, strlen(yaml), problems);
    configuration_finish(configuration, &(struct configuration_request){0}, problems);
}

/* The data of an entry equals the YAML. */
static inline void rig_check_data(const struct entries *entries, const char *id, const char *yaml)
{
    const struct entry *entry = entries_find(entries, id);
    struct value *expected = rig_value(yaml);
    cr_assert(entry, "no entry %s", id);
    cr_assert(value_is_equal(entry->data, expected), "the data of %s is not %s", id, yaml);
    value_free(expected);
}

static inline void rig_check_meta(const struct entries *entries, const char *id, const char *yaml)
{
    struct value *expected = rig_value(yaml);
    cr_assert(value_is_equal(entries_find(entries, id)->meta, expected), "the meta of %s is not %s", id, yaml);
    value_free(expected);
}

/* All problems, in this order; each begins with a mark E or W for its level: "E text…". The list ends with NULL. */
static inline void rig_check_problems(const struct problems *problems, const char *const *expected)
{
    size_t count = 0;
    for (; expected[count]; count++) {
        cr_assert_lt(count, problems->count, "missing: %s", expected[count]);
        const struct problem *problem = &problems->items[count];
        cr_assert(!strncmp(problem->text, expected[count] + 2, strlen(expected[count] + 2)), "'%s' is not '%s'",
                  problem->text, expected[count]);
        cr_assert_eq(problem->level == LOG_ERROR, expected[count][0] == 'E', "level of %s", problem->text);
    }
    cr_assert_eq(problems->count, count, "also: %s", count < problems->count ? problems->items[count].text : "");
}

#endif
