/* SPDX-License-Identifier: MIT */
/*
 * io_rig: what the tests of io/ share: a runtime's I/O with small rings, and loops used directly, without a scheduler.
 */
#ifndef TESTS_UNIT_IO_RIG_H
#define TESTS_UNIT_IO_RIG_H

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include <criterion/criterion.h>

#include "io/poller.h"
#include "sched/base/fault.h"
#include "sched/sched.h"

static inline struct io *rig_io(const struct io_config *config)
{
    struct io *io;
    cr_assert_eq(io_new(&io, config), 0);
    return io;
}

/* On the calling thread. Rings of other tests may still hold locked memory, so ENOMEM is met with patience. */
static inline struct io_loop *rig_open(struct io *io)
{
    void *loop = NULL;
    int error = -ENOMEM;
    for (unsigned i = 0; i < 50 && error == -ENOMEM; i++) {
        error = io_poller.open(io, NULL, &loop);
        if (error == -ENOMEM)
            nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    cr_assert_eq(error, 0, "open: %d", error);
    return loop;
}

/* Runs the loop until *flag is not zero. */
static inline void rig_run_until(struct io_loop *loop, const unsigned *flag, unsigned value)
{
    while (*flag < value) {
        io_poller.submit(loop);
        io_poller.park(loop, 100000000);
    }
}

#endif
