/* SPDX-License-Identifier: MIT */
/*
 * The machine stands at (s, p): match the pattern from p on against the subject from s on. It goes forward item by item
 * (run_items); every item that can be matched in more than one way, and every capture, which must be undone, leaves a
 * frame. When an item does not fit, backtrack takes the latest frame that offers something else. With no frame left the
 * attempt has failed and the next start position is tried (next_attempt).
 *
 * I1  A frame belongs to an item left of p, and items do not repeat as groups, so depth <= number of items; more than
 *     PATTERN_MAX_DEPTH is an error, as in stock Lua.
 * I2  Mistakes in a pattern are found only when matching gets there, as in stock Lua: "x[" does not fail on "abc".
 * I3  Whenever a function answers GO_MORE, mode, s, p and the top frame say how to continue; it has made progress.
 *
 * The `want` of a frame is the character that the rest of the pattern begins with, if that is an ordinary one. Then
 * only positions with that character are tried, which turns ".-," and ".*," into scans.
 */
#include "stdlib/pattern_machine.h"

#include <string.h>

#include "sched/base/compiler.h"

/* How pattern_run goes on. */
enum mode { MODE_ATTEMPT, MODE_ITEMS, MODE_EXPAND, MODE_BACKTRACK };

enum pattern_go pattern_bad(struct pattern *m, const char *error)
{
    m->error = error;
    m->error_capture = 0;
    return GO_BAD;
}

/* The characters that mean something at the start of an item; and those behind one. */
static inline bool is_special(char c)
{
    return c == '(' || c == ')' || c == '$' || c == '%' || c == '[' || c == '.';
}

static inline bool is_quantifier(char c)
{
    return c == '*' || c == '+' || c == '?' || c == '-';
}

/* The character that must stand where the pattern goes on at p, or -1 if that is not a single ordinary one. */
static short wanted(const struct pattern *m, const char *p)
{
    if (p == m->pattern_end || is_special(*p))
        return -1;
    if (p + 1 < m->pattern_end && is_quantifier(p[1]) && p[1] != '+')
        return -1;
    return (unsigned char)*p;
}

/* As wanted, but sees through the end of a capture. */
static short wanted_after(const struct pattern *m, const char *p)
{
    if (p < m->pattern_end && *p == ')' && m->depth < PATTERN_MAX_DEPTH - 2 && pattern_open_capture(m) >= 0)
        p++;
    return wanted(m, p);
}

enum pattern_go pattern_push(struct pattern *m, enum pattern_frame_kind kind, const char *s, const char *p)
{
    if (m->depth == PATTERN_MAX_DEPTH)
        return pattern_bad(m, "pattern too complex");
    struct pattern_frame *frame = &m->frames[m->depth++];
    frame->kind = kind;
    frame->s = s;
    frame->p = p;
    frame->count = 0;
    frame->want = -1;
    return GO_ON;
}

enum pattern_go pattern_read_set(struct pattern *m, const char *p, struct pattern_item *item)
{
    struct pattern_set *set = &m->sets[((size_t)(p - m->pattern) >> 2) % PATTERN_SETS];
    if (set->at != p)
        pattern_set_begin(set, p, m->pattern_end);
    if (!set->is_ready) {
        enum pattern_result result = pattern_set_decode(set, m->pattern_end, &m->steps);
        if (result == PATTERN_MORE)
            return GO_MORE;
        if (result == PATTERN_BAD)
            return pattern_bad(m, "malformed pattern (missing ']')");
    }
    item->bits = &set->bits;
    item->negate = false;
    item->end = set->end;
    return GO_ON;
}

/* Reads the item at p, which is none of ( ) $ %b %f %0-%9. */
static inline enum pattern_go read_item(struct pattern *m, const char *p, struct pattern_item *item)
{
    item->bits = NULL;
    item->any = *p == '.';
    item->c = *p;
    item->end = p + 1;
    if (*p == '[')
        return pattern_read_set(m, p, item);
    if (*p != '%')
        return GO_ON;
    if (item->end == m->pattern_end)
        return pattern_bad(m, "malformed pattern (ends with '%')");
    item->c = p[1];
    item->end = p + 2;
    item->bits = pattern_class((unsigned char)p[1], &item->negate);
    return GO_ON;
}

/* Takes as many characters as the item allows, for the frame on top; the rest of the pattern comes next. */
static enum pattern_go expand(struct pattern *m, const struct pattern_item *item)
{
    struct pattern_frame *frame = &m->frames[m->depth - 1];
    const char *from = frame->s + frame->count, *s = from;
    const char *pause = pattern_pause(m, from, m->subject_end);
    if (item->bits) {
        while (s < pause && pattern_bits_has(item->bits, (unsigned char)*s) != item->negate)
            s++;
    } else if (item->any) {
        s = pause = m->subject_end;
    } else {
        while (s < pause && *s == item->c)
            s++;
    }
    frame->count += (size_t)(s - from);
    if (!item->any || item->bits)
        pattern_pay(m, (ptrdiff_t)(s - from));
    if (s == pause && pause != m->subject_end) {
        m->mode = MODE_EXPAND;
        return GO_MORE;
    }
    m->mode = MODE_ITEMS;
    m->s = s;
    m->p = frame->p;
    if (frame->want >= 0 && (s == m->subject_end || (unsigned char)*s != frame->want))
        return GO_FAILED;
    return GO_ON;
}

/* The item at m->p stands before a quantifier; `fits` says whether it accepts the character at m->s. */
static enum pattern_go quantify(struct pattern *m, const struct pattern_item *item, bool fits)
{
    const char *rest = item->end + 1, *s = m->s;
    char quantifier = *item->end;
    if (!fits) {
        m->p = rest;
        return quantifier == '+' ? GO_FAILED : GO_ON;
    }
    if (quantifier == '?') {
        m->s = s + 1;
        enum pattern_go go = pattern_push(m, FRAME_OPTION, s, rest);
        m->p = rest;
        return go;
    }
    if (quantifier == '-') {
        if (pattern_push(m, FRAME_MIN, s, m->p) == GO_BAD)
            return GO_BAD;
        m->frames[m->depth - 1].want = wanted_after(m, rest);
        m->p = rest;
        return GO_ON;
    }
    if (pattern_push(m, FRAME_MAX, quantifier == '+' ? s + 1 : s, rest) == GO_BAD)
        return GO_BAD;
    m->frames[m->depth - 1].want = wanted_after(m, rest);
    return expand(m, item);
}

/* From (s, p) forward to the end of the pattern or the first item that does not fit. */
static enum pattern_go run_items(struct pattern *m)
{
    while (m->p != m->pattern_end) {
        enum pattern_go go;
        struct pattern_item item;
        if (unlikely(--m->steps < 0))
            return GO_MORE;
        if (is_special(*m->p) && pattern_match_special(m, &go)) {
            if (go != GO_ON)
                return go;
            continue;
        }
        go = read_item(m, m->p, &item);
        if (unlikely(go != GO_ON))
            return go;
        bool fits = m->s < m->subject_end && pattern_accepts(&item, *m->s);
        if (item.end != m->pattern_end && is_quantifier(*item.end)) {
            go = quantify(m, &item, fits);
            if (go != GO_ON)
                return go;
            continue;
        }
        if (!fits)
            return GO_FAILED;
        m->s++;
        m->p = item.end;
    }
    return GO_MATCHED;
}

/* FRAME_MAX: gives characters back until the rest may fit. GO_FAILED: none left. */
static enum pattern_go give_back(struct pattern *m, struct pattern_frame *frame)
{
    size_t count = frame->count, least = pattern_pause_down(m, count);
    if (frame->want < 0 && count > 0)
        count--;
    else if (frame->want < 0)
        return GO_FAILED;
    else
        while (count > least && (unsigned char)frame->s[--count] != frame->want)
            ;
    bool fits = frame->want < 0 || (count < frame->count && (unsigned char)frame->s[count] == frame->want);
    pattern_pay(m, (ptrdiff_t)(frame->count - count));
    frame->count = count;
    m->s = frame->s + count;
    m->p = frame->p;
    if (fits)
        return GO_ON;
    return count > 0 ? GO_MORE : GO_FAILED;
}

/* FRAME_MIN: takes characters until the rest may fit. GO_FAILED: the item accepts no more. */
static enum pattern_go take_more(struct pattern *m, struct pattern_frame *frame)
{
    struct pattern_item item;
    enum pattern_go go = read_item(m, frame->p, &item);
    if (go != GO_ON)
        return go;
    const char *s = frame->s, *end = m->subject_end;
    const char *pause = pattern_pause(m, s, end);
    bool fits = false;
    while (s < pause && !fits && pattern_accepts(&item, *s)) {
        s++;
        fits = frame->want < 0 || (s < end && (unsigned char)*s == frame->want);
    }
    pattern_pay(m, (ptrdiff_t)(s - frame->s));
    bool is_paused = s == pause && s < end;
    frame->s = m->s = s;
    m->p = item.end + 1;
    if (fits)
        return GO_ON;
    return is_paused ? GO_MORE : GO_FAILED;
}

/* To the latest choice that is left. GO_FAILED: there is none. */
static enum pattern_go backtrack(struct pattern *m)
{
    while (m->depth > 0) {
        struct pattern_frame *frame = &m->frames[m->depth - 1];
        enum pattern_go go = GO_FAILED;
        switch (frame->kind) {
        case FRAME_MAX:
            go = give_back(m, frame);
            break;
        case FRAME_MIN:
            go = take_more(m, frame);
            break;
        case FRAME_OPTION:
            m->s = frame->s;
            m->p = frame->p;
            m->depth--;
            return GO_ON;
        case FRAME_OPENED:
            m->level--;
            break;
        case FRAME_CLOSED:
            m->captures[frame->count].length = PATTERN_OPEN;
            break;
        }
        if (go != GO_FAILED)
            return go;
        m->depth--;
    }
    return GO_FAILED;
}

/* Sets the machine up at m->start, or at the first place behind it where a match can begin. GO_FAILED: nowhere. */
static enum pattern_go next_attempt(struct pattern *m)
{
    if (m->start > m->subject_end)
        return GO_FAILED;
    if (m->want >= 0 && !m->is_anchored) {
        size_t room = (size_t)(m->subject_end - m->start), most = ((size_t)m->steps + 16) * PATTERN_SCAN_PER_STEP;
        size_t length = room < most ? room : most;
        const char *found = memchr(m->start, m->want, length);
        size_t passed = found ? (size_t)(found - m->start) : length;
        m->steps -= (int)(passed / PATTERN_SCAN_PER_STEP);
        m->start += passed;
        if (!found)
            return m->start == m->subject_end ? GO_FAILED : GO_MORE;
    }
    m->s = m->start;
    m->p = m->pattern + m->is_anchored;
    m->level = m->depth = 0;
    m->loop = NULL;
    m->mode = MODE_ITEMS;
    return GO_ON;
}

/* The attempt at m->start has come to nothing. GO_FAILED: it was the last. */
static enum pattern_go give_up_attempt(struct pattern *m)
{
    if (m->is_anchored)
        return GO_FAILED;
    m->start++;
    m->mode = MODE_ATTEMPT;
    return GO_ON;
}

static enum pattern_go step(struct pattern *m)
{
    struct pattern_item item;
    enum pattern_go go;
    switch (m->mode) {
    case MODE_ATTEMPT:
        return next_attempt(m);
    case MODE_EXPAND:
        go = read_item(m, m->p, &item);
        if (go == GO_ON)
            go = expand(m, &item);
        break;
    case MODE_ITEMS:
        go = run_items(m);
        break;
    default:
        go = backtrack(m);
        if (go == GO_FAILED)
            return give_up_attempt(m);
        if (go == GO_ON)
            m->mode = MODE_ITEMS;
        return go;
    }
    if (go == GO_FAILED) {
        m->mode = MODE_BACKTRACK;
        return GO_ON;
    }
    return go == GO_MATCHED && m->s == m->last ? give_up_attempt(m) : go;
}

enum pattern_result pattern_run(struct pattern *m)
{
    enum pattern_go go = GO_ON;
    m->steps = PATTERN_STEPS;
    while (go == GO_ON) {
        if (--m->steps < 0)
            return PATTERN_MORE;
        go = step(m);
    }
    if (go == GO_MATCHED)
        m->end = m->s;
    return go == GO_MATCHED ? PATTERN_YES : go == GO_MORE ? PATTERN_MORE : go == GO_BAD ? PATTERN_BAD : PATTERN_NO;
}

unsigned pattern_work(const struct pattern *m)
{
    return m->steps >= PATTERN_STEPS ? 1 : (unsigned)(PATTERN_STEPS - m->steps);
}

void pattern_init(struct pattern *m, const char *subject, size_t length, const char *pattern, size_t pattern_length,
                  bool caret)
{
    m->subject = subject;
    m->subject_end = subject + length;
    m->pattern = pattern;
    m->pattern_end = pattern + pattern_length;
    m->is_anchored = caret && pattern_length > 0 && *pattern == '^';
    m->level = m->depth = 0;
    for (unsigned i = 0; i < PATTERN_SETS; i++)
        m->sets[i].at = NULL;
    const char *first = pattern;
    if (pattern_length > 1 && *first == '(' && first[1] != ')')
        first++;
    m->want = wanted(m, first);
    pattern_seek(m, subject, NULL);
}

void pattern_seek(struct pattern *m, const char *from, const char *last)
{
    m->start = from;
    m->last = last;
    m->mode = MODE_ATTEMPT;
}

void pattern_move(struct pattern *to, const struct pattern *from)
{
    memcpy(to, from, offsetof(struct pattern, frames) + from->depth * sizeof from->frames[0]);
}

bool pattern_is_plain(const char *text, size_t length)
{
    /* ^$*+?.([%- */
    static const struct pattern_bits special = {{0x80006d3000000000, 0x0000000048000000}};
    for (size_t i = 0; i < length; i++) {
        if (pattern_bits_has(&special, (unsigned char)text[i]))
            return false;
    }
    return true;
}
