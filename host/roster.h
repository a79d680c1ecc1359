/* SPDX-License-Identifier: MIT */
/*
 * roster: turns the entries of an application into services of the supervisor: which kinds are services, and which services
 * need which others, also through entries in between that are none (a service names a process, the process depends on a host).
 */
#ifndef HOST_ROSTER_H
#define HOST_ROSTER_H

#include <stddef.h>

struct actor;
struct application;
struct console;
struct entry;
struct processhost;
struct programs;
struct service;
struct supervisor;

struct roster {
    struct application *application;
    const struct console *console;
    struct service **services; /* by position in the entry table; NULL: no service */
};

/* Adds all services in start order. */
void roster_fill(struct roster *roster, struct application *application, struct supervisor *supervisor,
                 struct actor *actor, struct programs *programs, const struct console *console);

/* The objects of the services; the supervisor frees the services themselves. Before supervisor_destroy. */
void roster_destroy(struct roster *roster);

/* The service of the entry, NULL: none. */
struct service *roster_find(const struct roster *roster, const struct entry *entry);

#endif
