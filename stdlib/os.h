/* SPDX-License-Identifier: MIT */
/*
 * os: time and date. The other functions of Lua's os are absent.
 */
#ifndef STDLIB_OS_H
#define STDLIB_OS_H

#include "vm/lazy.h"

extern const struct lazy_entry std_os_entries[];

#endif
