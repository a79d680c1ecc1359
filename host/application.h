/* SPDX-License-Identifier: MIT */
/*
 * application: what is in an application's directory: entries, their order, and what is wrong with them. Read once, before
 * anything runs.
 */
#ifndef HOST_APPLICATION_H
#define HOST_APPLICATION_H

#include "host/entry.h"
#include "host/lockfile.h"
#include "host/order.h"
#include "host/problem.h"

struct application {
    struct lockfile lockfile;
    struct entries entries;
    struct order order;
    struct problems problems;
};

/*
 * Loads the application in the working directory; `log` gets the problems as they come. 0, or -1 and *message (the caller frees it)
 * when there is none. application_free in any case.
 */
int application_load(struct application *application, struct log *log, char **message);
void application_free(struct application *application);

/* Is there something that runs such entries, or are they meant to be only stored? Unknown ones are reported, once a kind. */
void application_check_kinds(struct application *application);

#endif
