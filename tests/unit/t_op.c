/* SPDX-License-Identifier: MIT */
/* links: io */
/* op and fd: every submission ends exactly once, with the right result, and holds its descriptor until then. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/fd.h"
#include "io/op.h"
#include "sched/base/compiler.h"
#include "sched/base/rng.h"
#include "tests/unit/io_rig.h"

static const struct io_config small = {.entries = 16};

/* An operation that remembers how it ended. */
struct probe {
    struct io_op op;
    int result;
    unsigned done;
};

static void on_done(struct io_op *op, int result)
{
    struct probe *probe = container_of(op, struct probe, op);
    probe->result = result;
    probe->done++;
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

/* ---- results ---- */

Test(op, reads_and_writes_a_pipe_until_its_end)
{
    int ends[2];
    char got[8] = "";
    struct probe in, out;
    struct io *io = rig_io(&small);
    struct io_loop *loop = rig_open(io);
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    struct io_fd *from = io_fd_new(ends[0], 0), *to = io_fd_new(ends[1], 0);
    in = out = (struct probe){0};
    io_op_read(&in.op, on_done, from, got, sizeof got, IO_OP_CURRENT);
    io_op_write(&out.op, on_done, to, "hello", 5, IO_OP_CURRENT);
    cr_assert_eq(io_op_submit(&in.op, loop), 0);
    io_poller.submit(loop);
    io_poller.poll(loop);
    cr_assert_eq(in.done, 0);
    cr_assert_eq(io_poller.outstanding(loop), 1);
    cr_assert_eq(io_op_submit(&out.op, loop), 0);
    cr_assert_eq(out.done, 0, "never from inside submit");
    rig_run_until(loop, &in.done, 1);
    rig_run_until(loop, &out.done, 1);
    cr_assert_eq(in.result, 5);
    cr_assert_eq(out.result, 5);
    cr_assert_eq(memcmp(got, "hello", 5), 0);
    io_fd_unref(to);
    cr_assert(!is_open(ends[1]));
    cr_assert_eq(io_op_submit(&in.op, loop), 0, "a record can be submitted again");
    rig_run_until(loop, &in.done, 2);
    cr_assert_eq(in.result, 0);
    cr_assert_eq(io_loop_inflight(loop), 0);
    io_poller.close(loop);
    io_fd_unref(from);
    io_free(io);
}

Test(op, reads_a_file_at_an_offset_and_reports_errors)
{
    char got[4];
    struct probe read_op = {0}, bad = {0};
    struct io *io = rig_io(&small);
    struct io_loop *loop = rig_open(io);
    int number = memfd_create("t_op", MFD_CLOEXEC);
    cr_assert_eq(write(number, "0123456789", 10), 10);
    struct io_fd *file = io_fd_new(number, 0), *closed = io_fd_new(-1, IO_FD_BORROWED);
    cr_assert(io_fd_is_file(file));
    cr_assert(!io_fd_is_file(closed));
    io_op_read(&read_op.op, on_done, file, got, 4, 6);
    io_op_write(&bad.op, on_done, closed, "x", 1, 0);
    io_op_submit(&read_op.op, loop);
    io_op_submit(&bad.op, loop);
    rig_run_until(loop, &read_op.done, 1);
    rig_run_until(loop, &bad.done, 1);
    cr_assert_eq(read_op.result, 4);
    cr_assert_eq(memcmp(got, "6789", 4), 0);
    cr_assert_eq(bad.result, -EBADF);
    io_poller.close(loop);
    io_fd_unref(file);
    io_fd_unref(closed);
    io_free(io);
}

struct repeated {
    struct io_op op;
    unsigned calls, ends;
    int last;
};

static void on_repeat(struct io_op *op, int result)
{
    struct repeated *repeated = container_of(op, struct repeated, op);
    repeated->calls++;
    repeated->last = result;
    repeated->ends += !op->more;
}

Test(op, polls_once_and_again_and_again)
{
    int ends[2];
    char byte;
    struct probe once = {0};
    struct repeated many = {0};
    struct io *io = rig_io(&small);
    struct io_loop *loop = rig_open(io);
    cr_assert_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    struct io_fd *from = io_fd_new(ends[0], 0), *to = io_fd_new(ends[1], 0);
    io_op_poll(&once.op, on_done, to, POLLOUT);
    io_op_poll(&many.op, on_repeat, from, POLLIN);
    many.op.flags = IO_OP_MULTISHOT | IO_OP_BACKGROUND;
    io_op_submit(&many.op, loop);
    io_op_submit(&once.op, loop);
    cr_assert_eq(io_poller.outstanding(loop), 1);
    rig_run_until(loop, &once.done, 1);
    cr_assert_eq(once.result, POLLOUT);
    for (unsigned i = 1; i <= 5; i++) {
        cr_assert_eq(write(ends[1], "x", 1), 1);
        rig_run_until(loop, &many.calls, i);
        cr_assert_eq(many.last, POLLIN);
        cr_assert_eq(read(ends[0], &byte, 1), 1);
    }
    cr_assert_eq(many.ends, 0);
    cr_assert_eq(io_loop_inflight(loop), 1);
    cr_assert_eq(io_poller.outstanding(loop), 0);
    io_op_cancel(&many.op, loop);
    rig_run_until(loop, &many.ends, 1);
    cr_assert_eq(many.last, -ECANCELED);
    cr_assert_eq(io_loop_inflight(loop), 0);
    io_poller.close(loop);
    io_fd_unref(from);
    io_fd_unref(to);
    io_free(io);
}

/* ---- full queues ---- */

enum { NOPS = 10000 };

Test(op, tiny_queues_lose_nothing)
{
    struct probe *probes = calloc(NOPS, sizeof *probes);
    struct io *io = rig_io(&(struct io_config){.entries = 8, .cq_entries = 8});
    struct io_loop *loop = rig_open(io);
    unsigned ended = 0;
    for (unsigned i = 0; i < NOPS; i++) {
        io_op_nop(&probes[i].op, on_done);
        cr_assert_eq(io_op_submit(&probes[i].op, loop), 0);
    }
    cr_assert_eq(io_loop_inflight(loop), NOPS);
    io_poller.submit(loop);
    while (io_loop_inflight(loop))
        io_poller.park(loop, 1000000000);
    for (unsigned i = 0; i < NOPS; i++)
        ended += probes[i].done == 1 && probes[i].result == 0;
    cr_assert_eq(ended, NOPS);
    io_poller.close(loop);
    io_free(io);
    free(probes);
}

Test(op, refused_submissions_wait_and_keep_their_order)
{
    enum { N = 100 };
    int ends[2];
    char text[N], got[N];
    struct probe probes[N];
    struct fault_plan *plan = fault_plan_new();
    struct io *io = rig_io(&(struct io_config){.entries = 8, .fault = plan});
    struct io_loop *loop = rig_open(io);
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    struct io_fd *to = io_fd_new(ends[1], 0);
    fault_set(plan, FAULT_RING_SUBMIT, 1, UINT64_MAX, EAGAIN);
    for (unsigned i = 0; i < N; i++) {
        probes[i] = (struct probe){0};
        text[i] = (char)i;
        io_op_write(&probes[i].op, on_done, to, &text[i], 1, IO_OP_CURRENT);
        cr_assert_eq(io_op_submit(&probes[i].op, loop), 0);
    }
    for (unsigned i = 0; i < 5; i++) {
        io_poller.submit(loop);
        io_poller.poll(loop);
        io_poller.park(loop, UINT64_MAX); /* refused: returns though nothing has come */
    }
    cr_assert_eq(io_loop_inflight(loop), N);
    io_op_cancel(&probes[N - 1].op, loop); /* the kernel has never seen it */
    io_op_cancel(&probes[N - 1].op, loop);
    cr_assert_eq(probes[N - 1].done, 0, "never from inside cancel");
    io_poller.poll(loop);
    cr_assert_eq(probes[N - 1].done, 1);
    cr_assert_eq(probes[N - 1].result, -ECANCELED);
    fault_set(plan, FAULT_RING_SUBMIT, 1, 0, 0);
    while (io_loop_inflight(loop))
        io_poller.park(loop, 1000000000);
    for (unsigned i = 0; i + 1 < N; i++)
        cr_assert_eq(probes[i].result, 1);
    cr_assert_eq(read(ends[0], got, N), N - 1);
    cr_assert_eq(memcmp(got, text, N - 1), 0);
    io_poller.close(loop);
    close(ends[0]);
    io_fd_unref(to);
    io_free(io);
    fault_plan_free(plan);
}

Test(op, results_can_be_made_to_fail)
{
    struct probe a = {0}, b = {0};
    struct fault_plan *plan = fault_plan_new();
    struct io *io = rig_io(&(struct io_config){.entries = 8, .fault = plan});
    struct io_loop *loop = rig_open(io);
    fault_set(plan, FAULT_OP_RESULT, 1, 1, EIO);
    io_op_nop(&a.op, on_done);
    io_op_nop(&b.op, on_done);
    io_op_submit(&a.op, loop);
    io_op_submit(&b.op, loop);
    rig_run_until(loop, &a.done, 1);
    rig_run_until(loop, &b.done, 1);
    cr_assert_eq(a.result, -EIO);
    cr_assert_eq(b.result, 0);
    io_poller.close(loop);
    io_free(io);
    fault_plan_free(plan);
}

/* ---- ownership ---- */

Test(op, descriptor_stays_open_until_the_operation_ends)
{
    int ends[2];
    char byte;
    struct probe probe = {0};
    struct io *io = rig_io(&small);
    struct io_loop *loop = rig_open(io);
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    struct io_fd *from = io_fd_new(ends[0], 0);
    io_op_read(&probe.op, on_done, from, &byte, 1, IO_OP_CURRENT);
    io_op_submit(&probe.op, loop);
    io_poller.submit(loop);
    io_fd_unref(from);
    cr_assert(is_open(ends[0]));
    io_op_cancel(&probe.op, loop);
    cr_assert(is_open(ends[0]));
    rig_run_until(loop, &probe.done, 1);
    cr_assert_eq(probe.result, -ECANCELED);
    cr_assert(!is_open(ends[0]));
    io_op_cancel(&probe.op, loop); /* has ended: nothing */
    io_op_cancel(&probe.op, NULL);
    io_poller.close(loop);
    close(ends[1]);
    io_free(io);
}

Test(op, closing_a_loop_ends_what_is_on_it)
{
    enum { N = 50 };
    int ends[2];
    char bytes[N];
    struct probe probes[N], late = {0};
    struct io *io = rig_io(&(struct io_config){.entries = 8});
    struct io_loop *loop = rig_open(io);
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    struct io_fd *from = io_fd_new(ends[0], 0);
    for (unsigned i = 0; i < N; i++) {
        probes[i] = (struct probe){0};
        io_op_read(&probes[i].op, on_done, from, &bytes[i], 1, IO_OP_CURRENT);
        cr_assert_eq(io_op_submit(&probes[i].op, loop), 0);
    }
    io_poller.close(loop);
    for (unsigned i = 0; i < N; i++) {
        cr_assert_eq(probes[i].done, 1);
        cr_assert_eq(probes[i].result, -ECANCELED);
    }
    io_op_nop(&late.op, on_done);
    cr_assert_eq(io_op_submit(&late.op, loop), -ESHUTDOWN);
    io_fd_unref(from);
    cr_assert(!is_open(ends[0]));
    close(ends[1]);
    io_free(io);
}

/* ---- cancel against complete ---- */

/* A reader of one byte that may get it or be cancelled; both are asked for in random order and distance. */
static void race_once(struct io_loop *loop, struct rng *rng, struct io_fd *from, int to)
{
    char byte = 0;
    struct probe probe = {0};
    unsigned order = (unsigned)rng_below(rng, 4);
    io_op_read(&probe.op, on_done, from, &byte, 1, IO_OP_CURRENT);
    io_op_submit(&probe.op, loop);
    if (rng_below(rng, 2))
        io_poller.submit(loop);
    if (order & 1)
        cr_assert_eq(write(to, "y", 1), 1);
    if (rng_below(rng, 2))
        io_poller.poll(loop);
    io_op_cancel(&probe.op, loop);
    if (!(order & 1) && order & 2)
        cr_assert_eq(write(to, "y", 1), 1);
    while (!probe.done)
        io_poller.park(loop, 1000000000);
    cr_assert_eq(probe.done, 1);
    cr_assert(probe.result == 1 || probe.result == -ECANCELED);
    cr_assert_eq(byte == 'y', probe.result == 1);
    if (order && probe.result != 1)
        cr_assert_eq(read(io_fd_number(from), &byte, 1), 1);
}

Test(op, cancel_races_with_completion)
{
    enum { ROUNDS = 10000 };
    int ends[2];
    struct rng rng;
    struct io *io = rig_io(&small);
    struct io_loop *loop = rig_open(io);
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    struct io_fd *from = io_fd_new(ends[0], 0);
    rng_seed(&rng, 7);
    for (unsigned i = 0; i < ROUNDS; i++)
        race_once(loop, &rng, from, ends[1]);
    cr_assert_eq(io_loop_inflight(loop), 0);
    io_poller.close(loop);
    close(ends[1]);
    io_fd_unref(from);
    io_free(io);
}

/* The same from another thread: a record has two holders, the loop until `done` and the canceller until it has asked. */
struct shared {
    struct io_op op;
    char byte;
    _Atomic unsigned holders;
    struct duel *duel;
};

struct duel {
    struct io *io;
    struct io_fd *from;
    int to;
    _Atomic(struct shared *) offered;
    unsigned rounds, cancelled, read;
    bool has_loop;
};

static void let_go(struct shared *shared)
{
    if (atomic_fetch_sub(&shared->holders, 1) == 1)
        free(shared);
}

static void on_shared(struct io_op *op, int result)
{
    struct shared *shared = container_of(op, struct shared, op);
    cr_assert(result == 1 || result == -ECANCELED);
    shared->duel->cancelled += result != 1;
    shared->duel->read += result == 1;
    let_go(shared);
}

static void *cancel_all(void *arg)
{
    struct duel *duel = arg;
    struct io_loop *mine = duel->has_loop ? rig_open(duel->io) : NULL;
    for (unsigned i = 0; i < duel->rounds; i++) {
        struct shared *shared;
        while (!(shared = atomic_exchange(&duel->offered, NULL)))
            sched_yield();
        if (i % 3 == 0)
            cr_assert_eq(write(duel->to, "y", 1), 1);
        io_op_cancel(&shared->op, mine);
        let_go(shared);
    }
    if (mine)
        io_poller.close(mine);
    return NULL;
}

static void fight(bool has_loop)
{
    int ends[2];
    pthread_t thread;
    struct io *io = rig_io(&small);
    struct io_loop *loop = rig_open(io);
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    struct duel duel = {.io = io, .to = ends[1], .rounds = 5000, .has_loop = has_loop};
    duel.from = io_fd_new(ends[0], 0);
    pthread_create(&thread, NULL, cancel_all, &duel);
    for (unsigned i = 0; i < duel.rounds; i++) {
        struct shared *shared = calloc(1, sizeof *shared);
        shared->duel = &duel;
        atomic_init(&shared->holders, 2);
        io_op_read(&shared->op, on_shared, duel.from, &shared->byte, 1, IO_OP_CURRENT);
        io_op_submit(&shared->op, loop);
        io_poller.submit(loop);
        atomic_store(&duel.offered, shared);
        while (io_loop_inflight(loop))
            io_poller.park(loop, 1000000000);
        while (atomic_load(&duel.offered))
            sched_yield();
    }
    pthread_join(thread, NULL);
    cr_assert_eq(duel.cancelled + duel.read, duel.rounds);
    cr_assert_gt(duel.cancelled, 0);
    io_poller.close(loop);
    close(ends[1]);
    io_fd_unref(duel.from);
    io_free(io);
}

Test(op, cancel_from_a_thread_races_with_completion)
{
    fight(false);
}

Test(op, cancel_from_another_loop_races_with_completion)
{
    fight(true);
}

/* ---- seeded ---- */

Test(op, files_are_synchronous_when_seeded)
{
    char got[4] = "";
    struct probe out = {0}, in = {0}, end = {0};
    struct io *io = rig_io(&(struct io_config){.entries = 8, .seeded = true});
    struct io_loop *loop = rig_open(io);
    int number = memfd_create("t_op", MFD_CLOEXEC);
    struct io_fd *file = io_fd_new(number, 0);
    io_op_write(&out.op, on_done, file, "abcd", 4, 0);
    io_op_read(&in.op, on_done, file, got, 4, 0);
    io_op_read(&end.op, on_done, file, got, 4, 4);
    io_op_submit(&out.op, loop);
    io_op_submit(&in.op, loop);
    io_op_submit(&end.op, loop);
    cr_assert_eq(memcmp(got, "abcd", 4), 0, "done already");
    cr_assert_eq(in.done, 0, "but told later");
    cr_assert_eq(io_poller.outstanding(loop), 3);
    cr_assert_eq(io_poller.poll(loop), 3);
    cr_assert_eq(out.result, 4);
    cr_assert_eq(in.result, 4);
    cr_assert_eq(end.result, 0);
    io_poller.close(loop);
    io_fd_unref(file);
    io_free(io);
}
