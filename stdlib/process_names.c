/* SPDX-License-Identifier: MIT */
/*
 * process.registry: names of processes (spec actor-core 6.10). On a node of its own only the scope LOCAL exists.
 *
 *   register(name[, pid[, scope]])   true, or nil, err (ALREADY_EXISTS: another process has it)
 *   lookup(name)                     pid, or nil, err NOT_FOUND
 *   unregister(name[, scope])        true if it was registered
 *   LOCAL, EVENTUAL, CONSISTENT, STRONG
 */
#include <lauxlib.h>

#include "stdlib/process.h"
#include "vm/error.h"
#include "vm/lazy.h"
#include "vm/names.h"
#include "vm/pid.h"
#include "vm/process.h"
#include "vm/state.h"
#include "vm/vm_struct.h"

enum scope { SCOPE_LOCAL, SCOPE_EVENTUAL, SCOPE_CONSISTENT, SCOPE_STRONG };

/* True if the scope at `index` is LOCAL; otherwise nil (or false) and an error are pushed. */
static bool check_scope(lua_State *L, int index)
{
    static const char *const names[] = {"local", "eventual", "consistent", "strong"};
    lua_Integer scope = luaL_optinteger(L, index, SCOPE_LOCAL);
    if (scope == SCOPE_LOCAL)
        return true;
    if (scope < SCOPE_LOCAL || scope > SCOPE_STRONG)
        error_return(L, ERROR_INVALID, "scope must be LOCAL, EVENTUAL, CONSISTENT or STRONG");
    else
        error_return(L, ERROR_INTERNAL, "%s registry not available", names[scope]);
    return false;
}

/* As luaL_checklstring, but a number is no name. */
static const char *check_string(lua_State *L, int index, size_t *length)
{
    luaL_checktype(L, index, LUA_TSTRING);
    return lua_tolstring(L, index, length);
}

/* The PID argument of register; 0: nil and an error are pushed. */
static uint64_t owner_argument(lua_State *L)
{
    if (lua_isnoneornil(L, 2))
        return process_pid(state_process(L));
    size_t length;
    const char *text = check_string(L, 2, &length);
    int64_t pid = process_parse_pid(state_vm(L), text, length);
    if (pid > 0)
        return (uint64_t)pid;
    error_return(L, ERROR_INVALID, "'%.200s' is not a PID", text);
    return 0;
}

static int registry_register(lua_State *L)
{
    size_t length;
    const char *name = check_string(L, 1, &length);
    if (length == 0)
        return error_return(L, ERROR_INVALID, "name required");
    if (length > NAMES_LENGTH_MAX)
        return error_return(L, ERROR_INVALID, "name longer than %d bytes", NAMES_LENGTH_MAX);
    uint64_t pid = owner_argument(L);
    if (!pid || !check_scope(L, 3))
        return 2;
    switch (names_register(state_vm(L), name, length, pid)) {
    case NAMES_TAKEN:
        return error_return(L, ERROR_ALREADY_EXISTS, "name already registered");
    case NAMES_DEAD:
        return error_return(L, ERROR_NOT_FOUND, "process not found");
    case NAMES_FULL:
        return error_return(L, ERROR_RATE_LIMITED, "process holds %d names already", NAMES_MAX);
    default:
        lua_pushboolean(L, 1);
        return 1;
    }
}

static int registry_lookup(lua_State *L)
{
    size_t length;
    char text[PID_TEXT_MAX];
    const char *name = check_string(L, 1, &length);
    uint64_t pid = process_lookup_name(state_vm(L), name, length);
    if (!pid)
        return error_return(L, ERROR_NOT_FOUND, "name not registered");
    lua_pushlstring(L, text, process_format_pid(state_vm(L), pid, text));
    return 1;
}

static int registry_unregister(lua_State *L)
{
    size_t length;
    const char *name = check_string(L, 1, &length);
    if (!check_scope(L, 2)) {
        lua_pushboolean(L, 0); /* a boolean in the first place, whatever happens */
        lua_replace(L, -3);
        return 2;
    }
    lua_pushboolean(L, names_unregister(state_vm(L), name, length));
    return 1;
}

const struct lazy_entry std_process_registry_entries[] = {
    LAZY_F("register", registry_register),
    LAZY_F("lookup", registry_lookup),
    LAZY_F("unregister", registry_unregister),
    LAZY_I("LOCAL", SCOPE_LOCAL),
    LAZY_I("EVENTUAL", SCOPE_EVENTUAL),
    LAZY_I("CONSISTENT", SCOPE_CONSISTENT),
    LAZY_I("STRONG", SCOPE_STRONG),
    LAZY_DONE,
};
