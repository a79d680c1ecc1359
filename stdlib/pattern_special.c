/* SPDX-License-Identifier: MIT */
/*
 * Pattern items that stand for more or less than one character: captures, back references, %bxy, %f[set], the final $.
 */
#include "stdlib/pattern_machine.h"

#include <stdint.h>
#include <string.h>

int pattern_open_capture(const struct pattern *m)
{
    for (int i = m->level - 1; i >= 0; i--) {
        if (m->captures[i].length == PATTERN_OPEN)
            return i;
    }
    return -1;
}

static enum pattern_go begin_capture(struct pattern *m)
{
    bool is_position = m->p + 1 < m->pattern_end && m->p[1] == ')';
    if (m->level == PATTERN_MAX_CAPTURES)
        return pattern_bad(m, "too many captures");
    m->captures[m->level].start = m->s;
    m->captures[m->level].length = is_position ? PATTERN_POSITION : PATTERN_OPEN;
    m->level++;
    m->p += is_position ? 2 : 1;
    return pattern_push(m, FRAME_OPENED, NULL, NULL);
}

static enum pattern_go end_capture(struct pattern *m)
{
    int index = pattern_open_capture(m);
    if (index < 0)
        return pattern_bad(m, "invalid pattern capture");
    m->captures[index].length = m->s - m->captures[index].start;
    m->p++;
    if (pattern_push(m, FRAME_CLOSED, NULL, NULL) == GO_BAD)
        return GO_BAD;
    m->frames[m->depth - 1].count = (size_t)index;
    return GO_ON;
}

/* %1: the text of a capture once more. */
static enum pattern_go match_back(struct pattern *m)
{
    int index = m->p[1] - '1';
    if (index < 0 || index >= m->level || m->captures[index].length == PATTERN_OPEN) {
        pattern_bad(m, "invalid capture index");
        m->error_capture = index + 1;
        return GO_BAD;
    }
    ptrdiff_t length = m->captures[index].length;
    if (length < 0 || m->subject_end - m->s < length)
        return GO_FAILED;
    ptrdiff_t steps = length / PATTERN_SCAN_PER_STEP;
    m->steps -= steps < INT32_MAX / 2 ? (int)steps : INT32_MAX / 2;
    if (memcmp(m->captures[index].start, m->s, (size_t)length) != 0)
        return GO_FAILED;
    m->s += length;
    m->p += 2;
    return GO_ON;
}

/* %bxy */
static enum pattern_go match_balance(struct pattern *m)
{
    if (m->pattern_end - m->p < 4)
        return pattern_bad(m, "malformed pattern (missing arguments to '%b')");
    char open = m->p[2], close = m->p[3];
    if (!m->loop) {
        if (m->s == m->subject_end || *m->s != open)
            return GO_FAILED;
        m->loop = m->s + 1;
        m->nesting = 1;
    }
    const char *s = m->loop, *end = m->subject_end;
    const char *pause = pattern_pause(m, s, end);
    for (; s < pause && m->nesting; s++) {
        if (*s == close)
            m->nesting--;
        else if (*s == open)
            m->nesting++;
    }
    pattern_pay(m, (ptrdiff_t)(s - m->loop));
    m->loop = s;
    if (m->nesting && s < end)
        return GO_MORE;
    m->loop = NULL;
    if (m->nesting)
        return GO_FAILED;
    m->s = s;
    m->p += 4;
    return GO_ON;
}

/*
 * %f[set]: the border between a character that is not in the set and one that is; the ends of the subject count as NUL.
 */
static enum pattern_go match_frontier(struct pattern *m)
{
    struct pattern_item set;
    if (m->p + 2 == m->pattern_end || m->p[2] != '[')
        return pattern_bad(m, "missing '[' after '%f' in pattern");
    enum pattern_go go = pattern_read_set(m, m->p + 2, &set);
    if (go != GO_ON)
        return go;
    char before = m->s == m->subject ? '\0' : m->s[-1], after = m->s == m->subject_end ? '\0' : *m->s;
    if (pattern_accepts(&set, before) || !pattern_accepts(&set, after))
        return GO_FAILED;
    m->p = set.end;
    return GO_ON;
}

bool pattern_match_special(struct pattern *m, enum pattern_go *go)
{
    switch (*m->p) {
    case '(':
        *go = begin_capture(m);
        return true;
    case ')':
        *go = end_capture(m);
        return true;
    case '$':
        if (m->p + 1 != m->pattern_end)
            return false;
        *go = m->s == m->subject_end ? GO_MATCHED : GO_FAILED;
        return true;
    case '%':
        if (m->p + 1 == m->pattern_end)
            return false;
        if (m->p[1] == 'b')
            *go = match_balance(m);
        else if (m->p[1] == 'f')
            *go = match_frontier(m);
        else if (m->p[1] >= '0' && m->p[1] <= '9')
            *go = match_back(m);
        else
            return false;
        return true;
    }
    return false;
}
