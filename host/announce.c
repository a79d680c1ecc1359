/* SPDX-License-Identifier: MIT */
/* announce: see announce.h. Out of memory makes an incomplete encoding, which bus_send drops. */
#include "host/announce.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/entry.h"
#include "host/value.h"
#include "vm/bus.h"
#include "vm/codec.h"
#include "vm/pid.h"
#include "vm/process.h"

static bool put_text(struct codec_bytes *event, const char *key, const char *text, size_t length)
{
    return codec_put_string(event, key, strlen(key)) && codec_put_string(event, text, length);
}

static bool put(struct codec_bytes *event, const char *key, const char *text)
{
    return put_text(event, key, text, strlen(text));
}

/* Publishes the event if it is whole, and frees it in any case. */
static void finish(struct vm *vm, struct codec_bytes *event, bool is_whole)
{
    if (is_whole)
        bus_send(vm, event);
    else
        codec_bytes_free(event);
}

void announce_service(struct vm *vm, const struct service *service, enum service_state previous)
{
    struct codec_bytes event = {0};
    char kind[32];
    if (!bus_is_heard(vm))
        return;
    const char *id = service->entry->id, *status = service_state_name(service->state);
    snprintf(kind, sizeof kind, "service.%s", status);
    bool ok = bus_begin(&event, "supervisor", kind, id, true) &&
              codec_put_table(&event, 0, 4 + (service->message != NULL)) && put(&event, "id", id) &&
              put(&event, "status", status) && put(&event, "previous", service_state_name(previous)) &&
              codec_put_string(&event, "retry_count", strlen("retry_count")) &&
              codec_put_integer(&event, service->attempts) &&
              (!service->message || put(&event, "error", service->message));
    finish(vm, &event, ok);
}

/* The id that a field of the service means; the caller frees it. */
static char *reference(const struct entry *service, const char *field)
{
    return entry_resolve_id(service, value_get_string(service->data, field)); /* it has run: there is one */
}

/* The fields that both events have, in a table with room for `more`. */
static bool begin_process(struct vm *vm, struct codec_bytes *event, const char *kind, const struct entry *service,
                          uint64_t pid, uint32_t more)
{
    char text[PID_TEXT_MAX];
    process_format_pid(vm, pid, text);
    char *source = reference(service, "process"), *host = reference(service, "host");
    bool ok = bus_begin(event, "process", kind, text, true) && codec_put_table(event, 0, 4 + more) &&
              put(event, "pid", text) && put(event, "service", service->id) && put(event, "source", source) &&
              put(event, "host", host);
    free(source);
    free(host);
    return ok;
}

void announce_process_started(struct vm *vm, const struct entry *service, uint64_t pid)
{
    struct codec_bytes event = {0};
    if (bus_is_heard(vm))
        finish(vm, &event, begin_process(vm, &event, "process.started", service, pid, 0));
}

void announce_process_exited(struct vm *vm, const struct entry *service, uint64_t pid, const char *error,
                             size_t error_length)
{
    struct codec_bytes event = {0};
    if (!bus_is_heard(vm))
        return;
    bool ok = begin_process(vm, &event, "process.exited", service, pid, 1 + (error != NULL)) &&
              codec_put_string(&event, "failed", strlen("failed")) && codec_put_boolean(&event, error != NULL) &&
              (!error || put_text(&event, "error", error, error_length));
    finish(vm, &event, ok);
}
