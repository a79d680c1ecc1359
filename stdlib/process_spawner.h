/* SPDX-License-Identifier: MIT */
/* process_spawner: Spawner objects (spec actor-core 6.9); see process_spawner.c for what they offer. */
#ifndef STDLIB_PROCESS_SPAWNER_H
#define STDLIB_PROCESS_SPAWNER_H

#include <lua.h>

struct type;
extern const struct type process_spawner_type;

/* process.with_context(values), process.with_options(options). */
int process_with_context(lua_State *L);
int process_with_options(lua_State *L);

#endif
