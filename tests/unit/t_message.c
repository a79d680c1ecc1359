/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <criterion/criterion.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/compiler.h"
#include "vm/buffer.h"
#include "vm/message.h"
#include "vm/message_cache.h"

static void fill(unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        bytes[i] = (unsigned char)(i * 31 + 7);
}

Test(message, carries_topic_and_body)
{
    struct message *m = message_new(MESSAGE_USER, 42, "topic", 5, "body\0more", 9);
    cr_assert_eq(m->kind, MESSAGE_USER);
    cr_assert_eq(m->from, 42);
    cr_assert_eq(m->topic_length, 5);
    cr_assert_eq(memcmp(message_topic(m), "topic", 5), 0);
    cr_assert_eq(m->length, 9);
    cr_assert_eq(memcmp(message_body(m), "body\0more", 9), 0);
    cr_assert_null(message_buffer(m));
    message_free(m);
}

/* All lengths around the place where the body moves to a buffer, with topics of all alignments. */
Test(message, every_size_comes_back)
{
    unsigned char body[MESSAGE_INLINE_MAX + 40];
    char topic[20];
    fill(body, sizeof body);
    memset(topic, 't', sizeof topic);
    for (size_t length = 0; length <= sizeof body; length++)
        for (size_t topic_length = 0; topic_length <= sizeof topic; topic_length++) {
            struct message *m = message_new(MESSAGE_USER, 1, topic, topic_length, body, length);
            cr_assert_eq(m->length, length);
            cr_assert_eq(message_buffer(m) != NULL, length > MESSAGE_INLINE_MAX);
            cr_assert_eq(memcmp(message_body(m), body, length), 0);
            cr_assert_eq(memcmp(message_topic(m), topic, topic_length), 0);
            message_free(m);
        }
}

/* This thread has no cache, but a worker may get the block into its own. */
Test(message, a_block_for_caches_is_a_whole_one)
{
    char body[MESSAGE_MEDIUM_SIZE] = {0};
    for (size_t length = 0; length <= sizeof body; length++) {
        struct message *m = message_new(MESSAGE_USER, 1, "t", 1, body, length);
        size_t size = sizeof *m + 1 + length, whole = size <= MESSAGE_SMALL_SIZE    ? MESSAGE_SMALL_SIZE
                                                      : size <= MESSAGE_MEDIUM_SIZE ? MESSAGE_MEDIUM_SIZE
                                                                                    : size;
        cr_assert_geq(malloc_usable_size(m), whole, "%zu", length);
        if (size <= MESSAGE_MEDIUM_SIZE)
            cr_assert_eq((uintptr_t)m % CACHE_LINE, 0, "%zu", length);
        message_free(m);
    }
}

/* A topic of six letters and a number of eight bytes with its tag, behind their count. */
Test(message, a_number_fits_into_one_cache_line)
{
    cr_assert_leq(sizeof(struct message) + strlen("number") + 1 + 1 + 8, MESSAGE_SMALL_SIZE);
    cr_assert_eq((size_t)MESSAGE_SMALL_SIZE, (size_t)CACHE_LINE);
}

Test(message, longest_topic)
{
    char *topic = malloc(UINT16_MAX);
    memset(topic, 'x', UINT16_MAX);
    struct message *m = message_new(MESSAGE_USER, 1, topic, UINT16_MAX, "b", 1);
    cr_assert_eq(m->topic_length, UINT16_MAX);
    cr_assert_eq(memcmp(message_topic(m), topic, UINT16_MAX), 0);
    cr_assert_eq(message_body(m)[0], 'b');
    message_free(m);
    free(topic);
}

Test(message, body_is_a_copy)
{
    char body[4] = "abc", topic[2] = "t";
    struct message *m = message_new(MESSAGE_USER, 1, topic, 1, body, 4);
    body[0] = topic[0] = 'X';
    cr_assert_str_eq((const char *)message_body(m), "abc");
    cr_assert_eq(message_topic(m)[0], 't');
    message_free(m);
}

Test(message, shared_buffer_is_referenced_once_per_message)
{
    struct buffer *buffer = buffer_new(10);
    fill(buffer->bytes, 10);
    struct message *a = message_new_shared(MESSAGE_EXIT, 1, "", 0, buffer);
    struct message *b = message_new_shared(MESSAGE_EXIT, 2, "topic", 5, buffer);
    cr_assert_eq(atomic_load(&buffer->refs), 3);
    cr_assert_eq(message_buffer(a), buffer);
    cr_assert_eq(message_body(a), buffer->bytes);
    cr_assert_eq(b->length, 10);
    message_free(a);
    cr_assert_eq(atomic_load(&buffer->refs), 2);
    message_free(b);
    cr_assert_eq(atomic_load(&buffer->refs), 1);
    buffer_unref(buffer);
}

Test(message, signal_is_bare)
{
    struct message *m = message_signal(MESSAGE_MONITOR, 7, 99);
    cr_assert_eq(m->kind, MESSAGE_MONITOR);
    cr_assert_eq(m->from, 7);
    cr_assert_eq(m->id, 99);
    cr_assert_eq(m->length, 0);
    cr_assert_eq(m->topic_length, 0);
    message_free(m);
}

Test(message, embedded_nodes_are_not_freed)
{
    struct message timer = {.kind = MESSAGE_TIMER}, operation = {.kind = MESSAGE_OPERATION};
    message_free(&timer);
    message_free(&operation);
    cr_assert_eq(timer.kind, MESSAGE_TIMER);
    cr_assert_eq(operation.kind, MESSAGE_OPERATION);
}

Test(message, cost_counts_topic_and_body)
{
    unsigned char body[1000] = {0};
    struct message *small = message_new(MESSAGE_USER, 1, "t", 1, body, 1);
    struct message *large = message_new(MESSAGE_USER, 1, "topic", 5, body, 1000);
    cr_assert_eq(message_cost(small), sizeof *small + 2);
    cr_assert_eq(message_cost(large), sizeof *large + 1005);
    message_free(small);
    message_free(large);
}

Test(message_queue, is_a_fifo)
{
    struct message_queue queue = {0};
    cr_assert_null(message_queue_pop(&queue));
    for (unsigned round = 0; round < 3; round++) {
        for (uint64_t i = 0; i < 10; i++)
            message_queue_push(&queue, message_signal(MESSAGE_POST, 0, i));
        for (uint64_t i = 0; i < 10; i++) {
            struct message *m = message_queue_pop(&queue);
            cr_assert_eq(m->id, i);
            message_free(m);
        }
        cr_assert_null(message_queue_pop(&queue));
        cr_assert_null(queue.tail);
    }
}

Test(message_queue, clear_frees_all)
{
    struct message_queue queue = {0};
    for (uint64_t i = 0; i < 10; i++)
        message_queue_push(&queue, message_new(MESSAGE_USER, 1, "t", 1, "x", 1));
    message_queue_clear(&queue);
    cr_assert_null(queue.head);
    cr_assert_null(queue.tail);
    message_queue_clear(&queue);
}
