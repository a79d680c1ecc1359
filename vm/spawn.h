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

enum spawn_flags {
    SPAWN_MONITOR = 1,
    SPAWN_LINK = 2,
    SPAWN_EXEC = 4, /* waits for its end: pushes its value, or nil and its error */
    SPAWN_WITH = 8  /* the stack begins with settings of vm/spawner.h */
};

/*
 * process.spawn… : stack is (id, host, args…). Pushes pid, or nil and an error; suspends the fiber if the child's load takes longer than its
 * first slice. Returns as a lua_CFunction does.
 *
 * With a name in the settings it is spawn or signal: a process that has the name gets the messages, and the relations are made with it; else the
 * child gets messages and name before it loads, so that of several spawners at once only one makes it.
 */
int spawn_from_lua(lua_State *L, unsigned flags);

#endif
