/* SPDX-License-Identifier: MIT */
/*
 * time: the module `time`.
 */
#ifndef STDLIB_TIME_H
#define STDLIB_TIME_H

#include "vm/lazy.h"

extern const struct lazy_entry std_time_entries[];

#endif
