/* SPDX-License-Identifier: MIT */
/* token: what the lexer makes and the parser reads. */
#ifndef LANG_TOKEN_H
#define LANG_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

struct word;

enum token_kind {
    TOKEN_EOF,
    TOKEN_NAME,
    TOKEN_STRING,
    TOKEN_NUMBER,
    TOKEN_OTHER, /* a character that begins no token */

    TOKEN_AND, /* the keywords, in the order of the table in word.c */
    TOKEN_BREAK,
    TOKEN_DO,
    TOKEN_ELSE,
    TOKEN_ELSEIF,
    TOKEN_END,
    TOKEN_FALSE,
    TOKEN_FOR,
    TOKEN_FUNCTION,
    TOKEN_GOTO,
    TOKEN_IF,
    TOKEN_IN,
    TOKEN_LOCAL,
    TOKEN_NIL,
    TOKEN_NOT,
    TOKEN_OR,
    TOKEN_REPEAT,
    TOKEN_RETURN,
    TOKEN_THEN,
    TOKEN_TRUE,
    TOKEN_UNTIL,
    TOKEN_WHILE,

    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_STAR,
    TOKEN_SLASH,
    TOKEN_FLOOR_SLASH,
    TOKEN_PERCENT,
    TOKEN_CARET,
    TOKEN_HASH,
    TOKEN_AMPERSAND,
    TOKEN_TILDE,
    TOKEN_PIPE,
    TOKEN_SHIFT_LEFT,
    TOKEN_SHIFT_RIGHT,
    TOKEN_EQUAL, /* == */
    TOKEN_NOT_EQUAL,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER_EQUAL,
    TOKEN_LESS,
    TOKEN_GREATER,
    TOKEN_ASSIGN,
    TOKEN_PAREN_OPEN,
    TOKEN_PAREN_CLOSE,
    TOKEN_BRACE_OPEN,
    TOKEN_BRACE_CLOSE,
    TOKEN_BRACKET_OPEN,
    TOKEN_BRACKET_CLOSE,
    TOKEN_DOUBLE_COLON,
    TOKEN_SEMICOLON,
    TOKEN_COLON,
    TOKEN_COMMA,
    TOKEN_DOT,
    TOKEN_CONCAT,
    TOKEN_ELLIPSIS,

    TOKEN_ARROW, /* only typed Lua has these */
    TOKEN_QUESTION,
    TOKEN_BANG,
    TOKEN_AT,
    TOKENS
};

struct token {
    uint8_t kind;        /* enum token_kind */
    bool is_first;       /* of its line */
    uint32_t start, end; /* bytes of the source */
    uint32_t line;       /* of its first byte, from 1 */
    struct word *word;   /* of names and keywords */
};

/* How messages name a kind: "==", "<name>", "end". */
const char *token_kind_text(enum token_kind kind);

#endif
