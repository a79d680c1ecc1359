/* SPDX-License-Identifier: MIT */
/*
 * members: see members.h. References are taken under the lock, so when the one who holds it sees a count of 1 nobody else can come to
 * have one. That look is an acquire, which pairs with the release of the reader that let go last: its reads are over.
 */
#include "vm/members.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/memory.h"

enum { FIRST_CAPACITY = 4, SHRINK_FROM = 64 };

static struct members *make(uint32_t capacity)
{
    struct members *members = memory_alloc(sizeof *members + capacity * sizeof members->items[0], "a process group");
    atomic_init(&members->refs, 1);
    members->count = 0;
    members->capacity = capacity;
    return members;
}

struct members *members_new(void)
{
    return make(FIRST_CAPACITY);
}

struct members *members_ref(struct members *members)
{
    atomic_fetch_add_explicit(&members->refs, 1, memory_order_relaxed);
    return members;
}

void members_unref(struct members *members)
{
    /* the release pairs with the acquire of whoever frees or changes the array */
    if (members && atomic_fetch_sub_explicit(&members->refs, 1, memory_order_acq_rel) == 1)
        free(members);
}

/* What an array of so many should be able to hold: it grows in doubles, and shrinks when it is nearly empty. */
static uint32_t wanted_capacity(const struct members *members, uint32_t needed)
{
    if (needed > members->capacity)
        return members->capacity * 2;
    return members->capacity > SHRINK_FROM && needed < members->capacity / 4 ? members->capacity / 2
                                                                             : members->capacity;
}

struct members *members_change(struct members *members, uint32_t more)
{
    uint32_t capacity = wanted_capacity(members, members->count + more);
    if (atomic_load_explicit(&members->refs, memory_order_acquire) == 1 && capacity == members->capacity)
        return members;
    struct members *copy = make(capacity);
    copy->count = members->count;
    memcpy(copy->items, members->items, members->count * sizeof members->items[0]);
    members_unref(members);
    return copy;
}
