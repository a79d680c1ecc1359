/* SPDX-License-Identifier: MIT */
/*
 * invoke: see invoke.h. The result of an attempt arrives as the completion of an operation; at drain the interceptors look at it, and either the
 * invocation goes on or the coroutine or future gets it. A pause between two attempts and a time limit are one timer.
 */
#include "vm/invoke.h"

#include <stdlib.h>
#include <string.h>

#include "sched/base/clock.h"
#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "sched/sched.h"
#include "vm/buffer.h"
#include "vm/call_options.h"
#include "vm/codec.h"
#include "vm/context.h"
#include "vm/encoding.h"
#include "vm/error.h"
#include "vm/fiber.h"
#include "vm/future.h"
#include "vm/heap.h"
#include "vm/intercept.h"
#include "vm/invoke_struct.h"
#include "vm/pool.h"
#include "vm/process_struct.h"
#include "vm/state.h"
#include "vm/vm_struct.h"

/* ---- references ---- */

static void unref(struct invocation *invocation)
{
    /* the release of one holder pairs with the acquire of the other */
    if (atomic_fetch_sub_explicit(&invocation->refs, 1, memory_order_acq_rel) != 1)
        return;
    buffer_unref(invocation->call.result);
    buffer_unref(invocation->args);
    buffer_unref(invocation->result);
    context_unref(invocation->context);
    call_options_unref(invocation->options);
    call_target_release(&invocation->target);
    free(invocation);
}

static struct invocation *of(struct operation *op)
{
    return container_of(op, struct invocation, op);
}

/* I3. The heap is that of the coroutine that has called, or of the Future. */
static void discharge(struct invocation *invocation)
{
    if (!invocation->charged)
        return;
    heap_charge(invocation->heap, -(ptrdiff_t)invocation->charged);
    invocation->charged = 0;
}

/* By the calling process, for its reference; or when it has ended, for that of the callee. */
static void release(struct operation *op)
{
    discharge(of(op));
    unref(of(op));
}

/* ---- timer ---- */

static void timer_due(struct vmtimer *vmtimer, struct process *process)
{
    struct invocation_timer *timer = container_of(vmtimer, struct invocation_timer, timer);
    struct invocation *invocation = timer->invocation;
    free(timer);
    if (!invocation)
        return;
    invocation->timer = NULL;
    atomic_fetch_add_explicit(&invocation->refs, 1,
                              memory_order_relaxed); /* a future lets go of it when it gets the result */
    intercept_due(invocation, process);
    unref(invocation);
}

static void timer_dropped(struct vmtimer *vmtimer)
{
    free(container_of(vmtimer, struct invocation_timer, timer));
}

static void drop_timer(struct invocation *invocation)
{
    struct invocation_timer *timer = invocation->timer;
    invocation->timer = NULL;
    if (!timer)
        return;
    timer->invocation = NULL;
    if (vmtimer_revoke(&timer->timer))
        free(timer);
}

void invocation_set_timer(struct invocation *invocation, struct process *process)
{
    uint64_t due = invocation->deadline_ns, resume = invocation->resume_ns;
    uint64_t now = clock_now_ns(sched_clock(process->vm->sched));
    if (resume && (!due || resume < due))
        due = resume;
    drop_timer(invocation);
    if (!due)
        return;
    struct invocation_timer *timer = memory_zeroed(sizeof *timer, "the timer of a call");
    *timer = (struct invocation_timer){.timer = {.due = timer_due, .dropped = timer_dropped}, .invocation = invocation};
    invocation->timer = timer;
    vmtimer_begin(&timer->timer, process, due > now ? (int64_t)(due - now) : 0);
}

/* ---- the end ---- */

/* There is a result. */
static void finish(struct invocation *invocation)
{
    invocation->phase = INVOCATION_OVER;
    drop_timer(invocation);
    if (!invocation->future) {
        invocation->op.done = true;
        fiber_ready(invocation->op.fiber);
        return;
    }
    future_settle(invocation->future, invocation->result, invocation->failed);
    operation_release(&invocation->op);
}

/* Nobody wants the result. */
static void abandon(struct invocation *invocation)
{
    bool is_running = invocation->phase == INVOCATION_CALLING;
    invocation->phase = INVOCATION_OVER;
    drop_timer(invocation);
    if (is_running)
        call_cancel(invocation->op.vm, &invocation->call);
}

void invocation_give_up(struct invocation *invocation, const struct vm_error *error)
{
    struct codec_bytes bytes = {0};
    abandon(invocation);
    if (!codec_begin(&bytes, 2) || !codec_put_nil(&bytes) || !codec_put_error(&bytes, error->kind, error->message, 0))
        memory_out(sizeof error->message, "the result of a call");
    struct buffer *buffer = buffer_new(bytes.length);
    if (!buffer)
        memory_out(bytes.length, "the result of a call");
    memcpy(buffer->bytes, bytes.data, bytes.length);
    codec_bytes_free(&bytes);
    buffer_unref(invocation->result);
    invocation->result = buffer;
    invocation->failed = true;
    finish(invocation);
}

/* The process ends. */
static void cancel(struct operation *op)
{
    struct invocation *invocation = of(op);
    abandon(invocation);
    if (invocation->future)
        future_orphan(invocation->future);
    release(op);
}

void invocation_abandon(struct invocation *invocation)
{
    abandon(invocation);
    operation_release(&invocation->op);
}

/* ---- attempts ---- */

/* An attempt is over; its reference is ours. */
static void drained(struct operation *op, struct process *process)
{
    struct invocation *invocation = of(op);
    if (invocation->phase == INVOCATION_OVER) {
        unref(invocation);
        return;
    }
    buffer_unref(invocation->result);
    invocation->result = invocation->call.result;
    invocation->failed = invocation->call.failed;
    invocation->call.result = NULL;
    unref(invocation); /* not the last: I1 */
    if (!invocation->failed || !intercept_failed(invocation, process))
        finish(invocation);
}

static void done(struct call *call)
{
    operation_complete(&container_of(call, struct invocation, call)->op);
}

static void admitted(struct call *call)
{
    operation_complete(container_of(call, struct invocation, call)->room);
}

/* True: it has a place. */
static bool attempt(struct invocation *invocation, struct process *process)
{
    bool may_repeat = invocation->options && invocation->options->has_retry &&
                      invocation->attempts + 1 < invocation->options->retry.max_attempts;
    invocation->phase = INVOCATION_CALLING;
    invocation->attempts++;
    atomic_fetch_add_explicit(&invocation->refs, 1, memory_order_relaxed);
    invocation->call = (struct call){
        .caller = process->pid,
        .args = invocation->args,
        .context = invocation->context,
        .inherits_context = invocation->inherits_context,
        .terminal = process->terminal,
        .done = done,
        .admitted = invocation->room && invocation->attempts == 1 ? admitted : NULL,
    };
    if (may_repeat) {
        if (invocation->args)
            buffer_ref(invocation->args);
        context_ref(invocation->context);
    } else {
        invocation->args = NULL;
        invocation->context = NULL;
    }
    return call_start(process->vm, &invocation->target, &invocation->call);
}

void invocation_attempt(struct invocation *invocation, struct process *process)
{
    attempt(invocation, process);
}

/* ---- start ---- */

static struct invocation *make(lua_State *L, struct invoke *invoke, struct codec_bytes *args)
{
    struct process *process = state_process(L);
    struct invocation *invocation = memory_zeroed(sizeof *invocation, "a call");
    atomic_init(&invocation->refs, 1);
    invocation->op.cancel = cancel;
    invocation->op.release = release;
    invocation->op.drained = drained;
    invocation->target = invoke->target;
    invocation->context = invoke->context;
    invocation->inherits_context = invoke->inherits_context;
    invocation->options = call_options_merge(invoke->target.options, invoke->options);
    call_options_unref(invoke->options);
    if (args->length) {
        invocation->args = buffer_new(args->length);
        if (!invocation->args)
            memory_out(args->length, "the arguments of a call");
        memcpy(invocation->args->bytes, args->data, args->length);
    }
    invocation->heap = process->heap;
    invocation->charged = sizeof *invocation + args->length;
    heap_charge(process->heap, (ptrdiff_t)invocation->charged);
    encoding_done(L, args);
    operation_begin(process, &invocation->op);
    return invocation;
}

static int result_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct invocation *invocation = of((struct operation *)ctx);
    const struct buffer *result = invocation->result;
    int count = 0;
    enum codec_status outcome = encoding_decode(L, result->bytes, result->length, invocation->top, &count);
    if (outcome == CODEC_MORE)
        return state_reschedule(L, ctx, result_k);
    operation_release(&invocation->op);
    if (outcome != CODEC_OK)
        return error_return(L, ERROR_INTERNAL, "result cannot be decoded: %s", codec_message(outcome));
    return count;
}

int invoke_wait(lua_State *L, struct invoke *invoke, struct codec_bytes *args, int top)
{
    struct process *process = state_process(L);
    struct invocation *invocation = make(L, invoke, args);
    invocation->op.fiber = state_fiber(L);
    invocation->top = top;
    lua_settop(L, top); /* without the encoder: the decoder will be there */
    intercept_begin(invocation, process);
    attempt(invocation, process);
    return operation_wait(L, &invocation->op, result_k);
}

/* ---- futures ---- */

static void free_room(struct operation *op)
{
    free(op);
}

static int admitted_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    operation_release((struct operation *)ctx);
    lua_settop(L, 1);
    return 1;
}

/* What the coroutine waits for should the queue be full; NULL: it cannot wait, or the queue has no bound. */
static struct operation *make_room(lua_State *L, const struct call_target *target)
{
    if (!target->pool || !pool_is_bounded(target->pool) || state_of(L)->loading || !state_can_yield(L))
        return NULL;
    struct operation *room = memory_zeroed(sizeof *room, "a call");
    room->release = free_room;
    operation_prepare(L, room);
    return room;
}

int invoke_async(lua_State *L, struct invoke *invoke, struct codec_bytes *args, struct future *future)
{
    struct process *process = state_process(L);
    struct invocation *invocation = make(L, invoke, args);
    struct operation *room = make_room(L, &invocation->target);
    invocation->room = room;
    invocation->future = future;
    future_begin(future, invocation);
    intercept_begin(invocation, process);
    if (!attempt(invocation, process) && room)
        return operation_wait(L, room, admitted_k);
    if (room) {
        operation_abandon(room);
        free(room);
    }
    lua_settop(L, 1);
    return 1;
}
