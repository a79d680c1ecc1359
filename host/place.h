/* SPDX-License-Identifier: MIT */
/* place: what a message about a Lua source is about: "app:hello:3:7: unexpected symbol". Any thread. */
#ifndef HOST_PLACE_H
#define HOST_PLACE_H

#include <stdbool.h>

struct entries;
struct entry;

struct place {
    const struct entry *entry;
    unsigned line, column; /* 0: not in the message. Only the parser's have columns. */
    const char *text;      /* what is left of the message */
};

/* False: the message does not begin with the id of an entry. */
bool place_read(const struct entries *entries, const char *message, struct place *place);

/*
 * "src/hello.lua:3:7: entry app:hello: unexpected symbol" if the text of that entry came from a file; else NULL. The caller frees it.
 */
char *place_rename(const struct entries *entries, const char *message);

#endif
