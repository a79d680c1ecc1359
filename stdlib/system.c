/* SPDX-License-Identifier: MIT */
/*
 * system (module): what the runtime itself looks like, and a few switches. All counts, sizes and times are integers and a moment old. Every
 * function needs a permission (the resource stands behind each); without it: nil, err INVALID.
 *
 *   system.exit([code=0])     true; an orderly shutdown begins and the exit status will be `code`, as the system keeps it: the low eight
 *                             bits, but no other number looks like 0. The first call counts.                    system.exit
 *   system.modules()          {name, description, class = {…}} of all libraries and modules                     modules
 *   system.process.pid() hostname() cwd()       of the OS process                                               pid, hostname, cwd
 *   system.workers()          {slices, steals, preemptions, parks, busy_ns} per worker thread                   hosts
 *
 * memory, gc, runtime: system_memory.c; hosts, supervisor: system_hosts.c; node, cluster, raft, lock: system_cluster.c.
 */
#include "stdlib/system.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>

#include "sched/sched.h"
#include "stdlib/module_info.h"
#include "stdlib/permission.h"
#include "stdlib/services.h"
#include "stdlib/system_lib.h"
#include "vm/error.h"
#include "vm/state.h"
#include "vm/vm_struct.h"

bool system_allows(lua_State *L, const char *action, const char *resource)
{
    if (permission_allows(L, action, resource))
        return true;
    error_return(L, ERROR_INVALID, *resource ? "permission denied: %s on %s" : "permission denied: %s", action,
                 resource);
    return false;
}

void system_set_integer(lua_State *L, const char *key, uint64_t value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, key);
}

void system_set_string(lua_State *L, const char *key, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

static int system_exit(lua_State *L)
{
    lua_Integer code = luaL_optinteger(L, 1, 0);
    const struct system_source *source = services_of(L)->system;
    if (!system_allows(L, "system.exit", ""))
        return 2;
    if (!source)
        return error_return(L, ERROR_INTERNAL, "this runtime cannot be ended from inside");
    source->exit(source->ctx, code);
    lua_pushboolean(L, 1);
    return 1;
}

/* ---- modules ---- */

/* Pushes the words of a text as an array. */
static void push_words(lua_State *L, const char *text)
{
    lua_newtable(L);
    for (lua_Integer i = 1; text && *text; i++) {
        size_t length = strcspn(text, " ");
        lua_pushlstring(L, text, length);
        lua_rawseti(L, -2, i);
        text += length + strspn(text + length, " ");
    }
}

static int system_modules(lua_State *L)
{
    if (!system_allows(L, "system.read", "modules"))
        return 2;
    lua_Integer count = 0;
    lua_newtable(L);
    for (const struct library *library = state_vm(L)->config.libraries; library->name; library++) {
        const struct module_info *info = module_info_find(library->name);
        lua_createtable(L, 0, 3);
        system_set_string(L, "name", library->name);
        system_set_string(L, "description", info ? info->description : "");
        push_words(L, info ? info->classes : NULL);
        lua_setfield(L, -2, "class");
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

/* ---- the OS process ---- */

static int process_pid(lua_State *L)
{
    if (!system_allows(L, "system.read", "pid"))
        return 2;
    lua_pushinteger(L, getpid());
    return 1;
}

static int process_hostname(lua_State *L)
{
    char name[256];
    if (!system_allows(L, "system.read", "hostname"))
        return 2;
    if (gethostname(name, sizeof name))
        return error_return(L, ERROR_INTERNAL, "the host name cannot be read: %s", strerror(errno));
    name[sizeof name - 1] = 0;
    lua_pushstring(L, name);
    return 1;
}

static int process_cwd(lua_State *L)
{
    char directory[PATH_MAX];
    if (!system_allows(L, "system.read", "cwd"))
        return 2;
    if (!getcwd(directory, sizeof directory))
        return error_return(L, ERROR_INTERNAL, "the working directory cannot be read: %s", strerror(errno));
    lua_pushstring(L, directory);
    return 1;
}

static int system_workers(lua_State *L)
{
    struct sched *sched = state_vm(L)->sched;
    if (!system_allows(L, "system.read", "hosts"))
        return 2;
    lua_createtable(L, (int)sched_workers(sched), 0);
    for (unsigned i = 0; i < sched_workers(sched); i++) {
        struct sched_stats stats;
        sched_stats(sched, i, &stats);
        lua_createtable(L, 0, 5);
        system_set_integer(L, "slices", stats.slices);
        system_set_integer(L, "steals", stats.steals);
        system_set_integer(L, "preemptions", stats.preemptions);
        system_set_integer(L, "parks", stats.parks);
        system_set_integer(L, "busy_ns", stats.busy_ns);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* ---- tables ---- */

static const struct lazy_entry process_entries[] = {
    LAZY_F("pid", process_pid),
    LAZY_F("hostname", process_hostname),
    LAZY_F("cwd", process_cwd),
    LAZY_DONE,
};

const struct lazy_entry std_system_entries[] = {
    LAZY_F("exit", system_exit),
    LAZY_F("modules", system_modules),
    LAZY_T("memory", system_memory_entries),
    LAZY_T("gc", system_gc_entries),
    LAZY_T("runtime", system_runtime_entries),
    LAZY_T("process", process_entries),
    LAZY_T("hosts", system_hosts_entries),
    LAZY_T("supervisor", system_supervisor_entries),
    LAZY_T("node", system_node_entries),
    LAZY_T("cluster", system_cluster_entries),
    LAZY_T("raft", system_raft_entries),
    LAZY_T("lock", system_lock_entries),
    LAZY_F("workers", system_workers),
    LAZY_DONE,
};
