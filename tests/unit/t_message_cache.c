/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "sched/base/compiler.h"
#include "vm/message_cache.h"
#include "vm/slab_asan.h"

static struct message_depot depots[MESSAGE_CLASSES];
static struct message_depot *const depot = &depots[MESSAGE_MEDIUM];
static struct message_cache cache, other;

static void begin(void)
{
    message_depots_init(depots);
    cache = other = (struct message_cache){0};
}

static void end(void)
{
    message_cache_flush(&cache, depot);
    message_cache_flush(&other, depot);
    message_depots_destroy(depots);
}

TestSuite(message_cache, .init = begin, .fini = end);

static void put_new(struct message_cache *to, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        message_cache_put(to, depot, malloc(MESSAGE_MEDIUM_SIZE));
}

Test(message_cache, what_was_put_last_is_taken_first)
{
    void *first = malloc(MESSAGE_MEDIUM_SIZE), *second = malloc(MESSAGE_MEDIUM_SIZE);
    message_cache_put(&cache, depot, first);
    message_cache_put(&cache, depot, second);
    cr_assert_eq(message_cache_take(&cache, depot), second);
    cr_assert_eq(message_cache_take(&cache, depot), first);
    cr_assert_null(cache.loaded);
    free(first);
    free(second);
}

Test(message_cache, an_empty_one_gives_new_blocks_that_may_be_written_and_freed)
{
    void *blocks[3];
    for (unsigned i = 0; i < 3; i++) {
        blocks[i] = message_cache_take(&cache, depot);
        cr_assert_not_null(blocks[i]);
        cr_assert_eq((uintptr_t)blocks[i] % CACHE_LINE, 0);
        memset(blocks[i], 1, MESSAGE_MEDIUM_SIZE);
    }
    for (unsigned i = 0; i < 3; i++)
        free(blocks[i]);
}

Test(message_cache, a_block_that_was_put_may_be_written_again)
{
    put_new(&cache, 3 * MESSAGE_BATCH + 7);
    for (unsigned i = 0; i < 3 * MESSAGE_BATCH + 7; i++) {
        void *block = message_cache_take(&cache, depot);
        memset(block, 1, MESSAGE_MEDIUM_SIZE);
        free(block);
    }
    cr_assert_eq(depot->count, 0);
    cr_assert_null(cache.loaded);
    cr_assert_null(cache.spare);
}

Test(message_cache, it_keeps_two_batches_and_gives_the_others_to_the_depot)
{
    put_new(&cache, 2 * MESSAGE_BATCH - 1);
    cr_assert_eq(depot->count, 0);
    put_new(&cache, MESSAGE_BATCH);
    cr_assert_eq(depot->count, 1);
    cr_assert_not_null(cache.spare);
    cr_assert_eq(cache.count, MESSAGE_BATCH - 1);
}

Test(message_cache, who_only_takes_gets_what_another_only_puts)
{
    void *put[3 * MESSAGE_BATCH];
    for (unsigned i = 0; i < 3 * MESSAGE_BATCH; i++)
        put[i] = malloc(MESSAGE_MEDIUM_SIZE);
    for (unsigned i = 0; i < 3 * MESSAGE_BATCH; i++)
        message_cache_put(&cache, depot, put[i]);
    cr_assert_eq(depot->count, 2);
    for (unsigned i = 0; i < MESSAGE_BATCH; i++) {
        void *block = message_cache_take(&other, depot);
        bool is_known = false;
        for (unsigned k = 0; k < 3 * MESSAGE_BATCH; k++)
            is_known |= block == put[k];
        cr_assert(is_known, "%u", i);
        free(block);
    }
    cr_assert_eq(depot->count, 1);
}

Test(message_cache, a_full_depot_takes_no_more)
{
    put_new(&cache, (MESSAGE_DEPOT_BATCHES + 5) * MESSAGE_BATCH);
    cr_assert_eq(depot->count, MESSAGE_DEPOT_BATCHES);
}

Test(message_cache, nobody_waits_for_the_lock_of_the_depot)
{
    pthread_mutex_lock(&depot->lock);
    put_new(&cache, 3 * MESSAGE_BATCH);
    void *block = message_cache_take(&other, depot);
    cr_assert_not_null(block);
    message_depot_flush(depot);
    pthread_mutex_unlock(&depot->lock);
    cr_assert_eq(depot->count, 0);
    free(block);
}

Test(message_cache, sanitizers_see_the_use_of_a_block_that_was_put)
{
    void *block = malloc(MESSAGE_MEDIUM_SIZE);
    message_cache_put(&cache, depot, block);
#ifdef SLAB_ASAN
    cr_assert(slab_is_poisoned((char *)block + sizeof(void *)));
#endif
    cr_assert_eq(message_cache_take(&cache, depot), block);
    cr_assert_not(slab_is_poisoned(block));
    free(block);
}
