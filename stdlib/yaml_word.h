/* SPDX-License-Identifier: MIT */
/*
 * yaml_word: what a plain (unquoted) YAML word is: null, boolean, integer, float or string. No Lua; any thread.
 *
 *   null      ~ null Null NULL and the empty word
 *   boolean   true True TRUE false False FALSE; yes, no, on and off are strings
 *   integer   12 -12 +12; 0x1F; 0o17 and 017 (octal); 0b101. One that does not fit 64 bits is a float
 *   float     1.5 .5 1e3 -.inf .nan
 */
#ifndef STDLIB_YAML_WORD_H
#define STDLIB_YAML_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum yaml_word_kind { YAML_WORD_NULL, YAML_WORD_BOOLEAN, YAML_WORD_INTEGER, YAML_WORD_FLOAT, YAML_WORD_STRING };

struct yaml_word {
    enum yaml_word_kind kind;
    union {
        bool boolean;
        int64_t integer;
        double number;
    };
};

/* The word's own type; a zero byte must follow the text, as after all of libyaml's. */
struct yaml_word yaml_word_resolve(const char *text, size_t length);

/* The same as one certain type (tags !!int, !!bool, …); false: it is no such thing. */
bool yaml_word_resolve_as(const char *text, size_t length, enum yaml_word_kind kind, struct yaml_word *out);

/* The kind that a core tag (tag:yaml.org,2002:int) names; false: another tag. */
bool yaml_word_kind_of_tag(const char *tag, enum yaml_word_kind *kind);

#endif
