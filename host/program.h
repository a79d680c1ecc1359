/* SPDX-License-Identifier: MIT */
/*
 * program: the compiled code of every process.lua and function.lua entry: its own chunk and those of the library.lua entries it imports; and what
 * else a call needs: the pool of a function, the host of a process that may be called. Built once before the VM starts; afterwards only
 * read, so spawns and calls resolve an id on any worker without a lock.
 */
#ifndef HOST_PROGRAM_H
#define HOST_PROGRAM_H

#include <stddef.h>

#include "vm/vm.h"

struct call_options;
struct code;
struct entries;
struct entry;
struct library;
struct pool;
struct problems;

struct program {
    struct code *code;              /* NULL: it cannot be built */
    struct vm_error error;          /* why, for who spawns it */
    char *problem;                  /* why, for people: with file, line and entry */
    const struct entry *unreadable; /* whose source does not parse: the reason of that; or NULL */
    struct pool *pool;              /* of a function */
    char *default_host;             /* of a process that may be called; else NULL */
    struct call_options *options;   /* of calls, NULL: none */
    bool is_process;                /* can be spawned, if it can be built */
};

struct programs {
    const struct entries *entries;
    struct vm *vm;
    struct program **items; /* by position in the entry table; NULL for other kinds */
};

/* Builds them all. What is wrong with one is reported as an error and kept as the answer to attempts to spawn it. */
void programs_build(struct programs *programs, struct vm *vm, const struct entries *entries,
                    const struct library *libraries, struct problems *problems);
void programs_free(struct programs *programs);

/* Why the process entry cannot be spawned, NULL if it can. */
const char *programs_problem(const struct programs *programs, const struct entry *entry);

/* The same for who shows sources that do not parse in full: if that is why, *unreadable is set to the one. The caller frees it. */
char *programs_refusal(const struct programs *programs, const struct entry *entry, const struct entry **unreadable);

/* An error met while loading the process entry, with file, line and entry; the caller frees it. */
char *programs_explain(const struct programs *programs, const char *id, const char *message);

/* vm_config.resolve with the struct programs as ctx. */
int programs_resolve(void *ctx, const char *id, size_t length, struct code **out, struct vm_error *error);

/* vm_config.resolve_call, likewise. */
int programs_resolve_call(void *ctx, const char *id, size_t length, struct call_target *out, struct vm_error *error);

/* Makes the states that functions want to have ready. On a worker. */
void programs_warm(const struct programs *programs);

/* vm_config.kind_of, the same way. */
bool programs_kind_of(void *ctx, const char *id, size_t length, char *kind, size_t size);

#endif
