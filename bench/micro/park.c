/* SPDX-License-Identifier: MIT */
/*
 * park: preloaded by instructions.sh. valgrind runs one thread at a time and does not know that io_uring_enter waits (3.19): a worker that parks would
 * keep all others from running. So it looks without waiting, and sleeps in between, which valgrind knows.
 */
#include <dlfcn.h>
#include <errno.h>
#include <liburing.h>
#include <stdint.h>
#include <time.h>

enum { LOOK_NS = 100000 };

typedef int (*wait_f)(struct io_uring *, struct io_uring_cqe **, unsigned, struct __kernel_timespec *, sigset_t *);

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

int io_uring_submit_and_wait_timeout(struct io_uring *ring, struct io_uring_cqe **cqe, unsigned count,
                                     struct __kernel_timespec *limit, sigset_t *mask)
{
    wait_f real = (wait_f)dlsym(RTLD_NEXT, "io_uring_submit_and_wait_timeout");
    int64_t end = limit ? now_ns() + limit->tv_sec * INT64_C(1000000000) + limit->tv_nsec : INT64_MAX;
    for (;;) {
        struct __kernel_timespec least = {.tv_nsec = 1000};
        int result = real(ring, cqe, count, &least, mask);
        if (result != -ETIME || now_ns() >= end)
            return result;
        nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
    }
}
