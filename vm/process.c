/* SPDX-License-Identifier: MIT */
/*
 * process: the life of a process, slice by slice: drain the mailbox, run fibers until none is ready or the time is up, and at the
 * end the exit protocol (exit.c).
 */
#include "vm/process.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/clock.h"
#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "sched/base/rng.h"
#include "sched/sched.h"
#include "sched/worker.h"
#include "vm/buffer.h"
#include "vm/channel.h"
#include "vm/code.h"
#include "vm/code_struct.h"
#include "vm/context.h"
#include "vm/ending.h"
#include "vm/error.h"
#include "vm/exit.h"
#include "vm/fiber.h"
#include "vm/heap.h"
#include "vm/hibernate.h"
#include "vm/names.h"
#include "vm/operation_exit.h"
#include "vm/pid.h"
#include "vm/process_new.h"
#include "vm/process_struct.h"
#include "vm/slot.h"
#include "vm/state.h"
#include "vm/template.h"
#include "vm/timer_struct.h"
#include "vm/vm_struct.h"

enum { RESUMES_PER_LOOK = 16, SEEDED_SLICE = 4000 };

/* What a slice touches of the state, and the main thread, which lies behind it. */
enum { STATE_HOT = offsetof(struct state, code), THREAD_HOT = 4 * CACHE_LINE };

_Static_assert(offsetof(struct process, router.first) <= SLOT_OWNER_HOT, "see process_struct.h");

/* ---- drain ---- */

/* Events carry the time of the drain, *wall_ns; 0: not yet read. */
static void add_event(struct process *process, struct message *message, int64_t *wall_ns)
{
    if (!*wall_ns)
        *wall_ns = clock_wall_ns(sched_clock(process->vm->sched));
    message->id = (uint64_t)*wall_ns; /* the relation it has ended is known by now */
    message_queue_push(&process->router.events, message);
    if (process->router.events_channel)
        channel_notify(process->router.events_channel, process);
}

static void handle_notice(struct process *process, struct message *message, int64_t *wall_ns)
{
    if (!relation_accept(process, message)) {
        message_free(message);
        return;
    }
    if (message->kind == MESSAGE_LINK_DOWN && !process->trap_links) {
        state_doom(process->state, DEATH_LINK);
        message_free(message);
        return;
    }
    add_event(process, message, wall_ns);
}

void process_drop_stray(struct vm *vm, struct slot *slot, struct message *message)
{
    if (message->kind == MESSAGE_OPERATION) {
        operation_drop_drained(message);
        return;
    }
    if (message->kind == MESSAGE_ENDING) {
        ending_drop_stray(message);
        return;
    }
    if (message_is_counted(message))
        slot_consumed(slot, 1, message_cost(message));
    if (message->kind == MESSAGE_MONITOR || message->kind == MESSAGE_LINK)
        relation_answer_dead(vm, message);
    message_free(message);
}

static inline void handle_user(struct process *process, struct message *message)
{
    struct router *router = &process->router;
    struct topic *topic = router_topic_of(router, message);
    struct channel *channel = topic->channel;
    if (likely(channel && !list_is_empty(&channel->receivers))) { /* so nothing waits before it: I1 of channel.h */
        router_pass(router, message);
        channel_pass(channel, message);
        return;
    }
    channel = router_add(router, topic, message);
    if (channel && !list_is_empty(&channel->receivers))
        channel_notify(channel, process);
}

/* All but user messages. */
static void handle_other(struct process *process, struct message *message, int64_t *wall_ns)
{
    switch (message->kind) {
    case MESSAGE_FEED: {
        struct channel *channel = feed_add(process, message);
        if (channel)
            channel_notify(channel, process);
        return;
    }
    case MESSAGE_CANCEL:
        add_event(process, message, wall_ns);
        return;
    case MESSAGE_EXIT:
    case MESSAGE_LINK_DOWN:
        handle_notice(process, message, wall_ns);
        return;
    case MESSAGE_TERMINATE:
    case MESSAGE_KILL:
    case MESSAGE_ABORT:
        state_doom(process->state, message->kind == MESSAGE_KILL    ? DEATH_KILLED
                                   : message->kind == MESSAGE_ABORT ? DEATH_CANCELED
                                                                    : DEATH_TERMINATED);
        message_free(message);
        return;
    case MESSAGE_TIMER:
        vmtimer_drained(container_of(message, struct vmtimer, message), process);
        return;
    case MESSAGE_OPERATION:
        operation_drained(message, process);
        return;
    case MESSAGE_ENDING:
        ending_drained(process, message);
        return;
    default:
        relation_handle(process, message);
        return;
    }
}

static __attribute__((noinline)) void handle_all(struct process *process, struct message *message)
{
    int64_t wall_ns = 0;
    while (message) {
        struct message *next = message->next;
        if (unlikely(message->target != process->pid))
            process_drop_stray(process->vm, process->slot, message);
        else if (likely(message->kind == MESSAGE_USER))
            handle_user(process, message);
        else
            handle_other(process, message, &wall_ns);
        message = next;
    }
}

void process_drain_mail(struct process *process)
{
    struct message *first = slot_drain(process->slot);
    if (likely(first && !first->next && first->kind == MESSAGE_USER && first->target == process->pid))
        handle_user(process, first);
    else
        handle_all(process, first);
}

/* ---- running ---- */

static struct fiber *next_fiber(struct state *state)
{
    struct fiber *fiber = state->again;
    if (fiber) {
        state->again = NULL;
        return fiber;
    }
    struct list *link = list_take(&state->ready);
    return link ? container_of(link, struct fiber, link) : NULL;
}

/* Does anything from outside reach its channels? */
static inline bool is_subscribed(const struct process *process)
{
    const struct router *router = &process->router;
    return router->listeners || router->inbox || router->events_channel || (process->feeds && process->feeds->open);
}

static bool is_deadlocked(const struct process *process)
{
    return !is_subscribed(process) && list_is_empty(&process->timers) && list_is_empty(&process->operations);
}

static void load_over(struct process *process, struct buffer *result)
{
    struct loading *loading = process->loading;
    process->loading = NULL;
    if (loading)
        loading->done(loading, process, result);
}

static void begin_exit(struct process *process)
{
    if (process->phase == PROCESS_LOADING) {
        process->silent = true;
        names_close(process); /* now, so that a next spawn of the name does not find this one */
        relation_remove(&process->watchers, process->parent, 0);
        relation_remove(&process->links, process->parent, 0);
        load_over(process, process->result);
    }
    process->phase = PROCESS_EXITING;
}

static void end_fiber(struct process *process, struct fiber *fiber)
{
    if (fiber == &process->state->main)
        begin_exit(process); /* boot.c has stored the result */
    else
        fiber_free(fiber);
}

/* The state of a function is ready: true for its first call, whose slice goes on; else it was made to lie ready. */
static bool loaded_for_pool(struct process *process)
{
    if (process->call)
        return true;
    process->keeps = !process->state->doomed;
    process_end_empty(process);
    begin_exit(process);
    return false;
}

/* What a fiber's yield that is not a plain wait came to. True: the slice goes on. */
static bool fiber_yielded(struct process *process, struct fiber *fiber)
{
    struct state *state = process->state;
    switch (state->yield) {
    case YIELD_AGAIN:
        state->again = fiber;
        return false;
    case YIELD_PASS:
        fiber_ready(fiber);
        return true;
    case YIELD_LOADED:
        state->again = fiber;
        process->phase = PROCESS_RUNNING;
        load_over(process, NULL);
        return state->pool && loaded_for_pool(process);
    case YIELD_ENDED:
        process->keeps = !state->doomed;
        begin_exit(process);
        return false;
    default:
        return true;
    }
}

/* Runs the fiber until it yields or ends: LUA_OK, LUA_YIELD (see state->yield) or an error status. nargs values for its start are on its stack. */
static no_return_of_its_own int resume(struct fiber *fiber, int nargs)
{
    struct state *state = fiber->state;
    struct worker *worker = worker_self();
    state->yield = YIELD_USER;
    state->chain_ok = true;
    state->fiber = fiber;
    if (unlikely(state->preempt))
        state->asked_cpu_ns = clock_thread_cpu_ns(); /* it was asked on another thread, perhaps */
    state_enter(state, fiber->thread);
    void *outer = worker_set_running(worker, state);
    int status = lua_resume(fiber->thread, NULL, nargs);
    worker_reset_running(worker, outer);
    state->cur = state->L;
    state->fiber = NULL;
    return status;
}

static no_return_of_its_own bool step(struct process *process, struct fiber *fiber)
{
    int nargs = 0;
    if (unlikely(!process->state->begun)) {
        process->state->begun = true;
        process->state->loading = process->phase == PROCESS_LOADING;
        nargs = lua_gettop(fiber->thread) - 1;
    }
    int status = resume(fiber, nargs);
    const struct state *state = process->state;
    if (likely(status == LUA_YIELD)) {
        if (unlikely(state->doomed)) /* the hook, which notes the line, comes too late for it */
            state_note_where(process->state, state->yield == YIELD_BLOCK ? fiber->waiting : fiber->thread);
        return state->yield == YIELD_BLOCK || fiber_yielded(process, fiber);
    }
    if (status == LUA_OK) {
        end_fiber(process, fiber);
        return process->phase != PROCESS_EXITING;
    }
    process_fail_with_error(process, fiber->thread, status);
    begin_exit(process);
    return false;
}

/* Seeded mode: the slice ends after a seeded number of instructions. */
static void seed_slice(struct process *process)
{
    struct state *state = process->state;
    state->hook_count = 1 + (int)rng_below(worker_rng(worker_self()), SEEDED_SLICE);
    state->preempt = 1;
}

/* Lua's pause is what is left of the heap plus what it may grow by, in per cent. */
static void follow_gc_percent(struct state *state)
{
    int more = atomic_load_explicit(&state->vm->gc_more, memory_order_relaxed);
    if (likely(state->gc_more == more))
        return;
    state->gc_more = more;
    lua_gc(state->L, LUA_GCSETPAUSE, more == VM_GC_OFF - 100 ? INT_MAX : more + 200);
}

static bool is_runnable(const struct process *process)
{
    const struct state *state = process->state;
    return state->again || !list_is_empty(&state->ready) || state->doomed;
}

/* Marks a process for death that nothing can ever wake again. True: it has been. */
static __attribute__((noinline)) bool doom_if_deadlocked(struct process *process)
{
    if (!is_deadlocked(process) || slot_has_mail(process->slot))
        return false;
    process->state->doomed = DEATH_DEADLOCK;
    return true;
}

/* Between two fibers: has it been asked to stop, or run for too long? Seeded mode stops within fibers only. */
static __attribute__((noinline)) bool is_slice_over(struct process *process)
{
    struct state *state = process->state;
    if (process->vm->seeded || (!state->preempt && !worker_is_over_budget(worker_self())))
        return false;
    state->preempt = 0;
    return is_runnable(process); /* else the deadlock has to be looked for: nobody may ever wake it again */
}

/* True: it is runnable, or is ending. False: all its fibers wait. */
static no_return_of_its_own bool run_fibers(struct process *process)
{
    struct state *state = process->state;
    follow_gc_percent(state);
    if (unlikely(process->vm->seeded))
        seed_slice(process);
    for (unsigned count = 1;; count++) {
        if (unlikely(state->doomed)) {
            process_fail_with_death(process);
            begin_exit(process);
            return true;
        }
        struct fiber *fiber = next_fiber(state);
        if (!fiber) {
            if (likely(is_subscribed(process)) || !doom_if_deadlocked(process))
                return false;
            continue;
        }
        if (!step(process, fiber))
            return true;
        if (unlikely(state->preempt || count % RESUMES_PER_LOOK == 0) && is_slice_over(process))
            return true;
    }
}

void process_measure(struct process *process, bool is_at_rest)
{
    process->measured = true;
    struct template *tmpl = code_template(process->code, NULL); /* it has one: the heap is a clone */
    template_learn(tmpl, heap_extent(process->heap));
    if (is_at_rest)
        code_learn(process->code, LEARN_AT_REST, process->state->L);
}

/* At the end of a slice: what others see of the process. */
static void publish(struct process *process, bool runnable)
{
    struct router *router = &process->router;
    router_settle(router, process->slot);
    size_t used = heap_used(process->heap), limit = heap_limit(process->heap);
    slot_set_room(process->slot, VM_HOST_LIMIT(process->host, mailbox_limit), used < limit ? limit - used : 0);
    atomic_store_explicit(&process->shown,
                          runnable                 ? SHOWN_READY
                          : is_subscribed(process) ? SHOWN_IDLE
                                                   : SHOWN_BLOCKED,
                          memory_order_relaxed);
    atomic_store_explicit(&process->shown_memory, used, memory_order_relaxed);
    atomic_store_explicit(&process->shown_waiting, router->waiting, memory_order_relaxed);
    if (unlikely(!process->measured) && !runnable)
        process_measure(process, true);
}

static inline void enter_slice(struct process *process)
{
    if (likely(process->heap != NULL))
        heap_enter(process->heap, vm_local(process->vm)->slabs);
    else if (process->phase == PROCESS_EXITING)
        return; /* it ends without one */
    else if (unlikely(!(process->delta ? hibernate_end(process) : process_make_state(process))))
        begin_exit(process);
    atomic_store_explicit(&process->steps, atomic_load_explicit(&process->steps, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    atomic_store_explicit(&process->shown, SHOWN_RUNNING, memory_order_relaxed);
}

/* Seeded mode: what every allocation of the slice has left is as good as a log of what the program did. */
static void trace_slice(struct process *process)
{
    sched_trace(process->vm->sched, process->pid);
    sched_trace(process->vm->sched, heap_used(process->heap));
}

/* Before its first line is asked for, which all others would wait for. */
static void prefetch_state(const struct state *state)
{
    prefetch(state, STATE_HOT);
    prefetch(state + 1, THREAD_HOT);
}

enum task_verdict process_run(struct task *task)
{
    struct process *process = atomic_load_explicit(&container_of(task, struct slot, task)->owner, memory_order_relaxed);
    prefetch_state(process->state);
    enter_slice(process);
    bool runnable = true;
    if (likely(process->phase != PROCESS_EXITING)) {
        process_drain(process);
        runnable = run_fibers(process);
        if (unlikely(process->vm->seeded))
            trace_slice(process);
    }
    if (unlikely(process->phase == PROCESS_EXITING))
        return process_exit_slice(process) ? TASK_ENDED : TASK_AGAIN;
    publish(process, runnable);
    if (runnable)
        return TASK_AGAIN;
    if (process->lodged || unlikely(!process->stayed))
        hibernate(process);
    return TASK_PARKED;
}

enum load_outcome process_load_slice(struct process *process)
{
    enter_slice(process);
    if (process->phase != PROCESS_EXITING)
        run_fibers(process);
    if (process->phase == PROCESS_EXITING)
        return LOAD_FAILED;
    publish(process, true);
    return process->phase == PROCESS_LOADING ? LOAD_MORE : LOAD_DONE;
}

void process_release_next(struct process *process)
{
    struct sched *sched = process->vm->sched;
    struct task *task = &process->slot->task;
    task_leave(sched, task);
    task_wake(sched, task); /* it may have ended already: spurious wake-ups are legal */
}

void process_release(struct process *process)
{
    task_release(process->vm->sched, &process->slot->task);
}
