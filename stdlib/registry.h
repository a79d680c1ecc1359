/* SPDX-License-Identifier: MIT */
/*
 * registry: the module of registry*.c, and what it needs of the application host: the versions of the application's entries. Functions of
 * struct registry_source may be called on any thread, several at a time; those with a lua_State on the worker that runs it.
 */
#ifndef STDLIB_REGISTRY_H
#define STDLIB_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

#include "vm/lazy.h"

struct entry;    /* the host's */
struct regex;    /* stdlib/cxx/regex.h */
struct snapshot; /* the host's: all entries of one version, immutable and reference counted */
struct vm_error;

/* ---- criteria of find ---- */

enum registry_operator {
    REGISTRY_KIND, /* this and the next three: the text, a pattern with stars or not */
    REGISTRY_NAMESPACE,
    REGISTRY_NAME,
    REGISTRY_ID,
    REGISTRY_EQUAL, /* this and the rest: the value at `path` of meta */
    REGISTRY_REGEX,
    REGISTRY_CONTAINS,
    REGISTRY_PREFIX,
    REGISTRY_SUFFIX
};

struct registry_scalar {
    enum { REGISTRY_BOOLEAN, REGISTRY_INTEGER, REGISTRY_NUMBER, REGISTRY_TEXT } type;
    union {
        bool boolean;
        int64_t integer;
        double number;
        struct {
            const char *data; /* ends in NUL, may hold others */
            size_t length;
        } text;
    };
};

struct registry_criterion {
    enum registry_operator op;
    bool is_pattern;  /* stars in the text mean anything */
    const char *path; /* "type", "a.b" */
    struct registry_scalar *values;
    size_t count; /* 1, or for REGISTRY_EQUAL any: all must be there */
    struct regex *regex;
};

enum { REGISTRY_REGEX_STEPS = 2000000 }; /* bytes of the text times steps of the pattern: some 20 ms */

/* ---- pushing an entry in pieces ---- */

enum { REGISTRY_DEPTH_MAX = 140 }; /* nested lists and maps of an entry */

/* All zero: begin. */
struct registry_cursor {
    unsigned part;  /* of the entry */
    unsigned depth; /* open frames */
    struct {
        const void *value;
        size_t next;
    } frames[REGISTRY_DEPTH_MAX];
};

/* ---- differences ---- */

enum registry_change_kind { REGISTRY_CREATE, REGISTRY_UPDATE, REGISTRY_DELETE };

struct registry_change {
    enum registry_change_kind kind;
    uint32_t index; /* of the entry, from 0: in the old array for REGISTRY_DELETE, else in the new one */
};

struct registry_changes {
    struct registry_change *items; /* malloc'd */
    size_t count;
};

struct registry_source {
    void *ctx;
    /* A reference to the current version. And is one that the caller holds still that? Takes no lock. */
    struct snapshot *(*current)(void *ctx);
    bool (*is_current)(void *ctx, const struct snapshot *held);
    /* A reference to that version, NULL: there is none. */
    struct snapshot *(*at)(void *ctx, int64_t version);
    void (*unref)(struct snapshot *snapshot);
    int64_t (*version)(const struct snapshot *snapshot);
    /* The version behind (before, if `back`) that one, -1: none. -1 itself is before the first. */
    int64_t (*neighbour)(void *ctx, int64_t version, bool back);

    /* Entries live as long as their snapshot. By id; and number `index` in order of ids, NULL: that many there are not. */
    const struct entry *(*find)(const struct snapshot *snapshot, const char *id);
    const struct entry *(*entry)(const struct snapshot *snapshot, size_t index);
    const char *(*id)(const struct entry *entry);
    /* Few enough values to be pushed at once? */
    bool (*is_small)(const struct entry *entry);
    /* 1 or 0; -E2BIG: the text is too long for the regular expression (REGISTRY_REGEX_STEPS). */
    int (*matches)(const struct entry *entry, const struct registry_criterion *criterion);
    /*
     * Pushes {id, kind, meta, data}. True: it is on top of the stack. False: the slice is over its budget; reschedule, leave the stack as it is
     * and call again. Without a cursor: all at once.
     */
    bool (*push)(lua_State *L, const struct entry *entry, struct registry_cursor *cursor);

    /*
     * What leads from one array of entries to another (an encoding of two values in the plain-data form), in the order in which it can be
     * done. 0, or -1 and *error. May take long.
     */
    int (*compare)(const void *data, size_t length, struct registry_changes *out, struct vm_error *error);
};

extern const struct lazy_entry std_registry_entries[];

#endif
