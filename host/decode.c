/* SPDX-License-Identifier: MIT */
/* decode: see the header. A first look finds out whether there is anything to do, since most entries hold no variable. */
#include "host/decode.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/env.h"
#include "host/placeholder.h"
#include "host/scalar.h"
#include "host/text.h"
#include "host/value.h"

struct decoder {
    struct env *env;
    const struct entry *entry;
    char *problem; /* the first; NULL: none */
};

static const char env_suffix[] = "_env";

/* The length of the field that a key like port_env is about; 0: it is about none. */
static size_t field_length(const char *key)
{
    size_t length = strlen(key), suffix = sizeof env_suffix - 1;
    return length > suffix && !strcmp(key + length - suffix, env_suffix) ? length - suffix : 0;
}

/* Code and templates are full of dollars and braces that are not meant for us. */
static bool is_opaque(const struct entry *entry, const char *key)
{
    return !strcmp(key, "source") && (strstr(entry->kind, ".lua") || !strncmp(entry->kind, "template.", 9));
}

static bool needs_work(const struct entry *entry, const struct value *value)
{
    if (value->kind == VALUE_STRING)
        return !value->string.origin && memmem(value->string.data, value->string.length, "${", 2);
    for (size_t i = 0; value->kind == VALUE_LIST && i < value->list.count; i++)
        if (needs_work(entry, value->list.items[i]))
            return true;
    for (size_t i = 0; value->kind == VALUE_MAP && i < value->map.count; i++) {
        const struct value_pair *pair = &value->map.pairs[i];
        if (field_length(pair->key) || (!is_opaque(entry, pair->key) && needs_work(entry, pair->value)))
            return true;
    }
    return false;
}

static void complain(struct decoder *decoder, const struct value *value, const struct placeholder *piece,
                     const char *what)
{
    if (decoder->problem)
        return;
    if (value->line)
        decoder->problem = text_format("${env:%.*s} (line %u): %s", (int)piece->length, piece->text, value->line, what);
    else
        decoder->problem = text_format("${env:%.*s}: %s", (int)piece->length, piece->text, what);
}

/* Appends the value of a placeholder's variable. False: it has none. */
static bool find(struct decoder *decoder, const struct placeholder *piece, struct text *out)
{
    char *name = alloc_copy(piece->text, piece->length);
    bool found = env_lookup(decoder->env, decoder->entry, name, out) == ENV_FOUND;
    free(name);
    return found;
}

/* Gives the value another content, which is taken; place and source stay. */
static void replace(struct value *value, struct value *content)
{
    content->line = value->line;
    content->source = value->source;
    struct value old = *value;
    *value = *content;
    *content = old;
    value_free(content);
}

static const char *type_name(enum value_kind kind)
{
    return kind == VALUE_BOOL ? "true or false" : kind == VALUE_INT ? "an integer" : "a number";
}

/* A text as the type of a default; NULL: it is no such thing. */
static struct value *convert(const struct text *text, enum value_kind kind)
{
    struct value *value = scalar_coerce(text_string(text), text->length);
    if (kind == VALUE_FLOAT && value->kind == VALUE_INT) {
        value->number = (double)value->integer;
        value->kind = VALUE_FLOAT;
    }
    if (value->kind == kind)
        return value;
    value_free(value);
    return NULL;
}

static struct value *new_env_string(const struct text *text, const char *name, size_t name_length)
{
    struct value *value = value_new_string(text_string(text), text->length, 0);
    value->string.origin = text_format("$%.*s", (int)name_length, name);
    return value;
}

/* A string that is one placeholder: takes a value of the default's type. */
static void decode_whole(struct decoder *decoder, struct value *value, const struct placeholder *piece)
{
    struct text text = {0};
    struct value *standard = piece->has_default ? placeholder_default(piece) : NULL, *content = NULL;
    bool is_typed = standard && standard->kind != VALUE_STRING;
    if (!find(decoder, piece, &text)) {
        if (!standard)
            complain(decoder, value, piece, "there is no such variable, or it has no value, and no |default is given");
        content = standard;
        standard = NULL;
    } else if (is_typed) {
        content = convert(&text, standard->kind);
        if (!content) {
            char *what = text_format("its value must be %s, as the default is", type_name(standard->kind));
            complain(decoder, value, piece, what);
            free(what);
        }
    } else if (piece->is_quoted) {
        content = value_new_string(text_string(&text), text.length, 0);
    } else {
        content = new_env_string(&text, piece->text, piece->length);
    }
    if (content)
        replace(value, content);
    value_free(standard);
    text_free(&text);
}

static void decode_string(struct decoder *decoder, struct value *value)
{
    struct placeholder piece;
    struct text out = {0};
    const char *at = value->string.data, *end = at + value->string.length;
    if (value->string.origin || !memmem(at, value->string.length, "${", 2))
        return;
    if (placeholder_is_whole(at, value->string.length, PLACEHOLDER_ENV, &piece)) {
        decode_whole(decoder, value, &piece);
        return;
    }
    while (placeholder_next(&at, end, &piece)) {
        if (piece.kind == PLACEHOLDER_TEXT)
            text_add(&out, piece.text, piece.length);
        else if (piece.kind == PLACEHOLDER_NAME)
            text_printf(&out, "${%.*s}", (int)piece.length, piece.text);
        else if (find(decoder, &piece, &out))
            continue;
        else if (piece.has_default)
            text_add(&out, piece.standard, piece.standard_length);
        else
            complain(decoder, value, &piece, "there is no such variable, or it has no value, and no |default is given");
    }
    replace(value, value_new_string(text_string(&out), out.length, 0));
    text_free(&out);
}

/* The value of `NAME` in `field_env: NAME` for the field, whose own value (or NULL) says the type; NULL: none, the field stays. */
static struct value *find_for_field(struct decoder *decoder, const char *name, const struct value *own)
{
    struct text text = {0};
    struct value *value = NULL;
    if (env_lookup(decoder->env, decoder->entry, name, &text) == ENV_FOUND) {
        if (own && (own->kind == VALUE_BOOL || own->kind == VALUE_INT || own->kind == VALUE_FLOAT))
            value = convert(&text, own->kind);
        if (!value)
            value = new_env_string(&text, name, strlen(name));
    }
    text_free(&text);
    return value;
}

/* All keys like port_env of one map. */
static void decode_fields(struct decoder *decoder, struct value *map)
{
    for (size_t i = 0; i < map->map.count; i++) {
        const char *key = map->map.pairs[i].key, *name = value_string(map->map.pairs[i].value);
        size_t length = field_length(key);
        if (!length || !name)
            continue;
        char *field = alloc_copy(key, length);
        unsigned line = map->map.pairs[i].line;
        struct value *value = find_for_field(decoder, name, value_get(map, field));
        if (value)
            value_set(map, field, value, line);
        free(field);
    }
}

static void decode(struct decoder *decoder, struct value *value)
{
    if (value->kind == VALUE_STRING)
        decode_string(decoder, value);
    for (size_t i = 0; value->kind == VALUE_LIST && i < value->list.count; i++)
        decode(decoder, value->list.items[i]);
    if (value->kind != VALUE_MAP)
        return;
    decode_fields(decoder, value);
    for (size_t i = 0; i < value->map.count; i++)
        if (!is_opaque(decoder->entry, value->map.pairs[i].key))
            decode(decoder, value->map.pairs[i].value);
}

int decode_entry(struct env *env, const struct entry *entry, struct entry **out, char **problem)
{
    struct decoder decoder = {.env = env, .entry = entry};
    *out = NULL;
    *problem = NULL;
    if (!needs_work(entry, entry->data))
        return 0;
    struct entry *copy = entry_copy(entry);
    decode(&decoder, copy->data);
    if (!decoder.problem) {
        *out = copy;
        return 0;
    }
    entry_free(copy);
    *problem = decoder.problem;
    return -1;
}

void decoded_init(struct decoded *decoded, struct env *env, const struct entries *entries)
{
    *decoded = (struct decoded){
        .copies = alloc_zeroed(entries->count * sizeof(struct entry *)),
        .problems = alloc_zeroed(entries->count * sizeof(char *)),
    };
    for (size_t i = 0; i < entries->count; i++) {
        decode_entry(env, entries->items[i], &decoded->copies[i], &decoded->problems[i]);
        entries_add(&decoded->table, decoded->copies[i] ? decoded->copies[i] : entries->items[i]);
    }
}

void decoded_destroy(struct decoded *decoded)
{
    for (size_t i = 0; i < decoded->table.count; i++) {
        entry_free(decoded->copies[i]);
        free(decoded->problems[i]);
    }
    free(decoded->copies);
    free(decoded->problems);
    decoded->table.count = 0; /* those that are left are borrowed */
    entries_free(&decoded->table);
}

const char *decoded_problem(const struct decoded *decoded, const struct entry *entry)
{
    return decoded->problems[entries_index(&decoded->table, entry)];
}
