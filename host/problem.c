/* SPDX-License-Identifier: MIT */
/* problem: see the header. */
#include "host/problem.h"

#include <stdarg.h>
#include <stdlib.h>

#include "host/alloc.h"
#include "host/text.h"

enum { MOST_PROBLEMS = 1000 }; /* later ones are logged but not kept */

static char *format(const char *file, unsigned line, const char *id, const char *fmt, va_list args)
{
    struct text text = {0};
    if (file && line)
        text_printf(&text, "%s:%u: ", file, line);
    else if (file)
        text_printf(&text, "%s: ", file);
    if (id)
        text_printf(&text, "entry %s: ", id);
    text_vprintf(&text, fmt, args);
    return text_detach(&text);
}

char *problem_format(const char *file, unsigned line, const char *id, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = format(file, line, id, fmt, args);
    va_end(args);
    return text;
}

/* Takes the text. */
static void add(struct problems *problems, struct problem problem)
{
    log_printf(problems->log, problem.level, "loader", "%s", problem.text);
    if (problems->count == MOST_PROBLEMS) {
        free(problem.text);
        return;
    }
    problems->items = alloc_grow(problems->items, problems->count, &problems->capacity, sizeof *problems->items);
    problems->items[problems->count++] = problem;
}

void problem_add(struct problems *problems, enum log_level level, const char *file, unsigned line, const char *id,
                 const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = format(file, line, id, fmt, args);
    va_end(args);
    add(problems, (struct problem){.level = level, .text = text});
}

void problem_add_unreadable(struct problems *problems, const struct entry *entry, const char *text)
{
    add(problems, (struct problem){.level = LOG_ERROR, .text = alloc_string(text), .unreadable = entry});
}

bool problems_has_errors(const struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        if (problems->items[i].level == LOG_ERROR)
            return true;
    return false;
}

char *problems_join(const struct problems *problems, const char *between)
{
    struct text text = {0};
    for (size_t i = 0; i < problems->count; i++)
        if (problems->items[i].level == LOG_ERROR)
            text_printf(&text, "%s%s", text.length ? between : "", problems->items[i].text);
    return text.length ? text_detach(&text) : NULL;
}

void problems_free(struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        free(problems->items[i].text);
    free(problems->items);
    *problems = (struct problems){.log = problems->log};
}
