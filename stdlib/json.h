/* SPDX-License-Identifier: MIT */
/*
 * json: the module `json`, and JSON for the rest of the library.
 */
#ifndef STDLIB_JSON_H
#define STDLIB_JSON_H

#include <lua.h>

#include "stdlib/data_read.h"
#include "stdlib/data_write.h"
#include "vm/lazy.h"

extern const struct lazy_entry std_json_entries[];

/* The functions of the module: value -> text | nil, err; text -> value | nil, err. They may suspend: lua_callk. */
int json_encode(lua_State *L);
int json_decode(lua_State *L);

/* json_read.c: texts up to 64 KB are parsed at once (60 us). json_write.c: sorted keys, no white space. */
extern const struct data_format json_format;
extern const struct data_sink json_sink;

#endif
