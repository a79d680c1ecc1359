/* SPDX-License-Identifier: MIT */
/*
 * broker: who gets which event. An event has a subject and a kind (texts) and a body; a subscriber is a feed (vm/feed.h) of a process with
 * a pattern for each. The event bus is one broker, each scope of process groups has another.
 *
 * How it works: a broker is a task with a queue. Subscriptions, events and ends of subscriptions all go through that queue, and only
 * the task touches the index of subscribers. So the queue is the one order of everything: a subscription is active from the moment it is queued,
 * every subscriber sees its events in the order in which they were queued, and nobody waits for anybody. Events are sent in slices; the
 * subscribers of an exact subject are found by a hash, those with prefixes are looked through.
 *
 * An event for a process whose mailbox is full is dropped and logged: neither may one slow process fill the memory, nor may its publishers
 * be held up. Any thread, unless a function says otherwise.
 */
#ifndef VM_BROKER_H
#define VM_BROKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct broker;
struct buffer;
struct subscriber;
struct vm;

/* For a VM whose scheduler is made; `name` (borrowed) is for log records. */
struct broker *broker_new(struct vm *vm, const char *name);

/* Also what is still queued. When the scheduler has stopped. */
void broker_free(struct broker *broker);

struct pattern {
    const char *text;
    size_t length;
    bool is_prefix; /* matches whatever begins with the text */
};

/* What programs write: exact text; a star at the end makes it a prefix. Borrows the text. */
struct pattern broker_pattern(const char *text, size_t length);

/* A subscriber that is not subscribed yet, with copies of the patterns. NULL: out of memory. */
struct subscriber *broker_subscriber_new(uint64_t pid, uint64_t feed, const struct pattern *subject,
                                         const struct pattern *kind);

/* What it takes in memory, for heap_charge. */
size_t broker_subscriber_size(const struct pattern *subject, const struct pattern *kind);

/* Takes a subscriber that has not been subscribed. */
void broker_subscriber_free(struct subscriber *subscriber);

/* Subscribes; the pointer stays good until broker_unsubscribe, which takes it. Neither fails. */
void broker_subscribe(struct broker *broker, struct subscriber *subscriber);
void broker_unsubscribe(struct broker *broker, struct subscriber *subscriber);

/* Is anybody subscribed or watching? Whoever subscribed before counts; so who publishes need not make the event otherwise. */
bool broker_is_heard(const struct broker *broker);

/* Has it so much to do that who publishes from a program should let it go first? */
bool broker_is_behind(const struct broker *broker);

/* A text inside a body. */
struct broker_text {
    const char *data;
    size_t length;
};

/* Queues an event. Takes a reference to the body, an encoding of vm/codec.h; the texts point into it. */
void broker_publish(struct broker *broker, struct buffer *body, struct broker_text subject, struct broker_text kind);

/* For the host's own code: calls back on a worker for each event whose subject and kind match, patterns as in vm/segments.h. */
typedef void (*broker_watch_f)(void *ctx, struct broker_text subject, struct broker_text kind,
                               const struct buffer *body);

/* Copies the patterns; lasts as long as the broker. The callback is never called on two threads at once. */
void broker_watch(struct broker *broker, const char *subject, const char *kind, broker_watch_f watch, void *ctx);

#endif
