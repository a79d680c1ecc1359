/* SPDX-License-Identifier: MIT */
/* shape_text: see shape_text.h. */
#include "vm/lang/shape_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sched/base/compiler.h"
#include "vm/lang/shape.h"

enum { DEPTH_MAX = 50 };

struct writer {
    const struct shapes *shapes;
    char *to;
    size_t size, length;
    int depth;
    bool is_full;
};

static void put_bytes(struct writer *w, const char *text, size_t length)
{
    static const char more[] = "...";
    if (w->is_full)
        return;
    if (length > w->size - sizeof more - w->length) {
        w->is_full = true;
        memcpy(w->to + w->length, more, sizeof more);
        w->length += sizeof more - 1;
        return;
    }
    memcpy(w->to + w->length, text, length);
    w->length += length;
}

static void put(struct writer *w, const char *text)
{
    put_bytes(w, text, strlen(text));
}

printf_like(2, 3) static void putf(struct writer *w, const char *fmt, ...)
{
    char text[64];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    put(w, text);
}

static void put_name(struct writer *w, uint32_t name)
{
    size_t length;
    const char *text = shape_text_of(w->shapes, name, &length);
    put_bytes(w, text, length);
}

static void put_quoted(struct writer *w, uint32_t name)
{
    size_t length;
    const char *text = shape_text_of(w->shapes, name, &length);
    put(w, "\"");
    for (size_t i = 0; i < length && !w->is_full; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            putf(w, "\\%c", c);
        else if (c == '\n')
            put(w, "\\n");
        else if (c < ' ' || c == 127)
            putf(w, "\\%03u", c);
        else
            put_bytes(w, text + i, 1);
    }
    put(w, "\"");
}

static void put_double(struct writer *w, double value)
{
    char text[40];
    snprintf(text, sizeof text, "%.14g", value);
    if (!strpbrk(text, ".ein"))
        strcat(text, ".0");
    put(w, text);
}

static void put_node(struct writer *w, uint32_t node);

/* In parentheses if what stands beside it would be read as part of it; `optional`: also if it ends in `?`. */
static void put_operand(struct writer *w, uint32_t node, bool optional)
{
    unsigned kind = shape_node(w->shapes, node)->kind;
    bool wrap = kind == SHAPE_FUNCTION || kind == SHAPE_UNION || kind == SHAPE_INTERSECTION ||
                (optional && kind == SHAPE_OPTIONAL);
    put(w, wrap ? "(" : "");
    put_node(w, node);
    put(w, wrap ? ")" : "");
}

static void put_list(struct writer *w, const uint32_t *nodes, uint32_t count, const char *separator, bool operands)
{
    for (uint32_t i = 0; i < count && !w->is_full; i++) {
        put(w, i ? separator : "");
        if (operands)
            put_operand(w, nodes[i], false);
        else
            put_node(w, nodes[i]);
    }
}

static void put_map_part(struct writer *w, const struct shape_node *map)
{
    const uint32_t *words = shape_words(w->shapes, map);
    put(w, "[");
    put_node(w, words[0]);
    put(w, "]: ");
    put_node(w, words[1]);
}

static void put_record(struct writer *w, const struct shape_node *n)
{
    uint32_t count;
    const uint32_t *field = shape_fields(w->shapes, n, &count);
    put(w, "{");
    for (uint32_t i = 0; i < count && !w->is_full; i++, field += SHAPE_FIELD_WORDS) {
        put(w, i ? ", " : "");
        put_name(w, field[0]);
        put(w, field[2] ? "?: " : ": ");
        put_node(w, field[1]);
    }
    if (n->scalar) {
        put(w, count ? ", " : "");
        put_map_part(w, shape_node(w->shapes, n->scalar));
    }
    put(w, "}");
}

static void put_function(struct writer *w, const struct shape_node *n)
{
    const uint32_t *words = shape_words(w->shapes, n);
    put(w, "fun(");
    for (uint32_t i = 0; i < n->scalar && !w->is_full; i++, words += SHAPE_FIELD_WORDS) {
        put(w, i ? ", " : "");
        put_name(w, words[0]);
        if (words[0])
            put(w, words[2] & SHAPE_PARAM_OPTIONAL ? "?: " : ": ");
        put(w, words[2] & SHAPE_PARAM_VARARG ? "..." : "");
        put_node(w, words[1]);
    }
    put(w, ")");
    uint32_t results = n->word_count - n->scalar * SHAPE_FIELD_WORDS;
    if (!(n->flags & SHAPE_HAS_RESULT))
        return;
    put(w, results == 1 ? " -> " : " -> (");
    put_list(w, words, results, ", ", false);
    put(w, results == 1 ? "" : ")");
}

static void put_annotations(struct writer *w, const struct shape_node *n)
{
    const uint32_t *words = shape_words(w->shapes, n), *end = words + n->word_count;
    put_operand(w, n->scalar, true);
    for (; words < end && !w->is_full; words += SHAPE_ANNOTATION_WORDS) {
        put(w, " @");
        put_name(w, words[0]);
        uint32_t argument = words[1] & SHAPE_ARGUMENT_MASK;
        put(w, argument ? "(" : "");
        if (argument == SHAPE_ARG_BOOLEAN)
            put(w, words[2] ? "true" : "false");
        else if (argument == SHAPE_ARG_INTEGER)
            putf(w, "%" PRId64, shape_int64(words + 2));
        else if (argument == SHAPE_ARG_FLOAT)
            put_double(w, shape_double(words + 2));
        else if (argument == SHAPE_ARG_STRING)
            put_quoted(w, words[2]);
        put(w, argument ? ")" : "");
    }
}

static void put_literal(struct writer *w, const struct shape_node *n)
{
    if (n->kind == SHAPE_TRUTH)
        put(w, n->scalar ? "true" : "false");
    else if (n->kind == SHAPE_INTEGER)
        putf(w, "%" PRId64, shape_int64(shape_words(w->shapes, n)));
    else if (n->kind == SHAPE_FLOAT)
        put_double(w, shape_double(shape_words(w->shapes, n)));
    else
        put_quoted(w, n->scalar);
}

static void put_compound(struct writer *w, const struct shape_node *n)
{
    const uint32_t *words = shape_words(w->shapes, n);
    put(w, n->flags & SHAPE_READONLY ? "readonly " : "");
    switch (n->kind) {
    case SHAPE_OPTIONAL:
        put_operand(w, n->scalar, false);
        put(w, "?");
        break;
    case SHAPE_UNION:
    case SHAPE_INTERSECTION:
        put_list(w, words, n->word_count, n->kind == SHAPE_UNION ? " | " : " & ", true);
        break;
    case SHAPE_TUPLE:
        put(w, "(");
        put_list(w, words, n->word_count, ", ", false);
        put(w, ")");
        break;
    case SHAPE_RECORD:
        put_record(w, n);
        break;
    case SHAPE_ARRAY:
        put(w, "{");
        put_node(w, n->scalar);
        put(w, "}");
        break;
    case SHAPE_MAP:
        put(w, "{");
        put_map_part(w, n);
        put(w, "}");
        break;
    case SHAPE_FUNCTION:
        put_function(w, n);
        break;
    case SHAPE_ANNOTATED:
        put_annotations(w, n);
        break;
    case SHAPE_HOST:
    case SHAPE_EXTERN:
        put_name(w, words[0]);
        put(w, ".");
        put_name(w, words[1]);
        break;
    default:
        put(w, "?");
    }
}

static void put_node(struct writer *w, uint32_t node)
{
    const struct shape_node *n = shape_node(w->shapes, node);
    uint32_t name = shape_name_of(w->shapes, node);
    if (w->is_full)
        return;
    if (name)
        put_name(w, name);
    else if (n->kind < BUILTINS)
        put(w, n->kind ? word_builtin_name(n->kind) : "?");
    else if (n->kind <= SHAPE_STRING)
        put_literal(w, n);
    else if (w->depth >= DEPTH_MAX)
        put(w, "...");
    else {
        w->depth++;
        put_compound(w, n);
        w->depth--;
    }
}

size_t shape_text(const struct shapes *shapes, uint32_t node, char *to, size_t size)
{
    struct writer w = {.shapes = shapes, .to = to, .size = size};
    put_node(&w, node);
    to[w.length] = '\0';
    return w.length;
}
