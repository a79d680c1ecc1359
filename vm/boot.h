/* SPDX-License-Identifier: MIT */
/* boot: what runs at the bottom of every main thread. */
#ifndef VM_BOOT_H
#define VM_BOOT_H

#include <lua.h>

/* lua_CFunction at the bottom of every main thread: loads the chunks (its arguments), yields YIELD_LOADED, runs the entry point, stores the result. */
int boot_main(lua_State *L);

/*
 * For preload.c: loads the chunks, which are the stack, without any process. Leaves the lua_CFunction for the bottom of main threads that
 * begin so, and its argument, the entry point; the load of such a process is over as soon as it has begun.
 */
void boot_preload(lua_State *L);

#endif
