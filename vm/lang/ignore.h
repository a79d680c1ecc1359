/* SPDX-License-Identifier: MIT */
/*
 * ignore: comments that say what lint shall not report:
 *
 *   -- lint: ignore [CODE…]        in the same line, or alone in the line before
 *   -- lint: ignore-file [CODE…]   in one of the first ten lines
 *
 * Without codes all are meant, but for syntax errors, which cannot be ignored. What follows the codes is a remark.
 */
#ifndef LANG_IGNORE_H
#define LANG_IGNORE_H

#include <stdbool.h>
#include <stdint.h>

struct source;

/* Is a finding of that code in that line to be left out? The source has been parsed. */
bool ignore_covers(const struct source *source, uint32_t line, const char *code);

#endif
