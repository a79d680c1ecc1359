/* SPDX-License-Identifier: MIT */
/*
 * feed: see feed.h. An event names its feed by place and serial number, so one that comes after the end of a feed finds it gone, whoever
 * has the place by then.
 *
 * I1  An open feed has a place in the table and is anchored in the registry (key: its address); a closed one has neither.
 * I2  A feed has a subscriber from feed_new to its end; it has been subscribed if it is_open.
 * I3  The feed's user value is its channel, and the channel's buffer table holds the feed: either keeps the other.
 */
#include "vm/feed.h"

#include <lauxlib.h>
#include <stdlib.h>

#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "vm/broker.h"
#include "vm/channel.h"
#include "vm/error.h"
#include "vm/handle.h"
#include "vm/heap.h"
#include "vm/message.h"
#include "vm/process_struct.h"
#include "vm/state.h"
#include "vm/type.h"

struct feed {
    const struct type *type;
    struct handle handle;    /* frees what waits, and the subscriber if it is still ours */
    struct list link;        /* among the open or the closed feeds */
    struct process *process; /* which may be gone once the feed has ended */
    struct channel *channel;
    struct broker *broker;
    struct subscriber *subscriber; /* NULL: ended */
    struct message_queue waiting;
    uint64_t id;
    size_t charged; /* to the heap for the subscriber */
    bool is_open;
};

struct feed_place {
    struct feed *feed; /* NULL: free */
    uint32_t serial;
    uint32_t next_free; /* + 1; 0: none */
};

/* ---- table ---- */

static uint64_t id_of(uint32_t place, uint32_t serial)
{
    return (uint64_t)serial << 32 | place;
}

static struct feed *find(const struct feed_table *table, uint64_t id)
{
    uint32_t place = (uint32_t)id;
    if (!table || place >= table->capacity || table->places[place].serial != id >> 32)
        return NULL;
    return table->places[place].feed;
}

static void grow(struct feed_table *table)
{
    uint32_t capacity = table->capacity ? table->capacity * 2 : 4;
    table->places = memory_resize(table->places, capacity * sizeof *table->places, "the subscriptions of a process");
    for (uint32_t i = table->capacity; i < capacity; i++)
        table->places[i] = (struct feed_place){.next_free = i + 1 < capacity ? i + 2 : 0};
    table->free = table->capacity + 1;
    table->capacity = capacity;
}

static void take_place(struct feed_table *table, struct feed *feed)
{
    if (!table->free)
        grow(table);
    uint32_t place = table->free - 1;
    table->free = table->places[place].next_free;
    table->places[place] = (struct feed_place){.feed = feed, .serial = ++table->serial};
    table->open++;
    feed->id = id_of(place, table->serial);
}

static void leave_place(struct feed_table *table, struct feed *feed)
{
    uint32_t place = (uint32_t)feed->id;
    table->places[place] = (struct feed_place){.next_free = table->free};
    table->free = place + 1;
    table->open--;
}

/* ---- ends ---- */

static void drop_waiting(struct feed *feed)
{
    struct message *message;
    while ((message = feed_take(feed)))
        message_free(message);
}

static void unsubscribe(struct feed *feed)
{
    if (!feed->subscriber)
        return;
    if (feed->is_open)
        broker_unsubscribe(feed->broker, feed->subscriber);
    else
        broker_subscriber_free(feed->subscriber);
    feed->subscriber = NULL;
    leave_place(feed->process->feeds, feed);
    feed->is_open = false;
    list_remove(&feed->link);
    list_add_tail(&feed->process->feeds->closed_feeds, &feed->link);
    heap_charge(feed->process->heap, -(ptrdiff_t)feed->charged);
}

static void release(struct handle *handle)
{
    struct feed *feed = container_of(handle, struct feed, handle);
    unsubscribe(feed);
    drop_waiting(feed);
    list_remove(&feed->link);
}

int feed_finalize(lua_State *L)
{
    struct feed *feed = lua_touserdata(L, 1);
    handle_close(&feed->handle);
    return 0;
}

static struct feed_table *table_of(struct process *process)
{
    if (process->feeds)
        return process->feeds;
    struct feed_table *table = memory_zeroed(sizeof *table, "the subscriptions of a process");
    list_init(&table->open_feeds);
    list_init(&table->closed_feeds);
    process->feeds = table;
    return table;
}

/* The state will have another process, whose program may still refer to the feed or its channel. */
static void leave_state(struct feed *feed, lua_State *L)
{
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, feed);
    channel_shut(feed->channel);
}

bool feed_end_some(struct process *process, unsigned most)
{
    if (!process->feeds)
        return true;
    struct list *open = &process->feeds->open_feeds;
    for (; most && !list_is_empty(open); most--) {
        struct feed *feed = container_of(open->next, struct feed, link);
        unsubscribe(feed);
        if (process->keeps)
            leave_state(feed, process->state->L);
    }
    return list_is_empty(open);
}

bool feed_destroy_some(struct process *process, unsigned most)
{
    if (!process->feeds)
        return true;
    struct list *closed = &process->feeds->closed_feeds;
    for (; most && !list_is_empty(closed); most--) {
        struct feed *feed = container_of(closed->next, struct feed, link);
        struct message *message = feed_take(feed);
        if (message)
            message_free(message);
        else
            list_remove(&feed->link);
    }
    if (!list_is_empty(closed))
        return false;
    free(process->feeds->places);
    free(process->feeds);
    process->feeds = NULL;
    return true;
}

/* ---- events ---- */

struct channel *feed_add(struct process *process, struct message *message)
{
    struct router *router = &process->router;
    struct feed *feed = find(process->feeds, message->id);
    router->waiting++;
    if (!feed || feed->channel->closed) {
        router_count_taken(router, message);
        message_free(message);
        return NULL;
    }
    message_queue_push(&feed->waiting, message);
    return feed->channel;
}

bool feed_is_ready(const struct feed *feed)
{
    return feed->waiting.head != NULL;
}

struct message *feed_take(struct feed *feed)
{
    struct message *message = message_queue_pop(&feed->waiting);
    if (message)
        router_count_taken(&feed->process->router, message);
    return message;
}

/* ---- what programs do ---- */

static struct feed *refuse(lua_State *L)
{
    error_return(L, ERROR_RATE_LIMITED, "process holds %d subscriptions already", FEEDS_MAX);
    return NULL;
}

/* The feed on top gets a channel, each keeps the other. */
static void make_channel(lua_State *L, struct feed *feed, uint32_t capacity)
{
    feed->channel = channel_new(L, capacity);
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, -3);
    lua_rawseti(L, -2, 0);
    lua_setuservalue(L, -2);
    lua_setuservalue(L, -2);
    feed->channel->source = SOURCE_FEED;
    feed->channel->feed = feed;
}

struct feed *feed_new(lua_State *L, const struct type *type, uint32_t capacity, struct broker *broker,
                      const struct pattern *subject, const struct pattern *kind)
{
    struct process *process = state_process(L);
    struct feed_table *table = table_of(process);
    if (table->open >= FEEDS_MAX)
        return refuse(L);
    luaL_checkstack(L, 8, "subscription");
    struct feed *feed = type_new(L, type, sizeof *feed);
    feed->process = process;
    feed->broker = broker;
    list_init(&feed->link);
    make_channel(L, feed, capacity);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, feed);
    handle_open(L, &feed->handle, release);
    take_place(table, feed);
    list_add_tail(&table->open_feeds, &feed->link);
    feed->subscriber = broker_subscriber_new(process->pid, feed->id, subject, kind);
    if (!feed->subscriber)
        memory_out(broker_subscriber_size(subject, kind), "a subscription");
    feed->charged = broker_subscriber_size(subject, kind) + sizeof(struct feed_place);
    heap_charge(process->heap, (ptrdiff_t)feed->charged);
    return feed;
}

void feed_open(struct feed *feed)
{
    feed->is_open = true;
    broker_subscribe(feed->broker, feed->subscriber);
}

void feed_push_channel(lua_State *L, int index)
{
    lua_getuservalue(L, index);
}

void feed_close(lua_State *L, struct feed *feed, bool flush)
{
    process_drain(state_process(L));
    if (feed->subscriber) {
        unsubscribe(feed);
        lua_pushnil(L);
        lua_rawsetp(L, LUA_REGISTRYINDEX, feed);
        channel_shut(feed->channel);
    }
    if (flush)
        drop_waiting(feed);
}
