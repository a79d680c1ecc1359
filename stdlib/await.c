/* SPDX-License-Identifier: MIT */
/*
 * await: see await.h. The record holds vm's operation and io's reader. Either the reader's `ready` or a successful io_stdio_cancel ends
 * the wait, never both, so operation_complete is called once; vm decides when the record may be freed.
 */
#include "stdlib/await.h"

#include <errno.h>
#include <stdlib.h>

#include "io/stdio.h"
#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "sched/worker.h"
#include "vm/operation.h"
#include "vm/state.h"

struct await {
    struct operation operation;
    struct io_stdio_reader reader;
    struct io_stdio *stdio;
};

struct io_loop *await_loop(void)
{
    return worker_poller(worker_self());
}

static void release(struct operation *operation)
{
    free(container_of(operation, struct await, operation));
}

static void ready(struct io_stdio_reader *reader)
{
    operation_complete(&container_of(reader, struct await, reader)->operation);
}

static void cancel(struct operation *operation)
{
    struct await *await = container_of(operation, struct await, operation);
    if (io_stdio_cancel(await->stdio, await_loop(), &await->reader))
        operation_complete(operation);
}

static struct await *new_await(struct io_stdio *stdio)
{
    struct await *await = memory_zeroed(sizeof(*await), "an operation");
    await->operation.release = release;
    await->operation.cancel = cancel;
    await->reader.ready = ready;
    await->stdio = stdio;
    return await;
}

long await_input(lua_State *L, struct io_stdio *stdio, void *data, size_t size, unsigned flags, struct await **out)
{
    state_check_block(L); /* so that operation_prepare, which looks too, cannot raise with the record in hand */
    struct await *await = new_await(stdio);
    operation_prepare(L, &await->operation);
    long result = io_stdio_read(stdio, await_loop(), &await->reader, data, size, flags);
    if (result == -EAGAIN) {
        *out = await;
        return result;
    }
    operation_abandon(&await->operation);
    free(await);
    return result;
}

int await_wait(lua_State *L, struct await *await, lua_KFunction k)
{
    return operation_wait(L, &await->operation, k);
}

void await_end(lua_KContext ctx)
{
    operation_release((struct operation *)ctx);
}
