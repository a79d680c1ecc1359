/* SPDX-License-Identifier: MIT */
/* pg (module): process groups; pg.c is its manual. */
#ifndef STDLIB_PG_H
#define STDLIB_PG_H

#include "vm/lazy.h"

extern const struct lazy_entry std_pg_entries[];

#endif
