/* SPDX-License-Identifier: MIT */
/*
 * lexer: the tokens of Lua 5.3 and those that types add, one at a time. What is wrong inside a token (an escape sequence, an unfinished
 * string) becomes a diagnostic, and the token counts as read. As lua5.3 does with files, a byte order mark and a first line that
 * begins with # are skipped. One thread at a time; copying the struct remembers a place to come back to.
 */
#ifndef LANG_LEXER_H
#define LANG_LEXER_H

#include <stdint.h>

#include "vm/lang/token.h"

struct ast;

struct lexer {
    struct ast *ast; /* source, words and diagnostics are its */
    const char *at, *end;
    uint32_t line;
    bool crossed_line; /* since the last token */
    uint32_t start;    /* what lies before it is no Lua */
};

void lexer_init(struct lexer *lexer, struct ast *ast);
uint32_t lexer_position(const struct lexer *lexer);

/* The next token; at the end of the source TOKEN_EOF, any number of times. */
void lexer_next(struct lexer *lexer, struct token *token);

/* How messages show bytes of the source: "'text'", "<eof>" for none at its end; lives in the arena of the ast. */
const char *lexer_near(struct ast *ast, uint32_t start, uint32_t end);

#endif
