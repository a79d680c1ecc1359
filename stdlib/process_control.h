/* SPDX-License-Identifier: MIT */
/* process_control: acting on other processes: the functions of `process` in spec actor-core 6.6. */
#ifndef STDLIB_PROCESS_CONTROL_H
#define STDLIB_PROCESS_CONTROL_H

#include <lua.h>

int process_cancel(lua_State *L);
int process_terminate(lua_State *L);
int process_monitor(lua_State *L);
int process_unmonitor(lua_State *L);
int process_link(lua_State *L);
int process_unlink(lua_State *L);

#endif
