/* SPDX-License-Identifier: MIT */
/*
 * spawn: new processes. The relations a spawn asks for are in both processes before the child runs its first instruction; the child's chunks
 * are loaded before the spawn succeeds.
 */
#ifndef VM_SPAWN_H
#define VM_SPAWN_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

enum spawn_flags { SPAWN_MONITOR = 1, SPAWN_LINK = 2 };

/*
 * process.spawn… : stack is (id, host, args…). Pushes pid, or nil and an error; suspends the fiber if the child's load takes longer than its
 * first slice. Returns as a lua_CFunction does.
 */
int spawn_from_lua(lua_State *L, unsigned flags);

#endif
