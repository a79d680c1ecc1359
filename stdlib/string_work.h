/* SPDX-License-Identifier: MIT */
/*
 * string_work: how the C functions of string, table, utf8 and os stay interruptible. A function keeps the state of its
 * loop in one struct. It begins on the C stack, for most calls are short; only when the slice is over is it moved to a
 * userdata on the Lua stack (string_park), and the continuation goes on with it there. So death and errors leave
 * nothing behind.
 */
#ifndef STDLIB_STRING_WORK_H
#define STDLIB_STRING_WORK_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

enum {
    STRING_WORK_UNIT = 256, /* work between two looks at the budget; one unit of work is about 10 ns */
    STRING_PIECE = 16384,   /* bytes that a plain copying or mapping loop handles between two looks */
};

/* Reports `work` done: true if the slice is over and the caller can yield. Raises when marked for death. */
bool string_is_over(lua_State *L, size_t work);

/*
 * For loops over cheap elements: adds `work` to *debt and looks at the budget only when that makes a unit. Otherwise as
 * string_is_over.
 */
static inline bool string_owes(lua_State *L, size_t *debt, size_t work)
{
    *debt += work;
    if (*debt < STRING_WORK_UNIT)
        return false;
    work = *debt;
    *debt = 0;
    return string_is_over(L, work);
}

/*
 * Moves the `size` bytes at `op` to a userdata at stack index `slot` (which exists), unless they are there already.
 * Returns where they are now.
 */
void *string_park(lua_State *L, int slot, void *op, size_t size);

#endif
