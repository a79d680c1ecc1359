/* SPDX-License-Identifier: MIT */
/*
 * parser: typed Lua (Lua 5.3 and optional types) to a tree. Accepts every Lua 5.3 program; the words of the type syntax are ordinary
 * names wherever Lua would read them so. The one exception: `a = b as (c)` on one line, with a `c` that can be read as a type, is a cast
 * and no call of a function `as`.
 * Finds what luac finds, but for the limits on locals, upvalues and constants; goes on behind an error, up to PARSER_ERRORS_MAX.
 * Any thread; needs no lua_State. Time and memory are linear in the length of the source.
 */
#ifndef LANG_PARSER_H
#define LANG_PARSER_H

#include <stddef.h>

struct ast;

enum { PARSER_ERRORS_MAX = 20, PARSER_REMARKS_MAX = 200 };

/* The caller owns the result (ast_free) and keeps `source` alive as long. Usable as a program if diagnostics.count is 0. */
struct ast *parser_parse(const char *source, size_t length);
void ast_free(struct ast *ast);

#endif
