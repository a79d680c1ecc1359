/* SPDX-License-Identifier: MIT */
/*
 * spawn: see spawn.h. A process whose chunks have been run ahead (preload.h) is queued, and that is all. Otherwise the load runs as a nested
 * slice on the spawner's worker; only if it is preempted does the spawner wait, as for an operation.
 * Until then nobody else knows the child's PID (unless it has a name), but the sets of both sides hold it, so that nothing can slip through in
 * between. Who waits for the end anyway (exec) leaves the load to the scheduler.
 *
 * The child is held RUNNING until it is released, so all that is done to it before is in place when it first runs: relations, context, and
 * messages at the very front of its mailbox, for its name is registered after them.
 */
#include "vm/spawn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "sched/sched.h"
#include "sched/wheel.h"
#include "sched/worker.h"
#include "vm/buffer.h"
#include "vm/code_struct.h"
#include "vm/context.h"
#include "vm/encoding.h"
#include "vm/ending.h"
#include "vm/error.h"
#include "vm/fiber.h"
#include "vm/heap.h"
#include "vm/names.h"
#include "vm/operation.h"
#include "vm/pid.h"
#include "vm/process.h"
#include "vm/process_new.h"
#include "vm/process_struct.h"
#include "vm/spawner.h"
#include "vm/state.h"
#include "vm/vm_struct.h"

/*
 * A spawner that ran on for a whole slice would make thousands of processes before the first could run and end, each in cold memory. So it lets
 * them run when WAITING_MAX wait, looking every now and then; while another worker takes them as fast as they come it goes on, unless a timer
 * is due or a C function would have to give way. After SPAWNS_MAX it has to look into its own mailbox. Those that had to load have a state,
 * which should not leave the cache before it is used, and count for more.
 */
enum { WAITING_MAX = 224, SPAWNS_PER_LOOK = 32, SPAWNS_MAX = 1024, LOAD_COUNTS = 128 };

enum { NAME_TRIES = 100 }; /* how often a name may pass from a process that ends to another before a spawn gives up */
enum { FLAG_BITS = 4 };    /* the C continuation's context: flags, the number of arguments above them */

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

/* ---- exec: waiting for the end ---- */

/* Stays until the process has ended, even if who waits for it is gone before. */
struct exec {
    struct operation op;
    struct ending ending;
    struct buffer *result; /* NULL: the process was gone before the question came */
    lua_KContext again;    /* of spawn_run */
};

static int spawn_run(lua_State *L, lua_KContext ctx);

static void exec_ended(struct ending *ending, struct buffer *result)
{
    struct exec *exec = container_of(ending, struct exec, ending);
    exec->result = result ? buffer_ref(result) : NULL;
    operation_complete(&exec->op);
}

static void release_exec(struct operation *op)
{
    struct exec *exec = container_of(op, struct exec, op);
    buffer_unref(exec->result);
    free(exec);
}

static struct exec *new_exec(lua_State *L, lua_KContext again)
{
    struct exec *exec = memory_zeroed(sizeof *exec, "an exec");
    exec->ending.ended = exec_ended;
    exec->op.release = release_exec;
    exec->again = again;
    operation_prepare(L, &exec->op); /* cannot raise: state_check_block has been called */
    return exec;
}

static int exec_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct exec *exec = container_of((struct operation *)ctx, struct exec, op);
    lua_KContext again = exec->again;
    int count = 0;
    if (!exec->result) {
        operation_release(&exec->op);
        return spawn_run(L, again);
    }
    enum codec_status outcome =
        encoding_decode(L, exec->result->bytes, exec->result->length, (int)(again >> FLAG_BITS), &count);
    if (outcome == CODEC_MORE)
        return state_reschedule(L, ctx, exec_k);
    operation_release(&exec->op);
    if (outcome != CODEC_OK || count != 2)
        return error_return(L, ERROR_INTERNAL, "result cannot be decoded: %s", codec_message(outcome));
    if (!lua_isnil(L, -1))
        return 2;
    lua_pop(L, 1);
    return 1;
}

/* ---- spawn ---- */

/* One spawn under way. */
struct spawn {
    lua_State *L;
    lua_KContext ctx;
    unsigned flags;
    int id; /* stack index of the entry id */
    struct process *parent, *child;
    const struct codec_bytes *args;
    struct context *context; /* of the child, a reference */
    const char *name;        /* NULL: none */
    size_t name_length;
    uint64_t holder; /* who has the name already */
    struct exec *exec;
    struct vm_error *error;
};

enum outcome { SPAWN_CREATED, SPAWN_SIGNALED, SPAWN_RETRY, SPAWN_FAILED };

/* is_ready: the child had nothing to load. */
static void count_spawn(struct state *state, bool is_ready)
{
    struct worker *w = worker_self();
    state->spawns += is_ready ? 1 : LOAD_COUNTS;
    bool looks = state->spawns % SPAWNS_PER_LOOK == 0 && !state->vm->seeded;
    bool rests = looks && (worker_waiting(w) >= WAITING_MAX || wheel_has_due(w) || worker_is_over_budget(w));
    if ((state->spawns < SPAWNS_MAX && !rests) || state->vm->seeded)
        return;
    state->spawns = 0;
    state_yield_soon(state);
}

static int load(lua_State *L, struct process *child)
{
    struct process *parent = state_process(L);
    uint64_t pid = child->pid;
    bool is_ready = child->phase == PROCESS_RUNNING;
    switch (is_ready ? LOAD_DONE : process_load_slice(child)) {
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
        count_spawn(state_of(L), is_ready);
        return push_pid(L, pid);
    }
}

/* Where the entry and the host are found; the code's reference is the caller's. */
static int resolve(struct spawn *spawn, struct code **code, struct vm_host **host)
{
    struct vm *vm = spawn->parent->vm;
    struct vm_error *error = spawn->error;
    size_t id_length, host_length;
    const char *id = lua_tolstring(spawn->L, spawn->id, &id_length);
    const char *name = lua_tolstring(spawn->L, spawn->id + 1, &host_length);
    *host = vm_host_find(vm, name, host_length);
    if (!*host) {
        vm_error_set(error, ERROR_NOT_FOUND, "host not found");
        snprintf(error->detail_key, sizeof error->detail_key, "host_id");
        snprintf(error->detail, sizeof error->detail, "%s", name);
        return -1;
    }
    return vm->config.resolve(vm->config.resolve_ctx, id, id_length, code, error);
}

/* The child with its arguments and its context, or NULL. */
static struct process *make_child(struct spawn *spawn)
{
    struct code *code = NULL;
    struct vm_host *host;
    if (resolve(spawn, &code, &host) != 0)
        return NULL;
    struct process *child = process_new(spawn->parent->vm, code, host, spawn->error);
    code_unref(code);
    if (!child)
        return NULL;
    process_set_args(child, spawn->args->data, spawn->args->length);
    child->parent = spawn->parent->pid;
    process_give_context(child, spawn->context, spawn->context == spawn->parent->context);
    if (spawn->flags & SPAWN_WITH)
        process_give_options(child, spawner_values(spawn->L, 1, SPAWNER_OPTIONS));
    return child;
}

/* The queued messages: 0, -ESRCH or -ENOBUFS. */
static int send_messages(struct spawn *spawn, uint64_t pid)
{
    struct spawner_message message;
    unsigned count = spawn->flags & SPAWN_WITH ? spawner_messages(spawn->L, 1) : 0;
    int result = 0;
    for (unsigned i = 0; i < count && result == 0; i++) {
        spawner_message(spawn->L, 1, i, &message);
        result = process_send_encoded(spawn->parent->vm, 0, pid, message.topic, message.topic_length, message.body,
                                      message.length);
    }
    if (result == -ENOBUFS)
        vm_error_set(spawn->error, ERROR_RATE_LIMITED, "mailbox of the receiver is full");
    return result;
}

/* Ends a child that nobody has heard of. */
static enum outcome discard(struct process *child, enum outcome outcome)
{
    process_doom(child, DEATH_TERMINATED);
    process_release(child);
    return outcome;
}

static enum outcome create(struct spawn *spawn)
{
    struct process *child = make_child(spawn);
    if (!child)
        return SPAWN_FAILED;
    if (send_messages(spawn, child->pid) != 0)
        return discard(child, SPAWN_FAILED);
    if (spawn->name && names_register(spawn->parent->vm, spawn->name, spawn->name_length, child->pid) == NAMES_TAKEN)
        return discard(child, SPAWN_RETRY);
    relate(spawn->parent, child, spawn->flags);
    if (code_is_preloaded(child->code))
        child->phase = PROCESS_RUNNING; /* nothing can fail any more that a spawn has to tell of */
    spawn->child = child;
    return SPAWN_CREATED;
}

/* Messages and relations for the process that has the name; it may end at any moment. */
static enum outcome signal_holder(struct spawn *spawn)
{
    struct process *parent = spawn->parent;
    uint64_t pid = spawn->holder;
    if ((spawn->flags & SPAWN_EXEC) && pid == parent->pid) {
        vm_error_set(spawn->error, ERROR_INVALID, "a process cannot wait for its own end");
        return SPAWN_FAILED;
    }
    int result = send_messages(spawn, pid);
    if (result != 0)
        return result == -ESRCH ? SPAWN_RETRY : SPAWN_FAILED;
    if ((spawn->flags & SPAWN_MONITOR) && relation_monitor(parent, pid) == RELATION_DEAD)
        return SPAWN_RETRY;
    if ((spawn->flags & SPAWN_LINK) && relation_link(parent, pid) == RELATION_DEAD)
        return SPAWN_RETRY;
    if ((spawn->flags & SPAWN_EXEC) && !ending_ask(parent->vm, pid, &spawn->exec->ending))
        return SPAWN_RETRY;
    return SPAWN_SIGNALED;
}

static enum outcome spawn_or_signal(struct spawn *spawn)
{
    for (int i = 0; i < NAME_TRIES; i++) {
        if (spawn->name)
            spawn->holder = names_lookup(spawn->parent->vm->names, spawn->name, spawn->name_length);
        enum outcome outcome = spawn->holder ? signal_holder(spawn) : create(spawn);
        if (outcome != SPAWN_RETRY)
            return outcome;
    }
    vm_error_set(spawn->error, ERROR_UNAVAILABLE, "the processes of that name end as fast as they are found");
    return SPAWN_FAILED;
}

/* The context of the child: what the settings say over what the parent has. */
static enum outcome find_context(struct spawn *spawn)
{
    struct context *explicit = spawn->flags & SPAWN_WITH ? spawner_values(spawn->L, 1, SPAWNER_CONTEXT) : NULL;
    int result = context_overlay(&spawn->context, spawn->parent->context, explicit);
    if (result == 0)
        return SPAWN_CREATED;
    vm_error_set(spawn->error, result == -ENOMEM ? ERROR_INTERNAL : ERROR_INVALID, "context: %s",
                 context_message(result));
    return SPAWN_FAILED;
}

/* Pushes what the caller gets, or waits for it. */
static int finish(struct spawn *spawn, enum outcome outcome)
{
    lua_State *L = spawn->L;
    struct exec *exec = spawn->exec;
    lua_settop(L, (int)(spawn->ctx >> FLAG_BITS));
    if (outcome == SPAWN_FAILED) {
        if (exec) {
            operation_abandon(&exec->op);
            free(exec);
        }
        return push_vm_error(L, spawn->error);
    }
    if (!exec)
        return outcome == SPAWN_SIGNALED ? push_pid(L, spawn->holder) : load(L, spawn->child);
    if (outcome == SPAWN_CREATED) {
        ending_attach(spawn->child, &exec->ending);
        process_release(spawn->child);
    }
    return operation_wait(L, &exec->op, exec_k);
}

static int spawn_encoded(lua_State *L, lua_KContext ctx, struct codec_bytes *args)
{
    unsigned flags = (unsigned)ctx & ((1U << FLAG_BITS) - 1);
    struct vm_error error; /* set if it fails: clearing it takes as long as finding the host */
    struct spawn spawn = {.L = L,
                          .ctx = ctx,
                          .flags = flags,
                          .id = flags & SPAWN_WITH ? 2 : 1,
                          .parent = state_process(L),
                          .args = args,
                          .error = &error};
    enum outcome outcome = find_context(&spawn);
    if (flags & SPAWN_WITH)
        spawn.name = spawner_name(L, 1, &spawn.name_length);
    if (flags & SPAWN_EXEC)
        spawn.exec = new_exec(L, ctx);
    if (outcome != SPAWN_FAILED)
        outcome = spawn_or_signal(&spawn);
    context_unref(spawn.context);
    encoding_done(L, args);
    return finish(&spawn, outcome);
}

static int spawn_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    return spawn_run(L, ctx);
}

static int spawn_run(lua_State *L, lua_KContext ctx)
{
    int top = (int)(ctx >> FLAG_BITS), first = ctx & SPAWN_WITH ? 4 : 3;
    struct codec_bytes args = {0};
    if (top >= first) {
        enum codec_status status = encoding_run(L, first, top - first + 1, top, &args);
        if (status == CODEC_MORE)
            return state_reschedule(L, ctx, spawn_k);
        if (status != CODEC_OK)
            return error_return(L, ERROR_INVALID, "arguments cannot be sent: %s", codec_message(status));
    }
    return spawn_encoded(L, ctx, &args);
}

static bool is_missing(lua_State *L, int index)
{
    int type = lua_type(L, index);
    return type == LUA_TSTRING ? lua_rawlen(L, index) == 0 : type <= LUA_TNIL;
}

/* exec wants a whole entry id; a spawn finds out that there is no such entry. */
static bool is_whole_id(lua_State *L, int index)
{
    size_t length;
    const char *id = lua_tolstring(L, index, &length), *colon = memchr(id, ':', length);
    return colon && colon > id && colon < id + length - 1;
}

int spawn_from_lua(lua_State *L, unsigned flags)
{
    int id = flags & SPAWN_WITH ? 2 : 1, host = id + 1;
    if (is_missing(L, id))
        return error_return(L, ERROR_INVALID, "process id required");
    if (is_missing(L, host))
        return error_return(L, ERROR_INVALID, "host id required");
    luaL_checktype(L, id, LUA_TSTRING);
    luaL_checktype(L, host, LUA_TSTRING);
    if ((flags & SPAWN_EXEC) && !is_whole_id(L, id))
        return error_return(L, ERROR_INVALID, "process id must be namespace:name");
    state_check_block(L);
    return spawn_run(L, (lua_KContext)lua_gettop(L) << FLAG_BITS | flags);
}
