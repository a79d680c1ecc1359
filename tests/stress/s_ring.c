/* SPDX-License-Identifier: MIT */
/* links: io */
/*
 * s_ring: several loops submit, cancel each other's operations, post to and wake each other at random. Afterwards every
 * operation has ended once, every post has run once, and no loop has anything in flight.
 *
 *   s_ring [seed [scale]]
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "io/fd.h"
#include "io/op.h"
#include "sched/base/compiler.h"
#include "sched/base/rng.h"
#include "sched/sched.h"

enum { LOOPS = 4, STEPS = 4000, OFFERS = 16 };

struct record {
    struct io_op op;
    _Atomic unsigned holders; /* the loop until done, and who may cancel */
    _Atomic unsigned *ended;
    char byte;
};

struct note {
    struct io_post post;
    _Atomic unsigned *run;
};

struct world;

struct player {
    struct world *world;
    struct io_loop *loop;
    struct rng rng;
    struct io_fd *in;
    int out;
    unsigned submitted, posted, broken;
    _Atomic unsigned ended, noted;
};

struct world {
    struct io *io;
    unsigned steps;
    pthread_barrier_t barrier;
    struct player players[LOOPS];
    _Atomic(struct record *) offers[OFFERS];
};

static void let_go(struct record *record)
{
    if (record && atomic_fetch_sub(&record->holders, 1) == 1)
        free(record);
}

static void on_end(struct io_op *op, int result)
{
    struct record *record = container_of(op, struct record, op);
    (void)result;
    atomic_fetch_add(record->ended, 1);
    let_go(record);
}

static void on_note(struct io_post *post, struct io_loop *loop)
{
    struct note *note = container_of(post, struct note, post);
    (void)loop;
    atomic_fetch_add(note->run, 1);
    free(note);
}

static struct player *anyone(struct player *me)
{
    return &me->world->players[rng_below(&me->rng, LOOPS)];
}

/* Swaps a record with what lies in a random place, so that others find it. */
static struct record *swap_offer(struct player *me, struct record *record)
{
    return atomic_exchange(&me->world->offers[rng_below(&me->rng, OFFERS)], record);
}

static void submit_one(struct player *me)
{
    struct record *record = calloc(1, sizeof *record);
    atomic_init(&record->holders, 2);
    record->ended = &me->ended;
    switch (rng_below(&me->rng, 3)) {
    case 0:
        io_op_nop(&record->op, on_end);
        break;
    case 1:
        io_op_poll(&record->op, on_end, me->in, 1 /* POLLIN */);
        break;
    default:
        io_op_read(&record->op, on_end, me->in, &record->byte, 1, IO_OP_CURRENT);
    }
    me->broken += io_op_submit(&record->op, me->loop) != 0;
    me->submitted++;
    let_go(swap_offer(me, record));
}

static void cancel_one(struct player *me)
{
    struct record *record = swap_offer(me, NULL);
    if (!record)
        return;
    io_op_cancel(&record->op, me->loop);
    let_go(record);
}

static void post_one(struct player *me)
{
    struct note *note = calloc(1, sizeof *note);
    struct player *to = anyone(me);
    note->post.run = on_note;
    note->run = &me->noted;
    me->posted++;
    me->broken += io_post(me->loop, to->loop, &note->post) != 0;
}

static void step(struct player *me)
{
    switch (rng_below(&me->rng, 10)) {
    case 0:
    case 1:
    case 2:
        submit_one(me);
        break;
    case 3:
    case 4:
        cancel_one(me);
        break;
    case 5:
        post_one(me);
        break;
    case 6:
        (void)!write(anyone(me)->out, "x", 1);
        break;
    case 7:
        io_poller.wake(me->loop, anyone(me)->loop);
        break;
    case 8:
        io_poller.submit(me->loop);
        io_poller.poll(me->loop);
        break;
    default:
        io_poller.park(me->loop, rng_below(&me->rng, 50000));
    }
}

static struct io_loop *open_loop(struct io *io)
{
    void *loop = NULL;
    int error;
    while ((error = io_poller.open(io, NULL, &loop)) == -ENOMEM)
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    if (error)
        abort();
    return loop;
}

static void *play(void *arg)
{
    struct player *me = arg;
    struct world *world = me->world;
    me->loop = open_loop(world->io);
    pthread_barrier_wait(&world->barrier);
    for (unsigned i = 0; i < world->steps; i++)
        step(me);
    pthread_barrier_wait(&world->barrier); /* from here on nobody posts or cancels */
    io_poller.close(me->loop);
    me->broken += io_loop_inflight(me->loop) != 0;
    return NULL;
}

static void set_up(struct world *world, uint64_t seed)
{
    pthread_barrier_init(&world->barrier, NULL, LOOPS);
    for (unsigned i = 0; i < LOOPS; i++) {
        int ends[2];
        struct player *player = &world->players[i];
        if (pipe2(ends, O_CLOEXEC) || fcntl(ends[1], F_SETFL, O_NONBLOCK))
            abort();
        player->world = world;
        player->in = io_fd_new(ends[0], 0);
        player->out = ends[1];
        rng_seed(&player->rng, seed + i);
    }
}

static unsigned check(struct world *world)
{
    unsigned broken = 0;
    for (unsigned i = 0; i < OFFERS; i++)
        let_go(atomic_load(&world->offers[i]));
    for (unsigned i = 0; i < LOOPS; i++) {
        struct player *player = &world->players[i];
        printf("loop %u: %u operations, %u ended; %u posts, %u run; %u broken\n", i, player->submitted, player->ended,
               player->posted, player->noted, player->broken);
        broken += player->broken || player->submitted != player->ended || player->posted != player->noted;
        io_fd_unref(player->in);
        close(player->out);
    }
    return broken;
}

int main(int argc, char **argv)
{
    static struct world world;
    pthread_t threads[LOOPS];
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : rng_entropy();
    world.steps = STEPS * (argc > 2 ? (unsigned)strtoul(argv[2], NULL, 0) : 1);
    printf("seed %llu\n", (unsigned long long)seed);
    if (io_new(&world.io, &(struct io_config){.entries = 16, .cq_entries = 16}))
        return 1;
    set_up(&world, seed);
    for (unsigned i = 0; i < LOOPS; i++)
        pthread_create(&threads[i], NULL, play, &world.players[i]);
    for (unsigned i = 0; i < LOOPS; i++)
        pthread_join(threads[i], NULL);
    unsigned broken = check(&world);
    io_free(world.io);
    return broken != 0;
}
