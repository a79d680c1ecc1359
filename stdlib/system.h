/* SPDX-License-Identifier: MIT */
/* system: the module `system`: figures of the running VM. */
#ifndef STDLIB_SYSTEM_H
#define STDLIB_SYSTEM_H

#include "vm/lazy.h"

extern const struct lazy_entry std_system_entries[];

#endif
