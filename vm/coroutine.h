/* SPDX-License-Identifier: MIT */
/*
 * coroutine: the machinery behind the replaced coroutine library: user coroutines through which the whole chain can be suspended. A coroutine
 * that is resumed, parked by blocking or preemption, or a fiber, is marked BUSY in the low bits of its extra space, so nobody resumes it twice.
 */
#ifndef VM_COROUTINE_H
#define VM_COROUTINE_H

#include <lua.h>

/* A new coroutine for the function on top of the stack (popped); pushes the thread. */
lua_State *coroutine_create(lua_State *L);

/*
 * Resumes `co` with nargs values on its stack. Returns the number of results moved to L, or -1 with the error value on L. Does not return when
 * the chain is suspended: k is called with ctx = co and returns coroutine_continue(L, co, k).
 */
int coroutine_resume(lua_State *L, lua_State *co, int nargs, lua_KFunction k);
int coroutine_continue(lua_State *L, lua_State *co, lua_KFunction k);

enum coroutine_status { COROUTINE_RUNNING, COROUTINE_SUSPENDED, COROUTINE_NORMAL, COROUTINE_DEAD };
enum coroutine_status coroutine_status(lua_State *L, lua_State *co);

/* Marks a thread as not resumable by programs for good: it belongs to a fiber. */
void coroutine_claim(lua_State *co);

/* Makes a fiber of the function on top of the stack (popped); pushes its thread. The fiber is in no queue yet. */
struct fiber *coroutine_new_fiber(lua_State *L);

#endif
