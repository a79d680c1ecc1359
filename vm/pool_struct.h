/* SPDX-License-Identifier: MIT */
/* pool_struct: the fields of a pool, and all pools of a VM; for vm/pool*.c and vm.c. */
#ifndef VM_POOL_STRUCT_H
#define VM_POOL_STRUCT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "sched/base/list.h"
#include "sched/task.h"
#include "sched/wheel.h"
#include "vm/pool.h"

struct slab_cache;
struct vm_host;

/*
 * I1  `total` counts the states that live: idle ones, those that calls run on, those that are being made.
 * I2  With a call waiting no state is idle, and `total` is `most`, but for the moment in which somebody pairs them.
 * I3  `waiting` holds up to config.queue calls; `blocked` is empty unless it is full.
 */
struct pool {
    _Atomic uint32_t refs;
    struct vm *vm;
    struct vm_host *host;
    struct list all;      /* in vm->pools, under its lock */
    pthread_mutex_t lock; /* guards the rest; taken after that of vm->pools, before those of slots and wheels */
    struct pool_config config;
    struct code *code;            /* of new states; one reference */
    struct list idle;             /* struct state, the last used first */
    struct list waiting, blocked; /* struct call, oldest first */
    uint32_t total, idle_count, waiting_count, blocked_count;
    bool closed;
};

/* The pools of a VM, and who drops what has been idle for too long: a task that a timer wakes while there are idle states. */
struct pools {
    pthread_mutex_t lock; /* guards `all` */
    struct list all;
    struct timer timer;
    struct task task;
    _Atomic bool is_armed; /* the timer is, or the task is about to look */
};

void pools_init(struct vm *vm);
void pools_destroy(struct vm *vm);
void pools_add(struct pool *pool);
void pools_remove(struct pool *pool);

/* A state has become idle. On a worker. */
void pools_note_idle(struct vm *vm);

/* Frees an idle state that is in no list any more. */
void pool_drop_state(struct vm *vm, struct state *state, struct slab_cache *cache);

#endif
