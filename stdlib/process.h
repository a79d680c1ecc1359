/* SPDX-License-Identifier: MIT */
/* process: the global `process`, and the globals subscribe and unsubscribe. */
#ifndef STDLIB_PROCESS_H
#define STDLIB_PROCESS_H

#include <lua.h>

#include "vm/lazy.h"

extern const struct lazy_entry std_process_entries[];

int process_subscribe(lua_State *L);
int process_unsubscribe(lua_State *L);

/* process.registry, see process_names.c. */
extern const struct lazy_entry std_process_registry_entries[];

#endif
