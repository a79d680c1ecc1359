/* SPDX-License-Identifier: MIT */
/*
 * finding: what `moonlet lint` found in the sources of entries, as a list that can be filtered, sorted and counted. Texts are
 * copied; entries and their sources are borrowed. One thread at a time.
 */
#ifndef HOST_FINDING_H
#define HOST_FINDING_H

#include <stddef.h>
#include <stdint.h>

#include "vm/lang/diagnostic.h"
#include "vm/lang/source.h"

struct entry;
struct options_words;

enum { FINDING_SEVERITIES = DIAGNOSTIC_HINT + 1 };

struct finding {
    const struct entry *entry;
    enum diagnostic_severity severity;
    const char *code; /* a constant */
    char *message;
    char *help; /* or NULL */
    struct source_position start, end;
    const char *line; /* the source line of `start`, without its end; NULL: there is no source */
    size_t line_length;
};

struct findings {
    struct finding *items;
    size_t count, capacity;
    size_t entries; /* looked at */
};

/* Adds what a parser or checker said about the source of the entry. */
void findings_add(struct findings *findings, const struct entry *entry, const struct source *source,
                  const struct diagnostic *diagnostic);
/* Adds an error without a text to show, about a line of the source or (1) the entry as a whole. */
void findings_add_problem(struct findings *findings, const struct entry *entry, unsigned line, const char *code,
                          const char *message);

/* Keeps those of at least that severity and, if codes are given (each may be a list with commas), of one of them. */
void findings_filter(struct findings *findings, enum diagnostic_severity least, const struct options_words *codes);
/* By entry id, severity, line, column, code, message. */
void findings_sort(struct findings *findings);
void findings_count(const struct findings *findings, size_t counts[FINDING_SEVERITIES]);
void findings_free(struct findings *findings);

#endif
