/* SPDX-License-Identifier: MIT */
/* links: io */
/* signals: SIGINT and SIGTERM reach the handler on a loop's thread, and only it. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "io/signals.h"
#include "tests/unit/io_rig.h"

struct seen {
    _Atomic unsigned count, interrupts, terminations, wrong_thread;
    _Atomic(pthread_t) thread;
};

static void on_signal(void *ctx, int number, unsigned count)
{
    struct seen *seen = ctx;
    seen->wrong_thread += !pthread_equal(seen->thread, pthread_self());
    seen->interrupts += number == SIGINT;
    seen->terminations += number == SIGTERM;
    seen->count = count;
}

struct runner {
    struct io *io;
    struct seen *seen;
    void *_Atomic loop;
    _Atomic bool stop;
};

static void *run_loop(void *arg)
{
    struct runner *runner = arg;
    runner->seen->thread = pthread_self();
    void *loop = rig_open(runner->io);
    runner->loop = loop;
    while (!runner->stop) {
        io_poller.park(loop, UINT64_MAX);
        cr_assert_eq(io_poller.outstanding(loop), 0, "waiting for signals holds up nothing");
    }
    io_poller.close(loop);
    return NULL;
}

static void send_and_wait(struct seen *seen, int number, unsigned count)
{
    cr_assert_eq(kill(getpid(), number), 0);
    while (seen->count < count)
        sched_yield();
}

Test(signals, are_counted_on_the_loop)
{
    pthread_t thread;
    sigset_t before, after;
    struct seen seen = {0};
    struct io_signals *signals;
    struct io *io = rig_io(&(struct io_config){.entries = 16});
    struct runner runner = {.io = io, .seen = &seen};
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    cr_assert_eq(io_signals_open(&signals, io, on_signal, &seen), 0);
    pthread_create(&thread, NULL, run_loop, &runner);
    for (unsigned i = 1; i <= 20; i++)
        send_and_wait(&seen, i % 2 ? SIGINT : SIGTERM, i);
    runner.stop = true;
    while (!runner.loop)
        sched_yield();
    io_poller.wake(NULL, runner.loop);
    pthread_join(thread, NULL);
    cr_assert_eq(seen.interrupts, 10);
    cr_assert_eq(seen.terminations, 10);
    cr_assert_eq(seen.wrong_thread, 0);
    cr_assert_eq(kill(getpid(), SIGTERM), 0); /* nobody is left to take it; must not kill us when unblocked */
    io_signals_close(signals);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    cr_assert_eq(sigismember(&before, SIGINT), sigismember(&after, SIGINT));
    cr_assert_eq(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
    io_free(io);
}

Test(signals, that_came_before_the_first_loop_are_seen)
{
    struct seen seen = {.thread = pthread_self()};
    struct io_signals *signals;
    struct io *io = rig_io(&(struct io_config){.entries = 16});
    cr_assert_eq(io_signals_open(&signals, io, on_signal, &seen), 0);
    cr_assert_eq(kill(getpid(), SIGINT), 0);
    cr_assert_eq(kill(getpid(), SIGTERM), 0);
    struct io_loop *loop = rig_open(io), *second = rig_open(io);
    while (seen.count < 2)
        io_poller.park(loop, 1000000000);
    io_poller.close(second);
    io_poller.close(loop);
    io_signals_close(signals);
    io_free(io);
}

Test(signals, end_a_program_again_after_close, .signal = SIGTERM)
{
    struct io_signals *signals;
    struct io *io = rig_io(&(struct io_config){.entries = 16});
    cr_assert_eq(io_signals_open(&signals, io, on_signal, NULL), 0);
    io_signals_close(signals);
    io_free(io);
    raise(SIGTERM);
}
