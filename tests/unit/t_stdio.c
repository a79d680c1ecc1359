/* SPDX-License-Identifier: MIT */
/* links: io */
/* stdio and tty: input from pipes, files and terminals, output, raw mode. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "io/stdio.h"
#include "sched/base/compiler.h"
#include "tests/unit/io_rig.h"

struct rig {
    struct io *io;
    struct io_loop *loop;
    struct io_stdio *stdio;
    int ends[2];
};

struct waiter {
    struct io_stdio_reader reader;
    unsigned calls;
};

static void on_ready(struct io_stdio_reader *reader)
{
    container_of(reader, struct waiter, reader)->calls++;
}

static struct waiter new_waiter(void)
{
    return (struct waiter){.reader.ready = on_ready};
}

static void set_up(struct rig *rig, int in, struct io_config config)
{
    config.entries = 16;
    rig->io = rig_io(&config);
    rig->loop = rig_open(rig->io);
    cr_assert_eq(io_stdio_new(&rig->stdio, rig->io, in, 1, 2), 0);
}

static void set_up_pipe(struct rig *rig, int flags)
{
    cr_assert_eq(pipe2(rig->ends, O_CLOEXEC | flags), 0);
    set_up(rig, rig->ends[0], (struct io_config){0});
}

static void tear_down(struct rig *rig)
{
    io_poller.close(rig->loop);
    io_stdio_free(rig->stdio);
    io_free(rig->io);
}

/* Reads as a process would: waits when told to. */
static long read_in(struct rig *rig, void *data, size_t size, unsigned flags)
{
    struct waiter waiter = new_waiter();
    for (;;) {
        long n = io_stdio_read(rig->stdio, rig->loop, &waiter.reader, data, size, flags);
        if (n != -EAGAIN)
            return n;
        waiter.calls = 0;
        rig_run_until(rig->loop, &waiter.calls, 1);
        cr_assert_eq(waiter.calls, 1);
    }
}

static void expect(struct rig *rig, const char *text, size_t size, unsigned flags)
{
    char got[64];
    long n = read_in(rig, got, size, flags);
    cr_assert_eq(n, (long)strlen(text), "%ld bytes for '%s'", n, text);
    cr_assert_eq(memcmp(got, text, (size_t)n), 0);
}

static void put(int fd, const char *text)
{
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

/* ---- input ---- */

static void read_pipe(int flags)
{
    struct rig rig;
    char byte;
    set_up_pipe(&rig, flags);
    put(rig.ends[1], "one\ntwo\nthree");
    expect(&rig, "one\n", 64, IO_STDIO_LINE);
    expect(&rig, "tw", 2, 0);
    expect(&rig, "o\n", 64, IO_STDIO_LINE);
    expect(&rig, "three", 64, IO_STDIO_LINE);
    struct waiter waiter = new_waiter(), other = new_waiter();
    cr_assert_eq(io_stdio_read(rig.stdio, rig.loop, &waiter.reader, &byte, 1, 0), -EAGAIN);
    cr_assert_eq(io_stdio_read(rig.stdio, rig.loop, &other.reader, &byte, 1, 0), -EBUSY);
    io_poller.park(rig.loop, 1000000);
    cr_assert_eq(waiter.calls, 0);
    put(rig.ends[1], "!");
    rig_run_until(rig.loop, &waiter.calls, 1);
    expect(&rig, "!", 64, 0);
    close(rig.ends[1]);
    cr_assert_eq(read_in(&rig, &byte, 1, 0), 0);
    cr_assert_eq(read_in(&rig, &byte, 1, 0), 0);
    cr_assert_eq(waiter.calls, 1);
    tear_down(&rig);
    close(rig.ends[0]);
}

Test(stdio, reads_a_pipe)
{
    read_pipe(0);
}

Test(stdio, reads_a_non_blocking_pipe)
{
    read_pipe(O_NONBLOCK);
}

Test(stdio, reads_a_file)
{
    struct rig rig;
    char byte;
    int file = memfd_create("t_stdio", MFD_CLOEXEC);
    put(file, "line 1\nline 2\n");
    cr_assert_eq(lseek(file, 0, SEEK_SET), 0);
    set_up(&rig, file, (struct io_config){0});
    expect(&rig, "line 1\n", 64, IO_STDIO_LINE);
    expect(&rig, "line 2\n", 64, IO_STDIO_LINE);
    cr_assert_eq(read_in(&rig, &byte, 1, 0), 0);
    tear_down(&rig);
    close(file);
}

Test(stdio, cancelled_reader_takes_nothing)
{
    struct rig rig;
    char byte;
    struct waiter gone = new_waiter(), next = new_waiter();
    set_up_pipe(&rig, 0);
    for (unsigned i = 0; i < 200; i++) {
        cr_assert_eq(io_stdio_read(rig.stdio, rig.loop, &gone.reader, &byte, 1, 0), -EAGAIN);
        if (i % 4 == 0)
            io_poller.park(rig.loop, 1);
        if (i % 2)
            put(rig.ends[1], "x");
        cr_assert(io_stdio_cancel(rig.stdio, rig.loop, &gone.reader));
        cr_assert(!io_stdio_cancel(rig.stdio, rig.loop, &gone.reader));
        if (i % 3)
            io_poller.park(rig.loop, 1);
        if (i % 2) { /* whoever comes next gets it */
            long n = io_stdio_read(rig.stdio, rig.loop, &next.reader, &byte, 1, 0);
            if (n == -EAGAIN) {
                next.calls = 0;
                rig_run_until(rig.loop, &next.calls, 1);
                n = io_stdio_read(rig.stdio, rig.loop, &next.reader, &byte, 1, 0);
            }
            cr_assert_eq(n, 1);
            cr_assert_eq(byte, 'x');
        }
    }
    cr_assert_eq(gone.calls, 0);
    tear_down(&rig);
    close(rig.ends[0]);
    close(rig.ends[1]);
}

Test(stdio, waiting_reader_is_told_of_the_end_of_its_loop)
{
    struct rig rig;
    char byte;
    struct waiter waiter = new_waiter();
    set_up_pipe(&rig, 0);
    cr_assert_eq(io_stdio_read(rig.stdio, rig.loop, &waiter.reader, &byte, 1, 0), -EAGAIN);
    io_poller.submit(rig.loop);
    io_poller.close(rig.loop);
    cr_assert_eq(waiter.calls, 1);
    cr_assert_eq(io_stdio_read(rig.stdio, rig.loop, &waiter.reader, &byte, 1, 0), -ESHUTDOWN);
    io_stdio_free(rig.stdio);
    io_free(rig.io);
    close(rig.ends[0]);
    close(rig.ends[1]);
}

Test(stdio, errors_are_told_once)
{
    struct rig rig;
    char byte;
    struct fault_plan *plan = fault_plan_new();
    cr_assert_eq(pipe2(rig.ends, O_CLOEXEC), 0);
    set_up(&rig, rig.ends[0], (struct io_config){.fault = plan});
    put(rig.ends[1], "z");
    fault_set(plan, FAULT_OP_RESULT, 1, 1, EIO);
    cr_assert_eq(read_in(&rig, &byte, 1, 0), -EIO);
    fault_set(plan, FAULT_OP_RESULT, 1, 2, EINTR); /* what was read is lost, so there must be more */
    struct waiter waiter = new_waiter();
    cr_assert_eq(io_stdio_read(rig.stdio, rig.loop, &waiter.reader, &byte, 1, 0), -EAGAIN);
    while (!waiter.calls) {
        put(rig.ends[1], "z");
        io_poller.park(rig.loop, 1000000);
    }
    cr_assert_geq(fault_hits(plan, FAULT_OP_RESULT), 3);
    expect(&rig, "z", 1, 0);
    tear_down(&rig);
    close(rig.ends[0]);
    close(rig.ends[1]);
    fault_plan_free(plan);

    set_up(&rig, -1, (struct io_config){0}); /* started with standard input closed */
    cr_assert_eq(read_in(&rig, &byte, 1, 0), -EBADF);
    tear_down(&rig);
}

Test(stdio, input_is_synchronous_when_seeded)
{
    struct rig rig;
    char got[4];
    cr_assert_eq(pipe2(rig.ends, O_CLOEXEC | O_NONBLOCK), 0);
    set_up(&rig, rig.ends[0], (struct io_config){.seeded = true});
    put(rig.ends[1], "ab");
    cr_assert_eq(io_stdio_read(rig.stdio, rig.loop, NULL, got, 1, 0), 1);
    cr_assert_eq(io_stdio_read(rig.stdio, rig.loop, NULL, got, 4, 0), 1);
    cr_assert_eq(got[0], 'b');
    pid_t child = fork();
    if (child == 0) {
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
        _exit(write(rig.ends[1], "c", 1) != 1);
    }
    cr_assert_eq(io_stdio_read(rig.stdio, rig.loop, NULL, got, 4, 0), 1);
    cr_assert_eq(got[0], 'c');
    waitpid(child, NULL, 0);
    close(rig.ends[1]);
    cr_assert_eq(io_stdio_read(rig.stdio, rig.loop, NULL, got, 4, 0), 0);
    tear_down(&rig);
    close(rig.ends[0]);
}

/* ---- output ---- */

struct drain {
    int from;
    size_t total;
};

static void *drain_slowly(void *arg)
{
    struct drain *drain = arg;
    char buffer[5000];
    ssize_t n;
    while ((n = read(drain->from, buffer, sizeof buffer)) > 0)
        drain->total += (size_t)n;
    return NULL;
}

Test(stdio, writes_all_and_survives_a_closed_pipe)
{
    enum { SIZE = 1 << 20 };
    int ends[2];
    pthread_t thread;
    struct io *io = rig_io(&(struct io_config){.entries = 16});
    struct io_stdio *stdio;
    char *data = calloc(1, SIZE);
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    cr_assert_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    cr_assert_eq(io_stdio_new(&stdio, io, 0, ends[1], ends[1]), 0);
    struct drain drain = {.from = ends[0]};
    pthread_create(&thread, NULL, drain_slowly, &drain);
    cr_assert_eq(io_stdio_write(stdio, false, data, SIZE), 0);
    cr_assert_eq(io_stdio_write(stdio, true, data, 10), 0);
    int spare = dup(ends[1]);
    close(ends[1]);
    close(spare);
    pthread_join(thread, NULL);
    cr_assert_eq(drain.total, SIZE + 10);
    close(ends[0]);
    cr_assert_eq(io_stdio_write(stdio, false, data, 1), -EBADF);
    io_stdio_free(stdio);
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    cr_assert_eq(io_stdio_new(&stdio, io, 0, ends[1], ends[1]), 0);
    cr_assert_eq(io_stdio_write(stdio, false, data, 1), -EPIPE);
    close(ends[1]);
    io_stdio_free(stdio);
    io_free(io);
    free(data);
}

/* ---- terminals ---- */

/* The controlling side; *slave is what a program has as its standard input. */
static int open_terminal(int *slave)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    cr_assert_geq(master, 0);
    cr_assert_eq(grantpt(master), 0);
    cr_assert_eq(unlockpt(master), 0);
    *slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    cr_assert_geq(*slave, 0);
    return master;
}

static bool is_raw(int terminal)
{
    struct termios mode;
    cr_assert_eq(tcgetattr(terminal, &mode), 0);
    return !(mode.c_lflag & (ICANON | ECHO | ISIG));
}

Test(stdio, reads_lines_and_ends_from_a_terminal)
{
    struct rig rig;
    int slave, master = open_terminal(&slave);
    char byte;
    struct waiter waiter = new_waiter();
    set_up(&rig, slave, (struct io_config){0});
    cr_assert_eq(io_stdio_read(rig.stdio, rig.loop, &waiter.reader, &byte, 1, 0), -EAGAIN);
    put(master, "he");
    io_poller.park(rig.loop, 2000000);
    cr_assert_eq(waiter.calls, 0, "no line yet");
    cr_assert(io_stdio_cancel(rig.stdio, rig.loop, &waiter.reader));
    io_poller.park(rig.loop, 2000000);
    put(master, "llo\nmore\n");
    expect(&rig, "hello\n", 64, IO_STDIO_LINE);
    expect(&rig, "more\n", 64, IO_STDIO_LINE);
    put(master, "\004"); /* ^D */
    cr_assert_eq(read_in(&rig, &byte, 1, 0), 0);
    put(master, "on\n"); /* a terminal goes on after its end */
    expect(&rig, "on\n", 64, IO_STDIO_LINE);
    tear_down(&rig);
    close(slave);
    close(master);
}

Test(stdio, raw_mode_is_counted_and_restored)
{
    struct rig rig;
    int slave, master = open_terminal(&slave);
    set_up(&rig, slave, (struct io_config){0});
    cr_assert(!is_raw(slave));
    cr_assert_eq(io_stdio_raw(rig.stdio, false), 0);
    cr_assert_eq(io_stdio_raw(rig.stdio, true), 0);
    cr_assert_eq(io_stdio_raw(rig.stdio, true), 0);
    cr_assert(is_raw(slave));
    put(master, "k");
    expect(&rig, "k", 64, 0);
    cr_assert_eq(io_stdio_raw(rig.stdio, false), 0);
    cr_assert(is_raw(slave));
    cr_assert_eq(io_stdio_raw(rig.stdio, false), 0);
    cr_assert(!is_raw(slave));
    cr_assert_eq(io_stdio_raw(rig.stdio, true), 0);
    io_stdio_restore(rig.stdio);
    cr_assert(!is_raw(slave));
    cr_assert_eq(io_stdio_raw(rig.stdio, true), 0);
    cr_assert(is_raw(slave));
    tear_down(&rig);
    cr_assert(!is_raw(slave));
    close(slave);
    close(master);

    set_up_pipe(&rig, 0);
    cr_assert_eq(io_stdio_raw(rig.stdio, true), -ENOTTY);
    tear_down(&rig);
    close(rig.ends[0]);
    close(rig.ends[1]);
}

Test(stdio, raw_mode_is_undone_by_exit)
{
    int slave, status, master = open_terminal(&slave);
    pid_t child = fork();
    if (child == 0) {
        static struct io *io; /* static: still reachable at exit, so no leak */
        static struct io_stdio *stdio;
        io = rig_io(&(struct io_config){.entries = 16});
        if (io_stdio_new(&stdio, io, slave, 1, 2) || io_stdio_raw(stdio, true) || !is_raw(slave))
            _exit(1);
        exit(0);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(!is_raw(slave));
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(slave);
    close(master);
}
