/* SPDX-License-Identifier: MIT */
/*
 * json_write: the JSON sink. Strings are UTF-8; what could end a script element or a line of JavaScript is escaped, and a byte that is not UTF-8
 * becomes \ufffd, as Go's encoder does.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sched/base/compiler.h"
#include "stdlib/cxx/number_text.h"
#include "stdlib/data_write.h"
#include "stdlib/json.h"
#include "stdlib/unicode.h"

/* What a byte of a string is. */
enum { PLAIN, ESCAPE, SEQUENCE };

static const unsigned char byte_kind[256] = {
    [0 ... 0x1f] = ESCAPE,      ['"'] = ESCAPE, ['\\'] = ESCAPE, ['<'] = ESCAPE, ['>'] = ESCAPE, ['&'] = ESCAPE,
    [0x80 ... 0xff] = SEQUENCE,
};

static void put_nil(lua_State *L, struct data_writer *w)
{
    string_buf_add(L, &w->out, "null", 4);
}

static void put_boolean(lua_State *L, struct data_writer *w, bool value)
{
    string_buf_add(L, &w->out, value ? "true" : "false", value ? 4 : 5);
}

static void put_integer(lua_State *L, struct data_writer *w, lua_Integer value)
{
    char *at = string_buf_reserve(L, &w->out, NUMBER_TEXT_MAX);
    w->out.length += number_text_integer(at, value);
}

static void put_number(lua_State *L, struct data_writer *w, lua_Number value)
{
    if (!isfinite(value)) {
        put_nil(L, w);
        return;
    }
    char *at = string_buf_reserve(L, &w->out, NUMBER_TEXT_MAX);
    w->out.length += number_text_float(at, value);
}

/* The escape of the byte at *p, or of the sequence that must be one; moves *p behind it. NULL: a sequence that is fine as it is. */
static const char *escape(const unsigned char **p, const unsigned char *end, char buffer[8])
{
    static const char names[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    unsigned char c = **p;
    if (c >= 0x80) {
        size_t length = unicode_sequence(*p, (size_t)(end - *p));
        bool is_separator = length == 3 && c == 0xe2 && (*p)[1] == 0x80 && ((*p)[2] & 0xfe) == 0xa8;
        const char *text = length == 0 ? "\\ufffd" : !is_separator ? NULL : (*p)[2] == 0xa8 ? "\\u2028" : "\\u2029";
        *p += length ? length : 1;
        return text;
    }
    ++*p;
    if (c < sizeof names && names[c])
        snprintf(buffer, 8, "\\%c", names[c]);
    else
        snprintf(buffer, 8, c == '"' || c == '\\' ? "\\%c" : "\\u%04x", c);
    return buffer;
}

static void add_bytes(lua_State *L, struct data_writer *w, const char *data, size_t length)
{
    const unsigned char *p = (const unsigned char *)data, *end = p + length, *plain = p;
    while (p < end) {
        if (likely(byte_kind[*p] == PLAIN)) {
            p++;
            continue;
        }
        char buffer[8];
        const unsigned char *before = p;
        const char *text = escape(&p, end, buffer);
        if (!text)
            continue;
        string_buf_add(L, &w->out, (const char *)plain, (size_t)(before - plain));
        string_buf_add(L, &w->out, text, strlen(text));
        plain = p;
    }
    string_buf_add(L, &w->out, (const char *)plain, (size_t)(p - plain));
}

static void put_quote(lua_State *L, struct data_writer *w)
{
    string_buf_add_char(L, &w->out, '"');
}

static void put_string(lua_State *L, struct data_writer *w, const char *data, size_t length)
{
    put_quote(L, w);
    add_bytes(L, w, data, length);
    put_quote(L, w);
}

static void begin_long(lua_State *L, struct data_writer *w, size_t length, bool is_text)
{
    (void)length;
    (void)is_text;
    put_quote(L, w);
}

static void open_nested(lua_State *L, struct data_writer *w, bool is_map, size_t count)
{
    (void)count;
    string_buf_add_char(L, &w->out, is_map ? '{' : '[');
}

static void close_nested(lua_State *L, struct data_writer *w, bool is_map, size_t count)
{
    (void)count;
    string_buf_add_char(L, &w->out, is_map ? '}' : ']');
}

static void before_item(lua_State *L, struct data_writer *w, size_t index)
{
    if (index > 0)
        string_buf_add_char(L, &w->out, ',');
}

static void before_pair(lua_State *L, struct data_writer *w, size_t index, const char *data, size_t length)
{
    before_item(L, w, index);
    put_string(L, w, data, length);
    string_buf_add_char(L, &w->out, ':');
}

const struct data_sink json_sink = {
    .name = "JSON",
    .put_nil = put_nil,
    .put_boolean = put_boolean,
    .put_integer = put_integer,
    .put_number = put_number,
    .put_string = put_string,
    .begin_long = begin_long,
    .add_long = add_bytes,
    .end_long = put_quote,
    .open = open_nested,
    .close = close_nested,
    .item = before_item,
    .key = before_pair,
};
