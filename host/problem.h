/* SPDX-License-Identifier: MIT */
/*
 * problem: what is wrong with an application's files, one line each: "src/_index.yaml:12: entry app:hello: …". They are
 * collected while loading, logged as warnings, and shown again on standard error when the boot fails with logs switched off. One
 * thread at a time.
 */
#ifndef HOST_PROBLEM_H
#define HOST_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "sched/base/compiler.h"
#include "sched/base/log.h"

struct entry;

struct problem {
    enum log_level level; /* LOG_WARN: loading went on; LOG_ERROR: something asked for cannot be had */
    char *text;
    const struct entry
        *unreadable; /* its source does not parse, which can be shown better than in a line; NULL: another problem */
};

struct problems {
    struct problem *items;
    size_t count, capacity;
    struct log *log;           /* where each is written as it comes; may be NULL */
    const struct entry *cause; /* the source that stopped the boot because it does not parse; or NULL */
};

/* Adds "file:line: entry <id>: text"; file, line (0) and id (NULL) may be absent. */
void problem_add(struct problems *problems, enum log_level level, const char *file, unsigned line, const char *id,
                 const char *fmt, ...) printf_like(6, 7);

/* Adds an error about a source that does not parse; borrows the entry, copies the text. */
void problem_add_unreadable(struct problems *problems, const struct entry *entry, const char *text);

/* The line that problem_add would make; the caller frees it. */
char *problem_format(const char *file, unsigned line, const char *id, const char *fmt, ...) printf_like(4, 5);

bool problems_has_errors(const struct problems *problems);

/* The texts of all errors with `between` in between; NULL: there are none. The caller frees it. */
char *problems_join(const struct problems *problems, const char *between);
void problems_free(struct problems *problems);

#endif
