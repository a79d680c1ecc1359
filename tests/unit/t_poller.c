/* SPDX-License-Identifier: MIT */
/* links: io */
/* poller: a scheduler whose workers wait in rings. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "io/fd.h"
#include "io/op.h"
#include "io/signals.h"
#include "sched/base/compiler.h"
#include "sched/task.h"
#include "sched/worker.h"
#include "tests/unit/io_rig.h"

enum { TASKS = 50, ROUNDS = 100 };

/* A task that does one operation after the other, on whichever worker it happens to run. */
struct client {
    struct task task;
    struct io_op op;
    struct sched *sched;
    unsigned rounds, wrong;
    _Atomic unsigned answered;
    int out;
    struct io_fd *in;
    _Atomic unsigned *finished;
    char byte;
};

static void on_answer(struct io_op *op, int result)
{
    struct client *client = container_of(op, struct client, op);
    client->wrong += result != 1;
    atomic_store_explicit(&client->answered, 1, memory_order_release);
    task_wake(client->sched, &client->task);
}

static enum task_verdict run_client(struct task *task)
{
    struct client *client = container_of(task, struct client, task);
    if (!atomic_load_explicit(&client->answered, memory_order_acquire))
        return TASK_PARKED; /* woken for nothing */
    atomic_store_explicit(&client->answered, 0, memory_order_relaxed);
    if (client->rounds++ == ROUNDS) {
        atomic_fetch_add(client->finished, 1);
        task_end(task);
        return TASK_ENDED;
    }
    io_op_read(&client->op, on_answer, client->in, &client->byte, 1, IO_OP_CURRENT);
    client->wrong += io_op_submit(&client->op, worker_poller(worker_self())) != 0;
    client->wrong += write(client->out, "x", 1) != 1;
    return TASK_PARKED;
}

static void start_client(struct client *client, struct sched *sched, _Atomic unsigned *finished)
{
    int ends[2];
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    *client = (struct client){.sched = sched, .finished = finished, .out = ends[1], .answered = 1};
    client->in = io_fd_new(ends[0], 0);
    task_init(&client->task, run_client, TASK_IDLE);
    task_wake(sched, &client->task);
}

static struct sched *start_sched(struct io *io, unsigned workers, bool seeded)
{
    struct sched *sched;
    struct sched_config config = {
        .workers = workers, .seeded = seeded, .seed = 1, .poller = &io_poller, .poller_ctx = io};
    int error = -ENOMEM;
    for (unsigned i = 0; i < 50 && error == -ENOMEM; i++) {
        cr_assert_eq(sched_new(&sched, &config), 0);
        error = sched_start(sched);
        if (error)
            sched_free(sched);
    }
    cr_assert_eq(error, 0);
    return sched;
}

static void run_clients(unsigned workers, bool seeded)
{
    static struct client clients[TASKS];
    _Atomic unsigned finished = 0;
    struct io_stats stats;
    struct io *io = rig_io(&(struct io_config){.entries = 16, .seeded = seeded});
    struct sched *sched = start_sched(io, workers, seeded);
    for (unsigned i = 0; i < TASKS; i++)
        start_client(&clients[i], sched, &finished);
    while (atomic_load(&finished) < TASKS)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    sched_stop(sched);
    io_stats(io, &stats);
    cr_assert_eq(stats.completed, TASKS * ROUNDS);
    for (unsigned i = 0; i < TASKS; i++) {
        cr_assert_eq(clients[i].wrong, 0);
        io_fd_unref(clients[i].in);
        close(clients[i].out);
    }
    sched_free(sched);
    io_free(io);
}

Test(poller, tasks_do_operations_on_all_workers)
{
    run_clients(3, false);
}

Test(poller, tasks_do_operations_when_seeded)
{
    run_clients(1, true);
}

static void on_signal(void *ctx, int number, unsigned count)
{
    _Atomic unsigned *seen = ctx;
    (void)number;
    *seen = count;
}

Test(poller, two_runtimes_live_side_by_side_and_one_has_the_signals)
{
    _Atomic unsigned seen = 0;
    struct io_signals *signals;
    struct io *a = rig_io(&(struct io_config){.entries = 16}), *b = rig_io(&(struct io_config){.entries = 16});
    cr_assert_eq(io_signals_open(&signals, a, on_signal, &seen), 0);
    struct sched *first = start_sched(a, 2, false), *second = start_sched(b, 2, false);
    for (unsigned i = 1; i <= 4; i++) {
        cr_assert_eq(kill(getpid(), SIGTERM), 0);
        while (atomic_load(&seen) < i)
            sched_yield();
    }
    sched_stop(second);
    sched_stop(first);
    sched_free(second);
    sched_free(first);
    io_signals_close(signals);
    io_free(a);
    io_free(b);
}
