/* SPDX-License-Identifier: MIT */
/*
 * vm: all processes of a runtime, and what they share: slots, names, host groups, memory, the scheduler. Several may live in
 * one OS process. Life: vm_new, hosts and actors, vm_start, …, vm_stop, vm_free.
 */
#ifndef VM_VM_H
#define VM_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

struct call_target;
struct code;
struct fault_plan;
struct lazy_entry;
struct library;
struct log;
struct payload_route;
struct sched;
struct sched_poller;
struct vm;
struct vm_host;

/* Why something could not be done, for people and for error objects; always NUL ended. */
struct vm_error {
    const char *kind; /* one of vm/error.h */
    char message[480];
    char detail_key[24]; /* "" or the name of details.<key> */
    char detail[160];
};
void vm_error_set(struct vm_error *error, const char *kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

struct vm_config {
    unsigned workers; /* 0: online CPUs */
    bool seeded;
    uint64_t seed;
    size_t memory_limit; /* of all Lua heaps together; spawns beyond it fail. 0: none */
    bool classic_spawn;  /* never clone */
    enum { VM_HIBERNATES, VM_ALWAYS_HIBERNATES, VM_NEVER_HIBERNATES } hibernation; /* who does: see vm/hibernate.h */
    unsigned blocking_threads;
    const struct sched_poller *poller;
    void *poller_ctx;
    struct log *log;
    bool logs_stacks; /* every uncaught error is logged (DEBUG) with its stack */
    struct fault_plan *fault;
    const struct lazy_entry *base;                    /* plain global functions */
    const struct library *libraries;                  /* ends with name NULL */
    void (*push_time)(lua_State *L, int64_t wall_ns); /* pushes the Time object that timers deliver */
    const struct payload_route *payload_routes;       /* NULL: payloads are Lua values and text only */
    /* Code for spawn: 0 and a reference in *out, or -1 and *error (NOT_FOUND with details.factory_id, or why it has none). */
    /* Any worker, concurrently; hot. */
    int (*resolve)(void *ctx, const char *id, size_t length, struct code **out, struct vm_error *error);
    /* The same for calls: references in *out, which is zeroed (see vm/call.h). May be NULL: nothing can be called. */
    int (*resolve_call)(void *ctx, const char *id, size_t length, struct call_target *out, struct vm_error *error);
    void *resolve_ctx;
    uint64_t function_idle_ns; /* so long a function keeps a state that no call needs; 0: 30 s */
    /* Writes the kind of the entry (cut to size); false: there is none of that id. With resolve_ctx, any worker. NULL: no entries. */
    bool (*kind_of)(void *ctx, const char *id, size_t length, char *kind, size_t size);
    /* For @pattern: is the RE2 expression in the text? 1, 0, -1: it is none. On a worker, never raises. NULL: all are. */
    int (*match)(lua_State *L, const char *pattern, size_t pattern_length, const char *text, size_t length);
    void *services;   /* what the libraries of this runtime share: vm_services */
    const char *node; /* NULL, or what PIDs begin with: {node@host|0x1}; up to 63 bytes, none of {}|@ */
};

/* 0 or a negative errno. Copies *config. Runs the clone self-test and logs a warning if spawns must go the classic way. */
int vm_new(struct vm **out, const struct vm_config *config);

/* Starts the workers. 0 or a negative errno. */
int vm_start(struct vm *vm);

/*
 * Ends everything still alive as if its host were stopped and its time were up, waits until all slots are empty (at most `timeout_ns`),
 * then stops the workers. Not on a worker. True if all ended in time.
 */
bool vm_stop(struct vm *vm, uint64_t timeout_ns);
void vm_free(struct vm *vm);

struct sched *vm_sched(struct vm *vm);
struct log *vm_log(struct vm *vm);
void *vm_services(const struct vm *vm);
size_t vm_live(struct vm *vm); /* processes and native actors alive */

/* ---- hosts: names for grouping, limits, statistics and shutdown ---- */

struct vm_host_limits {
    uint32_t max_processes; /* 0: none. Who began while there was none does not count under a later one */
    size_t memory_limit;    /* of each process, bytes; 0: 64 MB */
    uint32_t mailbox_limit; /* messages waiting per process; 0: none */
    uint32_t workers;       /* as configured; only shown. 0: those of the VM */
    void *terminal; /* not NULL: a terminal host, whose one process at a time has this (native.h) if given no other */
};

/* Makes the host, or gives a stopped host of that name new limits; starts stopped. NULL: over 4,000 names of hosts and functions in the life of this VM. Any thread. */
struct vm_host *vm_host_open(struct vm *vm, const char *name, const struct vm_host_limits *limits);
/* The host of that name, NULL: none, or a function has that name. */
struct vm_host *vm_host_find(struct vm *vm, const char *name, size_t length);
const char *vm_host_name(const struct vm_host *host);

/* Spawns are accepted from now on. */
void vm_host_start(struct vm_host *host);

/*
 * No new spawns (UNAVAILABLE `host is shutting down`); every process of the host gets CANCEL with `reason`. Returns at once; when
 * vm_host_live has reached 0, or the caller has waited enough, vm_host_kill.
 */
void vm_host_drain(struct vm *vm, struct vm_host *host, const char *reason);

/* Ends the processes that are left with a CANCELED failure; returns at once. After it the host counts as stopped. */
void vm_host_kill(struct vm *vm, struct vm_host *host);
uint32_t vm_host_live(const struct vm_host *host);

struct vm_host_stats {
    uint64_t spawned, finished, failed;
    uint32_t live;
};
void vm_host_stats(const struct vm_host *host, struct vm_host_stats *out);

/* ---- whole-VM figures ---- */
struct vm_stats {
    uint64_t spawned, memory_used, memory_mapped;
    uint64_t memory_heads;                  /* of the mapped: what describes slabs */
    uint64_t memory_taken, memory_released; /* ever taken for heaps; ever given back to the system */
    uint64_t collections;                   /* full collections that were asked for */
    uint32_t live;
};
void vm_stats(struct vm *vm, struct vm_stats *out);

uint64_t vm_messages_waiting(struct vm *vm); /* user messages that nobody has taken yet; walks all slots */

/* ---- settings that may change while it runs; any thread ---- */

/* vm_config.memory_limit; SIZE_MAX: none. Setting it returns the former one. */
size_t vm_memory_limit(const struct vm *vm);
size_t vm_set_memory_limit(struct vm *vm, size_t bytes);

/*
 * A heap is collected when it has grown by so many per cent since the last collection (100 at first; VM_GC_OFF: only when its limit is near). Setting
 * it returns the former; processes follow it from their next slice on.
 */
enum { VM_GC_OFF = -1, VM_GC_PERCENT_MAX = 1000000 };
int vm_gc_percent(const struct vm *vm);
int vm_set_gc_percent(struct vm *vm, int percent);

/* A full collection has been asked for: counted in vm_stats. */
void vm_note_collection(struct vm *vm);

#endif
