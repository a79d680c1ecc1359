/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/rng.h"
#include "vm/channel.h"
#include "vm/router.h"
#include "vm/slot.h"

static struct router router;
static struct channel inbox, other, third; /* only their addresses matter */

static void empty(void)
{
    while (!router_destroy_some(&router, 7))
        ;
    cr_assert_eq(router.waiting, 0);
}

TestSuite(router, .fini = empty);

static struct channel *add(const char *topic, uint64_t tag)
{
    struct message *message = message_new(MESSAGE_USER, tag, topic, strlen(topic), "x", 1);
    return router_add(&router, router_topic_of(&router, message), message);
}

static struct topic *topic_of(const char *name)
{
    return router_topic(&router, name, strlen(name), true);
}

static uint64_t tag_of(struct message *message)
{
    uint64_t tag = message ? message->from : 0;
    if (message)
        message_free(message);
    return tag;
}

static uint64_t from_inbox(void)
{
    return tag_of(router_take_inbox(&router));
}

static uint64_t from_topic(struct topic *topic)
{
    return tag_of(router_take_topic(&router, topic));
}

/* The unclaimed list is whole in both directions and ordered, and says the same as the counters. */
static void check(void)
{
    uint32_t count = 0;
    struct message *last = NULL;
    for (struct message *m = router.first; m; last = m, m = m->next, count++) {
        cr_assert_eq(m->prev, last);
        if (last)
            cr_assert_lt(last->id, m->id);
    }
    cr_assert_eq(router.last, last);
    cr_assert_eq(router.unclaimed, count);
    uint32_t topics = 0, waiting = 0, idle = 0, listeners = 0;
    for (struct topic *t = router.topics; t; t = t->next, topics++) {
        for (struct message *m = t->first; m; m = m->topic_next)
            waiting++;
        idle += !t->first && !t->channel;
        listeners += t->channel != NULL;
    }
    cr_assert_eq(router.topic_count, topics);
    cr_assert_eq(router.waiting, waiting);
    cr_assert_eq(router.idle_topics, idle);
    cr_assert_eq(router.listeners, listeners);
}

Test(router, inbox_gets_all_in_order_of_arrival)
{
    for (uint64_t i = 1; i <= 20; i++)
        cr_assert_null(add(i % 2 ? "a" : "b", i));
    check();
    for (uint64_t i = 1; i <= 20; i++)
        cr_assert_eq(from_inbox(), i);
    cr_assert_eq(from_inbox(), 0);
    check();
}

Test(router, add_tells_who_has_something)
{
    struct topic *a = topic_of("a");
    cr_assert_null(add("a", 1));
    router.inbox = &inbox;
    cr_assert_eq(add("a", 2), &inbox);
    router_listen(&router, a, &other, false);
    cr_assert_eq(add("a", 3), &other);
    cr_assert_eq(add("b", 4), &inbox);
    check();
}

Test(router, listen_claims_its_topic_only)
{
    for (uint64_t i = 1; i <= 9; i++)
        add(i % 3 == 0 ? "wanted" : "rest", i);
    struct topic *wanted = topic_of("wanted");
    router_listen(&router, wanted, &other, true);
    cr_assert(wanted->as_message);
    check();
    cr_assert_eq(from_inbox(), 1);
    cr_assert_eq(from_inbox(), 2);
    cr_assert_eq(from_inbox(), 4);
    cr_assert_eq(from_topic(wanted), 3);
    cr_assert_eq(from_topic(wanted), 6);
    cr_assert_eq(from_topic(wanted), 9);
    cr_assert_eq(from_topic(wanted), 0);
    check();
}

Test(router, unlisten_restores_the_order)
{
    add("a", 1);
    struct topic *a = topic_of("a"), *b = topic_of("b");
    router_listen(&router, a, &other, false);
    router_listen(&router, b, &third, false);
    add("b", 2);
    add("a", 3);
    add("c", 4);
    add("b", 5);
    add("a", 6);
    check();
    cr_assert_eq(from_topic(a), 1);
    router_unlisten(&router, b);
    check();
    router_unlisten(&router, a);
    check();
    for (uint64_t i = 2; i <= 6; i++)
        cr_assert_eq(from_inbox(), i);
    cr_assert_eq(from_inbox(), 0);
}

Test(router, unlisten_of_old_messages_before_many_new_ones)
{
    enum { COUNT = 20000 };
    struct topic *old = topic_of("old");
    router_listen(&router, old, &other, false);
    for (uint64_t i = 1; i <= COUNT; i++)
        add("old", i);
    for (uint64_t i = 1; i <= COUNT; i++)
        add("new", COUNT + i);
    router_unlisten(&router, old); /* takes for ever if each looks for its place alone */
    check();
    for (uint64_t i = 1; i <= 2 * COUNT; i++)
        cr_assert_eq(from_inbox(), i);
}

Test(router, take_keeps_the_topic_index)
{
    add("a", 1);
    add("b", 2);
    add("a", 3);
    cr_assert_eq(from_inbox(), 1);
    struct topic *a = topic_of("a");
    router_listen(&router, a, &other, false);
    cr_assert_eq(from_topic(a), 3);
    cr_assert_eq(from_inbox(), 2);
    check();
}

Test(router, topics_with_equal_beginnings_differ)
{
    add("topic", 1);
    add("topi", 2);
    add("", 3);
    struct topic *t = topic_of("topi");
    cr_assert_neq(t, topic_of("topic"));
    router_listen(&router, t, &other, false);
    cr_assert_eq(from_topic(t), 2);
    cr_assert_eq(from_inbox(), 1);
    cr_assert_eq(from_inbox(), 3);
    cr_assert_null(router_topic(&router, "never", 5, false));
}

Test(router, sweeps_idle_topics)
{
    enum { COUNT = 10000 };
    char name[20];
    struct topic *kept = topic_of("kept");
    router_listen(&router, kept, &other, false);
    for (uint64_t i = 1; i <= COUNT; i++) {
        snprintf(name, sizeof name, "topic %u", (unsigned)i);
        add(name, i);
    }
    check();
    cr_assert_eq(router.topic_count, COUNT + 1);
    for (uint64_t i = 1; i <= COUNT; i++)
        cr_assert_eq(from_inbox(), i);
    check();
    cr_assert_lt(router.topic_count, 100, "%u topics of messages that are gone", router.topic_count);
    cr_assert_eq(topic_of("kept"), kept);
    cr_assert_eq(add("kept", 1), &other);
    cr_assert_eq(from_topic(kept), 1);
}

/* One message after the other, each with a topic of its own: never more than a few topics. */
Test(router, fresh_topics_do_not_pile_up)
{
    char name[20];
    for (uint64_t i = 1; i <= 5000; i++) {
        snprintf(name, sizeof name, "t%u", (unsigned)i);
        add(name, i);
        cr_assert_eq(from_inbox(), i);
        cr_assert_lt(router.topic_count, 100);
    }
    check();
}

Test(router, listen_and_unlisten_of_fresh_topics_do_not_pile_up)
{
    char name[20];
    for (unsigned i = 1; i <= 5000; i++) {
        snprintf(name, sizeof name, "t%u", i);
        struct topic *topic = topic_of(name);
        router_listen(&router, topic, &other, false);
        router_unlisten(&router, topic);
        cr_assert_lt(router.topic_count, 100);
    }
    check();
}

Test(router, events_are_apart)
{
    add("a", 1);
    message_queue_push(&router.events, message_new(MESSAGE_CANCEL, 7, "", 0, "why", 3));
    message_queue_push(&router.events, message_new(MESSAGE_CANCEL, 8, "", 0, "why", 3));
    cr_assert_eq(tag_of(router_take_event(&router)), 7);
    cr_assert_eq(from_inbox(), 1);
    cr_assert_eq(tag_of(router_take_event(&router)), 8);
    cr_assert_null(router_take_event(&router));
}

Test(router, settle_tells_the_slot_once)
{
    struct slot slot = {0};
    struct message *a = message_new(MESSAGE_USER, 1, "a", 1, "x", 1), *b = message_new(MESSAGE_USER, 2, "b", 1, "x", 1);
    uint64_t cost = message_cost(a);
    atomic_store(&slot.queued, ((uint64_t)2 << SLOT_COUNT_SHIFT) + 2 * cost);
    router_add(&router, router_topic_of(&router, a), a);
    router_add(&router, router_topic_of(&router, b), b);
    router_settle(&router, &slot);
    cr_assert_eq(atomic_load(&slot.queued), ((uint64_t)2 << SLOT_COUNT_SHIFT) + 2 * cost);
    from_inbox();
    router_settle(&router, &slot);
    router_settle(&router, &slot);
    cr_assert_eq(atomic_load(&slot.queued), ((uint64_t)1 << SLOT_COUNT_SHIFT) + cost);
    from_inbox();
    router_settle(&router, &slot);
    cr_assert_eq(atomic_load(&slot.queued), 0);
}

Test(router, destroy_counts_what_it_throws_away)
{
    struct slot slot = {0};
    for (uint64_t i = 1; i <= 50; i++)
        add(i % 5 ? "a" : "b", i);
    struct message *counted = message_new(MESSAGE_CANCEL, 7, "", 0, "why", 3);
    message_queue_push(&router.events, counted);
    message_queue_push(&router.events, message_new(MESSAGE_CANCEL, 0, "", 0, "not counted", 11));
    atomic_store(&slot.queued,
                 ((uint64_t)51 << SLOT_COUNT_SHIFT) + 50 * message_cost(router.first) + message_cost(counted));
    unsigned rounds = 0;
    while (!router_destroy_some(&router, 10))
        rounds++;
    cr_assert_geq(rounds, 5);
    router_settle(&router, &slot);
    cr_assert_eq(atomic_load(&slot.queued), 0);
}

/* ---- against a model: a message is an entry of an array; its state says where it is ---- */

enum { MODEL = 3000, TOPICS = 40 };

static uint64_t first_of(const int *topic_of_tag, const bool *gone, const bool *listened, unsigned count, int topic)
{
    for (unsigned i = 0; i < count; i++)
        if (!gone[i] && (topic < 0 ? !listened[topic_of_tag[i]] : topic_of_tag[i] == topic))
            return i + 1;
    return 0;
}

Test(router, topics_with_one_listener_keep_the_order_of_arrival)
{
    for (uint64_t i = 1; i <= 12; i++)
        add(i % 4 == 0 ? "rest" : i % 4 == 1 ? "a" : i % 4 == 2 ? "b" : "c", i);
    struct topic *a = topic_of("a"), *b = topic_of("b"), *c = topic_of("c");
    router_listen(&router, b, &other, true);
    router_follow(&router, c, b);
    router_follow(&router, a, b);
    check();
    cr_assert(a->as_message && c->as_message);
    cr_assert_eq(add("c", 13), &other);
    cr_assert_eq(add("a", 14), &other);
    cr_assert_eq(add("b", 15), &other);
    check();
    for (uint64_t i = 1; i <= 7; i++)
        if (i % 4 != 0)
            cr_assert_eq(from_topic(b), i);
    /* what is left is unclaimed again, each in its own topic */
    router_unlisten(&router, b);
    check();
    router_listen(&router, c, &third, false);
    check();
    cr_assert_eq(from_topic(c), 11);
    cr_assert_eq(from_topic(c), 13);
    cr_assert_eq(from_topic(c), 0);
    for (uint64_t i = 4; i <= 8; i += 4)
        cr_assert_eq(from_inbox(), i);
    static const uint64_t left[] = {9, 10, 12, 14, 15, 0};
    for (unsigned i = 0; i < sizeof left / sizeof *left; i++)
        cr_assert_eq(from_inbox(), left[i]);
    check();
}

Test(router, many_topics_with_one_listener_leave_nothing_behind)
{
    char name[20];
    struct topic *leader = topic_of("leader");
    router_listen(&router, leader, &other, false);
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "t%d", i);
        router_follow(&router, topic_of(name), leader);
        if (i % 3 == 0)
            add(name, (uint64_t)i + 1);
    }
    check();
    router_unlisten(&router, leader);
    check();
    for (uint64_t i = 0; i < 500; i += 3)
        cr_assert_eq(from_inbox(), i + 1);
    check();
    cr_assert_leq(router.topic_count, 40, "idle topics are swept");
}

Test(router, agrees_with_a_model)
{
    static int topics[MODEL];
    static bool gone[MODEL], listened[TOPICS];
    struct rng rng;
    unsigned count = 0;
    char name[20];
    rng_seed(&rng, 4711);
    for (unsigned step = 0; step < 3 * MODEL && count < MODEL; step++) {
        int topic = (int)rng_below(&rng, TOPICS);
        snprintf(name, sizeof name, "topic%d", topic);
        uint64_t expected;
        switch (rng_below(&rng, 6)) {
        case 0:
            if (listened[topic])
                router_unlisten(&router, topic_of(name));
            else
                router_listen(&router, topic_of(name), &other, false);
            listened[topic] = !listened[topic];
            break;
        case 1:
            expected = first_of(topics, gone, listened, count, -1);
            cr_assert_eq(from_inbox(), expected);
            if (expected)
                gone[expected - 1] = true;
            break;
        case 2:
            if (!listened[topic])
                break;
            expected = first_of(topics, gone, listened, count, topic);
            cr_assert_eq(from_topic(topic_of(name)), expected);
            if (expected)
                gone[expected - 1] = true;
            break;
        default:
            topics[count++] = topic;
            add(name, count);
            break;
        }
        if (step % 64 == 0)
            check();
    }
    check();
}
