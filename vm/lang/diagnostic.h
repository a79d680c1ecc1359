/* SPDX-License-Identifier: MIT */
/*
 * diagnostic: what is wrong with a source, and where. Texts live in the arena of the source. One thread at a time.
 */
#ifndef LANG_DIAGNOSTIC_H
#define LANG_DIAGNOSTIC_H

#include <stdint.h>

struct source;

enum diagnostic_severity { DIAGNOSTIC_ERROR, DIAGNOSTIC_WARNING, DIAGNOSTIC_HINT };

struct diagnostic {
    enum diagnostic_severity severity;
    const char *code;    /* "P0001" */
    const char *message; /* one line */
    const char *help;    /* one line, or NULL */
    uint32_t start, end; /* bytes of the source */
};

struct diagnostics {
    struct diagnostic *items;
    uint32_t count, capacity;
};

void diagnostics_init(struct diagnostics *list);
void diagnostics_destroy(struct diagnostics *list);

/* Adds a copy; texts stay the caller's. */
void diagnostics_add(struct diagnostics *list, const struct diagnostic *diagnostic);

/* By position; of several with the same code at the same place the first stays. */
void diagnostics_sort(struct diagnostics *list);

/* "error", "warning", "hint". */
const char *diagnostic_severity_name(enum diagnostic_severity severity);

#endif
