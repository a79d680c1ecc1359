/* SPDX-License-Identifier: MIT */
/*
 * override: fields of entries that the configuration changes:
 *
 *   override:
 *     app:db:port: 5433          # the same as app:db:data.port
 *     app:db:meta.tier: gold
 *     app:db:kind: store.memory  # the entry is handled as this kind; data.kind is a field of that name
 *
 * and `-o app:db:port=5433`, which wins.
 */
#ifndef HOST_OVERRIDE_H
#define HOST_OVERRIDE_H

#include <stdbool.h>
#include <stddef.h>

struct configuration;
struct entries;
struct problems;
struct value;

struct override {
    char *source; /* file, or "-o …" */
    unsigned line;
    char *id, *path;
    struct value *value;
    bool is_wrong; /* has been reported */
};

struct overrides {
    struct override *items; /* in order of application */
    size_t count, capacity;
};

/* Those of the configuration and of the command line (`texts`). Malformed ones are added to the problems as errors. */
void overrides_read(struct overrides *overrides, const struct configuration *configuration, char *const *texts,
                    size_t count, struct problems *problems);

/*
 * Changes the entries. What cannot be is added as an error, once however often this is called; `disabled` are entries that were taken
 * out before, named as such.
 */
void overrides_apply(struct overrides *overrides, struct entries *entries, const struct entries *disabled,
                     struct problems *problems);
void overrides_free(struct overrides *overrides);

#endif
