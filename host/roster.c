/* SPDX-License-Identifier: MIT */
/* roster: see the header. Needs that would point forward in start order (inside a circle) are dropped: order.c has warned. */
#include "host/roster.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/application.h"
#include "host/pgscope.h"
#include "host/processhost.h"
#include "host/processservice.h"
#include "host/supervisor.h"
#include "host/value.h"

static bool is_host(const struct entry *entry)
{
    return entry_is_kind(entry, "process.host") || entry_is_kind(entry, "terminal.host");
}

/* ---- an entry that cannot be decoded: a service that cannot start ---- */

static void start_undecoded(struct service *service)
{
    service_failed(service, false, service->object);
}

static void do_nothing(struct service *service)
{
    (void)service;
}

/* The object of such a service is the text that says why. */
static const struct service_driver undecoded_driver = {
    .start = start_undecoded, .stop = do_nothing, .kill = do_nothing};

static bool is_scope(const struct entry *entry)
{
    return entry_is_kind(entry, "pg.scope");
}

/* Services that `position` reaches without passing another service become its needs. */
static void add_needs(struct roster *roster, struct supervisor *supervisor, size_t position)
{
    const struct application *application = roster->application;
    size_t total = application->entries.count, depth = 0;
    bool *seen = alloc_zeroed(total);
    size_t *stack = alloc_resize(NULL, total, sizeof *stack);
    seen[position] = true;
    stack[depth++] = position;
    while (depth) {
        const struct references *references = &application->order.references[stack[--depth]];
        for (size_t i = 0; i < references->count; i++) {
            size_t next = references->items[i];
            if (seen[next])
                continue;
            seen[next] = true;
            if (roster->services[next])
                supervisor_depend(supervisor, roster->services[position], roster->services[next]);
            else
                stack[depth++] = next;
        }
    }
    free(stack);
    free(seen);
}

/* Dependencies that are written down but do not exist are slips worth a word. */
static void check_list(struct application *application, const struct entry *entry, const char *field)
{
    const struct value *list = value_get(value_get(entry->data, "lifecycle"), field);
    for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->list.count; i++) {
        const char *id = value_string(list->list.items[i]);
        if (!id || !entries_resolve(&application->entries, entry, id))
            problem_add(&application->problems, LOG_WARN, entry->file, list->list.items[i]->line, entry->id,
                        "lifecycle %s: there is no entry %s", field, id ? id : "of that kind");
    }
}

static void check_service(struct application *application, const struct entry *entry)
{
    const struct value *input = value_get(entry->data, "input");
    check_list(application, entry, "requires");
    check_list(application, entry, "depends_on");
    if (entry_is_kind(entry, "process.service") && input && input->kind != VALUE_LIST && input->kind != VALUE_NULL)
        problem_add(&application->problems, LOG_WARN, entry->file, input->line, entry->id,
                    "input must be a list of arguments, not %s; it is ignored", value_kind_name(input));
}

static struct service *make_service(struct roster *roster, struct supervisor *supervisor, struct actor *actor,
                                    struct programs *programs, const struct entry *entry)
{
    struct application *application = roster->application;
    struct lifecycle lifecycle;
    if (!is_host(entry) && !is_scope(entry) && !entry_is_kind(entry, "process.service"))
        return NULL;
    lifecycle_parse(&lifecycle, entry, &application->problems);
    check_service(application, entry);
    const char *problem = decoded_problem(&application->decoded, entry);
    if (problem)
        return supervisor_add(supervisor, entry, &lifecycle, &undecoded_driver, (void *)problem);
    if (is_scope(entry)) {
        struct groups *groups = pgscope_new(actor, entry, &application->problems);
        return groups ? supervisor_add(supervisor, entry, &lifecycle, pgscope_driver(), groups) : NULL;
    }
    if (!is_host(entry))
        return supervisor_add(supervisor, entry, &lifecycle, processservice_driver(),
                              processservice_new(actor, roster->console, &application->entries, programs, entry));
    struct processhost *host = processhost_new(actor, roster->console, entry, &application->problems);
    return host ? supervisor_add(supervisor, entry, &lifecycle, processhost_driver(), host) : NULL;
}

void roster_fill(struct roster *roster, struct application *application, struct supervisor *supervisor,
                 struct actor *actor, struct programs *programs, const struct console *console)
{
    const struct order *order = &application->order;
    *roster = (struct roster){
        .application = application,
        .console = console,
        .services = alloc_zeroed(application->entries.count * sizeof(struct service *)),
    };
    for (size_t i = 0; i < order->count; i++) {
        size_t position = order->sequence[i];
        roster->services[position] =
            make_service(roster, supervisor, actor, programs, application->decoded.table.items[position]);
        /* Only services added before this one exist yet, so needs never point forward. */
        if (roster->services[position])
            add_needs(roster, supervisor, position);
    }
}

void roster_destroy(struct roster *roster)
{
    for (size_t i = 0; roster->services && i < roster->application->entries.count; i++) {
        struct service *service = roster->services[i];
        if (service && service->driver == &undecoded_driver)
            continue;
        if (service && is_host(service->entry))
            processhost_free(service->object);
        else if (service && !is_scope(service->entry)) /* scopes belong to the VM */
            processservice_free(service->object);
    }
    free(roster->services);
}

struct service *roster_find(const struct roster *roster, const struct entry *entry)
{
    return roster->services[entries_index(&roster->application->entries, entry)];
}
