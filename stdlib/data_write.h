/* SPDX-License-Identifier: MIT */
/*
 * data_write: Lua values to text of a format, in slices. A writer walks over the value and tells a sink what it meets; the sink appends to the
 * writer's buffer.
 *
 *   nil, boolean, number, string    themselves
 *   table                           keys 1..n: a list; string keys: a map in the order of its keys; empty: an empty list, or an empty map
 *                                   if it was decoded from one. Metatables do not matter; read-only tables are seen through
 *   error object                    its message;  Time: RFC 3339;  other runtime objects: what tostring says
 *
 * Errors INTERNAL (INVALID for a type of typed Lua), each with the place ("$.items[3].name"): other keys, keys of both kinds, holes, nesting over DATA_MAX_DEPTH, a table inside
 * itself, functions and coroutines.
 */
#ifndef STDLIB_DATA_WRITE_H
#define STDLIB_DATA_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

#include "stdlib/data_keys.h"
#include "stdlib/data_tape.h"
#include "stdlib/string_buf.h"

struct data_writer;

/* All may raise when memory is out. `index` counts from 0. */
struct data_sink {
    const char *name; /* "JSON" */
    void (*put_nil)(lua_State *L, struct data_writer *w);
    void (*put_boolean)(lua_State *L, struct data_writer *w, bool value);
    void (*put_integer)(lua_State *L, struct data_writer *w, lua_Integer value);
    void (*put_number)(lua_State *L, struct data_writer *w, lua_Number value);
    void (*put_string)(lua_State *L, struct data_writer *w, const char *data, size_t length);
    /*
     * The same for a string of over DATA_LONG_STRING bytes, which is written in pieces that do not end inside a UTF-8 sequence. is_text: it is
     * UTF-8; looked at only if asks_text, else true.
     */
    bool asks_text;
    void (*begin_long)(lua_State *L, struct data_writer *w, size_t length, bool is_text);
    void (*add_long)(lua_State *L, struct data_writer *w, const char *data, size_t length);
    void (*end_long)(lua_State *L, struct data_writer *w);
    /* A list or map of `count` values or pairs begins and ends; its frame is the top one. */
    void (*open)(lua_State *L, struct data_writer *w, bool is_map, size_t count);
    void (*close)(lua_State *L, struct data_writer *w, bool is_map, size_t count);
    /* Before each value of a list; before each value of a map. */
    void (*item)(lua_State *L, struct data_writer *w, size_t index);
    void (*key)(lua_State *L, struct data_writer *w, size_t index, const char *data, size_t length);
    void (*end)(lua_State *L, struct data_writer *w); /* after the outermost value; may be NULL */
};

enum { DATA_LONG_STRING = 64 * 1024 };

enum data_phase {
    DATA_NEXT,    /* a list, by lua_next, as long as that gives 1, 2, 3 … */
    DATA_CHECK,   /* it gave something else: are the other keys integers? */
    DATA_GET,     /* the rest of the list, by index */
    DATA_COLLECT, /* a map: its keys */
    DATA_SORT,
    DATA_PAIRS /* a map: its pairs in order */
};

/* An open table; on the Lua stack [table, key of lua_next or nil]. */
struct data_frame {
    const void *identity;
    size_t index, count; /* values or pairs written; all */
    size_t keys;         /* DATA_COLLECT and on: where its keys begin in writer.keys */
    uint8_t phase;       /* enum data_phase */
    bool is_inline;      /* for YAML: its first value stands on the line where the list item began */
    short column;        /* for YAML */
};

/* On the C stack at first, moved to a userdata when the slice is over. */
struct data_writer {
    const struct data_sink *sink;
    struct string_buf out;
    struct data_keys keys;
    size_t debt;
    int depth;
    bool is_begun;
    bool is_text;      /* of the long string, as far as it was looked at */
    size_t text_left;  /* of the long string on top of the stack: bytes still to be written; 0: there is none */
    size_t look_left;  /* bytes still to be looked at before */
    const char *kind;  /* of the error, if it fails */
    char problem[160]; /* why it failed, without the place */
    struct data_frame frames[DATA_MAX_DEPTH];
};

static inline struct data_frame *data_writer_top(struct data_writer *w)
{
    return &w->frames[w->depth - 1];
}

/* The body of a C function whose first argument is the value: returns the text, or nil and an error. May suspend, as data_read. */
int data_write(lua_State *L, const struct data_sink *sink);

#endif
