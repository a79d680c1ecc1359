/* SPDX-License-Identifier: MIT */
/*
 * io: the module `io`: the terminal of a process that was started on one.
 */
#ifndef STDLIB_IO_H
#define STDLIB_IO_H

#include "vm/lazy.h"

struct io_stdio;

/* What native_spawn.terminal points to. Borrowed by the process: it outlives it. */
struct terminal {
    struct io_stdio *stdio;
    const char *const *args; /* what io.args() gives; ends with NULL */
};

extern const struct lazy_entry std_io_entries[];

#endif
