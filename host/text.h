/* SPDX-License-Identifier: MIT */
/*
 * text: a byte string that grows. Always ends in a NUL behind `length`, so `data` is a C string once anything was added
 * (text_string gives one in any case). Starts as {0}; text_free releases it. One thread at a time.
 */
#ifndef HOST_TEXT_H
#define HOST_TEXT_H

#include <stdarg.h>
#include <stddef.h>

#include "sched/base/compiler.h"

struct text {
    char *data;
    size_t length, capacity;
};

void text_free(struct text *text);
void text_clear(struct text *text);

void text_add(struct text *text, const char *data, size_t length);
void text_add_string(struct text *text, const char *string);
void text_add_char(struct text *text, char c);
void text_printf(struct text *text, const char *fmt, ...) printf_like(2, 3);
void text_vprintf(struct text *text, const char *fmt, va_list args);

/* The bytes as a C string, "" when empty; valid until the next change. */
const char *text_string(const struct text *text);

/* Gives the string away: the caller frees it. The text is empty afterwards. */
char *text_detach(struct text *text);

/* printf into a new string that the caller frees. */
char *text_format(const char *fmt, ...) printf_like(1, 2);

/*
 * Adds the content of a JSON string (without quotes): control characters, quotes and backslashes escaped, bytes that are not
 * UTF-8 replaced by U+FFFD.
 */
void text_add_json(struct text *text, const char *data, size_t length);

#endif
