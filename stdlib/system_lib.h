/* SPDX-License-Identifier: MIT */
/* system_lib: what the files of the module system share. */
#ifndef STDLIB_SYSTEM_LIB_H
#define STDLIB_SYSTEM_LIB_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

#include "vm/lazy.h"

/* May the process do this to that? Else nil and an error (INVALID) are pushed. */
bool system_allows(lua_State *L, const char *action, const char *resource);

/* Set a field of the table on top of the stack. */
void system_set_integer(lua_State *L, const char *key, uint64_t value);
void system_set_string(lua_State *L, const char *key, const char *value);

extern const struct lazy_entry system_memory_entries[], system_gc_entries[], system_runtime_entries[];
extern const struct lazy_entry system_hosts_entries[], system_supervisor_entries[];
extern const struct lazy_entry system_node_entries[], system_cluster_entries[], system_raft_entries[],
    system_lock_entries[];

#endif
