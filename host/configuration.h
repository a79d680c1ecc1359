/* SPDX-License-Identifier: MIT */
/*
 * configuration: what .moonlet.yaml (or .wippy.yaml), the files of --config, profiles and --set say together, as one tree. Layers, of
 * which the later wins leaf by leaf: files left to right, profiles left to right, --set. In the result ${name} stands replaced by the
 * `vars` section and ${env:NAME} by the environment of the operating system. Which keys mean what is no business of this file:
 * settings.h has the host's own, override.h and disable.h those about entries.
 */
#ifndef HOST_CONFIGURATION_H
#define HOST_CONFIGURATION_H

#include <stddef.h>

#include "host/problem.h"

struct value;

enum { CONFIGURATION_MAX_SOURCES = 255 }; /* what value->source can number */

/* What the command line asks for; all borrowed. */
struct configuration_request {
    char *const *files; /* --config; none: the default file, if there is one */
    size_t file_count;
    char *const *profiles; /* --profile */
    size_t profile_count;
    char *const *sets; /* --set section.path=value */
    size_t set_count;
};

struct configuration {
    struct value *root; /* a map; every value of it knows its source */
    char **sources;     /* file names, and `--set path=value` for each of those; value->source counts them from 1 */
    size_t source_count, source_capacity;
    char *directory; /* of the first file: relative paths of the configuration start here; "." without one */
};

/* Reads everything; what is wrong is added to the problems as errors, all of it. configuration_free in any case. */
void configuration_load(struct configuration *configuration, const struct configuration_request *request,
                        struct problems *problems);

/* The same in steps, for texts that are in no file: init, add each, finish with what the request says beside its files. */
void configuration_init(struct configuration *configuration);
void configuration_add(struct configuration *configuration, const char *name, const char *text, size_t length,
                       struct problems *problems);
void configuration_finish(struct configuration *configuration, const struct configuration_request *request,
                          struct problems *problems);

void configuration_free(struct configuration *configuration);

/* The file (or --set) that the value comes from; NULL: none. */
const char *configuration_source(const struct configuration *configuration, const struct value *value);

/* Adds an error about a value of the tree, with file and line. */
void configuration_complain(const struct configuration *configuration, struct problems *problems,
                            const struct value *value, const char *fmt, ...) printf_like(4, 5);

#endif
