/* SPDX-License-Identifier: MIT */
/*
 * processhost: the kinds process.host and terminal.host as services: groups of processes with limits.
 *
 *   host:                   # all optional; workers, queue_size and local_queue_size are accepted and shown only
 *     max_processes: 1000
 *     memory_limit: 64M     # of each process
 *     mailbox_limit: 10000  # messages waiting per process
 *
 * Stopping: no new processes, CANCEL `scheduler shutdown` to all, and the service has ended when the last one has.
 */
#ifndef HOST_PROCESSHOST_H
#define HOST_PROCESSHOST_H

#include <stdbool.h>

struct actor;
struct entry;
struct problems;
struct service_driver;
struct vm_host;

struct processhost;

/* Opens the host group in the VM, stopped. NULL: too many hosts, which is reported. */
struct processhost *processhost_new(struct actor *actor, const struct entry *entry, struct problems *problems);
void processhost_free(struct processhost *host);

struct vm_host *processhost_group(const struct processhost *host);
const struct entry *processhost_entry(const struct processhost *host);

/* The object of its services is the struct processhost. */
const struct service_driver *processhost_driver(void);

#endif
