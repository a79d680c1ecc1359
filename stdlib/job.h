/* SPDX-License-Identifier: MIT */
/*
 * job: a function that blocks or runs long, on a thread of the blocking pool; the coroutine that asks for it, and only it, waits.
 *
 *     state_check_block(L);                             raises where the coroutine cannot wait, before anything is allocated
 *     struct mine *mine = memory_zeroed(…);             with a struct job in it
 *     …
 *     return job_run(L, &mine->job, k);                 takes it
 *
 *     k: mine = container_of(job_of(ctx), …); push the results; job_end(job_of(ctx));
 *
 * A process that dies meanwhile does not stop the function: its job is destroyed when it ends.
 */
#ifndef STDLIB_JOB_H
#define STDLIB_JOB_H

#include <lua.h>

#include "sched/blocking.h"
#include "vm/operation.h"

struct job {
    struct operation operation;
    struct blocking_job blocking;
    void (*work)(struct job *job);    /* on a thread of the pool */
    void (*destroy)(struct job *job); /* frees it; any thread */
};

/* Sets `work` off and suspends the coroutine. During shutdown it destroys the job and returns nil and an error (UNAVAILABLE). */
int job_run(lua_State *L, struct job *job, lua_KFunction k);

/* The job of a continuation. */
struct job *job_of(lua_KContext ctx);

/* In k, once; k may raise before it: the job is destroyed at the end of the process then. */
void job_end(struct job *job);

#endif
