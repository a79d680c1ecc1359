/* SPDX-License-Identifier: MIT */
/*
 * errors: the global `errors`, see errors.c.
 */
#ifndef STDLIB_ERRORS_H
#define STDLIB_ERRORS_H

#include "vm/lazy.h"

extern const struct lazy_entry std_errors_entries[];

#endif
