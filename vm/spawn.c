/* SPDX-License-Identifier: MIT */
/*
 * spawn: see spawn.h. The load runs as a nested slice on the spawner's worker; only if it is preempted does the spawner wait, as for an operation.
 * Until then nobody else knows the child's PID, but the sets of both sides hold it, so that nothing can slip through in between.
 */
#include "vm/spawn.h"

#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "sched/sched.h"
#include "vm/buffer.h"
#include "vm/code.h"
#include "vm/encoding.h"
#include "vm/error.h"
#include "vm/fiber.h"
#include "vm/heap.h"
#include "vm/operation.h"
#include "vm/pid.h"
#include "vm/process.h"
#include "vm/process_struct.h"
#include "vm/state.h"
#include "vm/vm_struct.h"

/*
 * A spawner that ran on for a whole slice would make thousands of states before the first could run and end, each in cold memory.
 * After this many it lets them run.
 */
enum { SPAWNS_PER_SLICE = 8 };

/* What the spawner waits for when the load was preempted. */
struct pending_spawn {
    struct operation op;
    struct loading loading;
    uint64_t child;
    struct buffer *failure; /* NULL: it loaded */
};

static int push_vm_error(lua_State *L, const struct vm_error *error)
{
    lua_pushnil(L);
    error_push(L, error->kind, "%s", error->message);
    if (error->detail_key[0])
        error_add_detail(L, error->detail_key, error->detail);
    return 2;
}

/* nil and the error that a failed load left: {nil, error}. */
static int push_failure(lua_State *L, const struct buffer *failure)
{
    int count;
    if (codec_decode(L, failure->bytes, failure->length, &count) != CODEC_OK || count != 2)
        return error_return(L, ERROR_INTERNAL, "process failed while loading");
    return 2;
}

static int decode_failure(lua_State *L)
{
    return push_failure(L, lua_touserdata(L, 1));
}

/* As push_failure; takes the reference, also when memory is out. */
static int give_failure(lua_State *L, struct buffer *failure)
{
    lua_pushcfunction(L, decode_failure);
    lua_pushlightuserdata(L, failure);
    int status = lua_pcall(L, 1, 2, 0);
    buffer_unref(failure);
    return status == LUA_OK ? 2 : lua_error(L);
}

static int push_pid(lua_State *L, uint64_t pid)
{
    char text[PID_TEXT_MAX];
    size_t length = process_format_pid(state_vm(L), pid, text);
    lua_pushlstring(L, text, length);
    return 1;
}

static uint64_t new_relation(struct vm *vm)
{
    return atomic_fetch_add_explicit(&vm->next_relation, 1, memory_order_relaxed);
}

static void relate(struct process *parent, struct process *child, unsigned flags)
{
    if (flags & SPAWN_MONITOR) {
        uint64_t id = new_relation(parent->vm);
        relation_put(&parent->monitors, child->pid, id);
        relation_put(&child->watchers, parent->pid, id);
    }
    if (flags & SPAWN_LINK) {
        uint64_t id = new_relation(parent->vm);
        relation_put(&parent->links, child->pid, id);
        relation_put(&child->links, parent->pid, id);
    }
}

static void unrelate(struct process *parent, uint64_t child)
{
    relation_remove(&parent->monitors, child, 0);
    relation_remove(&parent->links, child, 0);
}

/* ---- the load was preempted ---- */

static void load_done(struct loading *loading, struct process *child, struct buffer *result)
{
    (void)child;
    struct pending_spawn *pending = container_of(loading, struct pending_spawn, loading);
    pending->failure = result ? buffer_ref(result) : NULL;
    operation_complete(&pending->op);
}

static void release_pending(struct operation *op)
{
    struct pending_spawn *pending = container_of(op, struct pending_spawn, op);
    buffer_unref(pending->failure);
    free(pending);
}

static int loaded_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct pending_spawn *pending = container_of((struct operation *)ctx, struct pending_spawn, op);
    uint64_t child = pending->child;
    int count;
    if (pending->failure) {
        unrelate(state_process(L), child);
        count = push_failure(L, pending->failure);
    } else {
        count = push_pid(L, child);
    }
    operation_release(&pending->op);
    return count;
}

static int wait_for_load(lua_State *L, struct process *child)
{
    struct pending_spawn *pending = memory_zeroed(sizeof *pending, "a spawn");
    pending->loading.done = load_done;
    pending->child = child->pid;
    pending->op.release = release_pending;
    operation_prepare(L, &pending->op);
    child->loading = &pending->loading;
    process_release(child);
    return operation_wait(L, &pending->op, loaded_k);
}

/* ---- spawn ---- */

static int load(lua_State *L, struct process *child)
{
    struct process *parent = state_process(L);
    uint64_t pid = child->pid;
    switch (process_load_slice(child)) {
    case LOAD_MORE:
        return wait_for_load(L, child);
    case LOAD_FAILED: {
        struct buffer *failure = buffer_ref(child->result);
        unrelate(parent, pid);
        process_release(child);
        return give_failure(L, failure);
    }
    default:
        process_release(child);
        if (++state_of(L)->spawns % SPAWNS_PER_SLICE == 0 && !state_vm(L)->seeded)
            state_yield_soon(state_of(L));
        return push_pid(L, pid);
    }
}

/* Where the entry and the host are found; the code's reference is the caller's. */
static int resolve(lua_State *L, struct code **code, struct vm_host **host, struct vm_error *error)
{
    struct vm *vm = state_vm(L);
    size_t id_length, host_length;
    const char *id = lua_tolstring(L, 1, &id_length), *name = lua_tolstring(L, 2, &host_length);
    *host = vm_host_find(vm, name, host_length);
    if (!*host) {
        vm_error_set(error, ERROR_NOT_FOUND, "host not found");
        snprintf(error->detail_key, sizeof error->detail_key, "host_id");
        snprintf(error->detail, sizeof error->detail, "%s", name);
        return -1;
    }
    return vm->config.resolve(vm->config.resolve_ctx, id, id_length, code, error);
}

/* The child with its arguments, or NULL and *error; never raises. */
static struct process *make_child(lua_State *L, const struct codec_bytes *args, struct vm_error *error)
{
    struct code *code = NULL;
    struct vm_host *host;
    if (resolve(L, &code, &host, error) != 0)
        return NULL;
    struct process *child = process_new(state_vm(L), code, host, error);
    code_unref(code);
    if (child)
        process_set_args(child, args->data, args->length);
    return child;
}

static int spawn_encoded(lua_State *L, unsigned flags, struct codec_bytes *args)
{
    struct vm_error error = {0};
    struct process *parent = state_process(L), *child = make_child(L, args, &error);
    encoding_done(L, args);
    if (!child)
        return push_vm_error(L, &error);
    child->parent = parent->pid;
    process_set_context(child, parent->context, true);
    relate(parent, child, flags);
    return load(L, child);
}

static bool is_missing(lua_State *L, int index)
{
    return lua_isnoneornil(L, index) || (lua_type(L, index) == LUA_TSTRING && lua_rawlen(L, index) == 0);
}

static int spawn_k(lua_State *L, int status, lua_KContext ctx);

/* The flags travel in the low bits of ctx, the number of arguments above. */
static int spawn_run(lua_State *L, lua_KContext ctx)
{
    int top = (int)(ctx >> 4);
    struct codec_bytes args = {0};
    if (top > 2) {
        enum codec_status status = encoding_run(L, 3, top - 2, top, &args);
        if (status == CODEC_MORE)
            return state_reschedule(L, ctx, spawn_k);
        if (status != CODEC_OK)
            return error_return(L, ERROR_INVALID, "arguments cannot be sent: %s", codec_message(status));
    }
    return spawn_encoded(L, (unsigned)(ctx & 15), &args);
}

static int spawn_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    return spawn_run(L, ctx);
}

int spawn_from_lua(lua_State *L, unsigned flags)
{
    if (is_missing(L, 1))
        return error_return(L, ERROR_INVALID, "process id required");
    if (is_missing(L, 2))
        return error_return(L, ERROR_INVALID, "host id required");
    luaL_checktype(L, 1, LUA_TSTRING);
    luaL_checktype(L, 2, LUA_TSTRING);
    state_check_block(L);
    return spawn_run(L, (lua_KContext)lua_gettop(L) << 4 | flags);
}
