/* SPDX-License-Identifier: MIT */
/*
 * actor: see the header. A child's cookie is its address: it is freed by the one last event about it (load failed, or exit), which
 * the VM delivers exactly once. An alarm's cookie is a number that is looked up, since the event of a canceled one may be
 * in the mailbox already.
 */
#include "host/actor.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "sched/base/compiler.h"
#include "sched/base/list.h"
#include "vm/native.h"
#include "vm/process.h"

struct alarm {
    struct list link; /* in actor->alarms */
    uint64_t id;      /* cookie */
    uint64_t timer;   /* of native_cancel_timer */
    void (*fire)(void *ctx);
    void *ctx;
};

struct actor {
    struct vm *vm;
    struct native *native;
    pthread_mutex_t lock; /* guards is_closed, and native against its end during actor_post */
    bool is_closed;
    const struct actor_callbacks *callbacks;
    void *ctx;
    struct list alarms, children;
    uint64_t next_alarm;
};

struct child {
    struct list link; /* in actor->children */
    struct actor *actor;
    const struct child_callbacks *callbacks; /* NULL: killed, nothing is called any more */
    void *ctx;
    uint64_t pid;       /* 0: it has not loaded yet */
    uint64_t loader;    /* the same from the start */
    const char *cancel; /* asked for before it had loaded */
};

static void free_child(struct child *child)
{
    list_remove(&child->link);
    free(child);
}

static void send_cancel(const struct child *child, const char *reason)
{
    process_send_cancel(child->actor->vm, 0, child->pid, reason, strlen(reason));
}

static void on_loaded(struct child *child, const struct native_event *event)
{
    if (!event->pid) {
        if (child->callbacks)
            child->callbacks->refused(child->ctx, event->error);
        free_child(child);
        return;
    }
    child->pid = event->pid;
    if (!child->callbacks)
        return; /* killed: its end is on its way */
    if (child->cancel)
        send_cancel(child, child->cancel);
    child->callbacks->loaded(child->ctx);
}

static void on_exit_event(struct child *child, const struct native_event *event)
{
    if (child->callbacks)
        child->callbacks->ended(child->ctx, event->failed, event->data, event->length);
    free_child(child);
}

static void on_timer(struct actor *actor, uint64_t id)
{
    for (struct list *link = actor->alarms.next; link != &actor->alarms; link = link->next) {
        struct alarm alarm = *container_of(link, struct alarm, link);
        if (alarm.id != id)
            continue;
        list_remove(link);
        free(container_of(link, struct alarm, link));
        alarm.fire(alarm.ctx);
        return;
    }
}

static void on_event(struct native *native, void *ctx, const struct native_event *event)
{
    struct actor *actor = ctx;
    (void)native;
    switch (event->kind) {
    case NATIVE_LOADED:
        on_loaded((struct child *)(uintptr_t)event->cookie, event);
        break;
    case NATIVE_EXIT:
        on_exit_event((struct child *)(uintptr_t)event->cookie, event);
        break;
    case NATIVE_TIMER:
        on_timer(actor, event->cookie);
        break;
    case NATIVE_POST:
        actor->callbacks->posted(actor->ctx, event->cookie);
        break;
    default: /* user messages and cancels mean nothing to it */
        break;
    }
}

struct actor *actor_new(struct vm *vm, const struct actor_callbacks *callbacks, void *ctx)
{
    struct actor *actor = alloc_zeroed(sizeof *actor);
    *actor = (struct actor){.vm = vm, .callbacks = callbacks, .ctx = ctx};
    pthread_mutex_init(&actor->lock, NULL);
    list_init(&actor->alarms);
    list_init(&actor->children);
    actor->native = native_new(vm, "supervisor", on_event, actor);
    if (actor->native)
        return actor;
    actor_free(actor);
    return NULL;
}

void actor_post(struct actor *actor, uint64_t word)
{
    pthread_mutex_lock(&actor->lock);
    if (!actor->is_closed)
        native_post(actor->native, word);
    pthread_mutex_unlock(&actor->lock);
}

void actor_close(struct actor *actor)
{
    pthread_mutex_lock(&actor->lock);
    actor->is_closed = true;
    pthread_mutex_unlock(&actor->lock);
}

void actor_free(struct actor *actor)
{
    struct list *link;
    while ((link = list_take(&actor->alarms)))
        free(container_of(link, struct alarm, link));
    while ((link = list_take(&actor->children)))
        free(container_of(link, struct child, link));
    pthread_mutex_destroy(&actor->lock);
    free(actor);
}

struct vm *actor_vm(struct actor *actor)
{
    return actor->vm;
}

uint64_t actor_set_alarm(struct actor *actor, uint64_t delay_ns, void (*fire)(void *ctx), void *ctx)
{
    struct alarm *alarm = alloc_zeroed(sizeof *alarm);
    *alarm = (struct alarm){.id = ++actor->next_alarm, .fire = fire, .ctx = ctx};
    list_add_tail(&actor->alarms, &alarm->link);
    alarm->timer = native_timer(actor->native, delay_ns, alarm->id);
    return alarm->id;
}

void actor_cancel_alarm(struct actor *actor, uint64_t id)
{
    for (struct list *link = actor->alarms.next; link != &actor->alarms; link = link->next) {
        struct alarm *alarm = container_of(link, struct alarm, link);
        if (alarm->id != id)
            continue;
        native_cancel_timer(actor->native, alarm->timer);
        list_remove(link);
        free(alarm);
        return;
    }
}

struct child *child_spawn(struct actor *actor, struct native_spawn *spawn, const struct child_callbacks *callbacks,
                          void *ctx, struct vm_error *error)
{
    struct child *child = alloc_zeroed(sizeof *child);
    *child = (struct child){.actor = actor, .callbacks = callbacks, .ctx = ctx};
    list_add_tail(&actor->children, &child->link);
    spawn->monitor = true;
    spawn->cookie = (uint64_t)(uintptr_t)child;
    if (!native_spawn(actor->native, spawn, &child->loader, error))
        return child;
    free_child(child);
    return NULL;
}

void child_cancel(struct child *child, const char *reason)
{
    if (child->pid)
        send_cancel(child, reason);
    else
        child->cancel = reason;
}

void child_kill(struct child *child)
{
    child->callbacks = NULL;
    process_send_terminate(child->actor->vm, child->loader);
}

uint64_t child_pid(const struct child *child)
{
    return child->pid;
}
