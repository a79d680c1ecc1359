/* SPDX-License-Identifier: MIT */
/*
 * uuid: the module `uuid`.
 */
#ifndef STDLIB_UUID_H
#define STDLIB_UUID_H

#include "vm/lazy.h"

extern const struct lazy_entry std_uuid_entries[];

#endif
