/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Random bytes outside of workers and in a seeded runtime; the pools of real workers are tested by tests/lua/uuid.
 */
#include <string.h>

#include <criterion/criterion.h>

#include "stdlib/entropy.h"
#include "tests/unit/vm_rig.h"

static bool is_blank(const unsigned char *bytes, size_t size)
{
    while (size && !bytes[size - 1])
        size--;
    return size == 0;
}

Test(entropy, other_threads_ask_the_kernel)
{
    struct entropy *entropy = entropy_new();
    unsigned char a[4096] = {0}, b[4096] = {0};
    cr_assert_eq(entropy_fill(entropy, a, sizeof a), 0);
    cr_assert_eq(entropy_fill(entropy, b, sizeof b), 0);
    cr_assert_neq(memcmp(a, b, sizeof a), 0);
    for (size_t i = 0; i < sizeof a; i += 64)
        cr_assert(!is_blank(a + i, 64));
    cr_assert_eq(entropy_fill(entropy, NULL, 0), 0);
    entropy_free(entropy);
    entropy_free(NULL);
}

struct bytes {
    struct rig *rig;
    unsigned char bytes[300];
};

static void fill(struct native *native, void *ctx)
{
    struct bytes *bytes = ctx;
    (void)native;
    for (size_t at = 0, size = 0; at < sizeof bytes->bytes; at += size, size = (size + 7) % 200) {
        if (size > sizeof bytes->bytes - at)
            size = sizeof bytes->bytes - at;
        if (entropy_fill(bytes->rig->services->entropy, bytes->bytes + at, size) != 0)
            abort();
    }
}

static void fill_on_worker(struct bytes *bytes, const struct rig_options *options)
{
    struct rig rig;
    memset(bytes->bytes, 0, sizeof bytes->bytes);
    bytes->rig = &rig;
    rig_open(&rig, options);
    rig_call(&rig, fill, bytes);
    rig_close(&rig);
    for (size_t i = 0; i + 32 < sizeof bytes->bytes; i += 32)
        cr_assert(!is_blank(bytes->bytes + i, 32));
}

Test(entropy, a_seed_repeats_it)
{
    struct bytes a, b, c;
    fill_on_worker(&a, &(struct rig_options){.seeded = true, .seed = 5});
    fill_on_worker(&b, &(struct rig_options){.seeded = true, .seed = 5});
    fill_on_worker(&c, &(struct rig_options){.seeded = true, .seed = 6});
    cr_assert_eq(memcmp(a.bytes, b.bytes, sizeof a.bytes), 0);
    cr_assert_neq(memcmp(a.bytes, c.bytes, sizeof a.bytes), 0);
}

Test(entropy, workers_have_pools)
{
    struct bytes a, b;
    fill_on_worker(&a, &(struct rig_options){.workers = 1});
    fill_on_worker(&b, &(struct rig_options){.workers = 1});
    cr_assert_neq(memcmp(a.bytes, b.bytes, sizeof a.bytes), 0);
}
