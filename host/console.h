/* SPDX-License-Identifier: MIT */
/*
 * console: the terminal of the program, as those see it who give it to processes: the command line's process (exec) and process.service
 * entries whose host is a terminal.host. When such a process ends, its result is printed and becomes the exit code, and the program ends.
 */
#ifndef HOST_CONSOLE_H
#define HOST_CONSOLE_H

struct io_stdio;
struct logsink;

struct console {
    struct io_stdio *stdio;
    struct logsink *logsink;
    /* A process that had the terminal has ended: remembers the code, and stops everything a little later. Inside the supervisor's actor. */
    void (*ended)(void *ctx, int code);
    void *ctx;
};

#endif
