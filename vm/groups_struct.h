/* SPDX-License-Identifier: MIT */
/*
 * groups_struct: the fields of a scope of process groups, for groups.c and groups_join.c.
 *
 * I1  A group is in the hash as long as it has members; it lives as long as it has references (one is the hash's).
 * I2  membership->place is the index of its member in group->members, and that item's owner is the membership.
 * I3  Only its process touches the list a membership hangs in, and frees it. Stopping a scope leaves memberships without a group behind.
 */
#ifndef VM_GROUPS_STRUCT_H
#define VM_GROUPS_STRUCT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "sched/base/list.h"
#include "vm/groups.h"

struct broker;
struct members;
struct vm;

struct group {
    struct group *next; /* in its bucket */
    struct members *members;
    uint32_t joins; /* of all members */
    uint32_t hash;
    _Atomic uint32_t refs;
    uint32_t length;
    char name[];
};

struct membership {
    struct membership *next; /* in its bucket */
    struct list link;        /* in process->memberships */
    struct groups *groups;
    struct group *group; /* under the lock; NULL: the scope has been stopped */
    uint64_t pid;
    uint32_t place;
    uint32_t charged; /* to the heap of the process */
};

struct groups {
    struct groups *next; /* in vm->groups; never changes */
    struct vm *vm;
    struct broker *broker;
    char *id;
    pthread_mutex_t
        lock; /* guards the rest; queues of brokers and mailboxes are pushed to under it, no other lock is taken */
    struct groups_limits limits;
    bool is_running;
    struct group **groups;
    struct membership **memberships;
    uint32_t group_mask, group_count, membership_mask, membership_count;
};

/* ---- under the lock ---- */

static inline struct groups_name group_name(const struct group *group)
{
    return (struct groups_name){group->name, group->length};
}

uint32_t groups_hash(struct groups_name name);

/* The link that points to what is looked for, or to the NULL where it would go. */
struct group **groups_find_group(const struct groups *groups, struct groups_name name, uint32_t hash);
struct membership **groups_find_membership(const struct groups *groups, const struct group *group, uint64_t pid);

/* Put into the hashes, which grow with them; the references are the caller's. */
void groups_hook_group(struct groups *groups, struct group *group);
void groups_hook_membership(struct groups *groups, struct membership *membership);

/* Any thread, without the lock too. */
void group_unref(struct group *group);

#endif
