/* SPDX-License-Identifier: MIT */
/*
 * pattern: the matcher of Lua 5.3 patterns as a machine that can stop anywhere. pattern_run does a bounded amount of
 * work and says PATTERN_MORE when that is used up; calling it again goes on. Choice points lie on an explicit stack
 * instead of the C stack, one per pattern item at most, so that a match needs no memory but struct pattern and is moved
 * elsewhere by pattern_move.
 *
 * Knows no Lua. The subject and the pattern must stay in place while a match is under way.
 */
#ifndef STDLIB_PATTERN_H
#define STDLIB_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PATTERN_MAX_CAPTURES = 32,
    PATTERN_MAX_DEPTH = 199, /* as stock Lua: 200 nested matches, the outermost needs no frame */
    PATTERN_SETS = 4,
    PATTERN_STEPS = 500, /* work of one pattern_run, about 5 ns each */
};

enum pattern_result {
    PATTERN_NO,
    PATTERN_YES,  /* start, end and the captures are set */
    PATTERN_MORE, /* call again */
    PATTERN_BAD,  /* the pattern is wrong: pattern_error */
};

enum { PATTERN_OPEN = -1, PATTERN_POSITION = -2 };

struct pattern_capture {
    const char *start;
    ptrdiff_t length; /* PATTERN_OPEN: no ')' yet; PATTERN_POSITION: a "()" */
};

/* The characters that a set like [a-z%d] or a class like %a accepts, one bit each. */
struct pattern_bits {
    uint64_t word[4];
};

/*
 * A set of the pattern in decoded form; `at` is its '['. Made on first use, evicted by another set that falls on the
 * same entry.
 */
struct pattern_set {
    const char *at;
    const char *end;    /* behind its ']'; NULL: not found yet */
    const char *cursor; /* how far the decoding has come */
    bool is_ready;
    struct pattern_bits bits;
};

/* What can be undone or tried instead; see pattern.c. */
struct pattern_frame {
    const char *s, *p;
    size_t count;
    short kind;
    short want; /* the only character that can follow here, or -1 */
};

struct pattern {
    const char *subject, *subject_end;
    const char *pattern, *pattern_end;
    const char *start, *end; /* PATTERN_YES: the match. Before: start of the attempt under way */
    const char *s, *p;       /* where the machine stands */
    const char *loop;        /* inside %b: how far it has come, else NULL */
    const char *last;        /* a match that ends here does not count */
    size_t nesting;          /* inside %b: open brackets */
    int steps;               /* what is left of this run; below 0 after a run: overdraft to be paid for */
    int mode;                /* enum mode of pattern.c */
    short want;              /* the first character of any match, or -1 */
    bool is_anchored;        /* the pattern began with '^' */
    unsigned short level;    /* captures begun */
    unsigned short depth;    /* frames */
    const char *error;       /* PATTERN_BAD */
    int error_capture;       /* PATTERN_BAD: "invalid capture index %N" if above 0 */
    struct pattern_capture captures[PATTERN_MAX_CAPTURES];
    struct pattern_set sets[PATTERN_SETS];
    struct pattern_frame frames[PATTERN_MAX_DEPTH]; /* last: only the first `depth` are ever copied */
};

/* caret: a '^' at the front anchors (it is an ordinary character for gmatch). */
void pattern_init(struct pattern *m, const char *subject, size_t length, const char *pattern, size_t pattern_length,
                  bool caret);

/* Begins the search for the first match at or after `from` that does not end at `last` (NULL: no such condition). */
void pattern_seek(struct pattern *m, const char *from, const char *last);

enum pattern_result pattern_run(struct pattern *m);

/* Steps that the last run used, at least 1. */
unsigned pattern_work(const struct pattern *m);

/* Copies the machine; its text stays where it is. */
void pattern_move(struct pattern *to, const struct pattern *from);

/* Has the pattern no special character, so that a plain search does the same? Looks at [text, text + length). */
bool pattern_is_plain(const char *text, size_t length);

/* ---- characters of classes and sets (pattern_class.c); the C locale whatever the host's is ---- */

static inline bool pattern_bits_has(const struct pattern_bits *bits, unsigned char c)
{
    return bits->word[c >> 6] >> (c & 63) & 1;
}

/* The class named by a letter ('a' for %a), or NULL if the letter names none; *negate for the capital letters. */
const struct pattern_bits *pattern_class(unsigned char letter, bool *negate);

/* Begins to decode the set at `at`, which is a '[' inside the pattern. */
void pattern_set_begin(struct pattern_set *set, const char *at, const char *pattern_end);

/* Goes on with it, *steps less what it took. PATTERN_YES: ready; PATTERN_MORE: steps used up; PATTERN_BAD: no ']'. */
enum pattern_result pattern_set_decode(struct pattern_set *set, const char *pattern_end, int *steps);

#endif
