/* SPDX-License-Identifier: MIT */
/* place: see the header. */
#include "host/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/entry.h"
#include "host/problem.h"
#include "host/text.h"
#include "host/value.h"

enum { LONGEST_ID = 255 };

/* The number that ":12:" at `text` has; NULL: there is none. Else what follows, from the second colon on. */
static const char *read_place(const char *text, unsigned *number)
{
    char *rest;
    unsigned long value = strtoul(text + 1, &rest, 10);
    if (rest == text + 1 || *rest != ':' || text[1] < '0' || text[1] > '9')
        return NULL;
    *number = (unsigned)value;
    return rest;
}

bool place_read(const struct entries *entries, const char *message, struct place *place)
{
    char id[LONGEST_ID + 1];
    const char *colon = strchr(message, ':');
    colon = colon ? strchr(colon + 1, ':') : NULL;
    if (!colon || colon - message > LONGEST_ID)
        return false;
    snprintf(id, sizeof id, "%.*s", (int)(colon - message), message);
    *place = (struct place){.entry = entries_find(entries, id)};
    const char *rest = read_place(colon, &place->line);
    place->text = rest ? rest : colon;
    rest = rest ? read_place(rest, &place->column) : NULL;
    place->text = (rest ? rest : place->text) + 1;
    place->text += *place->text == ' ';
    return place->entry != NULL;
}

char *place_rename(const struct entries *entries, const char *message)
{
    struct place place;
    if (!place_read(entries, message, &place))
        return NULL;
    const struct value *source = value_get(place.entry->data, "source");
    if (!value_string(source) || !source->string.origin)
        return NULL;
    if (!place.column)
        return problem_format(source->string.origin, place.line, place.entry->id, "%s", place.text);
    return text_format("%s:%u:%u: entry %s: %s", source->string.origin, place.line, place.column, place.entry->id,
                       place.text);
}
