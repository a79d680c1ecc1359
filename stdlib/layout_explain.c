/* SPDX-License-Identifier: MIT */
/* layout_explain: why a text could not be read: see layout.h. */
#include <stdio.h>
#include <string.h>

#include "stdlib/layout.h"
#include "stdlib/unicode.h"

enum { QUOTED_MAX = 64 }; /* bytes of a text that are shown */

struct out {
    char *at, *end; /* the last byte is kept for a NUL */
};

static void add(struct out *out, const char *text, size_t length)
{
    size_t room = (size_t)(out->end - out->at);
    if (length > room)
        return; /* a part of an escape or of a character would mislead */
    memcpy(out->at, text, length);
    out->at += length;
}

static void add_text(struct out *out, const char *text)
{
    add(out, text, strlen(text));
}

static void add_quoted(struct out *out, const char *text, size_t length)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + length;
    const unsigned char *last = length > QUOTED_MAX ? p + QUOTED_MAX : end;
    add_text(out, "\"");
    while (p < last) {
        size_t step = unicode_sequence(p, (size_t)(end - p));
        char escape[8];
        if (step && *p >= 0x20 && *p != 0x7f && *p != '"' && *p != '\\')
            add(out, (const char *)p, step);
        else if (*p == '"' || *p == '\\')
            add(out, (char[]){'\\', (char)*p}, 2);
        else
            add(out, escape, (size_t)snprintf(escape, sizeof escape, "\\x%02x", *p));
        p += step ? step : 1;
    }
    add_text(out, p < end ? "\"…" : "\"");
}

void layout_explain(char *out, size_t size, const char *layout, size_t length, const char *text, size_t text_length,
                    const struct layout_problem *problem)
{
    struct out sentence = {out, out + size - 1};
    const char *rest = text + problem->at;
    size_t rest_length = text_length - problem->at;
    char place[40];
    add_text(&sentence, "cannot parse ");
    add_quoted(&sentence, text, text_length);
    add_text(&sentence, " as ");
    add_quoted(&sentence, layout, length);
    snprintf(place, sizeof place, " at byte %zu, ", problem->at + 1);
    if (problem->what) {
        add_text(&sentence, ": ");
        add_text(&sentence, problem->what);
        add_text(&sentence, place);
        add_quoted(&sentence, rest, rest_length);
    } else if (problem->piece.token == LAYOUT_END) {
        add_text(&sentence, ": extra text");
        add_text(&sentence, place);
        add_quoted(&sentence, rest, rest_length);
    } else {
        add_text(&sentence, rest_length ? ": the text" : ": it ends where ");
        if (rest_length) {
            add_text(&sentence, place);
            add_quoted(&sentence, rest, rest_length);
            add_text(&sentence, " does not fit ");
        }
        add_quoted(&sentence, problem->piece.text, problem->piece.length);
        if (!rest_length)
            add_text(&sentence, " is expected");
    }
    *sentence.at = '\0';
}
