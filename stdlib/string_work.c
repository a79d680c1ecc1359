/* SPDX-License-Identifier: MIT */
/*
 * Budget and parking of long loops.
 */
#include "stdlib/string_work.h"

#include <string.h>

#include "vm/state.h"

bool string_is_over(lua_State *L, size_t work)
{
    bool is_over = false;
    do {
        is_over |= state_budget(L);
        work -= work < STRING_WORK_UNIT ? work : STRING_WORK_UNIT;
    } while (work > 0);
    return is_over;
}

void *string_park(lua_State *L, int slot, void *op, size_t size)
{
    if (lua_touserdata(L, slot) == op)
        return op;
    void *parked = lua_newuserdata(L, size);
    memcpy(parked, op, size);
    lua_replace(L, slot);
    return parked;
}
