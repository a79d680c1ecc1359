/* SPDX-License-Identifier: MIT */
/*
 * members: who is in one process group: an array that is shared and copied on write. A reader takes a reference under the lock of its scope
 * (vm/groups.h) and then reads for as long as it likes; who changes the group meanwhile gets a copy.
 *
 * members_ref and members_change: under that lock. The rest: whoever has a reference, any thread.
 */
#ifndef VM_MEMBERS_H
#define VM_MEMBERS_H

#include <stdatomic.h>
#include <stdint.h>

struct membership;

struct member {
    uint64_t pid;
    uint32_t joins;           /* how often it has joined, at least once */
    struct membership *owner; /* vm/groups.c only, under its lock */
};

struct members {
    _Atomic uint32_t refs;
    uint32_t count, capacity;
    struct member items[];
};

/* An empty array with one reference. */
struct members *members_new(void);

struct members *members_ref(struct members *members);
void members_unref(struct members *members); /* NULL is allowed */

/* An array with the same members that nobody else sees and that has room for `more`. Takes one reference and returns one. */
struct members *members_change(struct members *members, uint32_t more);

#endif
