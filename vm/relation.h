/* SPDX-License-Identifier: MIT */
/*
 * relation: who watches whom. A process keeps three sets: its watchers (they get EXIT), the processes it monitors, and its links. Requests and
 * notices travel as messages; both ends keep an id, and a notice whose id is no longer in the receiver's set is dropped. So nothing arrives
 * after unmonitor or unlink has returned, and nobody waits for an answer.
 *
 * Ids are unique in a VM, and grow with time: when both sides link at once each sees two ids and keeps the greater, and a link that is made anew
 * replaces what may be left of an older one.
 */
#ifndef VM_RELATION_H
#define VM_RELATION_H

#include <stdbool.h>
#include <stdint.h>

struct buffer;
struct message;
struct process;
struct vm;

struct relation {
    uint64_t pid;
    uint64_t id;
};

struct relation_table {
    uint32_t count, capacity;
    uint32_t deleted;
    uint32_t scan; /* relation_take: everything before it is gone */
    struct relation items[];
};

/*
 * A set of pairs with different pids. All zero: empty, as most sets of most processes are. Most others have one pair, which needs no memory of
 * its own; from the second on there is a table until the set is empty again.
 */
enum { RELATION_TABLE = 1 /* a pid that no process has */ };
struct relation_set {
    union {
        struct relation one;
        struct {
            uint64_t pid; /* 0: empty; RELATION_TABLE: many; else it is one */
            struct relation_table *table;
        };
    };
};

uint32_t relation_count(const struct relation_set *set);
void relation_set_destroy(struct relation_set *set);
struct relation *relation_find(struct relation_set *set, uint64_t pid);
void relation_put(struct relation_set *set, uint64_t pid, uint64_t id);    /* replaces the entry of that pid */
bool relation_remove(struct relation_set *set, uint64_t pid, uint64_t id); /* id 0: any */
bool relation_take(struct relation_set *set,
                   struct relation *out); /* removes some entry, false: empty; nothing is put meanwhile */

/* ---- what the running process asks for ---- */

enum relation_answer { RELATION_OK, RELATION_DEAD, RELATION_EXISTS };

enum relation_answer relation_monitor(struct process *process, uint64_t pid);
void relation_unmonitor(struct process *process, uint64_t pid);
enum relation_answer relation_link(struct process *process, uint64_t pid);
void relation_unlink(struct process *process, uint64_t pid);

/* At drain: MONITOR, UNMONITOR, LINK, UNLINK, LINK_GONE for a live process. Takes the message. */
void relation_handle(struct process *process, struct message *message);

/* A MONITOR or LINK for a process that was gone before it came: tells its sender so (EXIT, LINK_GONE). Borrows the message. */
void relation_answer_dead(struct vm *vm, const struct message *request);

/* At drain: may this EXIT or LINK_DOWN be seen? Removes the entry from the set if so. */
bool relation_accept(struct process *process, const struct message *message);

#endif
