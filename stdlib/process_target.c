/* SPDX-License-Identifier: MIT */
/* process_target: see process_target.h. */
#include "stdlib/process_target.h"

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "vm/error.h"
#include "vm/process.h"
#include "vm/state.h"
#include "vm/vm_struct.h"

/* A PID that no process has. */
#define NOBODY UINT64_MAX

/* As find, for a text that the memo does not have. */
static __attribute__((noinline)) uint64_t find_new(lua_State *L, struct pid_memo *memo, const char *text, size_t length)
{
    struct vm *vm = state_vm(L);
    int64_t pid = process_parse_pid(vm, text, length);
    if (pid > 0)
        pid_memo_keep(memo, text, length, (uint64_t)pid);
    if (pid != 0)
        return pid > 0 ? (uint64_t)pid : NOBODY;
    uint64_t named = process_lookup_name(vm, text, length);
    if (named)
        return named;
    pid = process_parse_nobody(vm, text, length);
    if (pid != 0)
        return pid > 0 ? (uint64_t)pid : NOBODY;
    error_return(L, ERROR_NOT_FOUND, "could not resolve '%.200s' as PID or registered name", text);
    return 0;
}

/*
 * As process_target_named; a PID of an unknown host gives NOBODY. What looks like a PID and is no name either is a PID that nobody has.
 */
static uint64_t find(lua_State *L, const char *text, size_t length)
{
    struct pid_memo *memo = &vm_local(state_vm(L))->pids;
    uint64_t known = pid_memo_find(memo, text, length);
    return likely(known != 0) ? known : find_new(L, memo, text, length);
}

static const char *check_text(lua_State *L, int index, size_t *length)
{
    luaL_checktype(L, index, LUA_TSTRING); /* a number is no PID and no name */
    return lua_tolstring(L, index, length);
}

uint64_t process_target_named(lua_State *L, const char *text, size_t length)
{
    uint64_t pid = find(L, text, length);
    if (likely(pid != NOBODY))
        return pid;
    error_return(L, ERROR_NOT_FOUND, "host not found");
    return 0;
}

uint64_t process_target(lua_State *L, int index)
{
    size_t length;
    const char *text = check_text(L, index, &length);
    return process_target_named(L, text, length);
}

uint64_t process_target_peer(lua_State *L, int index)
{
    size_t length;
    const char *text = check_text(L, index, &length);
    return find(L, text, length);
}
