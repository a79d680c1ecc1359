/* SPDX-License-Identifier: MIT */
/* text: see the header. Growth doubles; the room behind `length` always has one byte for the NUL. */
#include "host/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"

enum { FIRST_ROOM = 64 };

static void reserve(struct text *text, size_t more)
{
    size_t need = text->length + more + 1;
    if (need <= text->capacity)
        return;
    size_t capacity = text->capacity ? text->capacity : FIRST_ROOM;
    while (capacity < need)
        capacity *= 2;
    text->data = alloc_resize(text->data, capacity, 1);
    text->capacity = capacity;
}

void text_free(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}

void text_clear(struct text *text)
{
    text->length = 0;
    if (text->data)
        text->data[0] = '\0';
}

void text_add(struct text *text, const char *data, size_t length)
{
    reserve(text, length);
    if (length)
        memcpy(text->data + text->length, data, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_add_string(struct text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

void text_add_char(struct text *text, char c)
{
    text_add(text, &c, 1);
}

void text_vprintf(struct text *text, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, fmt, args);
    if (length > 0) {
        reserve(text, (size_t)length);
        vsnprintf(text->data + text->length, (size_t)length + 1, fmt, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void text_printf(struct text *text, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    text_vprintf(text, fmt, args);
    va_end(args);
}

const char *text_string(const struct text *text)
{
    return text->data ? text->data : "";
}

char *text_detach(struct text *text)
{
    char *data = text->data ? text->data : alloc_string("");
    *text = (struct text){0};
    return data;
}

char *text_format(const char *fmt, ...)
{
    struct text text = {0};
    va_list args;
    va_start(args, fmt);
    text_vprintf(&text, fmt, args);
    va_end(args);
    return text_detach(&text);
}

/* Length of the well-formed UTF-8 sequence at `s`, 0 if there is none (RFC 3629: no surrogates, no overlong forms). */
static size_t utf8_length(const unsigned char *s, size_t left)
{
    static const struct {
        unsigned char first_low, first_high, second_low, second_high;
        unsigned char length;
    } forms[] = {
        {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        size_t length = forms[i].length;
        if (s[0] < forms[i].first_low || s[0] > forms[i].first_high)
            continue;
        if (left < length || s[1] < forms[i].second_low || s[1] > forms[i].second_high)
            return 0;
        for (size_t j = 2; j < length; j++)
            if ((s[j] & 0xC0) != 0x80)
                return 0;
        return length;
    }
    return 0;
}

static void add_json_ascii(struct text *text, unsigned char c)
{
    static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (size_t i = 0; i + 1 < sizeof named; i += 2) {
        if ((unsigned char)named[i] != c)
            continue;
        char escape[2] = {'\\', named[i + 1]};
        text_add(text, escape, sizeof escape);
        return;
    }
    if (c < 0x20 || c == 0x7F)
        text_printf(text, "\\u%04x", c);
    else
        text_add_char(text, (char)c);
}

void text_add_json(struct text *text, const char *data, size_t length)
{
    const unsigned char *s = (const unsigned char *)data, *end = s + length;
    while (s < end) {
        size_t sequence = *s < 0x80 ? 1 : utf8_length(s, (size_t)(end - s));
        if (sequence == 1)
            add_json_ascii(text, *s);
        else if (sequence)
            text_add(text, (const char *)s, sequence);
        else
            text_add_string(text, "\xEF\xBF\xBD");
        s += sequence ? sequence : 1;
    }
}
