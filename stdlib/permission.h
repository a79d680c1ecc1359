/* SPDX-License-Identifier: MIT */
/*
 * permission: may the calling process do this? Every module asks here before it acts (spec actor-core 0, "Permission"). Without an actor and
 * a scope the answer is the same for all: yes, unless the runtime is strict (security.strict_mode).
 */
#ifndef STDLIB_PERMISSION_H
#define STDLIB_PERMISSION_H

#include <stdbool.h>

#include <lua.h>

bool permission_allows(lua_State *L, const char *action, const char *resource);

#endif
