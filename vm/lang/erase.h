/* SPDX-License-Identifier: MIT */
/*
 * erase: typed Lua to plain Lua 5.3 that does the same, every token that stays on its line.
 *
 * Types used as values (ast->uses) become `NAME[index]` with a NAME that the source does not contain, and `T:is(x)` `NAME[index](NAME[0],x)`: a
 * call is cheaper than to look for a method first. Such a text is wrapped:
 *
 *   local NAME;return function(...)do local _=_ENV end <the chunk>
 *   end
 *
 * Loaded and called without arguments it returns the chunk as a function with two upvalues: _ENV, as in any chunk, and then the table of
 * its types, which its user sets before it runs. Any thread.
 */
#ifndef LANG_ERASE_H
#define LANG_ERASE_H

#include <stdbool.h>
#include <stddef.h>

struct ast;

enum { ERASE_TYPES_UPVALUE = 2 }; /* for lua_setupvalue */

struct erased {
    const char *text;
    size_t length;
    bool is_wrapped;
    char *owned; /* NULL: `text` is the source itself, for nothing in it is typed */
};

/* The ast has no diagnostics. */
void erase_types(const struct ast *ast, struct erased *erased);
void erased_destroy(struct erased *erased);

#endif
