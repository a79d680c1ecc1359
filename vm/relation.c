/* SPDX-License-Identifier: MIT */
/* relation: see relation.h. Tables are open addressing with tombstones. */
#include "vm/relation.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "sched/base/memory.h"
#include "vm/codec.h"
#include "vm/error.h"
#include "vm/fiber.h"
#include "vm/message.h"
#include "vm/process_struct.h"
#include "vm/slot.h"
#include "vm/vm_struct.h"

enum { EMPTY = 0, TOMBSTONE = 1 /* a pid that no process has */, FIRST_CAPACITY = 4 };

static uint32_t place_of(const struct relation_table *table, uint64_t pid)
{
    return (uint32_t)((pid * 0x9e3779b97f4a7c15u) >> 32) & (table->capacity - 1);
}

static bool is_table(const struct relation_set *set)
{
    return set->pid == RELATION_TABLE;
}

void relation_set_destroy(struct relation_set *set)
{
    if (is_table(set))
        free(set->table);
    *set = (struct relation_set){.pid = EMPTY};
}

uint32_t relation_count(const struct relation_set *set)
{
    return is_table(set) ? set->table->count : set->pid != EMPTY;
}

static struct relation *find_in(struct relation_table *table, uint64_t pid)
{
    for (uint32_t i = place_of(table, pid);; i = (i + 1) & (table->capacity - 1)) {
        if (table->items[i].pid == EMPTY)
            return NULL;
        if (table->items[i].pid == pid)
            return &table->items[i];
    }
}

struct relation *relation_find(struct relation_set *set, uint64_t pid)
{
    if (is_table(set))
        return find_in(set->table, pid);
    return set->pid == pid && pid != EMPTY ? &set->one : NULL;
}

static void insert(struct relation_table *table, uint64_t pid, uint64_t id)
{
    uint32_t i = place_of(table, pid);
    while (table->items[i].pid > TOMBSTONE)
        i = (i + 1) & (table->capacity - 1);
    table->deleted -= table->items[i].pid == TOMBSTONE;
    table->items[i] = (struct relation){pid, id};
    table->count++;
}

/* The table with room for one more: itself or, freed, its successor. */
static struct relation_table *make_room(struct relation_table *old)
{
    if (old && (old->count + old->deleted + 1) * 4 <= old->capacity * 3)
        return old;
    uint32_t capacity = FIRST_CAPACITY;
    while (old && (old->count + 1) * 2 > capacity)
        capacity *= 2;
    struct relation_table *table =
        memory_zeroed(sizeof *table + capacity * sizeof table->items[0], "a set of monitors or links");
    table->capacity = capacity;
    for (uint32_t i = 0; old && i < old->capacity; i++)
        if (old->items[i].pid > TOMBSTONE)
            insert(table, old->items[i].pid, old->items[i].id);
    free(old);
    return table;
}

void relation_put(struct relation_set *set, uint64_t pid, uint64_t id)
{
    struct relation *old = relation_find(set, pid);
    if (old) {
        old->id = id;
        return;
    }
    if (set->pid == EMPTY) {
        set->one = (struct relation){pid, id};
        return;
    }
    struct relation one = set->one;
    bool has_one = !is_table(set);
    set->table = make_room(has_one ? NULL : set->table);
    set->pid = RELATION_TABLE;
    if (has_one)
        insert(set->table, one.pid, one.id);
    insert(set->table, pid, id);
}

static void erase(struct relation_set *set, struct relation *item)
{
    if (is_table(set)) {
        item->pid = TOMBSTONE;
        set->table->count--;
        set->table->deleted++;
    }
    if (!is_table(set) || set->table->count == 0)
        relation_set_destroy(set);
}

bool relation_remove(struct relation_set *set, uint64_t pid, uint64_t id)
{
    struct relation *item = relation_find(set, pid);
    if (!item || (id && item->id != id))
        return false;
    erase(set, item);
    return true;
}

static bool take_from_table(struct relation_set *set, struct relation *out)
{
    struct relation_table *table = set->table;
    for (; table->scan < table->capacity; table->scan++) {
        struct relation *item = &table->items[table->scan];
        if (item->pid <= TOMBSTONE)
            continue;
        *out = *item;
        erase(set, item);
        return true;
    }
    return false;
}

bool relation_take(struct relation_set *set, struct relation *out)
{
    if (is_table(set))
        return take_from_table(set, out);
    *out = set->one;
    set->pid = EMPTY;
    return out->pid != EMPTY;
}

static uint64_t new_id(struct process *process)
{
    return atomic_fetch_add_explicit(&process->vm->next_relation, 1, memory_order_relaxed);
}

/* Sends a signal with an id; false: nobody there. */
static bool signal_to(struct process *process, uint64_t pid, enum message_kind kind, uint64_t id)
{
    struct message *message = message_signal(kind, process->pid, id);
    if (slot_send(process->vm->slots, process->vm->sched, pid, message) == 0)
        return true;
    message_free(message);
    return false;
}

enum relation_answer relation_monitor(struct process *process, uint64_t pid)
{
    if (relation_find(&process->monitors, pid))
        return RELATION_EXISTS;
    uint64_t id = new_id(process);
    if (!signal_to(process, pid, MESSAGE_MONITOR, id))
        return RELATION_DEAD;
    relation_put(&process->monitors, pid, id);
    return RELATION_OK;
}

/* Ends the relation in `set`, and takes back the event that has come in and that no fiber has seen yet. */
static void leave(struct process *process, struct relation_set *set, uint64_t pid, enum message_kind request,
                  enum message_kind event)
{
    struct relation *item = relation_find(set, pid);
    if (item) {
        signal_to(process, pid, request, item->id);
        erase(set, item);
        return;
    }
    router_drop_events(&process->router, event, pid);
    fiber_revoke_events(process->state, event, pid);
}

void relation_unmonitor(struct process *process, uint64_t pid)
{
    leave(process, &process->monitors, pid, MESSAGE_UNMONITOR, MESSAGE_EXIT);
}

enum relation_answer relation_link(struct process *process, uint64_t pid)
{
    if (pid == process->pid || relation_find(&process->links, pid))
        return RELATION_OK;
    uint64_t id = new_id(process);
    if (!signal_to(process, pid, MESSAGE_LINK, id))
        return RELATION_DEAD;
    relation_put(&process->links, pid, id);
    return RELATION_OK;
}

void relation_unlink(struct process *process, uint64_t pid)
{
    leave(process, &process->links, pid, MESSAGE_UNLINK, MESSAGE_LINK_DOWN);
}

void relation_handle(struct process *process, struct message *message)
{
    struct relation *link;
    switch (message->kind) {
    case MESSAGE_MONITOR:
        relation_put(&process->watchers, message->from, message->id);
        break;
    case MESSAGE_UNMONITOR:
        relation_remove(&process->watchers, message->from, message->id);
        break;
    case MESSAGE_LINK:
        link = relation_find(&process->links, message->from);
        if (!link || link->id < message->id)
            relation_put(&process->links, message->from, message->id);
        break;
    default: /* UNLINK, LINK_GONE */
        relation_remove(&process->links, message->from, message->id);
        break;
    }
    message_free(message);
}

void relation_answer_dead(struct vm *vm, const struct message *request)
{
    uint64_t pid = request->target;
    struct message *answer;
    if (request->kind == MESSAGE_MONITOR) {
        struct codec_bytes bytes = {0};
        codec_begin(&bytes, 2);
        codec_put_nil(&bytes);
        codec_put_error(&bytes, ERROR_INTERNAL, "process not found", 0);
        answer = message_new(MESSAGE_EXIT, pid, "", 0, bytes.data, bytes.length);
        codec_bytes_free(&bytes);
        answer->id = request->id;
    } else {
        answer = message_signal(MESSAGE_LINK_GONE, pid, request->id);
    }
    if (slot_send(vm->slots, vm->sched, request->from, answer) != 0)
        message_free(answer);
}

bool relation_accept(struct process *process, const struct message *message)
{
    struct relation_set *set = message->kind == MESSAGE_EXIT ? &process->monitors : &process->links;
    return relation_remove(set, message->from, message->id);
}
