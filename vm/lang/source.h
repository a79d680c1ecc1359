/* SPDX-License-Identifier: MIT */
/*
 * source: the text of a chunk and where its lines begin. Lines are counted as Lua counts them: LF, CR, CR LF and LF CR end one.
 */
#ifndef LANG_SOURCE_H
#define LANG_SOURCE_H

#include <stddef.h>
#include <stdint.h>

enum { SOURCE_LENGTH_MAX = 8 * 1024 * 1024 };

struct source {
    const char *text; /* borrowed; NULs in it are ordinary bytes */
    uint32_t length;
    uint32_t *lines; /* offsets of the first byte of each line */
    uint32_t line_count, line_capacity;
};

struct source_position {
    uint32_t line, column; /* from 1; columns are bytes */
};

void source_init(struct source *source, const char *text, size_t length);
void source_destroy(struct source *source);

/* For the lexer: a line begins at `offset`. Known ones, met again after going back, are ignored. */
void source_add_line(struct source *source, uint32_t offset);

/* Lines must be known up to the offset. */
struct source_position source_position(const struct source *source, uint32_t offset);

/* Start and length of a line without its end. */
const char *source_line(const struct source *source, uint32_t line, size_t *length);

#endif
