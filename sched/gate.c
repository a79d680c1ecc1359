/* SPDX-License-Identifier: MIT */
/*
 * gate: one lock, one condition. The phase is also read without the lock, by workers that look whether to stop: the release
 * here pairs with the acquire in sched_is_stopping.
 */
#include "sched/gate.h"

#include "sched/core.h"

void gate_init(struct gate *gate)
{
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->changed, NULL);
    atomic_init(&gate->phase, GATE_NEW);
    gate->arrived = gate->left = 0;
    gate->error = 0;
}

void gate_destroy(struct gate *gate)
{
    pthread_cond_destroy(&gate->changed);
    pthread_mutex_destroy(&gate->lock);
}

static int phase_of(const struct gate *gate)
{
    return atomic_load_explicit(&gate->phase, memory_order_relaxed);
}

bool gate_arrive(struct gate *gate, struct worker *worker, int error)
{
    pthread_mutex_lock(&gate->lock);
    worker->is_open = error == 0;
    if (error && !gate->error)
        gate->error = error;
    gate->arrived++;
    pthread_cond_broadcast(&gate->changed);
    while (phase_of(gate) == GATE_STARTING)
        pthread_cond_wait(&gate->changed, &gate->lock);
    bool run = !error && phase_of(gate) == GATE_RUNNING;
    pthread_mutex_unlock(&gate->lock);
    return run;
}

void gate_leave(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->left++;
    pthread_cond_broadcast(&gate->changed);
    while (phase_of(gate) < GATE_CLOSING)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

int gate_await_arrivals(struct gate *gate, unsigned count)
{
    pthread_mutex_lock(&gate->lock);
    while (gate->arrived < count)
        pthread_cond_wait(&gate->changed, &gate->lock);
    int error = gate->error;
    pthread_mutex_unlock(&gate->lock);
    return error;
}

void gate_await_leavers(struct gate *gate, unsigned count)
{
    pthread_mutex_lock(&gate->lock);
    while (gate->left < count)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

bool gate_advance(struct gate *gate, enum gate_phase from, enum gate_phase to)
{
    pthread_mutex_lock(&gate->lock);
    bool is_from = phase_of(gate) == (int)from;
    if (is_from) {
        atomic_store_explicit(&gate->phase, to, memory_order_release);
        pthread_cond_broadcast(&gate->changed);
    }
    pthread_mutex_unlock(&gate->lock);
    return is_from;
}
