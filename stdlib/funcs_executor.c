/* SPDX-License-Identifier: MIT */
/*
 * funcs_executor: see the header. Every with_* makes a new Executor.
 *
 *   e:with_context(values)   string-keyed values in the plain-data form, over those that the callee inherits
 *   e:with_options(options)  options of its calls (funcs_options.h), in place of those before
 *   e:with_actor(actor), e:with_scope(scope)     security identity of the callee
 *   e:call(id, ...), e:async(id, ...)            as in funcs
 *
 * with_* of something else than a table raises; values that cannot be stored too; an option that is wrong gives nil, err INVALID.
 */
#include "stdlib/funcs_executor.h"

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "stdlib/funcs_call.h"
#include "stdlib/funcs_options.h"
#include "stdlib/permission.h"
#include "vm/call_options.h"
#include "vm/context.h"
#include "vm/encoding.h"
#include "vm/error.h"
#include "vm/fiber.h"
#include "vm/handle.h"
#include "vm/heap.h"
#include "vm/lazy.h"
#include "vm/plain.h"
#include "vm/state.h"
#include "vm/type.h"
#include "vm/vm.h"

struct executor {
    const struct type *type;
    struct handle handle;
    struct context *context;
    struct call_options *options;
    size_t charged; /* to the heap for a context that it does not share */
};

enum { SELF = 1, TABLE, NEW };

/* ---- life ---- */

static void release(struct handle *handle)
{
    struct executor *executor = container_of(handle, struct executor, handle);
    context_unref(executor->context);
    call_options_unref(executor->options);
    executor->context = NULL;
    executor->options = NULL;
}

static int finalize(lua_State *L)
{
    struct executor *executor = lua_touserdata(L, 1);
    heap_charge(heap_of_user(state_of(L)), -(ptrdiff_t)executor->charged);
    executor->charged = 0;
    handle_close(&executor->handle);
    return 0;
}

static struct executor *push_new(lua_State *L)
{
    struct executor *executor = type_new(L, &executor_type, sizeof *executor);
    handle_keep(L, &executor->handle, release);
    return executor;
}

int executor_new(lua_State *L)
{
    push_new(L);
    return 1;
}

void executor_check(lua_State *L, int index)
{
    type_check(L, index, &executor_type);
}

struct context *executor_context(lua_State *L, int index)
{
    const struct executor *executor = lua_touserdata(L, index);
    return executor->context;
}

struct call_options *executor_options(lua_State *L, int index)
{
    const struct executor *executor = lua_touserdata(L, index);
    return executor->options;
}

/* ---- with: the stack is executor, table, new executor ---- */

/* Checks the first two and pushes the third. */
static void begin_with(lua_State *L)
{
    executor_check(L, SELF);
    luaL_checktype(L, TABLE, LUA_TTABLE);
    lua_settop(L, TABLE);
    push_new(L);
}

static int with_context_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    const struct executor *self = lua_touserdata(L, SELF);
    struct executor *new = lua_touserdata(L, NEW);
    struct codec_bytes bytes = {0};
    enum codec_status outcome = plain_encode_fields(L, TABLE, NEW, &bytes);
    if (outcome == CODEC_MORE)
        return state_reschedule(L, ctx, with_context_k);
    if (outcome != CODEC_OK)
        return plain_raise(L, "context", outcome);
    int result = context_merge(&new->context, self->context, bytes.data, bytes.length);
    encoding_done(L, &bytes);
    if (result != 0)
        return error_return(L, ERROR_INVALID, "context cannot be stored: %s", context_message(result));
    new->options = call_options_ref(self->options);
    new->charged = new->context == self->context ? 0 : context_size(new->context);
    heap_charge(heap_of_user(state_of(L)), (ptrdiff_t) new->charged);
    lua_settop(L, NEW);
    return 1;
}

static int executor_with_context(lua_State *L)
{
    begin_with(L);
    if (!permission_allows(L, "funcs.context", "context"))
        return error_return(L, ERROR_PERMISSION_DENIED, "not allowed to set context values");
    return with_context_k(L, LUA_OK, 0);
}

static void check_option_keys(lua_State *L)
{
    int count = 0, top = lua_gettop(L);
    if (!lazy_target(L, TABLE))
        lua_pushvalue(L, TABLE);
    for (lua_pushnil(L); lua_next(L, top + 1); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_argerror(L, TABLE, lua_pushfstring(L, "option names must be strings, got a %s", luaL_typename(L, -2)));
        if (++count > CONTEXT_KEYS_MAX)
            luaL_argerror(L, TABLE, "too many options");
    }
    lua_settop(L, top);
}

static int with_options_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    const struct executor *self = lua_touserdata(L, SELF);
    struct executor *new = lua_touserdata(L, NEW);
    struct codec_bytes bytes = {0};
    struct vm_error error;
    enum codec_status outcome = plain_encode_fields(L, TABLE, NEW, &bytes);
    if (outcome == CODEC_MORE)
        return state_reschedule(L, ctx, with_options_k);
    if (outcome != CODEC_OK)
        return plain_raise(L, "options", outcome);
    int result = funcs_options_parse(&new->options, bytes.data, bytes.length, &error);
    encoding_done(L, &bytes);
    if (result != 0)
        return error_return(L, error.kind, "%s", error.message);
    new->context = context_ref(self->context);
    lua_settop(L, NEW);
    return 1;
}

static int executor_with_options(lua_State *L)
{
    begin_with(L);
    check_option_keys(L);
    return with_options_k(L, LUA_OK, 0);
}

/* ---- identity: nothing makes actors and scopes yet, so all values are of a wrong type ---- */

static int refuse(lua_State *L, const char *wanted)
{
    executor_check(L, SELF);
    const struct type *type = type_of(L, 2);
    const char *got = type ? type->name : luaL_typename(L, 2);
    return luaL_argerror(L, 2, lua_pushfstring(L, "%s expected, got %s", wanted, got));
}

static int executor_with_actor(lua_State *L)
{
    return refuse(L, "actor");
}

static int executor_with_scope(lua_State *L)
{
    return refuse(L, "scope");
}

/* ---- calls ---- */

static int executor_call(lua_State *L)
{
    return funcs_call(L, FUNCS_EXECUTOR);
}

static int executor_async(lua_State *L)
{
    return funcs_call(L, FUNCS_EXECUTOR | FUNCS_ASYNC);
}

static const luaL_Reg executor_methods[] = {
    {"with_context", executor_with_context},
    {"with_options", executor_with_options},
    {"with_actor", executor_with_actor},
    {"with_scope", executor_with_scope},
    {"call", executor_call},
    {"async", executor_async},
    {NULL, NULL},
};

const struct type executor_type = {.name = "funcs.Executor", .methods = executor_methods, .finalize = finalize};
