/* SPDX-License-Identifier: MIT */
/*
 * stdio: the standard streams of a runtime. Input is read through the ring of whoever asks (works for pipes, files,
 * sockets and terminals) into a buffer here, so that what arrives after its reader has gone is kept for the next one.
 * Output is plain write(2) by the caller. A terminal's raw mode is counted and undone at the end, also by exit(3).
 */
#ifndef IO_STDIO_H
#define IO_STDIO_H

#include <stdbool.h>
#include <stddef.h>

struct io;
struct io_loop;
struct io_stdio;

/* Somebody who waits for input. Its memory stays until `ready` was called or io_stdio_cancel returned true. */
struct io_stdio_reader {
    void (*ready)(struct io_stdio_reader *reader); /* once, on a loop's thread; then call io_stdio_read again */
};

enum io_stdio_read_flags {
    IO_STDIO_LINE = 1, /* nothing beyond the first newline */
};

/* Of the three given descriptors (they stay the caller's): {0, 1, 2} but in tests. 0 or a negative errno. */
int io_stdio_new(struct io_stdio **out, struct io *io, int in, int out_fd, int err);

/* After the scheduler has stopped. Leaves raw mode. */
void io_stdio_free(struct io_stdio *stdio);

/*
 * Gives up to `size` bytes that have arrived. `loop` is the caller's own. Returns
 *   > 0          bytes put into data, fewer than asked for if no more is there
 *   0            end of input (a terminal may go on afterwards)
 *   -EAGAIN      nothing there: reader->ready will be called
 *   -EBUSY       another reader is waiting
 *   other < 0    the error of the stream, told once
 * In seeded mode it waits and never returns -EAGAIN.
 */
long io_stdio_read(struct io_stdio *stdio, struct io_loop *loop, struct io_stdio_reader *reader, void *data,
                   size_t size, unsigned flags);

/*
 * Stops waiting. True: `ready` will not be called. False: it was called, or is about to be. `from` is the caller's own
 * loop, NULL off workers. Any thread.
 */
bool io_stdio_cancel(struct io_stdio *stdio, struct io_loop *from, struct io_stdio_reader *reader);

/* Writes all of it to standard output or error; waits if the other side is slow. Any thread. 0 or a negative errno. */
int io_stdio_write(struct io_stdio *stdio, bool to_error, const void *data, size_t size);

/* +1 or -1 user of the raw mode of the terminal that input comes from. Any thread. 0, -ENOTTY or another negative errno. */
int io_stdio_raw(struct io_stdio *stdio, bool on);

/* Leaves raw mode at once whoever uses it, for _exit(2) paths. */
void io_stdio_restore(struct io_stdio *stdio);

#endif
