/* SPDX-License-Identifier: MIT */
/*
 * process (global): spec actor-core 6.
 *
 *   process.pid(), process.id()                     who runs
 *   process.spawn(id, host, ...), spawn_monitored, spawn_linked, spawn_linked_monitored      pid, or nil, err
 *   process.exec(id, host, ...)                     spawns, waits for its end: its value, or nil, err
 *   process.with_context(values), process.with_options(options)      a Spawner, see process_spawner.c
 *   process.send(dest, topic, ...)                  true, or nil, err; dest: PID or registered name
 *   process.inbox(), process.events(), process.listen(topic[, {message = bool}]), process.unlisten(ch)
 *   process.cancel, terminate, monitor, unmonitor, link, unlink      process_control.c
 *   process.get_options(), process.set_options{trap_links =, upgradable =}
 *   process.event.CANCEL, EXIT, LINK_DOWN, OUTDATED                  kinds of event tables
 *   process.registry.register, lookup, unregister                    process_names.c
 *
 * and the globals subscribe(topic, ch) and unsubscribe(ch).
 */
#include "stdlib/process.h"

#include <errno.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "stdlib/process_control.h"
#include "stdlib/process_spawner.h"
#include "stdlib/process_target.h"
#include "vm/channel.h"
#include "vm/encoding.h"
#include "vm/envelope.h"
#include "vm/error.h"
#include "vm/flat.h"
#include "vm/lazy.h"
#include "vm/process.h"
#include "vm/process_struct.h"
#include "vm/scalars.h"
#include "vm/spawn.h"
#include "vm/state.h"
#include "vm/subscription.h"
#include "vm/vm_struct.h"

enum { TOPIC_MAX = 65535 };

/* ---- identity ---- */

static int process_lua_pid(lua_State *L)
{
    lua_pushstring(L, process_pid_text(state_process(L)));
    return 1;
}

static int process_lua_id(lua_State *L)
{
    lua_pushstring(L, process_entry_id(state_process(L)));
    return 1;
}

/* ---- spawn ---- */

static int process_spawn(lua_State *L)
{
    return spawn_from_lua(L, 0);
}

static int process_spawn_monitored(lua_State *L)
{
    return spawn_from_lua(L, SPAWN_MONITOR);
}

static int process_spawn_linked(lua_State *L)
{
    return spawn_from_lua(L, SPAWN_LINK);
}

static int process_spawn_linked_monitored(lua_State *L)
{
    return spawn_from_lua(L, SPAWN_LINK | SPAWN_MONITOR);
}

static int process_exec(lua_State *L)
{
    return spawn_from_lua(L, SPAWN_EXEC);
}

/* ---- send ---- */

static __attribute__((noinline)) int refused(lua_State *L, int result)
{
    if (result == -ENOBUFS)
        return error_return(L, ERROR_RATE_LIMITED, "mailbox of the receiver is full");
    return error_return(L, ERROR_NOT_FOUND, "process not found");
}

static int sent(lua_State *L, int result)
{
    if (unlikely(result != 0))
        return refused(L, result);
    lua_pushboolean(L, 1);
    return 1;
}

static int send_encoded(lua_State *L, struct codec_bytes *bytes)
{
    size_t topic_length;
    const char *topic = lua_tolstring(L, 2, &topic_length);
    uint64_t to = process_target(L, 1);
    if (!to) {
        encoding_done(L, bytes);
        return 2;
    }
    struct process *self = state_process(L);
    int result = process_send_encoded(self->vm, self->pid, to, topic, topic_length, bytes->data, bytes->length);
    encoding_done(L, bytes);
    return sent(L, result);
}

static int send_k(lua_State *L, int status, lua_KContext ctx);

static int send_run(lua_State *L, int top)
{
    struct codec_bytes bytes = {0};
    enum codec_status status = encoding_run(L, 3, top - 2, top, &bytes);
    if (status == CODEC_MORE)
        return state_reschedule(L, top, send_k);
    if (status != CODEC_OK)
        return error_return(L, ERROR_INVALID, "message cannot be sent: %s", codec_message(status));
    return send_encoded(L, &bytes);
}

static int send_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    return send_run(L, (int)ctx);
}

/* luaL_checklstring would take a number, too. */
static const char *check_text(lua_State *L, int index, size_t *length)
{
    if (unlikely(lua_type(L, index) != LUA_TSTRING))
        luaL_checktype(L, index, LUA_TSTRING);
    return lua_tolstring(L, index, length);
}

static int process_send(lua_State *L)
{
    size_t length;
    int top = lua_gettop(L);
    if (top < 2)
        return error_return(L, ERROR_INVALID, "process.send needs a destination and a topic");
    const char *to_text = check_text(L, 1, NULL), *topic = check_text(L, 2, &length);
    if (unlikely(topic[0] == '@'))
        return error_return(L, ERROR_INVALID, "cannot send to @ topics");
    if (unlikely(length > TOPIC_MAX))
        return error_return(L, ERROR_INVALID, "topic longer than %d bytes", TOPIC_MAX);
    unsigned char bytes[SCALARS_BYTES];
    size_t size = likely(top == 3) ? flat_encode(L, 3, bytes) : top > 3 ? scalars_encode(L, 3, top - 2, bytes) : 0;
    if (unlikely(size == 0) && top > 2)
        return send_run(L, top);
    uint64_t to = process_target_text(L, 1, to_text);
    if (unlikely(!to))
        return 2;
    const struct process *self = state_process(L);
    return sent(L, process_send_encoded(self->vm, self->pid, to, topic, length, bytes, size));
}

/* ---- receiving ---- */

static int process_inbox(lua_State *L)
{
    subscription_push_inbox(L);
    return 1;
}

static int process_events(lua_State *L)
{
    subscription_push_events(L);
    return 1;
}

static bool wants_messages(lua_State *L, int index)
{
    if (lua_isnoneornil(L, index))
        return false;
    luaL_checktype(L, index, LUA_TTABLE);
    lua_getfield(L, index, "message");
    bool wanted = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return wanted;
}

static int process_listen(lua_State *L)
{
    size_t length;
    luaL_checktype(L, 1, LUA_TSTRING);
    const char *topic = lua_tolstring(L, 1, &length);
    bool as_message = wants_messages(L, 2);
    if (length == 0)
        return error_return(L, ERROR_INVALID, "topic required");
    if (topic[0] == '@')
        return error_return(L, ERROR_INVALID, "cannot listen to @ topics");
    if (length > TOPIC_MAX)
        return error_return(L, ERROR_INVALID, "topic longer than %d bytes", TOPIC_MAX);
    subscription_push_topic(L, topic, length, as_message);
    return 1;
}

static int process_unlisten(lua_State *L)
{
    type_check(L, 1, &channel_type);
    if (!subscription_end(L, 1))
        return error_return_false(L, ERROR_NOT_FOUND, "channel is not subscribed to a topic");
    lua_pushboolean(L, 1);
    return 1;
}

int process_subscribe(lua_State *L)
{
    size_t length;
    luaL_checktype(L, 1, LUA_TSTRING);
    const char *topic = lua_tolstring(L, 1, &length);
    const struct channel *channel = type_check(L, 2, &channel_type);
    if (length == 0 || length > TOPIC_MAX)
        return error_return(L, ERROR_INVALID, "topic must have 1 to %d bytes", TOPIC_MAX);
    if (channel->closed)
        return error_return(L, ERROR_INVALID, "channel is closed");
    switch (subscription_attach(L, 2, topic, length)) {
    case SUBSCRIPTION_TAKEN:
        return error_return(L, ERROR_ALREADY_EXISTS, "topic is already subscribed by another channel");
    case SUBSCRIPTION_FED:
        return error_return(L, ERROR_INVALID, "channel has a source of its own and cannot take a topic");
    default:
        lua_settop(L, 2);
        return 1;
    }
}

int process_unsubscribe(lua_State *L)
{
    return process_unlisten(L);
}

/* ---- options ---- */

static int process_get_options(lua_State *L)
{
    const struct process *self = state_process(L);
    lua_createtable(L, 0, 2);
    lua_pushboolean(L, self->trap_links);
    lua_setfield(L, -2, "trap_links");
    lua_pushboolean(L, self->upgradable);
    lua_setfield(L, -2, "upgradable");
    return 1;
}

/* Where the option at stack index -2 is stored, NULL: no such option. */
static bool *option_of(lua_State *L, struct process *self)
{
    if (lua_type(L, -2) != LUA_TSTRING)
        return NULL;
    const char *name = lua_tostring(L, -2);
    if (strcmp(name, "trap_links") == 0)
        return &self->trap_links;
    return strcmp(name, "upgradable") == 0 ? &self->upgradable : NULL;
}

static int process_set_options(lua_State *L)
{
    struct process *self = state_process(L);
    bool all_known = true;
    if (!lua_istable(L, 1))
        return error_return_false(L, ERROR_INVALID, "options must be a table");
    lua_settop(L, 1);
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        bool *option = option_of(L, self);
        if (option && lua_isboolean(L, -1))
            *option = lua_toboolean(L, -1);
        else
            all_known = false;
    }
    if (!all_known)
        return error_return_false(L, ERROR_INVALID, "options are trap_links and upgradable, both boolean");
    lua_pushboolean(L, 1);
    return 1;
}

/* ---- tables ---- */

static const struct lazy_entry event_entries[] = {
    LAZY_S("CANCEL", "pid.cancel"),
    LAZY_S("EXIT", "pid.exit"),
    LAZY_S("LINK_DOWN", "pid.link.down"),
    LAZY_S("OUTDATED", "pid.outdated"),
    LAZY_DONE,
};

const struct lazy_entry std_process_entries[] = {
    LAZY_F("pid", process_lua_pid),
    LAZY_F("id", process_lua_id),
    LAZY_F("spawn", process_spawn),
    LAZY_F("spawn_monitored", process_spawn_monitored),
    LAZY_F("spawn_linked", process_spawn_linked),
    LAZY_F("spawn_linked_monitored", process_spawn_linked_monitored),
    LAZY_F("exec", process_exec),
    LAZY_F("with_context", process_with_context),
    LAZY_F("with_options", process_with_options),
    LAZY_F("send", process_send),
    LAZY_F("inbox", process_inbox),
    LAZY_F("events", process_events),
    LAZY_F("listen", process_listen),
    LAZY_F("unlisten", process_unlisten),
    LAZY_F("cancel", process_cancel),
    LAZY_F("terminate", process_terminate),
    LAZY_F("monitor", process_monitor),
    LAZY_F("unmonitor", process_unmonitor),
    LAZY_F("link", process_link),
    LAZY_F("unlink", process_unlink),
    LAZY_F("get_options", process_get_options),
    LAZY_F("set_options", process_set_options),
    LAZY_U("Message", &envelope_type),
    LAZY_U("Spawner", &process_spawner_type),
    LAZY_T("event", event_entries),
    LAZY_T("registry", std_process_registry_entries),
    LAZY_DONE,
};
