/* SPDX-License-Identifier: MIT */
/*
 * native: see native.h. A slice handles up to EVENTS messages. What belongs to the actor (monitors, timers) is touched only in its slices.
 *
 * I1  A timer record is freed when neither the wheel nor the mailbox points to it: cancelled while pending, or drained.
 */
#include "vm/native.h"

#include <stdlib.h>
#include <string.h>

#include "sched/base/clock.h"
#include "sched/base/compiler.h"
#include "sched/base/list.h"
#include "sched/base/memory.h"
#include "sched/sched.h"
#include "sched/wheel.h"
#include "vm/buffer.h"
#include "vm/codec.h"
#include "vm/error.h"
#include "vm/message.h"
#include "vm/process_new.h"
#include "vm/process_struct.h"
#include "vm/relation.h"
#include "vm/slot.h"
#include "vm/vm_struct.h"

enum { EVENTS = 64 };

struct native {
    struct vm *vm;
    struct slot *slot;
    uint64_t pid;
    native_f on_event;
    void *ctx;
    void (*ended)(void *ctx);
    struct relation_set monitors; /* pid -> id */
    struct relation_set cookies;  /* pid -> cookie + 1 (0 is nobody's) */
    struct relation_set watchers; /* processes that monitor this actor */
    struct relation_set links;    /* processes that link it */
    struct list timers;
    struct message_queue waiting; /* drained, not handled yet */
    uint64_t next_timer;
    bool ending;
};

struct native_timer {
    struct timer timer;
    struct message message;
    struct list link;
    struct native *native;
    uint64_t id, cookie;
    bool canceled;
};

/* Answer to native_spawn, until the child has loaded. */
struct native_loading {
    struct loading loading;
    struct vm *vm;
    uint64_t native, cookie;
};

static enum task_verdict native_run(struct task *task);

struct native *native_new(struct vm *vm, const char *host_name, native_f on_event, void *ctx)
{
    struct vm_host *host = vm_host_open(vm, host_name, NULL);
    struct slot *slot = host ? slot_acquire(vm->slots, NULL, host->index, native_run) : NULL;
    if (!slot)
        return NULL;
    struct native *native = memory_zeroed(sizeof *native, "a native actor");
    native->vm = vm;
    native->slot = slot;
    native->pid = atomic_load_explicit(&slot->pid, memory_order_relaxed);
    native->on_event = on_event;
    native->ctx = ctx;
    list_init(&native->timers);
    atomic_store_explicit(&slot->owner, native, memory_order_release);
    atomic_fetch_add_explicit(&vm->natives, 1, memory_order_relaxed);
    task_leave(vm->sched, &slot->task);
    return native;
}

uint64_t native_pid(const struct native *native)
{
    return native->pid;
}

struct vm *native_vm(const struct native *native)
{
    return native->vm;
}

void native_end(struct native *native, void (*ended)(void *ctx))
{
    native->ending = true;
    native->ended = ended;
}

void native_post(struct native *native, uint64_t cookie)
{
    struct message *message = message_signal(MESSAGE_POST, 0, cookie);
    if (slot_send(native->vm->slots, native->vm->sched, native->pid, message) != 0)
        message_free(message);
}

/* ---- spawn ---- */

static void loaded(struct loading *loading, struct process *child, struct buffer *result)
{
    struct native_loading *answer = container_of(loading, struct native_loading, loading);
    struct message *message = result ? message_new_shared(MESSAGE_LOADED, child->pid, "failed", 6, result)
                                     : message_new(MESSAGE_LOADED, child->pid, "", 0, "", 0);
    if (!message)
        memory_out(sizeof *message, "a message");
    message->id = answer->cookie;
    if (slot_send(answer->vm->slots, answer->vm->sched, answer->native, message) != 0)
        message_free(message);
    free(answer);
}

/* Ids of cookies are kept plus one, for relation_remove takes 0 as any. */
static void watch(struct native *native, uint64_t pid, uint64_t id, uint64_t cookie)
{
    relation_put(&native->monitors, pid, id);
    relation_put(&native->cookies, pid, cookie + 1);
}

static void forget(struct native *native, uint64_t pid)
{
    relation_remove(&native->monitors, pid, 0);
    relation_remove(&native->cookies, pid, 0);
}

int native_spawn(struct native *native, const struct native_spawn *spawn, uint64_t *pid, struct vm_error *error)
{
    struct vm *vm = native->vm;
    struct process *child = process_new(vm, spawn->code, spawn->host, error);
    if (!child)
        return -1;
    struct native_loading *answer = memory_zeroed(sizeof *answer, "the answer to a spawn");
    *answer = (struct native_loading){{loaded}, vm, native->pid, spawn->cookie};
    child->parent = native->pid;
    if (spawn->terminal)
        child->terminal = spawn->terminal;
    child->loading = &answer->loading;
    process_give_context(child, spawn->context, false);
    process_set_args(child, spawn->args, spawn->args_length);
    if (spawn->monitor) {
        uint64_t id = atomic_fetch_add_explicit(&vm->next_relation, 1, memory_order_relaxed);
        watch(native, child->pid, id, spawn->cookie);
        relation_put(&child->watchers, native->pid, id);
    }
    if (pid)
        *pid = child->pid;
    process_release(child);
    return 0;
}

bool native_monitor(struct native *native, uint64_t pid, uint64_t cookie)
{
    struct vm *vm = native->vm;
    uint64_t id = atomic_fetch_add_explicit(&vm->next_relation, 1, memory_order_relaxed);
    struct message *message = message_signal(MESSAGE_MONITOR, native->pid, id);
    if (slot_send(vm->slots, vm->sched, pid, message) != 0) {
        message_free(message);
        return false;
    }
    watch(native, pid, id, cookie);
    return true;
}

void native_unmonitor(struct native *native, uint64_t pid)
{
    struct relation *item = relation_find(&native->monitors, pid);
    if (!item)
        return;
    struct message *message = message_signal(MESSAGE_UNMONITOR, native->pid, item->id);
    if (slot_send(native->vm->slots, native->vm->sched, pid, message) != 0)
        message_free(message);
    forget(native, pid);
}

/* ---- timers ---- */

static struct task *timer_due(struct timer *wheel_timer)
{
    struct native_timer *timer = container_of(wheel_timer, struct native_timer, timer);
    struct slot *slot = timer->native->slot;
    return slot_push(slot, timer->native->pid, &timer->message) ? &slot->task : NULL;
}

uint64_t native_timer(struct native *native, uint64_t delay_ns, uint64_t cookie)
{
    struct native_timer *timer = memory_zeroed(sizeof *timer, "a timer of a native actor");
    wheel_timer_init(&timer->timer, timer_due);
    timer->timer.target = native->slot;
    timer->message.kind = MESSAGE_TIMER;
    timer->native = native;
    timer->cookie = cookie;
    timer->id = ++native->next_timer;
    list_add_tail(&native->timers, &timer->link);
    wheel_arm(native->vm->sched, &timer->timer, clock_now_ns(sched_clock(native->vm->sched)) + delay_ns);
    return timer->id;
}

static void drop_timer(struct native_timer *timer)
{
    if (!wheel_cancel(&timer->timer)) {
        timer->canceled = true; /* its message is in the mailbox or the queue */
        return;
    }
    list_remove(&timer->link);
    free(timer);
}

void native_cancel_timer(struct native *native, uint64_t id)
{
    for (struct list *link = native->timers.next; link != &native->timers; link = link->next) {
        struct native_timer *timer = container_of(link, struct native_timer, link);
        if (timer->id != id)
            continue;
        drop_timer(timer);
        return;
    }
}

/* ---- events ---- */

static void give(struct native *native, const struct native_event *event)
{
    native->on_event(native, native->ctx, event);
}

static void give_timer(struct native *native, struct message *message)
{
    struct native_timer *timer = container_of(message, struct native_timer, message);
    struct native_event event = {.kind = NATIVE_TIMER, .cookie = timer->cookie};
    bool canceled = timer->canceled;
    list_remove(&timer->link);
    free(timer);
    if (!canceled)
        give(native, &event);
}

/* What the result {value, error} says, as a vm_error. */
static bool read_failure(const struct message *message, struct vm_error *error)
{
    struct codec_view view;
    if (!codec_view(message_body(message), message->length, 1, &view) || view.tag != CODEC_ERROR)
        return false;
    vm_error_set(error, view.kind, "%.*s", (int)(view.string.length < 400 ? view.string.length : 400),
                 view.string.data);
    static const char *const kinds[] = {
        ERROR_NOT_FOUND, ERROR_ALREADY_EXISTS, ERROR_INVALID,  ERROR_PERMISSION_DENIED, ERROR_UNAVAILABLE,
        ERROR_INTERNAL,  ERROR_CANCELED,       ERROR_CONFLICT, ERROR_TIMEOUT,           ERROR_RATE_LIMITED};
    error->kind = ERROR_UNKNOWN; /* the view's text ends with the message */
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (view.kind_length == strlen(kinds[i]) && memcmp(view.kind, kinds[i], view.kind_length) == 0)
            error->kind = kinds[i];
    return true;
}

static void give_loaded(struct native *native, struct message *message)
{
    struct vm_error error = {0};
    bool failed = message->topic_length > 0;
    if (failed) {
        forget(native, message->from);
        read_failure(message, &error);
    }
    give(native, &(struct native_event){.kind = NATIVE_LOADED,
                                        .pid = failed ? 0 : message->from,
                                        .cookie = message->id,
                                        .failed = failed,
                                        .error = failed ? &error : NULL});
}

static void give_exit(struct native *native, struct message *message)
{
    struct vm_error error = {0};
    if (!relation_remove(&native->monitors, message->from, message->id))
        return;
    struct relation *cookie = relation_find(&native->cookies, message->from);
    uint64_t value = cookie->id - 1;
    relation_remove(&native->cookies, message->from, 0);
    bool failed = read_failure(message, &error);
    give(native, &(struct native_event){.kind = NATIVE_EXIT,
                                        .pid = message->from,
                                        .cookie = value,
                                        .data = message_body(message),
                                        .length = message->length,
                                        .failed = failed,
                                        .error = failed ? &error : NULL});
}

static void handle(struct native *native, struct message *message)
{
    struct native_event event = {.from = message->from, .data = message_body(message), .length = message->length};
    if (message_is_counted(message))
        slot_consumed(native->slot, 1, message_cost(message));
    switch (message->kind) {
    case MESSAGE_USER:
        event.kind = NATIVE_MESSAGE;
        event.topic = message_topic(message);
        event.topic_length = message->topic_length;
        give(native, &event);
        break;
    case MESSAGE_CANCEL:
        event.kind = NATIVE_CANCEL;
        give(native, &event);
        break;
    case MESSAGE_POST:
        event = (struct native_event){.kind = NATIVE_POST, .cookie = message->id};
        give(native, &event);
        break;
    case MESSAGE_LOADED:
        give_loaded(native, message);
        break;
    case MESSAGE_EXIT:
        give_exit(native, message);
        break;
    case MESSAGE_TIMER:
        give_timer(native, message);
        return;
    case MESSAGE_KILL:
        native->ending = true;
        break;
    case MESSAGE_MONITOR:
        relation_put(&native->watchers, message->from, message->id);
        break;
    case MESSAGE_UNMONITOR:
        relation_remove(&native->watchers, message->from, message->id);
        break;
    case MESSAGE_LINK:
        relation_put(&native->links, message->from, message->id);
        break;
    case MESSAGE_UNLINK:
    case MESSAGE_LINK_GONE:
    case MESSAGE_LINK_DOWN:
        relation_remove(&native->links, message->from, message->id);
        break;
    default:
        break;
    }
    message_free(message);
}

static void drain(struct native *native)
{
    struct message *message = slot_has_mail(native->slot) ? slot_drain(native->slot) : NULL;
    while (message) {
        struct message *next = message->next;
        message_queue_push(&native->waiting, message);
        message = next;
    }
}

/* ---- end ---- */

static void drop(struct native *native, struct message *message)
{
    if (message->kind == MESSAGE_TIMER) {
        struct native_timer *timer = container_of(message, struct native_timer, message);
        list_remove(&timer->link);
        free(timer);
        return;
    }
    process_drop_stray(native->vm, native->slot, message);
}

/* Tells everybody of a set, as if their requests had come too late. */
static void tell_all(struct native *native, struct relation_set *set, enum message_kind kind)
{
    struct relation peer;
    while (relation_take(set, &peer)) {
        struct message request = {.kind = (uint8_t)kind, .from = peer.pid, .id = peer.id, .target = native->pid};
        relation_answer_dead(native->vm, &request);
    }
    relation_set_destroy(set);
}

static void end(struct native *native)
{
    struct vm *vm = native->vm;
    struct slot *slot = native->slot;
    struct message *message, *next;
    /* timers before the mailbox: those that cannot be cancelled any more are in it then */
    for (struct list *link = native->timers.next, *after; link != &native->timers; link = after) {
        after = link->next;
        drop_timer(container_of(link, struct native_timer, link));
    }
    for (message = slot_close(slot); message; message = next) {
        next = message->next;
        drop(native, message);
    }
    while ((message = message_queue_pop(&native->waiting)))
        drop(native, message);
    tell_all(native, &native->watchers, MESSAGE_MONITOR);
    tell_all(native, &native->links, MESSAGE_LINK);
    relation_set_destroy(&native->monitors);
    relation_set_destroy(&native->cookies);
    if (native->ended)
        native->ended(native->ctx);
    task_end(&slot->task);
    slot_release(vm->slots, NULL, slot);
    free(native);
    atomic_fetch_sub_explicit(&vm->natives, 1, memory_order_release);
}

static enum task_verdict native_run(struct task *task)
{
    struct native *native = atomic_load_explicit(&container_of(task, struct slot, task)->owner, memory_order_relaxed);
    struct message *message;
    drain(native);
    for (unsigned i = 0; i < EVENTS && !native->ending && (message = message_queue_pop(&native->waiting)); i++)
        if (message->target == native->pid)
            handle(native, message);
        else
            drop(native, message);
    if (native->ending) {
        end(native);
        return TASK_ENDED;
    }
    return native->waiting.head || slot_has_mail(native->slot) ? TASK_AGAIN : TASK_PARKED;
}
