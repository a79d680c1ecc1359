/* SPDX-License-Identifier: MIT */
/*
 * suggest: "did you mean …?" for misspelt names.
 */
#ifndef HOST_SUGGEST_H
#define HOST_SUGGEST_H

#include <stddef.h>

/* The candidate that differs from `word` by the fewest edits, if that is few enough to be a slip; else NULL. */
const char *suggest_nearest(const char *word, const char *const *candidates, size_t count);

#endif
