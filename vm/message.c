/* SPDX-License-Identifier: MIT */
/*
 * message: see message.h. The bytes behind the header are the topic, then either the body or the pointer of the buffer that
 * holds it.
 */
#include "vm/message.h"

#include <stdlib.h>
#include <string.h>

#include "sched/base/bytes.h"
#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "sched/worker.h"
#include "vm/buffer.h"
#include "vm/message_cache.h"
#include "vm/vm_struct.h"

/* What the calling worker keeps; NULL: another thread, or it keeps nothing yet. */
static struct vm_local *local_or_null(void)
{
    const struct worker *worker = worker_self();
    return worker ? worker_local(worker) : NULL;
}

static inline void *take(enum message_class class, size_t size)
{
    struct vm_local *local = local_or_null();
    return likely(local != NULL) ? message_cache_take(&local->messages[class], &local->depots[class])
                                 : aligned_alloc(CACHE_LINE, size);
}

/* A block for so many bytes, and its class; MESSAGE_CLASSES: of no class. */
static inline void *make_block(size_t size, enum message_class *class)
{
    if (likely(size <= MESSAGE_SMALL_SIZE))
        return take(*class = MESSAGE_SMALL, MESSAGE_SMALL_SIZE);
    if (size <= MESSAGE_MEDIUM_SIZE)
        return take(*class = MESSAGE_MEDIUM, MESSAGE_MEDIUM_SIZE);
    *class = MESSAGE_CLASSES;
    return malloc(size);
}

static inline void drop_block(struct message *message)
{
    unsigned class = message->block_class;
    struct vm_local *local = class < MESSAGE_CLASSES ? local_or_null() : NULL;
    if (likely(local != NULL))
        message_cache_put(&local->messages[class], &local->depots[class], message);
    else
        free(message);
}

/* All but the body. */
static inline __attribute__((always_inline)) struct message *make(enum message_kind kind, uint64_t from,
                                                                  const char *topic, size_t topic_length, size_t room)
{
    enum message_class class;
    struct message *message = make_block(sizeof *message + topic_length + room, &class);
    if (unlikely(!message))
        return NULL;
    *message = (struct message){
        .from = from, .kind = (uint8_t)kind, .block_class = class, .topic_length = (uint16_t)topic_length};
    bytes_copy(message->bytes, topic, topic_length);
    return message;
}

static void set_buffer(struct message *message, struct buffer *buffer)
{
    message->in_buffer = true;
    message->length = (uint32_t)buffer->length;
    memcpy(message->bytes + message->topic_length, &buffer, sizeof buffer);
}

/* With the body in a buffer of its own. */
static __attribute__((noinline)) struct message *new_big(enum message_kind kind, uint64_t from, const char *topic,
                                                         size_t topic_length, const void *body, size_t length)
{
    struct buffer *buffer = buffer_new(length);
    if (!buffer)
        return NULL;
    memcpy(buffer->bytes, body, length);
    struct message *big = message_new_shared(kind, from, topic, topic_length, buffer);
    buffer_unref(buffer);
    return big;
}

struct message *message_new(enum message_kind kind, uint64_t from, const char *topic, size_t topic_length,
                            const void *body, size_t length)
{
    if (unlikely(length > MESSAGE_INLINE_MAX))
        return new_big(kind, from, topic, topic_length, body, length);
    struct message *message = make(kind, from, topic, topic_length, length);
    if (unlikely(!message))
        return NULL;
    message->length = (uint32_t)length;
    bytes_copy(message->bytes + topic_length, body, length);
    return message;
}

struct message *message_new_shared(enum message_kind kind, uint64_t from, const char *topic, size_t topic_length,
                                   struct buffer *buffer)
{
    struct message *message = make(kind, from, topic, topic_length, sizeof buffer);
    if (message)
        set_buffer(message, buffer_ref(buffer));
    return message;
}

struct message *message_new_of(enum message_kind kind, uint64_t from, const char *topic, size_t topic_length,
                               struct buffer *buffer)
{
    if (buffer->length > MESSAGE_INLINE_MAX)
        return message_new_shared(kind, from, topic, topic_length, buffer);
    return message_new(kind, from, topic, topic_length, buffer->bytes, buffer->length);
}

struct message *message_signal(enum message_kind kind, uint64_t from, uint64_t id)
{
    struct message *message = make(kind, from, "", 0, 0);
    if (!message)
        memory_out(sizeof *message, "a message");
    message->id = id;
    return message;
}

void message_free(struct message *message)
{
    if (unlikely(message->kind >= MESSAGE_TIMER))
        return;
    if (unlikely(message->in_buffer))
        buffer_unref(message_buffer(message));
    drop_block(message);
}

const char *message_topic(const struct message *message)
{
    return (const char *)message->bytes;
}

struct buffer *message_buffer(const struct message *message)
{
    struct buffer *buffer = NULL;
    if (message->in_buffer)
        memcpy(&buffer, message->bytes + message->topic_length, sizeof buffer);
    return buffer;
}

const unsigned char *message_body(const struct message *message)
{
    if (message->in_buffer)
        return message_buffer(message)->bytes;
    return message->bytes + message->topic_length;
}

size_t message_cost(const struct message *message)
{
    return sizeof *message + message->topic_length + message->length;
}

void message_queue_push(struct message_queue *queue, struct message *message)
{
    message->next = NULL;
    if (queue->tail)
        queue->tail->next = message;
    else
        queue->head = message;
    queue->tail = message;
}

struct message *message_queue_pop(struct message_queue *queue)
{
    struct message *message = queue->head;
    if (!message)
        return NULL;
    queue->head = message->next;
    if (!queue->head)
        queue->tail = NULL;
    return message;
}

void message_queue_clear(struct message_queue *queue)
{
    struct message *message;
    while ((message = message_queue_pop(queue)))
        message_free(message);
}
