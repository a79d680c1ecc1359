/* SPDX-License-Identifier: MIT */
/* funcs_executor: Executor objects: calls with context values and options of their own. Immutable. */
#ifndef STDLIB_FUNCS_EXECUTOR_H
#define STDLIB_FUNCS_EXECUTOR_H

#include <lua.h>

struct call_options;
struct context;
struct type;

extern const struct type executor_type;

/* funcs.new: pushes an Executor that adds nothing. */
int executor_new(lua_State *L);

/* Raises unless the argument at `index` is an Executor. */
void executor_check(lua_State *L, int index);

/* What the Executor at `index` sets over what is inherited; both borrowed, NULL: nothing. */
struct context *executor_context(lua_State *L, int index);
struct call_options *executor_options(lua_State *L, int index);

#endif
