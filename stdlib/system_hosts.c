/* SPDX-License-Identifier: MIT */
/*
 * system.hosts, system.supervisor: who runs where, and how services are.
 *
 *   hosts.list()            {id, workers, processes, executed, stolen, queue_depth} per host, sorted by id                        hosts
 *   hosts.processes(host)   {pid, host, source, state, steps, started_at, parent, memory, messages} per process, {} for an unknown host; nil, err
 *                           INVALID for ""                                                                                         hosts
 *   supervisor.state(id)    {id, status, desired, retry_count, last_update, started_at, details}; nil, err INVALID for "", INTERNAL: no such
 *                           service                                                                                           supervisor
 *   supervisor.states()     of all services, in start order                                                                   supervisor
 *
 * One set of workers serves all hosts: `workers` is what the host's definition says, `executed` counts processes the host has ended, `stolen` tasks that
 * changed workers and `queue_depth` tasks that wait, both in the whole runtime. Times are nanoseconds since the epoch.
 */
#include <string.h>

#include <lauxlib.h>

#include "sched/sched.h"
#include "stdlib/services.h"
#include "stdlib/system.h"
#include "stdlib/system_lib.h"
#include "vm/error.h"
#include "vm/pid.h"
#include "vm/process.h"
#include "vm/state.h"
#include "vm/vm_struct.h"

/* ---- hosts ---- */

static void push_host(lua_State *L, struct vm *vm, const struct vm_host *host)
{
    struct vm_host_stats stats;
    struct sched_stats total;
    vm_host_stats(host, &stats);
    sched_stats_total(vm->sched, &total);
    lua_createtable(L, 0, 6);
    system_set_string(L, "id", vm_host_name(host));
    system_set_integer(L, "workers",
                       VM_HOST_LIMIT(host, workers) ? VM_HOST_LIMIT(host, workers) : sched_workers(vm->sched));
    system_set_integer(L, "processes", stats.live);
    system_set_integer(L, "executed", stats.finished);
    system_set_integer(L, "stolen", total.stolen_tasks);
    system_set_integer(L, "queue_depth", sched_queued(vm->sched));
}

/* Inserts the table on top of the stack into the array below it, by its id. */
static void insert_sorted(lua_State *L, int count)
{
    lua_getfield(L, -1, "id");
    const char *id = lua_tostring(L, -1);
    int place = count + 1;
    for (; place > 1; place--) {
        lua_rawgeti(L, -3, place - 1);
        lua_getfield(L, -1, "id");
        bool before = strcmp(lua_tostring(L, -1), id) <= 0;
        lua_pop(L, 1);
        if (before) {
            lua_pop(L, 1);
            break;
        }
        lua_rawseti(L, -4, place);
    }
    lua_pop(L, 1);
    lua_rawseti(L, -2, place);
}

/* Not a name for native actors only, never started, or for the calls of a function. */
static bool is_shown(const struct vm_host *host)
{
    struct vm_host_stats stats;
    vm_host_stats(host, &stats);
    bool was_used = stats.spawned || atomic_load_explicit(&host->running, memory_order_relaxed);
    return was_used && !atomic_load_explicit(&host->is_function, memory_order_relaxed);
}

/* The array is at stack index 1, sorted so far; ctx is the index of the next host. */
static int list_k(lua_State *L, int status, lua_KContext ctx)
{
    struct vm *vm = state_vm(L);
    struct vm_host *host;
    (void)status;
    for (uint32_t i = (uint32_t)ctx; (host = vm_host_at(vm, i)); i++) {
        if (state_budget(L))
            return state_reschedule(L, (lua_KContext)i, list_k);
        if (!is_shown(host))
            continue;
        push_host(L, vm, host);
        insert_sorted(L, (int)lua_rawlen(L, 1));
    }
    return 1;
}

static int hosts_list(lua_State *L)
{
    if (!system_allows(L, "system.read", "hosts"))
        return 2;
    lua_settop(L, 0);
    lua_newtable(L);
    return list_k(L, LUA_OK, 1);
}

/* ---- processes of a host, or the calls of a function ---- */

static void push_process(lua_State *L, const struct process_info *info)
{
    char text[PID_TEXT_MAX];
    lua_createtable(L, 0, 9);
    process_format_pid(state_vm(L), info->pid, text);
    system_set_string(L, "pid", text);
    lua_pushvalue(L, 1);
    lua_setfield(L, -2, "host");
    system_set_string(L, "source", info->entry);
    system_set_string(L, "state", info->state);
    system_set_integer(L, "steps", info->steps);
    system_set_integer(L, "started_at", info->started_wall_ns);
    system_set_integer(L, "memory", info->memory);
    system_set_integer(L, "messages", info->messages_waiting);
    if (info->parent && process_format_pid(state_vm(L), info->parent, text))
        system_set_string(L, "parent", text);
}

/* Host name at stack index 1, the array at 2; ctx is the next slot. */
static int processes_k(lua_State *L, int status, lua_KContext ctx)
{
    struct vm *vm = state_vm(L);
    size_t length;
    const char *name = lua_tolstring(L, 1, &length);
    const struct vm_host *host = vm_host_named(vm, name, length);
    lua_Integer count = (lua_Integer)lua_rawlen(L, 2);
    (void)status;
    for (uint32_t i = (uint32_t)ctx, size = host ? process_slots(vm) : 0; i < size; i++) {
        struct process_info info;
        if (state_budget(L))
            return state_reschedule(L, (lua_KContext)i, processes_k);
        if (!process_at(vm, i, host, &info))
            continue;
        push_process(L, &info);
        lua_rawseti(L, 2, ++count);
    }
    return 1;
}

static int hosts_processes(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TSTRING);
    if (!system_allows(L, "system.read", "hosts"))
        return 2;
    if (lua_rawlen(L, 1) == 0)
        return error_return(L, ERROR_INVALID, "host id required");
    lua_settop(L, 1);
    lua_newtable(L);
    return processes_k(L, LUA_OK, 0);
}

/* ---- services ---- */

static void push_service(lua_State *L, const struct system_service *service)
{
    lua_createtable(L, 0, 7);
    system_set_string(L, "id", service->id);
    system_set_string(L, "status", service->status);
    system_set_string(L, "desired", service->desired);
    system_set_integer(L, "retry_count", service->retries);
    system_set_integer(L, "last_update", (uint64_t)service->updated_ns);
    system_set_integer(L, "started_at", (uint64_t)service->started_ns);
    if (*service->details)
        system_set_string(L, "details", service->details);
}

/* NULL, with nil and an error pushed: not allowed, or this runtime has no services. */
static const struct system_source *open_services(lua_State *L)
{
    const struct system_source *source = services_of(L)->system;
    if (!system_allows(L, "system.read", "supervisor"))
        return NULL;
    if (!source)
        error_return(L, ERROR_INTERNAL, "service information not available");
    return source;
}

static int supervisor_state(lua_State *L)
{
    struct system_service service;
    luaL_checktype(L, 1, LUA_TSTRING);
    size_t length;
    const char *id = lua_tolstring(L, 1, &length);
    const struct system_source *source = open_services(L);
    if (!source)
        return 2;
    if (length == 0)
        return error_return(L, ERROR_INVALID, "service id required");
    if (strlen(id) != length || !source->find_service(source->ctx, id, &service))
        return error_return(L, ERROR_INTERNAL, "service not found: %.300s", id);
    push_service(L, &service);
    return 1;
}

/* The array is at stack index 1; ctx is the next service. */
static int states_k(lua_State *L, int status, lua_KContext ctx)
{
    const struct system_source *source = services_of(L)->system;
    struct system_service service;
    (void)status;
    for (size_t i = (size_t)ctx; source->service_at(source->ctx, i, &service); i++) {
        push_service(L, &service);
        lua_rawseti(L, 1, (lua_Integer)i + 1);
        if (state_budget(L))
            return state_reschedule(L, (lua_KContext)i + 1, states_k);
    }
    return 1;
}

static int supervisor_states(lua_State *L)
{
    if (!open_services(L))
        return 2;
    lua_settop(L, 0);
    lua_newtable(L);
    return states_k(L, LUA_OK, 0);
}

/* ---- tables ---- */

const struct lazy_entry system_hosts_entries[] = {
    LAZY_F("list", hosts_list),
    LAZY_F("processes", hosts_processes),
    LAZY_DONE,
};

const struct lazy_entry system_supervisor_entries[] = {
    LAZY_F("state", supervisor_state),
    LAZY_F("states", supervisor_states),
    LAZY_DONE,
};
