/* SPDX-License-Identifier: MIT */
/* layout: see layout.h. Here is what a layout is made of; layout_format.c and layout_parse.c go through it. */
#include "stdlib/layout.h"

#include <string.h>

struct word {
    const char *text;
    size_t length;
    enum layout_token token;
};

#define WORD(text, token)             \
    {                                 \
        text, sizeof(text) - 1, token \
    }

/* In the order of their first characters; of words with the same beginning the longer one first. The last one ends the list. */
static const struct word words[] = {
    WORD("-070000", LAYOUT_OFFSET),
    WORD("-07:00:00", LAYOUT_OFFSET),
    WORD("-0700", LAYOUT_OFFSET),
    WORD("-07:00", LAYOUT_OFFSET),
    WORD("-07", LAYOUT_OFFSET),
    WORD("002", LAYOUT_YEAR_DAY_3),
    WORD("01", LAYOUT_MONTH_2),
    WORD("02", LAYOUT_DAY_2),
    WORD("03", LAYOUT_HOUR_12_2),
    WORD("04", LAYOUT_MINUTE_2),
    WORD("05", LAYOUT_SECOND_2),
    WORD("06", LAYOUT_YEAR_SHORT),
    WORD("15", LAYOUT_HOUR_2),
    WORD("1", LAYOUT_MONTH),
    WORD("2006", LAYOUT_YEAR),
    WORD("2", LAYOUT_DAY),
    WORD("3", LAYOUT_HOUR_12),
    WORD("4", LAYOUT_MINUTE),
    WORD("5", LAYOUT_SECOND),
    WORD("January", LAYOUT_MONTH_NAME),
    WORD("Jan", LAYOUT_MONTH_SHORT),
    WORD("Monday", LAYOUT_WEEKDAY_NAME),
    WORD("Mon", LAYOUT_WEEKDAY_SHORT),
    WORD("MST", LAYOUT_ZONE),
    WORD("PM", LAYOUT_PM),
    WORD("Z070000", LAYOUT_OFFSET),
    WORD("Z07:00:00", LAYOUT_OFFSET),
    WORD("Z0700", LAYOUT_OFFSET),
    WORD("Z07:00", LAYOUT_OFFSET),
    WORD("Z07", LAYOUT_OFFSET),
    WORD("__2", LAYOUT_YEAR_DAY_SPACE),
    WORD("_2006", LAYOUT_LITERAL), /* an underscore, and the year after it */
    WORD("_2", LAYOUT_DAY_SPACE),
    WORD("pm", LAYOUT_PM_SMALL),
    WORD("", LAYOUT_END),
};

/* Where the words with that first character begin, counted from 1; 0: there are none. */
static const unsigned char first_words[256] = {
    ['-'] = 1,  ['0'] = 6,  ['1'] = 13, ['2'] = 15, ['3'] = 17, ['4'] = 18, ['5'] = 19,
    ['J'] = 20, ['M'] = 22, ['P'] = 25, ['Z'] = 26, ['_'] = 31, ['p'] = 34,
};

/* Short names are none at the beginning of longer words: "Janet", "Month". */
static bool is_whole(const struct word *word, const char *after, const char *end)
{
    if (word->token != LAYOUT_MONTH_SHORT && word->token != LAYOUT_WEEKDAY_SHORT)
        return true;
    return after == end || *after < 'a' || *after > 'z';
}

static const struct word *find_word(const char *at, const char *end)
{
    unsigned first = first_words[(unsigned char)*at];
    if (!first)
        return NULL;
    for (const struct word *word = &words[first - 1]; word->text[0] == *at; word++)
        if ((size_t)(end - at) >= word->length && memcmp(at, word->text, word->length) == 0 &&
            is_whole(word, at + word->length, end))
            return word->token == LAYOUT_LITERAL ? NULL : word;
    return NULL;
}

/* A point or comma, and zeros or nines after which no other digit comes. Returns the length, 0: it is no fraction. */
static size_t fraction_length(const char *at, const char *end)
{
    const char *p = at + 1;
    if ((*at != '.' && *at != ',') || p == end || (*p != '0' && *p != '9'))
        return 0;
    while (p < end && *p == at[1])
        p++;
    return p < end && *p >= '0' && *p <= '9' ? 0 : (size_t)(p - at);
}

/* The token at `at`, LAYOUT_LITERAL: none. */
static enum layout_token token_at(const char *at, const char *end, size_t *length)
{
    const struct word *word = find_word(at, end);
    *length = word ? word->length : fraction_length(at, end);
    if (word)
        return word->token;
    if (*length)
        return at[1] == '0' ? LAYOUT_FRACTION : LAYOUT_FRACTION_TRIMMED;
    return LAYOUT_LITERAL;
}

void layout_next(struct layout_walker *walker, struct layout_piece *piece)
{
    const char *start = walker->at;
    size_t length = 0;
    enum layout_token token = LAYOUT_END;
    while (walker->at < walker->end) {
        token = token_at(walker->at, walker->end, &length);
        if (token != LAYOUT_LITERAL)
            break;
        walker->at++;
    }
    if (walker->at > start) {
        *piece = (struct layout_piece){LAYOUT_LITERAL, start, (size_t)(walker->at - start)};
        return;
    }
    *piece = (struct layout_piece){token, start, length};
    walker->at += length;
}
