/* SPDX-License-Identifier: MIT */
/*
 * yaml: text of a definition file to a value tree (libyaml's events). Anchors, aliases and merge keys work; what aliases
 * expand to, nesting and size are bounded, so that no input takes more than a few times its own size. JSON is a subset.
 */
#ifndef HOST_YAML_H
#define HOST_YAML_H

#include <stdbool.h>
#include <stddef.h>

struct value;

enum {
    YAML_MAX_DEPTH = 100,         /* nested lists and maps */
    YAML_MAX_ALIAS_NODES = 50000, /* nodes that aliases and merge keys of one document add */
    YAML_MAX_BYTES = 16 * 1024 * 1024,
};

struct yaml_error {
    char message[256];     /* without position */
    unsigned line, column; /* from 1; 0: no position */
};

/*
 * The first document of the text (an empty one is null). *more (may be NULL): another document follows, which is not read.
 * NULL with *error on failure. The result is the caller's to free.
 */
struct value *yaml_parse(const char *text, size_t length, bool *more, struct yaml_error *error);

/* The same for JSON text: additionally accepts surrogate pairs (\ud83d\ude00), which YAML does not know. */
struct value *yaml_parse_json(const char *text, size_t length, bool *more, struct yaml_error *error);

#endif
