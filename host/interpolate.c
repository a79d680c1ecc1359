/* SPDX-License-Identifier: MIT */
/*
 * interpolate: variables first, since they may use the environment and each other; then everything else. A variable is replaced when
 * it is first needed; meeting one that is being replaced is a circle. Depth and what all of it may grow to are bounded.
 */
#include "host/interpolate.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/configuration.h"
#include "host/placeholder.h"
#include "host/text.h"
#include "host/value.h"

enum state { UNTOUCHED, WORKING, DONE };

enum { MOST_NESTED = 64, MOST_GROWTH = 16 * 1024 * 1024 /* bytes and values */ };

struct interpolation {
    struct configuration *configuration;
    struct problems *problems;
    struct value *vars; /* a map, or NULL */
    enum state *states; /* of the pairs of vars */
    unsigned depth;     /* of variables in variables */
    size_t grown;
};

static void visit(struct interpolation *in, struct value **slot);

/* Values of a tree and bytes of its strings. */
static size_t weigh(const struct value *value)
{
    size_t weight = 1;
    if (value->kind == VALUE_STRING)
        weight += value->string.length;
    for (size_t i = 0; value->kind == VALUE_LIST && i < value->list.count; i++)
        weight += weigh(value->list.items[i]);
    for (size_t i = 0; value->kind == VALUE_MAP && i < value->map.count; i++)
        weight += weigh(value->map.pairs[i].value);
    return weight;
}

/* Pays for what a variable adds; false: too much, which is reported once. */
static bool pay(struct interpolation *in, const struct value *user, size_t size)
{
    bool was_in = in->grown <= MOST_GROWTH;
    in->grown += size;
    if (was_in && in->grown > MOST_GROWTH)
        configuration_complain(in->configuration, in->problems, user, "variables expand to more than %d MB",
                               MOST_GROWTH / 1024 / 1024);
    return in->grown <= MOST_GROWTH;
}

/* Replaces what is in a variable. False: it refers to itself, or is too deep, which is reported. */
static bool prepare_var(struct interpolation *in, size_t at, const struct value *user)
{
    const char *name = in->vars->map.pairs[at].key;
    if (in->states[at] == DONE)
        return true;
    if (in->states[at] == WORKING || in->depth == MOST_NESTED) {
        const char *problem =
            in->states[at] == WORKING ? "this variable refers to itself" : "variables are nested too deep";
        configuration_complain(in->configuration, in->problems, user, "${%s}: %s", name, problem);
        return false;
    }
    in->states[at] = WORKING;
    in->depth++;
    visit(in, &in->vars->map.pairs[at].value);
    in->depth--;
    in->states[at] = DONE;
    return true;
}

/* The position of a variable in vars, with everything in it replaced; SIZE_MAX: there is none, which is reported. */
static size_t find_var(struct interpolation *in, const struct value *user, const struct placeholder *piece)
{
    char *name = alloc_copy(piece->text, piece->length);
    size_t count = in->vars ? in->vars->map.count : 0, at = 0;
    while (at < count && strcmp(in->vars->map.pairs[at].key, name) != 0)
        at++;
    if (at == count) {
        configuration_complain(in->configuration, in->problems, user,
                               "${%s}: vars has no '%s'; write $${ for a plain ${", name, name);
        at = SIZE_MAX;
    } else if (!prepare_var(in, at, user)) {
        at = SIZE_MAX;
    }
    free(name);
    return at;
}

/* Appends a scalar as text. False: it is a list or a map. */
static bool add_scalar(struct text *out, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOL:
        text_add_string(out, value->boolean ? "true" : "false");
        return true;
    case VALUE_INT:
        text_printf(out, "%" PRId64, value->integer);
        return true;
    case VALUE_FLOAT:
        text_printf(out, "%.17g", value->number);
        return true;
    case VALUE_STRING:
        text_add(out, value->string.data, value->string.length);
        return true;
    default:
        return false;
    }
}

/* What the environment has, or the default; NULL: neither, which is reported. The caller frees it. */
static char *find_env(struct interpolation *in, const struct value *user, const struct placeholder *piece)
{
    char *name = alloc_copy(piece->text, piece->length), *found = getenv(name), *text = NULL;
    if (found)
        text = alloc_string(found);
    else if (piece->has_default)
        text = alloc_copy(piece->standard, piece->standard_length);
    else
        configuration_complain(in->configuration, in->problems, user, "${env:%s}: this environment variable is not set",
                               name);
    free(name);
    return text;
}

static void add_piece(struct interpolation *in, const struct value *user, const struct placeholder *piece,
                      struct text *out)
{
    if (piece->kind == PLACEHOLDER_TEXT) {
        text_add(out, piece->text, piece->length);
    } else if (piece->kind == PLACEHOLDER_ENV) {
        char *text = find_env(in, user, piece);
        text_add_string(out, text ? text : "");
        free(text);
    } else {
        size_t at = find_var(in, user, piece);
        const struct value *value = at == SIZE_MAX ? NULL : in->vars->map.pairs[at].value;
        if (value && value->kind == VALUE_STRING && !pay(in, user, weigh(value)))
            return;
        if (value && !add_scalar(out, value))
            configuration_complain(in->configuration, in->problems, user,
                                   "${%.*s} is %s: it can only stand alone, not inside a text", (int)piece->length,
                                   piece->text, value_kind_name(value));
    }
}

/* A string that is one variable: becomes a copy of its value, at the place of the string. */
static void replace_whole(struct interpolation *in, struct value **slot, const struct placeholder *piece)
{
    size_t at = find_var(in, *slot, piece);
    if (at == SIZE_MAX || !pay(in, *slot, weigh(in->vars->map.pairs[at].value)))
        return;
    struct value *copy = value_copy(in->vars->map.pairs[at].value);
    copy->line = (*slot)->line;
    copy->source = (*slot)->source;
    value_free(*slot);
    *slot = copy;
}

static void visit_string(struct interpolation *in, struct value **slot)
{
    struct value *value = *slot;
    struct placeholder piece;
    struct text out = {0};
    const char *at = value->string.data, *end = at + value->string.length;
    if (!memchr(at, '$', value->string.length))
        return;
    if (placeholder_is_whole(at, value->string.length, PLACEHOLDER_NAME, &piece)) {
        replace_whole(in, slot, &piece);
        return;
    }
    if (placeholder_is_whole(at, value->string.length, PLACEHOLDER_ENV, &piece) && !piece.is_quoted)
        value->string.origin = text_format("$%.*s", (int)piece.length, piece.text);
    while (placeholder_next(&at, end, &piece))
        add_piece(in, value, &piece, &out);
    free(value->string.data);
    value->string.length = out.length;
    value->string.data = text_detach(&out);
}

static void visit(struct interpolation *in, struct value **slot)
{
    struct value *value = *slot;
    if (value->kind == VALUE_STRING) {
        visit_string(in, slot); /* which may put another value there */
        return;
    }
    for (size_t i = 0; value->kind == VALUE_LIST && i < value->list.count; i++)
        visit(in, &value->list.items[i]);
    for (size_t i = 0; value->kind == VALUE_MAP && i < value->map.count; i++)
        visit(in, &value->map.pairs[i].value);
}

void interpolate(struct configuration *configuration, struct problems *problems)
{
    struct interpolation in = {.configuration = configuration, .problems = problems};
    struct value *vars = value_remove(configuration->root, "vars");
    if (vars && vars->kind == VALUE_MAP)
        in.vars = vars;
    else if (vars && vars->kind != VALUE_NULL)
        configuration_complain(configuration, problems, vars, "vars must be a map, not %s", value_kind_name(vars));
    in.states = alloc_zeroed((in.vars ? in.vars->map.count : 0) * sizeof *in.states);
    for (size_t i = 0; in.vars && i < in.vars->map.count; i++)
        prepare_var(&in, i, in.vars->map.pairs[i].value);
    visit(&in, &configuration->root);
    if (vars)
        value_set(configuration->root, "vars", vars, vars->line);
    free(in.states);
}
