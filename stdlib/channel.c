/* SPDX-License-Identifier: MIT */
/*
 * channel (global): queues between the coroutines of one process (spec actor-core 4).
 *
 *   channel.new(cap)              a channel that buffers `cap` values (default 0; negative: 0)
 *   ch:send(v)                    true; waits while the buffer is full; raises on a closed channel
 *   ch:receive()                  v, true; or nil, false when closed and drained; waits while empty
 *   ch:close()                    wakes all who wait
 *   ch:case_send(v), ch:case_receive()   cases for select, reusable
 *   channel.select(cases[, default])     {channel, value, ok} of the first ready case, or {default = true, ok = true}
 */
#include "stdlib/channel.h"

#include <lauxlib.h>
#include <lua.h>

#include "vm/channel.h"
#include "vm/lazy.h"

static int std_new(lua_State *L)
{
    lua_Integer capacity = luaL_optinteger(L, 1, 0);
    luaL_argcheck(L, capacity <= INT32_MAX, 1, "capacity too large");
    channel_new(L, capacity < 0 ? 0 : (uint32_t)capacity);
    return 1;
}

const struct lazy_entry std_channel_entries[] = {
    LAZY_U("Channel", &channel_type),
    LAZY_U("Case", &channel_case_type),
    LAZY_F("new", std_new),
    LAZY_F("select", channel_select),
    LAZY_DONE,
};
