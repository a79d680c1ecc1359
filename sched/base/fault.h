/* SPDX-License-Identifier: MIT */
/*
 * fault: named places where a test can make the world fail. A plan is given to a runtime at start and never changed
 * while it runs but by fault_set. A NULL plan never fails, at the cost of one branch.
 */
#ifndef SCHED_BASE_FAULT_H
#define SCHED_BASE_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/base/compiler.h"

/* One line per point: identifier, name. */
#define FAULT_POINTS(X)                                                                                            \
    X(FAULT_MALLOC, "malloc")             /* an allocation of the runtime's own structs that can report failure */ \
    X(FAULT_SLAB, "slab")                 /* mapping a new slab, or a layer of windows */                          \
    X(FAULT_HEAP, "heap")                 /* an allocation of a Lua heap */                                        \
    X(FAULT_THREAD, "thread")             /* pthread_create */                                                     \
    X(FAULT_RING_OPEN, "ring_open")       /* io_uring_setup */                                                     \
    X(FAULT_RING_SUBMIT, "ring_submit")   /* io_uring_enter */                                                     \
    X(FAULT_OP_RESULT, "op_result")       /* the result of a completed operation */                                \
    X(FAULT_WORKER_STALL, "worker_stall") /* a worker blocks for 2 s between two slices */                         \
    X(FAULT_MSG_RING, "msg_ring")         /* the wake-up by MSG_RING */                                            \
    X(FAULT_FILE_OPEN, "file_open")       /* opening a file */                                                     \
    X(FAULT_FILE_READ, "file_read")       /* reading a file */

enum fault_point {
#define FAULT_ENUM(id, name) id,
    FAULT_POINTS(FAULT_ENUM)
#undef FAULT_ENUM
        FAULT_COUNT
};

struct fault_plan;

struct fault_plan *fault_plan_new(void);
void fault_plan_free(struct fault_plan *plan);

/*
 * Arms a point: hits number `first`..`first + count - 1` (counted from 1 since this call) fail with `value` (a positive
 * errno, or whatever the point says); count UINT64_MAX: all later ones. Any thread.
 */
void fault_set(struct fault_plan *plan, enum fault_point point, uint64_t first, uint64_t count, int value);

/* Hits of the point since fault_set. */
uint64_t fault_hits(const struct fault_plan *plan, enum fault_point point);

/* The point of that name, or -1. */
int fault_point_by_name(const char *name);

int fault_hit_slow(struct fault_plan *plan, enum fault_point point);

/* 0: go on; otherwise the value to fail with. Any thread, signal safe. */
static inline int fault_hit(struct fault_plan *plan, enum fault_point point)
{
    return likely(!plan) ? 0 : fault_hit_slow(plan, point);
}

#endif
