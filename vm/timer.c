/* SPDX-License-Identifier: MIT */
/*
 * timer: see timer.h. A due timer posts its embedded message to the mailbox of its process, under the lock of the wheel; everything
 * else happens at drain, on the worker that runs the process.
 *
 * A channel timer is a userdata, anchored in the registry (key: its address) together with its channel while its wheel or the mailbox points to it.
 */
#include "vm/timer.h"

#include <lauxlib.h>

#include "sched/base/clock.h"
#include "sched/base/compiler.h"
#include "sched/sched.h"
#include "vm/channel.h"
#include "vm/heap.h"
#include "vm/hibernate.h"
#include "vm/process_struct.h"
#include "vm/slab.h"
#include "vm/slot.h"
#include "vm/state.h"
#include "vm/template.h"
#include "vm/timer_struct.h"
#include "vm/vm_struct.h"

enum { TICKER_BUFFER = 16 };

/*
 * Who sleeps has left the caches if many others have run meanwhile, and its wake-up and what it does then touch a hundred lines, one after the
 * other. All of them are fetched at once, while those that are due before it run.
 */
static struct task *post(struct timer *wheel_timer)
{
    struct vmtimer *timer = container_of(wheel_timer, struct vmtimer, timer);
    prefetch_later(timer->process, sizeof *timer->process);
    heap_fetch(timer->heap, timer->hot);
    struct slot *slot = timer->slot; /* once pushed the timer is the receiver's, who may run right now and free it */
    return slot_push(slot, timer->pid, &timer->message) ? &slot->task : NULL;
}

static void init(struct vmtimer *timer, struct process *process)
{
    wheel_timer_init(&timer->timer, post);
    timer->message.kind = MESSAGE_TIMER;
    timer->timer.target = timer->slot = process->slot;
    timer->pid = process->pid;
    timer->process = process;
    if (timer->apart) {
        timer->heap = (struct heap *)timer;
        timer->hot = (struct heap_hot){.end = (uint16_t)((timer->apart + CACHE_LINE - 1) / CACHE_LINE)};
    } else if (likely(process->heap != NULL)) {
        timer->heap = process->heap;
        timer->hot = heap_hot(timer->heap);
    }
    list_add_tail(&process->timers, &timer->link);
}

static void arm(struct vmtimer *timer, struct vm *vm, uint64_t due_ns)
{
    timer->armed = true;
    wheel_arm(vm->sched, &timer->timer, due_ns);
}

static uint64_t due_in(struct vm *vm, int64_t ns)
{
    return clock_now_ns(sched_clock(vm->sched)) + (uint64_t)ns;
}

/* ---- sleep ---- */

static int slept(lua_State *L, int status, lua_KContext ctx)
{
    (void)L;
    (void)status;
    (void)ctx;
    return 0;
}

/* In the heap, which counts it, or, if the process may leave that, as long as it has no other timer, beside it. */
static struct vmtimer *new_sleep(struct process *process, bool is_long)
{
    struct vmtimer *timer;
    uint32_t apart = 0;
    if (is_long && process->lodged && list_is_empty(&process->timers)) {
        apart = (uint32_t)sizeof *timer + template_delta_room(process->lodged);
        timer = slab_alloc(vm_local(process->vm)->slabs, apart);
    } else {
        timer = heap_alloc(process->heap, NULL, LUA_TUSERDATA, sizeof *timer);
    }
    if (!timer)
        return NULL;
    *timer = (struct vmtimer){.apart = apart, .is_long = is_long};
    init(timer, process);
    return timer;
}

static void free_sleep(struct vmtimer *timer, struct process *process)
{
    if (timer->apart)
        slab_free(vm_local(process->vm)->slabs, timer, timer->apart);
    else
        heap_alloc(process->heap, timer, sizeof *timer, 0);
}

int vmtimer_sleep(lua_State *L, int64_t ns)
{
    struct state *state = state_of(L);
    if (ns <= 0)
        return state_pass(L, 0, slept);
    state_check_block(L);
    struct vmtimer *timer = new_sleep(state->process, ns >= HIBERNATE_LEAST_NS);
    if (!timer) {
        state_doom(state, DEATH_MEMORY);
        return state_die(L);
    }
    timer->sleeper = state->fiber;
    state->fiber->timer = timer;
    arm(timer, state->vm, due_in(state->vm, ns));
    return fiber_block(L, 0, 0, slept);
}

static void wake_sleeper(struct vmtimer *timer, struct process *process)
{
    struct fiber *fiber = timer->sleeper;
    fiber->timer = NULL;
    list_remove(&timer->link);
    free_sleep(timer, process);
    fiber_ready(fiber);
}

/* ---- channels ---- */

void vmtimer_push_channel(lua_State *L, enum vmtimer_kind kind, int64_t ns, struct vmtimer **out)
{
    struct state *state = state_of(L);
    struct channel *channel = channel_new(L, kind == VMTIMER_TICKER ? TICKER_BUFFER : 1);
    lua_createtable(L, 0, 1);
    struct vmtimer *timer = lua_newuserdata(L, sizeof *timer); /* plain: never reaches a program */
    *timer = (struct vmtimer){.channel = channel, .is_ticker = kind == VMTIMER_TICKER};
    list_init(&timer->link);
    lua_rawseti(L, -2, 0); /* the buffer table keeps the timer as long as the channel lives */
    lua_setuservalue(L, -2);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, timer);
    channel->source = SOURCE_TIMER;
    channel->timer = timer;
    init(timer, state->process);
    uint64_t due = due_in(state->vm, ns);
    timer->period_ns = timer->is_ticker ? (uint64_t)ns : 0;
    arm(timer, state->vm, due);
    *out = timer;
}

/* Nothing outside Lua points to the timer any more. */
static void release_anchor(struct vmtimer *timer, lua_State *L)
{
    list_remove(&timer->link);
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, timer);
}

/*
 * Takes the timer out of its wheel, or, if it has fired, receives its message, which was posted under the lock that wheel_cancel took: true if it
 * was pending to the end.
 */
static bool disarm(struct vmtimer *timer, struct process *process)
{
    process_drain(process);
    while (timer->armed) {
        if (wheel_cancel(&timer->timer)) {
            timer->armed = false;
            return true;
        }
        process_drain(process);
    }
    return false;
}

bool vmtimer_stop(lua_State *L, struct vmtimer *timer)
{
    bool pending = disarm(timer, state_process(L));
    if (pending)
        release_anchor(timer, L);
    channel_shut(timer->channel); /* what has fired stays to be received */
    return pending || timer->is_ticker;
}

bool vmtimer_reset(lua_State *L, struct vmtimer *timer, int64_t ns)
{
    struct state *state = state_of(L);
    if (!disarm(timer, state->process))
        return false;
    arm(timer, state->vm, due_in(state->vm, ns));
    return true;
}

static void tick(struct vmtimer *timer, struct vm *vm, uint64_t late_ns)
{
    uint64_t missed = late_ns / timer->period_ns;
    uint64_t pending = timer->pending + 1 + missed;
    timer->pending = pending > TICKER_BUFFER ? TICKER_BUFFER : (uint32_t)pending;
    timer->fired_wall_ns += (int64_t)(missed * timer->period_ns);
    arm(timer, vm, timer->timer.due_ns + (missed + 1) * timer->period_ns);
}

void vmtimer_begin(struct vmtimer *timer, struct process *process, int64_t ns)
{
    init(timer, process);
    arm(timer, process->vm, due_in(process->vm, ns));
}

bool vmtimer_revoke(struct vmtimer *timer)
{
    if (!wheel_cancel(&timer->timer))
        return false;
    timer->armed = false;
    list_remove(&timer->link);
    return true;
}

void vmtimer_drained(struct vmtimer *timer, struct process *process)
{
    const struct clock *clock = sched_clock(process->vm->sched);
    if (timer->sleeper) {
        wake_sleeper(timer, process);
        return;
    }
    timer->armed = false;
    if (timer->due) {
        list_remove(&timer->link);
        timer->due(timer, process);
        return;
    }
    /* The process may be late. In this order of reading the calendar is not earlier than the clock: no timer looks as if it had fired early. */
    uint64_t late_ns = clock_now_ns(clock) - timer->timer.due_ns;
    timer->fired_wall_ns = clock_wall_ns(clock) - (int64_t)late_ns;
    if (timer->is_ticker) {
        tick(timer, process->vm, late_ns);
    } else {
        timer->pending = 1;
        timer->channel->closed = true; /* after the one value */
    }
    channel_notify(timer->channel, process);
    if (!timer->is_ticker)
        release_anchor(timer, process->state->cur);
}

/* Those of a ticker lie a period apart; the newest is that at which it fired last. */
int64_t vmtimer_take(struct vmtimer *timer)
{
    timer->pending--;
    return timer->fired_wall_ns - (int64_t)(timer->pending * timer->period_ns);
}

/* The state will have another process. */
static void leave_state(struct vmtimer *timer, struct process *process)
{
    if (timer->sleeper) { /* its fiber is gone */
        free_sleep(timer, process);
        return;
    }
    timer->armed = false;
    timer->pending = 0;
    channel_shut(timer->channel);
    release_anchor(timer, process->state->L);
}

bool vmtimer_cancel_some(struct process *process, unsigned most)
{
    for (; most; most--) {
        struct list *link = list_take(&process->timers);
        if (!link)
            return true;
        struct vmtimer *timer = container_of(link, struct vmtimer, link);
        wheel_cancel(&timer->timer);
        if (timer->due)
            timer->dropped(timer);
        else if (process->keeps)
            leave_state(timer, process);
        else if (timer->apart)
            free_sleep(timer, process);
    }
    return list_is_empty(&process->timers);
}
