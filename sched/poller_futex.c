/* SPDX-License-Identifier: MIT */
/*
 * poller_futex: a word that is 1 when a wake-up is pending. Wake-ups before the park are kept in it.
 */
#include "sched/poller_futex.h"

#include <errno.h>
#include <stdlib.h>

#include "sched/base/futex.h"
#include "sched/sched.h"

struct poller_futex {
    _Atomic uint32_t is_woken;
};

static int open_poller(void *ctx, struct worker *worker, void **out)
{
    (void)ctx;
    (void)worker;
    *out = calloc(1, sizeof(struct poller_futex));
    return *out ? 0 : -ENOMEM;
}

static unsigned poll_nothing(void *poller)
{
    (void)poller;
    return 0;
}

static void submit_nothing(void *poller)
{
    (void)poller;
}

static void park(void *poller, uint64_t timeout_ns)
{
    struct poller_futex *p = poller;
    /* Spurious returns are fine: the caller looks at everything anyway. */
    if (!atomic_exchange(&p->is_woken, 0))
        futex_wait(&p->is_woken, 0, timeout_ns);
    atomic_store(&p->is_woken, 0);
}

static void wake(void *from, void *poller)
{
    struct poller_futex *p = poller;
    (void)from;
    if (!atomic_exchange(&p->is_woken, 1))
        futex_wake(&p->is_woken, 1);
}

const struct sched_poller *poller_futex(void)
{
    static const struct sched_poller table = {
        .open = open_poller,
        .close = free,
        .poll = poll_nothing,
        .submit = submit_nothing,
        .park = park,
        .wake = wake,
    };
    return &table;
}
