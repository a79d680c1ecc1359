/* SPDX-License-Identifier: MIT */
/*
 * tty: see tty.h. A record that was ever raw is known to on_exit(3), which cannot forget it: it is freed there, and
 * io_tty_free only retires it. So a terminal is restored at exit without a file-scope variable. Mode changes are
 * made at once (TCSANOW): a worker must not wait for a terminal that nobody reads.
 */
#include "io/tty.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

struct io_tty {
    pthread_mutex_t lock; /* guards all; no other lock inside */
    int number;
    unsigned users;       /* of raw mode */
    bool is_registered;   /* with on_exit */
    bool is_retired;      /* io_tty_free was called: on_exit frees */
    struct termios saved; /* valid while users > 0 */
};

int io_tty_new(struct io_tty **out, int number)
{
    *out = NULL;
    if (!isatty(number))
        return -ENOTTY;
    struct io_tty *tty = calloc(1, sizeof *tty);
    if (!tty)
        return -ENOMEM;
    tty->number = number;
    pthread_mutex_init(&tty->lock, NULL);
    *out = tty;
    return 0;
}

static void destroy(struct io_tty *tty)
{
    pthread_mutex_destroy(&tty->lock);
    free(tty);
}

/* exit(3) with the runtime still up: other threads may use the record, so it stays. */
static void restore_at_exit(int status, void *arg)
{
    struct io_tty *tty = arg;
    (void)status;
    io_tty_restore(tty);
    if (tty->is_retired)
        destroy(tty);
}

void io_tty_free(struct io_tty *tty)
{
    io_tty_restore(tty);
    tty->is_retired = true;
    if (!tty->is_registered)
        destroy(tty);
}

/* Under the lock. */
static int enter_raw(struct io_tty *tty)
{
    struct termios raw;
    if (tcgetattr(tty->number, &tty->saved) != 0)
        return -errno;
    if (!tty->is_registered && on_exit(restore_at_exit, tty) != 0)
        return -ENOMEM;
    tty->is_registered = true;
    raw = tty->saved;
    cfmakeraw(&raw);
    return tcsetattr(tty->number, TCSANOW, &raw) == 0 ? 0 : -errno;
}

/* Under the lock. */
static int leave_raw(struct io_tty *tty)
{
    return tcsetattr(tty->number, TCSANOW, &tty->saved) == 0 ? 0 : -errno;
}

int io_tty_raw(struct io_tty *tty, bool on)
{
    int error = 0;
    pthread_mutex_lock(&tty->lock);
    if (on) {
        error = tty->users ? 0 : enter_raw(tty);
        tty->users += !error;
    } else if (tty->users && --tty->users == 0) {
        error = leave_raw(tty);
    }
    pthread_mutex_unlock(&tty->lock);
    return error;
}

void io_tty_restore(struct io_tty *tty)
{
    pthread_mutex_lock(&tty->lock);
    if (tty->users)
        (void)leave_raw(tty);
    tty->users = 0;
    pthread_mutex_unlock(&tty->lock);
}
