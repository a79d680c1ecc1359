/* SPDX-License-Identifier: MIT */
/*
 * hibernate: see hibernate.h. The delta lies behind the timer of the sleep, in the room that deltas of the template have needed so far, or in a block of its
 * own. What points into the heap from outside, the process and that timer, is set right when it is woken.
 */
#include "vm/hibernate.h"

#include <string.h>

#include "sched/base/compiler.h"
#include "vm/code.h"
#include "vm/code_struct.h"
#include "vm/delta.h"
#include "vm/error.h"
#include "vm/exit.h"
#include "vm/fiber.h"
#include "vm/heap.h"
#include "vm/process_struct.h"
#include "vm/slab.h"
#include "vm/template.h"
#include "vm/timer_struct.h"
#include "vm/vm_struct.h"
#include "vm/window.h"

/* Of a window: where a heap ends is an address of it, too (vm/delta.c), and not of the next window. */
enum { ROOM = WINDOW_SIZE - CACHE_LINE };

_Static_assert((int)TEMPLATE_FITTED_LENT == (int)WINDOW_NUMBERS, "a fresh clone is kept for each window of a worker");

static bool is_lodger(const struct vm *vm, const struct template *tmpl)
{
    if (likely(vm->hibernation == VM_HIBERNATES))
        return template_sleeps(tmpl);
    return vm->hibernation == VM_ALWAYS_HIBERNATES;
}

struct heap *hibernate_lodge(struct process *process)
{
    struct vm *vm = process->vm;
    struct template *tmpl = code_template(process->code, NULL);
    if (likely(!is_lodger(vm, tmpl)) || process->pool || !template_fits(tmpl, ROOM))
        return NULL;
    struct vm_local *local = vm_local(vm);
    void *window = window_take_any(&local->windows, &vm->windows);
    if (!window)
        return NULL;
    struct heap *heap = template_clone_to(tmpl, local->slabs, &local->fitted, window, ROOM);
    if (heap)
        process->lodged = tmpl;
    else
        window_give(&local->windows, &vm->windows, window);
    return heap;
}

/* The timer of its only sleep; NULL: it has none, or others. */
static struct vmtimer *only_sleep(const struct process *process)
{
    const struct list *link = process->timers.next;
    if (link == &process->timers || link->next != &process->timers)
        return NULL;
    struct vmtimer *timer = container_of(link, struct vmtimer, link);
    return timer->is_long ? timer : NULL;
}

/* Does nobody but the process itself know of what is in its heap, and is nothing of it to be released? */
static bool is_alone(const struct process *process)
{
    const struct router *router = &process->router;
    return !process->feeds && !router->inbox && !router->events_channel && !router->listeners &&
           list_is_empty(&process->operations) && list_is_empty(&process->handles) &&
           list_is_empty(&process->state->handles);
}

/* Keeps the delta behind the timer or in a block of its own; NULL: memory is out. */
static struct delta *keep(struct process *process, struct vmtimer *timer, const struct delta *delta)
{
    void *at = timer + 1;
    if (unlikely(delta->size > timer->apart - sizeof *timer)) {
        template_learn_delta(process->lodged, delta->size);
        at = slab_alloc(vm_local(process->vm)->slabs, delta->size);
    }
    return at ? memcpy(at, delta, delta->size) : NULL;
}

static void count_asleep(struct vm_local *local, size_t bytes)
{
    size_t asleep = atomic_load_explicit(&local->asleep, memory_order_relaxed);
    atomic_store_explicit(&local->asleep, asleep + bytes, memory_order_relaxed);
}

static bool leave(struct process *process, struct vmtimer *timer)
{
    struct vm_local *local = vm_local(process->vm);
    struct heap *heap = process->heap;
    struct delta *delta = (struct delta *)local->delta;
    if (!heap_is_movable(heap))
        return false;
    const char *fresh = template_fresh(process->lodged, local->slabs, &local->fitted, heap, heap_room(heap));
    if (!fresh || !delta_write(delta, heap, fresh) || delta->size > heap_room(heap) / 2)
        return false;
    process->delta = keep(process, timer, delta);
    if (!process->delta)
        return false;
    process->heap = NULL;
    process->state = NULL;
    count_asleep(local, heap_room(heap));
    atomic_store_explicit(&process->shown_memory, delta->size, memory_order_relaxed);
    window_give(&local->windows, &process->vm->windows, heap);
    return true;
}

void hibernate(struct process *process)
{
    struct vmtimer *timer = only_sleep(process);
    bool may = timer && is_alone(process);
    if (likely(process->lodged != NULL)) {
        if (likely(may && timer->apart && leave(process, timer)))
            return;
        may = false;
    }
    if (process->stayed)
        return;
    process->stayed = true;
    template_learn_sleep(code_template(process->code, NULL), may);
}

/* The delta is not needed any more. */
static void forget(struct process *process)
{
    struct vmtimer *timer = container_of(process->timers.next, struct vmtimer, link);
    struct delta *delta = process->delta;
    process->delta = NULL;
    if (unlikely((void *)delta != (void *)(timer + 1)))
        slab_free(vm_local(process->vm)->slabs, delta, delta->size);
}

static void fail(struct process *process)
{
    struct vm_error error;
    vm_error_set(&error, ERROR_UNAVAILABLE, "out of memory: no place to wake %s in", code_id(process->code));
    process_fail_message(process, error.kind, error.message, -1);
    forget(process);
    process->lodged = NULL;
}

bool hibernate_end(struct process *process)
{
    struct vm_local *local = vm_local(process->vm);
    struct windows *windows = &process->vm->windows;
    const struct delta *delta = process->delta;
    count_asleep(local, -(size_t)delta->room);
    struct heap *heap = window_take(&local->windows, windows, window_number(delta->at));
    const char *fresh = heap ? template_fresh(process->lodged, local->slabs, &local->fitted, heap, delta->room) : NULL;
    if (unlikely(!fresh)) {
        if (heap)
            window_give(&local->windows, windows, heap);
        fail(process);
        return false;
    }
    delta_apply(delta, heap, fresh);
    process->heap = heap;
    process->state = heap_user(heap);
    struct vmtimer *timer = container_of(process->timers.next, struct vmtimer, link);
    timer->sleeper = delta_moved(delta, heap, timer->sleeper);
    forget(process);
    heap_enter(heap, local->slabs);
    return true;
}

void hibernate_leave(struct process *process)
{
    if (process->lodged)
        window_give(&vm_local(process->vm)->windows, &process->vm->windows, process->heap);
}
