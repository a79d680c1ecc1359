/* SPDX-License-Identifier: MIT */
/*
 * logger: the module `logger`, which is a Logger object itself.
 */
#ifndef STDLIB_LOGGER_H
#define STDLIB_LOGGER_H

#include <lua.h>

/* Pushes the root Logger. */
int std_open_logger(lua_State *L);

#endif
