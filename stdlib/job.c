/* SPDX-License-Identifier: MIT */
/* job: see job.h. */
#include "stdlib/job.h"

#include "sched/base/compiler.h"
#include "vm/error.h"
#include "vm/state.h"
#include "vm/vm.h"

static void work(struct blocking_job *blocking)
{
    struct job *job = container_of(blocking, struct job, blocking);
    job->work(job);
    operation_complete(&job->operation);
}

static void release(struct operation *operation)
{
    struct job *job = container_of(operation, struct job, operation);
    job->destroy(job);
}

int job_run(lua_State *L, struct job *job, lua_KFunction k)
{
    job->operation.release = release;
    job->blocking.run = work;
    operation_prepare(L, &job->operation);
    if (blocking_submit(vm_sched(state_vm(L)), &job->blocking) == 0)
        return operation_wait(L, &job->operation, k);
    operation_abandon(&job->operation);
    job->destroy(job);
    return error_return(L, ERROR_UNAVAILABLE, "shutting down");
}

struct job *job_of(lua_KContext ctx)
{
    return container_of((struct operation *)ctx, struct job, operation);
}

void job_end(struct job *job)
{
    operation_release(&job->operation);
}
