/* SPDX-License-Identifier: MIT */
/*
 * entropy: see entropy.h. A system call for 16 bytes costs more than an identifier made of them, so each worker keeps a pool. Only its own
 * thread touches a pool; the pointer to it is published for entropy_free alone.
 */
#include "stdlib/entropy.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "sched/base/memory.h"
#include "sched/base/rng.h"
#include "sched/sched.h"
#include "sched/worker.h"

enum { POOL_SIZE = 512, POOLS = 2 * SCHED_MAX_WORKERS };

struct pool {
    size_t left; /* unused bytes, at the end of the array */
    unsigned char bytes[POOL_SIZE];
};

struct entropy {
    _Atomic(struct pool *) pools[POOLS]; /* by index of the worker */
};

struct entropy *entropy_new(void)
{
    return memory_zeroed(sizeof(struct entropy), "random bytes");
}

void entropy_free(struct entropy *entropy)
{
    if (!entropy)
        return;
    for (unsigned i = 0; i < POOLS; i++) {
        struct pool *pool = atomic_load_explicit(&entropy->pools[i], memory_order_acquire);
        if (pool)
            explicit_bzero(pool, sizeof *pool);
        free(pool);
    }
    free(entropy);
}

static int ask_kernel(unsigned char *out, size_t size)
{
    while (size) {
        ssize_t got = getrandom(out, size, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -errno : -EIO;
        out += got;
        size -= (size_t)got;
    }
    return 0;
}

static void fill_seeded(struct rng *rng, unsigned char *out, size_t size)
{
    while (size) {
        uint64_t word = rng_next(rng);
        size_t part = size < sizeof word ? size : sizeof word;
        memcpy(out, &word, part);
        out += part;
        size -= part;
    }
}

/* Release pairs with the acquire of entropy_free. */
static struct pool *pool_of(struct entropy *entropy, unsigned index)
{
    struct pool *pool = atomic_load_explicit(&entropy->pools[index], memory_order_relaxed);
    if (!pool) {
        pool = memory_zeroed(sizeof *pool, "random bytes");
        atomic_store_explicit(&entropy->pools[index], pool, memory_order_release);
    }
    return pool;
}

static int fill_from_pool(struct pool *pool, unsigned char *out, size_t size)
{
    if (pool->left < size) {
        int error = ask_kernel(pool->bytes, POOL_SIZE);
        if (error)
            return error;
        pool->left = POOL_SIZE;
    }
    unsigned char *at = pool->bytes + POOL_SIZE - pool->left;
    memcpy(out, at, size);
    explicit_bzero(at, size);
    pool->left -= size;
    return 0;
}

int entropy_fill(struct entropy *entropy, void *out, size_t size)
{
    struct worker *worker = worker_self();
    if (worker && sched_is_seeded(worker_sched(worker))) {
        fill_seeded(worker_rng(worker), out, size);
        return 0;
    }
    if (!worker || size > POOL_SIZE / 4)
        return ask_kernel(out, size);
    return fill_from_pool(pool_of(entropy, worker_index(worker)), out, size);
}
