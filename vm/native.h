/* SPDX-License-Identifier: MIT */
/*
 * native: an actor written in C. It has a PID, a mailbox and timers like a process and runs as a task on the workers: its callback
 * is called for one message at a time, never on two threads at once. The host's supervisor is one.
 */
#ifndef VM_NATIVE_H
#define VM_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;
struct code;
struct context;
struct native;
struct vm;
struct vm_error;
struct vm_host;

enum native_event_kind {
    NATIVE_MESSAGE, /* user message: from, topic, data */
    NATIVE_LOADED,  /* a spawn of this actor has loaded and starts now: cookie, pid; or failed: pid 0, error */
    NATIVE_EXIT, /* a monitored process ended: pid, cookie, failed, data = encoding of two values: result value, error or nil */
    NATIVE_CANCEL, /* somebody canceled this actor: from, data = reason text (no encoding) */
    NATIVE_TIMER,  /* a timer came due: cookie */
    NATIVE_POST    /* native_post: cookie */
};

struct native_event {
    enum native_event_kind kind;
    uint64_t pid;  /* the process it is about */
    uint64_t from; /* sender */
    uint64_t cookie;
    const char *topic;
    size_t topic_length;
    const void *data; /* valid during the callback */
    size_t length;
    bool failed;
    const struct vm_error *error;
};

typedef void (*native_f)(struct native *native, void *ctx, const struct native_event *event);

/* A new actor under a host group name of its own ("supervisor"); NULL when slots are out. Any thread, also before vm_start. */
struct native *native_new(struct vm *vm, const char *host_name, native_f on_event, void *ctx);
uint64_t native_pid(const struct native *native);
struct vm *native_vm(const struct native *native);

/* Ends the actor after the current event (call it in its callback); armed timers and monitors vanish. `ended` (may be NULL) is called last, with ctx. */
void native_end(struct native *native, void (*ended)(void *ctx));

/* Calls on_event with NATIVE_POST and the cookie, on a worker. Any thread, signal handlers excepted. */
void native_post(struct native *native, uint64_t cookie);

/* ---- in its callback only ---- */

struct native_spawn {
    struct code *code;       /* borrowed */
    struct context *context; /* borrowed; NULL: none */
    struct vm_host *host;
    const void *args; /* encoding of vm/codec.h, or NULL */
    size_t args_length;
    bool monitor; /* NATIVE_EXIT with the same cookie follows NATIVE_LOADED */
    uint64_t cookie;
    void *terminal; /* what process_terminal gives the io module of the process; NULL: what its host has */
};

/*
 * 0: NATIVE_LOADED will come; *pid (may be NULL) is who loads, which until then is only good for ending it. -1 and *error: refused at once
 * (host stopped, limits).
 */
int native_spawn(struct native *native, const struct native_spawn *spawn, uint64_t *pid, struct vm_error *error);

/* Asks for NATIVE_EXIT when `pid` ends; false: no such process now. */
bool native_monitor(struct native *native, uint64_t pid, uint64_t cookie);
void native_unmonitor(struct native *native, uint64_t pid);

/* NATIVE_TIMER after delay_ns; returns an id for native_cancel_timer. */
uint64_t native_timer(struct native *native, uint64_t delay_ns, uint64_t cookie);
void native_cancel_timer(struct native *native, uint64_t id);

#endif
