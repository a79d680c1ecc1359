/* SPDX-License-Identifier: MIT */
/* subscription: see subscription.h. Subscribed channels are anchored in the registry, keyed by the address of their struct. */
#include "vm/subscription.h"

#include "vm/channel.h"
#include "vm/process_struct.h"
#include "vm/state.h"

static void anchor(lua_State *L, int index, struct channel *channel)
{
    lua_pushvalue(L, index);
    lua_rawsetp(L, LUA_REGISTRYINDEX, channel);
}

static struct channel *new_source(lua_State *L, uint32_t capacity, enum channel_source source)
{
    struct channel *channel = channel_new(L, capacity);
    channel->source = (uint8_t)source;
    anchor(L, lua_gettop(L), channel);
    return channel;
}

void subscription_push_inbox(lua_State *L)
{
    struct router *router = &state_process(L)->router;
    if (router->inbox)
        lua_rawgetp(L, LUA_REGISTRYINDEX, router->inbox);
    else
        router->inbox = new_source(L, 0, SOURCE_INBOX);
}

void subscription_push_events(lua_State *L)
{
    struct router *router = &state_process(L)->router;
    if (router->events_channel)
        lua_rawgetp(L, LUA_REGISTRYINDEX, router->events_channel);
    else
        router->events_channel = new_source(L, 0, SOURCE_EVENTS);
}

static struct topic *topic_of(lua_State *L, const char *name, size_t length)
{
    struct topic *topic = router_topic(&state_process(L)->router, name, length, true);
    if (!topic)
        state_doom(state_of(L), DEATH_MEMORY);
    if (!topic)
        state_die(L);
    return topic;
}

/* A listened topic lies outside the heap but counts for it; one that only messages keep is counted with them. */
static void charge(struct process *process, const struct topic *topic, int sign)
{
    heap_charge(process->heap, sign * (ptrdiff_t)(sizeof *topic + topic->length));
}

void subscription_push_topic(lua_State *L, const char *name, size_t length, bool as_message)
{
    struct process *process = state_process(L);
    process_drain(process);
    struct topic *topic = topic_of(L, name, length);
    if (topic->channel) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, topic->channel);
        return;
    }
    struct channel *channel = new_source(L, 1, SOURCE_TOPIC);
    channel->topic = topic;
    charge(process, topic, 1);
    router_listen(&process->router, topic, channel, as_message);
}

enum subscription_answer subscription_attach(lua_State *L, int index, const char *name, size_t length)
{
    struct process *process = state_process(L);
    struct channel *channel = type_check(L, index, &channel_type);
    process_drain(process);
    struct topic *topic = topic_of(L, name, length);
    if (topic->channel)
        return topic->channel == channel ? SUBSCRIPTION_OK : SUBSCRIPTION_TAKEN;
    if (channel->source == SOURCE_TOPIC) {
        router_follow(&process->router, topic, channel->topic);
    } else if (channel->source == SOURCE_NONE) {
        anchor(L, index, channel);
        channel->source = SOURCE_TOPIC;
        channel->topic = topic;
        router_listen(&process->router, topic, channel, false);
    } else {
        return SUBSCRIPTION_FED;
    }
    charge(process, topic, 1);
    channel_notify(channel, process);
    return SUBSCRIPTION_OK;
}

bool subscription_end(lua_State *L, int index)
{
    struct process *process = state_process(L);
    struct channel *channel = type_check(L, index, &channel_type);
    process_drain(process);
    if (channel->source != SOURCE_TOPIC)
        return false;
    struct topic *topic = channel->topic;
    channel->source = SOURCE_NONE;
    channel->topic = NULL;
    for (const struct topic *each = topic; each; each = each->follower)
        charge(process, each, -1);
    router_unlisten(&process->router, topic);
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, channel);
    channel_shut(channel);
    if (process->router.inbox)
        channel_notify(process->router.inbox, process);
    return true;
}

static void let_go(struct process *process, struct channel *channel)
{
    lua_State *L = process->state->L;
    channel->source = SOURCE_NONE;
    channel->topic = NULL;
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, channel);
    channel_shut(channel);
}

bool subscription_end_some(struct process *process, unsigned most)
{
    struct router *router = &process->router;
    if (router->inbox)
        let_go(process, router->inbox);
    if (router->events_channel)
        let_go(process, router->events_channel);
    router->inbox = router->events_channel = NULL;
    for (struct topic *topic; most && (topic = router->topics); most--) {
        if (topic->channel) {
            charge(process, topic, -1);
            if (topic->channel->source == SOURCE_TOPIC) /* several topics may have it */
                let_go(process, topic->channel);
            topic->channel = NULL;
        }
        router_destroy_some(router, 1);
    }
    return !router->topics;
}
