/* SPDX-License-Identifier: MIT */
/*
 * string: the string library of Lua 5.3 without string.dump. Differences that a program may notice: error objects are
 * accepted wherever a string is, %d and %i of a fractional number truncate, %F exists, a callback of gsub may block,
 * and long operations are suspended and can be ended anywhere.
 */
#ifndef STDLIB_STRING_H
#define STDLIB_STRING_H

#include "vm/lazy.h"

extern const struct lazy_entry std_string_entries[];

#endif
