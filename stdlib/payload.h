/* SPDX-License-Identifier: MIT */
/*
 * payload: the global `payload`; the objects are vm/payload's, the formats' functions are here.
 */
#ifndef STDLIB_PAYLOAD_H
#define STDLIB_PAYLOAD_H

#include "vm/lazy.h"
#include "vm/payload.h"

extern const struct lazy_entry std_payload_entries[];

/* For vm_config. */
extern const struct payload_route std_payload_routes[PAYLOAD_FORMATS];

#endif
