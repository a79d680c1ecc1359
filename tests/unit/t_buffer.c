/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <pthread.h>
#include <string.h>

#include <criterion/criterion.h>

#include "vm/buffer.h"

enum { THREADS = 4, ROUNDS = 20000 };

Test(buffer, new_has_one_reference_and_its_length)
{
    struct buffer *buffer = buffer_new(1000);
    cr_assert_not_null(buffer);
    cr_assert_eq(buffer->length, 1000);
    cr_assert_eq(atomic_load(&buffer->refs), 1);
    memset(buffer->bytes, 0xaa, buffer->length);
    buffer_unref(buffer);
}

Test(buffer, empty_and_null_are_fine)
{
    struct buffer *buffer = buffer_new(0);
    cr_assert_not_null(buffer);
    cr_assert_eq(buffer->length, 0);
    buffer_unref(buffer);
    buffer_unref(NULL);
}

Test(buffer, impossible_length_is_reported)
{
    cr_assert_null(buffer_new(SIZE_MAX));
    cr_assert_null(buffer_new(SIZE_MAX - sizeof(struct buffer) + 1));
}

Test(buffer, ref_keeps_it)
{
    struct buffer *buffer = buffer_new(3);
    cr_assert_eq(buffer_ref(buffer), buffer);
    buffer_unref(buffer);
    memcpy(buffer->bytes, "abc", 3);
    cr_assert_eq(atomic_load(&buffer->refs), 1);
    buffer_unref(buffer);
}

static void *share(void *arg)
{
    struct buffer *buffer = arg;
    for (int i = 0; i < ROUNDS; i++) {
        struct buffer *mine = buffer_ref(buffer);
        if (mine->bytes[i % 64] != (unsigned char)(i % 64))
            return "wrong byte";
        buffer_unref(mine);
    }
    buffer_unref(buffer);
    return NULL;
}

/* Each thread owns one reference; whoever is last frees. Leaks and double frees are for the sanitizers to see. */
Test(buffer, threads_share_it)
{
    pthread_t threads[THREADS];
    struct buffer *buffer = buffer_new(64);
    for (int i = 0; i < 64; i++)
        buffer->bytes[i] = (unsigned char)i;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, share, buffer_ref(buffer));
    buffer_unref(buffer);
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        cr_assert_null(result);
    }
}
