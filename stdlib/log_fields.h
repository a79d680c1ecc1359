/* SPDX-License-Identifier: MIT */
/*
 * log_fields: the fields of a log record as the inside of a JSON object, made from Lua values. Text grows in the Lua heap, so an error
 * raised in between loses nothing.
 *
 *     struct log_text text;
 *     log_text_open(L, &text);              pushes one stack slot
 *     log_fields_process(L, &text);         "pid":"…","location":"…"
 *     log_fields_add(L, &text, "n", 1, 3);  ,"n":…
 *     … text.data, text.length …
 *     log_text_close(L, &text);             pops the slot
 */
#ifndef STDLIB_LOG_FIELDS_H
#define STDLIB_LOG_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

enum { LOG_TEXT_MAX = 32 * 1024, LOG_DEPTH_MAX = 8 };

struct log_text {
    lua_State *L;
    int slot; /* stack index of the userdata that holds data, nil while it is local */
    char *data;
    size_t length, capacity;
    unsigned nodes; /* values looked at */
    bool full;      /* LOG_TEXT_MAX or the limit of values was hit: what was being written is not whole */
    char local[512];
};

void log_text_open(lua_State *L, struct log_text *text);
void log_text_close(lua_State *L, struct log_text *text);

void log_text_add(struct log_text *text, const char *data, size_t length);

/* A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void log_text_add_string(struct log_text *text, const char *data, size_t length);

/*
 * The value at `index` as JSON. Tables as data (a sequence as an array, others as an object with keys as text), at most LOG_DEPTH_MAX deep, cycles cut;
 * error and other runtime objects as their text. Runs no code of the program.
 */
void log_fields_value(lua_State *L, struct log_text *text, int index);

/* A field, with a comma before it if it is not the first. What would make the record too long is replaced by a remark. */
void log_fields_add(lua_State *L, struct log_text *text, const char *name, size_t length, int index);

/* A field made by log_fields_add in another text; left out if it does not fit. */
void log_text_add_field(struct log_text *text, const char *field, size_t length);

/* The fields that every record has: PID of the running process, entry and line that called the running C function. */
void log_fields_process(lua_State *L, struct log_text *text);

#endif
