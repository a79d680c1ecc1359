/* SPDX-License-Identifier: MIT */
/*
 * process_new: see process_new.h. A process begins without a state, to get a clone of the template of its code when it first runs, or on a
 * state that has served a function call before.
 */
#include "vm/process_new.h"

#include <stdlib.h>
#include <string.h>

#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "sched/worker.h"
#include "vm/buffer.h"
#include "vm/code.h"
#include "vm/code_struct.h"
#include "vm/context.h"
#include "vm/error.h"
#include "vm/exit.h"
#include "vm/fiber.h"
#include "vm/heap.h"
#include "vm/hibernate.h"
#include "vm/process_struct.h"
#include "vm/slab.h"
#include "vm/slot.h"
#include "vm/template.h"
#include "vm/vm_struct.h"

enum { DEFAULT_MEMORY_LIMIT = 64 << 20 };

_Static_assert(sizeof(struct process) <= 512, "with its small arguments it fills a chunk, and not the next size");

static bool is_stopping(const struct vm_host *host)
{
    return !atomic_load(&host->running) || atomic_load(&host->vm->stopping); /* seq_cst: see slot_acquire */
}

/* May the host have one more process? */
static bool is_open(const struct vm_host *host, struct vm_error *error)
{
    if (likely(!is_stopping(host)))
        return true;
    vm_error_set(error, ERROR_UNAVAILABLE, "host is shutting down");
    return false;
}

static bool has_memory(struct vm *vm, struct vm_error *error)
{
    if (likely(!vm_is_over_memory(vm)))
        return true;
    vm_error_set(error, ERROR_UNAVAILABLE, "memory limit of the runtime reached; raise it with --memory-limit");
    return false;
}

static void explain_full(const struct vm_host *host, struct vm_error *error)
{
    if (VM_HOST_LIMIT(host, terminal))
        vm_error_set(error, ERROR_UNAVAILABLE, "terminal host %s has a process; it takes one at a time", host->name);
    else
        vm_error_set(error, ERROR_RATE_LIMITED, "host %s has reached max_processes (%u)", host->name,
                     VM_HOST_LIMIT(host, max_processes));
}

static bool enter(struct vm_host *host, bool *is_placed, struct vm_error *error)
{
    if (likely(vm_host_enter(host, is_placed)))
        return true;
    explain_full(host, error);
    return false;
}

static size_t memory_limit(const struct vm_host *host)
{
    size_t limit = VM_HOST_LIMIT(host, memory_limit);
    return limit ? limit : DEFAULT_MEMORY_LIMIT;
}

static void explain_no_slot(struct vm *vm, struct vm_error *error)
{
    if (slot_table_is_full(vm->slots))
        vm_error_set(error, ERROR_UNAVAILABLE,
                     "%d processes are alive, as many as a runtime can have; spawn again when some have ended",
                     SLOTS_MAX);
    else
        vm_error_set(error, ERROR_UNAVAILABLE,
                     "out of memory: no place for one more process; let some end, or give the runtime more memory");
}

/* Zeroed, with a slot; NULL: there is no place for it. It lies among the heaps, where the pages are large. */
static struct process *take(struct vm *vm, uint32_t host)
{
    struct vm_local *local = vm_local(vm);
    struct process *process = slab_alloc(local->slabs, sizeof *process);
    if (!process)
        return NULL;
    memset(process, 0, sizeof *process);
    process->slot = slot_acquire(vm->slots, &local->slots, host, process_run);
    if (likely(process->slot != NULL))
        return process;
    slab_free(local->slabs, process, sizeof *process);
    return NULL;
}

/* An identity that nobody knows yet. */
static struct process *make(struct vm_host *host, struct code *code, struct vm_error *error)
{
    struct vm *vm = host->vm;
    bool is_placed;
    if (!enter(host, &is_placed, error))
        return NULL;
    struct process *process = take(vm, host->index);
    if (!process) {
        vm_host_leave(host, is_placed);
        explain_no_slot(vm, error);
        return NULL;
    }
    struct slot *slot = process->slot;
    process->vm = vm;
    process->host = host;
    process->is_placed = is_placed;
    process->terminal = VM_HOST_LIMIT(host, terminal);
    process->code = code_ref(code);
    process->pid = atomic_load_explicit(&slot->pid, memory_order_relaxed);
    list_init(&process->timers);
    list_init(&process->operations);
    list_init(&process->handles);
    list_init(&process->memberships);
    process->started_ns = worker_slice_start_ns(worker_self());
    slot_set_room(slot, VM_HOST_LIMIT(host, mailbox_limit), memory_limit(host));
    return process;
}

/* From now on it can be found. */
static struct process *publish(struct process *process)
{
    /* pairs with fill_info and owner_of */
    atomic_store_explicit(&process->slot->owner, process, memory_order_release);
    /* who stops the host or the VM has looked for processes perhaps just before this one could be seen: see slot_acquire */
    if (unlikely(is_stopping(process->host)))
        process_doom(process, DEATH_KILLED);
    return process;
}

void process_doom(struct process *process, enum death death)
{
    if (process->state)
        state_doom(process->state, death);
    else if (!process->doom)
        process->doom = (uint8_t)death;
}

struct process *process_new(struct vm *vm, struct code *code, struct vm_host *host, struct vm_error *error)
{
    if (!is_open(host, error) || !has_memory(vm, error) || !code_template(code, error))
        return NULL;
    struct process *process = make(host, code, error);
    return process ? publish(process) : NULL;
}

static void give_heap(struct process *process, struct heap *heap)
{
    process->heap = heap;
    process->state = heap_user(heap);
    heap_set_limit(heap, memory_limit(process->host), state_heap_pressure);
}

struct process *process_new_on(struct vm_host *host, struct state *state, struct vm_error *error)
{
    struct process *process = is_open(host, error) ? make(host, state->code, error) : NULL;
    if (!process)
        return NULL;
    give_heap(process, heap_of_user(state));
    process->phase = PROCESS_RUNNING;
    process->measured = process->stayed = true; /* at its first call */
    state_reuse(state, process);
    return publish(process);
}

/* ---- its state ---- */

static struct heap *clone_state(struct process *process)
{
    struct vm_error error;
    struct heap *heap = NULL;
    struct vm_local *local = vm_local(process->vm);
    if (has_memory(process->vm, &error)) {
        heap = hibernate_lodge(process);
        if (likely(!heap))
            heap = template_clone_fitted(code_template(process->code, NULL), local->slabs, &local->fitted);
        if (!heap)
            vm_error_set(&error, ERROR_UNAVAILABLE, "out of memory: no new state for %s", code_id(process->code));
    }
    if (!heap)
        process_fail_message(process, error.kind, error.message, -1);
    return heap;
}

bool process_make_state(struct process *process)
{
    struct heap *heap = clone_state(process);
    if (unlikely(!heap))
        return false;
    give_heap(process, heap);
    process->state->process = process;
    process->state->pool = process->pool;
    if (process->context_charge)
        heap_charge(heap, (ptrdiff_t)process->context_charge);
    if (unlikely(process->doom))
        state_doom(process->state, (enum death)process->doom);
    return true;
}

/* ---- what it is given ---- */

void process_set_args(struct process *process, const void *data, size_t length)
{
    if (!length)
        return;
    if (likely(length <= PROCESS_SMALL_ARGS)) {
        process->small_args_length = (uint8_t)length;
        memcpy(process->small_args, data, length);
        return;
    }
    process->args = buffer_new(length);
    if (!process->args)
        memory_out(length, "the arguments of a process");
    memcpy(process->args->bytes, data, length);
}

const unsigned char *process_args(const struct process *process, size_t *length)
{
    if (process->small_args_length) {
        *length = process->small_args_length;
        return process->small_args;
    }
    *length = process->args ? process->args->length : 0;
    return process->args ? process->args->bytes : NULL;
}

void process_drop_args(struct process *process)
{
    buffer_unref(process->args);
    process->args = NULL;
    process->small_args_length = 0;
}

static void charge_context(struct process *process, const struct context *context)
{
    size_t size = context_size(context);
    process->context_charge += (uint32_t)size; /* of two contexts at most: CODEC_MAX_BYTES each */
    if (process->heap)
        heap_charge(process->heap, (ptrdiff_t)size);
}

void process_give_context(struct process *process, struct context *context, bool is_inherited)
{
    process->context = context_ref(context);
    if (!is_inherited)
        charge_context(process, context);
}

void process_give_options(struct process *process, struct context *options)
{
    process->options = context_ref(options);
    charge_context(process, options);
}
