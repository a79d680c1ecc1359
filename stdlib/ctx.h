/* SPDX-License-Identifier: MIT */
/* ctx: the module of context values; see ctx.c for what it offers. */
#ifndef STDLIB_CTX_H
#define STDLIB_CTX_H

#include "vm/lazy.h"

extern const struct lazy_entry std_ctx_entries[];

#endif
