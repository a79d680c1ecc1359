/* SPDX-License-Identifier: MIT */
/*
 * funcs: calling functions (spec actor-core 7).
 *
 *   funcs.call(id, ...)     value, nil or nil, err: what the function returned or how it failed
 *   funcs.async(id, ...)    a Future (vm/future.c) at once; or nil, err when there is no such function
 *   funcs.new()             an Executor (funcs_executor.c): calls with context values and options of their own
 *
 * id is that of a function.lua entry, or of a process entry whose meta names a default_host: then a process is spawned there and its exit value is the
 * result. Bad ids: nil, err INVALID; unknown ones NOT_FOUND with details.target. The callee has the context of the caller and is
 * ended, or canceled if it is a process, when the caller ends first.
 */
#include "stdlib/funcs.h"

#include "stdlib/funcs_call.h"
#include "stdlib/funcs_executor.h"
#include "vm/future.h"

static int funcs_lua_call(lua_State *L)
{
    return funcs_call(L, 0);
}

static int funcs_lua_async(lua_State *L)
{
    return funcs_call(L, FUNCS_ASYNC);
}

const struct lazy_entry std_funcs_entries[] = {
    LAZY_U("Executor", &executor_type), LAZY_U("Future", &future_type), LAZY_F("call", funcs_lua_call),
    LAZY_F("async", funcs_lua_async),   LAZY_F("new", executor_new),    LAZY_DONE,
};
