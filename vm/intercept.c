/* SPDX-License-Identifier: MIT */
/* intercept: see intercept.h. The table is the order: the first is outermost, so a time limit covers all attempts and the pauses between them. */
#include "vm/intercept.h"

#include <stddef.h>

#include "sched/base/clock.h"
#include "sched/base/rng.h"
#include "sched/sched.h"
#include "sched/worker.h"
#include "vm/buffer.h"
#include "vm/call_options.h"
#include "vm/codec.h"
#include "vm/error.h"
#include "vm/invoke_struct.h"
#include "vm/process_struct.h"
#include "vm/vm_struct.h"

struct interceptor {
    bool (*is_on)(const struct call_options *options);
    void (*begin)(struct invocation *invocation, uint64_t now_ns);                     /* NULL: nothing to do */
    bool (*failed)(struct invocation *invocation, uint64_t now_ns);                    /* the same */
    bool (*due)(struct invocation *invocation, struct process *process, uint64_t now); /* true: it was its timer */
};

/* ---- time limit ---- */

static bool has_timeout(const struct call_options *options)
{
    return options->has_timeout && options->timeout_ns > 0;
}

static void begin_timeout(struct invocation *invocation, uint64_t now_ns)
{
    invocation->deadline_ns = now_ns + (uint64_t)invocation->options->timeout_ns;
}

static bool timeout_due(struct invocation *invocation, struct process *process, uint64_t now_ns)
{
    struct vm_error error;
    if (now_ns < invocation->deadline_ns)
        return false;
    vm_error_set(&error, ERROR_TIMEOUT, "call of %s timed out after %.10g ms", call_target_id(&invocation->target),
                 (double)invocation->options->timeout_ns / 1e6);
    (void)process;
    invocation_give_up(invocation, &error);
    return true;
}

/* ---- retry ---- */

static bool has_retry(const struct call_options *options)
{
    return options->has_retry && options->retry.max_attempts > 1;
}

/* A number from 0 to 1. */
static double draw(void)
{
    enum { STEPS = 1 << 20 };
    return (double)rng_below(worker_rng(worker_self()), STEPS + 1) / STEPS;
}

static bool retry_failed(struct invocation *invocation, uint64_t now_ns)
{
    const struct call_retry *retry = &invocation->options->retry;
    const struct buffer *result = invocation->result;
    struct codec_view error;
    if (!codec_view(result->bytes, result->length, 1, &error) || error.tag != CODEC_ERROR ||
        !call_retry_wanted(retry, invocation->attempts, &error))
        return false;
    invocation->phase = INVOCATION_PAUSING;
    invocation->resume_ns = now_ns + (uint64_t)call_retry_delay_ns(retry, invocation->attempts, draw());
    return true;
}

static bool retry_due(struct invocation *invocation, struct process *process, uint64_t now_ns)
{
    if (invocation->phase != INVOCATION_PAUSING || now_ns < invocation->resume_ns)
        return false;
    invocation->resume_ns = 0;
    invocation_attempt(invocation, process);
    return true;
}

/* ---- the chain ---- */

static const struct interceptor chain[] = {
    {.is_on = has_timeout, .begin = begin_timeout, .due = timeout_due},
    {.is_on = has_retry, .failed = retry_failed, .due = retry_due},
};
enum { CHAIN = sizeof chain / sizeof chain[0] };

static uint64_t now_ns(const struct process *process)
{
    return clock_now_ns(sched_clock(process->vm->sched));
}

void intercept_begin(struct invocation *invocation, struct process *process)
{
    if (!invocation->options)
        return;
    for (size_t i = 0; i < CHAIN; i++)
        if (chain[i].begin && chain[i].is_on(invocation->options))
            chain[i].begin(invocation, now_ns(process));
    invocation_set_timer(invocation, process);
}

bool intercept_failed(struct invocation *invocation, struct process *process)
{
    if (!invocation->options)
        return false;
    for (size_t i = CHAIN; i-- > 0;)
        if (chain[i].failed && chain[i].is_on(invocation->options) && chain[i].failed(invocation, now_ns(process))) {
            invocation_set_timer(invocation, process);
            return true;
        }
    return false;
}

void intercept_due(struct invocation *invocation, struct process *process)
{
    for (size_t i = 0; i < CHAIN; i++)
        if (chain[i].due && chain[i].is_on(invocation->options) && chain[i].due(invocation, process, now_ns(process)))
            break;
    if (invocation->phase != INVOCATION_OVER)
        invocation_set_timer(invocation, process);
}
