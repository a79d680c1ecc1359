/* SPDX-License-Identifier: MIT */
/* override: see the header. */
#include "host/override.h"

#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/configuration.h"
#include "host/entry.h"
#include "host/field.h"
#include "host/problem.h"
#include "host/scalar.h"
#include "host/suggest.h"
#include "host/text.h"
#include "host/value.h"

/* Splits NAMESPACE:ENTRY:PATH; takes source and value. NULL, or what is wrong. */
static const char *add(struct overrides *overrides, char *source, unsigned line, const char *key, size_t length,
                       struct value *value)
{
    char *copy = alloc_copy(key, length), *colon = strchr(copy, ':'), *second = colon ? strchr(colon + 1, ':') : NULL;
    const char *wrong = NULL;
    if (!second || colon == copy || second == colon + 1 || !second[1])
        wrong = "must be NAMESPACE:ENTRY:PATH";
    else if (!strcmp(second + 1, "meta") || !strcmp(second + 1, "data"))
        wrong = "the path must name a field of meta or data";
    else if (!strcmp(second + 1, "kind") && (!value_string(value) || !*value_string(value)))
        wrong = "a kind must be a text that is not empty";
    if (wrong) {
        free(source);
        free(copy);
        value_free(value);
        return wrong;
    }
    overrides->items = alloc_grow(overrides->items, overrides->count, &overrides->capacity, sizeof *overrides->items);
    overrides->items[overrides->count++] = (struct override){
        .source = source,
        .line = line,
        .id = alloc_copy(copy, (size_t)(second - copy)),
        .path = alloc_string(second + 1),
        .value = value,
    };
    free(copy);
    return NULL;
}

/* A copy of a configured value; what came from the environment is typed like a value of the command line. */
static struct value *take_value(const struct value *value)
{
    const char *text = value_string(value);
    return text && value->string.origin ? scalar_coerce(text, value->string.length) : value_copy(value);
}

static void read_section(struct overrides *overrides, const struct configuration *configuration,
                         struct problems *problems)
{
    const struct value *section = value_get(configuration->root, "override");
    if (!section || section->kind == VALUE_NULL)
        return;
    if (section->kind != VALUE_MAP) {
        configuration_complain(configuration, problems, section, "override must be a map, not %s",
                               value_kind_name(section));
        return;
    }
    for (size_t i = 0; i < section->map.count; i++) {
        const struct value_pair *pair = &section->map.pairs[i];
        const char *source = configuration_source(configuration, pair->value);
        const char *wrong = add(overrides, alloc_string(source ? source : "override"), pair->value->line, pair->key,
                                strlen(pair->key), take_value(pair->value));
        if (wrong)
            configuration_complain(configuration, problems, pair->value, "override %s: %s", pair->key, wrong);
    }
}

static void read_text(struct overrides *overrides, const char *text, struct problems *problems)
{
    const char *equals = strchr(text, '='), *wrong = "must be NAMESPACE:ENTRY:PATH=VALUE";
    if (equals)
        wrong = add(overrides, text_format("-o %s", text), 0, text, (size_t)(equals - text),
                    scalar_coerce(equals + 1, strlen(equals + 1)));
    if (wrong)
        problem_add(problems, LOG_ERROR, NULL, 0, NULL, "-o %s: %s", text, wrong);
}

void overrides_read(struct overrides *overrides, const struct configuration *configuration, char *const *texts,
                    size_t count, struct problems *problems)
{
    *overrides = (struct overrides){0};
    read_section(overrides, configuration, problems);
    for (size_t i = 0; i < count; i++)
        read_text(overrides, texts[i], problems);
}

static void report_unknown(const struct override *override, const struct entries *entries,
                           const struct entries *disabled, struct problems *problems)
{
    if (entries_find(disabled, override->id)) {
        problem_add(problems, LOG_ERROR, override->source, override->line, NULL,
                    "override of %s: this entry is disabled by the configuration", override->id);
        return;
    }
    const char **ids = alloc_zeroed(entries->count * sizeof *ids);
    for (size_t i = 0; i < entries->count; i++)
        ids[i] = entries->items[i]->id;
    const char *hint = suggest_nearest(override->id, ids, entries->count);
    problem_add(problems, LOG_ERROR, override->source, override->line, NULL,
                "override of %s: there is no such entry%s%s%s", override->id, hint ? "; did you mean " : "",
                hint ? hint : "", hint ? "?" : "");
    free(ids);
}

/* What is wrong (the caller frees it), or NULL. */
static char *apply(const struct override *override, struct entry *entry)
{
    if (strcmp(override->path, "kind") != 0)
        return field_set(entry, override->path, value_copy(override->value));
    entry_set_kind(entry, value_string(override->value));
    return NULL;
}

void overrides_apply(struct overrides *overrides, struct entries *entries, const struct entries *disabled,
                     struct problems *problems)
{
    for (size_t i = 0; i < overrides->count; i++) {
        struct override *override = &overrides->items[i];
        struct entry *entry = entries_find(entries, override->id);
        if (override->is_wrong)
            continue;
        char *problem = entry ? apply(override, entry) : NULL;
        override->is_wrong = !entry || problem;
        if (!entry)
            report_unknown(override, entries, disabled, problems);
        else if (problem)
            problem_add(problems, LOG_ERROR, override->source, override->line, NULL, "override of %s, %s: %s",
                        override->id, override->path, problem);
        free(problem);
    }
}

void overrides_free(struct overrides *overrides)
{
    for (size_t i = 0; i < overrides->count; i++) {
        free(overrides->items[i].source);
        free(overrides->items[i].id);
        free(overrides->items[i].path);
        value_free(overrides->items[i].value);
    }
    free(overrides->items);
    *overrides = (struct overrides){0};
}
