/* SPDX-License-Identifier: MIT */
/*
 * process_control: see process_control.h. Each takes a PID or a registered name and returns true, or nil and an error.
 *
 *   process.cancel(dest[, reason])   a CANCEL event; advice only
 *   process.terminate(dest)          no further Lua instruction after its current slice; on oneself: does not return; not for functions
 *   process.monitor(dest)            an EXIT event when it ends; process.unmonitor(dest): none after it returned
 *   process.link(dest)               failures travel both ways; process.unlink(dest)
 */
#include "stdlib/process_control.h"

#include <lauxlib.h>

#include "stdlib/process_target.h"
#include "vm/error.h"
#include "vm/fiber.h"
#include "vm/process.h"
#include "vm/process_struct.h"
#include "vm/state.h"

enum { REASON_MAX = 4096 };

static int succeed(lua_State *L)
{
    lua_pushboolean(L, 1);
    return 1;
}

int process_cancel(lua_State *L)
{
    size_t length = 0;
    const char *reason = "";
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TSTRING);
        reason = lua_tolstring(L, 2, &length);
    }
    if (length > REASON_MAX)
        return error_return(L, ERROR_INVALID, "reason longer than %d bytes", REASON_MAX);
    uint64_t to = process_target_peer(L, 1);
    if (!to)
        return 2;
    if (process_send_cancel(state_vm(L), process_pid(state_process(L)), to, reason, length))
        return succeed(L);
    if (process_is_alive(state_vm(L), to))
        return error_return(L, ERROR_RATE_LIMITED, "mailbox of the receiver is full");
    return error_return(L, ERROR_INTERNAL, "process not found");
}

int process_terminate(lua_State *L)
{
    uint64_t to = process_target_peer(L, 1);
    if (!to)
        return 2;
    if (process_is_function(state_vm(L), to))
        return error_return(L, ERROR_INTERNAL, "functions cannot be terminated");
    if (to == process_pid(state_process(L))) {
        state_doom(state_of(L), DEATH_TERMINATED);
        return state_die(L);
    }
    if (!process_send_terminate(state_vm(L), to))
        return error_return(L, ERROR_INTERNAL, "process not found");
    return succeed(L);
}

int process_monitor(lua_State *L)
{
    uint64_t to = process_target_peer(L, 1);
    if (!to)
        return 2;
    switch (relation_monitor(state_process(L), to)) {
    case RELATION_EXISTS:
        return error_return(L, ERROR_INTERNAL, "already monitoring pid");
    case RELATION_DEAD:
        return error_return(L, ERROR_INTERNAL, "pid not registered");
    default:
        return succeed(L);
    }
}

int process_unmonitor(lua_State *L)
{
    uint64_t to = process_target_peer(L, 1);
    if (!to)
        return 2;
    relation_unmonitor(state_process(L), to);
    return succeed(L);
}

int process_link(lua_State *L)
{
    uint64_t to = process_target_peer(L, 1);
    if (!to)
        return 2;
    if (relation_link(state_process(L), to) == RELATION_OK)
        return succeed(L);
    error_return(L, ERROR_INTERNAL, "pid not registered");
    error_add_detail(L, "role", "peer");
    return 2;
}

int process_unlink(lua_State *L)
{
    uint64_t to = process_target_peer(L, 1);
    if (!to)
        return 2;
    relation_unlink(state_process(L), to);
    return succeed(L);
}
