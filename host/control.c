/* SPDX-License-Identifier: MIT */
/* control: see the header. One lock guards all; nothing is done under it but copying. */
#include "host/control.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/entry.h"
#include "host/exec.h"
#include "host/service.h"
#include "host/supervisor.h"
#include "stdlib/system.h"

/* What is shown of a service. */
struct record {
    const struct service *service;
    enum service_state state;
    uint32_t attempts;
    int64_t updated_ns, started_ns;
    char *message; /* or NULL */
};

struct control {
    struct system_source source;
    void (*stop)(void *ctx);
    void *ctx;
    char *node;
    pthread_mutex_t lock;   /* guards the rest */
    struct record *records; /* by position in start order */
    size_t count;
    bool has_exit;
    int exit_code;
};

/* ---- what stdlib/system.h asks for ---- */

static void source_exit(void *ctx, int64_t code)
{
    struct control *control = ctx;
    pthread_mutex_lock(&control->lock);
    if (!control->has_exit)
        control->exit_code = exec_exit_status(code);
    control->has_exit = true;
    pthread_mutex_unlock(&control->lock);
    control->stop(control->ctx);
}

static void show(const struct record *record, struct system_service *out)
{
    const struct service *service = record->service;
    *out = (struct system_service){
        .status = service_state_name(record->state),
        .desired = service_state_name(atomic_load(&service->wanted) ? SERVICE_RUNNING : SERVICE_STOPPED),
        .retries = record->attempts,
        .updated_ns = record->updated_ns,
        .started_ns = record->started_ns,
    };
    snprintf(out->id, sizeof out->id, "%s", service->entry->id);
    snprintf(out->details, sizeof out->details, "%s", record->message ? record->message : "");
}

static bool source_service_at(void *ctx, size_t index, struct system_service *out)
{
    struct control *control = ctx;
    pthread_mutex_lock(&control->lock);
    bool found = index < control->count;
    if (found)
        show(&control->records[index], out);
    pthread_mutex_unlock(&control->lock);
    return found;
}

static bool source_find_service(void *ctx, const char *id, struct system_service *out)
{
    struct control *control = ctx;
    bool found = false;
    pthread_mutex_lock(&control->lock);
    for (size_t i = 0; i < control->count && !found; i++) {
        found = !strcmp(control->records[i].service->entry->id, id);
        if (found)
            show(&control->records[i], out);
    }
    pthread_mutex_unlock(&control->lock);
    return found;
}

/* ---- public ---- */

struct control *control_new(const char *node, void (*stop)(void *ctx), void *ctx)
{
    struct control *control = alloc_zeroed(sizeof *control);
    control->node = alloc_string(node);
    control->stop = stop;
    control->ctx = ctx;
    control->source = (struct system_source){.ctx = control,
                                             .node = control->node,
                                             .exit = source_exit,
                                             .find_service = source_find_service,
                                             .service_at = source_service_at};
    pthread_mutex_init(&control->lock, NULL);
    return control;
}

void control_free(struct control *control)
{
    if (!control)
        return;
    for (size_t i = 0; i < control->count; i++)
        free(control->records[i].message);
    free(control->records);
    pthread_mutex_destroy(&control->lock);
    free(control->node);
    free(control);
}

const struct system_source *control_source(const struct control *control)
{
    return &control->source;
}

void control_add_services(struct control *control, const struct supervisor *supervisor)
{
    pthread_mutex_lock(&control->lock);
    control->count = supervisor->count;
    control->records = alloc_zeroed((control->count + 1) * sizeof *control->records);
    for (size_t i = 0; i < control->count; i++)
        control->records[i].service = supervisor->services[i];
    pthread_mutex_unlock(&control->lock);
}

void control_note(struct control *control, const struct service *service, int64_t wall_ns)
{
    pthread_mutex_lock(&control->lock);
    struct record *record = &control->records[service->index];
    record->state = service->state;
    record->attempts = service->attempts;
    record->updated_ns = wall_ns;
    if (service->state == SERVICE_RUNNING)
        record->started_ns = wall_ns;
    free(record->message);
    record->message = service->message ? alloc_string(service->message) : NULL;
    pthread_mutex_unlock(&control->lock);
}

bool control_has_exit(struct control *control, int *code)
{
    pthread_mutex_lock(&control->lock);
    bool has_exit = control->has_exit;
    *code = control->exit_code;
    pthread_mutex_unlock(&control->lock);
    return has_exit;
}
