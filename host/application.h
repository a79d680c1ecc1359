/* SPDX-License-Identifier: MIT */
/*
 * application: what is in an application's directory: entries, their order, and what is wrong with them. Read once, before
 * anything runs.
 */
#ifndef HOST_APPLICATION_H
#define HOST_APPLICATION_H

#include "host/decode.h"
#include "host/entry.h"
#include "host/lockfile.h"
#include "host/module.h"
#include "host/order.h"
#include "host/problem.h"

struct configuration;
struct env;

struct application {
    struct lockfile lockfile;
    struct modules modules;
    struct entries entries; /* as they are written: what the registry shows */
    struct env *env;
    struct decoded decoded; /* as those see them who run them */
    struct order order;
    struct problems problems;
};

struct application_request {
    const struct configuration *configuration;
    char *const *overrides; /* -o */
    size_t override_count;
    const char *lock_file; /* NULL: the one that is there, if any */
    struct log *log;       /* gets the problems as they come */
};

/*
 * Loads the application in the working directory. 0, or -1 and *message (the caller frees it) when there is none, or the configuration
 * asks for what cannot be. application_free in any case.
 */
int application_load(struct application *application, const struct application_request *request, char **message);
void application_free(struct application *application);

/* Is there something that runs such entries, or are they meant to be only stored? Unknown ones are reported, once a kind. */
void application_check_kinds(struct application *application);

#endif
