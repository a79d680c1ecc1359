/* SPDX-License-Identifier: MIT */
/*
 * table_lib: what the files of the table library share.
 */
#ifndef STDLIB_TABLE_LIB_H
#define STDLIB_TABLE_LIB_H

#include <lua.h>

/* What a value that is no table must offer to be used as one. */
enum { TABLE_READ = 1, TABLE_WRITE = 2, TABLE_LENGTH = 4 };

/* Raises unless argument `arg` is a table or has the metamethods asked for (a sum of the above). */
void table_check(lua_State *L, int arg, int needs);

/* table_check, and the length by luaL_len. */
lua_Integer table_length(lua_State *L, int arg, int needs);

int table_concat(lua_State *L);
int table_sort(lua_State *L);

#endif
