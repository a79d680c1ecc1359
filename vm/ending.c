/* SPDX-License-Identifier: MIT */
/* ending: see ending.h. */
#include "vm/ending.h"

#include "sched/base/compiler.h"
#include "sched/task.h"
#include "vm/process_struct.h"
#include "vm/slot.h"
#include "vm/vm_struct.h"

static void add(struct process *process, struct ending *ending)
{
    ending->message.next = process->endings;
    process->endings = &ending->message;
}

void ending_attach(struct process *process, struct ending *ending)
{
    ending->message = (struct message){.kind = MESSAGE_ENDING};
    add(process, ending);
}

bool ending_ask(struct vm *vm, uint64_t pid, struct ending *ending)
{
    ending->message = (struct message){.kind = MESSAGE_ENDING};
    struct slot *slot = slot_of_pid(vm->slots, pid);
    if (!slot || !slot_push(slot, pid, &ending->message))
        return false;
    task_wake(vm->sched, &slot->task); /* the struct may be gone already */
    return true;
}

void ending_drained(struct process *process, struct message *message)
{
    add(process, container_of(message, struct ending, message));
}

void ending_drop_stray(struct message *message)
{
    struct ending *ending = container_of(message, struct ending, message);
    ending->ended(ending, NULL);
}

bool ending_tell_some(struct process *process, unsigned most)
{
    for (; process->endings && most > 0; most--) {
        struct ending *ending = container_of(process->endings, struct ending, message);
        process->endings = process->endings->next;
        ending->ended(ending, process->result);
    }
    return !process->endings;
}
