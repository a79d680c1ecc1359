/* SPDX-License-Identifier: MIT */
/* funcs: opener of the module funcs. */
#ifndef STDLIB_FUNCS_H
#define STDLIB_FUNCS_H

#include "vm/lazy.h"

extern const struct lazy_entry std_funcs_entries[];

#endif
