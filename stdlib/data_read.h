/* SPDX-License-Identifier: MIT */
/*
 * data_read: texts of a format (JSON, YAML, MessagePack) to Lua values: parsed into a tape, and the tape made into values. Short texts
 * are parsed at once, with a tape that the worker keeps; long ones are copied and parsed by the blocking pool, so that only
 * the making of tables takes the worker's time, and that in slices. Whatever is outside the Lua heap hangs on a userdata meanwhile.
 */
#ifndef STDLIB_DATA_READ_H
#define STDLIB_DATA_READ_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

struct data_tape;

struct data_error {
    char message[256]; /* "line 3, column 7: expected …" */
};

struct data_format {
    const char *name; /* "JSON" */
    size_t at_once;   /* texts up to that length are parsed where they are */
    /* Parses tape->text, which it may change. False: *error says why. Any thread; never touches Lua. */
    bool (*parse)(struct data_tape *tape, struct data_error *error);
};

/*
 * The body of a C function whose first argument is a string, the text: returns its value (two nils for nil), or nil and an error INTERNAL.
 * May suspend, so it is called by lua_callk or at the end of a function that does nothing after it.
 */
int data_read(lua_State *L, const struct data_format *format);

/* The same, but returns only true if the text is valid. */
int data_check(lua_State *L, const struct data_format *format);

#endif
