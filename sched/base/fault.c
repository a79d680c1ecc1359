/* SPDX-License-Identifier: MIT */
/*
 * fault: each point counts its hits and compares them with a window. Arming disarms first (count 0), sets the rest and
 * publishes the count last (release; the acquire is in fault_hit_slow), so a hit meanwhile never mixes two settings.
 */
#include "sched/base/fault.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/memory.h"

struct point {
    _Atomic uint64_t hits;
    _Atomic uint64_t first;
    _Atomic uint64_t count; /* 0: not armed */
    _Atomic int value;
};

struct fault_plan {
    struct point points[FAULT_COUNT];
};

struct fault_plan *fault_plan_new(void)
{
    struct fault_plan *plan = memory_zeroed(sizeof *plan, "a fault plan");
    return plan;
}

void fault_plan_free(struct fault_plan *plan)
{
    free(plan);
}

void fault_set(struct fault_plan *plan, enum fault_point point, uint64_t first, uint64_t count, int value)
{
    struct point *p = &plan->points[point];
    atomic_store(&p->count, 0);
    atomic_store(&p->hits, 0);
    atomic_store(&p->first, first);
    atomic_store(&p->value, value);
    atomic_store_explicit(&p->count, count, memory_order_release);
}

uint64_t fault_hits(const struct fault_plan *plan, enum fault_point point)
{
    return atomic_load_explicit(&plan->points[point].hits, memory_order_relaxed);
}

int fault_point_by_name(const char *name)
{
    static const char *const names[FAULT_COUNT] = {
#define FAULT_NAME(id, text) [id] = text,
        FAULT_POINTS(FAULT_NAME)
#undef FAULT_NAME
    };
    for (int i = 0; i < FAULT_COUNT; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

int fault_hit_slow(struct fault_plan *plan, enum fault_point point)
{
    struct point *p = &plan->points[point];
    uint64_t hit = atomic_fetch_add_explicit(&p->hits, 1, memory_order_relaxed) + 1;
    uint64_t count = atomic_load_explicit(&p->count, memory_order_acquire);
    uint64_t first = atomic_load_explicit(&p->first, memory_order_relaxed);
    if (hit < first || hit - first >= count)
        return 0;
    return atomic_load_explicit(&p->value, memory_order_relaxed);
}
