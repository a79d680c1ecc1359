/* SPDX-License-Identifier: MIT */
/*
 * system: the module of system*.c, and what it needs of the application host. Functions of struct system_source may be called on any thread,
 * several at a time.
 */
#ifndef STDLIB_SYSTEM_H
#define STDLIB_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/lazy.h"

/* A supervised service. */
struct system_service {
    char id[256];
    const char *status, *desired; /* unknown starting running stopping stopped exited failed */
    uint32_t retries;
    int64_t updated_ns, started_ns; /* since the epoch; 0: never */
    char details[480];              /* why it failed, or "" */
};

struct system_source {
    void *ctx;
    const char *node; /* what this node is called */
    /* Begins an orderly shutdown that ends with this exit status; a later call does not change it. */
    void (*exit)(void *ctx, int64_t code);
    /* The service of that id; number `index` in start order. False: there is none. */
    bool (*find_service)(void *ctx, const char *id, struct system_service *out);
    bool (*service_at)(void *ctx, size_t index, struct system_service *out);
};

extern const struct lazy_entry std_system_entries[];

#endif
