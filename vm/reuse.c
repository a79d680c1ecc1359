/* SPDX-License-Identifier: MIT */
/* reuse: see reuse.h. Fibers go first, so that nobody waits on a channel that is closed after them. */
#include "vm/reuse.h"

#include "sched/base/compiler.h"
#include "vm/fiber.h"
#include "vm/heap.h"
#include "vm/process_struct.h"
#include "vm/subscription.h"
#include "vm/timer_struct.h"

/* Channels that outlive the call must not point to waiters that do not. */
static void drop_fiber(struct fiber *fiber)
{
    for (unsigned i = 0; i < fiber->waiter_count; i++)
        list_remove(&fiber->waiters[i].link);
    fiber->waiter_count = 0;
    list_remove(&fiber->link);
    fiber_free(fiber);
}

static bool drop_fibers(struct state *state, unsigned most)
{
    while (most-- > 0) {
        struct fiber *newest = container_of(state->fibers.prev, struct fiber, all);
        if (newest == &state->main) {
            state->again = NULL;
            return true;
        }
        drop_fiber(newest);
    }
    return false;
}

bool reuse_take_off(struct process *process, unsigned most)
{
    return drop_fibers(process->state, most) && vmtimer_cancel_some(process, most) &&
           subscription_end_some(process, most);
}
