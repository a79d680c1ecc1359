/* SPDX-License-Identifier: MIT */
/*
 * yaml_write: the YAML sink: block style.
 *
 *     key: value          what is in a map begins on a line of its own, INDENT deeper
 *     list:
 *         - item
 *         - a: 1          what is in a list begins on the line of its dash
 *           b: 2
 *
 * A separator is written before a value (" "), a line end before an item or key, so a frame need only know its column and whether its first
 * entry stands on a line that is begun already.
 *
 * A string is written plain only if no reader could take it for anything else; all others are quoted.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "stdlib/cxx/number_text.h"
#include "stdlib/unicode.h"
#include "stdlib/yaml.h"
#include "stdlib/yaml_word.h"

enum { INDENT = 4, DASH = 2 };

/* ---- strings ---- */

static bool is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Words of YAML 1.1 that yaml_word takes for strings, and words of any case. */
static bool is_reserved(const char *text, size_t length)
{
    static const char *const words[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == length && strncasecmp(text, words[i], length) == 0)
            return true;
    return false;
}

/* Begins with a letter, so it is no number, date or marker; and nothing in it ends a plain word. */
static bool is_plain(const char *text, size_t length)
{
    if (length == 0 || !(is_letter((unsigned char)text[0]) || text[0] == '_' || text[0] == '/'))
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        bool is_last = i + 1 == length;
        if (c == ' ' || c == ':') {
            if (is_last || text[i + 1] == ' ')
                return false;
        } else if (!is_letter(c) && !(c >= '0' && c <= '9') && (!c || !strchr("_-./+@,()=%", c))) {
            return false;
        }
    }
    return !is_reserved(text, length);
}

static unsigned decode(const unsigned char *p, size_t length)
{
    unsigned code = length == 1 ? p[0] : p[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++)
        code = code << 6 | (p[i] & 0x3f);
    return code;
}

/* May the character stand in a quoted string as it is? Line ends of any kind may not, for they would be folded. */
static bool is_printable(unsigned code)
{
    if (code == '"' || code == '\\' || code == 0x2028 || code == 0x2029 || code == 0xfeff)
        return false;
    return (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) ||
           code >= 0x10000;
}

static void put_escape(lua_State *L, struct data_writer *w, unsigned code)
{
    char text[8];
    const char *name = code ? strchr("\nn\tt\rr\"\"\\\\", (int)code) : NULL;
    int length = name ? snprintf(text, sizeof text, "\\%c", name[1]) : snprintf(text, sizeof text, "\\u%04x", code);
    string_buf_add(L, &w->out, text, (size_t)length);
}

static void add_bytes(lua_State *L, struct data_writer *w, const char *data, size_t length)
{
    const unsigned char *p = (const unsigned char *)data, *end = p + length, *raw = p;
    while (p < end) {
        size_t step = unicode_sequence(p, (size_t)(end - p));
        unsigned code = step ? decode(p, step) : 0xfffd;
        if (step && is_printable(code)) {
            p += step;
            continue;
        }
        string_buf_add(L, &w->out, (const char *)raw, (size_t)(p - raw));
        put_escape(L, w, code);
        p += step ? step : 1;
        raw = p;
    }
    string_buf_add(L, &w->out, (const char *)raw, (size_t)(p - raw));
}

static void put_quote(lua_State *L, struct data_writer *w)
{
    string_buf_add_char(L, &w->out, '"');
}

static void put_quoted(lua_State *L, struct data_writer *w, const char *data, size_t length)
{
    put_quote(L, w);
    add_bytes(L, w, data, length);
    put_quote(L, w);
}

static void put_word(lua_State *L, struct data_writer *w, const char *data, size_t length)
{
    if (is_plain(data, length))
        string_buf_add(L, &w->out, data, length);
    else
        put_quoted(L, w, data, length);
}

/* ---- values ---- */

/* Before a value that lies in a list or map. */
static void put_separator(lua_State *L, struct data_writer *w, int depth)
{
    if (depth > 0)
        string_buf_add_char(L, &w->out, ' ');
}

static void put_scalar(lua_State *L, struct data_writer *w, const char *text, size_t length)
{
    put_separator(L, w, w->depth);
    string_buf_add(L, &w->out, text, length);
}

static void put_nil(lua_State *L, struct data_writer *w)
{
    put_scalar(L, w, "null", 4);
}

static void put_boolean(lua_State *L, struct data_writer *w, bool value)
{
    put_scalar(L, w, value ? "true" : "false", value ? 4 : 5);
}

static void put_integer(lua_State *L, struct data_writer *w, lua_Integer value)
{
    char text[NUMBER_TEXT_MAX];
    put_scalar(L, w, text, number_text_integer(text, value));
}

/* A float stays one: 10.0. */
static void put_number(lua_State *L, struct data_writer *w, lua_Number value)
{
    char text[NUMBER_TEXT_MAX + 2];
    size_t length;
    if (!isfinite(value)) {
        const char *word = isnan(value) ? ".nan" : value < 0 ? "-.inf" : ".inf";
        put_scalar(L, w, word, strlen(word));
        return;
    }
    length = number_text_float(text, value);
    if (!memchr(text, '.', length) && !memchr(text, 'e', length)) {
        memcpy(text + length, ".0", 2);
        length += 2;
    }
    put_scalar(L, w, text, length);
}

static void put_string(lua_State *L, struct data_writer *w, const char *data, size_t length)
{
    put_separator(L, w, w->depth);
    put_word(L, w, data, length);
}

/* Always quoted: nobody reads so long a line. */
static void begin_long(lua_State *L, struct data_writer *w, size_t length, bool is_text)
{
    (void)length;
    (void)is_text;
    put_separator(L, w, w->depth);
    put_quote(L, w);
}

/* ---- lists and maps ---- */

static void open_nested(lua_State *L, struct data_writer *w, bool is_map, size_t count)
{
    struct data_frame *frame = data_writer_top(w), *parent = w->depth > 1 ? frame - 1 : NULL;
    bool in_map = parent && parent->phase == DATA_PAIRS;
    if (count == 0) {
        put_separator(L, w, w->depth - 1);
        string_buf_add(L, &w->out, is_map ? "{}" : "[]", 2);
        return;
    }
    frame->is_inline = !in_map;
    frame->column = (short)(!parent ? 0 : parent->column + (in_map ? INDENT : DASH));
    if (parent && !in_map)
        put_separator(L, w, w->depth - 1);
}

static void close_nested(lua_State *L, struct data_writer *w, bool is_map, size_t count)
{
    (void)L;
    (void)w;
    (void)is_map;
    (void)count;
}

static void begin_entry(lua_State *L, struct data_writer *w, size_t index)
{
    const struct data_frame *frame = data_writer_top(w);
    if (index == 0 && frame->is_inline)
        return;
    size_t column = (size_t)frame->column;
    char *at = string_buf_reserve(L, &w->out, column + 1);
    at[0] = '\n';
    memset(at + 1, ' ', column);
    w->out.length += column + 1;
}

static void before_item(lua_State *L, struct data_writer *w, size_t index)
{
    begin_entry(L, w, index);
    string_buf_add_char(L, &w->out, '-');
}

static void before_pair(lua_State *L, struct data_writer *w, size_t index, const char *data, size_t length)
{
    begin_entry(L, w, index);
    put_word(L, w, data, length);
    string_buf_add_char(L, &w->out, ':');
}

static void end(lua_State *L, struct data_writer *w)
{
    string_buf_add_char(L, &w->out, '\n');
}

const struct data_sink yaml_sink = {
    .name = "YAML",
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
    .end = end,
};
