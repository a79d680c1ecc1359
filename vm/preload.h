/* SPDX-License-Identifier: MIT */
/*
 * preload: runs the chunks of a program once, while its template is made, so that clones begin with what the chunks return and need not
 * run them.
 *
 * Nobody can tell, as long as the chunks do the same wherever and whenever they run. So a chunk is watched: it may call only C functions
 * that are pure (LAZY_PURE), for so many instructions and so much memory, and what it leaves must be copyable: tables, functions, plain values
 * and types that it declares, no other userdata, no coroutines, no tables with objects as keys, whose places would depend on addresses.
 * Programs with a chunk that does more are not preloaded, which is no error: every process runs their chunks by itself.
 */
#ifndef VM_PRELOAD_H
#define VM_PRELOAD_H

#include <lua.h>

/* As the last part of template set-up: the functions of the units are the stack. Raises if the program cannot be preloaded. */
void preload_run(lua_State *L);

#endif
