/* SPDX-License-Identifier: MIT */
/*
 * groups: process groups (spec actor-core 9). A `struct groups` is one scope: named groups of processes, each of which may have joined a group
 * several times. A process leaves all its groups when it ends, before anybody hears of that.
 *
 * Changes are events of the scope's broker (subject: the group; kinds member.joined, member.left), queued in the order of the changes
 * under the scope's lock. So what groups_monitor gives and the events that follow fit together exactly.
 *
 * Functions on a scope: any thread; those that take a process: the worker that runs it. Scopes live as long as the VM.
 */
#ifndef VM_GROUPS_H
#define VM_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct broker;
struct feed;
struct groups;
struct members;
struct process;
struct vm;

enum {
    GROUPS_NAME_MAX = 1024,   /* bytes of a group's name */
    GROUPS_BATCH_MAX = 1000,  /* groups in one join or leave */
    GROUPS_JOINS_MAX = 10000, /* of one process in one group */
};

struct groups_limits {
    uint32_t max_groups;            /* 0: none */
    uint32_t max_members_per_group; /* counted as joins; 0: none */
    uint32_t monitor_buffer;        /* capacity of subscription channels */
};

/* Makes the scope, or gives a stopped one of that id new limits; starts stopped. */
struct groups *groups_new(struct vm *vm, const char *id, const struct groups_limits *limits);
struct groups *groups_find(struct vm *vm, const char *id, size_t length);
void groups_free_all(struct vm *vm); /* for vm_free */

/* Stopping takes everybody out of all groups. */
void groups_start(struct groups *groups);
void groups_stop(struct groups *groups);

const char *groups_id(const struct groups *groups);
struct broker *groups_broker(const struct groups *groups);
uint32_t groups_monitor_buffer(struct groups *groups);
bool groups_is_running(struct groups *groups);

/* ---- membership ---- */

struct groups_name {
    const char *text;
    size_t length;
};

enum groups_answer {
    GROUPS_OK,
    GROUPS_STOPPED,
    GROUPS_TOO_MANY,     /* max_groups */
    GROUPS_FULL,         /* max_members_per_group */
    GROUPS_TOO_OFTEN,    /* GROUPS_JOINS_MAX */
    GROUPS_NOT_A_MEMBER, /* of any of them */
};

/* Joins all of them or none; *refused: the number of the name that was one too many. */
enum groups_answer groups_join(struct groups *groups, struct process *process, const struct groups_name *names,
                               unsigned count, unsigned *refused);

/* Leaves those it is in, each once per name. */
enum groups_answer groups_leave(struct groups *groups, struct process *process, const struct groups_name *names,
                                unsigned count);

/* The process is ending: leaves everything, at most about `most` joins; false while more are left. */
bool groups_leave_some(struct process *process, unsigned most);

/* ---- looking ---- */

/* A reference to the members of the group (vm/members.h); NULL: it has none. */
struct members *groups_members(struct groups *groups, struct groups_name name);

/* All groups that have members, at one moment. */
struct groups_list {
    size_t count;
    struct groups_item {
        struct group *group; /* one reference, for groups_item_name */
        struct members *members;
    } items[];
};

/* NULL: out of memory. */
struct groups_list *groups_list(struct groups *groups);
void groups_list_free(struct groups_list *list); /* NULL is allowed */
struct groups_name groups_item_name(const struct groups_item *item);

/* Opens the feed and looks at the group, at one moment. *members as from groups_members. */
enum groups_answer groups_monitor(struct groups *groups, struct feed *feed, struct groups_name name,
                                  struct members **members);

/* The same for all groups. *list: as from groups_list; if that is NULL the feed is open nevertheless. */
enum groups_answer groups_monitor_all(struct groups *groups, struct feed *feed, struct groups_list **list);

#endif
