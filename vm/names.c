/* SPDX-License-Identifier: MIT */
/*
 * names: see names.h. One chained hash under one lock; a name hangs in its bucket and in the list of its owner. The owner's list is under the
 * same lock. Most processes never have a name, and end without it: `naming` of the owner goes from UNNAMED to NAMED before its first name, or
 * to CLOSED when it ends, so a name is either refused or found by names_close.
 */
#include "vm/names.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "vm/pid.h"
#include "vm/process_struct.h"
#include "vm/slot.h"
#include "vm/vm_struct.h"

struct name {
    struct name *next;  /* in the bucket */
    struct name *owned; /* next name of the owner */
    uint64_t pid;
    uint32_t hash;
    uint32_t length;
    uint32_t nth; /* so many, or fewer, had the owner when it got this one */
    char text[];
};

struct names {
    pthread_mutex_t lock; /* taken before the slot table's */
    struct name **buckets;
    uint32_t mask, count;
};

struct names *names_new(void)
{
    struct names *names = memory_zeroed(sizeof *names, "the table of names");
    names->buckets = memory_zeroed(64 * sizeof *names->buckets, "the table of names");
    names->mask = 63;
    pthread_mutex_init(&names->lock, NULL);
    return names;
}

void names_free(struct names *names)
{
    for (uint32_t i = 0; i <= names->mask; i++)
        for (struct name *name = names->buckets[i], *next; name; name = next) {
            next = name->next;
            free(name);
        }
    free(names->buckets);
    pthread_mutex_destroy(&names->lock);
    free(names);
}

static uint32_t hash_text(const char *text, size_t length)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash ^ hash >> 15;
}

/* The link that points to the name, or to the NULL where it would go. */
static struct name **find(struct names *names, uint32_t hash, const char *text, size_t length)
{
    struct name **link = &names->buckets[hash & names->mask];
    while (*link && ((*link)->hash != hash || (*link)->length != length || memcmp((*link)->text, text, length) != 0))
        link = &(*link)->next;
    return link;
}

static void grow(struct names *names)
{
    uint32_t mask = names->mask * 2 + 1;
    struct name **buckets = calloc(mask + 1, sizeof *buckets);
    if (!buckets)
        return;
    for (uint32_t i = 0; i <= names->mask; i++)
        for (struct name *name = names->buckets[i], *next; name; name = next) {
            next = name->next;
            name->next = buckets[name->hash & mask];
            buckets[name->hash & mask] = name;
        }
    free(names->buckets);
    names->buckets = buckets;
    names->mask = mask;
}

/* The live process behind a PID while the slot table is locked; natives have no names. */
static struct process *owner_of(struct vm *vm, uint64_t pid)
{
    struct slot *slot = slot_of_pid(vm->slots, pid);
    struct process *owner = slot ? atomic_load_explicit(&slot->owner, memory_order_acquire) : NULL;
    return owner && slot->task.run == process_run && owner->pid == pid ? owner : NULL;
}

/* May the owner get names? From now on names_close looks for them. */
static bool begin_naming(struct process *owner)
{
    uint8_t naming = PROCESS_UNNAMED;
    return atomic_compare_exchange_strong(&owner->naming, &naming, PROCESS_NAMED) || naming == PROCESS_NAMED;
}

/* May the owner have one more? They are counted only when the newest says that they may be too many. */
static bool has_room(struct process *owner)
{
    struct name *newest = owner->names;
    if (!newest || newest->nth < NAMES_MAX)
        return true;
    newest->nth = 0;
    for (struct name *name = newest; name; name = name->owned)
        newest->nth++;
    return newest->nth < NAMES_MAX;
}

static void add(struct names *names, struct process *owner, uint32_t hash, const char *text, size_t length)
{
    struct name *name = memory_alloc(sizeof *name + length, "a name");
    *name = (struct name){.pid = owner->pid, .hash = hash, .length = (uint32_t)length, .owned = owner->names};
    memcpy(name->text, text, length);
    name->nth = owner->names ? owner->names->nth + 1 : 1;
    owner->names = name;
    struct name **link = &names->buckets[hash & names->mask];
    name->next = *link;
    *link = name;
    if (++names->count > names->mask)
        grow(names);
}

enum names_answer names_register(struct vm *vm, const char *text, size_t length, uint64_t pid)
{
    struct names *names = vm->names;
    uint32_t hash = hash_text(text, length);
    enum names_answer answer = NAMES_OK;
    pthread_mutex_lock(&names->lock);
    slot_table_lock(vm->slots);
    struct name *held = *find(names, hash, text, length);
    struct process *owner = owner_of(vm, pid);
    if (!owner || !begin_naming(owner))
        answer = NAMES_DEAD;
    else if (held)
        answer = held->pid == pid ? NAMES_OK : NAMES_TAKEN;
    else if (!has_room(owner))
        answer = NAMES_FULL;
    else
        add(names, owner, hash, text, length);
    slot_table_unlock(vm->slots);
    pthread_mutex_unlock(&names->lock);
    return answer;
}

uint64_t names_lookup(struct names *names, const char *text, size_t length)
{
    uint32_t hash = hash_text(text, length);
    pthread_mutex_lock(&names->lock);
    struct name *name = *find(names, hash, text, length);
    uint64_t pid = name ? name->pid : 0;
    pthread_mutex_unlock(&names->lock);
    return pid;
}

static void unhook_owned(struct process *owner, struct name *name)
{
    struct name **link = &owner->names;
    while (*link != name)
        link = &(*link)->owned;
    *link = name->owned;
}

bool names_unregister(struct vm *vm, const char *text, size_t length)
{
    struct names *names = vm->names;
    uint32_t hash = hash_text(text, length);
    pthread_mutex_lock(&names->lock);
    struct name **link = find(names, hash, text, length), *name = *link;
    if (name) {
        *link = name->next;
        names->count--;
        slot_table_lock(vm->slots);
        unhook_owned(atomic_load(&slot_at(vm->slots, pid_slot(name->pid))->owner), name); /* lives until names_close */
        slot_table_unlock(vm->slots);
        free(name);
    }
    pthread_mutex_unlock(&names->lock);
    return name != NULL;
}

void names_close(struct process *process)
{
    struct names *names = process->vm->names;
    uint8_t naming = PROCESS_UNNAMED;
    if (likely(atomic_compare_exchange_strong(&process->naming, &naming, PROCESS_CLOSED)) || naming == PROCESS_CLOSED)
        return;
    pthread_mutex_lock(&names->lock);
    atomic_store(&process->naming, PROCESS_CLOSED);
    while (process->names) {
        struct name *name = process->names, **link = &names->buckets[name->hash & names->mask];
        process->names = name->owned;
        while (*link != name)
            link = &(*link)->next;
        *link = name->next;
        names->count--;
        free(name);
    }
    pthread_mutex_unlock(&names->lock);
}
