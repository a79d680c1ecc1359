/* SPDX-License-Identifier: MIT */
/* events (module): the event bus; events.c is its manual. */
#ifndef STDLIB_EVENTS_H
#define STDLIB_EVENTS_H

#include "vm/lazy.h"

extern const struct lazy_entry std_events_entries[];

#endif
