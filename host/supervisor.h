/* SPDX-License-Identifier: MIT */
/*
 * supervisor: starts services in dependency order, restarts what fails, stops in reverse. It knows no VM: time, timers and the end of
 * boot and shutdown go through a few functions, so it is tested without one. One call at a time (the supervisor's actor).
 */
#ifndef HOST_SUPERVISOR_H
#define HOST_SUPERVISOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/service.h"
#include "sched/base/rng.h"

struct log;

struct supervisor_world {
    void *ctx;
    uint64_t (*now_ns)(void *ctx);
    /* supervisor_timer(service) after delay_ns; returns an id for cancel_timer. */
    uint64_t (*arm_timer)(void *ctx, uint64_t delay_ns, struct service *service);
    void (*cancel_timer)(void *ctx, uint64_t id);
    /* Once: all services that should run do so or have failed in a way that is allowed. */
    void (*booted)(void *ctx);
    /* Once, instead of booted: a required service failed. */
    void (*boot_failed)(void *ctx, const struct service *service);
    /* After supervisor_stop_all: everything has ended. */
    void (*stopped)(void *ctx);
    /* A service has another state than when this was called last; may be NULL. */
    void (*changed)(void *ctx, const struct service *service, enum service_state previous);
};

struct supervisor {
    const struct supervisor_world *world;
    struct log *log;
    struct rng rng;            /* jitter */
    struct service **services; /* in start order */
    size_t count, capacity;
    bool booting, stopping, stop_reported, pumping, pump_again;
};

void supervisor_init(struct supervisor *supervisor, const struct supervisor_world *world, struct log *log,
                     uint64_t seed);
void supervisor_destroy(struct supervisor *supervisor);

/* Adds a service behind the others in start order. */
struct service *supervisor_add(struct supervisor *supervisor, const struct entry *entry,
                               const struct lifecycle *lifecycle, const struct service_driver *driver, void *object);

/* `service` starts after `on`, and wants it. `on` was added earlier. */
void supervisor_depend(struct supervisor *supervisor, struct service *service, struct service *on);

struct service *supervisor_find(const struct supervisor *supervisor, const char *id);

/* The service and what it needs should run: takes effect at boot, or at once afterwards. */
void supervisor_want(struct supervisor *supervisor, struct service *service);

/* Starts everything that has auto_start or is wanted. */
void supervisor_boot(struct supervisor *supervisor);

/* Stops everything in reverse order; world->stopped when done. A second call does nothing. */
void supervisor_stop_all(struct supervisor *supervisor);

/* Ends what is still there without asking any more: the time for stopping is up. */
void supervisor_kill_all(struct supervisor *supervisor);

/* A timer of the service has come due. */
void supervisor_timer(struct service *service);

#endif
