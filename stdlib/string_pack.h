/* SPDX-License-Identifier: MIT */
/*
 * string_pack: reading the format strings of pack, packsize and unpack (Lua 5.3 manual 6.4.2).
 */
#ifndef STDLIB_STRING_PACK_H
#define STDLIB_STRING_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

enum string_pack_kind {
    PACK_SIGNED,
    PACK_UNSIGNED,
    PACK_FLOAT,
    PACK_FIXED,  /* cN */
    PACK_STRING, /* sN */
    PACK_ZERO,   /* z */
    PACK_PAD,    /* x */
    PACK_ALIGN,  /* X */
    PACK_NOTHING
};

enum { PACK_MAX_INTEGER = 16 }; /* bytes */

struct string_pack_format {
    const char *at, *end;
    bool is_little;
    unsigned max_align;
};

struct string_pack_option {
    enum string_pack_kind kind;
    size_t size;    /* bytes of the value; of PACK_STRING: of its length */
    size_t padding; /* bytes before it */
};

void string_pack_begin(lua_State *L, struct string_pack_format *format);

/* Reads the next option, for a value at offset `total`. False: the format ends here. Raises errors. */
bool string_pack_next(lua_State *L, struct string_pack_format *format, size_t total, struct string_pack_option *option);

/* An integer of `size` bytes; and back. */
void string_pack_integer(const struct string_pack_format *format, char *to, lua_Unsigned value, size_t size,
                         bool negative);
lua_Integer string_unpack_integer(lua_State *L, const struct string_pack_format *format, const char *from, size_t size,
                                  bool is_signed);

/* Copies a floating point number, turned around if the format is not in the machine's byte order. */
void string_pack_swap(const struct string_pack_format *format, char *to, const char *from, size_t size);

#endif
