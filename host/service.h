/* SPDX-License-Identifier: MIT */
/*
 * service: one supervised entry, and what a kind of service must be able to do. The supervisor drives; drivers report back.
 *
 *   unknown -> starting -> running -> stopping -> stopped
 *                 |           |           `-----> failed (stop timeout)
 *                 |           +---> exited (normal end, or a failure that is never retried)
 *                 +-----------+---> failed -> (delay) -> starting
 *
 * All of it runs in the supervisor's actor: one call at a time.
 */
#ifndef HOST_SERVICE_H
#define HOST_SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/lifecycle.h"

struct entry;
struct service;
struct supervisor;

enum service_state {
    SERVICE_UNKNOWN,
    SERVICE_STARTING,
    SERVICE_RUNNING,
    SERVICE_STOPPING,
    SERVICE_STOPPED,
    SERVICE_EXITED,
    SERVICE_FAILED
};

/* What a kind of service does. Each call may report back (service_started, …) before it returns. */
struct service_driver {
    /* Ends in service_started or service_failed. */
    void (*start)(struct service *service);
    /* Asks a running service to end; ends in service_ended or service_failed. */
    void (*stop)(struct service *service);
    /* Ends it at once, without asking; also a service that is still starting. Nothing is reported any more. */
    void (*kill)(struct service *service);
};

enum service_timer { SERVICE_TIMER_NONE, SERVICE_TIMER_START, SERVICE_TIMER_STOP, SERVICE_TIMER_RETRY };

struct service {
    struct supervisor *supervisor;
    const struct entry *entry;
    const struct service_driver *driver;
    void *object; /* the driver's own */
    struct lifecycle lifecycle;
    size_t index;           /* in start order */
    struct service **needs; /* services earlier in that order */
    size_t need_count, need_capacity;
    enum service_state state;
    enum service_state told; /* the state others were told of last */
    _Atomic bool wanted;     /* should be running; read by others too */
    bool settled;            /* has been running or has failed once: the boot does not wait for it any more */
    bool has_given_up;       /* failed or exited for good */
    uint32_t attempts;       /* restarts since it was last stable */
    uint64_t started_ns;
    enum service_timer timer;
    uint64_t timer_id;
    char *message; /* why it failed last, or NULL */
};

/* "running"; the words that inspection shows. */
const char *service_state_name(enum service_state state);

/* Starting, running, stopping, or failed with a restart to come: something is going on or will. */
bool service_is_active(const struct service *service);

/* ---- called by drivers ---- */

void service_started(struct service *service);

/* It ended without failure: by itself (exited) or because it was asked to (stopped). */
void service_ended(struct service *service);

/* It could not start, or ended with a failure. may_retry false: the restart policy does not apply. */
void service_failed(struct service *service, bool may_retry, const char *message);

#endif
