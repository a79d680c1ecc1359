/* SPDX-License-Identifier: MIT */
/*
 * preempt: how a running state is made to stop. A signal handler on the worker's own thread arms a one-instruction count hook in
 * the innermost coroutine (lua_sethook may be called from handlers); the hook yields the whole chain if it can be suspended and tries again
 * later if not. There is never a permanent hook: stock Lua pays 12 to 50 % for one.
 *
 * Death nobody can catch. A marked process is not resumed once it has yielded. Where it cannot yield, the hook raises and stays armed, so
 * that every instruction of a handler or pcall loop raises again until the C boundary is left and the chain can be suspended.
 *
 * I1  state->preempt is set before the hook is armed and cleared only by who acts (state_obey), so a hook that was lost because its coroutine
 *     ended is armed again by state_enter.
 * I2  Hooks left armed in a suspended coroutine find preempt == 0 and disarm themselves.
 */
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/clock.h"
#include "sched/base/compiler.h"
#include "sched/base/rng.h"
#include "sched/sched.h"
#include "sched/worker.h"
#include "vm/fiber.h"
#include "vm/heap.h"
#include "vm/process_struct.h"
#include "vm/state.h"
#include "vm/vm_struct.h"

/*
 * Stuck is who was asked to yield and has since used STUCK_CPU_NS of CPU time without doing so; wall time would also kill those whose
 * thread got no CPU. Sanitizers make every C call several times slower, so builds with one wait as much longer.
 */
enum {
    BUSY_RETRY = 100,
    COLLECT_STEPS = 64,
    COLLECT_STEP_KB = 256,
    COLLECT_SLICE_NS = 5 * 1000000,
    STUCK_CPU_NS = MOONLET_SLOWNESS * 150 * 1000000
};

static void preempt_hook(lua_State *L, lua_Debug *ar);

static void arm(lua_State *L, int count)
{
    lua_sethook(L, preempt_hook, LUA_MASKCOUNT, count);
}

__attribute__((noinline)) void state_note_where(struct state *state, lua_State *L)
{
    char text[96];
    if (!state->where && state_location(L, text, sizeof text) > 0)
        state->where = strdup(text);
}

/*
 * Collection the heap asked for: to the end of the cycle, or for so long; then the rest comes first in the next slice, before the program
 * can allocate more.
 */
static void collect(struct state *state, lua_State *L)
{
    state->collect = 0;
    for (int i = 0; i < COLLECT_STEPS; i++) {
        if (lua_gc(L, LUA_GCSTEP, COLLECT_STEP_KB)) {
            vm_note_collection(state->vm);
            return;
        }
        if (!state->vm->seeded && worker_slice_used_ns(worker_self()) > COLLECT_SLICE_NS)
            break;
    }
    state->collect = 1;
    state->preempt = 1;
}

static void raise_death(struct state *state, lua_State *L)
{
    state_note_where(state, L);
    arm(L, 1);
    state->raising = true;
    lua_pushliteral(L, "process is ending");
    lua_error(L);
}

void state_obey(struct state *state, lua_State *L)
{
    state->preempt = 0;
    if (state->doomed)
        state_note_where(state, L);
    else if (state->collect)
        collect(state, L);
}

static void preempt_hook(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    struct state *state = state_of(L);
    heap_settled(heap_of_user(state));
    if (!state->preempt && !state->doomed) {
        lua_sethook(L, NULL, 0, 0);
        return;
    }
    if (!state_can_yield(L)) {
        if (state->doomed)
            raise_death(state, L);
        arm(L, BUSY_RETRY);
        return;
    }
    lua_sethook(L, NULL, 0, 0);
    state_obey(state, L);
    state->yield = state->doomed ? YIELD_DEAD : YIELD_AGAIN;
    lua_yield(L, 0);
}

void state_enter(struct state *state, lua_State *L)
{
    state->cur = L;
    /* the handler runs on this thread: it sees cur before preempt is read here, or its arming is repeated here */
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (!state->preempt && !state->doomed)
        return;
    arm(L, state->hook_count);
    state->hook_count -= state->hook_count > 1; /* arming starts the count anew: it must not do so for ever */
}

/* Sets `preempt` and arms the innermost coroutine. The clock, a system call, is read when somebody is stuck. */
static void ask(struct state *state)
{
    if (!state->preempt)
        state->asked_cpu_ns = 0;
    state->preempt = 1;
    __atomic_signal_fence(__ATOMIC_SEQ_CST); /* I1: as the handler may run between any two instructions */
    if (state->fiber)
        arm(state->cur, 1);
}

static void doom_if_stuck(struct state *state)
{
    uint64_t now_ns = clock_thread_cpu_ns();
    if (!state->asked_cpu_ns)
        state->asked_cpu_ns = now_ns;
    else if (now_ns - state->asked_cpu_ns >= STUCK_CPU_NS)
        state->doomed = DEATH_STUCK;
}

void state_interrupt(void *running, unsigned reason)
{
    struct state *state = running;
    bool was_asked = state->preempt;
    ask(state);
    if (was_asked && reason & INTERRUPT_STUCK && !state->doomed)
        doom_if_stuck(state);
    else if (!was_asked)
        state->asked_cpu_ns = clock_thread_cpu_ns();
}

void state_yield_soon(struct state *state)
{
    ask(state);
}

void state_doom(struct state *state, enum death death)
{
    if (state->doomed)
        return;
    state->doomed = death;
    ask(state);
}

void state_heap_pressure(void *user, enum heap_pressure what)
{
    struct state *state = user;
    if (what == HEAP_OVER) {
        state_doom(state, DEATH_MEMORY);
        return;
    }
    state->collect = 1;
    if (state->fiber)
        ask(state);
}

int state_die(lua_State *L)
{
    struct state *state = state_of(L);
    state_note_where(state, L);
    if (!state_can_yield(L))
        raise_death(state, L);
    state->yield = YIELD_DEAD;
    return lua_yield(L, 0);
}

void state_check(lua_State *L)
{
    struct state *state = state_of(L);
    if (__builtin_expect(state->doomed != DEATH_NONE, 0))
        raise_death(state, L);
}

bool state_budget(lua_State *L)
{
    struct state *state = state_of(L);
    if (__builtin_expect(state->doomed != DEATH_NONE, 0))
        raise_death(state, L);
    bool look = (++state->budget_calls & 255) == 0;
    if (unlikely(look))
        heap_settled(heap_of_user(state));
    if (unlikely(state->vm->seeded))
        return look && state_can_yield(L) && rng_below(worker_rng(worker_self()), 8) == 0;
    /* the request at once: between two calls may lie a whole scan of a big string */
    return (state->preempt || (look && worker_is_over_budget(worker_self()))) && state_can_yield(L);
}

unsigned state_traceback(void *running, char *text, unsigned size)
{
    struct state *state = running;
    unsigned used = 0;
    lua_Debug ar;
    text[0] = 0;
    if (heap_is_moving(heap_of_user(state)))
        return (unsigned)snprintf(text, size, "(its memory is being moved)");
    /*
     * Not the innermost frame: the signal may have come while Lua was making it, its function still unset. Those below are complete, and
     * who is stuck is in a C function, of which the innermost frame tells nothing, or was called by one.
     */
    for (int level = 1; level < 12 && lua_getstack(state->cur, level, &ar); level++) {
        lua_getinfo(state->cur, "Sl", &ar);
        int n = snprintf(text + used, size - used, "%s%s:%d", used ? " < " : "", ar.short_src, ar.currentline);
        if (n < 0 || (unsigned)n >= size - used)
            break;
        used += (unsigned)n;
    }
    return used;
}
