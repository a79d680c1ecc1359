/* SPDX-License-Identifier: MIT */
/*
 * vm_host: host groups (vm/vm.h). They live as long as the VM, so PIDs can name them by index; the table is append only and read without a
 * lock: a host is stored before the count is raised and before a bucket names it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/bytes.h"
#include "sched/base/hash.h"
#include "sched/base/memory.h"
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

static struct vm_host *add(struct vm *vm, const char *name, _Atomic uint16_t *bucket)
{
    uint32_t index = atomic_load_explicit(&vm->host_count, memory_order_relaxed) + 1;
    if (index >= VM_HOSTS_MAX)
        return NULL;
    struct vm_host *host = memory_zeroed(sizeof *host, "a host");
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

static struct vm_host *open(struct vm *vm, const char *name, const struct vm_host_limits *limits, bool is_function)
{
    struct vm_host *host;
    pthread_mutex_lock(&vm->lock);
    _Atomic uint16_t *bucket = find_bucket(vm, name, strlen(name), &host);
    if (!host)
        host = add(vm, name, bucket);
    if (host && limits)
        host->limits = *limits;
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
    slot_table_lock(vm->slots); /* see slot_acquire and process_new */
    slot_table_unlock(vm->slots);
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

uint32_t vm_host_live(const struct vm_host *host)
{
    return atomic_load_explicit(&host->live, memory_order_acquire);
}

void vm_host_stats(const struct vm_host *host, struct vm_host_stats *out)
{
    *out = (struct vm_host_stats){
        .finished = atomic_load_explicit(&host->finished, memory_order_relaxed),
        .failed = atomic_load_explicit(&host->failed, memory_order_relaxed),
        .live = atomic_load_explicit(&host->live, memory_order_relaxed),
    };
    out->spawned = out->finished + out->live;
}
