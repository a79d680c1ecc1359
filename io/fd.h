/* SPDX-License-Identifier: MIT */
/*
 * fd: a file descriptor with a count of who uses it. Its owner holds one reference, every operation in flight another;
 * the descriptor is closed when the last one goes, so its number is never reused under an operation.
 */
#ifndef IO_FD_H
#define IO_FD_H

#include <stdbool.h>

struct io_fd;

enum io_fd_new_flags {
    IO_FD_BORROWED = 1, /* never closed: the standard streams */
};

/* Takes `number` (unless borrowed). Returns owned, with one reference. */
struct io_fd *io_fd_new(int number, unsigned flags);

/* Any thread. */
struct io_fd *io_fd_ref(struct io_fd *fd);
void io_fd_unref(struct io_fd *fd); /* NULL: nothing */
int io_fd_number(const struct io_fd *fd);

/* A regular file: reading and writing it never waits for anybody. */
bool io_fd_is_file(const struct io_fd *fd);

#endif
