/* SPDX-License-Identifier: MIT */
/*
 * tty: the mode of a terminal. Raw mode is counted; the mode found at the first use comes back when the last user leaves,
 * when the tty is freed, and at exit(3).
 */
#ifndef IO_TTY_H
#define IO_TTY_H

#include <stdbool.h>

struct io_tty;

/* `number` is borrowed. 0, -ENOTTY (*out is NULL) or -ENOMEM. */
int io_tty_new(struct io_tty **out, int number);
void io_tty_free(struct io_tty *tty);

/* One user of raw mode more or less; a user too few is ignored. Any thread. 0 or a negative errno. */
int io_tty_raw(struct io_tty *tty, bool on);

/* Puts the mode back whoever uses it. Any thread. */
void io_tty_restore(struct io_tty *tty);

#endif
