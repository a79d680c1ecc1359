/* SPDX-License-Identifier: MIT */
/* host_type: see host_type.h. The nodes of the set stand in the order in which the libraries list the types. */
#include "vm/host_type.h"

#include <string.h>

#include "vm/lang/shape_build.h"
#include "vm/lazy.h"

/* The first of these members that is a type; NULL: none. */
static const struct lazy_entry *find_type(const struct lazy_entry *entry)
{
    for (; entry && entry->kind != LAZY_END; entry++)
        if (entry->kind == LAZY_TYPE)
            return entry;
    return NULL;
}

const struct type *host_type_find(const struct library *libraries, const char *module, const char *name)
{
    for (const struct library *library = libraries; library && library->name; library++) {
        if (strcmp(library->name, module) != 0)
            continue;
        const struct lazy_entry *entry = find_type(library->entries);
        while (entry && strcmp(entry->name, name) != 0)
            entry = find_type(entry + 1);
        return entry ? entry->type : NULL;
    }
    return NULL;
}

const struct type *host_type_of(const struct library *libraries, const struct shapes *shapes,
                                const struct shape_node *node)
{
    const uint32_t *words = shape_words(shapes, node);
    return host_type_find(libraries, shape_text_of(shapes, words[0], NULL), shape_text_of(shapes, words[1], NULL));
}

static void add_type(struct shape_builder *b, const char *module, const char *name)
{
    uint32_t words[2] = {shape_add_name(b, module, strlen(module)), shape_add_name(b, name, strlen(name))};
    shape_add(b, SHAPE_HOST, 0, 0, words, 2);
}

struct shapes *host_types_new(const struct library *libraries)
{
    struct shape_builder b;
    shape_begin(&b);
    for (const struct library *library = libraries; library && library->name; library++)
        for (const struct lazy_entry *e = find_type(library->entries); e; e = find_type(e + 1))
            add_type(&b, library->name, e->name);
    struct shapes *set = shape_seal(&b);
    shape_end(&b);
    return set;
}

uint32_t host_types_node(const struct library *libraries, const struct type *type)
{
    uint32_t node = BUILTINS;
    for (const struct library *library = libraries; library && library->name; library++)
        for (const struct lazy_entry *e = find_type(library->entries); e; e = find_type(e + 1), node++)
            if (e->type == type)
                return node;
    return 0;
}
