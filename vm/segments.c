/* SPDX-License-Identifier: MIT */
/*
 * segments: see segments.h. Of several `**` only the last one met needs to be tried again with one more segment: what the earlier ones took
 * can only be less. So matching never goes back further than that.
 */
#include "vm/segments.h"

#include <string.h>

/* A segment, and whether there is one: the text "" has one, which is empty. */
struct segment {
    const char *start, *end, *limit; /* limit: end of the whole */
    bool is_there;
};

static struct segment segment_at(const char *start, const char *limit)
{
    const char *dot = memchr(start, '.', (size_t)(limit - start));
    return (struct segment){.start = start, .end = dot ? dot : limit, .limit = limit, .is_there = true};
}

static struct segment next_of(struct segment segment)
{
    if (segment.end == segment.limit)
        return (struct segment){0};
    return segment_at(segment.end + 1, segment.limit);
}

static bool is_stars(struct segment segment, size_t stars)
{
    return (size_t)(segment.end - segment.start) == stars && memcmp(segment.start, "**", stars) == 0;
}

/* The bar or bracket that ends the alternative. */
static const char *alternative_end(const char *at)
{
    return at + strcspn(at, "|)");
}

/* Literal text up to a bracket, then any alternative with which the rest matches. As deep as the pattern has brackets. */
static bool match_literal(const char *pattern, const char *pattern_end, const char *text, const char *text_end)
{
    for (; pattern < pattern_end && *pattern != '('; pattern++, text++)
        if (text == text_end || *pattern != *text)
            return false;
    if (pattern == pattern_end)
        return text == text_end;
    const char *close = memchr(pattern, ')', (size_t)(pattern_end - pattern));
    for (const char *at = pattern + 1, *end; at <= close; at = end + 1) {
        end = alternative_end(at);
        size_t length = (size_t)(end - at);
        if (length <= (size_t)(text_end - text) && memcmp(at, text, length) == 0 &&
            match_literal(close + 1, pattern_end, text + length, text_end))
            return true;
    }
    return false;
}

static bool match_segment(struct segment pattern, struct segment text)
{
    return is_stars(pattern, 1) || match_literal(pattern.start, pattern.end, text.start, text.end);
}

bool segments_match(const char *pattern, const char *text, size_t length)
{
    struct segment want = segment_at(pattern, pattern + strlen(pattern)), have = segment_at(text, text + length);
    struct segment after_stars = {0}, tried = {0};
    bool has_stars = false;
    while (have.is_there) {
        if (want.is_there && is_stars(want, 2)) {
            has_stars = true;
            tried = have;
            want = after_stars = next_of(want);
        } else if (want.is_there && match_segment(want, have)) {
            want = next_of(want);
            have = next_of(have);
        } else if (has_stars) {
            have = tried = next_of(tried);
            want = after_stars;
        } else {
            return false;
        }
    }
    while (want.is_there && is_stars(want, 2))
        want = next_of(want);
    return !want.is_there;
}

static bool is_valid_segment(struct segment segment)
{
    bool inside = false;
    if (segment.start == segment.end)
        return false;
    if (is_stars(segment, 1) || is_stars(segment, 2))
        return true;
    for (const char *c = segment.start; c < segment.end; c++) {
        if (*c == '*' || (*c == '(' && inside) || ((*c == ')' || *c == '|') && !inside))
            return false;
        inside = *c == '(' || (inside && *c != ')');
    }
    return !inside;
}

bool segments_is_pattern(const char *pattern)
{
    for (struct segment segment = segment_at(pattern, pattern + strlen(pattern)); segment.is_there;
         segment = next_of(segment))
        if (!is_valid_segment(segment))
            return false;
    return true;
}
