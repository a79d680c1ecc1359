/* SPDX-License-Identifier: MIT */
/*
 * system.memory, system.gc, system.runtime: figures and limits of the whole runtime.
 *
 *   memory.stats()            a table of integers, see below                                                     memory
 *   memory.allocated()        bytes of all Lua heaps and messages: stats().alloc                                 memory
 *   memory.heap_objects()     stats().heap_objects                                                               memory
 *   memory.set_limit(n)       the former limit of all Lua heaps together; new processes are refused beyond it; n bytes, or -1 for none; nil, err
 *                             INVALID for anything else                             system.control on memory_limit
 *   memory.get_limit()        the limit; math.maxinteger: none                                                   memory_limit
 *   gc.collect()              true, after a full collection of the calling process; its other coroutines wait, other processes do not
 *                                                                                   system.gc on gc
 *   gc.set_percent(n)         the former value: heaps are collected when they have grown by n per cent (100 at first) since the last time;
 *                             -1: only when their limit is near. For all processes, from their next slice on. Else nil, err INVALID
 *                                                                                   system.gc on gc_percent
 *   gc.get_percent()                                                                                             gc_percent
 *   runtime.goroutines()      processes and actors alive                                                         goroutines
 *   runtime.max_procs([n])    the number last set, at first that of the workers; with n > 0 it is set and the former returned, else nil, err
 *                             INVALID. It is only kept: the workers are fixed at start. gomaxprocs, to set it system.control on gomaxprocs
 *   runtime.cpu_count()       CPUs that are online                                                               cpu
 *
 * stats(): the words are those of another runtime; this is what they are here.
 *
 *   alloc, heap_alloc, heap_in_use    bytes of the chunks that Lua heaps and messages hold
 *   total_alloc                       bytes ever taken for them
 *   heap_sys, heap_idle               bytes mapped for them; and what of that is free
 *   heap_released                     bytes ever given back to the system
 *   heap_objects                      units of 128 bytes in the chunks
 *   sys                               resident bytes of the OS process
 *   stack_sys, stack_in_use           address space of the stacks of all its threads
 *   mspan_sys, mspan_in_use           bytes that describe the mapped memory
 *   num_gc, next_gc                   full collections that somebody asked for; size at which the heap of the calling process is due
 */
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lauxlib.h>

#include "sched/sched.h"
#include "stdlib/services.h"
#include "stdlib/system_lib.h"
#include "vm/error.h"
#include "vm/fiber.h"
#include "vm/heap.h"
#include "vm/slab.h"
#include "vm/state.h"
#include "vm/vm.h"

enum { THREAD_STACK = 8 << 20 };

/* ---- memory ---- */

struct os_figures {
    unsigned long threads, resident_pages;
};

/* Fields 20 and 24 of /proc/self/stat; the second one, a name in parentheses, may hold anything. */
static struct os_figures read_os_figures(void)
{
    char text[1024];
    struct os_figures figures = {0};
    FILE *file = fopen("/proc/self/stat", "re");
    if (!file)
        return figures;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    const char *rest = strrchr(text, ')');
    if (!rest ||
        sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %lu %*d %*u %*u %lu",
               &figures.threads, &figures.resident_pages) != 2)
        figures = (struct os_figures){0};
    return figures;
}

/* What the heap of the process will have grown to when it is collected. */
static uint64_t next_collection(lua_State *L)
{
    uint64_t used = heap_used(heap_of_user(state_of(L)));
    int percent = vm_gc_percent(state_vm(L));
    return percent == VM_GC_OFF ? heap_limit(heap_of_user(state_of(L))) : used + used / 100 * (unsigned)percent;
}

static int memory_stats(lua_State *L)
{
    struct vm_stats stats;
    if (!system_allows(L, "system.read", "memory"))
        return 2;
    struct os_figures os = read_os_figures();
    vm_stats(state_vm(L), &stats);
    const struct {
        const char *name;
        uint64_t value;
    } figures[] = {
        {"alloc", stats.memory_used},
        {"total_alloc", stats.memory_taken},
        {"sys", os.resident_pages * (uint64_t)sysconf(_SC_PAGESIZE)},
        {"heap_alloc", stats.memory_used},
        {"heap_sys", stats.memory_mapped},
        {"heap_idle", stats.memory_mapped - stats.memory_used},
        {"heap_in_use", stats.memory_used},
        {"heap_released", stats.memory_released},
        {"heap_objects", stats.memory_used / SLAB_CHUNK_UNIT},
        {"stack_in_use", os.threads * (uint64_t)THREAD_STACK},
        {"stack_sys", os.threads * (uint64_t)THREAD_STACK},
        {"mspan_in_use", stats.memory_heads},
        {"mspan_sys", stats.memory_heads},
        {"num_gc", stats.collections},
        {"next_gc", next_collection(L)},
    };
    lua_createtable(L, 0, sizeof figures / sizeof figures[0]);
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        system_set_integer(L, figures[i].name, figures[i].value);
    return 1;
}

static int push_used(lua_State *L, uint64_t unit)
{
    struct vm_stats stats;
    if (!system_allows(L, "system.read", "memory"))
        return 2;
    vm_stats(state_vm(L), &stats);
    lua_pushinteger(L, (lua_Integer)(stats.memory_used / unit));
    return 1;
}

static int memory_allocated(lua_State *L)
{
    return push_used(L, 1);
}

static int memory_heap_objects(lua_State *L)
{
    return push_used(L, SLAB_CHUNK_UNIT);
}

static void push_limit(lua_State *L, size_t limit)
{
    lua_pushinteger(L, limit > LUA_MAXINTEGER ? LUA_MAXINTEGER : (lua_Integer)limit);
}

/* The integer at 1; false, with nil and an error pushed: it is missing. Raises for other types. */
static bool read_integer(lua_State *L, const char *what, lua_Integer *out)
{
    if (lua_isnoneornil(L, 1)) {
        error_return(L, ERROR_INVALID, "%s required", what);
        return false;
    }
    *out = luaL_checkinteger(L, 1);
    return true;
}

static int memory_set_limit(lua_State *L)
{
    lua_Integer limit;
    if (!read_integer(L, "limit", &limit) || !system_allows(L, "system.control", "memory_limit"))
        return 2;
    if (limit < -1)
        return error_return(L, ERROR_INVALID, "limit must be a number of bytes, or -1 for none");
    size_t bytes = limit == -1 || limit == LUA_MAXINTEGER ? SIZE_MAX : (size_t)limit;
    push_limit(L, vm_set_memory_limit(state_vm(L), bytes));
    return 1;
}

static int memory_get_limit(lua_State *L)
{
    if (!system_allows(L, "system.read", "memory_limit"))
        return 2;
    push_limit(L, vm_memory_limit(state_vm(L)));
    return 1;
}

/* ---- collection: step by step, so that a big heap holds nobody up ---- */

static int collect_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    while (!lua_gc(L, LUA_GCSTEP, 0))
        if (state_budget(L))
            return state_reschedule(L, ctx, collect_k);
    vm_note_collection(state_vm(L));
    lua_pushboolean(L, 1);
    return 1;
}

static int gc_collect(lua_State *L)
{
    if (!system_allows(L, "system.gc", "gc"))
        return 2;
    return collect_k(L, LUA_OK, 0);
}

static int gc_set_percent(lua_State *L)
{
    lua_Integer percent;
    if (!read_integer(L, "percent", &percent) || !system_allows(L, "system.gc", "gc_percent"))
        return 2;
    if (percent < VM_GC_OFF || percent > VM_GC_PERCENT_MAX)
        return error_return(L, ERROR_INVALID, "percent must be from 0 to %d, or -1 for off", VM_GC_PERCENT_MAX);
    lua_pushinteger(L, vm_set_gc_percent(state_vm(L), (int)percent));
    return 1;
}

static int gc_get_percent(lua_State *L)
{
    if (!system_allows(L, "system.read", "gc_percent"))
        return 2;
    lua_pushinteger(L, vm_gc_percent(state_vm(L)));
    return 1;
}

/* ---- runtime ---- */

static int runtime_goroutines(lua_State *L)
{
    if (!system_allows(L, "system.read", "goroutines"))
        return 2;
    lua_pushinteger(L, (lua_Integer)vm_live(state_vm(L)));
    return 1;
}

static void push_max_procs(lua_State *L, int64_t number)
{
    lua_pushinteger(L, number ? number : sched_workers(vm_sched(state_vm(L))));
}

static int runtime_max_procs(lua_State *L)
{
    struct services *services = services_of(L);
    if (lua_isnoneornil(L, 1)) {
        if (!system_allows(L, "system.read", "gomaxprocs"))
            return 2;
        push_max_procs(L, atomic_load_explicit(&services->max_procs, memory_order_relaxed));
        return 1;
    }
    lua_Integer number = luaL_checkinteger(L, 1);
    if (!system_allows(L, "system.control", "gomaxprocs"))
        return 2;
    if (number <= 0)
        return error_return(L, ERROR_INVALID, "number of workers must be over 0");
    push_max_procs(L, atomic_exchange_explicit(&services->max_procs, number, memory_order_relaxed));
    return 1;
}

static int runtime_cpu_count(lua_State *L)
{
    if (!system_allows(L, "system.read", "cpu"))
        return 2;
    lua_pushinteger(L, sysconf(_SC_NPROCESSORS_ONLN));
    return 1;
}

/* ---- tables ---- */

const struct lazy_entry system_memory_entries[] = {
    LAZY_F("stats", memory_stats),
    LAZY_F("allocated", memory_allocated),
    LAZY_F("heap_objects", memory_heap_objects),
    LAZY_F("set_limit", memory_set_limit),
    LAZY_F("get_limit", memory_get_limit),
    LAZY_DONE,
};

const struct lazy_entry system_gc_entries[] = {
    LAZY_F("collect", gc_collect),
    LAZY_F("set_percent", gc_set_percent),
    LAZY_F("get_percent", gc_get_percent),
    LAZY_DONE,
};

const struct lazy_entry system_runtime_entries[] = {
    LAZY_F("goroutines", runtime_goroutines),
    LAZY_F("max_procs", runtime_max_procs),
    LAZY_F("cpu_count", runtime_cpu_count),
    LAZY_DONE,
};
