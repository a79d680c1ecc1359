/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sched/base/fault.h"
#include "vm/slab_asan.h"
#include "vm/window.h"

#ifdef SLAB_ASAN
enum { ASAN = 1 };
#else
enum { ASAN = 0 };
#endif

enum { PAGE = 4096 };

static struct windows windows;
static struct window_cache places;

static void begin(void)
{
    windows_init(&windows, 4, NULL);
}

/* All windows of all layers wait for somebody. */
static void check_base(void)
{
    cr_assert_eq(windows_used(&windows), 0);
    for (unsigned i = 0; i < WINDOW_NUMBERS; i++) {
        cr_assert_eq(windows.frees[i], windows.count, "%zu of %zu windows of number %u", windows.frees[i],
                     windows.count, i);
        for (size_t k = 0; k < windows.count; k++)
            cr_assert_eq(window_number(windows.free[i][k]), i);
    }
}

static void end(void)
{
    window_flush(&places, &windows);
    check_base();
    windows_destroy(&windows);
}

static char *take(unsigned number)
{
    char *window = window_take(&places, &windows, number);
    cr_assert_not_null(window);
    return window;
}

static char *take_any(void)
{
    char *window = window_take_any(&places, &windows);
    cr_assert_not_null(window);
    return window;
}

static void give(void *window)
{
    window_give(&places, &windows, window);
}

static void fill(char *window, int byte)
{
    memset(window, byte, WINDOW_SIZE);
}

static bool is_filled(const char *window, int byte)
{
    for (size_t i = 0; i < WINDOW_SIZE; i++)
        if (window[i] != (char)byte)
            return false;
    return true;
}

/* Pages of it that are memory. */
static unsigned resident(void *window)
{
    unsigned char pages[WINDOW_SIZE / PAGE];
    unsigned count = 0;
    cr_assert_eq(mincore(window, WINDOW_SIZE, pages), 0);
    for (size_t i = 0; i < sizeof pages; i++)
        count += pages[i] & 1;
    return count;
}

Test(window, those_of_a_number_differ_in_the_upper_halves_only, .init = begin, .fini = end)
{
    enum { LAYERS = 5 };
    static char *all[LAYERS][WINDOW_NUMBERS];
    for (size_t i = 0; i < LAYERS; i++) {
        for (unsigned number = 0; number < WINDOW_NUMBERS; number++) {
            all[i][number] = take(number);
            cr_assert_eq(window_number(all[i][number]), number);
            cr_assert_eq((uint32_t)(uintptr_t)all[i][number], (uint32_t)(uintptr_t)all[0][number]);
            fill(all[i][number], (int)(i * WINDOW_NUMBERS + number));
        }
    }
    cr_assert_eq(windows.count, LAYERS);
    for (size_t i = 0; i < LAYERS; i++) {
        for (unsigned number = 0; number < WINDOW_NUMBERS; number++) {
            cr_assert(is_filled(all[i][number], (int)(i * WINDOW_NUMBERS + number)), "it overlaps another one");
            for (size_t k = 0; k < i; k++)
                cr_assert_neq((uintptr_t)all[i][number] >> 32, (uintptr_t)all[k][number] >> 32);
        }
    }
    for (size_t i = 0; i < LAYERS; i++)
        for (unsigned number = 0; number < WINDOW_NUMBERS; number++)
            give(all[i][number]);
}

Test(window, every_address_in_a_window_has_its_number, .init = begin, .fini = end)
{
    char *window = take(41);
    cr_assert_eq((uintptr_t)window % PAGE, 0);
    for (size_t i = 0; i < WINDOW_SIZE; i += 512)
        cr_assert_eq(window_number(window + i), 41);
    cr_assert_eq(window_number(window + WINDOW_SIZE), 42);
    cr_assert_eq(window_number(window - 1), 40);
    give(window);
}

Test(window, a_worker_keeps_one_of_a_number, .init = begin, .fini = end)
{
    struct window_cache other = {0};
    char *first = take(5), *second = take(5), *third = take(5);
    give(first);
    give(second);
    give(third);
    cr_assert_eq(windows_used(&windows), WINDOW_SIZE, "one is kept, the others are given to all");
    char *theirs[3];
    for (size_t i = 0; i < 3; i++) {
        theirs[i] = window_take(&other, &windows, 5);
        cr_assert_neq(theirs[i], first, "another worker has what this one keeps");
    }
    cr_assert_eq(theirs[0], third, "the one given last comes first");
    cr_assert_eq(theirs[1], second);
    cr_assert_eq(take(5), first);
    char *next = take(5);
    cr_assert_neq(next, first, "it is kept still");
    give(first);
    give(next);
    for (size_t i = 0; i < 3; i++)
        window_give(&other, &windows, theirs[i]);
    window_flush(&other, &windows);
}

/* A place that is warm is used again; with nothing kept, numbers are used in turn, so that layers are full before there are more. */
Test(window, any_number_moves_on_when_its_number_is_taken, .init = begin, .fini = end)
{
    char *all[3 * WINDOW_NUMBERS];
    char *warm = take_any();
    for (int i = 0; i < 3; i++) {
        give(warm);
        cr_assert_eq(take_any(), warm);
    }
    all[0] = warm;
    for (size_t i = 1; i < 3 * WINDOW_NUMBERS; i++)
        all[i] = take_any();
    cr_assert_eq(windows.count, 3, "%zu layers for what three would hold", windows.count);
    unsigned counts[WINDOW_NUMBERS] = {0};
    for (size_t i = 0; i < 3 * WINDOW_NUMBERS; i++) {
        counts[window_number(all[i])]++;
        give(all[i]);
    }
    for (unsigned i = 0; i < WINDOW_NUMBERS; i++)
        cr_assert_eq(counts[i], 3, "%u of number %u", counts[i], i);
}

/* They leave their window to the next, and yet not all go on in windows of the same number, even when this worker has had all numbers. */
Test(window, each_number_has_its_turn, .init = begin, .fini = end)
{
    unsigned counts[WINDOW_NUMBERS] = {0}, turn = windows.turn;
    cr_assert(turn > 1000 && turn * 4 <= 20000, "%u", turn);
    for (unsigned i = 0; i < 3 * WINDOW_NUMBERS * turn; i++) {
        char *window = take_any();
        counts[window_number(window)]++;
        give(window);
    }
    cr_assert_eq(windows.count, 1);
    for (unsigned i = 0; i < WINDOW_NUMBERS; i++)
        cr_assert(counts[i] >= 2 * turn && counts[i] <= 4 * turn, "%u of number %u", counts[i], i);
}

Test(window, any_number_finds_what_is_kept, .init = begin, .fini = end)
{
    static const unsigned kept[] = {0, 7, 31, 63};
    char *all[4];
    for (size_t i = 0; i < 4; i++)
        all[i] = take(kept[i]);
    for (size_t i = 0; i < 4; i++)
        give(all[i]);
    places.next = 8;
    cr_assert_eq(take_any(), all[2]);
    cr_assert_eq(take_any(), all[3]);
    cr_assert_eq(take_any(), all[0]);
    cr_assert_eq(take_any(), all[1]);
    char *fifth = take_any();
    for (size_t i = 0; i < 4; i++) {
        cr_assert_neq(fifth, all[i]);
        give(all[i]);
    }
    give(fifth);
}

Test(window, what_waits_for_all_is_no_memory, .init = begin, .fini = end)
{
    char *kept = take(9), *given = take(9);
    cr_assert_eq(resident(kept), 0, "it was memory before it was used");
    fill(kept, 1);
    fill(given, 2);
    cr_assert_eq(resident(given), WINDOW_SIZE / PAGE);
    give(kept);
    give(given);
    cr_assert_eq(resident(given), 0);
    cr_assert_eq(resident(kept), WINDOW_SIZE / PAGE);
    cr_assert(is_filled(kept, 1));
    cr_assert_eq(take(9), kept);
    cr_assert_eq(take(9), given);
    cr_assert(is_filled(given, 0));
    give(kept);
    give(given);
}

Test(window, flushing_gives_back_all_that_is_kept, .init = begin, .fini = end)
{
    char *all[WINDOW_NUMBERS];
    for (unsigned i = 0; i < WINDOW_NUMBERS; i++)
        fill(all[i] = take(i), 3);
    for (unsigned i = 0; i < WINDOW_NUMBERS; i++)
        give(all[i]);
    cr_assert_eq(windows_used(&windows), WINDOW_LAYER);
    window_flush(&places, &windows);
    check_base();
    for (unsigned i = 0; i < WINDOW_NUMBERS; i++) {
        cr_assert_null(places.free[i]);
        cr_assert_eq(resident(all[i]), 0);
    }
    window_flush(&places, &windows);
    check_base();
    cr_assert_eq(take(20), all[20]);
    give(all[20]);
}

Test(window, used_counts_what_workers_and_processes_have, .init = begin, .fini = end)
{
    cr_assert_eq(windows_used(&windows), 0);
    char *first = take(1), *second = take(1), *any = take(2);
    cr_assert_eq(windows_used(&windows), 3 * WINDOW_SIZE);
    give(any);
    cr_assert_eq(windows_used(&windows), 3 * WINDOW_SIZE, "a worker has it");
    cr_assert_eq(take(2), any);
    cr_assert_eq(windows_used(&windows), 3 * WINDOW_SIZE);
    give(first);
    give(second);
    cr_assert_eq(windows_used(&windows), 2 * WINDOW_SIZE);
    give(any);
}

/* What is free in a heap is poisoned; nobody else may fall over that. */
Test(window, what_is_given_is_poisoned_no_more, .init = begin, .fini = end)
{
    char *window = take(3);
    slab_poison(window + 100, WINDOW_SIZE - 100);
    cr_assert_eq(slab_is_poisoned(window + 200), ASAN);
    give(window);
    cr_assert_not(slab_is_poisoned(window + 200));
    cr_assert_not(slab_is_poisoned(window + WINDOW_SIZE - 1));
}

/* ---- failures ---- */

/* The k-th hit fails as windows of one number are taken, more than there is room for at first. Returns whether it was hit. */
static bool fail_at(struct fault_plan *faults, enum fault_point point, uint64_t k)
{
    enum { COUNT = 10 };
    char *all[COUNT];
    int failures = 0;
    windows_init(&windows, 4, faults);
    fault_set(faults, point, k, 1, ENOMEM);
    for (size_t i = 0; i < COUNT; i++) {
        size_t layers = windows.count, used = windows_used(&windows);
        while (!(all[i] = i % 2 ? window_take_any(&places, &windows) : window_take(&places, &windows, 60))) {
            cr_assert_eq(windows.count, layers);
            cr_assert_eq(windows_used(&windows), used);
            failures++;
            cr_assert_eq(failures, 1, "it fails without reason");
        }
        fill(all[i], (int)i);
    }
    bool is_hit = fault_hits(faults, point) >= k;
    fault_set(faults, point, 1, 0, 0);
    cr_assert_eq(failures, is_hit);
    for (size_t i = 0; i < COUNT; i++) {
        cr_assert(is_filled(all[i], (int)i));
        give(all[i]);
    }
    end();
    return is_hit;
}

Test(window, without_memory_there_is_none_and_nothing_is_lost)
{
    struct fault_plan *faults = fault_plan_new();
    uint64_t k = 1, layers = 1;
    while (fail_at(faults, FAULT_MALLOC, k))
        k++;
    cr_assert_gt(k, 2 * (1 + WINDOW_NUMBERS), "%d steps", (int)k);
    while (fail_at(faults, FAULT_SLAB, layers))
        layers++;
    cr_assert_geq(layers, 5);
    fault_plan_free(faults);
}

/* What it returns in a process of its own. */
static int status_of(int (*what)(void))
{
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(what());
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* In a process of its own. Returns its exit status. */
static int without_address_space(void)
{
    struct rlimit limit = {1 << 20, 1 << 20};
    void *first = take(7);
    /* what a failed mapping would be taken for */
    (void)!mmap((void *)0x40000000, WINDOW_LAYER, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (setrlimit(RLIMIT_AS, &limit) < 0)
        return 2;
    if (window_take(&places, &windows, 7) || windows.count != 1 || windows_used(&windows) != WINDOW_SIZE)
        return 3;
    give(first);
    return window_take(&places, &windows, 7) == first ? 0 : 4;
}

Test(window, without_address_space_there_is_none, .init = begin, .fini = end)
{
    cr_assert_eq(status_of(without_address_space), 0);
}

static size_t address_space(void);

/* In a process of its own. */
static int with_limits(void)
{
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    if (setrlimit(RLIMIT_AS, &limit) < 0)
        return 0; /* it is limited already, and nothing can be told */
    bool fits = windows_fit();
    limit.rlim_cur = (rlim_t)100 << 30;
    setrlimit(RLIMIT_AS, &limit);
    bool much_fits = windows_fit();
    limit.rlim_cur = (rlim_t)6 << 30;
    setrlimit(RLIMIT_AS, &limit);
    return fits && much_fits && !windows_fit() ? 0 : 3;
}

Test(window, all_layers_fit_unless_address_space_is_limited)
{
    cr_assert_eq(status_of(with_limits), 0);
}

/* The flags of the mapping that `at` is in. */
static void get_flags(const void *at, char *flags, size_t size)
{
    char line[512];
    unsigned long from, to;
    bool is_here = false;
    FILE *file = fopen("/proc/self/smaps", "r");
    flags[0] = 0;
    while (!flags[0] && fgets(line, sizeof line, file)) {
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            is_here = from <= (uintptr_t)at && (uintptr_t)at < to;
        else if (is_here && strncmp(line, "VmFlags:", 8) == 0)
            snprintf(flags, size, "%s", line + 8);
    }
    fclose(file);
}

/* Who touches a window gets its pages, not the 2 MB of the layer, however the machine is set. */
Test(window, a_layer_is_no_huge_page, .init = begin, .fini = end)
{
    if (access("/sys/kernel/mm/transparent_hugepage", F_OK) != 0)
        cr_skip_test("this kernel has none");
    char *all[3], flags[256];
    for (size_t i = 0; i < 3; i++) {
        all[i] = take(5);
        get_flags(all[i], flags, sizeof flags);
        cr_assert_not_null(strstr(flags, " nh"), "%s", flags);
    }
    for (size_t i = 0; i < 3; i++)
        give(all[i]);
}

static size_t address_space(void)
{
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    cr_assert_eq(fscanf(file, "%zu", &pages), 1);
    fclose(file);
    return pages * PAGE;
}

/* A piece of 4 GB is asked for, and all but the layer given back. */
Test(window, a_layer_takes_no_more_than_its_size, .init = begin)
{
    enum { LAYERS = 8 };
    char *all[LAYERS];
    size_t before = address_space();
    for (size_t i = 0; i < LAYERS; i++)
        all[i] = take(0);
    cr_assert_lt(address_space() - before, (size_t)1 << 30);
    for (size_t i = 0; i < LAYERS; i++)
        give(all[i]);
    end();
    for (size_t i = 0; i < LAYERS; i++) {
        unsigned char page;
        cr_assert_eq(mincore(all[i], PAGE, &page), -1, "it is mapped still");
        cr_assert_eq(errno, ENOMEM);
    }
}

/* ---- threads ---- */

enum { THREADS = 3, ROUNDS = 3000, HELD = 4 };

static _Atomic(char *) passed[8]; /* windows on their way to another thread, which finds in them what was written */

static void check_mark(char *window, uintptr_t mark)
{
    uintptr_t last;
    memcpy(&last, window + WINDOW_SIZE - sizeof last, sizeof last);
    cr_assert(*(uintptr_t *)window == mark && last == mark, "somebody else has it");
}

static void write_mark(char *window, uintptr_t mark)
{
    *(uintptr_t *)window = mark;
    memcpy(window + WINDOW_SIZE - sizeof mark, &mark, sizeof mark);
}

static void *take_and_give(void *arg)
{
    uint32_t random = (uint32_t)(uintptr_t)arg * 2654435761u + 1;
    struct window_cache own = {0};
    char *held[HELD] = {0};
    for (int i = 0; i < ROUNDS; i++) {
        random = random * 1664525 + 1013904223;
        size_t place = random >> 20 & (HELD - 1);
        if (held[place]) {
            check_mark(held[place], (uintptr_t)held[place]);
            char *theirs = random & 1 << 16 ? atomic_exchange(&passed[random >> 24 & 7], held[place]) : held[place];
            if (theirs) {
                check_mark(theirs, (uintptr_t)theirs);
                window_give(&own, &windows, theirs);
            }
            held[place] = NULL;
        } else {
            held[place] =
                random & 1 << 17 ? window_take_any(&own, &windows) : window_take(&own, &windows, random >> 28 & 3);
            cr_assert_not_null(held[place]);
            write_mark(held[place], (uintptr_t)held[place]);
        }
        if (i % 500 == 0)
            window_flush(&own, &windows);
    }
    for (size_t i = 0; i < HELD; i++)
        if (held[i])
            window_give(&own, &windows, held[i]);
    window_flush(&own, &windows);
    return NULL;
}

Test(window, threads_take_and_give_at_the_same_time, .init = begin, .fini = end)
{
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, take_and_give, (void *)(i + 1)), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) {
        char *window = atomic_exchange(&passed[i], NULL);
        if (window) {
            check_mark(window, (uintptr_t)window);
            give(window);
        }
    }
    cr_assert_leq(windows.count, THREADS * HELD + THREADS + sizeof passed / sizeof *passed);
}
