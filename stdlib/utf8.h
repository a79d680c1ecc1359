/* SPDX-License-Identifier: MIT */
/*
 * utf8: the utf8 library of Lua 5.3.
 */
#ifndef STDLIB_UTF8_H
#define STDLIB_UTF8_H

#include "vm/lazy.h"

extern const struct lazy_entry std_utf8_entries[];

#endif
