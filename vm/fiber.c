/* SPDX-License-Identifier: MIT */
/*
 * fiber: see fiber.h. A suspension is a lua_yieldk through all coroutines of the chain (vm/coroutine propagates it), with state->yield
 * telling the scheduler of the process why.
 */
#include "vm/fiber.h"

#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "vm/heap.h"
#include "vm/message.h"
#include "vm/process_struct.h"
#include "vm/state.h"

void state_init(struct state *state, struct process *process, struct vm *vm, struct code *code)
{
    lua_State *L = state->L;
    memset(state, 0, sizeof *state);
    state->L = L;
    state->process = process;
    state->vm = vm;
    state->code = code;
    state->cur = L;
    state->hook_count = 1;
    state->chain_ok = true;
    list_init(&state->ready);
    list_init(&state->fibers);
    list_add_tail(&state->fibers, &state->main.all);
    list_init(&state->handles);
    list_init(&state->idle);
    list_init(&state->main.link);
    state->main.thread = L;
    state->main.state = state;
    state->again = &state->main;
}

void state_reuse(struct state *state, struct process *process)
{
    state->process = process;
    state->preempt = 0;
    state->doomed = DEATH_NONE;
    state->collect = 0;
    state->hook_count = 1;
    state->chain_ok = true;
    state->loading = state->raising = false;
    state->spawns = 0;
    state->again = &state->main;
}

struct fiber *fiber_new(struct state *state, lua_State *thread)
{
    struct fiber *fiber = heap_alloc(heap_of_user(state), NULL, LUA_TUSERDATA, sizeof *fiber);
    if (!fiber) {
        state_doom(state, DEATH_MEMORY);
        return NULL;
    }
    *fiber = (struct fiber){.thread = thread, .state = state};
    list_init(&fiber->link);
    list_add_tail(&state->fibers, &fiber->all);
    lua_State *L = state->cur;
    lua_pushthread(thread);
    lua_xmove(thread, L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, fiber); /* anchored until fiber_free */
    return fiber;
}

void fiber_free(struct fiber *fiber)
{
    struct state *state = fiber->state;
    lua_State *L = state->cur;
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, fiber);
    list_remove(&fiber->all);
    fiber_drop_item(fiber);
    heap_alloc(heap_of_user(state), fiber, sizeof *fiber, 0);
}

void fiber_ready(struct fiber *fiber)
{
    list_add_tail(&fiber->state->ready, &fiber->link);
}

void fiber_ready_first(struct fiber *fiber)
{
    list_add_head(&fiber->state->ready, &fiber->link);
}

void fiber_drop_item(struct fiber *fiber)
{
    if (!fiber->item)
        return;
    message_free(fiber->item);
    fiber->item = NULL;
}

void fiber_revoke_events(struct state *state, unsigned kind, uint64_t from)
{
    for (struct list *link = state->fibers.next; link != &state->fibers; link = link->next) {
        struct fiber *fiber = container_of(link, struct fiber, all);
        if (fiber->result != WAIT_ITEM || !fiber->item || fiber->item->kind != kind || fiber->item->from != from)
            continue;
        fiber_drop_item(fiber);
        fiber->result = WAIT_AGAIN;
    }
}

struct process *state_process(lua_State *L)
{
    return state_of(L)->process;
}

struct vm *state_vm(lua_State *L)
{
    return state_of(L)->vm;
}

struct fiber *state_fiber(lua_State *L)
{
    return state_of(L)->fiber;
}

bool state_can_yield(lua_State *L)
{
    return state_of(L)->chain_ok && lua_isyieldable(L);
}

bool state_can_block(lua_State *L)
{
    return state_can_yield(L) && !state_of(L)->loading;
}

void state_check_block(lua_State *L)
{
    struct state *state = state_of(L);
    if (unlikely(state->loading))
        luaL_error(L, "cannot block while loading");
    if (unlikely(!state_can_yield(L)))
        luaL_error(L, "cannot block here: a C function or metamethod that cannot be suspended is in between");
}

int fiber_block(lua_State *L, int nvalues, lua_KContext ctx, lua_KFunction k)
{
    struct state *state = state_of(L);
    state->yield = YIELD_BLOCK;
    state->fiber->waiting = L;
    return lua_yieldk(L, nvalues, ctx, k);
}

int state_block(lua_State *L, lua_KContext ctx, lua_KFunction k)
{
    state_check_block(L);
    return fiber_block(L, 0, ctx, k);
}

int state_reschedule(lua_State *L, lua_KContext ctx, lua_KFunction k)
{
    struct state *state = state_of(L);
    state_obey(state, L);
    state->yield = YIELD_AGAIN;
    return lua_yieldk(L, 0, ctx, k);
}

int state_pass(lua_State *L, lua_KContext ctx, lua_KFunction k)
{
    state_check_block(L);
    state_of(L)->yield = YIELD_PASS;
    return lua_yieldk(L, 0, ctx, k);
}

int fiber_yield_to(lua_State *L, struct fiber *other, bool other_first, int nresults, lua_KFunction k)
{
    struct state *state = state_of(L);
    bool alone = list_is_empty(&state->ready) && !other_first;
    if (alone || !state_can_yield(L)) {
        fiber_ready(other);
        return nresults;
    }
    if (other_first)
        fiber_ready(other);
    fiber_ready(state->fiber);
    if (!other_first)
        fiber_ready(other);
    return fiber_block(L, 0, nresults, k);
}

size_t state_location(lua_State *L, char *text, size_t size)
{
    lua_Debug ar;
    for (int level = 0; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline <= 0)
            continue;
        const char *source = ar.source[0] == '=' || ar.source[0] == '@' ? ar.source + 1 : ar.short_src;
        int n = snprintf(text, size, "%s:%d", source, ar.currentline);
        return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
    }
    if (size)
        text[0] = 0;
    return 0;
}
