/* SPDX-License-Identifier: MIT */
/*
 * scalar: a plain (unquoted) YAML word as a value: null, boolean, integer, float or string (stdlib/yaml_word.h).
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
