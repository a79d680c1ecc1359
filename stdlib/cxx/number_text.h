/* SPDX-License-Identifier: MIT */
/*
 * number_text: numbers as the shortest text that reads back as the same number. Any thread; no locale.
 *
 *   10.0 -> 10      0.1 -> 0.1      1e21 -> 1e+21      1e-7 -> 1e-7      -0.0 -> -0
 */
#ifndef STDLIB_CXX_NUMBER_TEXT_H
#define STDLIB_CXX_NUMBER_TEXT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NUMBER_TEXT_MAX = 32 }; /* bytes of the longest text */

/* Write the text, without a NUL; return its length. `value` is finite. */
size_t number_text_float(char text[NUMBER_TEXT_MAX], double value);
size_t number_text_integer(char text[NUMBER_TEXT_MAX], int64_t value);

#ifdef __cplusplus
}
#endif

#endif
