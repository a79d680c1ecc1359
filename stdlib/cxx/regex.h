/* SPDX-License-Identifier: MIT */
/*
 * regex: regular expressions in the syntax of RE2, in time linear in the text whatever the pattern is (RE2). A compiled one may be used
 * by several threads at once.
 */
#ifndef STDLIB_CXX_REGEX_H
#define STDLIB_CXX_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct regex;

/*
 * `memory`: bytes that the compiled form, and the states kept while matching, may take. With 256 KB a pattern of 1,000 bytes takes up to 40 ms
 * to compile, all but the strangest well under one. NULL, and why in `problem` (NUL ended, cut at `size` bytes), when it is no pattern
 * or too large.
 */
struct regex *regex_new(const char *pattern, size_t length, size_t memory, char *problem, size_t size);
void regex_free(struct regex *regex); /* NULL is allowed */

/* Does it match anywhere in the text? Takes at most some 20 ns for each byte times regex_steps; usually 2 ns for each byte. */
bool regex_matches(const struct regex *regex, const char *text, size_t length);
size_t regex_steps(const struct regex *regex);

#ifdef __cplusplus
}
#endif

#endif
