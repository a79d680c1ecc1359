/* SPDX-License-Identifier: MIT */
/*
 * process_struct: the fields of a process, for the files of vm/ that work on them.
 *
 *   LOADING --entry point found--> RUNNING --ended, failed or doomed--> EXITING --last step--> slot released
 *      \--load error: EXITING without an EXIT to the spawner: its spawn has failed
 *
 * Heap and state are made when it first runs, on the worker that runs it: what is only queued needs no memory for them, and what starts finds
 * them in the cache. Until then a mark for death, the pool and charges are kept here.
 *
 * A function call is such a process too, begun RUNNING on a state that has served calls before, if there is one. Its state outlives it
 * unless it was marked for death or failed outside of the entry point.
 *
 * I1  All fields are used only by the thread that holds the task RUNNING, except those marked.
 */
#ifndef VM_PROCESS_STRUCT_H
#define VM_PROCESS_STRUCT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

#include "sched/base/list.h"
#include "vm/feed.h"
#include "vm/relation.h"
#include "vm/router.h"
#include "vm/slot.h"

struct call;
struct code;
struct context;
struct delta;
struct heap;
struct name;
struct pool;
struct state;
struct template;
struct vm_host;

enum process_naming { PROCESS_UNNAMED, PROCESS_NAMED, PROCESS_CLOSED };
enum process_phase { PROCESS_LOADING, PROCESS_RUNNING, PROCESS_EXITING };
enum exit_step {
    EXIT_NAMES,
    EXIT_GROUPS,
    EXIT_FEEDS,
    EXIT_MAILBOX,
    EXIT_WATCHERS,
    EXIT_LINKS,
    EXIT_RESOURCES,
    EXIT_CALL,
    EXIT_HEAP
};

/* So many bytes of arguments lie in the process, which has room for them, and not in memory that one worker takes and another gives back. */
enum { PROCESS_SMALL_ARGS = 39 };

struct process {
    /* What a slice that receives and sends touches comes first: SLOT_OWNER_HOT bytes. */
    struct vm *vm;
    struct slot *slot;
    uint64_t pid;
    struct heap *heap; /* NULL, as is state: not yet made, given back to the pool, or what is left of them is `delta` */
    struct state *state;
    struct vm_host *host;
    _Atomic uint64_t steps; /* written by the runner, read by inspection, as all that is shown */
    _Atomic uint32_t shown_waiting;
    _Atomic uint8_t shown; /* enum process_shown */
    uint8_t phase;         /* enum process_phase */
    uint8_t exit_step;     /* enum exit_step */
    bool failed : 1;
    bool silent : 1;    /* load failed: the spawner has been told */
    bool measured : 1;  /* see process_measure */
    bool keeps : 1;     /* its state goes back to the pool */
    bool is_placed : 1; /* see vm_host_enter */
    bool stayed : 1;    /* has been looked at once for hibernate.h, and stayed where it is */
    _Atomic uint64_t shown_memory;
    struct router router;

    _Atomic uint64_t parent; /* set once, read by inspection */
    struct code *code;       /* one reference */
    struct context *context; /* one reference, NULL: none */
    struct context *options; /* of its spawn: one reference, NULL: none */
    char *pid_text;          /* made when asked for */
    void *terminal;
    struct feed_table *feeds; /* NULL: it has never had any */
    struct relation_set watchers, monitors, links;
    struct list timers, operations, handles;
    struct list memberships; /* in process groups */
    struct name *names;      /* under the names lock */
    struct buffer *result;   /* encoding of {value, error}; NULL until it ends */
    struct loading *loading; /* who waits for the end of load, NULL: nobody */
    struct message *endings; /* who waits for its end (vm/ending.h) */
    struct call *call;       /* who waits for the result, NULL: nobody */
    struct pool *pool;       /* whose calls the state that is to be made will serve; NULL: none */
    struct template *lodged; /* it is in a window, or hibernates, as a clone of that; NULL: it has a heap like others */
    struct delta *delta;     /* what is left of heap and state while it hibernates, else NULL */
    struct buffer *args;     /* encoded arguments until the entry point starts, if not in small_args; NULL: none */
    uint64_t started_ns;     /* of the clock of the scheduler */
    uint32_t context_charge; /* what context and options count for in the heap */
    uint8_t doom;            /* enum death, for the state that is to be made */
    _Atomic uint8_t naming;  /* enum process_naming: see names.c */
    bool trap_links, upgradable;
    uint8_t small_args_length; /* 0: none */
    unsigned char small_args[PROCESS_SMALL_ARGS];
};

enum process_shown { SHOWN_READY, SHOWN_RUNNING, SHOWN_BLOCKED, SHOWN_IDLE, SHOWN_COMPLETE };

/* Drains the mailbox: user messages and events to the router, signals act. Wakes fibers whose channel has got something. */
void process_drain_mail(struct process *process);

static inline void process_drain(struct process *process)
{
    if (slot_has_mail(process->slot))
        process_drain_mail(process);
}

/* Ends a message that met a reused slot: it was for somebody who is gone. By the owner of the slot. */
void process_drop_stray(struct vm *vm, struct slot *slot, struct message *message);

/* Who waits for the end of a load that was not over in its first slice, or was begun by C. Embedded in something larger. */
struct loading {
    /* On the worker that ran the child's load. `result` (borrowed): NULL when it loaded, else the encoded {nil, error}. May free the struct. */
    void (*done)(struct loading *loading, struct process *child, struct buffer *result);
};

/* Runs the load of a new process, held RUNNING by the caller, for one slice. */
enum load_outcome { LOAD_DONE, LOAD_MORE, LOAD_FAILED };
enum load_outcome process_load_slice(struct process *process);

/* Gives a process held RUNNING to the scheduler, runnable. The second one: before others of this worker. */
void process_release(struct process *process);
void process_release_next(struct process *process);

/* When it goes idle for the first time, or ends: its template learns how large its heap has become and, if it is at rest, what it uses. */
void process_measure(struct process *process, bool is_at_rest);

/* The task callback. */
enum task_verdict process_run(struct task *task);

#endif
