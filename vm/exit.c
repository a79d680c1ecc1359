/* SPDX-License-Identifier: MIT */
/*
 * exit: how a process ends. In this order, each step in slices of at most STEPS:
 *
 *   names      no more registers; all names are gone
 *   groups     it has left all process groups
 *   feeds      subscriptions to brokers are gone
 *   mailbox    closed by one exchange: from now on sends fail. MONITOR and LINK requests left in it count: their senders get the notice below
 *   watchers   EXIT with the result, and answers to those in C who wait for it
 *   links      LINK_DOWN with the result if it failed, else LINK_GONE
 *   resources  timers out of the wheels, queued messages, handles of userdata
 *   call       a state that can serve more calls goes back to its pool; then whoever called gets the result
 *   heap       of a state that does not: chunks back to the slabs; then the slot
 *
 * A watcher that has seen EXIT therefore finds neither the name nor the PID any more, and what the process sent before it ended is in the
 * watcher's mailbox before the EXIT.
 */
#include "vm/exit.h"

#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "sched/base/log.h"
#include "sched/base/memory.h"
#include "sched/sched.h"
#include "vm/address.h"
#include "vm/buffer.h"
#include "vm/call.h"
#include "vm/code.h"
#include "vm/code_struct.h"
#include "vm/codec.h"
#include "vm/context.h"
#include "vm/ending.h"
#include "vm/error.h"
#include "vm/fiber.h"
#include "vm/groups.h"
#include "vm/handle.h"
#include "vm/heap.h"
#include "vm/hibernate.h"
#include "vm/names.h"
#include "vm/operation_exit.h"
#include "vm/pid.h"
#include "vm/pool.h"
#include "vm/process.h"
#include "vm/process_new.h"
#include "vm/process_struct.h"
#include "vm/reuse.h"
#include "vm/slab.h"
#include "vm/slot.h"
#include "vm/state.h"
#include "vm/timer_struct.h"
#include "vm/vm_struct.h"

enum { STEPS = 1000, TEXT_MAX = 1 << 20, OTHER_TEXT = 64 };

/* ---- the result ---- */

void process_set_result(struct process *process, struct buffer *result, bool failed)
{
    buffer_unref(process->result);
    process->result = result;
    process->failed = failed;
}

static struct buffer *to_buffer(struct codec_bytes *bytes)
{
    struct buffer *buffer = buffer_new(bytes->length);
    if (!buffer)
        memory_out(bytes->length, "the result of a process");
    memcpy(buffer->bytes, bytes->data, bytes->length);
    codec_bytes_free(bytes);
    return buffer;
}

/* The text is cut at TEXT_MAX. */
static void fail_with_text(struct process *process, const char *kind, const char *text, size_t length, int retryable)
{
    struct codec_bytes bytes = {0};
    length = length < TEXT_MAX ? length : TEXT_MAX;
    if (!codec_begin(&bytes, 2) || !codec_put_nil(&bytes) ||
        !codec_put_error_text(&bytes, kind, text, length, retryable))
        memory_out(length, "the result of a process");
    process_set_result(process, to_buffer(&bytes), true);
}

void process_fail_message(struct process *process, const char *kind, const char *message, int retryable)
{
    fail_with_text(process, kind, message, strlen(message), retryable);
}

void process_end_empty(struct process *process)
{
    struct codec_bytes bytes = {0};
    if (!codec_begin(&bytes, 2) || !codec_put_nil(&bytes) || !codec_put_nil(&bytes))
        memory_out(2, "the result of a process");
    process_set_result(process, to_buffer(&bytes), false);
}

void process_fail_with_death(struct process *process)
{
    struct state *state = process->state;
    char text[320];
    const char *where = state->where ? state->where : "no line";
    const char *id = code_id(process->code);
    switch ((enum death)state->doomed) {
    case DEATH_LINK:
        process_fail_message(process, ERROR_INTERNAL, "linked process failed", -1);
        return;
    case DEATH_KILLED:
        process_fail_message(process, ERROR_CANCELED, "host stopped before the process ended", 0);
        return;
    case DEATH_CANCELED:
        process_fail_message(process, ERROR_CANCELED, "canceled", 0);
        return;
    case DEATH_MEMORY:
        snprintf(text, sizeof text, "out of memory (limit %zu MB) in %s at %s", heap_limit(process->heap) >> 20, id,
                 where);
        break;
    case DEATH_STUCK:
        snprintf(text, sizeof text, "stuck in a call that cannot be suspended in %s at %s", id, where);
        break;
    case DEATH_DEADLOCK:
        snprintf(text, sizeof text,
                 "deadlock: all coroutines of %s wait on channels that nobody else can reach, and no subscription or "
                 "timer is left to wake them",
                 id);
        break;
    default:
        process_fail_message(process, ERROR_INTERNAL, "process terminated", -1);
        return;
    }
    process_fail_message(process, ERROR_INTERNAL, text, -1);
}

/* The text of a raised value without running Lua: no __tostring, no conversion in place. */
static void fail_with_value(struct process *process, lua_State *L)
{
    char text[OTHER_TEXT];
    size_t length;
    switch (lua_type(L, -1)) {
    case LUA_TSTRING: {
        const char *message = lua_tolstring(L, -1, &length);
        fail_with_text(process, ERROR_INTERNAL, message, length, -1);
        return;
    }
    case LUA_TNUMBER:
        if (lua_isinteger(L, -1))
            snprintf(text, sizeof text, LUA_INTEGER_FMT, lua_tointeger(L, -1));
        else
            snprintf(text, sizeof text, LUA_NUMBER_FMT, lua_tonumber(L, -1));
        break;
    case LUA_TBOOLEAN:
        snprintf(text, sizeof text, "%s", lua_toboolean(L, -1) ? "true" : "false");
        break;
    case LUA_TNIL:
        snprintf(text, sizeof text, "nil");
        break;
    default:
        snprintf(text, sizeof text, "%s: %p", luaL_typename(L, -1), address_shown(L, -1));
        break;
    }
    process_fail_message(process, ERROR_INTERNAL, text, -1);
}

/* Where an uncaught error came from, on one line: the stack of L is still as it was. Never raises. */
static void log_stack(const struct process *process, lua_State *L)
{
    char frames[ERROR_FRAMES_MAX], pid[PID_TEXT_MAX];
    struct error_parts parts;
    size_t length;
    if (!log_is_on(process->vm->log, LOG_DEBUG) || !lua_checkstack(L, 4))
        return;
    if (!lua_gettop(L))
        lua_pushnil(L);
    const char *message = error_or_string(L, -1, &length);
    error_capture(L, &parts, frames);
    length = parts.text[ERROR_TEXT_FRAMES].length;
    for (size_t i = 0; i < length; i++)
        if (frames[i] == '\n')
            frames[i] = i + 1 < length ? ',' : ' ';
    process_format_pid(process->vm, process->pid, pid);
    log_printf(process->vm->log, LOG_DEBUG, "process", "%s of %s: uncaught error: %.1000s; stack:%.*s", pid,
               code_id(process->code), message ? message : luaL_typename(L, -1), (int)length, frames);
}

void process_fail_with_error(struct process *process, lua_State *L, int status)
{
    if (unlikely(process->vm->config.logs_stacks) && !process->state->doomed)
        log_stack(process, L);
    struct error_view view;
    struct codec_bytes bytes = {0};
    if (status == LUA_ERRMEM && !process->state->doomed)
        process->state->doomed = DEATH_MEMORY;
    if (process->state->doomed) {
        state_note_where(process->state, L);
        process_fail_with_death(process);
        return;
    }
    if (lua_gettop(L) == 0 || !error_view(L, -1, &view) || !lua_checkstack(L, 4)) {
        fail_with_value(process, L);
        return;
    }
    lua_pushnil(L);
    lua_insert(L, -2);
    if (codec_encode(L, lua_gettop(L) - 1, 2, &bytes) == CODEC_OK) {
        process_set_result(process, to_buffer(&bytes), true);
        return;
    }
    codec_bytes_free(&bytes);
    /* too big or too deep to be sent as it is: what is left fits */
    fail_with_text(process, view.kind, view.message, view.message_length, view.retryable);
}

/* What it was marked for, if it came to have a state. */
static enum death death_of(const struct process *process)
{
    return process->state ? (enum death)process->state->doomed : DEATH_NONE;
}

/* A failure that nobody watches would go unseen. */
static void report(struct process *process)
{
    struct codec_view view;
    char text[PID_TEXT_MAX];
    bool is_awaited =
        process->call || process->endings || relation_count(&process->watchers) || relation_count(&process->links);
    if (!process->failed || process->silent || is_awaited || !log_is_on(process->vm->log, LOG_ERROR) ||
        !codec_view(process->result->bytes, process->result->length, 1, &view) ||
        death_of(process) == DEATH_TERMINATED || death_of(process) == DEATH_KILLED)
        return;
    process_format_pid(process->vm, process->pid, text);
    int length = view.string.length < 1024 ? (int)view.string.length : 1024;
    log_printf(process->vm->log, LOG_ERROR, "process", "%s of %s failed: %.*s", text, code_id(process->code), length,
               view.string.data);
}

/* ---- the steps; those that return something: is it done? ---- */

static void leave_mailbox(struct process *process)
{
    operation_cancel_all(process);
    struct message *message = slot_close(process->slot);
    for (struct message *next; message; message = next) {
        next = message->next;
        if (unlikely(message->target != process->pid)) {
            process_drop_stray(process->vm, process->slot, message);
            continue;
        }
        if (message_is_counted(message))
            slot_consumed(process->slot, 1, message_cost(message));
        switch (message->kind) {
        case MESSAGE_OPERATION:
            operation_drop_drained(message);
            break;
        case MESSAGE_ENDING:
            ending_drained(process, message);
            break;
        case MESSAGE_MONITOR:
        case MESSAGE_LINK:
        case MESSAGE_UNMONITOR:
        case MESSAGE_UNLINK:
        case MESSAGE_LINK_GONE:
            relation_handle(process, message);
            break;
        default:
            message_free(message); /* embedded nodes: nothing */
            break;
        }
    }
    report(process);
}

static void notify(struct process *process, enum message_kind kind, const struct relation *to)
{
    struct message *message = message_new_of(kind, process->pid, "", 0, process->result);
    if (!message)
        memory_out(sizeof *message, "a message");
    message->id = to->id;
    if (slot_send(process->vm->slots, process->vm->sched, to->pid, message) != 0)
        message_free(message);
}

static bool tell_watchers(struct process *process)
{
    struct relation watcher;
    for (unsigned i = 0; i < STEPS; i++) {
        if (!relation_take(&process->watchers, &watcher))
            return true;
        notify(process, MESSAGE_EXIT, &watcher);
    }
    return false;
}

static void tell_gone(struct process *process, const struct relation *to)
{
    struct message *message = message_signal(MESSAGE_LINK_GONE, process->pid, to->id);
    if (slot_send(process->vm->slots, process->vm->sched, to->pid, message) != 0)
        message_free(message);
}

static bool tell_links(struct process *process)
{
    struct relation peer;
    for (unsigned i = 0; i < STEPS; i++) {
        if (!relation_take(&process->links, &peer))
            return true;
        if (process->failed)
            notify(process, MESSAGE_LINK_DOWN, &peer);
        else
            tell_gone(process, &peer);
    }
    return false;
}

/* Those it watched keep a useless record of it until they end, unless told. */
static bool leave_monitors(struct process *process)
{
    struct relation target;
    for (unsigned i = 0; i < STEPS; i++) {
        if (!relation_take(&process->monitors, &target))
            return true;
        struct message *message = message_signal(MESSAGE_UNMONITOR, process->pid, target.id);
        if (slot_send(process->vm->slots, process->vm->sched, target.pid, message) != 0)
            message_free(message);
    }
    return false;
}

/* What fibers have taken and not made into values. */
static void drop_items(struct state *state)
{
    struct list *fibers = &state->fibers;
    for (struct list *link = fibers->next; link != fibers; link = link->next)
        fiber_drop_item(container_of(link, struct fiber, all));
}

static bool release_resources(struct process *process)
{
    if (!leave_monitors(process) || (process->keeps && !reuse_take_off(process, STEPS)) ||
        !vmtimer_cancel_some(process, STEPS) || !router_destroy_some(&process->router, STEPS) ||
        !feed_destroy_some(process, STEPS))
        return false;
    if (process->state)
        drop_items(process->state);
    handle_close_all(&process->handles);
    if (process->state && !process->keeps)
        handle_close_all(&process->state->handles);
    router_settle(&process->router, process->slot);
    return true;
}

/* The state that was made ahead of any call is not to be had. */
static void report_unready(const struct process *process)
{
    struct codec_view view;
    if (process->failed && death_of(process) != DEATH_KILLED &&
        codec_view(process->result->bytes, process->result->length, 1, &view))
        log_printf(process->vm->log, LOG_ERROR, "process", "function %s cannot be made ready: %.*s",
                   code_id(process->code), (int)view.string.length, view.string.data);
}

/* The process and its state part; from here on a kept state is not this thread's any more. */
static void leave_call(struct process *process)
{
    struct state *state = process->state;
    struct pool *pool = state ? state->pool : process->pool;
    if (state) {
        bool is_at_rest = !process->failed && !state->doomed;
        if (!process->measured)
            process_measure(process, is_at_rest);
        else if (is_at_rest)
            code_learn(process->code, LEARN_AT_END, state->L);
        free(state->where);
        state->where = NULL;
    }
    if (process->keeps) {
        heap_charge(process->heap, -(ptrdiff_t)process->context_charge);
        process->heap = NULL;
        process->state = NULL;
        pool_give_back(pool, state);
    } else if (pool) {
        code_unref(process->code); /* the reference of the state */
        pool_lose(pool);
    }
    if (process->call)
        call_end(process->call, process->result, process->failed);
    else if (pool)
        report_unready(process);
    if (pool)
        pool_unref(pool);
}

static void free_process(struct process *process)
{
    struct vm *vm = process->vm;
    struct vm_host *host = process->host;
    struct slot *slot = process->slot;
    struct vm_local *local = vm_local(vm);
    relation_set_destroy(&process->watchers);
    relation_set_destroy(&process->monitors);
    relation_set_destroy(&process->links);
    vm_host_note_end(host, process->failed && !process->silent);
    task_end(&slot->task);
    slot_release(vm->slots, &local->slots, slot);
    /* nobody can find the process any more: slot_release has waited for those that had */
    buffer_unref(process->result);
    code_unref(process->code);
    context_unref(process->context);
    context_unref(process->options);
    process_drop_args(process);
    bool is_placed = process->is_placed;
    free(process->pid_text);
    slab_free(local->slabs, process, sizeof *process);
    vm_host_leave(host, is_placed); /* last: vm_stop frees the VM once none is left and the workers are joined */
}

/* The steps from that of the process on, each of which falls into the next when it is done. False: there is more to do. */
static bool take_steps(struct process *process)
{
    switch ((enum exit_step)process->exit_step) {
    case EXIT_NAMES:
        names_close(process);
        process->exit_step = EXIT_GROUPS;
        /* fall through */
    case EXIT_GROUPS:
        if (!groups_leave_some(process, STEPS))
            return false;
        process->exit_step = EXIT_FEEDS;
        /* fall through */
    case EXIT_FEEDS:
        if (!feed_end_some(process, STEPS))
            return false;
        process->exit_step = EXIT_MAILBOX;
        /* fall through */
    case EXIT_MAILBOX:
        leave_mailbox(process);
        process->exit_step = EXIT_WATCHERS;
        /* fall through */
    case EXIT_WATCHERS:
        if (!tell_watchers(process) || !ending_tell_some(process, STEPS))
            return false;
        process->exit_step = EXIT_LINKS;
        /* fall through */
    case EXIT_LINKS:
        if (!tell_links(process))
            return false;
        process->exit_step = EXIT_RESOURCES;
        /* fall through */
    case EXIT_RESOURCES:
        if (!release_resources(process))
            return false;
        process->exit_step = EXIT_CALL;
        /* fall through */
    case EXIT_CALL:
        leave_call(process);
        process->exit_step = EXIT_HEAP;
        /* fall through */
    case EXIT_HEAP:
        if (process->heap && !heap_drop(process->heap, vm_local(process->vm)->slabs, STEPS))
            return false;
        hibernate_leave(process);
    }
    return true;
}

__attribute__((noinline)) bool process_exit_slice(struct process *process)
{
    atomic_store_explicit(&process->shown, SHOWN_COMPLETE, memory_order_relaxed);
    if (!take_steps(process))
        return false;
    free_process(process);
    return true;
}
