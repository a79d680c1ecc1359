/* SPDX-License-Identifier: MIT */
/*
 * type_pattern: regular expressions for the annotation @pattern. Each worker keeps the compiled ones that it has used (vm/local.h), up to a number;
 * past that it begins anew. A text so long that matching could take a second matches nothing: no process may hold up a worker so long.
 */
#ifndef STDLIB_TYPE_PATTERN_H
#define STDLIB_TYPE_PATTERN_H

#include <stddef.h>

#include <lua.h>

/* vm_config.match */
int type_pattern_match(lua_State *L, const char *pattern, size_t pattern_length, const char *text, size_t length);

#endif
