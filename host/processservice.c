/* SPDX-License-Identifier: MIT */
/* processservice: see the header. */
#include "host/processservice.h"

#include <stdlib.h>
#include <string.h>

#include "host/actor.h"
#include "host/alloc.h"
#include "host/announce.h"
#include "host/encode.h"
#include "host/entry.h"
#include "host/exec.h"
#include "host/processhost.h"
#include "host/program.h"
#include "host/service.h"
#include "host/supervisor.h"
#include "host/text.h"
#include "host/value.h"
#include "vm/code.h"
#include "vm/codec.h"
#include "vm/error.h"
#include "vm/native.h"
#include "vm/vm.h"

struct processservice {
    struct actor *actor;
    const struct console *console;
    const struct entries *entries;
    struct programs *programs;
    const struct entry *entry;
    struct child *child;          /* NULL: none */
    struct processhost *terminal; /* the host its process has the terminal from; NULL: none */
};

struct processservice *processservice_new(struct actor *actor, const struct console *console,
                                          const struct entries *entries, struct programs *programs,
                                          const struct entry *entry)
{
    struct processservice *object = alloc_zeroed(sizeof *object);
    *object = (struct processservice){
        .actor = actor, .console = console, .entries = entries, .programs = programs, .entry = entry};
    return object;
}

void processservice_free(struct processservice *service)
{
    free(service);
}

static bool kind_is(const char *kind, size_t length, const char *expected)
{
    return length == strlen(expected) && !memcmp(kind, expected, length);
}

/* Refusals that the same definition will meet again. */
static bool may_retry_refusal(const struct vm_error *error)
{
    return strcmp(error->kind, ERROR_NOT_FOUND) != 0 && strcmp(error->kind, ERROR_INVALID) != 0 &&
           strcmp(error->kind, ERROR_PERMISSION_DENIED) != 0;
}

/* A failure that says it is not worth a retry is the end of the service, and so is one by cancellation. */
static bool may_retry_failure(const struct codec_view *error)
{
    return error->retryable != 0 && !kind_is(error->kind, error->kind_length, ERROR_CANCELED);
}

static void on_loaded(void *ctx)
{
    struct service *service = ctx;
    struct processservice *object = service->object;
    announce_process_started(actor_vm(object->actor), object->entry, child_pid(object->child));
    service_started(service);
}

static void leave_terminal(struct processservice *object)
{
    if (object->terminal)
        processhost_attach(object->terminal, false);
    object->terminal = NULL;
}

/* Takes note that its process has ended. */
static void lose_child(struct processservice *object, const char *error, size_t length)
{
    uint64_t pid = child_pid(object->child);
    object->child = NULL;
    leave_terminal(object);
    if (pid)
        announce_process_exited(actor_vm(object->actor), object->entry, pid, error, length);
}

static void on_refused(void *ctx, const struct vm_error *error)
{
    struct service *service = ctx;
    struct processservice *object = service->object;
    object->child = NULL;
    leave_terminal(object);
    service_failed(service, may_retry_refusal(error), error->message);
}

/* A process with the terminal is not started again, whatever came of it: its end is that of the program. */
static void finish_terminal(struct service *service, bool failed, const void *data, size_t length)
{
    struct processservice *object = service->object;
    struct codec_view error = {0};
    bool has_error = failed && codec_view(data, length, 1, &error) && error.tag == CODEC_ERROR;
    lose_child(object, has_error ? error.string.data : NULL, has_error ? error.string.length : 0);
    exec_finish(object->console, failed, data, length); /* first, for the service may be the last that all wait for */
    service_ended(service);
}

static void on_ended(void *ctx, bool failed, const void *data, size_t length)
{
    struct service *service = ctx;
    struct processservice *object = service->object;
    struct codec_view error;
    if (object->terminal) {
        finish_terminal(service, failed, data, length);
        return;
    }
    if (!failed) {
        lose_child(object, NULL, 0);
        service_ended(service);
        return;
    }
    if (!codec_view(data, length, 1, &error) || error.tag != CODEC_ERROR) {
        static const char unreadable[] = "it ended with an error that cannot be read";
        lose_child(object, unreadable, strlen(unreadable));
        service_failed(service, true, unreadable);
        return;
    }
    lose_child(object, error.string.data, error.string.length);
    char *message = alloc_copy(error.string.data, error.string.length);
    service_failed(service, may_retry_failure(&error), message);
    free(message);
}

static const struct child_callbacks child_callbacks = {.loaded = on_loaded, .refused = on_refused, .ended = on_ended};

/* What `process:` and `host:` name. NULL and the reason in *problem (the caller frees it) when one is missing. */
static struct code *find_code(struct processservice *object, struct vm_host **host, char **problem)
{
    const struct entry *entry = object->entry;
    const char *process = value_get_string(entry->data, "process"), *host_id = value_get_string(entry->data, "host");
    if (!process || !host_id) {
        const char *field = process ? "host" : "process";
        *problem =
            text_format(value_get(entry->data, field) ? "%s must be the id of an entry" : "%s is missing", field);
        return NULL;
    }
    struct vm_error error = {0};
    struct code *code = NULL;
    char *id = entry_resolve_id(entry, host_id);
    *host = vm_host_find(actor_vm(object->actor), id, strlen(id));
    const struct entry *target = entries_find(object->entries, id);
    if (!*host || !target)
        *problem = target ? text_format("host: %s is a %s, not a process.host", id, target->kind)
                          : text_format("host: there is no entry %s", id);
    free(id);
    if (!*host || !target)
        return NULL;
    id = entry_resolve_id(entry, process);
    target = entries_find(object->entries, id);
    if (!target || !entry_is_process(target))
        *problem = target ? text_format("process: %s is a %s, not a process.lua", id, target->kind)
                          : text_format("process: there is no entry %s", id);
    else if (programs_resolve(object->programs, id, strlen(id), &code, &error))
        *problem = alloc_string(programs_problem(object->programs, target));
    free(id);
    return code;
}

/* The terminal host of that name; NULL: it is another kind of host. */
static struct processhost *find_terminal(struct service *service, const struct vm_host *group)
{
    const struct service *host = supervisor_find(service->supervisor, vm_host_name(group));
    bool is_terminal = host && host->driver == processhost_driver() && processhost_is_terminal(host->object);
    return is_terminal ? host->object : NULL;
}

static void start(struct service *service)
{
    struct processservice *object = service->object;
    struct vm_host *host;
    char *problem = NULL;
    struct code *code = find_code(object, &host, &problem);
    if (!code) {
        service_failed(service, false, problem);
        free(problem);
        return;
    }
    struct codec_bytes args;
    struct vm_error error = {0};
    encode_list(&args, value_get(object->entry->data, "input"));
    struct native_spawn spawn = {.code = code, .host = host, .args = args.data, .args_length = args.length};
    object->terminal = find_terminal(service, host);
    if (object->terminal)
        processhost_attach(object->terminal, true);
    object->child = child_spawn(object->actor, &spawn, &child_callbacks, service, &error);
    codec_bytes_free(&args);
    code_unref(code);
    if (object->child)
        return;
    leave_terminal(object);
    service_failed(service, may_retry_refusal(&error), error.message);
}

static void stop(struct service *service)
{
    struct processservice *object = service->object;
    child_cancel(object->child, "service stopping");
}

static void kill_process(struct service *service)
{
    struct processservice *object = service->object;
    static const char killed[] = "process terminated";
    if (!object->child)
        return;
    child_kill(object->child);
    lose_child(object, killed, strlen(killed));
}

const struct service_driver *processservice_driver(void)
{
    static const struct service_driver driver = {.start = start, .stop = stop, .kill = kill_process};
    return &driver;
}
