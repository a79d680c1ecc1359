/* SPDX-License-Identifier: MIT */
/* process_target: who a destination argument means: PID text or a registered name. */
#ifndef STDLIB_PROCESS_TARGET_H
#define STDLIB_PROCESS_TARGET_H

#include <stdint.h>

#include <lua.h>

/* The PID that the string at `index` names; 0: nobody, with nil and an error pushed (return 2). Raises if it is no string. */
uint64_t process_target(lua_State *L, int index);

/* The same if the caller knows that it is a string, and where its text is. */
uint64_t process_target_text(lua_State *L, int index, const char *text);

/* The same for what acts on processes that may be gone: a PID of an unknown host is one that nobody has. */
uint64_t process_target_peer(lua_State *L, int index);

#endif
