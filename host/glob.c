/* SPDX-License-Identifier: MIT */
/*
 * glob: the same way of going back on two levels. Where a pattern fails behind a star, the star takes one more, and only the last star
 * is asked: an earlier one could do nothing that the last one cannot. So the work is bounded by the product of the lengths.
 */
#include "host/glob.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"

struct span {
    const char *start;
    size_t length;
};

static bool match_segment(struct span pattern, struct span text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, taken = 0;
    while (t < text.length) {
        if (p < pattern.length && pattern.start[p] == '*') {
            star = p++;
            taken = t;
        } else if (p < pattern.length && (pattern.start[p] == '?' || pattern.start[p] == text.start[t])) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++taken;
        } else {
            return false;
        }
    }
    while (p < pattern.length && pattern.start[p] == '*')
        p++;
    return p == pattern.length;
}

/* The segment that begins at `at`. */
static struct span segment_at(const char *at, char separator)
{
    const char *end = strchr(at, separator);
    return (struct span){at, end ? (size_t)(end - at) : strlen(at)};
}

/* The next segment, NULL behind the last. */
static const char *behind(struct span segment)
{
    const char *end = segment.start + segment.length;
    return *end ? end + 1 : NULL;
}

static bool is_any_depth(struct span segment)
{
    return segment.length == 2 && !strncmp(segment.start, "**", 2);
}

bool glob_match(const char *pattern, const char *text, char separator)
{
    const char *star = NULL, *taken = NULL;
    while (text) {
        struct span word = segment_at(text, separator);
        struct span wanted = pattern ? segment_at(pattern, separator) : (struct span){NULL, 0};
        if (pattern && is_any_depth(wanted)) {
            star = pattern = behind(wanted);
            taken = text;
            if (!star)
                return true;
        } else if (pattern && match_segment(wanted, word)) {
            pattern = behind(wanted);
            text = behind(word);
        } else if (star) {
            pattern = star;
            text = taken = behind(segment_at(taken, separator));
        } else {
            return false;
        }
    }
    while (pattern && is_any_depth(segment_at(pattern, separator)))
        pattern = behind(segment_at(pattern, separator));
    return !pattern;
}

bool glob_match_id(const char *pattern, const char *id)
{
    const char *pattern_name = strchr(pattern, ':'), *name = strchr(id, ':');
    if (!pattern_name || !name)
        return false;
    char *pattern_namespace = alloc_copy(pattern, (size_t)(pattern_name - pattern));
    char *namespace = alloc_copy(id, (size_t)(name - id));
    bool matches = glob_match(pattern_namespace, namespace, '.') && glob_match(pattern_name + 1, name + 1, '.');
    free(namespace);
    free(pattern_namespace);
    return matches;
}
