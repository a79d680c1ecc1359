/* SPDX-License-Identifier: MIT */
/*
 * fd: see fd.h.
 */
#include "io/fd.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sched/base/memory.h"

struct io_fd {
    _Atomic unsigned refs;
    int number;
    bool is_borrowed, is_file;
};

struct io_fd *io_fd_new(int number, unsigned flags)
{
    struct stat st;
    struct io_fd *fd = memory_alloc(sizeof *fd, "a descriptor");
    atomic_init(&fd->refs, 1);
    fd->number = number;
    fd->is_borrowed = flags & IO_FD_BORROWED;
    fd->is_file = fstat(number, &st) == 0 && S_ISREG(st.st_mode);
    return fd;
}

struct io_fd *io_fd_ref(struct io_fd *fd)
{
    atomic_fetch_add_explicit(&fd->refs, 1, memory_order_relaxed);
    return fd;
}

void io_fd_unref(struct io_fd *fd)
{
    /* Release: our uses come before the close; acquire: the closer sees them all. Partner: this line on other threads. */
    if (!fd || atomic_fetch_sub_explicit(&fd->refs, 1, memory_order_acq_rel) != 1)
        return;
    if (!fd->is_borrowed)
        close(fd->number); /* EINTR: Linux has closed it all the same */
    free(fd);
}

int io_fd_number(const struct io_fd *fd)
{
    return fd->number;
}

bool io_fd_is_file(const struct io_fd *fd)
{
    return fd->is_file;
}
