/* SPDX-License-Identifier: MIT */
/*
 * scalar: what a plain (unquoted) YAML word is: null, boolean, integer, float or string.
 *
 *   null      ~ null Null NULL and the empty word
 *   boolean   true True TRUE false False FALSE; yes, no, on and off are strings
 *   integer   12 -12 +12; 0x1F; 0o17 and 017 (octal); 0b101. One that does not fit 64 bits is a float
 *   float     1.5 .5 1e3 -.inf .nan
 */
#ifndef HOST_SCALAR_H
#define HOST_SCALAR_H

#include <stddef.h>

struct value;

/* A value of the word's own type. Texts end in a NUL behind `length`, here and below. */
struct value *scalar_resolve(const char *text, size_t length, unsigned line);

/* The same as one certain type (tags !!int, !!bool, …); NULL when the word is no such thing. `type` is an enum value_kind. */
struct value *scalar_resolve_as(const char *text, size_t length, unsigned line, int type);

/*
 * A value of the command line: true, false, a decimal integer or float, else a string; digits behind a leading zero ("0755") are a
 * string, for nobody would say in which base.
 */
struct value *scalar_coerce(const char *text, size_t length);

#endif
