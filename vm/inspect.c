/* SPDX-License-Identifier: MIT */
/* inspect: what any thread may ask of, or send to, a process by its PID (vm/process.h). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/bytes.h"
#include "sched/base/clock.h"
#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "sched/sched.h"
#include "vm/code.h"
#include "vm/message.h"
#include "vm/names.h"
#include "vm/pid.h"
#include "vm/process.h"
#include "vm/process_struct.h"
#include "vm/slot.h"
#include "vm/vm_struct.h"

uint64_t process_pid(const struct process *process)
{
    return process->pid;
}

const char *process_pid_text(const struct process *process)
{
    struct process *owner = (struct process *)process; /* a cache: the runner is the only caller */
    char text[PID_TEXT_MAX];
    if (!owner->pid_text) {
        process_format_pid(process->vm, process->pid, text);
        owner->pid_text = memory_string(text, "the text of a PID");
    }
    return owner->pid_text;
}

const char *process_entry_id(const struct process *process)
{
    return code_id(process->code);
}

void *process_terminal(const struct process *process)
{
    return process->terminal;
}

size_t process_format_pid(struct vm *vm, uint64_t pid, char text[static PID_TEXT_MAX])
{
    struct vm_host *host = vm_host_at(vm, pid_host(pid));
    text[0] = 0;
    if (!host)
        return 0;
    size_t length = host->label_length < PID_TEXT_MAX - 24 ? host->label_length : PID_TEXT_MAX - 24, used = 0;
    text[used++] = '{';
    memcpy(text + used, host->label, length);
    used += length;
    memcpy(text + used, "|0x", 3);
    used += 3;
    used += pid_write_number(pid_to_number(pid), text + used);
    text[used++] = '}';
    text[used] = 0;
    return used;
}

/* Moves behind "node@", if that is there. False: it is another node's. */
static bool skip_own_node(const struct vm *vm, const char **name, const char *end)
{
    const char *own = vm->config.node, *at = memchr(*name, '@', (size_t)(end - *name));
    if (!at)
        return true;
    if (!own || strlen(own) != (size_t)(at - *name) || memcmp(*name, own, strlen(own)) != 0)
        return false;
    *name = at + 1;
    return true;
}

/* A PID of the host that no process has; -1: no such host. */
static int64_t nobody_of(struct vm *vm, const char *name, size_t length)
{
    const struct vm_host *host = vm_host_named(vm, name, length);
    return host ? (int64_t)pid_make(host->index, 0, (1u << PID_SLOT_BITS) - 1) : -1;
}

int64_t process_parse_pid(struct vm *vm, const char *text, size_t length)
{
    if (length < 6 || text[0] != '{' || text[length - 1] != '}')
        return 0;
    uint64_t number;
    size_t before = pid_read_number(text, length, &number);
    if (before == 0)
        return 0;
    uint64_t pid = pid_of_number(number);
    const char *name = text + 1, *bar = text + before;
    struct vm_host *host = vm_host_at(vm, pid_host(pid));
    if (likely(host && host->label_length == (size_t)(bar - name) &&
               bytes_equal(host->label, name, host->label_length)))
        return (int64_t)pid;
    if (!skip_own_node(vm, &name, bar))
        return -1;
    size_t name_length = (size_t)(bar - name);
    if (host && vm_host_is_named(host, name, name_length))
        return (int64_t)pid;
    return nobody_of(vm, name, name_length);
}

int64_t process_parse_nobody(struct vm *vm, const char *text, size_t length)
{
    const char *bar = memrchr(text, '|', length), *name = text + 1;
    if (!bar || text[0] != '{' || text[length - 1] != '}')
        return 0;
    return skip_own_node(vm, &name, bar) ? nobody_of(vm, name, (size_t)(bar - name)) : -1;
}

bool process_is_function(struct vm *vm, uint64_t pid)
{
    struct vm_host *host = vm_host_at(vm, pid_host(pid));
    return host && atomic_load_explicit(&host->is_function, memory_order_relaxed);
}

bool process_is_alive(struct vm *vm, uint64_t pid)
{
    return slot_of_pid(vm->slots, pid) != NULL;
}

static bool send_signal(struct vm *vm, uint64_t to, struct message *message)
{
    if (message && slot_send(vm->slots, vm->sched, to, message) == 0)
        return true;
    if (message)
        message_free(message);
    return false;
}

bool process_send_cancel(struct vm *vm, uint64_t from, uint64_t to, const char *reason, size_t length)
{
    return send_signal(vm, to, message_new(MESSAGE_CANCEL, from, "", 0, reason, length));
}

bool process_send_terminate(struct vm *vm, uint64_t to)
{
    struct slot *slot = slot_of_pid(vm->slots, to);
    if (!slot || !send_signal(vm, to, message_signal(MESSAGE_TERMINATE, 0, 0)))
        return false;
    sched_interrupt(vm->sched, &slot->task, INTERRUPT_SIGNAL);
    return true;
}

/* Takes the message, NULL: there was no memory for it. */
static int send_message(struct vm *vm, uint64_t to, struct message *message)
{
    if (!message)
        return -ENOBUFS;
    int result = slot_send(vm->slots, vm->sched, to, message);
    if (result != 0)
        message_free(message);
    return result;
}

int process_send_encoded(struct vm *vm, uint64_t from, uint64_t to, const char *topic, size_t topic_length,
                         const void *data, size_t length)
{
    return send_message(vm, to, message_new(MESSAGE_USER, from, topic, topic_length, data, length));
}

int process_send_shared(struct vm *vm, uint64_t from, uint64_t to, const char *topic, size_t topic_length,
                        struct buffer *body)
{
    return send_message(vm, to, message_new_of(MESSAGE_USER, from, topic, topic_length, body));
}

uint64_t process_lookup_name(struct vm *vm, const char *name, size_t length)
{
    return names_lookup(vm->names, name, length);
}

/* The time of day at which the scheduler's clock showed that. */
static uint64_t wall_of(const struct clock *clock, uint64_t ns)
{
    return (uint64_t)clock_wall_ns(clock) - (clock_now_ns(clock) - ns);
}

static bool fill_info(struct vm *vm, uint32_t index, const struct vm_host *host, struct process_info *info)
{
    static const char *const states[] = {"ready", "running", "blocked", "idle", "complete"};
    struct slot *slot = slot_at(vm->slots, index);
    struct process *process = atomic_load_explicit(&slot->owner, memory_order_acquire);
    if (!process || slot->task.run != process_run || (host && process->host != host))
        return false;
    *info = (struct process_info){
        .pid = process->pid,
        .parent = process->parent,
        .steps = atomic_load_explicit(&process->steps, memory_order_relaxed),
        .started_wall_ns = wall_of(sched_clock(vm->sched), process->started_ns),
        .messages_waiting = atomic_load_explicit(&slot->queued, memory_order_relaxed) >> SLOT_COUNT_SHIFT,
        .memory = atomic_load_explicit(&process->shown_memory, memory_order_relaxed),
        .state = states[atomic_load_explicit(&process->shown, memory_order_relaxed)],
    };
    snprintf(info->entry, sizeof info->entry, "%s", code_id(process->code));
    return true;
}

uint32_t process_slots(struct vm *vm)
{
    return slot_table_size(vm->slots);
}

bool process_at(struct vm *vm, uint32_t slot, const struct vm_host *host, struct process_info *info)
{
    struct slot *place = slot_at(vm->slots, slot);
    uint64_t pid = atomic_load_explicit(&place->pid, memory_order_relaxed);
    if (!atomic_load_explicit(&place->owner, memory_order_relaxed) || (host && pid_host(pid) != host->index))
        return false; /* most slots, without the lock */
    slot_table_lock(vm->slots);
    bool found = fill_info(vm, slot, host, info);
    slot_table_unlock(vm->slots);
    return found;
}

void process_visit(struct vm *vm, const char *host_name, void (*visit)(void *ctx, const struct process_info *info),
                   void *ctx)
{
    struct vm_host *host = host_name ? vm_host_named(vm, host_name, strlen(host_name)) : NULL;
    if (host_name && !host)
        return;
    for (uint32_t i = 0, size = process_slots(vm); i < size; i++) {
        struct process_info info;
        if (process_at(vm, i, host, &info))
            visit(ctx, &info);
    }
}
