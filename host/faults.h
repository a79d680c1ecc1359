/* SPDX-License-Identifier: MIT */
/*
 * faults: the environment variable MOONLET_FAULT makes named points fail (sched/base/fault.h) in builds for tests (cmake -DFAULTS=ON);
 * other builds do not look at it.
 *
 *     MOONLET_FAULT=name:first[:count[:errno]],...      heap:120    slab:3:all,op_result:1:2:5
 *
 * Hit number `first` and those after it, `count` in all (1), fail with `errno` (one that fits the point).
 */
#ifndef HOST_FAULTS_H
#define HOST_FAULTS_H

#include <stddef.h>

struct fault_plan;

#ifdef MOONLET_FAULTS

/* The plan of the text, NULL for no text. 0, or -1 and *problem, which the caller frees. */
int faults_parse(const char *text, struct fault_plan **out, char **problem);

/* One line on standard error for each point that was hit: "fault heap 1234 hits". */
void faults_report(const struct fault_plan *plan);

#else

static inline int faults_parse(const char *text, struct fault_plan **out, char **problem)
{
    (void)text, (void)problem;
    *out = NULL;
    return 0;
}

static inline void faults_report(const struct fault_plan *plan)
{
    (void)plan;
}

#endif
#endif
