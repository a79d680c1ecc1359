/* SPDX-License-Identifier: MIT */
/*
 * libraries: all libraries and modules that programs can reach; for lazy_install, together with std_base_entries (stdlib/base.h).
 */
#ifndef STDLIB_LIBRARIES_H
#define STDLIB_LIBRARIES_H

#include "stdlib/base.h"
#include "vm/lazy.h"

/* Ends with name NULL. */
extern const struct library std_libraries[];

#endif
