/* SPDX-License-Identifier: MIT */
/* push: values and entries of the host as Lua values: lists as sequences, maps as tables with string keys, null as nil. */
#ifndef HOST_PUSH_H
#define HOST_PUSH_H

#include <stdbool.h>

#include <lua.h>

struct entry;
struct registry_cursor;

/* Can it be pushed at once without holding anybody up? Looks at a bounded number of values. */
bool push_is_small(const struct entry *entry);

/* See struct registry_source (stdlib/registry.h). */
bool push_entry(lua_State *L, const struct entry *entry, struct registry_cursor *cursor);

#endif
