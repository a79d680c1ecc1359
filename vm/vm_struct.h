/* SPDX-License-Identifier: MIT */
/* vm_struct: the fields of a VM, for the files of vm/. */
#ifndef VM_VM_STRUCT_H
#define VM_VM_STRUCT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "sched/base/compiler.h"
#include "vm/codec.h"
#include "vm/delta.h"
#include "vm/message_cache.h"
#include "vm/pid.h"
#include "vm/pid_memo.h"
#include "vm/pool_struct.h"
#include "vm/refs.h"
#include "vm/slot.h"
#include "vm/template_fitted.h"
#include "vm/vm.h"
#include "vm/window.h"

struct broker;
struct compile_cache;
struct groups;
struct local_item;
struct names;
struct shapes;
struct slab_cache;
struct slab_depot;
struct slot_table;
struct vm_local;

enum { VM_HOSTS_MAX = 1 << PID_HOST_BITS, VM_HOST_BUCKETS = 2 * VM_HOSTS_MAX };

struct vm_host {
    struct vm *vm;
    char *name;
    size_t name_length;
    char *label; /* what PIDs show: "node@name", or the name itself */
    size_t label_length;
    uint32_t index;
    struct { /* struct vm_host_limits; set only while it is stopped, but what has outlived the stop reads them */
        _Atomic uint32_t max_processes, mailbox_limit, workers;
        _Atomic size_t memory_limit;
        _Atomic(void *) terminal;
    } limits;
    _Atomic bool running;
    _Atomic bool is_function;              /* the calls of one, and nothing can be spawned there */
    struct vm_host_count *counts;          /* an element per worker */
    _Atomic uint32_t placed cache_aligned; /* live processes that have a place: those made while there was a limit */
};

/* What one worker has seen of a host. Free running. */
struct vm_host_count {
    _Atomic uint64_t begun, ended;     /* processes without a place */
    _Atomic uint64_t finished, failed; /* processes */
} cache_aligned;

struct vm {
    struct vm_config config;
    struct sched *sched;
    struct log *log;
    struct slot_table *slots;
    struct names *names;
    struct compile_cache *compiled;
    struct shapes *host_types;       /* vm/host_type.h */
    struct broker *bus;              /* the event bus */
    _Atomic(struct groups *) groups; /* scopes of process groups, newest first; only added to, under the lock */
    struct slab_depot *depot;
    struct windows windows;
    struct message_depot messages[MESSAGE_CLASSES];
    bool seeded;
    _Atomic size_t memory_limit;                   /* SIZE_MAX: none */
    _Atomic int gc_more;                           /* vm_gc_percent - 100 */
    int hibernation;                               /* as in its config; never, if deltas are not safe here */
    bool classic;                                  /* clones are not safe with this liblua, or not wanted */
    pthread_mutex_t lock;                          /* hosts being added, the list of worker caches */
    _Atomic(struct vm_host *) hosts[VM_HOSTS_MAX]; /* from 1; never removed */
    _Atomic uint32_t host_count;
    _Atomic uint16_t host_buckets[VM_HOST_BUCKETS]; /* by name, open addressing: index of a host, 0: free */
    struct pools pools;
    struct vm_local *locals;
    _Atomic bool stopping;
    bool started;             /* vm_start has succeeded */
    _Atomic uint32_t natives; /* actors written in C that live */
    _Atomic uint64_t next_relation cache_aligned;
    _Atomic uint64_t collections;
};

/* What one worker keeps for the VM: chunk magazines, scratch bytes. */
struct vm_local {
    struct vm_local *next;
    struct slab_cache *slabs;
    struct message_cache messages[MESSAGE_CLASSES];
    struct message_depot *depots; /* of all workers */
    struct template_fitted fitted;
    struct window_cache windows;
    /* Bytes that those want back who have left their windows here, less those of who was woken here: wraps around. */
    _Atomic size_t asleep;
    uint64_t delta[(DELTA_MAX + 7) / 8]; /* for one that is being written */
    struct slot_cache slots;
    struct refs_bank refs[REFS_BANKS];
    struct codec_bytes scratch; /* empty between uses */
    struct local_item *items;   /* vm/local.h */
    struct pid_memo pids;       /* of the texts that programs send to */
    uint32_t spawns;            /* since the memory of the VM was looked at */
    size_t memory_limit;        /* as it was then */
    bool over_memory;
};

/* The caches of the calling worker. */
struct vm_local *vm_local(struct vm *vm);

/* Are all heaps and messages together over the limit of the runtime? Looked at every now and then. */
bool vm_is_over_memory(struct vm *vm);

/* A limit of the host. Relaxed: who may begin has seen `running` after it was set. */
#define VM_HOST_LIMIT(host, name) atomic_load_explicit(&(host)->limits.name, memory_order_relaxed)

struct vm_host *vm_host_at(struct vm *vm, uint32_t index);

/* A process begins; false: the host has as many as it may have. *is_placed: for vm_host_leave. Worker. */
bool vm_host_enter(struct vm_host *host, bool *is_placed);

/* One that has entered is gone: the last that is done for it. Worker. */
void vm_host_leave(struct vm_host *host, bool is_placed);

/* A process has ended, to be shown. Worker. */
void vm_host_note_end(struct vm_host *host, bool has_failed);

/* The host of that name, functions too. */
struct vm_host *vm_host_named(struct vm *vm, const char *name, size_t length);

/* Makes the group of the calls of a function, running; NULL: too many hosts. */
struct vm_host *vm_host_open_for_calls(struct vm *vm, const char *name);
bool vm_host_is_named(const struct vm_host *host, const char *name, size_t length);

#endif
