/* SPDX-License-Identifier: MIT */
/*
 * funcs_call: see funcs_call.h. Nothing outside of Lua is held before the arguments are encoded, for that may be suspended and raise.
 *
 * Stack: [future,] [executor,] id, arguments; and above them the encoder, while there is one.
 */
#include "stdlib/funcs_call.h"

#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "stdlib/funcs_executor.h"
#include "stdlib/permission.h"
#include "vm/call_options.h"
#include "vm/context.h"
#include "vm/encoding.h"
#include "vm/error.h"
#include "vm/future.h"
#include "vm/invoke.h"
#include "vm/process_struct.h"
#include "vm/state.h"
#include "vm/vm_struct.h"

enum { FLAG_BITS = 2 };

static int id_index(unsigned flags)
{
    return 1 + !!(flags & FUNCS_ASYNC) + !!(flags & FUNCS_EXECUTOR);
}

/* Why nothing can have this id; NULL: something may. */
static const char *problem_of(const char *id, size_t length)
{
    const char *colon = memchr(id, ':', length);
    if (length == 0)
        return "function ID required";
    if (!colon || colon == id)
        return "namespace required in function ID";
    return colon + 1 == id + length ? "name required in function ID" : NULL;
}

static int push_vm_error(lua_State *L, const struct vm_error *error)
{
    lua_pushnil(L);
    error_push(L, error->kind, "%s", error->message);
    if (error->detail_key[0])
        error_add_detail(L, error->detail_key, error->detail);
    return 2;
}

static bool resolve(lua_State *L, int index, struct call_target *target, struct vm_error *error)
{
    struct vm *vm = state_vm(L);
    size_t length;
    const char *id = lua_tolstring(L, index, &length);
    if (vm->config.resolve_call)
        return vm->config.resolve_call(vm->config.resolve_ctx, id, length, target, error) == 0;
    vm_error_set(error, ERROR_NOT_FOUND, "function not found");
    snprintf(error->detail_key, sizeof error->detail_key, "target");
    snprintf(error->detail, sizeof error->detail, "%s", id);
    return false;
}

/* Context and options of the callee: those of the calling process under those of the Executor. False: they are too large together. */
static bool inherit(lua_State *L, unsigned flags, struct invoke *invoke, struct vm_error *error)
{
    struct context *own = state_process(L)->context, *over = NULL;
    if (flags & FUNCS_EXECUTOR) {
        int executor = id_index(flags) - 1;
        over = executor_context(L, executor);
        invoke->options = call_options_ref(executor_options(L, executor));
    }
    invoke->inherits_context = !over;
    invoke->context = over ? NULL : context_ref(own);
    int result = over ? context_overlay(&invoke->context, own, over) : 0;
    if (result == 0)
        return true;
    call_options_unref(invoke->options);
    vm_error_set(error, ERROR_INVALID, "context cannot be stored: %s", context_message(result));
    return false;
}

static int refuse(lua_State *L, struct future *future, struct codec_bytes *args, const struct vm_error *error)
{
    encoding_done(L, args);
    if (future)
        future_discard(L, future);
    return push_vm_error(L, error);
}

/* The arguments are encoded. */
static int start(lua_State *L, unsigned flags, int top, struct codec_bytes *args)
{
    struct invoke invoke = {0};
    struct vm_error error;
    struct future *future = flags & FUNCS_ASYNC ? lua_touserdata(L, 1) : NULL;
    if (!resolve(L, id_index(flags), &invoke.target, &error))
        return refuse(L, future, args, &error);
    if (!inherit(L, flags, &invoke, &error)) {
        call_target_release(&invoke.target);
        return refuse(L, future, args, &error);
    }
    if (future)
        return invoke_async(L, &invoke, args, future);
    return invoke_wait(L, &invoke, args, top);
}

static int run_k(lua_State *L, int status, lua_KContext ctx);

/* ctx: flags, the top of the stack above them. */
static int run(lua_State *L, lua_KContext ctx)
{
    unsigned flags = (unsigned)ctx & ((1u << FLAG_BITS) - 1);
    int top = (int)(ctx >> FLAG_BITS), first = id_index(flags) + 1;
    struct codec_bytes args = {0};
    if (top < first)
        return start(L, flags, top, &args);
    enum codec_status status = encoding_run(L, first, top - first + 1, top, &args);
    if (status == CODEC_MORE)
        return state_reschedule(L, ctx, run_k);
    if (status == CODEC_OK)
        return start(L, flags, top, &args);
    if (flags & FUNCS_ASYNC)
        future_discard(L, lua_touserdata(L, 1));
    return error_return(L, ERROR_INVALID, "arguments cannot be sent: %s", codec_message(status));
}

static int run_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    return run(L, ctx);
}

int funcs_call(lua_State *L, unsigned flags)
{
    int index = id_index(flags & ~(unsigned)FUNCS_ASYNC);
    if (flags & FUNCS_EXECUTOR)
        executor_check(L, 1);
    size_t length = 0;
    const char *id = "";
    if (!lua_isnoneornil(L, index)) {
        luaL_checktype(L, index, LUA_TSTRING);
        id = lua_tolstring(L, index, &length);
    }
    const char *problem = problem_of(id, length);
    if (problem)
        return error_return(L, ERROR_INVALID, "%s", problem);
    if (!permission_allows(L, "funcs.call", id))
        return error_return(L, ERROR_PERMISSION_DENIED, "not allowed to call %s", id);
    if (flags & FUNCS_ASYNC) {
        future_new(L);
        lua_insert(L, 1);
    } else {
        state_check_block(L);
    }
    return run(L, (lua_KContext)lua_gettop(L) << FLAG_BITS | flags);
}
