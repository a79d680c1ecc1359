/* SPDX-License-Identifier: MIT */
/*
 * groups: see groups.h. A scope has two chained hashes under one lock: groups by name, and memberships by group and process, so that a process
 * finds its place among any number of members. Joining and leaving are in groups_join.c.
 */
#include "vm/groups.h"

#include <stdlib.h>
#include <string.h>

#include "sched/base/memory.h"
#include "vm/broker.h"
#include "vm/feed.h"
#include "vm/groups_struct.h"
#include "vm/members.h"
#include "vm/vm_struct.h"

enum { FIRST_BUCKETS = 16 };

/* ---- hashes ---- */

uint32_t groups_hash(struct groups_name name)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < name.length; i++)
        hash = (hash ^ (unsigned char)name.text[i]) * 16777619u;
    return hash ^ hash >> 15;
}

struct group **groups_find_group(const struct groups *groups, struct groups_name name, uint32_t hash)
{
    struct group **link = &groups->groups[hash & groups->group_mask];
    while (*link && ((*link)->hash != hash || (*link)->length != name.length ||
                     memcmp((*link)->name, name.text, name.length) != 0))
        link = &(*link)->next;
    return link;
}

static uint32_t hash_membership(const struct group *group, uint64_t pid)
{
    uint64_t mixed = ((uint64_t)(uintptr_t)group ^ pid * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    return (uint32_t)(mixed >> 32);
}

struct membership **groups_find_membership(const struct groups *groups, const struct group *group, uint64_t pid)
{
    struct membership **link = &groups->memberships[hash_membership(group, pid) & groups->membership_mask];
    while (*link && ((*link)->group != group || (*link)->pid != pid))
        link = &(*link)->next;
    return link;
}

static void grow_groups(struct groups *groups)
{
    uint32_t mask = groups->group_mask * 2 + 1;
    struct group **buckets = calloc((size_t)mask + 1, sizeof *buckets);
    if (!buckets)
        return; /* longer chains */
    for (uint32_t i = 0; i <= groups->group_mask; i++)
        for (struct group *group = groups->groups[i], *next; group; group = next) {
            next = group->next;
            group->next = buckets[group->hash & mask];
            buckets[group->hash & mask] = group;
        }
    free(groups->groups);
    groups->groups = buckets;
    groups->group_mask = mask;
}

static void grow_memberships(struct groups *groups)
{
    uint32_t mask = groups->membership_mask * 2 + 1;
    struct membership **buckets = calloc((size_t)mask + 1, sizeof *buckets);
    if (!buckets)
        return;
    for (uint32_t i = 0; i <= groups->membership_mask; i++)
        for (struct membership *m = groups->memberships[i], *next; m; m = next) {
            struct membership **bucket = &buckets[hash_membership(m->group, m->pid) & mask];
            next = m->next;
            m->next = *bucket;
            *bucket = m;
        }
    free(groups->memberships);
    groups->memberships = buckets;
    groups->membership_mask = mask;
}

void groups_hook_group(struct groups *groups, struct group *group)
{
    struct group **bucket = &groups->groups[group->hash & groups->group_mask];
    group->next = *bucket;
    *bucket = group;
    if (++groups->group_count > groups->group_mask)
        grow_groups(groups);
}

void groups_hook_membership(struct groups *groups, struct membership *membership)
{
    uint32_t hash = hash_membership(membership->group, membership->pid);
    struct membership **bucket = &groups->memberships[hash & groups->membership_mask];
    membership->next = *bucket;
    *bucket = membership;
    if (++groups->membership_count > groups->membership_mask)
        grow_memberships(groups);
}

/* ---- scopes ---- */

static struct groups *make(struct vm *vm, const char *id)
{
    struct groups *groups = memory_zeroed(sizeof *groups, "a scope of process groups");
    groups->vm = vm;
    groups->id = memory_string(id, "a scope of process groups");
    groups->broker = broker_new(vm, "pg");
    pthread_mutex_init(&groups->lock, NULL);
    groups->groups = memory_zeroed(FIRST_BUCKETS * sizeof *groups->groups, "a scope of process groups");
    groups->memberships = memory_zeroed(FIRST_BUCKETS * sizeof *groups->memberships, "a scope of process groups");
    groups->group_mask = groups->membership_mask = FIRST_BUCKETS - 1;
    return groups;
}

struct groups *groups_find(struct vm *vm, const char *id, size_t length)
{
    /* acquire pairs with the release in groups_new: who sees a scope sees it whole */
    struct groups *groups = atomic_load_explicit(&vm->groups, memory_order_acquire);
    while (groups && (strlen(groups->id) != length || memcmp(groups->id, id, length) != 0))
        groups = groups->next;
    return groups;
}

struct groups *groups_new(struct vm *vm, const char *id, const struct groups_limits *limits)
{
    pthread_mutex_lock(&vm->lock);
    struct groups *groups = groups_find(vm, id, strlen(id));
    if (!groups) {
        groups = make(vm, id);
        groups->next = atomic_load_explicit(&vm->groups, memory_order_relaxed);
        atomic_store_explicit(&vm->groups, groups, memory_order_release); /* pairs with groups_find */
    }
    pthread_mutex_unlock(&vm->lock);
    pthread_mutex_lock(&groups->lock);
    groups->limits = *limits;
    pthread_mutex_unlock(&groups->lock);
    return groups;
}

void group_unref(struct group *group)
{
    /* the release of each holder pairs with the acquire of the one that frees */
    if (atomic_fetch_sub_explicit(&group->refs, 1, memory_order_acq_rel) != 1)
        return;
    members_unref(group->members);
    free(group);
}

static void free_groups(struct groups *groups)
{
    broker_free(groups->broker);
    for (uint32_t i = 0; i <= groups->group_mask; i++)
        for (struct group *group = groups->groups[i], *next; group; group = next) {
            next = group->next;
            group_unref(group);
        }
    free(groups->groups);
    free(groups->memberships);
    pthread_mutex_destroy(&groups->lock);
    free(groups->id);
    free(groups);
}

void groups_free_all(struct vm *vm)
{
    for (struct groups *groups = atomic_load(&vm->groups), *next; groups; groups = next) {
        next = groups->next;
        free_groups(groups);
    }
}

const char *groups_id(const struct groups *groups)
{
    return groups->id;
}

struct broker *groups_broker(const struct groups *groups)
{
    return groups->broker;
}

uint32_t groups_monitor_buffer(struct groups *groups)
{
    pthread_mutex_lock(&groups->lock);
    uint32_t capacity = groups->limits.monitor_buffer;
    pthread_mutex_unlock(&groups->lock);
    return capacity;
}

bool groups_is_running(struct groups *groups)
{
    pthread_mutex_lock(&groups->lock);
    bool is_running = groups->is_running;
    pthread_mutex_unlock(&groups->lock);
    return is_running;
}

void groups_start(struct groups *groups)
{
    pthread_mutex_lock(&groups->lock);
    groups->is_running = true;
    pthread_mutex_unlock(&groups->lock);
}

/* ---- looking ---- */

/* Under the lock. */
static struct members *members_of(struct groups *groups, struct groups_name name)
{
    struct group *group = *groups_find_group(groups, name, groups_hash(name));
    return group ? members_ref(group->members) : NULL;
}

struct members *groups_members(struct groups *groups, struct groups_name name)
{
    pthread_mutex_lock(&groups->lock);
    struct members *members = members_of(groups, name);
    pthread_mutex_unlock(&groups->lock);
    return members;
}

static struct groups_list *list_all(struct groups *groups)
{
    struct groups_list *list = malloc(sizeof *list + groups->group_count * sizeof list->items[0]);
    if (!list)
        return NULL;
    list->count = 0;
    for (uint32_t i = 0; i <= groups->group_mask; i++)
        for (struct group *group = groups->groups[i]; group; group = group->next) {
            atomic_fetch_add_explicit(&group->refs, 1, memory_order_relaxed);
            list->items[list->count++] = (struct groups_item){group, members_ref(group->members)};
        }
    return list;
}

struct groups_list *groups_list(struct groups *groups)
{
    pthread_mutex_lock(&groups->lock);
    struct groups_list *list = list_all(groups);
    pthread_mutex_unlock(&groups->lock);
    return list;
}

void groups_list_free(struct groups_list *list)
{
    for (size_t i = 0; list && i < list->count; i++) {
        members_unref(list->items[i].members);
        group_unref(list->items[i].group);
    }
    free(list);
}

struct groups_name groups_item_name(const struct groups_item *item)
{
    return group_name(item->group);
}

enum groups_answer groups_monitor(struct groups *groups, struct feed *feed, struct groups_name name,
                                  struct members **members)
{
    pthread_mutex_lock(&groups->lock);
    enum groups_answer answer = groups->is_running ? GROUPS_OK : GROUPS_STOPPED;
    if (answer == GROUPS_OK) {
        feed_open(feed);
        *members = members_of(groups, name);
    }
    pthread_mutex_unlock(&groups->lock);
    return answer;
}

enum groups_answer groups_monitor_all(struct groups *groups, struct feed *feed, struct groups_list **list)
{
    pthread_mutex_lock(&groups->lock);
    enum groups_answer answer = groups->is_running ? GROUPS_OK : GROUPS_STOPPED;
    if (answer == GROUPS_OK) {
        feed_open(feed);
        *list = list_all(groups);
    }
    pthread_mutex_unlock(&groups->lock);
    return answer;
}
