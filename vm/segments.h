/* SPDX-License-Identifier: MIT */
/*
 * segments: the patterns with which the host's own code chooses events (vm/broker.h). Patterns and texts are segments between dots:
 *
 *   registry           that segment
 *   *                  any one segment
 *   **                 zero or more segments
 *   entry.(add|del)ed  one of the alternatives, in their place within the segment
 *
 * Programs have the simpler patterns of broker_pattern. Pure functions, any thread.
 */
#ifndef VM_SEGMENTS_H
#define VM_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>

/* Is it a pattern? Alternatives are plain text without dots, a star is a segment of its own. */
bool segments_is_pattern(const char *pattern);

/* Does the pattern (a valid one, NUL ended) match the whole text? Takes at most length of pattern times length of text steps. */
bool segments_match(const char *pattern, const char *text, size_t length);

#endif
