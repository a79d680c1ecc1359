/* SPDX-License-Identifier: MIT */
/*
 * processservice: the kind process.service: one supervised process.
 *
 *   process: ns:entry     # process.lua to run
 *   host: ns:entry        # process.host to run it on
 *   input: [1, two]       # its arguments
 *
 * Running once the process has loaded. It stops by CANCEL `service stopping`. On a terminal.host the process has the terminal, and the
 * program ends when it does.
 */
#ifndef HOST_PROCESSSERVICE_H
#define HOST_PROCESSSERVICE_H

struct actor;
struct console;
struct entries;
struct entry;
struct programs;
struct service_driver;
struct processservice;

/* All borrowed. What is missing is found when it starts. */
struct processservice *processservice_new(struct actor *actor, const struct console *console,
                                          const struct entries *entries, struct programs *programs,
                                          const struct entry *entry);
void processservice_free(struct processservice *service);

/* The object of its services is the struct processservice. */
const struct service_driver *processservice_driver(void);

#endif
