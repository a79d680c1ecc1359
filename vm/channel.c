/* SPDX-License-Identifier: MIT */
/*
 * channel: see channel.h. A blocked sender leaves its value on its own suspended stack, where the receiver takes it; a value for a
 * blocked receiver is put on the receiver's suspended stack, where its continuation finds it. So hand-over needs no table.
 */
#include "vm/channel.h"

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "vm/deliver.h"
#include "vm/error.h"
#include "vm/future.h"
#include "vm/process_struct.h"
#include "vm/state.h"
#include "vm/timer_struct.h"

static int channel_tostring(lua_State *L)
{
    struct channel *channel = type_check(L, 1, &channel_type);
    lua_pushfstring(L, "channel{cap=%d, len=%d}", (int)channel->capacity, (int)channel->count);
    return 1;
}

static const luaL_Reg channel_methods[] = {
    {"send", channel_send},           {"receive", channel_receive},           {"close", channel_close},
    {"case_send", channel_case_send}, {"case_receive", channel_case_receive}, {NULL, NULL},
};

const struct type channel_type = {
    .name = "channel", .methods = channel_methods, .is_generic = true, .tostring = channel_tostring};

struct channel *channel_new(lua_State *L, uint32_t capacity)
{
    struct channel *channel = type_new(L, &channel_type, sizeof *channel);
    list_init(&channel->receivers);
    list_init(&channel->senders);
    channel->capacity = capacity;
    return channel;
}

static __attribute__((noinline)) bool other_source_ready(const struct channel *channel, struct process *process)
{
    switch (channel->source) {
    case SOURCE_INBOX:
        return process->router.first != NULL;
    case SOURCE_EVENTS:
        return process->router.events.head != NULL;
    case SOURCE_TIMER:
        return channel->timer->pending > 0;
    case SOURCE_FEED:
        return feed_is_ready(channel->feed);
    case SOURCE_FUTURE:
        return future_is_ready(channel->future);
    default:
        return false;
    }
}

static inline bool source_ready(const struct channel *channel, struct process *process)
{
    if (likely(channel->source == SOURCE_TOPIC))
        return channel->topic->first != NULL;
    return other_source_ready(channel, process);
}

static __attribute__((noinline)) void take_other_item(struct channel *channel, struct process *process,
                                                      struct fiber *fiber)
{
    switch (channel->source) {
    case SOURCE_INBOX:
        fiber->item = router_take_inbox(&process->router);
        fiber->as_message = true;
        break;
    case SOURCE_EVENTS:
        fiber->item = router_take_event(&process->router);
        break;
    case SOURCE_FEED:
        fiber->item = feed_take(channel->feed);
        break;
    case SOURCE_FUTURE:
        future_take(channel->future);
        break;
    default:
        fiber->wall_ns = vmtimer_take(channel->timer);
        break;
    }
}

/* Moves the next item of the source into the fiber. */
static inline void take_item(struct channel *channel, struct process *process, struct fiber *fiber)
{
    fiber_drop_item(fiber);
    if (unlikely(channel->source != SOURCE_TOPIC)) {
        take_other_item(channel, process, fiber);
        return;
    }
    fiber->item = router_take_topic(&process->router, channel->topic);
    fiber->as_message = channel->topic->as_message; /* the topic may be gone when the value is made */
}

/* Is an item of the source the next to be received? */
static inline bool is_source_next(const struct channel *channel, struct process *process)
{
    return channel->count == 0 && list_is_empty(&channel->senders) && source_ready(channel, process);
}

bool channel_can_receive(const struct channel *channel, struct process *process)
{
    return channel->count > 0 || !list_is_empty(&channel->senders) || source_ready(channel, process) || channel->closed;
}

bool channel_can_send(const struct channel *channel)
{
    return !channel->closed && (!list_is_empty(&channel->receivers) || channel->count < channel->capacity);
}

static __attribute__((noinline)) void end_select(struct waiter *waiter)
{
    struct fiber *fiber = waiter->fiber;
    fiber->fired = (uint16_t)(waiter - fiber->waiters);
    for (unsigned i = 0; i < fiber->waiter_count; i++)
        list_remove(&fiber->waiters[i].link);
}

void channel_end_wait(struct waiter *waiter, enum wait_result result)
{
    struct fiber *fiber = waiter->fiber;
    fiber->result = (uint8_t)result;
    if (likely(waiter == &fiber->one))
        list_remove(&waiter->link); /* its only one; `fired` is for select */
    else
        end_select(waiter);
    fiber->waiter_count = 0;
}

static struct waiter *first_waiter(struct list *waiters)
{
    return container_of(waiters->next, struct waiter, link);
}

/* Pushes the buffer table. */
static void push_buffer(lua_State *L, int index, const struct channel *channel)
{
    if (lua_getuservalue(L, index) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    index = lua_absindex(L, index);
    lua_createtable(L, channel->capacity < 16 ? (int)channel->capacity : 16, 0);
    lua_pushvalue(L, -1);
    lua_setuservalue(L, index);
}

static void buffer_push(lua_State *L, int index, struct channel *channel)
{
    push_buffer(L, index, channel);
    lua_insert(L, -2);
    lua_rawseti(L, -2, (lua_Integer)((channel->head + (uint64_t)channel->count++) % channel->capacity) + 1);
    lua_pop(L, 1);
}

static void buffer_pop(lua_State *L, int index, struct channel *channel)
{
    push_buffer(L, index, channel);
    lua_rawgeti(L, -1, (lua_Integer)channel->head + 1);
    lua_pushnil(L);
    lua_rawseti(L, -3, (lua_Integer)channel->head + 1);
    lua_remove(L, -2);
    channel->head = (channel->head + 1) % channel->capacity;
    channel->count--;
}

/* Completes the longest waiting sender and pushes its value. */
static struct fiber *take_from_sender(lua_State *L, struct channel *channel)
{
    struct waiter *waiter = first_waiter(&channel->senders);
    struct fiber *sender = waiter->fiber;
    lua_pushvalue(sender->waiting, waiter->value);
    if (sender->waiting != L)
        lua_xmove(sender->waiting, L, 1);
    channel_end_wait(waiter, WAIT_SENT);
    return sender;
}

enum channel_take channel_take(lua_State *L, int index, struct channel *channel, struct fiber **sender)
{
    *sender = NULL;
    index = lua_absindex(L, index);
    if (channel->count > 0) {
        buffer_pop(L, index, channel);
        if (list_is_empty(&channel->senders))
            return TAKE_VALUE;
        *sender = take_from_sender(L, channel);
        buffer_push(L, index, channel);
        return TAKE_VALUE;
    }
    if (!list_is_empty(&channel->senders)) {
        *sender = take_from_sender(L, channel);
        return TAKE_VALUE;
    }
    struct process *process = state_process(L);
    if (!source_ready(channel, process))
        return TAKE_CLOSED;
    take_item(channel, process, state_fiber(L));
    return TAKE_ITEM;
}

struct fiber *channel_give(lua_State *L, int index, struct channel *channel)
{
    if (list_is_empty(&channel->receivers)) {
        buffer_push(L, lua_absindex(L, index), channel);
        return NULL;
    }
    struct waiter *waiter = first_waiter(&channel->receivers);
    struct fiber *receiver = waiter->fiber;
    lua_xmove(L, receiver->waiting, 1);
    channel_end_wait(waiter, WAIT_VALUE);
    return receiver;
}

void channel_pass(struct channel *channel, struct message *message)
{
    struct waiter *waiter = first_waiter(&channel->receivers);
    struct fiber *fiber = waiter->fiber;
    fiber_drop_item(fiber);
    fiber->item = message;
    fiber->as_message = channel->topic->as_message; /* the topic may be gone when the value is made */
    channel_end_wait(waiter, WAIT_ITEM);
    fiber_ready(fiber);
}

void channel_notify(struct channel *channel, struct process *process)
{
    while (!list_is_empty(&channel->receivers) && source_ready(channel, process)) {
        struct waiter *waiter = first_waiter(&channel->receivers);
        struct fiber *fiber = waiter->fiber;
        take_item(channel, process, fiber);
        channel_end_wait(waiter, WAIT_ITEM);
        fiber_ready(fiber);
    }
    if (channel->closed)
        channel_shut(channel);
}

void channel_shut(struct channel *channel)
{
    channel->closed = true;
    while (!list_is_empty(&channel->receivers)) {
        struct waiter *waiter = first_waiter(&channel->receivers);
        struct fiber *fiber = waiter->fiber;
        channel_end_wait(waiter, WAIT_CLOSED);
        fiber_ready(fiber);
    }
    while (!list_is_empty(&channel->senders)) {
        struct waiter *waiter = first_waiter(&channel->senders);
        struct fiber *fiber = waiter->fiber;
        channel_end_wait(waiter, WAIT_CLOSED);
        fiber_ready(fiber);
    }
}

static void wait_on(lua_State *L, struct channel *channel, bool sending)
{
    struct fiber *fiber = state_fiber(L);
    struct waiter *waiter = &fiber->one;
    waiter->channel = channel;
    waiter->fiber = fiber;
    waiter->value = 1;
    waiter->sending = sending;
    fiber->waiters = waiter;
    fiber->waiter_count = 1;
    fiber->result = WAIT_PENDING;
    list_add_tail(sending ? &channel->senders : &channel->receivers, &waiter->link);
}

static int send_done(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    lua_pushboolean(L, 1);
    return 1;
}

static int send_k(lua_State *L, int status, lua_KContext ctx)
{
    if (state_fiber(L)->result == WAIT_CLOSED)
        return error_return(L, ERROR_UNAVAILABLE, "send on closed channel");
    return send_done(L, status, ctx);
}

int channel_send(lua_State *L)
{
    struct channel *channel = type_check(L, 1, &channel_type);
    lua_settop(L, 2);
    if (channel->closed)
        return luaL_error(L, "send on closed channel");
    if (channel_can_send(channel)) {
        struct fiber *receiver = channel_give(L, 1, channel);
        lua_pushboolean(L, 1);
        return receiver ? fiber_yield_to(L, receiver, false, 1, send_done) : 1;
    }
    state_check_block(L);
    wait_on(L, channel, true);
    return fiber_block(L, 1, 0, send_k);
}

/* The value is on top of the stack. */
static int received(lua_State *L)
{
    lua_pushboolean(L, 1);
    return 2;
}

static int received_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)L;
    (void)status;
    (void)ctx;
    return 2; /* `received` was before others ran */
}

static int receive_closed(lua_State *L)
{
    lua_pushnil(L);
    lua_pushboolean(L, 0);
    return 2;
}

static int receive_large_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    struct channel *channel = lua_touserdata(L, 1);
    return deliver_push(L, state_fiber(L), channel, 2) ? received(L) : state_reschedule(L, 0, receive_large_k);
}

static int receive_item(lua_State *L, struct fiber *fiber)
{
    if (likely(deliver_small(L, fiber)))
        return received(L);
    lua_settop(L, 1);
    return receive_large_k(L, LUA_OK, 0);
}

static int receive_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    struct fiber *fiber = state_fiber(L);
    switch (fiber->result) {
    case WAIT_ITEM:
        return receive_item(L, fiber);
    case WAIT_VALUE:
        return received(L);
    case WAIT_AGAIN:
        return channel_receive(L);
    default:
        return receive_closed(L);
    }
}

/* A value of the program, or the end of them. */
static __attribute__((noinline)) int receive_value(lua_State *L, struct channel *channel)
{
    struct fiber *sender;
    switch (channel_take(L, 1, channel, &sender)) {
    case TAKE_ITEM:
        return receive_item(L, state_fiber(L));
    case TAKE_CLOSED:
        return receive_closed(L);
    default:
        return sender ? fiber_yield_to(L, sender, false, received(L), received_k) : received(L);
    }
}

static __attribute__((noinline)) int receive_now(lua_State *L, struct channel *channel, struct process *process)
{
    struct fiber *fiber = state_fiber(L);
    if (!is_source_next(channel, process))
        return receive_value(L, channel);
    take_item(channel, process, fiber);
    return receive_item(L, fiber);
}

int channel_receive(lua_State *L)
{
    struct channel *channel = type_check(L, 1, &channel_type);
    struct process *process = state_process(L);
    process_drain(process);
    if (channel_can_receive(channel, process))
        return receive_now(L, channel, process);
    state_check_block(L);
    wait_on(L, channel, false);
    return fiber_block(L, 0, 0, receive_k);
}

static int closed_k(lua_State *L, int status, lua_KContext ctx)
{
    (void)L;
    (void)status;
    (void)ctx;
    return 0;
}

int channel_close(lua_State *L)
{
    struct channel *channel = type_check(L, 1, &channel_type);
    if (channel->closed)
        return 0;
    bool waiting = !list_is_empty(&channel->receivers) || !list_is_empty(&channel->senders);
    channel_shut(channel);
    if (!waiting || !state_can_yield(L) || state_of(L)->loading)
        return 0;
    return state_pass(L, 0, closed_k);
}
