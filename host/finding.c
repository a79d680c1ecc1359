/* SPDX-License-Identifier: MIT */
/* finding: see the header. */
#include "host/finding.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/entry.h"
#include "host/options.h"

static struct finding *add(struct findings *findings)
{
    findings->items = alloc_grow(findings->items, findings->count, &findings->capacity, sizeof *findings->items);
    struct finding *finding = &findings->items[findings->count++];
    *finding = (struct finding){0};
    return finding;
}

void findings_add(struct findings *findings, const struct entry *entry, const struct source *source,
                  const struct diagnostic *diagnostic)
{
    struct finding *finding = add(findings);
    finding->entry = entry;
    finding->severity = diagnostic->severity;
    finding->code = diagnostic->code;
    finding->message = alloc_string(diagnostic->message);
    finding->help = diagnostic->help ? alloc_string(diagnostic->help) : NULL;
    finding->start = source_position(source, diagnostic->start);
    finding->end = source_position(source, diagnostic->end);
    finding->line = source_line(source, finding->start.line, &finding->line_length);
}

void findings_add_problem(struct findings *findings, const struct entry *entry, unsigned line, const char *code,
                          const char *message)
{
    struct finding *finding = add(findings);
    finding->entry = entry;
    finding->severity = DIAGNOSTIC_ERROR;
    finding->code = code;
    finding->message = alloc_string(message);
    finding->start = finding->end = (struct source_position){line, 1};
}

static void free_finding(struct finding *finding)
{
    free(finding->message);
    free(finding->help);
}

/* Is the code one of "P0001,E0004"? */
static bool is_in_list(const char *code, const char *list)
{
    size_t length = strlen(code);
    for (; *list; list += strcspn(list, ","), list += *list == ',')
        if (strcspn(list, ",") == length && !strncmp(list, code, length))
            return true;
    return false;
}

static bool is_wanted(const struct finding *finding, enum diagnostic_severity least, const struct options_words *codes)
{
    bool listed = !codes->count;
    for (size_t i = 0; i < codes->count && !listed; i++)
        listed = is_in_list(finding->code, codes->items[i]);
    return listed && finding->severity <= least;
}

void findings_filter(struct findings *findings, enum diagnostic_severity least, const struct options_words *codes)
{
    size_t kept = 0;
    for (size_t i = 0; i < findings->count; i++)
        if (is_wanted(&findings->items[i], least, codes))
            findings->items[kept++] = findings->items[i];
        else
            free_finding(&findings->items[i]);
    findings->count = kept;
}

static int compare(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    int order = strcmp(a->entry->id, b->entry->id);
    if (order)
        return order;
    if (a->severity != b->severity)
        return a->severity < b->severity ? -1 : 1;
    if (a->start.line != b->start.line)
        return a->start.line < b->start.line ? -1 : 1;
    if (a->start.column != b->start.column)
        return a->start.column < b->start.column ? -1 : 1;
    order = strcmp(a->code, b->code);
    return order ? order : strcmp(a->message, b->message);
}

void findings_sort(struct findings *findings)
{
    if (findings->count)
        qsort(findings->items, findings->count, sizeof *findings->items, compare);
}

void findings_count(const struct findings *findings, size_t counts[FINDING_SEVERITIES])
{
    memset(counts, 0, FINDING_SEVERITIES * sizeof *counts);
    for (size_t i = 0; i < findings->count; i++)
        counts[findings->items[i].severity]++;
}

void findings_free(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        free_finding(&findings->items[i]);
    free(findings->items);
    *findings = (struct findings){0};
}
