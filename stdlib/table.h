/* SPDX-License-Identifier: MIT */
/*
 * table: the table library of Lua 5.3 and create, make_immutable, is_immutable, maxn, getn. Everything that walks over
 * elements can be suspended and ended in between; a comparison function of sort may block.
 */
#ifndef STDLIB_TABLE_H
#define STDLIB_TABLE_H

#include "vm/lazy.h"

extern const struct lazy_entry std_table_entries[];

/* Also the global function unpack. */
int table_unpack(lua_State *L);

#endif
