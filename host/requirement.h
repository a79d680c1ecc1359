/* SPDX-License-Identifier: MIT */
/*
 * requirement: named holes of components, and what fills them.
 *
 *   - {name: jobs_db, kind: ns.requirement, default: app:db, targets: [{entry: schema, path: .meta.db}, {entry: api, path: .list+=}]}
 *   - {name: dep, kind: ns.dependency, component: acme/jobs, parameters: [{name: jobs_db, value: app:pg}]}
 *
 * A parameter named ns:name is meant for the requirement of that id; a bare name for the one of that name in the component's own
 * namespace (acme.jobs) or with meta.module acme/jobs. Parameters of the application win over those of modules.
 *
 * Resolving looks only at the entries given and changes nothing, so that it can be asked again for another set of them: give it the
 * entries as they were written, for what is appended to a list would be appended again.
 */
#ifndef HOST_REQUIREMENT_H
#define HOST_REQUIREMENT_H

#include <stdbool.h>
#include <stddef.h>

struct entries;
struct entry;
struct modules;
struct problems;
struct value;

/* One value that goes to one place. */
struct injection {
    const struct entry *requirement;
    size_t target; /* position of the entry that is changed */
    char *path;    /* of host/field.h */
    bool appends;
    struct value *value;
};

struct injections {
    struct injection *items;
    size_t count, capacity;
};

/*
 * What is to be put where. Errors: two different values for one requirement, no targets, a malformed one; warnings: no value (with
 * `strict` an error), an unknown target, a parameter that nothing asks for. injections_free in any case.
 */
void requirements_resolve(struct injections *injections, const struct entries *entries, bool strict,
                          struct problems *problems);

/* Does it. A place that cannot be is an error. */
void injections_apply(const struct injections *injections, struct entries *entries, struct problems *problems);
void injections_free(struct injections *injections);

/* Warns of dependencies whose component is neither a module nor among the entries. */
void requirements_check_components(const struct entries *entries, const struct modules *modules,
                                   struct problems *problems);

#endif
