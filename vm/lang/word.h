/* SPDX-License-Identifier: MIT */
/*
 * word: identifiers and keywords of one source, each kept once, so that equal names are equal pointers and a name leads to what it
 * means without a search. One thread at a time.
 */
#ifndef LANG_WORD_H
#define LANG_WORD_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct ast_decl;
struct ast_local;
struct ast_type;
struct parser_goto;
struct parser_label;

/* Words with a meaning in some places of the grammar only; everywhere else they are ordinary names. */
enum word_context {
    WORD_ORDINARY,
    WORD_AS,
    WORD_ASSERTS,
    WORD_EXTENDS,
    WORD_FUN,
    WORD_INTERFACE,
    WORD_IS,
    WORD_KEYOF,
    WORD_READONLY,
    WORD_REQUIRE, /* the function: calls of it are noted */
    WORD_TYPE,
    WORD_TYPEOF,
};

/* Names of types that need no declaration. `bool` and `int` are synonyms. */
enum word_builtin {
    BUILTIN_NONE,
    BUILTIN_NIL,
    BUILTIN_BOOLEAN,
    BUILTIN_NUMBER,
    BUILTIN_INTEGER,
    BUILTIN_STRING,
    BUILTIN_ANY,
    BUILTIN_UNKNOWN,
    BUILTIN_NEVER,
    BUILTIN_TABLE,
    BUILTIN_FUNCTION,
    BUILTIN_THREAD,
    BUILTIN_USERDATA,
    BUILTIN_ERROR,
    BUILTIN_SELF,
    BUILTINS
};

struct word {
    const char *text; /* ends in a NUL */
    uint32_t length;
    uint32_t hash;
    struct word *next; /* in its bucket */
    uint8_t keyword;   /* enum token_kind of a Lua keyword, else 0 */
    uint8_t context;   /* enum word_context */
    uint8_t builtin;   /* enum word_builtin */
    /* While parsing: the innermost local, type and label of that name in scope; uses of what is not declared yet. */
    struct ast_local *local;
    struct ast_decl *decl;
    struct ast_type *pending;
    struct parser_label *label;
    struct parser_goto *gotos;
};

struct words {
    struct arena *arena;
    struct word **buckets;
    uint32_t mask, count;
    uint64_t seed; /* nobody can make a source whose names all collide */
};

/* With the keywords in it. */
void words_init(struct words *words, struct arena *arena);
void words_destroy(struct words *words);

struct word *words_intern(struct words *words, const char *text, size_t length);

/* "boolean", "number", …; NULL for BUILTIN_NONE. */
const char *word_builtin_name(enum word_builtin builtin);

#endif
