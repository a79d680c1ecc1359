/* SPDX-License-Identifier: MIT */
/*
 * names: registered names of one node: text -> PID. A name belongs to a process and goes when it exits, before anybody hears of
 * the exit. Any thread.
 */
#ifndef VM_NAMES_H
#define VM_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct names;
struct process;
struct vm;

struct names *names_new(void);
void names_free(struct names *names);

enum { NAMES_MAX = 10000, NAMES_LENGTH_MAX = 1024 };
enum names_answer { NAMES_OK, NAMES_TAKEN, NAMES_DEAD, NAMES_FULL };

/*
 * OK also when that PID has the name already; TAKEN: another has it; DEAD: no process of that PID, or it is ending; FULL: it has NAMES_MAX.
 * Names lie in no heap, so only these limits keep one process from taking all memory; the caller sees to the length.
 */
enum names_answer names_register(struct vm *vm, const char *name, size_t length, uint64_t pid);

/* The PID, 0: not registered. */
uint64_t names_lookup(struct names *names, const char *name, size_t length);

/* True if it was registered. */
bool names_unregister(struct vm *vm, const char *name, size_t length);

/* The process is ending: no more names for it, and all it has are gone on return. */
void names_close(struct process *process);

#endif
