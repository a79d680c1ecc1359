/* SPDX-License-Identifier: MIT */
/*
 * vm_host: host groups (vm/vm.h). They live as long as the VM, so PIDs can name them by index; the table is append only and read without a
 * lock: a host is stored before the count is raised and before a bucket names it.
 *
 * How many live is counted by each worker for itself, those that begin and those that end. Who adds up reads what has ended first, so
 * that no end is counted without its beginning: the sum may be too high, and it is 0 only if none lived at some moment meanwhile. Where there
 * is a limit to keep exactly, one counter serves all workers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/bytes.h"
#include "sched/base/compiler.h"
#include "sched/base/fence.h"
#include "sched/base/hash.h"
#include "sched/base/memory.h"
#include "sched/sched.h"
#include "sched/worker.h"
#include "vm/message.h"
#include "vm/pid.h"
#include "vm/slot.h"
#include "vm/vm_struct.h"

struct vm_host *vm_host_at(struct vm *vm, uint32_t index)
{
    if (index == 0 || index > atomic_load_explicit(&vm->host_count, memory_order_acquire))
        return NULL;
    return atomic_load_explicit(&vm->hosts[index], memory_order_relaxed);
}

bool vm_host_is_named(const struct vm_host *host, const char *name, size_t length)
{
    return host->name_length == length && bytes_equal(host->name, name, length);
}

/* The bucket of that name, or the free one where it belongs; *host is what it names. At most half of the buckets are in use. */
static _Atomic uint16_t *find_bucket(struct vm *vm, const char *name, size_t length, struct vm_host **host)
{
    for (uint64_t i = hash_bytes(0, name, length);; i++) {
        _Atomic uint16_t *bucket = &vm->host_buckets[i & (VM_HOST_BUCKETS - 1)];
        uint32_t index = atomic_load_explicit(bucket, memory_order_acquire); /* pairs with the release in add */
        *host = index ? atomic_load_explicit(&vm->hosts[index], memory_order_relaxed) : NULL;
        if (!index || vm_host_is_named(*host, name, length))
            return bucket;
    }
}

struct vm_host *vm_host_named(struct vm *vm, const char *name, size_t length)
{
    struct vm_host *host;
    find_bucket(vm, name, length, &host);
    return host;
}

struct vm_host *vm_host_find(struct vm *vm, const char *name, size_t length)
{
    struct vm_host *host = vm_host_named(vm, name, length);
    return host && !atomic_load_explicit(&host->is_function, memory_order_relaxed) ? host : NULL;
}

static char *make_label(const char *node, const char *name)
{
    size_t size = strlen(node) + 1 + strlen(name) + 1;
    char *label = memory_alloc(size, "a host");
    snprintf(label, size, "%s@%s", node, name);
    return label;
}

static void *zeroed_lines(size_t size)
{
    void *lines = aligned_alloc(CACHE_LINE, size);
    if (!lines)
        memory_out(size, "a host");
    return memset(lines, 0, size);
}

static struct vm_host *add(struct vm *vm, const char *name, _Atomic uint16_t *bucket)
{
    uint32_t index = atomic_load_explicit(&vm->host_count, memory_order_relaxed) + 1;
    if (index >= VM_HOSTS_MAX)
        return NULL;
    struct vm_host *host = zeroed_lines(sizeof *host);
    host->counts = zeroed_lines(sched_capacity(vm->sched) * sizeof *host->counts);
    host->name = memory_string(name, "a host");
    host->name_length = strlen(name);
    host->label = vm->config.node ? make_label(vm->config.node, name) : host->name;
    host->label_length = strlen(host->label);
    host->vm = vm;
    host->index = index;
    atomic_store_explicit(&vm->hosts[index], host, memory_order_relaxed);
    atomic_store_explicit(&vm->host_count, index, memory_order_release);  /* pairs with vm_host_at */
    atomic_store_explicit(bucket, (uint16_t)index, memory_order_release); /* pairs with find_bucket */
    return host;
}

static void set_limits(struct vm_host *host, const struct vm_host_limits *limits)
{
    atomic_store_explicit(&host->limits.max_processes, limits->max_processes, memory_order_relaxed);
    atomic_store_explicit(&host->limits.mailbox_limit, limits->mailbox_limit, memory_order_relaxed);
    atomic_store_explicit(&host->limits.workers, limits->workers, memory_order_relaxed);
    atomic_store_explicit(&host->limits.memory_limit, limits->memory_limit, memory_order_relaxed);
    atomic_store_explicit(&host->limits.terminal, limits->terminal, memory_order_relaxed);
}

static struct vm_host *open(struct vm *vm, const char *name, const struct vm_host_limits *limits, bool is_function)
{
    struct vm_host *host;
    pthread_mutex_lock(&vm->lock);
    _Atomic uint16_t *bucket = find_bucket(vm, name, strlen(name), &host);
    if (!host)
        host = add(vm, name, bucket);
    if (host && limits)
        set_limits(host, limits);
    if (host)
        atomic_store_explicit(&host->is_function, is_function, memory_order_relaxed);
    pthread_mutex_unlock(&vm->lock);
    return host;
}

struct vm_host *vm_host_open(struct vm *vm, const char *name, const struct vm_host_limits *limits)
{
    return open(vm, name, limits, false);
}

struct vm_host *vm_host_open_for_calls(struct vm *vm, const char *name)
{
    struct vm_host *host = open(vm, name, &(struct vm_host_limits){0}, true);
    if (host)
        vm_host_start(host);
    return host;
}

const char *vm_host_name(const struct vm_host *host)
{
    return host->name;
}

void vm_host_start(struct vm_host *host)
{
    atomic_store_explicit(&host->running, true, memory_order_release); /* pairs with the acquire in process_new */
}

/* Sends every process of the host a message like this one. */
static void tell_all(struct vm *vm, const struct vm_host *host, enum message_kind kind, const char *text)
{
    fence_full(); /* see slot_acquire and process_new */
    for (uint32_t i = 0, size = slot_table_size(vm->slots); i < size; i++) {
        uint64_t pid = slot_user(slot_at(vm->slots, i));
        if (!pid || pid_host(pid) != host->index)
            continue;
        struct message *message = message_new(kind, 0, "", 0, text, strlen(text));
        if (!message)
            memory_out(sizeof *message, "a message");
        if (slot_send(vm->slots, vm->sched, pid, message) != 0)
            message_free(message);
    }
}

void vm_host_drain(struct vm *vm, struct vm_host *host, const char *reason)
{
    atomic_store(&host->running, false);
    tell_all(vm, host, MESSAGE_CANCEL, reason);
}

void vm_host_kill(struct vm *vm, struct vm_host *host)
{
    atomic_store(&host->running, false);
    tell_all(vm, host, MESSAGE_KILL, "");
}

/* ---- counting ---- */

static struct vm_host_count *count_here(struct vm_host *host)
{
    return &host->counts[worker_index(worker_self())];
}

/* Of a counter that only this worker writes. Release: see vm_host_live. */
static void add_one(_Atomic uint64_t *counter)
{
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1, memory_order_release);
}

bool vm_host_enter(struct vm_host *host, bool *is_placed)
{
    uint32_t most = VM_HOST_LIMIT(host, terminal) ? 1 : VM_HOST_LIMIT(host, max_processes);
    *is_placed = most != 0;
    if (likely(!most)) {
        add_one(&count_here(host)->begun);
        return true;
    }
    uint32_t placed = atomic_load_explicit(&host->placed, memory_order_relaxed);
    do {
        if (placed >= most)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&host->placed, &placed, placed + 1, memory_order_relaxed,
                                                    memory_order_relaxed));
    return true;
}

void vm_host_leave(struct vm_host *host, bool is_placed)
{
    if (likely(!is_placed))
        add_one(&count_here(host)->ended);
    else
        atomic_fetch_sub_explicit(&host->placed, 1, memory_order_release);
}

void vm_host_note_end(struct vm_host *host, bool has_failed)
{
    struct vm_host_count *count = count_here(host);
    add_one(&count->finished);
    if (unlikely(has_failed))
        add_one(&count->failed);
}

/* Acquire pairs with the release of add_one: what ended had begun, and all that came before the end is done. */
static uint64_t sum(const struct vm_host *host, size_t field)
{
    uint64_t total = 0;
    for (unsigned i = 0, workers = sched_capacity(host->vm->sched); i < workers; i++) {
        const _Atomic uint64_t *counter = (const void *)((const char *)&host->counts[i] + field);
        total += atomic_load_explicit(counter, memory_order_acquire);
    }
    return total;
}

uint32_t vm_host_live(const struct vm_host *host)
{
    uint64_t ended = sum(host, offsetof(struct vm_host_count, ended));
    uint64_t begun = sum(host, offsetof(struct vm_host_count, begun));
    return (uint32_t)(begun - ended) + atomic_load_explicit(&host->placed, memory_order_acquire);
}

void vm_host_stats(const struct vm_host *host, struct vm_host_stats *out)
{
    *out = (struct vm_host_stats){
        .finished = sum(host, offsetof(struct vm_host_count, finished)),
        .failed = sum(host, offsetof(struct vm_host_count, failed)),
        .live = vm_host_live(host),
    };
    out->spawned = out->finished + out->live;
}
