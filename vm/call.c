/* SPDX-License-Identifier: MIT */
/*
 * call: see call.h.
 *
 * I1  `callee` is stored before `canceled` is looked at by who starts the callee, `canceled` before `callee` by who cancels: one of the
 *     two sees the other, so a callee is never forgotten. It may be told twice.
 */
#include "vm/call.h"

#include <string.h>

#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "sched/sched.h"
#include "vm/buffer.h"
#include "vm/call_options.h"
#include "vm/code.h"
#include "vm/codec.h"
#include "vm/context.h"
#include "vm/error.h"
#include "vm/fiber.h"
#include "vm/message.h"
#include "vm/pool.h"
#include "vm/process.h"
#include "vm/process_new.h"
#include "vm/process_struct.h"
#include "vm/slot.h"
#include "vm/vm_struct.h"

void call_target_release(struct call_target *target)
{
    if (target->pool)
        pool_unref(target->pool);
    if (target->code)
        code_unref(target->code);
    call_options_unref(target->options);
    *target = (struct call_target){0};
}

const char *call_target_id(const struct call_target *target)
{
    return target->pool ? pool_id(target->pool) : code_id(target->code);
}

/* ---- the end ---- */

void call_end(struct call *call, struct buffer *result, bool failed)
{
    call->result = buffer_ref(result);
    call->failed = failed;
    call->done(call);
}

static void drop_input(struct call *call)
{
    buffer_unref(call->args);
    context_unref(call->context);
    call->args = NULL;
    call->context = NULL;
}

void call_fail(struct call *call, const struct vm_error *error)
{
    struct codec_bytes bytes = {0};
    drop_input(call);
    if (!codec_begin(&bytes, 2) || !codec_put_nil(&bytes) || !codec_put_error(&bytes, error->kind, error->message, 0))
        memory_out(sizeof error->message, "the result of a call");
    struct buffer *buffer = buffer_new(bytes.length);
    if (!buffer)
        memory_out(bytes.length, "the result of a call");
    memcpy(buffer->bytes, bytes.data, bytes.length);
    codec_bytes_free(&bytes);
    call_end(call, buffer, true);
    buffer_unref(buffer);
}

static void fail_canceled(struct call *call)
{
    struct vm_error error;
    vm_error_set(&error, ERROR_CANCELED, "canceled");
    call_fail(call, &error);
}

/* ---- cancel ---- */

static void tell_process(struct vm *vm, const struct call *call, uint64_t callee)
{
    static const char reason[] = "caller context canceled";
    process_send_cancel(vm, call->caller, callee, reason, sizeof reason - 1);
}

static void end_function(struct vm *vm, uint64_t callee)
{
    struct message *message = message_signal(MESSAGE_ABORT, 0, 0);
    struct slot *slot = slot_of_pid(vm->slots, callee);
    if (slot && slot_send(vm->slots, vm->sched, callee, message) == 0)
        sched_interrupt(vm->sched, &slot->task, INTERRUPT_SIGNAL);
    else
        message_free(message);
}

void call_cancel(struct vm *vm, struct call *call)
{
    atomic_store(&call->canceled, true);
    if (call->pool && pool_forget(call->pool, call)) {
        fail_canceled(call);
        return;
    }
    uint64_t callee = atomic_load(&call->callee);
    if (callee && call->is_process)
        tell_process(vm, call, callee);
    else if (callee)
        end_function(vm, callee);
}

/* ---- start ---- */

void call_attach(struct call *call, struct process *process)
{
    process->call = call;
    process->parent = call->caller;
    process->args = call->args;
    process_give_context(process, call->context, call->inherits_context);
    context_unref(call->context);
    call->args = NULL;
    call->context = NULL;
    atomic_store(&call->callee, process->pid); /* I1 */
    if (likely(!atomic_load(&call->canceled)))
        return;
    if (call->is_process)
        tell_process(process->vm, call, process->pid);
    else
        process_doom(process, DEATH_CANCELED);
}

static void start_process(struct vm *vm, const struct call_target *target, struct call *call)
{
    struct vm_error error;
    struct process *process = process_new(vm, target->code, target->host, &error);
    if (!process) {
        call_fail(call, &error);
        return;
    }
    call_attach(call, process);
    process_release_next(process);
}

bool call_start(struct vm *vm, const struct call_target *target, struct call *call)
{
    call->is_process = !target->pool;
    call->is_blocked = false;
    call->pool = target->pool;
    list_init(&call->link);
    if (target->pool)
        return pool_submit(target->pool, call);
    start_process(vm, target, call);
    return true;
}
