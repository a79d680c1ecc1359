/* SPDX-License-Identifier: MIT */
/*
 * string_buf: a string under construction. The first bytes lie in the struct itself, more in a userdata at a stack
 * index that the caller reserves: the Lua heap owns them, so an error or the death of the process frees them. The
 * struct may lie on the C stack or in a userdata; string_buf_moved is called when it was copied elsewhere.
 *
 * Against luaL_Buffer: 512 bytes of C stack instead of 8 KB, and it survives a yield.
 */
#ifndef STDLIB_STRING_BUF_H
#define STDLIB_STRING_BUF_H

#include <stddef.h>
#include <string.h>

#include <lua.h>

enum { STRING_BUF_SMALL = 512 };

struct string_buf {
    char *data;
    size_t length, capacity;
    unsigned inside; /* bytes of `small` that are in use or may be: the rest need not be copied */
    int slot;
    char small[STRING_BUF_SMALL];
};

/* `slot`: an existing stack index whose value may be overwritten. */
static inline void string_buf_init(struct string_buf *buf, int slot)
{
    buf->data = buf->small;
    buf->length = 0;
    buf->capacity = buf->inside = STRING_BUF_SMALL;
    buf->slot = slot;
}

/* For an empty one: uses only `size` of the first bytes. */
static inline void string_buf_shrink(struct string_buf *buf, size_t size)
{
    if (size < STRING_BUF_SMALL)
        buf->capacity = buf->inside = (unsigned)size;
}

void string_buf_grow(lua_State *L, struct string_buf *buf, size_t more);

/* Room for `more` bytes behind the end; raises when memory is out. */
static inline char *string_buf_reserve(lua_State *L, struct string_buf *buf, size_t more)
{
    if (buf->capacity - buf->length < more)
        string_buf_grow(L, buf, more);
    return buf->data + buf->length;
}

static inline void string_buf_add(lua_State *L, struct string_buf *buf, const char *bytes, size_t length)
{
    memcpy(string_buf_reserve(L, buf, length), bytes, length);
    buf->length += length;
}

static inline void string_buf_add_char(lua_State *L, struct string_buf *buf, char c)
{
    *string_buf_reserve(L, buf, 1) = c;
    buf->length++;
}

/*
 * The struct `from` was copied to `to` byte by byte (fields and small may have been): lets `to` point to its own bytes.
 */
static inline void string_buf_moved(struct string_buf *to, const struct string_buf *from)
{
    if (to->data == from->small)
        to->data = to->small;
}

/* Pushes the finished string. */
void string_buf_push(lua_State *L, const struct string_buf *buf);

#endif
