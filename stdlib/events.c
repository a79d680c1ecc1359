/* SPDX-License-Identifier: MIT */
/*
 * events (module): the event bus, spec actor-core 8.
 *
 *   events.subscribe(system[, kind])           Subscription, or nil, err; a star at the end of either matches every rest, kind may be left out
 *   events.send(system, kind, path[, data])    true, or nil, err; data in the plain-data form
 *   sub:channel()                              of tables {system =, kind =, path =, data =}; the same channel every time
 *   sub:close()                                true; no further events, what has come before can still be received
 *
 * The runtime's own events:
 *
 *   system      kind                path         data
 *   supervisor  service.starting    service id   {id, status, previous, retry_count, error?}: status is the word in the kind,
 *               service.running                  previous the one before, retry_count how often it was restarted
 *               service.stopping                 since it was last stable, error why it failed last
 *               service.stopped
 *               service.exited
 *               service.failed
 *   process     process.started     PID          {pid, service, source, host}: the process of a service runs
 *   process     process.exited      PID          {pid, service, source, host, failed, error?}
 *
 *   log         debug, info, warn,  logger       {level, logger, message, fields?}: log records, with -e or logmanager.stream_to_events;
 *               error                            those of the bus itself excepted
 *
 * Who publishes faster than the bus can send is held up until it has caught up. A subscriber whose mailbox is full (memory_limit and mailbox_limit
 * of its host) loses events; a warning in the log says so.
 */
#include "stdlib/events.h"

#include <lauxlib.h>

#include "vm/broker.h"
#include "vm/bus.h"
#include "vm/encoding.h"
#include "vm/error.h"
#include "vm/feed.h"
#include "vm/plain.h"
#include "vm/state.h"
#include "vm/type.h"

enum { TEXT_MAX = 65535, SEND_ARGUMENTS = 4 };

/* ---- subscriptions ---- */

extern const struct type events_subscription_type;

static int subscription_channel(lua_State *L)
{
    type_check(L, 1, &events_subscription_type);
    feed_push_channel(L, 1);
    return 1;
}

static int subscription_close(lua_State *L)
{
    feed_close(L, type_check(L, 1, &events_subscription_type), false);
    lua_pushboolean(L, 1);
    return 1;
}

static const luaL_Reg subscription_methods[] = {
    {"channel", subscription_channel},
    {"close", subscription_close},
    {NULL, NULL},
};

const struct type events_subscription_type = {
    .name = "events.Subscription", .methods = subscription_methods, .finalize = feed_finalize};

/* A text of at most TEXT_MAX bytes that is not empty; NULL: nil and an error are pushed. Raises if it is no string. */
static const char *check_text(lua_State *L, int index, const char *name, size_t *length)
{
    luaL_checktype(L, index, LUA_TSTRING);
    const char *text = lua_tolstring(L, index, length);
    if (*length == 0)
        error_return(L, ERROR_INVALID, "%s required", name);
    else if (*length > TEXT_MAX)
        error_return(L, ERROR_INVALID, "%s longer than %d bytes", name, TEXT_MAX);
    else
        return text;
    return NULL;
}

static int events_subscribe(lua_State *L)
{
    size_t length;
    struct pattern kind = broker_pattern("*", 1);
    const char *text = check_text(L, 1, "system", &length);
    if (!text)
        return 2;
    struct pattern system = broker_pattern(text, length);
    if (!lua_isnoneornil(L, 2)) {
        text = check_text(L, 2, "kind", &length);
        if (!text)
            return 2;
        kind = broker_pattern(text, length);
    }
    struct feed *feed = feed_new(L, &events_subscription_type, FEED_CAPACITY, bus_broker(state_vm(L)), &system, &kind);
    if (!feed)
        return 2;
    feed_open(feed);
    return 1;
}

/* ---- send ---- */

static int send_k(lua_State *L, int status, lua_KContext ctx);

/* Stack: system, kind, path and perhaps data, `top` in all; then the encoder. */
static int send_run(lua_State *L, int top)
{
    struct codec_bytes bytes = {0};
    if (broker_is_behind(bus_broker(state_vm(L))) && state_can_yield(L))
        return state_reschedule(L, top, send_k);
    enum codec_status status = plain_encode(L, 1, top, top, &bytes);
    if (status == CODEC_MORE)
        return state_reschedule(L, top, send_k);
    if (status != CODEC_OK)
        return plain_raise(L, "data of an event", status);
    bool sent = bus_publish(state_vm(L), bytes.data, bytes.length);
    encoding_done(L, &bytes);
    if (!sent)
        return error_return(L, ERROR_INTERNAL, "out of memory for the event");
    lua_pushboolean(L, 1);
    return 1;
}

static int send_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    return send_run(L, (int)ctx);
}

static int events_send(lua_State *L)
{
    static const char *const names[] = {"system", "kind", "path"};
    size_t length;
    for (int i = 1; i < SEND_ARGUMENTS; i++)
        if (!check_text(L, i, names[i - 1], &length))
            return 2;
    lua_settop(L, lua_isnoneornil(L, SEND_ARGUMENTS) ? SEND_ARGUMENTS - 1 : SEND_ARGUMENTS);
    return send_run(L, lua_gettop(L));
}

const struct lazy_entry std_events_entries[] = {
    LAZY_U("Subscription", &events_subscription_type),
    LAZY_F("subscribe", events_subscribe),
    LAZY_F("send", events_send),
    LAZY_DONE,
};
