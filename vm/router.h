/* SPDX-License-Identifier: MIT */
/*
 * router: where the drained user messages and events of one process wait. A message whose topic has a listener waits at that topic; others
 * wait unclaimed, in order of arrival and indexed by topic, for inbox() or a later listen(). Nothing moves into a channel before a receiver
 * asks. listen(T) costs the messages of T only; unlisten puts the rest back by sequence number.
 *
 * I1  An unclaimed message is in the arrival list (next, prev) and in its topic's queue (topic_next), both in arrival order, so the
 *     first unclaimed message is always the first of its topic.
 * I2  Topics with one listener have their messages in the queue of the first of them, in arrival order.
 * I3  A topic is kept while it has messages or a listener, and a few empty ones as a cache.
 *
 * Used only on the worker that runs the process.
 */
#ifndef VM_ROUTER_H
#define VM_ROUTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/message.h"

struct channel;
struct slot;

struct topic {
    struct topic *bucket_next;    /* in the hash, once there are many */
    struct topic *follower;       /* of several topics with one listener: the next, from the leader on */
    struct topic *leader;         /* whose queue has the messages of all; NULL: itself */
    struct topic *next;           /* in the router's list, newest first */
    struct message *first, *last; /* by topic_next */
    /* What a message whose receiver waits looks at comes last, beside the name. */
    struct channel *channel; /* listener, NULL: none */
    uint32_t hash;
    bool as_message; /* listener wants Message objects */
    uint16_t length;
    char name[];
};

struct router {
    /* What a slice that receives touches comes first: it ends a cache line of the process. */
    struct topic *topics;
    struct channel *inbox, *events_channel; /* NULL until asked for */
    uint64_t sequence;
    uint64_t consumed_bytes; /* not yet told to the slot, as */
    uint32_t consumed_count;
    uint32_t listeners;
    uint32_t waiting; /* user messages and events of feeds in all queues */
    uint32_t unclaimed;
    struct message *first, *last; /* unclaimed, by next and prev */
    struct message_queue events;
    struct topic **buckets; /* NULL while few */
    uint32_t bucket_mask, topic_count, idle_topics;
};

/* A message that waits somewhere for the process has been taken or dropped. */
void router_count_taken(struct router *router, const struct message *message);

/* Frees messages and topics, at most `most` messages; false while more are left. */
bool router_destroy_some(struct router *router, unsigned most);

/* The topic, made if `make`; NULL otherwise or when memory is out. */
struct topic *router_topic(struct router *router, const char *name, size_t length, bool make);

/* The topic of a user message, made if there is none. */
struct topic *router_topic_of(struct router *router, const struct message *message);

/* Queues a user message of that topic (taken) and returns the channel that has something to give now, or NULL. */
struct channel *router_add(struct router *router, struct topic *topic, struct message *message);

/* Counts a user message that its receiver gets at once; it stays the caller's. */
void router_pass(struct router *router, const struct message *message);

/* Takes the oldest message for the inbox, of a listened topic, an event; NULL: none. The caller owns it. */
struct message *router_take_inbox(struct router *router);
struct message *router_take_topic(struct router *router, struct topic *topic);
struct message *router_take_event(struct router *router);

/* Drops the events of that kind about `from`: nobody wants them any more. */
void router_drop_events(struct router *router, enum message_kind kind, uint64_t from);

/* Makes `channel` the listener: the topic's unclaimed messages become its own. */
void router_listen(struct router *router, struct topic *topic, struct channel *channel, bool as_message);

/* Makes the listener of `leader` that of another topic, too: both give their messages in order of arrival, by router_take_topic(leader). */
void router_follow(struct router *router, struct topic *topic, struct topic *leader);

/* Ends the listener of the topic, which is no follower, and of its followers; what it has not taken is unclaimed again. */
void router_unlisten(struct router *router, struct topic *topic);

/* Tells the slot what has been taken since the last call. */
void router_settle(struct router *router, struct slot *slot);

#endif
