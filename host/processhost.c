/* SPDX-License-Identifier: MIT */
/* processhost: see the header. The end of the last process is found by looking every few milliseconds, which only a stop does. */
#include "host/processhost.h"

#include <stdlib.h>

#include "host/actor.h"
#include "host/alloc.h"
#include "host/console.h"
#include "host/entry.h"
#include "host/logsink.h"
#include "host/problem.h"
#include "host/service.h"
#include "host/units.h"
#include "host/value.h"
#include "stdlib/io.h"
#include "vm/vm.h"

enum { LOOK_NS = 5000000 };

struct processhost {
    struct actor *actor;
    const struct entry *entry;
    struct vm_host *group;
    uint64_t alarm;
    const struct console *console; /* of a terminal host, else NULL */
    struct terminal terminal;      /* likewise */
    bool hides_logs, is_attached;
};

static void complain(struct problems *problems, const struct entry *entry, const struct value *value, const char *field,
                     const char *wanted)
{
    problem_add(problems, LOG_WARN, entry->file, value->line, entry->id, "host.%s must be %s; it is ignored", field,
                wanted);
}

static void read_count(struct problems *problems, const struct entry *entry, const char *field, uint32_t *count)
{
    const struct value *value = value_get(value_get(entry->data, "host"), field);
    if (!value || value->kind == VALUE_NULL)
        return;
    if (value->kind == VALUE_INT && value->integer >= 0 && value->integer <= INT32_MAX)
        *count = (uint32_t)value->integer;
    else
        complain(problems, entry, value, field, "a number, 0 (no limit) or more");
}

static void read_limits(struct problems *problems, const struct entry *entry, struct vm_host_limits *limits)
{
    const struct value *value = value_path(entry->data, "host.memory_limit");
    if (value && value->kind != VALUE_NULL && !units_size_of(value, &limits->memory_limit))
        complain(problems, entry, value, "memory_limit", "a size like 64M");
    read_count(problems, entry, "workers", &limits->workers);
    read_count(problems, entry, "max_processes", &limits->max_processes);
    read_count(problems, entry, "mailbox_limit", &limits->mailbox_limit);
}

static void read_terminal(struct problems *problems, struct processhost *host, const struct console *console)
{
    const struct entry *entry = host->entry;
    const struct value *value = value_get(entry->data, "hide_logs");
    host->console = console;
    host->terminal.stdio = console->stdio;
    if (value && value->kind == VALUE_BOOL)
        host->hides_logs = value->boolean;
    else if (value && value->kind != VALUE_NULL)
        problem_add(problems, LOG_WARN, entry->file, value->line, entry->id,
                    "hide_logs must be true or false; it is ignored");
}

struct processhost *processhost_new(struct actor *actor, const struct console *console, const struct entry *entry,
                                    struct problems *problems)
{
    struct processhost *host = alloc_zeroed(sizeof *host);
    struct vm_host_limits limits = {0};
    *host = (struct processhost){.actor = actor, .entry = entry};
    read_limits(problems, entry, &limits);
    if (entry_is_kind(entry, "terminal.host")) {
        read_terminal(problems, host, console);
        limits.terminal = &host->terminal;
    }
    host->group = vm_host_open(actor_vm(actor), entry->id, &limits);
    if (host->group)
        return host;
    problem_add(problems, LOG_ERROR, entry->file, entry->line, entry->id, "there are too many hosts");
    free(host);
    return NULL;
}

void processhost_free(struct processhost *host)
{
    free(host);
}

struct vm_host *processhost_group(const struct processhost *host)
{
    return host->group;
}

const struct entry *processhost_entry(const struct processhost *host)
{
    return host->entry;
}

bool processhost_is_terminal(const struct processhost *host)
{
    return host->console != NULL;
}

void processhost_attach(struct processhost *host, bool on)
{
    if (host->hides_logs && host->is_attached != on)
        logsink_hide(host->console->logsink, on);
    host->is_attached = on;
}

static void start(struct service *service)
{
    struct processhost *host = service->object;
    vm_host_start(host->group);
    service_started(service);
}

static void look(void *ctx)
{
    struct service *service = ctx;
    struct processhost *host = service->object;
    host->alarm = 0;
    if (vm_host_live(host->group)) {
        host->alarm = actor_set_alarm(host->actor, LOOK_NS, look, service);
        return;
    }
    vm_host_kill(actor_vm(host->actor), host->group);
    service_ended(service);
}

static void stop(struct service *service)
{
    struct processhost *host = service->object;
    vm_host_drain(actor_vm(host->actor), host->group, "scheduler shutdown");
    look(service);
}

static void kill_host(struct service *service)
{
    struct processhost *host = service->object;
    actor_cancel_alarm(host->actor, host->alarm);
    host->alarm = 0;
    vm_host_kill(actor_vm(host->actor), host->group);
}

const struct service_driver *processhost_driver(void)
{
    static const struct service_driver driver = {.start = start, .stop = stop, .kill = kill_host};
    return &driver;
}
