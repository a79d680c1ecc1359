/* SPDX-License-Identifier: MIT */
/*
 * report: see the header. What comes from sources is shown without control characters: it may be meant for the terminal. Widths are
 * counted in characters, all one column wide.
 */
#include "host/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/entry.h"
#include "host/finding.h"
#include "host/text.h"
#include "host/value.h"

enum { TAB = 8, WIDEST = 160, BEFORE_CARET = 60 };

#define BLUE "\033[34m"
#define RESET "\033[0m"

static const char *const severity_colours[] = {"\033[31m", "\033[33m", "\033[36m"};

/* ---- one finding ---- */

/* The line as it is shown, and the columns there of two of its bytes. */
struct shown {
    struct text text; /* every byte that begins a character is one column */
    size_t from, to;
};

static bool continues(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

static size_t columns(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += !continues(text[i]);
    return count;
}

static void expand(struct shown *shown, const struct finding *finding)
{
    size_t last = finding->end.line == finding->start.line ? finding->end.column - 1 : finding->line_length;
    size_t column = 0;
    shown->from = shown->to = 0;
    for (size_t i = 0; i <= finding->line_length; i++) {
        if (i == finding->start.column - 1)
            shown->from = column;
        if (i == last)
            shown->to = column;
        if (i == finding->line_length)
            break;
        char c = finding->line[i];
        do
            text_add_char(&shown->text, c == '\t' ? ' ' : (unsigned char)c < ' ' || c == 127 ? '?' : c);
        while (!continues(c) && ++column % TAB && c == '\t');
    }
}

/* The position of a column. */
static size_t byte_of(const struct text *text, size_t column)
{
    size_t i = 0;
    for (; i < text->length && (column || continues(text->data[i])); i++)
        column -= !continues(text->data[i]) && column;
    return i;
}

/* Leaves a part of a very long line, around the caret. */
static void shorten(struct shown *shown)
{
    size_t width = columns(text_string(&shown->text), shown->text.length);
    if (width <= WIDEST)
        return;
    size_t first = shown->from > BEFORE_CARET ? shown->from - BEFORE_CARET : 0;
    size_t start = byte_of(&shown->text, first), end = byte_of(&shown->text, first + WIDEST);
    struct text part = {0};
    text_add_string(&part, first ? "..." : "");
    text_add(&part, shown->text.data + start, end - start);
    text_add_string(&part, end < shown->text.length ? "..." : "");
    text_free(&shown->text);
    shown->text = part;
    shown->from -= first - (first ? 3 : 0);
    shown->to -= first - (first ? 3 : 0);
    if (shown->to > first + WIDEST)
        shown->to = first + WIDEST;
}

static void add_gutter(struct text *out, int width, unsigned line, bool colour)
{
    text_add_string(out, colour ? BLUE : "");
    if (line)
        text_printf(out, "%*u |", width, line);
    else
        text_printf(out, "%*s |", width, "");
    text_add_string(out, colour ? RESET : "");
}

static void add_line(struct text *out, const struct finding *finding, int width, bool colour)
{
    struct shown shown = {0};
    expand(&shown, finding);
    shorten(&shown);
    add_gutter(out, width, 0, colour);
    text_add_char(out, '\n');
    add_gutter(out, width, finding->start.line, colour);
    text_printf(out, "%s%s\n", shown.text.length ? " " : "", text_string(&shown.text));
    add_gutter(out, width, 0, colour);
    text_printf(out, " %*s%s^", (int)shown.from, "", colour ? severity_colours[finding->severity] : "");
    for (size_t i = shown.from + 1; i < shown.to; i++)
        text_add_char(out, '~');
    text_printf(out, "%s\n", colour ? RESET : "");
    text_free(&shown.text);
}

static void add_clean(struct text *out, const char *text)
{
    for (; *text; text++)
        text_add_char(out, (unsigned char)*text < ' ' || *text == 127 ? '?' : *text);
}

static void add_place(struct text *out, const struct finding *finding)
{
    const struct value *source = value_get(finding->entry->data, "source");
    struct source_position at = finding->start;
    text_printf(out, "%s:%u:%u", finding->entry->id, at.line, at.column);
    if (value_string(source) && source->string.origin)
        text_printf(out, " (%s:%u:%u)\n", source->string.origin, at.line, at.column);
    else
        text_printf(out, " (%s:%u)\n", finding->entry->file, finding->entry->line);
}

void report_finding(struct text *out, const struct finding *finding, bool colour)
{
    char number[16];
    int width = snprintf(number, sizeof number, "%u", finding->start.line);
    text_printf(out, "%s%s", colour ? severity_colours[finding->severity] : "",
                diagnostic_severity_name(finding->severity));
    if (finding->code[0] != 'P')
        text_printf(out, "[%s]", finding->code);
    text_printf(out, "%s: ", colour ? RESET : "");
    add_clean(out, finding->message);
    text_printf(out, "\n%*s%s-->%s ", width, "", colour ? BLUE : "", colour ? RESET : "");
    add_place(out, finding);
    if (finding->line)
        add_line(out, finding, width, colour);
    if (finding->help) {
        text_printf(out, "%*s %s=%s help: ", width, "", colour ? BLUE : "", colour ? RESET : "");
        add_clean(out, finding->help);
        text_add_char(out, '\n');
    }
}

/* ---- all of them ---- */

/* "2 errors, 1 hints": always plural, for who reads it with a program. */
static void add_parts(struct text *out, const size_t counts[FINDING_SEVERITIES])
{
    static const char *const names[] = {"errors", "warnings", "hints"};
    const char *between = "";
    for (int i = 0; i < FINDING_SEVERITIES; i++) {
        if (!counts[i])
            continue;
        text_printf(out, "%s%zu %s", between, counts[i], names[i]);
        between = ", ";
    }
}

static void add_total(struct text *out, const struct findings *findings)
{
    size_t counts[FINDING_SEVERITIES];
    findings_count(findings, counts);
    if (!findings->count)
        text_add_string(out, "No issues found\n");
    text_printf(out, "Checked %zu entries%s", findings->entries, findings->count ? ": " : "");
    add_parts(out, counts);
    text_add_char(out, '\n');
}

static size_t shown_count(const struct findings *findings, size_t limit)
{
    return limit && limit < findings->count ? limit : findings->count;
}

static void add_findings(struct text *out, const struct findings *findings, size_t count, bool colour)
{
    for (size_t i = 0; i < count; i++) {
        report_finding(out, &findings->items[i], colour);
        text_add_char(out, '\n');
    }
}

void report_list(struct text *out, const struct findings *findings, size_t limit, bool colour)
{
    size_t count = shown_count(findings, limit);
    add_findings(out, findings, count, colour);
    if (findings->count > count)
        text_printf(out, "%zu more; `moonlet lint` shows all of them\n\n", findings->count - count);
}

void report_table(struct text *out, const struct findings *findings, size_t limit, bool colour)
{
    add_findings(out, findings, shown_count(findings, limit), colour);
    add_total(out, findings);
}

/* ---- summary ---- */

static size_t namespace_length(const struct finding *finding)
{
    return finding->entry->namespace_length;
}

static bool is_same_namespace(const struct finding *a, const struct finding *b)
{
    return namespace_length(a) == namespace_length(b) && !memcmp(a->entry->id, b->entry->id, namespace_length(a));
}

static int compare_namespaces(const void *left, const void *right)
{
    const struct finding *a = *(const struct finding *const *)left, *b = *(const struct finding *const *)right;
    size_t shorter = namespace_length(a) < namespace_length(b) ? namespace_length(a) : namespace_length(b);
    int order = memcmp(a->entry->id, b->entry->id, shorter);
    return order ? order : (namespace_length(a) > namespace_length(b)) - (namespace_length(a) < namespace_length(b));
}

static int compare_codes(const void *left, const void *right)
{
    const struct finding *a = *(const struct finding *const *)left, *b = *(const struct finding *const *)right;
    int order = strcmp(a->code, b->code);
    return order ? order : (a->severity > b->severity) - (a->severity < b->severity);
}

static void add_namespaces(struct text *out, const struct finding **items, size_t count)
{
    qsort(items, count, sizeof *items, compare_namespaces);
    text_add_string(out, "By namespace:\n");
    for (size_t i = 0, next; i < count; i = next) {
        size_t counts[FINDING_SEVERITIES] = {0};
        for (next = i; next < count && is_same_namespace(items[i], items[next]); next++)
            counts[items[next]->severity]++;
        char *name = alloc_copy(items[i]->entry->id, namespace_length(items[i]));
        text_printf(out, "  %-30s %zu issues (", name, next - i);
        add_parts(out, counts);
        text_add_string(out, ")\n");
        free(name);
    }
}

static void add_codes(struct text *out, const struct finding **items, size_t count)
{
    qsort(items, count, sizeof *items, compare_codes);
    text_add_string(out, "By error code:\n");
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i; next < count && !compare_codes(&items[i], &items[next]); next++)
            ;
        text_printf(out, "  %-8s [%-7s] %4zu occurrences\n", items[i]->code,
                    diagnostic_severity_name(items[i]->severity), next - i);
    }
}

void report_summary(struct text *out, const struct findings *findings)
{
    const struct finding **items = alloc_zeroed(findings->count * sizeof *items);
    for (size_t i = 0; i < findings->count; i++)
        items[i] = &findings->items[i];
    if (findings->count) {
        add_namespaces(out, items, findings->count);
        text_add_char(out, '\n');
        add_codes(out, items, findings->count);
        text_add_char(out, '\n');
    }
    free(items);
    add_total(out, findings);
}

/* ---- json ---- */

static void add_string(struct text *out, const char *key, const char *value)
{
    text_printf(out, "\"%s\":\"", key);
    text_add_json(out, value, strlen(value));
    text_add_string(out, "\",");
}

void report_json(struct text *out, const struct findings *findings, size_t limit)
{
    size_t counts[FINDING_SEVERITIES], shown = shown_count(findings, limit);
    findings_count(findings, counts);
    text_add_string(out, "{\"diagnostics\":[");
    for (size_t i = 0; i < shown; i++) {
        const struct finding *finding = &findings->items[i];
        text_add_string(out, i ? ",\n{" : "\n{");
        add_string(out, "entry_id", finding->entry->id);
        add_string(out, "code", finding->code);
        add_string(out, "severity", diagnostic_severity_name(finding->severity));
        add_string(out, "message", finding->message);
        text_printf(out, "\"line\":%u,\"column\":%u}", finding->start.line, finding->start.column);
    }
    text_printf(out, "],\n\"total_entries\":%zu,\"error_count\":%zu,\"warning_count\":%zu,\"hint_count\":%zu}\n",
                findings->entries, counts[DIAGNOSTIC_ERROR], counts[DIAGNOSTIC_WARNING], counts[DIAGNOSTIC_HINT]);
}
