/* SPDX-License-Identifier: MIT */
/* envfields: see the header. */
#include "host/envfields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/entry.h"
#include "host/problem.h"
#include "host/text.h"
#include "host/value.h"

/* The shortest decimal number that reads back as the same one. */
static void add_number(struct text *out, double number)
{
    char digits[32];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, number);
        if (strtod(digits, NULL) == number)
            break;
    }
    text_add_string(out, digits);
}

bool envfields_text(const struct value *value, struct text *out)
{
    switch (value->kind) {
    case VALUE_STRING:
        text_add(out, value->string.data, value->string.length);
        return true;
    case VALUE_BOOL:
        text_add_string(out, value->boolean ? "true" : "false");
        return true;
    case VALUE_INT:
        text_printf(out, "%lld", (long long)value->integer);
        return true;
    case VALUE_FLOAT:
        add_number(out, value->number);
        return true;
    default:
        return value->kind == VALUE_NULL;
    }
}

bool envfields_bool(const struct entry *entry, const char *field, struct problems *problems)
{
    const struct value *value = value_get(entry->data, field);
    if (!value || value->kind == VALUE_NULL)
        return false;
    if (value->kind == VALUE_BOOL)
        return value->boolean;
    problem_add(problems, LOG_WARN, entry->file, value->line, entry->id,
                "%s must be true or false, not %s; it is ignored", field, value_kind_name(value));
    return false;
}

static bool read_mode(const struct value *value, mode_t *mode)
{
    const char *text = value_string(value);
    if (text) {
        char *end;
        unsigned long bits = strtoul(text, &end, 8);
        *mode = (mode_t)bits;
        return *text >= '0' && *text <= '7' && !*end && bits <= 0777;
    }
    *mode = value->kind == VALUE_INT ? (mode_t)value->integer : 0;
    return value->kind == VALUE_INT && value->integer >= 0 && value->integer <= 0777;
}

mode_t envfields_mode(const struct entry *entry, const char *field, mode_t otherwise, struct problems *problems)
{
    const struct value *value = value_get(entry->data, field);
    mode_t mode;
    if (!value || value->kind == VALUE_NULL)
        return otherwise;
    if (read_mode(value, &mode))
        return mode;
    problem_add(problems, LOG_WARN, entry->file, value->line, entry->id,
                "%s must be permission bits like 0644; %04o is used", field, (unsigned)otherwise);
    return otherwise;
}
