/* SPDX-License-Identifier: MIT */
/* funcs_call: the calls of module funcs and of its Executor. */
#ifndef STDLIB_FUNCS_CALL_H
#define STDLIB_FUNCS_CALL_H

#include <lua.h>

enum funcs_call_flags {
    FUNCS_ASYNC = 1,    /* a Future at once instead of the result */
    FUNCS_EXECUTOR = 2, /* an Executor stands before the id */
};

/* A whole lua_CFunction: stack is [executor,] id, arguments. */
int funcs_call(lua_State *L, unsigned flags);

#endif
