/* SPDX-License-Identifier: MIT */
/*
 * table.concat(t [, sep [, i [, j]]]): the strings and numbers t[i] .. t[j] as one string, sep between them.
 */
#include <lauxlib.h>
#include <lua.h>

#include "sched/base/compiler.h"
#include "stdlib/string_buf.h"
#include "stdlib/string_lib.h"
#include "stdlib/string_work.h"
#include "stdlib/table_lib.h"
#include "vm/state.h"

/* Stack: t, sep, i, j, parked struct concat, bytes of the result. */
enum { CONCAT_STATE = 5, CONCAT_BYTES };

struct concat {
    const char *separator;
    size_t separator_length;
    lua_Integer next, last;
    size_t debt;
    struct string_buf buf;
};

static int concat_continue(lua_State *L, int status, lua_KContext context);

static int concat_yield(lua_State *L, struct concat *concat)
{
    struct concat *parked = string_park(L, CONCAT_STATE, concat, sizeof *concat);
    if (parked != concat)
        string_buf_moved(&parked->buf, &concat->buf);
    return state_reschedule(L, 0, concat_continue);
}

static void add_element(lua_State *L, struct concat *concat)
{
    size_t length;
    lua_geti(L, 1, concat->next);
    const char *text = string_of(L, -1, &length);
    if (unlikely(!text))
        luaL_error(L, "invalid value (%s) at index %d in table for 'concat'", luaL_typename(L, -1), (int)concat->next);
    string_buf_add(L, &concat->buf, text, length);
    lua_pop(L, 1);
    concat->debt += 3 + length / 64;
}

static int concat_run(lua_State *L, struct concat *concat)
{
    while (concat->next < concat->last) {
        add_element(L, concat);
        string_buf_add(L, &concat->buf, concat->separator, concat->separator_length);
        concat->next++;
        if (string_owes(L, &concat->debt, concat->separator_length / 64))
            return concat_yield(L, concat);
    }
    if (concat->next == concat->last)
        add_element(L, concat);
    string_buf_push(L, &concat->buf);
    return 1;
}

static int concat_continue(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return concat_run(L, lua_touserdata(L, CONCAT_STATE));
}

int table_concat(lua_State *L)
{
    struct concat concat;
    lua_Integer length = table_length(L, 1, TABLE_READ);
    concat.separator = "";
    concat.separator_length = 0;
    if (!lua_isnoneornil(L, 2))
        concat.separator = string_arg(L, 2, &concat.separator_length);
    concat.next = luaL_optinteger(L, 3, 1);
    concat.last = luaL_optinteger(L, 4, length);
    concat.debt = 0;
    lua_settop(L, 4);
    lua_settop(L, CONCAT_BYTES);
    string_buf_init(&concat.buf, CONCAT_BYTES);
    return concat_run(L, &concat);
}
