/* SPDX-License-Identifier: MIT */
/*
 * invoke: a call as a Lua program makes it: arguments from its stack, through the interceptors (vm/intercept.h), the result to a coroutine that waits or
 * to a Future. The callee is aborted when the calling process ends first.
 */
#ifndef VM_INVOKE_H
#define VM_INVOKE_H

#include <lua.h>

#include "vm/call.h"

struct codec_bytes;
struct future;

/* What is called, and how. */
struct invoke {
    struct call_target target;
    struct context *context;      /* NULL: empty */
    struct call_options *options; /* of this call, over those of the target */
    bool inherits_context;        /* it is the context of the calling process */
};

/*
 * Starts the call with the arguments of encoding_run, which are done with. Takes all references of `invoke` and never raises. A lua_CFunction returns
 * what these return.
 *
 * invoke_wait suspends the coroutine (state_check_block has been asked) and gives its program value, nil or nil, error. `top` is the top
 * of the stack when the C function began. invoke_async gives it the value at stack index 1, which is the Future (of future_new); it suspends
 * the coroutine if there is no room in the queue of the function, until there is.
 */
int invoke_wait(lua_State *L, struct invoke *invoke, struct codec_bytes *args, int top);
int invoke_async(lua_State *L, struct invoke *invoke, struct codec_bytes *args, struct future *future);

/* ---- for futures ---- */

struct invocation;

/* The future does not want the result any more. */
void invocation_abandon(struct invocation *invocation);

#endif
