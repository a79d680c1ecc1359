/* SPDX-License-Identifier: MIT */
/* coroutine: the replaced coroutine library. */
#ifndef STDLIB_COROUTINE_H
#define STDLIB_COROUTINE_H

#include "vm/lazy.h"

extern const struct lazy_entry std_coroutine_entries[];

#endif
