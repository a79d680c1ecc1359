/* SPDX-License-Identifier: MIT */
/*
 * logger: the module `logger`, which is a Logger object itself.
 */
#ifndef STDLIB_LOGGER_H
#define STDLIB_LOGGER_H

#include <lua.h>

#include "vm/lazy.h"

/* The types that programs may name; they are no members of the Logger. */
extern const struct lazy_entry std_logger_types[];

/* Pushes the root Logger. */
int std_open_logger(lua_State *L);

#endif
