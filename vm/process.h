/* SPDX-License-Identifier: MIT */
/*
 * process: an identity (slot, PID, mailbox, names, links, monitors, timers, operations) that runs on a state. See process.c for its
 * phases. Functions here are called on the worker that runs the process unless they say otherwise.
 */
#ifndef VM_PROCESS_H
#define VM_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

struct process;
struct vm;
struct vm_error;
struct vm_host;

uint64_t process_pid(const struct process *process);
const char *process_pid_text(const struct process *process);
const char *process_entry_id(const struct process *process);

/* What the spawner gave as the terminal (struct terminal of stdlib/io), NULL: none. */
void *process_terminal(const struct process *process);

/* ---- by PID, any thread ---- */

/* Writes "{host|0x…}" (NUL ended); returns the length. "" for 0. */
size_t process_format_pid(struct vm *vm, uint64_t pid, char text[static 384]);

/* The PID; 0 if the text is no PID; -1: PID syntax but no such host. Alive or not is not looked at. */
int64_t process_parse_pid(struct vm *vm, const char *text, size_t length);

/* For a text in the form of a PID, "{host|…}", whatever is behind the bar: a PID that nobody has, -1: no such host; 0: another form. */
int64_t process_parse_nobody(struct vm *vm, const char *text, size_t length);

/* Is there a live process of that PID at this moment? */
bool process_is_alive(struct vm *vm, uint64_t pid);

/* Does the PID name the call of a function, alive or not? */
bool process_is_function(struct vm *vm, uint64_t pid);

/* CANCEL event with a reason (copied). False: no such process, or far too many wait there. `from` 0: the system, never too many. */
bool process_send_cancel(struct vm *vm, uint64_t from, uint64_t to, const char *reason, size_t length);

/* Ends it: failure `process terminated`. False: no such process. */
bool process_send_terminate(struct vm *vm, uint64_t to);

/* A user message; data is an encoding of vm/codec.h and is copied. 0, -ESRCH (no such process), -ENOBUFS (receiver over its limits). */
int process_send_encoded(struct vm *vm, uint64_t from, uint64_t to, const char *topic, size_t topic_length,
                         const void *data, size_t length);

/* The same with one body for many receivers. */
struct buffer;
int process_send_shared(struct vm *vm, uint64_t from, uint64_t to, const char *topic, size_t topic_length,
                        struct buffer *body);

/* PID registered under a name, 0: none. */
uint64_t process_lookup_name(struct vm *vm, const char *name, size_t length);

/* ---- inspection ---- */

struct process_info {
    uint64_t pid, parent, steps, started_wall_ns, messages_waiting;
    size_t memory;
    char entry[160];
    const char *state; /* ready running blocked idle complete */
};

/* For loops over all processes in pieces: slots below process_slots may hold one. False: none there now, or not of that host (NULL: any). Any thread. */
uint32_t process_slots(struct vm *vm);
bool process_at(struct vm *vm, uint32_t slot, const struct vm_host *host, struct process_info *info);

/* Calls `visit` for every live process of the host (NULL: all). Any thread; a snapshot of each at some moment during the call. */
void process_visit(struct vm *vm, const char *host, void (*visit)(void *ctx, const struct process_info *info),
                   void *ctx);

#endif
