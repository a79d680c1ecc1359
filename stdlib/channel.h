/* SPDX-License-Identifier: MIT */
/* channel: the global `channel`: new, select. */
#ifndef STDLIB_CHANNEL_H
#define STDLIB_CHANNEL_H

#include "vm/lazy.h"

extern const struct lazy_entry std_channel_entries[];

#endif
