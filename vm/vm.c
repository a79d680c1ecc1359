/* SPDX-License-Identifier: MIT */
/* vm: making, starting, stopping a VM; the caches of its workers. Host groups are in vm_host.c, what is asked by PID in inspect.c. */
#include "vm/vm.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sched/base/clock.h"
#include "sched/base/fence.h"
#include "sched/base/log.h"
#include "sched/base/memory.h"
#include "sched/sched.h"
#include "sched/worker.h"
#include "vm/broker.h"
#include "vm/compile.h"
#include "vm/fiber.h"
#include "vm/groups.h"
#include "vm/host_type.h"
#include "vm/local.h"
#include "vm/message.h"
#include "vm/names.h"
#include "vm/pid.h"
#include "vm/refs.h"
#include "vm/slab.h"
#include "vm/slot.h"
#include "vm/template.h"
#include "vm/vm_struct.h"

enum { SPAWNS_PER_LOOK = 256, GC_PERCENT = 100 };

void vm_error_set(struct vm_error *error, const char *kind, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    error->kind = kind;
    error->detail_key[0] = error->detail[0] = 0;
    vsnprintf(error->message, sizeof error->message, fmt, args);
    va_end(args);
}

/* A worker without work: its free chunks go to the depot, and what has been empty there for a second to the kernel. */
static void give_back(void *ctx, void *worker_local_data)
{
    struct vm *vm = ctx;
    struct vm_local *local = worker_local_data;
    if (!local)
        return;
    refs_flush(local->refs);
    for (unsigned i = 0; i < MESSAGE_CLASSES; i++) {
        message_cache_flush(&local->messages[i], &vm->messages[i]);
        message_depot_flush(&vm->messages[i]);
    }
    slab_cache_flush(local->slabs);
    template_fitted_drop(&local->fitted);
    window_flush(&local->windows, &vm->windows);
    slab_depot_trim(vm->depot, clock_now_ns(sched_clock(vm->sched)));
}

static struct sched_config scheduler_config(struct vm *vm, const struct vm_config *config)
{
    return (struct sched_config){
        .workers = config->workers,
        .seeded = config->seeded,
        .seed = config->seed,
        .blocking_threads = config->blocking_threads,
        .poller = config->poller,
        .poller_ctx = config->poller_ctx,
        .interrupt = state_interrupt,
        .traceback = state_traceback,
        .idle = give_back,
        .idle_ctx = vm,
        .log = config->log,
        .fault = config->fault,
    };
}

static void choose_spawn(struct vm *vm)
{
    char message[200];
    vm->classic = vm->config.classic_spawn;
    if (vm->classic || template_self_test(vm->depot, message, sizeof message) == 0)
        return;
    vm->classic = true;
    log_printf(vm->log, LOG_WARN, "vm", "spawning by cloning is off, spawns will be slower: %s", message);
}

/* Seeded mode wants the same addresses in every run, and only a clone has a delta. */
static void choose_hibernation(struct vm *vm)
{
    char message[200];
    vm->hibernation = vm->config.hibernation;
    if (vm->seeded || vm->classic)
        vm->hibernation = VM_NEVER_HIBERNATES;
    if (vm->hibernation == VM_NEVER_HIBERNATES)
        return;
    if (!windows_fit())
        snprintf(message, sizeof message,
                 "address space is limited to less than the 64 GB that they may need (ulimit -v)");
    else if (delta_self_test(vm->depot, &vm->windows, message, sizeof message) == 0)
        return;
    vm->hibernation = VM_NEVER_HIBERNATES;
    log_printf(vm->log, LOG_WARN, "vm", "processes that sleep keep all of their memory: %s", message);
}

int vm_new(struct vm **out, const struct vm_config *config)
{
    struct vm *vm = aligned_alloc(CACHE_LINE, sizeof *vm);
    if (!vm)
        return -ENOMEM;
    *vm = (struct vm){.config = *config, .log = config->log, .seeded = config->seeded};
    atomic_init(&vm->next_relation, 1);
    atomic_init(&vm->memory_limit, config->memory_limit ? config->memory_limit : SIZE_MAX);
    vm->depot = slab_depot_new(config->seeded, config->fault);
    if (!vm->depot) {
        free(vm);
        return -ENOMEM;
    }
    struct sched_config sched_config = scheduler_config(vm, config);
    int error = sched_new(&vm->sched, &sched_config);
    if (error) {
        slab_depot_free(vm->depot);
        free(vm);
        return error;
    }
    pthread_mutex_init(&vm->lock, NULL);
    message_depots_init(vm->messages);
    windows_init(&vm->windows, sched_workers(vm->sched), config->fault);
    pools_init(vm);
    vm->slots = slot_table_new(config->fault);
    vm->names = names_new();
    vm->bus = broker_new(vm, "events");
    vm->compiled = compile_cache_new();
    vm->host_types = host_types_new(config->libraries);
    choose_spawn(vm);
    choose_hibernation(vm);
    *out = vm;
    return 0;
}

int vm_start(struct vm *vm)
{
    int error = sched_start(vm->sched);
    vm->started = error == 0;
    return error;
}

static void kill_all(struct vm *vm)
{
    fence_full(); /* see slot_acquire and process_new */
    for (uint32_t i = 0, size = slot_table_size(vm->slots); i < size; i++) {
        uint64_t pid = slot_user(slot_at(vm->slots, i));
        if (!pid)
            continue;
        struct message *message = message_signal(MESSAGE_KILL, 0, 0);
        if (slot_send(vm->slots, vm->sched, pid, message) != 0)
            message_free(message);
    }
}

static uint64_t real_now_ns(void)
{
    struct clock clock;
    clock_init(&clock, false);
    return clock_now_ns(&clock);
}

bool vm_stop(struct vm *vm, uint64_t timeout_ns)
{
    uint64_t deadline = real_now_ns() + timeout_ns;
    atomic_store(&vm->stopping, true);
    kill_all(vm);
    while (vm->started && vm_live(vm) && real_now_ns() < deadline)
        nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
    sched_stop(vm->sched);
    return vm_live(vm) == 0;
}

static void free_locals(struct vm *vm)
{
    while (vm->locals) {
        struct vm_local *local = vm->locals;
        vm->locals = local->next;
        refs_flush(local->refs);
        for (unsigned i = 0; i < MESSAGE_CLASSES; i++)
            message_cache_flush(&local->messages[i], &vm->messages[i]);
        slab_cache_free(local->slabs);
        template_fitted_drop(&local->fitted);
        codec_bytes_free(&local->scratch);
        local_free_all(local);
        free(local);
    }
}

void vm_free(struct vm *vm)
{
    sched_stop(vm->sched);
    pools_destroy(vm);
    sched_free(vm->sched);
    free_locals(vm);
    names_free(vm->names);
    broker_free(vm->bus);
    compile_cache_free(vm->compiled);
    free(vm->host_types);
    groups_free_all(vm);
    slot_table_free(vm->slots);
    for (uint32_t i = 1; i <= atomic_load(&vm->host_count); i++) {
        struct vm_host *host = vm_host_at(vm, i);
        if (host->label != host->name)
            free(host->label);
        free(host->name);
        free(host->counts);
        free(host);
    }
    slab_depot_free(vm->depot);
    message_depots_destroy(vm->messages);
    windows_destroy(&vm->windows);
    pthread_mutex_destroy(&vm->lock);
    free(vm);
}

struct sched *vm_sched(struct vm *vm)
{
    return vm->sched;
}

struct log *vm_log(struct vm *vm)
{
    return vm->log;
}

void *vm_services(const struct vm *vm)
{
    return vm->config.services;
}

size_t vm_live(struct vm *vm)
{
    size_t live = atomic_load_explicit(&vm->natives, memory_order_acquire);
    for (uint32_t i = 1; i <= atomic_load(&vm->host_count); i++)
        live += vm_host_live(vm_host_at(vm, i));
    return live;
}

/* Processes that were ever made. */
static uint64_t count_spawned(struct vm *vm)
{
    uint64_t spawned = 0;
    for (uint32_t i = 1; i <= atomic_load(&vm->host_count); i++) {
        struct vm_host_stats stats;
        vm_host_stats(vm_host_at(vm, i), &stats);
        spawned += stats.spawned;
    }
    return spawned;
}

static __attribute__((noinline)) struct vm_local *make_local(struct vm *vm, struct worker *worker)
{
    struct vm_local *local = memory_zeroed(sizeof *local, "what a worker keeps");
    local->slabs = slab_cache_new(vm->depot);
    local->depots = vm->messages;
    worker_set_local(worker, local);
    pthread_mutex_lock(&vm->lock);
    local->next = vm->locals;
    vm->locals = local;
    pthread_mutex_unlock(&vm->lock);
    return local;
}

struct vm_local *vm_local(struct vm *vm)
{
    struct worker *worker = worker_self();
    struct vm_local *local = worker_local(worker);
    return likely(local != NULL) ? local : make_local(vm, worker);
}

/* What processes want back that have left their memory while they sleep. All of them may wake at the same time. */
static size_t count_asleep(struct vm *vm)
{
    size_t asleep = 0;
    pthread_mutex_lock(&vm->lock);
    for (struct vm_local *local = vm->locals; local; local = local->next)
        asleep += atomic_load_explicit(&local->asleep, memory_order_relaxed);
    pthread_mutex_unlock(&vm->lock);
    return (ptrdiff_t)asleep > 0 ? asleep : 0; /* the counts were not read at the same time */
}

bool vm_is_over_memory(struct vm *vm)
{
    struct vm_local *local = vm_local(vm);
    size_t limit = vm_memory_limit(vm);
    if (local->memory_limit == limit && (limit == SIZE_MAX || local->spawns++ % SPAWNS_PER_LOOK))
        return local->over_memory;
    struct slab_stats stats;
    slab_depot_stats(vm->depot, &stats);
    local->memory_limit = limit;
    size_t asleep = limit == SIZE_MAX ? 0 : count_asleep(vm);
    local->over_memory = stats.used + stats.large + windows_used(&vm->windows) + asleep > limit;
    if (local->over_memory)
        local->spawns = 0; /* look again at the next spawn: it may have ended */
    return local->over_memory;
}

void vm_stats(struct vm *vm, struct vm_stats *out)
{
    struct slab_stats stats;
    slab_depot_stats(vm->depot, &stats);
    stats.large += windows_used(&vm->windows);
    *out = (struct vm_stats){
        .spawned = count_spawned(vm),
        .memory_used = stats.used + stats.large,
        .memory_mapped = stats.mapped + stats.large,
        .memory_heads = stats.heads,
        .memory_taken = stats.taken,
        .memory_released = stats.released,
        .collections = atomic_load_explicit(&vm->collections, memory_order_relaxed),
        .live = (uint32_t)vm_live(vm),
    };
}

uint64_t vm_messages_waiting(struct vm *vm)
{
    uint64_t count = 0;
    for (uint32_t i = 0, size = slot_table_size(vm->slots); i < size; i++)
        count += atomic_load_explicit(&slot_at(vm->slots, i)->queued, memory_order_relaxed) >> SLOT_COUNT_SHIFT;
    return count;
}

/* ---- settings ---- */

size_t vm_memory_limit(const struct vm *vm)
{
    return atomic_load_explicit(&vm->memory_limit, memory_order_relaxed);
}

size_t vm_set_memory_limit(struct vm *vm, size_t bytes)
{
    return atomic_exchange_explicit(&vm->memory_limit, bytes, memory_order_relaxed);
}

int vm_gc_percent(const struct vm *vm)
{
    return atomic_load_explicit(&vm->gc_more, memory_order_relaxed) + GC_PERCENT;
}

int vm_set_gc_percent(struct vm *vm, int percent)
{
    return atomic_exchange_explicit(&vm->gc_more, percent - GC_PERCENT, memory_order_relaxed) + GC_PERCENT;
}

void vm_note_collection(struct vm *vm)
{
    atomic_fetch_add_explicit(&vm->collections, 1, memory_order_relaxed);
}
