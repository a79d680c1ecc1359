/* SPDX-License-Identifier: MIT */
/*
 * pools: what has been idle for long is dropped (vm/pool_struct.h). While a state is idle anywhere, a timer wakes the task every now and then,
 * so that a state lives up to a third longer than it should; without idle states there is no timer.
 */
#include "sched/base/clock.h"
#include "sched/base/compiler.h"
#include "sched/sched.h"
#include "vm/fiber.h"
#include "vm/pool_struct.h"
#include "vm/vm_struct.h"

#define IDLE_NS UINT64_C(30000000000)

static uint64_t idle_ns(const struct vm *vm)
{
    return vm->config.function_idle_ns ? vm->config.function_idle_ns : IDLE_NS;
}

/* Under the lock of the pool: a state that has been idle for too long, NULL: none. */
static struct state *take_old(struct pool *pool, uint64_t now_ns, uint64_t most_ns)
{
    if (pool->idle_count == 0 || pool->total <= pool->config.least)
        return NULL;
    struct state *oldest = container_of(pool->idle.prev, struct state, idle);
    if (now_ns < oldest->idle_since_ns + most_ns)
        return NULL;
    list_remove(&oldest->idle);
    pool->idle_count--;
    pool->total--;
    return oldest;
}

/* True: it has states that will be old. */
static bool look_at(struct pool *pool, uint64_t now_ns)
{
    struct vm *vm = pool->vm;
    struct state *state;
    pthread_mutex_lock(&pool->lock);
    while ((state = take_old(pool, now_ns, idle_ns(vm)))) {
        pthread_mutex_unlock(&pool->lock);
        pool_drop_state(vm, state, vm_local(vm)->slabs);
        pthread_mutex_lock(&pool->lock);
    }
    bool more = pool->idle_count > 0 && pool->total > pool->config.least;
    pthread_mutex_unlock(&pool->lock);
    return more;
}

static enum task_verdict look(struct task *task)
{
    struct pools *pools = container_of(task, struct pools, task);
    struct vm *vm = container_of(pools, struct vm, pools);
    uint64_t now_ns = clock_now_ns(sched_clock(vm->sched));
    bool more = false;
    atomic_store_explicit(&pools->is_armed, false,
                          memory_order_release); /* who notes an idle state now arms it again */
    pthread_mutex_lock(&pools->lock);
    for (struct list *link = pools->all.next; link != &pools->all; link = link->next)
        more = look_at(container_of(link, struct pool, all), now_ns) || more;
    pthread_mutex_unlock(&pools->lock);
    if (more)
        pools_note_idle(vm);
    return TASK_PARKED;
}

static struct task *fire(struct timer *timer)
{
    return &container_of(timer, struct pools, timer)->task;
}

void pools_note_idle(struct vm *vm)
{
    struct pools *pools = &vm->pools;
    if (likely(atomic_load_explicit(&pools->is_armed, memory_order_relaxed)) ||
        atomic_exchange_explicit(&pools->is_armed, true, memory_order_acq_rel))
        return;
    wheel_arm(vm->sched, &pools->timer, clock_now_ns(sched_clock(vm->sched)) + idle_ns(vm) / 3);
}

void pools_init(struct vm *vm)
{
    struct pools *pools = &vm->pools;
    pthread_mutex_init(&pools->lock, NULL);
    list_init(&pools->all);
    wheel_timer_init(&pools->timer, fire);
    task_init(&pools->task, look, TASK_IDLE);
    atomic_init(&pools->is_armed, false);
}

void pools_destroy(struct vm *vm)
{
    wheel_cancel(&vm->pools.timer);
    pthread_mutex_destroy(&vm->pools.lock);
}

void pools_add(struct pool *pool)
{
    struct pools *pools = &pool->vm->pools;
    pthread_mutex_lock(&pools->lock);
    list_add_tail(&pools->all, &pool->all);
    pthread_mutex_unlock(&pools->lock);
}

void pools_remove(struct pool *pool)
{
    struct pools *pools = &pool->vm->pools;
    pthread_mutex_lock(&pools->lock);
    list_remove(&pool->all);
    pthread_mutex_unlock(&pools->lock);
}
