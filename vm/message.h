/* SPDX-License-Identifier: MIT */
/*
 * message: the node that travels to a mailbox, and the queues it waits in afterwards. One block holds header, topic and a
 * small body; a big or shared body is a buffer. Ownership moves with the message: the holder frees it (message_free), embedded nodes (timers, operations)
 * excepted, which their kind tells.
 */
#ifndef VM_MESSAGE_H
#define VM_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;

enum message_kind {
    MESSAGE_USER, /* topic, body: encoded arguments */
    MESSAGE_FEED, /* id: of the feed it waits in; body: encoded event (vm/bus.h) */
    /* events: wait in the events queue */
    MESSAGE_CANCEL,    /* body: reason text */
    MESSAGE_EXIT,      /* id: monitor reference; body: encoded {value, error} pair of values */
    MESSAGE_LINK_DOWN, /* id: link id; body: as EXIT */
    /* signals: act at drain */
    MESSAGE_TERMINATE,
    MESSAGE_KILL,      /* host stopped: ends CANCELED */
    MESSAGE_ABORT,     /* to a function: its caller does not want the result any more */
    MESSAGE_MONITOR,   /* id: reference */
    MESSAGE_UNMONITOR, /* id: reference */
    MESSAGE_LINK,      /* id: link id */
    MESSAGE_UNLINK,    /* id: link id */
    MESSAGE_LINK_GONE, /* id: link id; the peer ended normally */
    MESSAGE_LOADED,    /* answer to a spawn: embedded in struct loading */
    MESSAGE_POST,      /* native_post: id: cookie */
    /* embedded nodes: never freed by message_free */
    MESSAGE_TIMER,
    MESSAGE_OPERATION,
    MESSAGE_ENDING /* vm/ending.h */
};

enum { MESSAGE_INLINE_MAX = 256 }; /* larger bodies travel in a buffer */

/* A message with a short topic and a number is one cache line. */
struct message {
    struct message *next; /* mailbox link; later the queue in arrival order */
    union {
        uint64_t target;      /* in the mailbox: the PID it is meant for, since the slot may have a new user */
        struct message *prev; /* unclaimed messages: arrival order backwards */
    };
    struct message *topic_next; /* unclaimed messages: next one of the topic */
    uint64_t from;
    uint64_t
        id; /* user messages: sequence number of arrival; events: from then on, when that was; signals: see the kind */
    uint32_t length; /* of the body */
    uint8_t kind;
    bool in_buffer : 1;
    uint8_t block_class : 2; /* enum message_class, MESSAGE_CLASSES: none */
    uint16_t topic_length;
    /* topic bytes, then the body or a struct buffer pointer, neither aligned */
    unsigned char bytes[];
};

/* A message with topic and body copied in; a body over MESSAGE_INLINE_MAX goes to a buffer. NULL when memory is out. */
struct message *message_new(enum message_kind kind, uint64_t from, const char *topic, size_t topic_length,
                            const void *body, size_t length);

/* As message_new, sharing the buffer (takes a reference of its own). */
struct message *message_new_shared(enum message_kind kind, uint64_t from, const char *topic, size_t topic_length,
                                   struct buffer *buffer);

/* For one body to many: a small one is copied, which costs less than counting references to it; a big one is shared. */
struct message *message_new_of(enum message_kind kind, uint64_t from, const char *topic, size_t topic_length,
                               struct buffer *buffer);

/* A bare signal. Aborts when memory is out: a lost signal could not be repaired. */
struct message *message_signal(enum message_kind kind, uint64_t from, uint64_t id);

void message_free(struct message *message);

const char *message_topic(const struct message *message); /* not NUL ended */
const unsigned char *message_body(const struct message *message);

/* The buffer of a big body (borrowed), or NULL. */
struct buffer *message_buffer(const struct message *message);

/* Does it count in its receiver's limits? Messages and events do, and what processes cancel with; signals of the system do not. */
static inline bool message_is_counted(const struct message *message)
{
    return message->kind == MESSAGE_USER || message->kind == MESSAGE_FEED ||
           (message->kind == MESSAGE_CANCEL && message->from);
}

/* Bytes it counts for in its receiver's limits. */
size_t message_cost(const struct message *message);

/* ---- queue: FIFO by `next` ---- */

struct message_queue {
    struct message *head, *tail;
};

void message_queue_push(struct message_queue *queue, struct message *message);
struct message *message_queue_pop(struct message_queue *queue);
void message_queue_clear(struct message_queue *queue);

#endif
