/* SPDX-License-Identifier: MIT */
/* process_target: see process_target.h. */
#include "stdlib/process_target.h"

#include <lauxlib.h>

#include "vm/error.h"
#include "vm/process.h"
#include "vm/state.h"

uint64_t process_target(lua_State *L, int index)
{
    size_t length;
    luaL_checktype(L, index, LUA_TSTRING); /* a number is no PID and no name */
    const char *text = lua_tolstring(L, index, &length);
    struct vm *vm = state_vm(L);
    int64_t pid = process_parse_pid(vm, text, length);
    if (pid > 0)
        return (uint64_t)pid;
    if (pid < 0) {
        error_return(L, ERROR_NOT_FOUND, "host not found");
        return 0;
    }
    uint64_t named = process_lookup_name(vm, text, length);
    if (!named)
        error_return(L, ERROR_NOT_FOUND, "could not resolve '%.200s' as PID or registered name", text);
    return named;
}
