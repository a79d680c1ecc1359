/* SPDX-License-Identifier: MIT */
/* operation: see operation.h. */
#include "vm/operation.h"

#include "sched/base/compiler.h"
#include "sched/task.h"
#include "vm/fiber.h"
#include "vm/operation_exit.h"
#include "vm/process_struct.h"
#include "vm/slot.h"
#include "vm/state.h"
#include "vm/vm_struct.h"

void operation_begin(struct process *process, struct operation *op)
{
    op->message = (struct message){.kind = MESSAGE_OPERATION};
    op->vm = process->vm;
    op->slot = process->slot;
    op->message.id = process->pid;
    list_add_tail(&process->operations, &op->link);
}

void operation_prepare(lua_State *L, struct operation *op)
{
    state_check_block(L);
    op->fiber = state_fiber(L);
    operation_begin(state_process(L), op);
}

int operation_wait(lua_State *L, struct operation *op, lua_KFunction k)
{
    return fiber_block(L, 0, (lua_KContext)op, k);
}

void operation_abandon(struct operation *op)
{
    list_remove(&op->link);
}

void operation_complete(struct operation *op)
{
    struct slot *slot = op->slot;
    struct sched *sched = op->vm->sched;
    if (slot_push(slot, op->message.id, &op->message))
        task_wake(sched, &slot->task); /* op may be gone already */
    else
        op->release(op);
}

void operation_release(struct operation *op)
{
    list_remove(&op->link);
    op->release(op);
}

void operation_drained(struct message *message, struct process *process)
{
    struct operation *op = container_of(message, struct operation, message);
    if (op->drained) {
        op->drained(op, process);
        return;
    }
    op->done = true;
    fiber_ready(op->fiber);
}

void operation_drop_drained(struct message *message)
{
    struct operation *op = container_of(message, struct operation, message);
    op->release(op);
}

void operation_cancel_all(struct process *process)
{
    struct list *link;
    while ((link = list_take(&process->operations))) {
        struct operation *op = container_of(link, struct operation, link);
        if (op->done)
            op->release(op);
        else if (op->cancel)
            op->cancel(op);
    }
}
