/* SPDX-License-Identifier: MIT */
/*
 * json_scan: a second look at a JSON text that the parser has refused. It follows the grammar of RFC 8259 byte by byte, says where it is broken
 * and what was expected there; and mends what is valid JSON but more than the parser takes: integers of over 64 bits become floats, half a
 * surrogate pair becomes U+FFFD. Both fit where they stood.
 */
#ifndef STDLIB_JSON_SCAN_H
#define STDLIB_JSON_SCAN_H

#include <stddef.h>

struct data_error;

enum json_scan_result {
    JSON_SCAN_GOOD,
    JSON_SCAN_MENDED, /* good, and `text` was changed */
    JSON_SCAN_BAD /* *error says why; nested deeper than DATA_MAX_DEPTH and numbers beyond the range of floats are bad too */
};

/* A zero byte must follow the text. */
enum json_scan_result json_scan(char *text, size_t length, struct data_error *error);

/* For messages about texts: "line 3, column 7"; columns are characters. Returns the length, as snprintf. */
int json_scan_position(const char *text, size_t offset, char *out, size_t size);

#endif
