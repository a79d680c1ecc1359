/* SPDX-License-Identifier: MIT */
/* source: see the header. */
#include "vm/lang/source.h"

#include <stdlib.h>

#include "sched/base/memory.h"

void source_init(struct source *source, const char *text, size_t length)
{
    *source = (struct source){.text = text, .length = (uint32_t)length};
    source_add_line(source, 0);
}

void source_destroy(struct source *source)
{
    free(source->lines);
    source->lines = NULL;
}

void source_add_line(struct source *source, uint32_t offset)
{
    if (source->line_count && offset <= source->lines[source->line_count - 1])
        return;
    if (source->line_count == source->line_capacity) {
        source->line_capacity = source->line_capacity ? source->line_capacity * 2 : 64;
        source->lines = memory_resize(source->lines, source->line_capacity * sizeof *source->lines, "parsing a source");
    }
    source->lines[source->line_count++] = offset;
}

struct source_position source_position(const struct source *source, uint32_t offset)
{
    uint32_t low = 0, high = source->line_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (source->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return (struct source_position){.line = low + 1, .column = offset - source->lines[low] + 1};
}

const char *source_line(const struct source *source, uint32_t line, size_t *length)
{
    const char *text = source->text + source->lines[line - 1];
    const char *end = source->text + source->length, *p = text;
    while (p < end && *p != '\n' && *p != '\r')
        p++;
    *length = (size_t)(p - text);
    return text;
}
