/* SPDX-License-Identifier: MIT */
/*
 * metrics: the module `metrics`.
 */
#ifndef STDLIB_METRICS_H
#define STDLIB_METRICS_H

#include "vm/lazy.h"

extern const struct lazy_entry std_metrics_entries[];

#endif
