/* SPDX-License-Identifier: MIT */
/*
 * pool: see pool.h. Whatever happens (a call comes, a state comes back or is lost) ends in `serve`, which pairs waiting calls with states as
 * long as there are both, or room for another state. The pairs are made under the lock and begun outside of it.
 */
#include "vm/pool.h"

#include <errno.h>
#include <stdlib.h>

#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "sched/worker.h"
#include "vm/call.h"
#include "vm/code.h"
#include "vm/error.h"
#include "vm/fiber.h"
#include "vm/handle.h"
#include "vm/heap.h"
#include "vm/pool_struct.h"
#include "vm/process_new.h"
#include "vm/process_struct.h"
#include "vm/slab.h"
#include "vm/vm_struct.h"

/* ---- life ---- */

int pool_new(struct vm *vm, struct pool **out, const char *id, struct code *code, const struct pool_config *config,
             struct vm_error *error)
{
    struct vm_host *host = vm_host_open_for_calls(vm, id);
    if (!host) {
        vm_error_set(error, ERROR_INVALID, "more than %d functions and hosts", VM_HOSTS_MAX - 1);
        return -1;
    }
    struct pool *pool = memory_zeroed(sizeof *pool, "the pool of a function");
    atomic_init(&pool->refs, 1);
    pool->vm = vm;
    pool->host = host;
    pool->code = code_ref(code);
    pool->config = *config;
    pthread_mutex_init(&pool->lock, NULL);
    list_init(&pool->idle);
    list_init(&pool->waiting);
    list_init(&pool->blocked);
    pools_add(pool);
    *out = pool;
    return 0;
}

struct pool *pool_ref(struct pool *pool)
{
    atomic_fetch_add_explicit(&pool->refs, 1, memory_order_relaxed);
    return pool;
}

void pool_unref(struct pool *pool)
{
    /* The release of each holder pairs with the acquire of the one that frees. */
    if (atomic_fetch_sub_explicit(&pool->refs, 1, memory_order_acq_rel) != 1)
        return;
    pool_close(pool);
    code_unref(pool->code);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

const char *pool_id(const struct pool *pool)
{
    return pool->host->name;
}

bool pool_is_bounded(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    bool is_bounded = pool->config.queue != UINT32_MAX;
    pthread_mutex_unlock(&pool->lock);
    return is_bounded;
}

/* ---- states ---- */

void pool_drop_state(struct vm *vm, struct state *state, struct slab_cache *cache)
{
    (void)vm;
    struct code *code = state->code;
    struct heap *heap = heap_of_user(state);
    handle_close_all(&state->handles);
    while (!heap_drop(heap, cache, UINT32_MAX))
        ;
    code_unref(code);
}

static struct state *first_idle(struct pool *pool)
{
    struct list *link = list_take(&pool->idle);
    if (!link)
        return NULL;
    pool->idle_count--;
    return container_of(link, struct state, idle);
}

/* May the state serve another call? */
static bool is_welcome(const struct pool *pool, const struct state *state)
{
    return !pool->closed && !pool->config.is_inline && state->code == pool->code &&
           (pool->config.most == 0 || pool->total <= pool->config.most);
}

/* ---- queue ---- */

static void unblock(struct pool *pool, struct call *call)
{
    pool->blocked_count--;
    call->is_blocked = false;
    if (call->admitted)
        call->admitted(call);
}

/* Blocked calls move up as long as there is room in the queue. */
static void admit_blocked(struct pool *pool)
{
    while (pool->waiting_count < pool->config.queue && pool->blocked_count > 0) {
        struct call *call = container_of(list_take(&pool->blocked), struct call, link);
        unblock(pool, call);
        list_add_tail(&pool->waiting, &call->link);
        pool->waiting_count++;
    }
}

/* The call that comes first, NULL: none waits. */
static struct call *first_waiting(struct pool *pool)
{
    struct list *link = list_take(&pool->waiting);
    if (link) {
        pool->waiting_count--;
        admit_blocked(pool);
        return container_of(link, struct call, link);
    }
    link = list_take(&pool->blocked); /* of a queue without any room */
    if (!link)
        return NULL;
    struct call *call = container_of(link, struct call, link);
    unblock(pool, call);
    return call;
}

/* ---- pairs ---- */

struct pair {
    struct call *call;   /* NULL: the state is made to lie ready */
    struct state *state; /* NULL: to be made, of: */
    struct code *code;   /* one reference */
};

static bool has_waiting(const struct pool *pool)
{
    return pool->waiting_count + pool->blocked_count > 0;
}

/* Under the lock. False: no call waits, or there is no state for it. */
static bool make_pair(struct pool *pool, struct pair *pair)
{
    if (!has_waiting(pool))
        return false;
    *pair = (struct pair){.state = first_idle(pool)};
    if (!pair->state) {
        if (pool->config.most > 0 && pool->total >= pool->config.most)
            return false;
        pool->total++;
        pair->code = code_ref(pool->code);
    }
    pair->call = first_waiting(pool);
    return true;
}

static struct process *make_process(struct pool *pool, const struct pair *pair, struct vm_error *error)
{
    if (pair->state)
        return process_new_on(pool->host, pair->state, error);
    struct process *process = process_new(pool->vm, pair->code, pool->host, error);
    if (process)
        process->pool = pool;
    return process;
}

/* Outside the lock. False and the state back, or given up, when there can be no process. */
static bool begin(struct pool *pool, const struct pair *pair)
{
    struct vm_error error;
    struct process *process = make_process(pool, pair, &error);
    if (!process) {
        if (pair->code)
            code_unref(pair->code);
        if (pair->call)
            call_fail(pair->call, &error);
        return false;
    }
    pool_ref(pool);
    if (pair->call && pool->config.is_inline)
        process->terminal = pair->call->terminal;
    if (pair->call)
        call_attach(pair->call, process);
    if (pair->call)
        process_release_next(process);
    else
        process_release(process);
    return true;
}

static void rest(struct pool *pool, struct state *state)
{
    state->idle_since_ns = worker_slice_start_ns(worker_self());
    list_add_head(&pool->idle, &state->idle);
    pool->idle_count++;
}

/* Called with the lock, returns without. */
static void serve(struct pool *pool)
{
    struct pair pair;
    while (make_pair(pool, &pair)) {
        pthread_mutex_unlock(&pool->lock);
        bool begun = begin(pool, &pair);
        pthread_mutex_lock(&pool->lock);
        if (begun)
            continue;
        if (pair.state)
            rest(pool, pair.state);
        else
            pool->total--;
    }
    pthread_mutex_unlock(&pool->lock);
}

bool pool_submit(struct pool *pool, struct call *call)
{
    pthread_mutex_lock(&pool->lock);
    if (unlikely(pool->closed)) {
        struct vm_error error;
        pthread_mutex_unlock(&pool->lock);
        vm_error_set(&error, ERROR_UNAVAILABLE, "pool is closed");
        call_fail(call, &error);
        return true;
    }
    bool startable = pool->idle_count > 0 || pool->config.most == 0 || pool->total < pool->config.most;
    bool admitted = startable || (pool->blocked_count == 0 && pool->waiting_count < pool->config.queue);
    call->is_blocked = !admitted;
    list_add_tail(admitted ? &pool->waiting : &pool->blocked, &call->link);
    pool->waiting_count += admitted;
    pool->blocked_count += !admitted;
    serve(pool); /* from here on the call may be over */
    return admitted;
}

bool pool_forget(struct pool *pool, struct call *call)
{
    pthread_mutex_lock(&pool->lock);
    bool waits = !list_is_empty(&call->link);
    if (waits) {
        list_remove(&call->link);
        if (call->is_blocked)
            unblock(pool, call);
        else
            pool->waiting_count--;
        admit_blocked(pool);
    }
    pthread_mutex_unlock(&pool->lock);
    return waits;
}

void pool_give_back(struct pool *pool, struct state *state)
{
    pthread_mutex_lock(&pool->lock);
    bool stays = is_welcome(pool, state);
    if (stays)
        rest(pool, state);
    else
        pool->total--;
    serve(pool);
    if (stays)
        pools_note_idle(pool->vm);
    else
        pool_drop_state(pool->vm, state, vm_local(pool->vm)->slabs);
}

void pool_lose(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->total--;
    serve(pool);
}

/* ---- configuration ---- */

void pool_warm(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    /* so many tries, for states that cannot be loaded are gone as fast as they are made */
    uint32_t tries = pool->config.least > pool->total ? pool->config.least - pool->total : 0;
    for (; tries && !pool->closed && pool->total < pool->config.least; tries--) {
        struct pair pair = {.code = code_ref(pool->code)};
        pool->total++;
        pthread_mutex_unlock(&pool->lock);
        bool begun = begin(pool, &pair);
        pthread_mutex_lock(&pool->lock);
        pool->total -= !begun;
    }
    serve(pool);
}

/* The caches of this thread, or new ones. */
static struct slab_cache *borrow_cache(struct vm *vm)
{
    return worker_self() ? vm_local(vm)->slabs : slab_cache_new(vm->depot);
}

static void return_cache(struct slab_cache *cache)
{
    if (!worker_self())
        slab_cache_free(cache);
}

/* Drops the states of a list that nobody else knows. */
static void drop_all(struct vm *vm, struct list *states)
{
    struct list *link;
    if (list_is_empty(states))
        return;
    struct slab_cache *cache = borrow_cache(vm);
    while ((link = list_take(states)))
        pool_drop_state(vm, container_of(link, struct state, idle), cache);
    return_cache(cache);
}

/* Under the lock: takes all idle states out. */
static void take_idle(struct pool *pool, struct list *states)
{
    struct state *state;
    while ((state = first_idle(pool))) {
        list_add_tail(states, &state->idle);
        pool->total--;
    }
}

void pool_replace(struct pool *pool, struct code *code, const struct pool_config *config)
{
    struct list dropped;
    list_init(&dropped);
    pthread_mutex_lock(&pool->lock);
    struct code *old = pool->code;
    pool->code = code_ref(code);
    pool->config = *config;
    if (old != code)
        take_idle(pool, &dropped);
    admit_blocked(pool);
    serve(pool);
    code_unref(old);
    drop_all(pool->vm, &dropped);
}

static struct call *take_waiting(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    struct call *call = first_waiting(pool);
    pthread_mutex_unlock(&pool->lock);
    return call;
}

void pool_close(struct pool *pool)
{
    struct list dropped;
    struct call *call;
    struct vm_error error;
    list_init(&dropped);
    pools_remove(pool);
    pthread_mutex_lock(&pool->lock);
    pool->closed = true;
    take_idle(pool, &dropped);
    pthread_mutex_unlock(&pool->lock);
    drop_all(pool->vm, &dropped);
    vm_error_set(&error, ERROR_UNAVAILABLE, "pool is closed");
    while ((call = take_waiting(pool)))
        call_fail(call, &error);
}

void pool_stats(struct pool *pool, struct pool_stats *out)
{
    pthread_mutex_lock(&pool->lock);
    *out = (struct pool_stats){pool->total, pool->idle_count, pool->waiting_count + pool->blocked_count};
    pthread_mutex_unlock(&pool->lock);
}
