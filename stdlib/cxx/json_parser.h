/* SPDX-License-Identifier: MIT */
/*
 * json_parser: JSON text to a tape (simdjson). The tape's format is data_tape's (stdlib/data_tape.h), so what reads it needs no C++.
 * A parser keeps its memory from one text to the next; it is used by one thread at a time.
 *
 * It says whether a text is valid, not where it goes wrong: stdlib/json_scan.h does.
 */
#ifndef STDLIB_CXX_JSON_PARSER_H
#define STDLIB_CXX_JSON_PARSER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    JSON_PARSER_PADDING = 64,   /* readable bytes that must follow a text */
    JSON_PARSER_MAX_DEPTH = 128 /* nested arrays and objects; an empty one may be a level deeper */
};

enum json_parser_status {
    JSON_PARSER_OK,
    JSON_PARSER_MEMORY,
    JSON_PARSER_REFUSED /* no JSON, nested too deep, or with a number out of its range (integers of over 64 bits among them) */
};

struct json_parser;

/* NULL when memory is out. */
struct json_parser *json_parser_new(void);
void json_parser_free(struct json_parser *parser); /* NULL is allowed */

/* On JSON_PARSER_OK *words and *strings are the tape: valid until the next run, the parser's. */
enum json_parser_status json_parser_run(struct json_parser *parser, const char *text, size_t length,
                                        const uint64_t **words, const unsigned char **strings);

/* Frees all memory that only parsing needs; the tape stays. About 6 of 14 bytes per byte of text. */
void json_parser_trim(struct json_parser *parser);

#ifdef __cplusplus
}
#endif

#endif
