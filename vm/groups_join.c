/* SPDX-License-Identifier: MIT */
/*
 * groups_join: joining and leaving process groups (vm/groups.h), and the events about it. All of it under the lock of the scope; the events go
 * into the queue of its broker there, so they have the order of the changes.
 */
#include <stdlib.h>
#include <string.h>

#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "vm/broker.h"
#include "vm/buffer.h"
#include "vm/codec.h"
#include "vm/groups_struct.h"
#include "vm/heap.h"
#include "vm/members.h"
#include "vm/pid.h"
#include "vm/process.h"
#include "vm/process_struct.h"

/* ---- events ---- */

static bool put_event(struct codec_bytes *event, const char *kind, struct groups_name name, const char *pid,
                      uint32_t joins)
{
    bool ok = codec_begin(event, 4) && codec_put_string(event, "pg", 2) &&
              codec_put_string(event, kind, strlen(kind)) && codec_put_string(event, name.text, name.length) &&
              codec_put_table(event, 0, 2) && codec_put_string(event, "Group", 5) &&
              codec_put_string(event, name.text, name.length) && codec_put_string(event, "PIDs", 4) &&
              codec_put_table(event, joins, 0);
    size_t length = strlen(pid);
    for (uint32_t i = 0; ok && i < joins; i++)
        ok = codec_put_string(event, pid, length);
    return ok;
}

static struct broker_text text_of(const struct buffer *body, int index)
{
    struct codec_view view = {0};
    codec_view(body->bytes, body->length, index, &view); /* it is ours and whole */
    return (struct broker_text){view.string.data, view.string.length};
}

static void tell(struct groups *groups, const char *kind, struct groups_name name, uint64_t pid, uint32_t joins)
{
    struct codec_bytes event = {0};
    char text[PID_TEXT_MAX];
    if (!broker_is_heard(groups->broker))
        return;
    process_format_pid(groups->vm, pid, text);
    struct buffer *body = put_event(&event, kind, name, text, joins) ? buffer_new(event.length) : NULL;
    if (!body)
        memory_out(event.length, "an event of a process group");
    memcpy(body->bytes, event.data, event.length);
    codec_bytes_free(&event);
    broker_publish(groups->broker, body, text_of(body, 2), text_of(body, 1));
}

/* ---- join ---- */

static struct group *add_group(struct groups *groups, struct groups_name name, uint32_t hash)
{
    struct group *group = memory_alloc(sizeof *group + name.length, "a process group");
    *group = (struct group){.hash = hash, .length = (uint32_t)name.length, .members = members_new()};
    atomic_init(&group->refs, 1);
    memcpy(group->name, name.text, name.length);
    groups_hook_group(groups, group);
    return group;
}

static struct membership *add_membership(struct groups *groups, struct process *process, struct group *group)
{
    struct membership *membership = memory_alloc(sizeof *membership, "a member of a process group");
    *membership = (struct membership){.groups = groups, .group = group, .pid = process->pid};
    membership->charged = (uint32_t)(sizeof *membership + sizeof *group + group->length + sizeof(struct member));
    list_add_tail(&process->memberships, &membership->link);
    heap_charge(process->heap, membership->charged);
    groups_hook_membership(groups, membership);
    struct members *members = group->members = members_change(group->members, 1);
    membership->place = members->count++;
    members->items[membership->place] = (struct member){.pid = process->pid, .owner = membership};
    return membership;
}

static enum groups_answer join_one(struct groups *groups, struct process *process, struct groups_name name)
{
    const struct groups_limits *limits = &groups->limits;
    uint32_t hash = groups_hash(name);
    struct group *group = *groups_find_group(groups, name, hash);
    if (!group && limits->max_groups && groups->group_count >= limits->max_groups)
        return GROUPS_TOO_MANY;
    if (group && limits->max_members_per_group && group->joins >= limits->max_members_per_group)
        return GROUPS_FULL;
    struct membership *membership = group ? *groups_find_membership(groups, group, process->pid) : NULL;
    if (membership && group->members->items[membership->place].joins >= GROUPS_JOINS_MAX)
        return GROUPS_TOO_OFTEN;
    if (!group)
        group = add_group(groups, name, hash);
    if (!membership)
        membership = add_membership(groups, process, group);
    group->members = members_change(group->members, 0);
    group->members->items[membership->place].joins++;
    group->joins++;
    return GROUPS_OK;
}

/* ---- leave ---- */

static void remove_group(struct groups *groups, struct group *group)
{
    *groups_find_group(groups, group_name(group), group->hash) = group->next;
    groups->group_count--;
    group_unref(group);
}

/* Takes the membership out of the scope; the last member takes its place. */
static void unhook(struct groups *groups, struct membership *membership)
{
    struct group *group = membership->group;
    struct members *members = group->members = members_change(group->members, 0);
    *groups_find_membership(groups, group, membership->pid) = membership->next;
    groups->membership_count--;
    group->joins -= members->items[membership->place].joins;
    members->items[membership->place] = members->items[--members->count];
    members->items[membership->place].owner->place = membership->place;
    membership->group = NULL;
    if (members->count == 0)
        remove_group(groups, group);
}

static void free_membership(struct process *process, struct membership *membership)
{
    if (process->heap) /* else it could not be woken (vm/hibernate.h) */
        heap_charge(process->heap, -(ptrdiff_t)membership->charged);
    list_remove(&membership->link);
    free(membership);
}

static bool leave_one(struct groups *groups, struct process *process, struct groups_name name)
{
    struct group *group = *groups_find_group(groups, name, groups_hash(name));
    struct membership *membership = group ? *groups_find_membership(groups, group, process->pid) : NULL;
    if (!membership)
        return false;
    if (group->members->items[membership->place].joins > 1) {
        group->members = members_change(group->members, 0);
        group->members->items[membership->place].joins--;
        group->joins--;
        return true;
    }
    unhook(groups, membership);
    free_membership(process, membership);
    return true;
}

/* ---- membership ---- */

enum groups_answer groups_join(struct groups *groups, struct process *process, const struct groups_name *names,
                               unsigned count, unsigned *refused)
{
    pthread_mutex_lock(&groups->lock);
    enum groups_answer answer = groups->is_running ? GROUPS_OK : GROUPS_STOPPED;
    unsigned joined = 0;
    while (answer == GROUPS_OK && joined < count) {
        answer = join_one(groups, process, names[joined]);
        joined += answer == GROUPS_OK;
    }
    *refused = joined;
    if (answer == GROUPS_OK)
        for (unsigned i = 0; i < count; i++)
            tell(groups, "member.joined", names[i], process->pid, 1);
    else
        while (joined > 0)
            leave_one(groups, process, names[--joined]);
    pthread_mutex_unlock(&groups->lock);
    return answer;
}

enum groups_answer groups_leave(struct groups *groups, struct process *process, const struct groups_name *names,
                                unsigned count)
{
    pthread_mutex_lock(&groups->lock);
    enum groups_answer answer = groups->is_running ? GROUPS_NOT_A_MEMBER : GROUPS_STOPPED;
    for (unsigned i = 0; i < count && groups->is_running; i++)
        if (leave_one(groups, process, names[i])) {
            tell(groups, "member.left", names[i], process->pid, 1);
            answer = GROUPS_OK;
        }
    pthread_mutex_unlock(&groups->lock);
    return answer;
}

/* A member is out, whatever it wants. Under the lock. */
static uint32_t expel(struct groups *groups, struct membership *membership)
{
    struct group *group = membership->group;
    uint32_t joins = group->members->items[membership->place].joins;
    tell(groups, "member.left", group_name(group), membership->pid, joins);
    unhook(groups, membership);
    return joins;
}

bool groups_leave_some(struct process *process, unsigned most)
{
    unsigned left = most;
    while (left && !list_is_empty(&process->memberships)) {
        struct membership *membership = container_of(process->memberships.next, struct membership, link);
        struct groups *groups = membership->groups;
        pthread_mutex_lock(&groups->lock);
        uint32_t joins = membership->group ? expel(groups, membership) : 1;
        pthread_mutex_unlock(&groups->lock);
        free_membership(process, membership);
        left -= joins < left ? joins : left;
    }
    return list_is_empty(&process->memberships);
}

void groups_stop(struct groups *groups)
{
    pthread_mutex_lock(&groups->lock);
    groups->is_running = false;
    for (uint32_t i = 0; i <= groups->membership_mask; i++)
        while (groups->memberships[i])
            expel(groups, groups->memberships[i]);
    pthread_mutex_unlock(&groups->lock);
}
