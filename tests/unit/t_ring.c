/* SPDX-License-Identifier: MIT */
/* links: io */
/* ring, loop and poller: opening, sleeping, waking, posting. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "io/ring.h"
#include "tests/unit/io_rig.h"

static const struct io_config small = {.entries = 16};

/* ---- opening ---- */

Test(ring, opens_smaller_when_memory_is_short)
{
    struct ring ring;
    struct fault_plan *plan = fault_plan_new();
    fault_set(plan, FAULT_RING_OPEN, 1, 4, ENOMEM);
    cr_assert_eq(ring_open(&ring, 256, 0, plan), 0);
    cr_assert_eq(fault_hits(plan, FAULT_RING_OPEN), 5);
    cr_assert_eq(ring.uring.sq.ring_entries, 64);
    cr_assert_eq(ring.uring.cq.ring_entries, 256);
    ring_leave(&ring);
    ring_close(&ring);
    fault_plan_free(plan);
}

Test(ring, open_errors_are_told_and_explained)
{
    char text[1024], tiny[16];
    void *loop;
    struct fault_plan *plan = fault_plan_new();
    struct io *io = rig_io(&(struct io_config){.entries = 16, .fault = plan});
    fault_set(plan, FAULT_RING_OPEN, 1, UINT64_MAX, EPERM);
    cr_assert_eq(io_poller.open(io, NULL, &loop), -EPERM);
    fault_set(plan, FAULT_RING_OPEN, 1, UINT64_MAX, ENOMEM);
    cr_assert_eq(io_poller.open(io, NULL, &loop), -ENOMEM);
    static const int errors[] = {-EPERM, -ENOSYS, -ENOMEM, -EINVAL, -EMFILE, -EIO};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        io_explain_open_error(errors[i], text, sizeof text);
        cr_assert(strstr(text, "seccomp") && strstr(text, "kernel.io_uring_disabled") && strstr(text, "memlock"));
        cr_assert(strstr(text, strerror(-errors[i])));
    }
    io_explain_open_error(-EINVAL, text, sizeof text);
    cr_assert(strstr(text, "6.1"));
    io_explain_open_error(-EPERM, tiny, sizeof tiny);
    cr_assert_eq(strlen(tiny), sizeof tiny - 1);
    io_free(io);
    fault_plan_free(plan);
}

/* ---- sleeping and waking ---- */

Test(ring, park_ends_by_timeout)
{
    struct timespec before, after;
    struct io *io = rig_io(&small);
    struct io_loop *loop = rig_open(io);
    clock_gettime(CLOCK_MONOTONIC, &before);
    io_poller.park(loop, 20000000);
    clock_gettime(CLOCK_MONOTONIC, &after);
    long ms = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    cr_assert_geq(ms, 19, "a park does not end early without a reason");
    io_poller.park(loop, 0);
    cr_assert_eq(io_poller.poll(loop), 0);
    io_poller.close(loop);
    io_free(io);
}

Test(ring, wake_before_park_is_not_lost)
{
    struct io *io = rig_io(&small);
    struct io_loop *loop = rig_open(io);
    for (int i = 0; i < 100; i++) {
        io_poller.wake(i % 2 ? loop : NULL, loop);
        if (i % 3 == 0)
            io_poller.poll(loop);
        io_poller.park(loop, UINT64_MAX); /* would hang */
    }
    io_poller.close(loop);
    io_free(io);
}

/* Two sides that hand a turn to and fro; each sleeps without limit until woken. */
struct side {
    struct io *io;
    void *_Atomic loop; /* NULL: a thread that has none and spins */
    struct side *other;
    _Atomic unsigned turns, ready;
    unsigned rounds;
};

static void take_turns(struct side *me, void *loop)
{
    for (unsigned i = 0; i < me->rounds; i++) {
        while (atomic_load_explicit(&me->turns, memory_order_acquire) <= i)
            io_poller.park(loop, UINT64_MAX);
        atomic_fetch_add_explicit(&me->other->turns, 1, memory_order_release);
        if (me->other->loop)
            io_poller.wake(loop, me->other->loop);
    }
}

static void *side_thread(void *arg)
{
    struct side *me = arg;
    void *loop = rig_open(me->io);
    atomic_store(&me->loop, loop);
    atomic_store(&me->ready, 1);
    while (!atomic_load(&me->other->ready))
        sched_yield();
    take_turns(me, loop);
    io_poller.close(loop);
    return NULL;
}

static void wait_ready(struct side *side)
{
    while (!atomic_load(&side->ready))
        sched_yield();
}

/* Two loops, of one runtime or of two. */
static void play(struct io *io_a, struct io *io_b, unsigned rounds)
{
    pthread_t thread[2];
    struct side a = {.io = io_a, .rounds = rounds}, b = {.io = io_b, .rounds = rounds};
    a.other = &b;
    b.other = &a;
    atomic_store(&a.turns, 1);
    pthread_create(&thread[0], NULL, side_thread, &a);
    pthread_create(&thread[1], NULL, side_thread, &b);
    pthread_join(thread[0], NULL);
    pthread_join(thread[1], NULL);
    cr_assert_eq(atomic_load(&b.turns), rounds);
}

Test(ring, loops_wake_each_other_by_message)
{
    struct io_stats stats;
    struct io *io = rig_io(&small);
    play(io, io, 2000);
    io_stats(io, &stats);
    cr_assert_eq(stats.loops, 2);
    cr_assert_eq(stats.loops_by_message, 2, "MSG_RING should work on this kernel");
    cr_assert_gt(stats.wakes_by_message, 0);
    cr_assert_eq(stats.wakes_by_event, 0);
    io_free(io);
}

Test(ring, loops_of_two_runtimes_wake_by_event)
{
    struct io_stats stats;
    struct io *a = rig_io(&small), *b = rig_io(&small);
    play(a, b, 500);
    io_stats(a, &stats);
    cr_assert_eq(stats.wakes_by_message, 0);
    io_free(a);
    io_free(b);
}

Test(ring, threads_wake_by_event)
{
    struct io_stats stats;
    pthread_t thread;
    enum { ROUNDS = 1000 };
    struct io *io = rig_io(&small);
    struct side main_side = {.ready = 1}, side = {.io = io, .rounds = ROUNDS, .other = &main_side};
    pthread_create(&thread, NULL, side_thread, &side);
    wait_ready(&side);
    for (unsigned i = 0; i < ROUNDS; i++) {
        if (i % 100 == 0)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL); /* let it fall asleep */
        atomic_fetch_add_explicit(&side.turns, 1, memory_order_release);
        io_poller.wake(NULL, side.loop);
        while (atomic_load_explicit(&main_side.turns, memory_order_acquire) <= i)
            sched_yield();
    }
    pthread_join(thread, NULL);
    io_stats(io, &stats);
    cr_assert_gt(stats.wakes_by_event, 0);
    cr_assert_eq(stats.wakes_by_message, 0);
    io_free(io);
}

Test(ring, falls_back_to_event_when_message_fails)
{
    struct io_stats stats;
    struct fault_plan *plan = fault_plan_new();
    struct io *io = rig_io(&(struct io_config){.entries = 16, .fault = plan});
    fault_set(plan, FAULT_MSG_RING, 1, 2, EINVAL); /* the self-test of both */
    play(io, io, 200);
    io_stats(io, &stats);
    cr_assert_eq(stats.loops_by_message, 0);
    cr_assert_eq(stats.wakes_by_message, 0);
    cr_assert_gt(stats.wakes_by_event, 0);
    io_free(io);

    io = rig_io(&(struct io_config){.entries = 16, .fault = plan});
    fault_set(plan, FAULT_MSG_RING, 3, UINT64_MAX, EINVAL); /* the self-test passes, every wake fails */
    play(io, io, 200);
    io_stats(io, &stats);
    cr_assert_eq(stats.loops_by_message, 2);
    cr_assert_eq(stats.wakes_by_message, 0);
    cr_assert_gt(stats.wakes_by_event, 0);
    io_free(io);
    fault_plan_free(plan);
}

/* The message of the self-test then comes when nobody waits for it any more. */
Test(ring, a_self_test_that_is_interrupted_does_no_harm)
{
    struct fault_plan *plan = fault_plan_new();
    struct io *io = rig_io(&(struct io_config){.entries = 16, .fault = plan});
    fault_set(plan, FAULT_RING_SUBMIT, 1, 1, EINTR);
    struct io_loop *loop = rig_open(io);
    for (int i = 0; i < 5; i++) {
        io_poller.submit(loop);
        io_poller.park(loop, 1000000);
        io_poller.poll(loop);
    }
    cr_assert_geq(fault_hits(plan, FAULT_RING_SUBMIT), 2);
    io_poller.close(loop);
    io_free(io);
    fault_plan_free(plan);
}

Test(ring, wakes_though_the_kernel_refuses_now_and_then)
{
    struct fault_plan *plan = fault_plan_new();
    struct io *io = rig_io(&(struct io_config){.entries = 16, .fault = plan});
    fault_set(plan, FAULT_RING_SUBMIT, 3, 150, EAGAIN);
    play(io, io, 200);
    cr_assert_geq(fault_hits(plan, FAULT_RING_SUBMIT), 153);
    io_free(io);
    fault_plan_free(plan);
}

Test(ring, wake_after_close_is_harmless)
{
    struct io *io = rig_io(&small);
    struct io_loop *loop = rig_open(io), *other = rig_open(io);
    io_poller.close(loop);
    io_poller.wake(other, loop);
    io_poller.wake(loop, other);
    io_poller.wake(NULL, loop);
    io_poller.park(other, UINT64_MAX);
    io_poller.close(other);
    io_free(io);
}

/* ---- posts ---- */

enum { POSTERS = 3, POSTS = 2000 };

struct numbered {
    struct io_post post;
    unsigned poster, number;
};

struct poster {
    struct io *io;
    struct io_loop *to;
    unsigned index;
    bool has_loop;
};

struct sink {
    struct numbered posts[POSTERS][POSTS];
    unsigned next[POSTERS], total, disorder;
};

static struct sink *sink; /* tests run one at a time */

static void count_post(struct io_post *post, struct io_loop *loop)
{
    struct numbered *numbered = (struct numbered *)post;
    (void)loop;
    sink->disorder += sink->next[numbered->poster]++ != numbered->number;
    sink->total++;
}

static void *post_all(void *arg)
{
    struct poster *poster = arg;
    struct io_loop *mine = poster->has_loop ? rig_open(poster->io) : NULL;
    for (unsigned i = 0; i < POSTS; i++) {
        struct numbered *post = &sink->posts[poster->index][i];
        *post = (struct numbered){.post.run = count_post, .poster = poster->index, .number = i};
        cr_assert_eq(io_post(mine, poster->to, &post->post), 0);
    }
    if (mine)
        io_poller.close(mine);
    return NULL;
}

Test(ring, posts_all_run_in_order)
{
    pthread_t thread[POSTERS];
    struct poster poster[POSTERS];
    struct numbered late = {.post.run = count_post};
    struct io *io = rig_io(&small);
    struct io_loop *loop = rig_open(io);
    sink = calloc(1, sizeof *sink);
    for (unsigned i = 0; i < POSTERS; i++) {
        poster[i] = (struct poster){.io = io, .to = loop, .index = i, .has_loop = i};
        pthread_create(&thread[i], NULL, post_all, &poster[i]);
    }
    while (sink->total < POSTERS * POSTS)
        io_poller.park(loop, UINT64_MAX);
    for (unsigned i = 0; i < POSTERS; i++)
        pthread_join(thread[i], NULL);
    cr_assert_eq(sink->disorder, 0);
    /* What is posted before the close still runs, later ones are refused. */
    late.number = POSTS;
    cr_assert_eq(io_post(NULL, loop, &late.post), 0);
    io_poller.close(loop);
    cr_assert_eq(sink->total, POSTERS * POSTS + 1);
    cr_assert_eq(io_post(NULL, loop, &late.post), -ESHUTDOWN);
    cr_assert_eq(io_post_any(io, NULL, &late.post), -ESHUTDOWN);
    free(sink);
    io_free(io);
}

Test(ring, post_any_waits_for_the_first_loop)
{
    struct io *io = rig_io(&small);
    struct numbered posts[3] = {{.post.run = count_post, .number = 0},
                                {.post.run = count_post, .number = 1},
                                {.post.run = count_post, .number = 2}};
    sink = calloc(1, sizeof *sink);
    cr_assert_eq(io_post_any(io, NULL, &posts[0].post), 0);
    cr_assert_eq(io_post_any(io, NULL, &posts[1].post), 0);
    struct io_loop *loop = rig_open(io);
    cr_assert_eq(io_post_any(io, loop, &posts[2].post), 0);
    cr_assert_eq(io_poller.poll(loop), 3);
    cr_assert_eq(sink->total, 3);
    cr_assert_eq(sink->disorder, 0);
    io_poller.close(loop);
    free(sink);
    io_free(io);
}
