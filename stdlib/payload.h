/* SPDX-License-Identifier: MIT */
/*
 * payload: the global `payload`; the objects are vm/payload's.
 */
#ifndef STDLIB_PAYLOAD_H
#define STDLIB_PAYLOAD_H

#include "vm/lazy.h"

extern const struct lazy_entry std_payload_entries[];

#endif
