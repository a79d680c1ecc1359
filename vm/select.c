/* SPDX-License-Identifier: MIT */
/*
 * select: waiting on several channels at once (vm/channel.h). Cases are looked at in array order; if none is ready the fiber gets
 * one waiter per case, in a userdata on its stack, and the first event completes them all.
 *
 * A case is a userdata whose uservalue is the channel (receive) or a table {channel, value} (send).
 *
 * Stack of a select: 1 cases, 2 default flag, 3 waiters, 4… the values of the send cases. Other fibers may change the array of the program while
 * one waits, so what lies there then is a copy. Once a case has got an item, it lies in the place of the waiters.
 */
#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "vm/channel.h"
#include "vm/deliver.h"
#include "vm/error.h"
#include "vm/process_struct.h"
#include "vm/state.h"

struct channel_case {
    const struct type *type;
    struct channel *channel; /* kept alive by the uservalue */
    bool sending;
};

enum { CASES = 1, DEFAULT, WAITERS, MAX_CASES = 60000 };

static int case_tostring(lua_State *L)
{
    struct channel_case *c = type_check(L, 1, &channel_case_type);
    lua_pushstring(L, c->sending ? "channel.case{send}" : "channel.case{receive}");
    return 1;
}

const struct type channel_case_type = {
    .name = "channel.case", .methods = (const luaL_Reg[]){{NULL, NULL}}, .tostring = case_tostring};

static int new_case(lua_State *L, bool sending)
{
    struct channel *channel = type_check(L, 1, &channel_type);
    lua_settop(L, sending ? 2 : 1);
    struct channel_case *c = type_new(L, &channel_case_type, sizeof *c);
    c->channel = channel;
    c->sending = sending;
    if (sending) {
        lua_createtable(L, 2, 0);
        lua_pushvalue(L, 1);
        lua_rawseti(L, -2, 1);
        lua_pushvalue(L, 2);
        lua_rawseti(L, -2, 2);
    } else {
        lua_pushvalue(L, 1);
    }
    lua_setuservalue(L, -2);
    return 1;
}

int channel_case_send(lua_State *L)
{
    return new_case(L, true);
}

int channel_case_receive(lua_State *L)
{
    return new_case(L, false);
}

/* Case number i of the array (not pushed: the array keeps it). */
static struct channel_case *case_at(lua_State *L, int i)
{
    lua_rawgeti(L, CASES, i);
    struct channel_case *c = type_test(L, -1, &channel_case_type);
    lua_pop(L, 1);
    return c;
}

/* Pushes the channel of the case at that stack index; of case i; or its value. */
static void push_channel_of(lua_State *L, int index)
{
    const struct channel_case *c = lua_touserdata(L, index);
    lua_getuservalue(L, index);
    if (!c->sending)
        return;
    lua_rawgeti(L, -1, 1);
    lua_remove(L, -2);
}

static void push_case_channel(lua_State *L, int i)
{
    lua_rawgeti(L, CASES, i);
    push_channel_of(L, lua_gettop(L));
    lua_remove(L, -2);
}

static void push_case_value(lua_State *L, int i)
{
    lua_rawgeti(L, CASES, i);
    lua_getuservalue(L, -1);
    lua_rawgeti(L, -1, 2);
    lua_replace(L, -3);
    lua_pop(L, 1);
}

/* Result table; [value, channel] are on top of the stack. */
static int result_of(lua_State *L, bool ok)
{
    lua_createtable(L, 0, 3);
    lua_insert(L, -2);
    lua_setfield(L, -2, "channel");
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, "value");
    lua_pushboolean(L, ok);
    lua_setfield(L, -2, "ok");
    return 1;
}

/* Result table for case i; the value is on top of the stack. */
static int case_result(lua_State *L, int i, bool ok)
{
    push_case_channel(L, i);
    return result_of(L, ok);
}

static int default_result(lua_State *L)
{
    lua_createtable(L, 0, 2);
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, "default");
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, "ok");
    return 1;
}

/* The fiber's item becomes the value. */
static int item_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    const struct channel_case *c = lua_touserdata(L, WAITERS);
    struct fiber *fiber = state_fiber(L);
    if (!deliver_small(L, fiber) && !deliver_push(L, fiber, c->channel, WAITERS + 1))
        return state_reschedule(L, ctx, item_k);
    push_channel_of(L, WAITERS);
    return result_of(L, true);
}

/* The fiber has got an item for case i. */
static int take_item(lua_State *L, int i)
{
    lua_settop(L, DEFAULT);
    lua_rawgeti(L, CASES, i);
    return item_k(L, LUA_OK, 0);
}

static int top_result_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    (void)L;
    return 1;
}

static int receive_now(lua_State *L, int i, struct channel *channel)
{
    struct fiber *sender;
    push_case_channel(L, i);
    enum channel_take take = channel_take(L, -1, channel, &sender);
    if (take == TAKE_ITEM)
        return take_item(L, i);
    if (take == TAKE_CLOSED)
        lua_pushnil(L);
    case_result(L, i, take == TAKE_VALUE);
    return sender ? fiber_yield_to(L, sender, false, 1, top_result_k) : 1;
}

static int send_now(lua_State *L, int i, struct channel *channel)
{
    push_case_channel(L, i);
    push_case_value(L, i);
    lua_pushvalue(L, -1);
    lua_insert(L, -3); /* value, channel, value */
    struct fiber *receiver = channel_give(L, -2, channel);
    lua_pop(L, 1);
    case_result(L, i, true);
    return receiver ? fiber_yield_to(L, receiver, false, 1, top_result_k) : 1;
}

static int wait_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    struct fiber *fiber = state_fiber(L);
    int i = fiber->fired + 1;
    switch (fiber->result) {
    case WAIT_VALUE:
        return case_result(L, i, true);
    case WAIT_ITEM:
        return take_item(L, i);
    case WAIT_AGAIN:
        lua_settop(L, DEFAULT);
        return channel_select(L);
    case WAIT_SENT:
        push_case_value(L, i);
        return case_result(L, i, true);
    default: /* closed */
        if (case_at(L, i)->sending)
            return error_return(L, ERROR_UNAVAILABLE, "send on closed channel");
        lua_pushnil(L);
        return case_result(L, i, false);
    }
}

/* From here on the program may change its array. */
static void copy_cases(lua_State *L, int count)
{
    lua_createtable(L, count, 0);
    for (int i = 1; i <= count; i++) {
        lua_rawgeti(L, CASES, i);
        lua_rawseti(L, -2, i);
    }
    lua_replace(L, CASES);
}

/* Queues the fiber on all cases and suspends it. */
static int wait_all(lua_State *L, int count)
{
    struct fiber *fiber = state_fiber(L);
    state_check_block(L);
    copy_cases(L, count);
    struct waiter *waiters = lua_newuserdata(L, (size_t)(count + !count) * sizeof *waiters);
    lua_replace(L, WAITERS);
    int values = 0;
    for (int i = 1; i <= count; i++) {
        struct channel_case *c = case_at(L, i);
        waiters[i - 1] = (struct waiter){.channel = c->channel, .fiber = fiber, .sending = c->sending};
        if (!c->sending)
            continue;
        luaL_checkstack(L, 8, "too many cases in select");
        push_case_value(L, i);
        waiters[i - 1].value = ++values;
    }
    luaL_checkstack(L, 4, "too many cases in select"); /* room for the value of a receiver */
    /* nothing raises from here on: the lists point into the userdata */
    for (int i = 0; i < count; i++)
        list_add_tail(waiters[i].sending ? &waiters[i].channel->senders : &waiters[i].channel->receivers,
                      &waiters[i].link);
    fiber->waiters = waiters;
    fiber->waiter_count = (uint16_t)count;
    fiber->result = WAIT_PENDING;
    return fiber_block(L, values, 0, wait_k);
}

/* Checks the array and leaves cases, default flag and a free place on the stack; returns how many cases. Raises if one is none. */
static int check_cases(lua_State *L)
{
    luaL_checktype(L, CASES, LUA_TTABLE);
    bool with_default = lua_toboolean(L, DEFAULT);
    lua_settop(L, 1);
    lua_pushliteral(L, "default");
    lua_rawget(L, CASES);
    with_default = with_default || lua_toboolean(L, -1);
    lua_settop(L, 1);
    lua_pushboolean(L, with_default);
    lua_pushnil(L);
    size_t count = lua_rawlen(L, CASES);
    if (count > MAX_CASES) {
        error_push(L, ERROR_INVALID, "select takes at most %d cases", MAX_CASES);
        lua_error(L);
    }
    for (int i = 1; i <= (int)count; i++)
        if (!case_at(L, i)) {
            error_push(L, ERROR_INVALID, "element %d of the cases is not a channel case (use ch:case_receive())", i);
            lua_error(L);
        }
    return (int)count;
}

int channel_select(lua_State *L)
{
    struct process *process = state_process(L);
    int count = check_cases(L);
    process_drain(process);
    for (int i = 1; i <= count; i++) {
        struct channel_case *c = case_at(L, i);
        if (c->sending && channel_can_send(c->channel))
            return send_now(L, i, c->channel);
        if (!c->sending && channel_can_receive(c->channel, process))
            return receive_now(L, i, c->channel);
    }
    if (lua_toboolean(L, DEFAULT))
        return default_result(L);
    return wait_all(L, count);
}
