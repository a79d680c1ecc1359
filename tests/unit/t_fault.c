/* SPDX-License-Identifier: MIT */
/* links: sched_base */
/* fault: windows of hits, names, the plan that is none. */
#include "sched/base/fault.h"

#include <criterion/criterion.h>
#include <pthread.h>

Test(fault, no_plan_never_fails)
{
    cr_assert_eq(fault_hit(NULL, FAULT_MALLOC), 0);
}

Test(fault, fails_in_its_window_only)
{
    struct fault_plan *plan = fault_plan_new();
    cr_assert_eq(fault_hit(plan, FAULT_THREAD), 0);
    fault_set(plan, FAULT_THREAD, 3, 2, 11);
    int expected[] = {0, 0, 11, 11, 0, 0};
    for (int i = 0; i < 6; i++)
        cr_assert_eq(fault_hit(plan, FAULT_THREAD), expected[i]);
    cr_assert_eq(fault_hits(plan, FAULT_THREAD), 6);
    cr_assert_eq(fault_hit(plan, FAULT_MALLOC), 0);
    fault_plan_free(plan);
}

Test(fault, endless_window_and_disarming)
{
    struct fault_plan *plan = fault_plan_new();
    fault_set(plan, FAULT_SLAB, 2, UINT64_MAX, 12);
    cr_assert_eq(fault_hit(plan, FAULT_SLAB), 0);
    for (int i = 0; i < 100; i++)
        cr_assert_eq(fault_hit(plan, FAULT_SLAB), 12);
    fault_set(plan, FAULT_SLAB, 1, 0, 12);
    cr_assert_eq(fault_hit(plan, FAULT_SLAB), 0);
    cr_assert_eq(fault_hits(plan, FAULT_SLAB), 1);
    fault_plan_free(plan);
}

Test(fault, names)
{
    cr_assert_eq(fault_point_by_name("malloc"), FAULT_MALLOC);
    cr_assert_eq(fault_point_by_name("file_read"), FAULT_FILE_READ);
    cr_assert_eq(fault_point_by_name("worker_stall"), FAULT_WORKER_STALL);
    cr_assert_eq(fault_point_by_name("nonsense"), -1);
}

static void *hit_1000(void *arg)
{
    size_t failed = 0;
    for (int i = 0; i < 1000; i++)
        failed += fault_hit(arg, FAULT_HEAP) != 0;
    return (void *)failed;
}

Test(fault, counts_exactly_from_many_threads)
{
    struct fault_plan *plan = fault_plan_new();
    pthread_t threads[4];
    size_t sum = 0;
    fault_set(plan, FAULT_HEAP, 100, 77, 12);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, hit_1000, plan);
    for (int i = 0; i < 4; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        sum += (size_t)failed;
    }
    cr_assert_eq(sum, 77);
    cr_assert_eq(fault_hits(plan, FAULT_HEAP), 4000);
    fault_plan_free(plan);
}
