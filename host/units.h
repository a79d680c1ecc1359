/* SPDX-License-Identifier: MIT */
/*
 * units: durations ("1h30m", "250ms", "0") and sizes ("64M", "2G", "512KiB") as texts.
 */
#ifndef HOST_UNITS_H
#define HOST_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct value;

/* Signed sum of number and unit (ns us ms s m h; fractions allowed), or "0". False: no duration, or beyond 64 bits. */
bool units_parse_duration(const char *text, int64_t *ns);

/* A duration from a definition: such a text, or a number of nanoseconds. Negative ones are refused. */
bool units_duration_of(const struct value *value, uint64_t *ns);

/* Number and unit B K M G T, KB…, KiB… (all powers of 1024; no unit: bytes). False: no size, or beyond size_t. */
bool units_parse_size(const char *text, size_t *bytes);

/* A size from a definition: such a text, or a number of bytes. */
bool units_size_of(const struct value *value, size_t *bytes);

/* "1.5s", "250ms", "2m0s" as messages show a duration. */
void units_format_duration(uint64_t ns, char text[static 32]);

/* "64 MB": the largest unit that divides the size. */
void units_format_size(size_t bytes, char text[static 32]);

#endif
