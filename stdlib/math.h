/* SPDX-License-Identifier: MIT */
/*
 * math: the math library of Lua 5.3 and what older versions had: pow log10 sinh cosh tanh frexp ldexp atan2 mod.
 */
#ifndef STDLIB_MATH_H
#define STDLIB_MATH_H

#include "vm/lazy.h"

extern const struct lazy_entry std_math_entries[];

#endif
