/* SPDX-License-Identifier: MIT */
/*
 * services: what the libraries of all processes of one runtime share. The host makes it before the VM (vm_config.services) and
 * frees it after vm_free. The members look after their own locking: any worker uses them at any time.
 */
#ifndef STDLIB_SERVICES_H
#define STDLIB_SERVICES_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

#include "stdlib/uuid_clock.h"

struct entropy;
struct env_source;
struct registry_source;
struct system_source;
struct log;
struct metric_registry;
struct zones;

struct services {
    struct entropy *entropy;
    struct metric_registry *metrics;
    struct zones *zones;
    struct uuid_clock uuid_clock;
    _Atomic int64_t max_procs; /* as a program has set it; 0: none has */
    /* What the application host adds before vm_start; NULL: this runtime has no such thing. */
    const struct env_source *env;           /* stdlib/env.h */
    const struct registry_source *registry; /* stdlib/registry.h */
    const struct system_source *system;     /* stdlib/system.h */
    bool is_strict;                         /* who has no actor and scope may do nothing that needs a permission */
};

/* `log`: for warnings; may be NULL. */
struct services *services_new(struct log *log);
void services_free(struct services *services); /* NULL is allowed */

/* Those of the runtime that runs the calling process. */
struct services *services_of(lua_State *L);

#endif
