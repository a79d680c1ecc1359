/* SPDX-License-Identifier: MIT */
/*
 * exec: one process on a terminal host, whose result becomes the exit code of the program:
 *
 *   nothing, true    0
 *   false            1
 *   a number n       n (its low eight bits)
 *   a string         0; it is printed
 *   an error         1; its text goes to standard error
 */
#ifndef HOST_EXEC_H
#define HOST_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stdlib/io.h"

struct actor;
struct child;
struct console;
struct io_stdio;
struct processhost;
struct programs;

struct exec {
    struct actor *actor;
    const struct console *console;
    struct processhost *host; /* that it runs on */
    char **args;              /* NULL ended, owned */
    size_t arg_count;
    struct terminal terminal;
    struct child *child; /* NULL: not running */
    const struct programs *programs;
    const char *id; /* of the process entry, borrowed */
};

void exec_init(struct exec *exec, char *const *args, size_t arg_count);
void exec_destroy(struct exec *exec);

/* Spawns the process `id`; console->ended is called later, whatever comes of it. Inside the actor. */
void exec_start(struct exec *exec, struct programs *programs, const char *id, struct processhost *host);

/* The low eight bits, as the system keeps them; but what is not 0 does not look like success. */
int exec_exit_status(int64_t number);

/* The exit code of a result (encoding of value and error); *print: text to write, to standard error if is_error. */
struct exec_outcome {
    int code;
    bool is_error;
    char *print; /* the caller frees it; NULL: nothing */
    size_t print_length;
};
void exec_read_result(struct exec_outcome *outcome, bool failed, const void *data, size_t length);

/* All of it: prints what is to be printed and tells the console. */
void exec_finish(const struct console *console, bool failed, const void *data, size_t length);

#endif
