/* SPDX-License-Identifier: MIT */
/*
 * broker: see broker.h.
 *
 * I1  The index (subjects, prefixes, watches, the event being sent) belongs to the task.
 * I2  The index changes only between events, so a place in a list of subscribers stays good while an event is being sent, over any number of slices.
 * I3  A subscriber is in the index from the turn of its `subscribe` node to that of its `end` node, which comes later in the queue.
 *
 * Memory orders. The queue is a stack that is taken whole: the release CAS of enqueue pairs with the acquire exchange of take_queue. `heard`
 * needs no order: who subscribed and then told somebody did so through a mailbox or a lock, and those order the increment before the look.
 */
#include "vm/broker.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/compiler.h"
#include "sched/base/list.h"
#include "sched/base/log.h"
#include "sched/base/memory.h"
#include "sched/task.h"
#include "vm/buffer.h"
#include "vm/message.h"
#include "vm/pid.h"
#include "vm/process.h"
#include "vm/segments.h"
#include "vm/slot.h"
#include "vm/vm_struct.h"

enum { STEPS_PER_SLICE = 256, BEHIND_BYTES = 4 << 20, FIRST_BUCKETS = 64 };

/* What waits in the queue. */
enum node_kind { NODE_SUBSCRIBE, NODE_END, NODE_EVENT, NODE_WATCH };

struct node {
    struct node *next;
    enum node_kind kind;
};

struct event {
    struct node node;
    struct buffer *body; /* one reference */
    struct broker_text subject, kind;
};

/* A subject that is somebody's exact pattern. */
struct subject {
    struct subject *next; /* in its bucket */
    struct list subscribers;
    uint32_t hash;
    uint32_t length;
    char text[];
};

struct subscriber {
    struct node subscribe, end;
    struct list link;        /* in its subject or in prefixes */
    struct subject *subject; /* NULL: a prefix */
    uint64_t pid, feed;
    struct pattern patterns[2]; /* subject and kind; their text is in `bytes` */
    uint32_t dropped;
    char bytes[];
};

struct watch {
    struct node node;
    struct watch *next;
    broker_watch_f call;
    void *ctx;
    char *subject, *kind;
};

struct broker {
    struct task task;
    struct vm *vm;
    const char *name;
    _Atomic(struct node *) queue cache_aligned; /* newest first */
    _Atomic uint64_t queued_bytes;              /* of the events that are not sent yet */
    _Atomic uint32_t heard;                     /* subscribers and watches */
    /* the task's */
    struct node *taken cache_aligned; /* oldest first */
    struct event *event;              /* being sent */
    struct list *place, *places;      /* next subscriber of it, and the head of its list; NULL: begin */
    struct subject **buckets;
    uint32_t mask, subject_count;
    struct list prefixes;
    struct watch *watches;
};

/* ---- patterns ---- */

struct pattern broker_pattern(const char *text, size_t length)
{
    bool is_prefix = length > 0 && text[length - 1] == '*';
    return (struct pattern){.text = text, .length = length - is_prefix, .is_prefix = is_prefix};
}

static bool matches(const struct pattern *pattern, struct broker_text text)
{
    return (pattern->is_prefix ? pattern->length <= text.length : pattern->length == text.length) &&
           memcmp(pattern->text, text.data, pattern->length) == 0;
}

/* ---- queue ---- */

static enum task_verdict run(struct task *task);

struct broker *broker_new(struct vm *vm, const char *name)
{
    struct broker *broker = aligned_alloc(CACHE_LINE, sizeof *broker);
    if (!broker)
        memory_out(sizeof *broker, "a broker of events");
    *broker = (struct broker){.vm = vm, .name = name, .mask = FIRST_BUCKETS - 1};
    broker->buckets = memory_zeroed(FIRST_BUCKETS * sizeof *broker->buckets, "a broker of events");
    list_init(&broker->prefixes);
    task_init(&broker->task, run, TASK_IDLE);
    return broker;
}

static void enqueue(struct broker *broker, struct node *node)
{
    node->next = atomic_load_explicit(&broker->queue, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&broker->queue, &node->next, node, memory_order_release,
                                                  memory_order_relaxed))
        ;
    task_wake(broker->vm->sched, &broker->task);
}

/* Everything queued, oldest first. */
static struct node *take_queue(struct broker *broker)
{
    struct node *first = NULL, *node = atomic_exchange_explicit(&broker->queue, NULL, memory_order_acquire);
    while (node) {
        struct node *next = node->next;
        node->next = first;
        first = node;
        node = next;
    }
    return first;
}

static struct node *next_node(struct broker *broker)
{
    if (!broker->taken)
        broker->taken = take_queue(broker);
    struct node *node = broker->taken;
    if (node)
        broker->taken = node->next;
    return node;
}

/* ---- index ---- */

static uint32_t hash_text(const char *text, size_t length)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash ^ hash >> 15;
}

/* The link that points to the subject, or to the NULL where it would go. */
static struct subject **find_subject(struct broker *broker, uint32_t hash, const char *text, size_t length)
{
    struct subject **link = &broker->buckets[hash & broker->mask];
    while (*link && ((*link)->hash != hash || (*link)->length != length || memcmp((*link)->text, text, length) != 0))
        link = &(*link)->next;
    return link;
}

static void grow(struct broker *broker)
{
    uint32_t mask = broker->mask * 2 + 1;
    struct subject **buckets = calloc((size_t)mask + 1, sizeof *buckets);
    if (!buckets)
        return; /* longer chains */
    for (uint32_t i = 0; i <= broker->mask; i++)
        for (struct subject *subject = broker->buckets[i], *next; subject; subject = next) {
            next = subject->next;
            subject->next = buckets[subject->hash & mask];
            buckets[subject->hash & mask] = subject;
        }
    free(broker->buckets);
    broker->buckets = buckets;
    broker->mask = mask;
}

static struct subject *open_subject(struct broker *broker, const struct pattern *pattern)
{
    uint32_t hash = hash_text(pattern->text, pattern->length);
    struct subject **link = find_subject(broker, hash, pattern->text, pattern->length), *subject = *link;
    if (subject)
        return subject;
    subject = memory_alloc(sizeof *subject + pattern->length, "a subject of events");
    *subject = (struct subject){.hash = hash, .length = (uint32_t)pattern->length};
    memcpy(subject->text, pattern->text, pattern->length);
    list_init(&subject->subscribers);
    *link = subject;
    if (++broker->subject_count > broker->mask)
        grow(broker);
    return subject;
}

static void close_subject(struct broker *broker, struct subject *subject)
{
    if (!list_is_empty(&subject->subscribers))
        return;
    *find_subject(broker, subject->hash, subject->text, subject->length) = subject->next;
    broker->subject_count--;
    free(subject);
}

static void add(struct broker *broker, struct subscriber *subscriber)
{
    const struct pattern *pattern = &subscriber->patterns[0];
    if (!pattern->is_prefix)
        subscriber->subject = open_subject(broker, pattern);
    list_add_tail(pattern->is_prefix ? &broker->prefixes : &subscriber->subject->subscribers, &subscriber->link);
}

static void remove_subscriber(struct broker *broker, struct subscriber *subscriber)
{
    list_remove(&subscriber->link);
    if (subscriber->subject)
        close_subject(broker, subscriber->subject);
    free(subscriber);
    atomic_fetch_sub_explicit(&broker->heard, 1, memory_order_relaxed);
}

/* ---- sending ---- */

/* Loss is told at the first event, the second, the fourth, …: who is far behind must not fill the log as well. */
static void note_dropped(struct broker *broker, struct subscriber *subscriber)
{
    char pid[PID_TEXT_MAX];
    uint32_t dropped = ++subscriber->dropped;
    if (dropped & (dropped - 1))
        return;
    const struct pattern *pattern = &subscriber->patterns[0];
    process_format_pid(broker->vm, subscriber->pid, pid);
    log_printf(broker->vm->log, LOG_WARN, broker->name,
               "%s does not keep up: its mailbox is full; %u events for its subscription to %.*s%s are lost", pid,
               dropped, pattern->length < 100 ? (int)pattern->length : 100, pattern->text,
               pattern->is_prefix ? "*" : "");
}

static void send_to(struct broker *broker, struct subscriber *subscriber, const struct event *event)
{
    struct message *message = message_new_of(MESSAGE_FEED, 0, "", 0, event->body);
    if (!message)
        memory_out(sizeof *message, "a message");
    message->id = subscriber->feed;
    int result = slot_send(broker->vm->slots, broker->vm->sched, subscriber->pid, message);
    if (result == 0)
        return;
    message_free(message);
    if (result == -ENOBUFS)
        note_dropped(broker, subscriber);
}

static void call_watches(const struct broker *broker, const struct event *event)
{
    for (const struct watch *watch = broker->watches; watch; watch = watch->next)
        if (segments_match(watch->subject, event->subject.data, event->subject.length) &&
            segments_match(watch->kind, event->kind.data, event->kind.length))
            watch->call(watch->ctx, event->subject, event->kind, event->body);
}

/* Goes on with the next list of subscribers; false: there is none. */
static bool next_list(struct broker *broker, const struct event *event)
{
    struct list *last = broker->places;
    if (last == &broker->prefixes)
        return false;
    struct subject *subject = NULL;
    if (!last)
        subject = *find_subject(broker, hash_text(event->subject.data, event->subject.length), event->subject.data,
                                event->subject.length);
    broker->places = subject ? &subject->subscribers : &broker->prefixes;
    broker->place = broker->places->next;
    return true;
}

static void free_event(struct broker *broker, struct event *event)
{
    atomic_fetch_sub_explicit(&broker->queued_bytes, sizeof *event + event->body->length, memory_order_relaxed);
    buffer_unref(event->body);
    free(event);
}

/* Sends the event to one more subscriber, or ends it when there is none. */
static void send_step(struct broker *broker)
{
    struct event *event = broker->event;
    if (!broker->places || broker->place == broker->places) {
        if (next_list(broker, event))
            return;
        broker->event = NULL;
        broker->places = NULL;
        free_event(broker, event);
        return;
    }
    struct subscriber *subscriber = container_of(broker->place, struct subscriber, link);
    broker->place = broker->place->next;
    if ((subscriber->subject || matches(&subscriber->patterns[0], event->subject)) &&
        matches(&subscriber->patterns[1], event->kind))
        send_to(broker, subscriber, event);
}

/* ---- the task ---- */

static void begin_event(struct broker *broker, struct event *event)
{
    broker->event = event;
    call_watches(broker, event);
}

static void add_watch(struct broker *broker, struct watch *watch)
{
    struct watch **link = &broker->watches;
    while (*link)
        link = &(*link)->next;
    *link = watch;
}

static void handle(struct broker *broker, struct node *node)
{
    switch (node->kind) {
    case NODE_SUBSCRIBE:
        add(broker, container_of(node, struct subscriber, subscribe));
        break;
    case NODE_END:
        remove_subscriber(broker, container_of(node, struct subscriber, end));
        break;
    case NODE_EVENT:
        begin_event(broker, container_of(node, struct event, node));
        break;
    case NODE_WATCH:
        add_watch(broker, container_of(node, struct watch, node));
        break;
    }
}

static enum task_verdict run(struct task *task)
{
    struct broker *broker = container_of(task, struct broker, task);
    for (unsigned i = 0; i < STEPS_PER_SLICE; i++) {
        if (broker->event) {
            send_step(broker);
            continue;
        }
        struct node *node = next_node(broker);
        if (!node)
            return TASK_PARKED;
        handle(broker, node);
    }
    return TASK_AGAIN;
}

/* ---- what others call ---- */

static void free_list(struct list *subscribers)
{
    struct list *link;
    while ((link = list_take(subscribers)))
        free(container_of(link, struct subscriber, link));
}

void broker_free(struct broker *broker)
{
    struct node *node;
    if (broker->event)
        free_event(broker, broker->event);
    while ((node = next_node(broker)))
        if (node->kind == NODE_EVENT)
            free_event(broker, container_of(node, struct event, node));
        else
            handle(broker, node);
    for (uint32_t i = 0; i <= broker->mask; i++)
        for (struct subject *subject = broker->buckets[i], *next; subject; subject = next) {
            next = subject->next;
            free_list(&subject->subscribers);
            free(subject);
        }
    free_list(&broker->prefixes);
    for (struct watch *watch = broker->watches, *next; watch; watch = next) {
        next = watch->next;
        free(watch->subject);
        free(watch->kind);
        free(watch);
    }
    free(broker->buckets);
    free(broker);
}

size_t broker_subscriber_size(const struct pattern *subject, const struct pattern *kind)
{
    return sizeof(struct subscriber) + subject->length + kind->length;
}

struct subscriber *broker_subscriber_new(uint64_t pid, uint64_t feed, const struct pattern *subject,
                                         const struct pattern *kind)
{
    struct subscriber *subscriber = calloc(1, broker_subscriber_size(subject, kind));
    if (!subscriber)
        return NULL;
    *subscriber = (struct subscriber){.subscribe.kind = NODE_SUBSCRIBE,
                                      .end.kind = NODE_END,
                                      .pid = pid,
                                      .feed = feed,
                                      .patterns = {*subject, *kind}};
    memcpy(subscriber->bytes, subject->text, subject->length);
    memcpy(subscriber->bytes + subject->length, kind->text, kind->length);
    subscriber->patterns[0].text = subscriber->bytes;
    subscriber->patterns[1].text = subscriber->bytes + subject->length;
    return subscriber;
}

void broker_subscriber_free(struct subscriber *subscriber)
{
    free(subscriber);
}

void broker_subscribe(struct broker *broker, struct subscriber *subscriber)
{
    atomic_fetch_add_explicit(&broker->heard, 1, memory_order_relaxed);
    enqueue(broker, &subscriber->subscribe);
}

void broker_unsubscribe(struct broker *broker, struct subscriber *subscriber)
{
    enqueue(broker, &subscriber->end);
}

bool broker_is_heard(const struct broker *broker)
{
    return atomic_load_explicit(&broker->heard, memory_order_relaxed) > 0;
}

bool broker_is_behind(const struct broker *broker)
{
    return atomic_load_explicit(&broker->queued_bytes, memory_order_relaxed) > BEHIND_BYTES;
}

void broker_publish(struct broker *broker, struct buffer *body, struct broker_text subject, struct broker_text kind)
{
    if (!broker_is_heard(broker)) {
        buffer_unref(body);
        return;
    }
    struct event *event = memory_alloc(sizeof *event, "an event");
    *event = (struct event){.node.kind = NODE_EVENT, .body = body, .subject = subject, .kind = kind};
    atomic_fetch_add_explicit(&broker->queued_bytes, sizeof *event + body->length, memory_order_relaxed);
    enqueue(broker, &event->node);
}

void broker_watch(struct broker *broker, const char *subject, const char *kind, broker_watch_f call, void *ctx)
{
    struct watch *watch = memory_zeroed(sizeof *watch, "a watch of events");
    *watch = (struct watch){.node.kind = NODE_WATCH, .call = call, .ctx = ctx};
    watch->subject = memory_string(subject, "a watch of events");
    watch->kind = memory_string(kind, "a watch of events");
    atomic_fetch_add_explicit(&broker->heard, 1, memory_order_relaxed);
    enqueue(broker, &watch->node);
}
