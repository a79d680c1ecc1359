/* SPDX-License-Identifier: MIT */
/*
 * pg (module): process groups, spec actor-core 9.
 *
 *   pg.open(id)                            Instance of the scope (an entry of kind pg.scope), or nil, err
 *   i:join(g), i:join{g, …}                true, or nil, err; all of them or none; a process may join a group several times
 *   i:leave(g), i:leave{g, …}              true, or nil, err when it is in none of them
 *   i:get_members(g), get_local_members    PIDs, one for each join
 *   i:which_groups(), which_local_groups   names of the groups that have members
 *   i:broadcast(g, topic, ...), broadcast_local      true, or nil, err; one message to each member, whoever has no room for it excepted
 *   i:monitor(g)                           Subscription, members, or nil, nil, err
 *   i:events()                             Subscription, {group = members}, or nil, nil, err
 *   i:release()                            true; all other methods fail from now on
 *   sub:channel()                          of {system = "pg", kind = "member.joined" | "member.left", path = g, data = {Group = g, PIDs = {…}}}
 *   sub:close([{flush = true}])            true; flush: what has come before cannot be received either
 *
 * On a node of its own all members are local. A process leaves all groups when it ends, whether its instances are released or not.
 */
#include "stdlib/pg.h"

#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "stdlib/pg_lib.h"
#include "vm/buffer.h"
#include "vm/encoding.h"
#include "vm/error.h"
#include "vm/handle.h"
#include "vm/members.h"
#include "vm/process.h"
#include "vm/state.h"
#include "vm/type.h"
#include "vm/vm_struct.h"

enum { TOPIC_MAX = 65535, AT_ONCE = 500, FEW_NAMES = 8 };

struct instance {
    const struct type *type;
    struct groups *groups;
    uint64_t pid; /* of the process that opened it: a later call of a function may still refer to it */
    bool is_released;
};

static bool is_released(lua_State *L, const struct instance *instance)
{
    return instance->is_released || instance->pid != process_pid(state_process(L));
}

/* ---- errors and arguments ---- */

int pg_fail(lua_State *L, int nils)
{
    for (int i = 0; i < nils; i++) {
        lua_pushnil(L);
        lua_insert(L, -2);
    }
    return nils + 1;
}

/* A limit is reached: it may be otherwise later. */
static void push_limit(lua_State *L, const char *text)
{
    error_push_full(L, ERROR_RATE_LIMITED, text, strlen(text), 1, 0);
    lua_remove(L, -2);
}

void pg_push_error(lua_State *L, const struct groups *groups, enum groups_answer answer,
                   const struct groups_name *group)
{
    const char *name = group ? group->text : "", *id = groups_id(groups);
    switch (answer) {
    case GROUPS_TOO_MANY:
        push_limit(L, lua_pushfstring(L, "pg scope %s has reached max_groups", id));
        break;
    case GROUPS_FULL:
        push_limit(L, lua_pushfstring(L, "group '%s' has reached max_members_per_group", name));
        break;
    case GROUPS_TOO_OFTEN:
        push_limit(L, lua_pushfstring(L, "process has joined group '%s' %d times already", name, GROUPS_JOINS_MAX));
        break;
    case GROUPS_NOT_A_MEMBER:
        if (group)
            error_push(L, ERROR_INVALID, "process is not a member of group '%s'", name);
        else
            error_push(L, ERROR_INVALID, "process is a member of none of the groups");
        break;
    default:
        error_push(L, ERROR_INTERNAL, "pg scope %s is not running", id);
        break;
    }
}

struct groups *pg_scope(lua_State *L)
{
    const struct instance *instance = type_check(L, 1, &pg_instance_type);
    if (!is_released(L, instance))
        return instance->groups;
    error_push(L, ERROR_INVALID, "pg instance is released");
    return NULL;
}

/* What is wrong with a name of that length, NULL: nothing. */
static const char *name_problem(size_t length)
{
    if (length == 0)
        return "group name required";
    return length > GROUPS_NAME_MAX ? "group name longer than 1024 bytes" : NULL;
}

_Static_assert(GROUPS_NAME_MAX == 1024, "the message says so");

bool pg_name(lua_State *L, int index, struct groups_name *name)
{
    *name = (struct groups_name){0};
    if (!lua_isnoneornil(L, index)) {
        luaL_checktype(L, index, LUA_TSTRING);
        name->text = lua_tolstring(L, index, &name->length);
    }
    const char *problem = name_problem(name->length);
    if (problem)
        error_push(L, ERROR_INVALID, "%s", problem);
    return !problem;
}

/* ---- join and leave ---- */

/* What stands for the table at `index` (one made immutable) is replaced by it. */
static void see_through(lua_State *L, int index)
{
    if (!lua_getmetatable(L, index))
        return;
    lua_pop(L, 1);
    if (lazy_target(L, index))
        lua_replace(L, index);
}

/* Element i of the table at index 2, which keeps it; false: not a name, which is pushed as an error. */
static bool name_at(lua_State *L, unsigned i, struct groups_name *name)
{
    *name = (struct groups_name){0};
    bool is_string = lua_rawgeti(L, 2, (lua_Integer)i + 1) == LUA_TSTRING;
    if (is_string)
        name->text = lua_tolstring(L, -1, &name->length);
    lua_pop(L, 1);
    const char *problem = is_string ? name_problem(name->length) : "not a string";
    if (problem)
        error_push(L, ERROR_INVALID, "group %u of the list: %s", i + 1, problem);
    return !problem;
}

/* The argument of join and leave: *names, `few` or in a userdata on the stack. 0: an error is pushed. */
static unsigned check_names(lua_State *L, struct groups_name *few, struct groups_name **names)
{
    *names = few;
    if (!lua_istable(L, 2))
        return pg_name(L, 2, few);
    see_through(L, 2);
    size_t count = lua_rawlen(L, 2);
    if (count == 0 || count > GROUPS_BATCH_MAX) {
        error_push(L, ERROR_INVALID, count ? "more than %d groups in one call" : "group names required",
                   GROUPS_BATCH_MAX);
        return 0;
    }
    if (count > FEW_NAMES)
        *names = lua_newuserdata(L, count * sizeof **names);
    for (unsigned i = 0; i < count; i++)
        if (!name_at(L, i, &(*names)[i]))
            return 0;
    return (unsigned)count;
}

static int instance_join(lua_State *L)
{
    struct groups_name few[FEW_NAMES], *names;
    struct groups *groups = pg_scope(L);
    unsigned refused, count = groups ? check_names(L, few, &names) : 0;
    if (!count)
        return pg_fail(L, 1);
    enum groups_answer answer = groups_join(groups, state_process(L), names, count, &refused);
    if (answer != GROUPS_OK) {
        pg_push_error(L, groups, answer, refused < count ? &names[refused] : NULL);
        return pg_fail(L, 1);
    }
    lua_pushboolean(L, 1);
    return 1;
}

static int instance_leave(lua_State *L)
{
    struct groups_name few[FEW_NAMES], *names;
    struct groups *groups = pg_scope(L);
    unsigned count = groups ? check_names(L, few, &names) : 0;
    if (!count)
        return pg_fail(L, 1);
    enum groups_answer answer = groups_leave(groups, state_process(L), names, count);
    if (answer != GROUPS_OK) {
        pg_push_error(L, groups, answer, count == 1 ? names : NULL);
        return pg_fail(L, 1);
    }
    lua_pushboolean(L, 1);
    return 1;
}

/* ---- broadcast ---- */

/* One on its way. For few members it is over before anything can raise; otherwise it hangs on the state. */
struct broadcast {
    struct handle handle;
    struct members *members;
    struct buffer *body;
    uint32_t next;
};

static void broadcast_release(struct handle *handle)
{
    struct broadcast *broadcast = container_of(handle, struct broadcast, handle);
    members_unref(broadcast->members);
    buffer_unref(broadcast->body);
    free(broadcast);
}

/* The topic is at index 3. */
static void send_next(lua_State *L, struct broadcast *broadcast)
{
    size_t length;
    const char *topic = lua_tolstring(L, 3, &length);
    uint64_t to = broadcast->members->items[broadcast->next++].pid;
    process_send_shared(state_vm(L), process_pid(state_process(L)), to, topic, length, broadcast->body);
}

static int broadcast_k(lua_State *L, int status, lua_KContext ctx)
{
    struct broadcast *broadcast = (struct broadcast *)ctx; /* NOLINT(performance-no-int-to-ptr) */
    (void)status;
    while (broadcast->next < broadcast->members->count) {
        send_next(L, broadcast);
        if (state_budget(L))
            return state_reschedule(L, ctx, broadcast_k);
    }
    handle_close(&broadcast->handle);
    lua_pushboolean(L, 1);
    return 1;
}

/* Takes the references. */
static int broadcast_to(lua_State *L, struct members *members, struct buffer *body)
{
    struct broadcast broadcast = {.members = members, .body = body};
    if (members->count > AT_ONCE) {
        struct broadcast *kept = memory_alloc(sizeof *kept, "a broadcast");
        *kept = broadcast;
        handle_open(L, &kept->handle, broadcast_release);
        return broadcast_k(L, LUA_OK, (lua_KContext)kept);
    }
    while (broadcast.next < members->count)
        send_next(L, &broadcast);
    members_unref(members);
    buffer_unref(body);
    lua_pushboolean(L, 1);
    return 1;
}

static struct buffer *to_buffer(const struct codec_bytes *bytes)
{
    struct buffer *body = buffer_new(bytes->length);
    if (body && bytes->length)
        memcpy(body->bytes, bytes->data, bytes->length);
    return body;
}

/* Gives the bytes back. The instance may have been released while they were made: no matter. */
static int broadcast_encoded(lua_State *L, struct codec_bytes *bytes)
{
    const struct instance *instance = lua_touserdata(L, 1);
    struct groups_name name;
    name.text = lua_tolstring(L, 2, &name.length);
    struct buffer *body = to_buffer(bytes);
    encoding_done(L, bytes);
    if (!body)
        return error_return(L, ERROR_INTERNAL, "out of memory for the message");
    struct members *members = groups_members(instance->groups, name);
    if (members)
        return broadcast_to(L, members, body);
    buffer_unref(body);
    lua_pushboolean(L, 1);
    return 1;
}

static int broadcast_encode_k(lua_State *L, int status, lua_KContext ctx);

static int broadcast_encode(lua_State *L, int top)
{
    struct codec_bytes bytes = {0};
    if (top > 3) {
        enum codec_status status = encoding_run(L, 4, top - 3, top, &bytes);
        if (status == CODEC_MORE)
            return state_reschedule(L, top, broadcast_encode_k);
        if (status != CODEC_OK)
            return error_return(L, ERROR_INVALID, "message cannot be sent: %s", codec_message(status));
    }
    return broadcast_encoded(L, &bytes);
}

static int broadcast_encode_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    return broadcast_encode(L, (int)ctx);
}

static bool check_topic(lua_State *L, int index)
{
    size_t length = 0;
    const char *topic = "";
    if (!lua_isnoneornil(L, index)) {
        luaL_checktype(L, index, LUA_TSTRING);
        topic = lua_tolstring(L, index, &length);
    }
    if (length == 0)
        error_push(L, ERROR_INVALID, "topic required");
    else if (topic[0] == '@')
        error_push(L, ERROR_INVALID, "cannot send to @ topics");
    else if (length > TOPIC_MAX)
        error_push(L, ERROR_INVALID, "topic longer than %d bytes", TOPIC_MAX);
    else
        return true;
    return false;
}

static int instance_broadcast(lua_State *L)
{
    struct groups_name name;
    int top = lua_gettop(L);
    struct groups *groups = pg_scope(L);
    if (!groups || !pg_name(L, 2, &name) || !check_topic(L, 3))
        return pg_fail(L, 1);
    if (!groups_is_running(groups)) {
        pg_push_error(L, groups, GROUPS_STOPPED, NULL);
        return pg_fail(L, 1);
    }
    return broadcast_encode(L, top);
}

/* ---- instances ---- */

static int instance_release(lua_State *L)
{
    struct instance *instance = type_check(L, 1, &pg_instance_type);
    instance->is_released = true;
    lua_pushboolean(L, 1);
    return 1;
}

static int instance_tostring(lua_State *L)
{
    const struct instance *instance = type_check(L, 1, &pg_instance_type);
    lua_pushfstring(L, "pg.Instance{%s%s}", groups_id(instance->groups), is_released(L, instance) ? ", released" : "");
    return 1;
}

static const luaL_Reg instance_methods[] = {
    {"join", instance_join},           {"leave", instance_leave},
    {"get_members", pg_get_members},   {"get_local_members", pg_get_members},
    {"which_groups", pg_which_groups}, {"which_local_groups", pg_which_groups},
    {"broadcast", instance_broadcast}, {"broadcast_local", instance_broadcast},
    {"monitor", pg_monitor},           {"events", pg_events},
    {"release", instance_release},     {NULL, NULL},
};

const struct type pg_instance_type = {
    .name = "pg.Instance", .methods = instance_methods, .tostring = instance_tostring};

/* No scope of that id: why. */
static int refuse_open(lua_State *L, const char *id, size_t length)
{
    char kind[64];
    const struct vm_config *config = &state_vm(L)->config;
    if (!config->kind_of || !config->kind_of(config->resolve_ctx, id, length, kind, sizeof kind))
        return error_return(L, ERROR_INTERNAL, "there is no pg scope %.200s", id);
    if (strcmp(kind, "pg.scope") == 0)
        return error_return(L, ERROR_INTERNAL, "pg scope %.200s is not available", id);
    return error_return(L, ERROR_INVALID, "%.200s is a %s, not a pg.scope", id, kind);
}

static int pg_open(lua_State *L)
{
    size_t length = 0;
    const char *id = "";
    if (!lua_isnoneornil(L, 1)) {
        luaL_checktype(L, 1, LUA_TSTRING);
        id = lua_tolstring(L, 1, &length);
    }
    if (length == 0)
        return error_return(L, ERROR_INVALID, "scope id required");
    struct groups *groups = groups_find(state_vm(L), id, length);
    if (!groups)
        return refuse_open(L, id, length);
    if (!groups_is_running(groups)) {
        pg_push_error(L, groups, GROUPS_STOPPED, NULL);
        return pg_fail(L, 1);
    }
    struct instance *instance = type_new(L, &pg_instance_type, sizeof *instance);
    instance->groups = groups;
    instance->pid = process_pid(state_process(L));
    return 1;
}

const struct lazy_entry std_pg_entries[] = {
    LAZY_U("Instance", &pg_instance_type),
    LAZY_U("Subscription", &pg_subscription_type),
    LAZY_F("open", pg_open),
    LAZY_DONE,
};
