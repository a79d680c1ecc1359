/* SPDX-License-Identifier: MIT */
/*
 * supervisor: every report of a driver or timer changes one service and then calls pump, which looks at all of them for what can
 * be done now: start what is wanted and has all it needs, stop what nothing active needs any more. Drivers may report from inside
 * start or stop, so pump notes a nested call and goes round again.
 *
 * I1  A service has at most one timer; its purpose is service->timer.
 * I2  needs[] points to services earlier in start order, so there are no circles.
 * I3  While stopping, nothing is started and `wanted` is false everywhere.
 */
#include "host/supervisor.h"

#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/entry.h"
#include "host/text.h"
#include "host/units.h"
#include "sched/base/log.h"

static const char logger[] = "supervisor";

static void disarm(struct service *service)
{
    const struct supervisor_world *world = service->supervisor->world;
    if (service->timer != SERVICE_TIMER_NONE)
        world->cancel_timer(world->ctx, service->timer_id);
    service->timer = SERVICE_TIMER_NONE;
}

static void arm(struct service *service, enum service_timer purpose, uint64_t delay_ns)
{
    const struct supervisor_world *world = service->supervisor->world;
    disarm(service);
    service->timer = purpose;
    service->timer_id = world->arm_timer(world->ctx, delay_ns, service);
}

static void set_state(struct service *service, enum service_state state)
{
    const struct supervisor_world *world = service->supervisor->world;
    enum service_state previous = service->told;
    service->state = service->told = state;
    if (world->changed && state != previous)
        world->changed(world->ctx, service, previous);
}

static void start(struct service *service)
{
    log_printf(service->supervisor->log, LOG_DEBUG, logger, "starting %s", service->entry->id);
    set_state(service, SERVICE_STARTING);
    arm(service, SERVICE_TIMER_START, service->lifecycle.start_timeout_ns);
    service->driver->start(service);
}

static void stop(struct service *service)
{
    log_printf(service->supervisor->log, LOG_DEBUG, logger, "stopping %s", service->entry->id);
    set_state(service, SERVICE_STOPPING);
    arm(service, SERVICE_TIMER_STOP, service->lifecycle.stop_timeout_ns);
    service->driver->stop(service);
}

/* A service that others wait for has everything it can offer: it runs, or it ran to its end. */
static bool is_available(const struct service *service)
{
    return service->state == SERVICE_RUNNING || (service->state == SERVICE_EXITED && !service->message);
}

/* The first need that will never be available; NULL: none. *ready: all are. */
static const struct service *check_needs(const struct service *service, bool *ready)
{
    *ready = true;
    for (size_t i = 0; i < service->need_count; i++) {
        const struct service *need = service->needs[i];
        if (need->has_given_up && !is_available(need))
            return need;
        *ready = *ready && is_available(need);
    }
    return NULL;
}

static bool is_needed(const struct supervisor *s, const struct service *service)
{
    for (size_t i = service->index + 1; i < s->count; i++)
        for (size_t j = 0; j < s->services[i]->need_count; j++)
            if (s->services[i]->needs[j] == service && service_is_active(s->services[i]))
                return true;
    return false;
}

static void set_message(struct service *service, const char *message)
{
    free(service->message);
    service->message = message ? alloc_string(message) : NULL;
}

/* No restart any more. */
static void give_up(struct service *service, enum service_state state)
{
    service->has_given_up = true;
    service->settled = true;
    set_state(service, state);
}

/* At boot, a required service that does not start ends it all; boot_failed says so, and no log record does. */
static bool ends_boot(const struct service *service)
{
    const struct supervisor *s = service->supervisor;
    return s->booting && !s->stopping && !service->lifecycle.optional;
}

static void end_boot(struct service *service)
{
    struct supervisor *s = service->supervisor;
    s->booting = false;
    s->world->boot_failed(s->world->ctx, service);
}

static void fail_for_need(struct service *service, const struct service *need)
{
    char *message = text_format("it needs %s, which %s", need->entry->id,
                                need->state == SERVICE_FAILED ? "failed" : "ended with an error");
    set_message(service, message);
    free(message);
    give_up(service, SERVICE_FAILED);
    if (ends_boot(service))
        end_boot(service);
    else
        log_printf(service->supervisor->log, LOG_ERROR, logger, "service %s cannot start: %s", service->entry->id,
                   service->message);
}

static void start_ready(struct supervisor *s)
{
    for (size_t i = 0; i < s->count && !s->stopping; i++) {
        struct service *service = s->services[i];
        bool ready;
        if (!service->wanted || service->has_given_up ||
            (service->state != SERVICE_UNKNOWN && service->state != SERVICE_STOPPED))
            continue;
        const struct service *missing = check_needs(service, &ready);
        if (missing)
            fail_for_need(service, missing);
        else if (ready)
            start(service);
    }
}

static void stop_unneeded(struct supervisor *s)
{
    bool any = false;
    for (size_t i = s->count; i-- > 0;) {
        struct service *service = s->services[i];
        if (service->state == SERVICE_FAILED && service->timer == SERVICE_TIMER_RETRY) {
            disarm(service);
            set_state(service, SERVICE_STOPPED);
        }
        if (service->state == SERVICE_RUNNING && !is_needed(s, service))
            stop(service);
        any = any || service_is_active(service);
    }
    if (any || s->stop_reported)
        return;
    s->stop_reported = true;
    s->world->stopped(s->world->ctx);
}

static void check_booted(struct supervisor *s)
{
    if (!s->booting || s->stopping)
        return;
    for (size_t i = 0; i < s->count; i++)
        if (s->services[i]->wanted && !s->services[i]->settled)
            return;
    s->booting = false;
    s->world->booted(s->world->ctx);
}

static void pump(struct supervisor *s)
{
    s->pump_again = true;
    if (s->pumping)
        return;
    s->pumping = true;
    while (s->pump_again) {
        s->pump_again = false;
        if (s->stopping)
            stop_unneeded(s);
        else
            start_ready(s);
    }
    s->pumping = false;
    check_booted(s);
}

void supervisor_init(struct supervisor *supervisor, const struct supervisor_world *world, struct log *log,
                     uint64_t seed)
{
    *supervisor = (struct supervisor){.world = world, .log = log};
    rng_seed(&supervisor->rng, seed);
}

void supervisor_destroy(struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->count; i++) {
        struct service *service = supervisor->services[i];
        free(service->needs);
        free(service->message);
        free(service);
    }
    free(supervisor->services);
}

struct service *supervisor_add(struct supervisor *supervisor, const struct entry *entry,
                               const struct lifecycle *lifecycle, const struct service_driver *driver, void *object)
{
    struct service *service = alloc_zeroed(sizeof *service);
    service->supervisor = supervisor;
    service->entry = entry;
    service->lifecycle = *lifecycle;
    service->driver = driver;
    service->object = object;
    service->index = supervisor->count;
    supervisor->services =
        alloc_grow(supervisor->services, supervisor->count, &supervisor->capacity, sizeof(struct service *));
    supervisor->services[supervisor->count++] = service;
    return service;
}

void supervisor_depend(struct supervisor *supervisor, struct service *service, struct service *on)
{
    (void)supervisor;
    service->needs = alloc_grow(service->needs, service->need_count, &service->need_capacity, sizeof(struct service *));
    service->needs[service->need_count++] = on;
}

struct service *supervisor_find(const struct supervisor *supervisor, const char *id)
{
    for (size_t i = 0; i < supervisor->count; i++)
        if (!strcmp(supervisor->services[i]->entry->id, id))
            return supervisor->services[i];
    return NULL;
}

static void want(struct service *service)
{
    if (service->wanted)
        return;
    service->wanted = true;
    for (size_t i = 0; i < service->need_count; i++)
        want(service->needs[i]);
}

void supervisor_want(struct supervisor *supervisor, struct service *service)
{
    want(service);
    pump(supervisor);
}

void supervisor_boot(struct supervisor *supervisor)
{
    supervisor->booting = true;
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->services[i]->lifecycle.auto_start)
            want(supervisor->services[i]);
    pump(supervisor);
}

void supervisor_stop_all(struct supervisor *supervisor)
{
    if (supervisor->stopping)
        return;
    supervisor->stopping = true;
    for (size_t i = 0; i < supervisor->count; i++) {
        struct service *service = supervisor->services[i];
        service->wanted = false;
        /* what starts is stopped once it has; a start that hangs has no longer than a stop would */
        if (service->state == SERVICE_STARTING &&
            service->lifecycle.stop_timeout_ns < service->lifecycle.start_timeout_ns)
            arm(service, SERVICE_TIMER_START, service->lifecycle.stop_timeout_ns);
    }
    pump(supervisor);
}

static void kill_service(struct service *service, const char *message)
{
    disarm(service);
    service->driver->kill(service);
    set_message(service, message);
    give_up(service, SERVICE_FAILED);
}

void supervisor_kill_all(struct supervisor *supervisor)
{
    for (size_t i = supervisor->count; i-- > 0;) {
        struct service *service = supervisor->services[i];
        if (service->state != SERVICE_FAILED && service_is_active(service))
            kill_service(service, "the time for shutting down was up");
    }
    pump(supervisor);
}

/* Its first start is over, whichever way. */
static bool settle(struct service *service)
{
    bool first = !service->settled;
    service->settled = true;
    return first;
}

static void retry_or_give_up(struct service *service)
{
    struct supervisor *s = service->supervisor;
    const struct lifecycle *lifecycle = &service->lifecycle;
    if (lifecycle->max_attempts && service->attempts >= lifecycle->max_attempts) {
        give_up(service, SERVICE_FAILED);
        log_printf(s->log, LOG_ERROR, logger, "service %s failed: %s; no more restarts after %u", service->entry->id,
                   service->message, service->attempts);
        return;
    }
    char delay_text[32];
    uint64_t delay = lifecycle_delay_ns(lifecycle, ++service->attempts, &s->rng);
    units_format_duration((delay + 500000) / 1000000 * 1000000, delay_text); /* to the nearest millisecond */
    log_printf(s->log, LOG_WARN, logger, "service %s failed: %s; restart %u in %s", service->entry->id,
               service->message, service->attempts, delay_text);
    arm(service, SERVICE_TIMER_RETRY, delay);
    set_state(service, SERVICE_FAILED);
}

static void fail(struct service *service, bool may_retry, const char *message)
{
    struct supervisor *s = service->supervisor;
    bool was_running = service->state == SERVICE_RUNNING;
    disarm(service);
    set_message(service, message);
    if (was_running && s->world->now_ns(s->world->ctx) - service->started_ns >= service->lifecycle.stable_threshold_ns)
        service->attempts = 0;
    bool first = settle(service);
    if (s->stopping) {
        give_up(service, SERVICE_STOPPED);
    } else if (first && !was_running && ends_boot(service)) {
        give_up(service, may_retry ? SERVICE_FAILED : SERVICE_EXITED);
        end_boot(service);
    } else if (!may_retry) {
        give_up(service, SERVICE_EXITED);
        log_printf(s->log, LOG_ERROR, logger, "service %s failed and is not restarted: %s (%s:%u)", service->entry->id,
                   message, service->entry->file, service->entry->line);
    } else {
        retry_or_give_up(service);
    }
    pump(s);
}

void service_started(struct service *service)
{
    struct supervisor *s = service->supervisor;
    if (service->state != SERVICE_STARTING)
        return;
    disarm(service);
    service->started_ns = s->world->now_ns(s->world->ctx);
    set_message(service, NULL);
    settle(service);
    set_state(service, SERVICE_RUNNING);
    log_printf(s->log, LOG_INFO, logger, "service %s is running", service->entry->id);
    pump(s);
}

void service_ended(struct service *service)
{
    struct supervisor *s = service->supervisor;
    bool asked = service->state == SERVICE_STOPPING;
    disarm(service);
    set_message(service, NULL);
    give_up(service, asked ? SERVICE_STOPPED : SERVICE_EXITED);
    log_printf(s->log, LOG_INFO, logger, asked ? "service %s has stopped" : "service %s has ended", service->entry->id);
    pump(s);
}

void service_failed(struct service *service, bool may_retry, const char *message)
{
    fail(service, may_retry, message);
}

void supervisor_timer(struct service *service)
{
    struct supervisor *s = service->supervisor;
    enum service_timer purpose = service->timer;
    char after[32];
    service->timer = SERVICE_TIMER_NONE;
    if (purpose == SERVICE_TIMER_RETRY) {
        service->state = SERVICE_STOPPED; /* pump starts it, when what it needs is there; nobody is told */
        pump(s);
    } else if (purpose == SERVICE_TIMER_START) {
        units_format_duration(s->stopping ? service->lifecycle.stop_timeout_ns : service->lifecycle.start_timeout_ns,
                              after);
        char *message = text_format("it did not start within %s", after);
        if (s->stopping)
            log_printf(s->log, LOG_WARN, logger, "service %s: %s; it is ended", service->entry->id, message);
        service->driver->kill(service);
        fail(service, true, message);
        free(message);
    } else if (purpose == SERVICE_TIMER_STOP) {
        units_format_duration(service->lifecycle.stop_timeout_ns, after);
        char *message = text_format("stop timeout after %s", after);
        log_printf(s->log, LOG_WARN, logger, "service %s: %s; it is ended", service->entry->id, message);
        kill_service(service, message);
        free(message);
        pump(s);
    }
}
