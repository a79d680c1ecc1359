/* SPDX-License-Identifier: MIT */
/* process_target: see process_target.h. */
#include "stdlib/process_target.h"

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "vm/error.h"
#include "vm/heap.h"
#include "vm/pid_memo.h"
#include "vm/process.h"
#include "vm/state.h"
#include "vm/vm_struct.h"

/* A PID that no process has. */
#define NOBODY UINT64_MAX

/* The PID that the text is, for good; 0 or less: see process_parse_pid. */
static int64_t read_pid(struct vm *vm, const char *text, size_t length)
{
    struct pid_memo *memo = &vm_local(vm)->pids;
    uint64_t known = pid_memo_find(memo, text, length);
    if (likely(known != 0))
        return (int64_t)known;
    int64_t pid = process_parse_pid(vm, text, length);
    if (pid > 0)
        pid_memo_keep(memo, text, length, (uint64_t)pid);
    return pid;
}

/* As find, for a text that is not noted. */
static __attribute__((noinline)) uint64_t find_new(lua_State *L, int index)
{
    size_t length;
    const char *text = lua_tolstring(L, index, &length);
    struct vm *vm = state_vm(L);
    int64_t pid = read_pid(vm, text, length);
    if (pid > 0)
        heap_note(heap_of_user(state_of(L)), text, (uint64_t)pid);
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
 * As process_target_text; a PID of an unknown host gives NOBODY. What looks like a PID and is no name either is a PID that nobody has. Who
 * sends to one process only, as many do, has its PID noted: the string is not even looked at then.
 */
static uint64_t find(lua_State *L, int index, const char *text)
{
    uint64_t noted = heap_noted(heap_of_user(state_of(L)), text);
    return likely(noted != 0) ? noted : find_new(L, index);
}

uint64_t process_target_text(lua_State *L, int index, const char *text)
{
    uint64_t pid = find(L, index, text);
    if (likely(pid != NOBODY))
        return pid;
    error_return(L, ERROR_NOT_FOUND, "host not found");
    return 0;
}

/* A number is no PID and no name. */
static const char *check_text(lua_State *L, int index)
{
    luaL_checktype(L, index, LUA_TSTRING);
    return lua_tostring(L, index);
}

uint64_t process_target(lua_State *L, int index)
{
    return process_target_text(L, index, check_text(L, index));
}

uint64_t process_target_peer(lua_State *L, int index)
{
    return find(L, index, check_text(L, index));
}
