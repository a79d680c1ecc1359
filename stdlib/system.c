/* SPDX-License-Identifier: MIT */
/*
 * system (module): what the runtime itself looks like. All figures are integers and a moment old.
 *
 *   system.hosts.list()            {id, workers, processes, executed, stolen, queue_depth} per host, sorted by id
 *   system.hosts.processes(host)   {pid, host, source, state, steps, started_at, parent, memory, messages} per process
 *   system.memory.stats()          {alloc, heap_in_use, heap_sys, sys}: Lua heaps, slabs handed out, slabs mapped, resident bytes of the OS process
 *   system.gc.collect()            true, after a full collection of the calling process; other coroutines of it wait, other processes do not
 *   system.workers()               {slices, steals, preemptions, parks, busy_ns} per worker thread
 *
 * executed and stolen of a host: processes it has ended, tasks that changed workers in the whole VM (one set of workers serves all hosts).
 */
#include "stdlib/system.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>

#include "sched/sched.h"
#include "vm/error.h"
#include "vm/pid.h"
#include "vm/process.h"
#include "vm/state.h"
#include "vm/vm_struct.h"

static void set_integer(lua_State *L, const char *key, uint64_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, key);
}

static void set_string(lua_State *L, const char *key, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

/* ---- hosts ---- */

static void push_host(lua_State *L, struct vm *vm, const struct vm_host *host)
{
    struct vm_host_stats stats;
    struct sched_stats total;
    vm_host_stats(host, &stats);
    sched_stats_total(vm->sched, &total);
    lua_createtable(L, 0, 6);
    set_string(L, "id", vm_host_name(host));
    set_integer(L, "workers", sched_workers(vm->sched));
    set_integer(L, "processes", stats.live);
    set_integer(L, "executed", stats.finished);
    set_integer(L, "stolen", total.stolen_tasks);
    set_integer(L, "queue_depth", 0);
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

static int hosts_list(lua_State *L)
{
    struct vm *vm = state_vm(L);
    struct vm_host *host;
    int count = 0;
    lua_newtable(L);
    for (uint32_t i = 1; (host = vm_host_at(vm, i)); i++) {
        bool was_used = atomic_load_explicit(&host->spawned, memory_order_relaxed) ||
                        atomic_load_explicit(&host->running, memory_order_relaxed);
        if (!was_used || atomic_load_explicit(&host->is_function, memory_order_relaxed))
            continue; /* a name for native actors, or never started, or the calls of a function */
        push_host(L, vm, host);
        insert_sorted(L, count++);
    }
    return 1;
}

struct listing {
    lua_State *L;
    const char *host;
    int count;
};

static void add_process(void *ctx, const struct process_info *info)
{
    struct listing *listing = ctx;
    lua_State *L = listing->L;
    char text[PID_TEXT_MAX];
    lua_createtable(L, 0, 9);
    process_format_pid(state_vm(L), info->pid, text);
    set_string(L, "pid", text);
    set_string(L, "host", listing->host);
    set_string(L, "source", info->entry);
    set_string(L, "state", info->state);
    set_integer(L, "steps", info->steps);
    set_integer(L, "started_at", info->started_wall_ns);
    set_integer(L, "memory", info->memory);
    set_integer(L, "messages", info->messages_waiting);
    if (info->parent && process_format_pid(state_vm(L), info->parent, text))
        set_string(L, "parent", text);
    lua_rawseti(L, -2, ++listing->count);
}

static int hosts_processes(lua_State *L)
{
    size_t length;
    const char *host = luaL_checklstring(L, 1, &length);
    if (length == 0)
        return error_return(L, ERROR_INVALID, "host id required");
    lua_newtable(L);
    process_visit(state_vm(L), host, add_process, &(struct listing){.L = L, .host = host});
    return 1;
}

/* ---- memory ---- */

static uint64_t resident_bytes(void)
{
    unsigned long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    int fields = fscanf(file, "%lu %lu", &total, &resident);
    fclose(file);
    return fields == 2 ? (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static int memory_stats(lua_State *L)
{
    struct vm_stats stats;
    vm_stats(state_vm(L), &stats);
    lua_createtable(L, 0, 4);
    set_integer(L, "alloc", stats.memory_used);
    set_integer(L, "heap_in_use", stats.memory_used);
    set_integer(L, "heap_sys", stats.memory_mapped);
    set_integer(L, "sys", resident_bytes());
    return 1;
}

/* ---- collection: step by step, so that a big heap holds nobody up ---- */

static int collect_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    while (!lua_gc(L, LUA_GCSTEP, 0))
        if (state_budget(L))
            return state_reschedule(L, ctx, collect_k);
    lua_pushboolean(L, 1);
    return 1;
}

static int gc_collect(lua_State *L)
{
    return collect_k(L, LUA_OK, 0);
}

/* ---- workers ---- */

static int system_workers(lua_State *L)
{
    struct sched *sched = state_vm(L)->sched;
    lua_createtable(L, (int)sched_workers(sched), 0);
    for (unsigned i = 0; i < sched_workers(sched); i++) {
        struct sched_stats stats;
        sched_stats(sched, i, &stats);
        lua_createtable(L, 0, 5);
        set_integer(L, "slices", stats.slices);
        set_integer(L, "steals", stats.steals);
        set_integer(L, "preemptions", stats.preemptions);
        set_integer(L, "parks", stats.parks);
        set_integer(L, "busy_ns", stats.busy_ns);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* ---- tables ---- */

static const struct lazy_entry hosts_entries[] = {
    LAZY_F("list", hosts_list),
    LAZY_F("processes", hosts_processes),
    LAZY_DONE,
};

static const struct lazy_entry memory_entries[] = {
    LAZY_F("stats", memory_stats),
    LAZY_DONE,
};

static const struct lazy_entry gc_entries[] = {
    LAZY_F("collect", gc_collect),
    LAZY_DONE,
};

const struct lazy_entry std_system_entries[] = {
    LAZY_T("hosts", hosts_entries),
    LAZY_T("memory", memory_entries),
    LAZY_T("gc", gc_entries),
    LAZY_F("workers", system_workers),
    LAZY_DONE,
};
