/* SPDX-License-Identifier: MIT */
/*
 * announce: what the host tells on the event bus: how services change, and when their processes come and go. stdlib/events.c has the table of
 * these events. Each call costs one look when nobody has subscribed to anything. In the supervisor's actor.
 */
#ifndef HOST_ANNOUNCE_H
#define HOST_ANNOUNCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/service.h"

struct entry;
struct vm;

/* The service has another state now than before. */
void announce_service(struct vm *vm, const struct service *service, enum service_state previous);

/* The process `pid` that runs for a process.service. */
void announce_process_started(struct vm *vm, const struct entry *service, uint64_t pid);

/* error: why it failed, not NUL ended; NULL: it ended without failure. */
void announce_process_exited(struct vm *vm, const struct entry *service, uint64_t pid, const char *error,
                             size_t error_length);

#endif
