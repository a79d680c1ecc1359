/* SPDX-License-Identifier: MIT */
/*
 * literal: what the bytes of a number or string token mean. The lexer has checked them (literal_is_number is that check); where it found an
 * error, the rest still has a meaning. Any thread.
 */
#ifndef LANG_LITERAL_H
#define LANG_LITERAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct ast_literal;

/* Does the text have the form of a Lua 5.3 number? */
bool literal_is_number(const char *text, size_t length);

/* Sets kind (INTEGER or FLOAT) and value, as Lua would read it. */
void literal_number(const char *text, size_t length, struct ast_literal *literal);

/* Sets kind, text and length; `text` with its quotes or brackets. The value lives in the arena. */
void literal_string(struct arena *arena, const char *text, size_t length, struct ast_literal *literal);

#endif
