/* SPDX-License-Identifier: MIT */
/*
 * state: one lua_State with its heap, its coroutines and what preemption needs. lua_getextraspace of every thread of the state points
 * to it, never to the process: coroutines that outlive a function call keep an old copy of the pointer.
 *
 * This header is what C functions called from Lua use; vm/process.h has identities, messages and exit.
 *
 * Blocking. A C function that must wait ends with `return state_block(L, ctx, k)`; whoever completes the wait stores the result in
 * the waiter's record, makes the fiber ready, and k reads the record. state_can_block is asked first.
 */
#ifndef VM_STATE_H
#define VM_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

struct fiber;
struct process;
struct state;
struct vm;

static inline struct state *state_of(lua_State *L)
{
    return (struct state *)(*(uintptr_t *)lua_getextraspace(L) & ~(uintptr_t)7); /* the low bits are vm/coroutine's */
}

/* The process that runs on the state now, its VM, the running managed coroutine. */
struct process *state_process(lua_State *L);
struct vm *state_vm(lua_State *L);
struct fiber *state_fiber(lua_State *L);

/*
 * Long C loops. True every now and then when the slice has used up its time (the clock is read once every 256 calls) and the caller can
 * yield: it saves its cursor and returns state_reschedule. Raises (never returns) when the process is marked for death: call it at least every
 * 1,000 steps of any loop whose length an application chooses, with nothing malloc'd live that is not anchored.
 */
bool state_budget(lua_State *L);

/* As state_budget, but never true: for loops that cannot yield. Raises when marked for death. */
void state_check(lua_State *L);

/* True if the current chain of coroutines can be suspended from here (no C boundary in between). */
bool state_can_yield(lua_State *L);

/* Gives up the rest of the slice; k continues with (L, LUA_YIELD, ctx) in the next slice; no other coroutine of the process runs before. */
int state_reschedule(lua_State *L, lua_KContext ctx, lua_KFunction k);

/* Suspends the running fiber until fiber_ready; raises a clear error when it cannot (C boundary, loading). */
int state_block(lua_State *L, lua_KContext ctx, lua_KFunction k);
/* False if state_block would raise; and: raises what it would raise. Call before anything is queued. */
bool state_can_block(lua_State *L);
void state_check_block(lua_State *L);

/* Yields to the other ready fibers of the process and comes back (coroutine.yield at top level, sleep(0)). */
int state_pass(lua_State *L, lua_KContext ctx, lua_KFunction k);

/* Entry id and line of the Lua function that called the running C function: "app:hello:12". Returns the length written (< size). */
size_t state_location(lua_State *L, char *text, size_t size);

#endif
