/* SPDX-License-Identifier: MIT */
/*
 * processhost: the kinds process.host and terminal.host as services: groups of processes with limits.
 *
 *   host:                   # all optional; workers, queue_size and local_queue_size are accepted and shown only
 *     max_processes: 1000
 *     memory_limit: 64M     # of each process
 *     mailbox_limit: 10000  # messages waiting per process
 *
 * A terminal.host takes one process at a time and lends it the terminal:
 *
 *   hide_logs: true         # no logs while a process has the terminal
 *
 * Stopping: no new processes, CANCEL `scheduler shutdown` to all, and the service has ended when the last one has.
 */
#ifndef HOST_PROCESSHOST_H
#define HOST_PROCESSHOST_H

#include <stdbool.h>

struct actor;
struct console;
struct entry;
struct problems;
struct service_driver;
struct vm_host;

struct processhost;

/* Opens the host group in the VM, stopped. NULL: too many hosts, which is reported. The console is that of terminal hosts. */
struct processhost *processhost_new(struct actor *actor, const struct console *console, const struct entry *entry,
                                    struct problems *problems);
void processhost_free(struct processhost *host);

struct vm_host *processhost_group(const struct processhost *host);
const struct entry *processhost_entry(const struct processhost *host);
bool processhost_is_terminal(const struct processhost *host);

/* A process of the terminal host has the terminal now, or not any more: logs are hidden meanwhile, if that is asked for. Calls with `on` do not nest. */
void processhost_attach(struct processhost *host, bool on);

/* The object of its services is the struct processhost. */
const struct service_driver *processhost_driver(void);

#endif
