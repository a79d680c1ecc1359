/* SPDX-License-Identifier: MIT */
/*
 * env: the module of env.c, and what it needs of the application host: the registered variables. Functions of struct env_source may be
 * called on any thread, several at a time.
 */
#ifndef STDLIB_ENV_H
#define STDLIB_ENV_H

#include <stdbool.h>
#include <stddef.h>

#include "vm/lazy.h"

struct vm_error;

/* What a program calls a variable: the public name, the id of its entry, or the name of an entry beside that of the program. */
struct env_key {
    const char *text;
    size_t length;
    const char *caller; /* entry id of the program */
};

/* A buffer of the caller. `length` is what the text has; it is there only if that is not more than `size`. */
struct env_text {
    char *data;
    size_t size, length;
};

struct env_source {
    void *ctx;
    /* The name that permissions and get_all use: the public one, else the id. False: there is no such variable. */
    bool (*name)(void *ctx, const struct env_key *key, struct env_text *name);
    /* 0 and the text (never empty), or -1 and *error. */
    int (*get)(void *ctx, const struct env_key *key, struct env_text *value, struct vm_error *error);
    /*
     * 0; or -1 and *error; or -EAGAIN: it has to wait for a disk, and is to be called again where it may. On a thread of the blocking
     * pool: may_block.
     */
    int (*set)(void *ctx, const struct env_key *key, const char *value, size_t length, bool may_block,
               struct vm_error *error);
    /* The next variable with a value, beginning at *cursor 0; false: there is none any more. When a text is too long for its buffer, call it again with the old *cursor. */
    bool (*next)(void *ctx, size_t *cursor, struct env_text *name, struct env_text *value);
};

extern const struct lazy_entry std_env_entries[];

#endif
