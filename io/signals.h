/* SPDX-License-Identifier: MIT */
/*
 * signals: SIGINT and SIGTERM as events. Both are blocked in every thread and read from a signalfd that the first loop
 * watches; the handler is an ordinary function on that loop's thread. Only one runtime of an OS process may do so.
 */
#ifndef IO_SIGNALS_H
#define IO_SIGNALS_H

struct io;
struct io_signals;

/* `count` is how many have come so far, of both kinds together. Two of a kind may count as one when they come at once. */
typedef void (*io_signal_f)(void *ctx, int number, unsigned count);

/*
 * Blocks the signals in the calling thread, hence in all it starts later: to be called before other threads are
 * started. They are handled from the moment the first loop runs. 0 or a negative errno.
 */
int io_signals_open(struct io_signals **out, struct io *io, io_signal_f handler, void *ctx);

/* After the scheduler has stopped, in the thread that opened. Pending signals are dropped, then the old mask restored. */
void io_signals_close(struct io_signals *signals);

#endif
