/* SPDX-License-Identifier: MIT */
/*
 * feed: the receiving end of a subscription to a broker (vm/broker.h): the Subscription object that a program holds, its channel, and the events
 * that have arrived and wait. Like all channels with a source it gives an event when somebody receives; until then events wait here, however
 * many the mailbox has room for.
 *
 * A feed is kept alive while it is open. After feed_close its channel still gives what has arrived before; the channel keeps the feed then.
 * All feeds of a process end with it, before its mailbox closes.
 *
 * Used only on the worker that runs the process.
 */
#ifndef VM_FEED_H
#define VM_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

#include "sched/base/list.h"

struct broker;
struct channel;
struct feed;
struct message;
struct pattern;
struct process;
struct type;

/* The feeds of a process, which gets one with its first. */
struct feed_table {
    struct feed_place *places; /* of the open ones, by number */
    uint32_t capacity, free;   /* free: first free place + 1; 0: none */
    uint32_t open;
    uint32_t serial;
    struct list open_feeds, closed_feeds;
};

enum { FEED_CAPACITY = 64, FEEDS_MAX = 1 << 20 };

/*
 * Pushes a Subscription object of the type (its struct begins as every userdata's), with a channel of that capacity, not subscribed yet. NULL:
 * nil and an error are pushed. Raises only for memory.
 */
struct feed *feed_new(lua_State *L, const struct type *type, uint32_t capacity, struct broker *broker,
                      const struct pattern *subject, const struct pattern *kind);

/* Subscribes it: what is published from now on arrives. Never raises. */
void feed_open(struct feed *feed);

/* Pushes its channel; the feed is at stack index `index`. */
void feed_push_channel(lua_State *L, int index);

/* No further events. The channel is closed; `flush`: what waits in it is dropped. A second call may still flush. */
void feed_close(lua_State *L, struct feed *feed, bool flush);

/* For the type: its finalizer. */
int feed_finalize(lua_State *L);

/* ---- for vm/ ---- */

/* Takes a MESSAGE_FEED: it waits in its feed, whose channel is returned; NULL: the feed is gone and so is the message. */
struct channel *feed_add(struct process *process, struct message *message);

bool feed_is_ready(const struct feed *feed);
struct message *feed_take(struct feed *feed);

/* The process is ending: unsubscribes at most `most` feeds; false while more are left. */
bool feed_end_some(struct process *process, unsigned most);

/* Then: frees at most `most` of the events that wait, at last the table; false while more are left. */
bool feed_destroy_some(struct process *process, unsigned most);

#endif
