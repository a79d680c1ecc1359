/* SPDX-License-Identifier: MIT */
/*
 * router: see router.h. Up to FEW topics are found by walking the list; more get a chained hash that doubles.
 */
#include "vm/router.h"

#include <stdlib.h>
#include <string.h>

#include "sched/base/bytes.h"
#include "sched/base/memory.h"
#include "vm/slot.h"

enum { FEW = 8, KEEP_IDLE = 16 };

static uint32_t hash_name(const char *name, size_t length)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)name[i]) * 16777619u;
    return hash;
}

static bool is_named(const struct topic *topic, const char *name, size_t length)
{
    return topic->length == length && bytes_equal(topic->name, name, length);
}

/* Where there are few, hashing the name would cost more than the walk. */
static struct topic *find(const struct router *router, const char *name, size_t length)
{
    struct topic *topic = router->topics;
    if (!router->buckets) {
        while (topic && !is_named(topic, name, length))
            topic = topic->next;
        return topic;
    }
    uint32_t hash = hash_name(name, length);
    for (topic = router->buckets[hash & router->bucket_mask]; topic; topic = topic->bucket_next)
        if (topic->hash == hash && is_named(topic, name, length))
            return topic;
    return NULL;
}

static void rehash(struct router *router)
{
    uint32_t size = router->buckets ? (router->bucket_mask + 1) * 2 : FEW * 4;
    struct topic **buckets = calloc(size, sizeof *buckets);
    if (!buckets)
        return; /* the old way still works, only slower */
    free(router->buckets);
    router->buckets = buckets;
    router->bucket_mask = size - 1;
    for (struct topic *topic = router->topics; topic; topic = topic->next) {
        struct topic **bucket = &buckets[topic->hash & router->bucket_mask];
        topic->bucket_next = *bucket;
        *bucket = topic;
    }
}

static struct topic *add_topic(struct router *router, const char *name, size_t length)
{
    struct topic *topic = calloc(1, sizeof *topic + length);
    if (!topic)
        return NULL;
    topic->hash = hash_name(name, length);
    topic->length = (uint16_t)length;
    memcpy(topic->name, name, length);
    topic->next = router->topics;
    router->topics = topic;
    router->topic_count++;
    router->idle_topics++;
    if (router->buckets) {
        struct topic **bucket = &router->buckets[topic->hash & router->bucket_mask];
        topic->bucket_next = *bucket;
        *bucket = topic;
    }
    if (router->topic_count > (router->buckets ? router->bucket_mask + 1 : FEW))
        rehash(router);
    return topic;
}

struct topic *router_topic(struct router *router, const char *name, size_t length, bool make)
{
    struct topic *topic = find(router, name, length);
    return topic || !make ? topic : add_topic(router, name, length);
}

static bool is_idle(const struct topic *topic)
{
    return !topic->first && !topic->channel;
}

/* Frees all idle topics once there are too many of them: amortised over the many that made them. */
static void sweep(struct router *router)
{
    struct topic **link = &router->topics;
    while (*link) {
        struct topic *topic = *link;
        if (!is_idle(topic)) {
            link = &topic->next;
            continue;
        }
        *link = topic->next;
        router->topic_count--;
        free(topic);
    }
    router->idle_topics = 0;
    if (!router->buckets)
        return;
    memset(router->buckets, 0, (router->bucket_mask + 1) * sizeof *router->buckets);
    for (struct topic *topic = router->topics; topic; topic = topic->next) {
        struct topic **bucket = &router->buckets[topic->hash & router->bucket_mask];
        topic->bucket_next = *bucket;
        *bucket = topic;
    }
}

static void became_idle(struct router *router)
{
    if (++router->idle_topics > KEEP_IDLE && router->idle_topics > router->topic_count / 2)
        sweep(router);
}

static void append_to_topic(struct topic *topic, struct message *message)
{
    message->topic_next = NULL;
    if (topic->last)
        topic->last->topic_next = message;
    else
        topic->first = message;
    topic->last = message;
}

static struct message *take_from_topic(struct topic *topic)
{
    struct message *message = topic->first;
    topic->first = message->topic_next;
    if (!topic->first)
        topic->last = NULL;
    return message;
}

static void append_unclaimed(struct router *router, struct message *message)
{
    message->next = NULL;
    message->prev = router->last;
    if (router->last)
        router->last->next = message;
    else
        router->first = message;
    router->last = message;
    router->unclaimed++;
}

static void remove_unclaimed(struct router *router, struct message *message)
{
    *(message->prev ? &message->prev->next : &router->first) = message->next;
    *(message->next ? &message->next->prev : &router->last) = message->prev;
    router->unclaimed--;
}

/*
 * Puts the messages of a topic back where their sequence numbers say. The place of the first is looked for from the end, for what comes back is
 * mostly recent; the others follow it, so that all of them together cost one walk.
 */
static void restore_unclaimed(struct router *router, struct message *message)
{
    struct message *before = router->last;
    while (before && message && before->id > message->id)
        before = before->prev;
    for (; message; before = message, message = message->topic_next) {
        struct message *after;
        while ((after = before ? before->next : router->first) && after->id < message->id)
            before = after;
        message->prev = before;
        message->next = after;
        *(before ? &before->next : &router->first) = message;
        *(after ? &after->prev : &router->last) = message;
        router->unclaimed++;
    }
}

void router_count_taken(struct router *router, const struct message *message)
{
    router->waiting -= message->kind == MESSAGE_USER || message->kind == MESSAGE_FEED;
    router->consumed_count++;
    router->consumed_bytes += message_cost(message);
}

struct topic *router_topic_of(struct router *router, const struct message *message)
{
    struct topic *newest = router->topics; /* most processes have one at a time */
    if (newest && is_named(newest, message_topic(message), message->topic_length))
        return newest;
    struct topic *topic = router_topic(router, message_topic(message), message->topic_length, true);
    if (!topic)
        memory_out(message->topic_length, "a topic");
    return topic;
}

void router_pass(struct router *router, const struct message *message)
{
    router->consumed_count++;
    router->consumed_bytes += message_cost(message);
}

struct channel *router_add(struct router *router, struct topic *topic, struct message *message)
{
    message->id = ++router->sequence;
    router->waiting++;
    if (is_idle(topic))
        router->idle_topics--;
    append_to_topic(topic->leader ? topic->leader : topic, message);
    if (topic->channel)
        return topic->channel;
    append_unclaimed(router, message);
    return router->inbox;
}

struct message *router_take_inbox(struct router *router)
{
    struct message *message = router->first;
    if (!message)
        return NULL;
    struct topic *topic = router_topic(router, message_topic(message), message->topic_length, false);
    remove_unclaimed(router, message);
    take_from_topic(topic); /* the same message: I1 */
    router_count_taken(router, message);
    if (is_idle(topic))
        became_idle(router);
    return message;
}

struct message *router_take_topic(struct router *router, struct topic *topic)
{
    if (!topic->first)
        return NULL;
    struct message *message = take_from_topic(topic);
    router_count_taken(router, message);
    return message;
}

struct message *router_take_event(struct router *router)
{
    struct message *event = message_queue_pop(&router->events);
    if (event && message_is_counted(event))
        router_count_taken(router, event);
    return event;
}

void router_drop_events(struct router *router, enum message_kind kind, uint64_t from)
{
    struct message_queue kept = {0};
    struct message *event;
    while ((event = message_queue_pop(&router->events)))
        if (event->kind == kind && event->from == from)
            message_free(event);
        else
            message_queue_push(&kept, event);
    router->events = kept;
}

/* The topic gets a listener: its messages are unclaimed no more. */
static void claim(struct router *router, struct topic *topic, struct channel *channel, bool as_message)
{
    if (is_idle(topic))
        router->idle_topics--;
    for (struct message *message = topic->first; message; message = message->topic_next)
        remove_unclaimed(router, message);
    topic->channel = channel;
    topic->as_message = as_message;
    router->listeners++;
}

void router_listen(struct router *router, struct topic *topic, struct channel *channel, bool as_message)
{
    claim(router, topic, channel, as_message);
}

/* Both queues become one, in order of arrival. */
static void merge_queues(struct topic *into, struct topic *from)
{
    struct message *left = into->first, *right = from->first;
    into->first = into->last = from->first = from->last = NULL;
    while (left || right) {
        struct message **first = !right || (left && left->id < right->id) ? &left : &right, *message = *first;
        *first = message->topic_next;
        append_to_topic(into, message);
    }
}

void router_follow(struct router *router, struct topic *topic, struct topic *leader)
{
    claim(router, topic, leader->channel, leader->as_message);
    topic->leader = leader;
    topic->follower = leader->follower;
    leader->follower = topic;
    merge_queues(leader, topic);
}

/* Gives the messages of several topics back to their own queues. */
static void split_queue(struct router *router, struct topic *leader)
{
    struct message *message = leader->first, *next;
    leader->first = leader->last = NULL;
    for (; message; message = next) {
        next = message->topic_next;
        append_to_topic(router_topic(router, message_topic(message), message->topic_length, false), message);
    }
}

void router_unlisten(struct router *router, struct topic *topic)
{
    uint32_t idle = 0;
    restore_unclaimed(router, topic->first);
    if (topic->follower)
        split_queue(router, topic);
    for (struct topic *next; topic; topic = next) {
        next = topic->follower;
        topic->leader = topic->follower = NULL;
        topic->channel = NULL;
        router->listeners--;
        idle += is_idle(topic);
    }
    if (idle == 0)
        return;
    router->idle_topics += idle - 1;
    became_idle(router);
}

void router_settle(struct router *router, struct slot *slot)
{
    if (!router->consumed_count)
        return;
    slot_consumed(slot, router->consumed_count, router->consumed_bytes);
    router->consumed_count = router->consumed_bytes = 0;
}

bool router_destroy_some(struct router *router, unsigned most)
{
    for (; most && router->topics; most--) {
        struct topic *topic = router->topics;
        if (topic->first) {
            struct message *message = take_from_topic(topic);
            router_count_taken(router, message);
            message_free(message);
            continue;
        }
        router->topics = topic->next;
        free(topic);
    }
    for (struct message *event; most && (event = router_take_event(router)); most--)
        message_free(event);
    if (router->topics || router->events.head)
        return false;
    free(router->buckets);
    router->buckets = NULL;
    return true;
}
