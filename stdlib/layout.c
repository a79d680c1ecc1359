/* SPDX-License-Identifier: MIT */
/* layout: see layout.h. Here is what a layout is made of; layout_format.c and layout_parse.c go through it. */
#include "stdlib/layout.h"

#include <string.h>

struct word {
    const char *text;
    enum layout_token token;
};

/* In the order of their first characters; of words with the same beginning the longer one first. */
static const struct word words[] = {
    {"-070000", LAYOUT_OFFSET},
    {"-07:00:00", LAYOUT_OFFSET},
    {"-0700", LAYOUT_OFFSET},
    {"-07:00", LAYOUT_OFFSET},
    {"-07", LAYOUT_OFFSET},
    {"002", LAYOUT_YEAR_DAY_3},
    {"01", LAYOUT_MONTH_2},
    {"02", LAYOUT_DAY_2},
    {"03", LAYOUT_HOUR_12_2},
    {"04", LAYOUT_MINUTE_2},
    {"05", LAYOUT_SECOND_2},
    {"06", LAYOUT_YEAR_SHORT},
    {"15", LAYOUT_HOUR_2},
    {"1", LAYOUT_MONTH},
    {"2006", LAYOUT_YEAR},
    {"2", LAYOUT_DAY},
    {"3", LAYOUT_HOUR_12},
    {"4", LAYOUT_MINUTE},
    {"5", LAYOUT_SECOND},
    {"January", LAYOUT_MONTH_NAME},
    {"Jan", LAYOUT_MONTH_SHORT},
    {"Monday", LAYOUT_WEEKDAY_NAME},
    {"Mon", LAYOUT_WEEKDAY_SHORT},
    {"MST", LAYOUT_ZONE},
    {"PM", LAYOUT_PM},
    {"Z070000", LAYOUT_OFFSET},
    {"Z07:00:00", LAYOUT_OFFSET},
    {"Z0700", LAYOUT_OFFSET},
    {"Z07:00", LAYOUT_OFFSET},
    {"Z07", LAYOUT_OFFSET},
    {"__2", LAYOUT_YEAR_DAY_SPACE},
    {"_2006", LAYOUT_LITERAL}, /* an underscore, and the year after it */
    {"_2", LAYOUT_DAY_SPACE},
    {"pm", LAYOUT_PM_SMALL},
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
    for (size_t i = 0; i < sizeof words / sizeof words[0] && words[i].text[0] <= *at; i++) {
        size_t length = strlen(words[i].text);
        if (words[i].text[0] == *at && (size_t)(end - at) >= length && memcmp(at, words[i].text, length) == 0 &&
            is_whole(&words[i], at + length, end))
            return words[i].token == LAYOUT_LITERAL ? NULL : &words[i];
    }
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
    *length = word ? strlen(word->text) : fraction_length(at, end);
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
