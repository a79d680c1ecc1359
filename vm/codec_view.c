/* SPDX-License-Identifier: MIT */
/*
 * codec_view: looking at top-level values of an encoding from C. Values before the wanted one are skipped without
 * recursion: a table only adds its elements to the number of values still to skip.
 */
#include "vm/codec.h"
#include "vm/codec_wire.h"
#include "vm/error.h"

static bool view_error(struct wire_reader *reader, struct codec_view *out)
{
    struct error_parts parts;
    if (!wire_read_error(reader, &parts))
        return false;
    out->tag = CODEC_ERROR;
    out->string.data = parts.text[ERROR_TEXT_MESSAGE].data;
    out->string.length = parts.text[ERROR_TEXT_MESSAGE].length;
    out->kind = parts.text[ERROR_TEXT_KIND].data;
    out->kind_length = parts.text[ERROR_TEXT_KIND].length;
    out->retryable = parts.retryable;
    return true;
}

enum { REF_STRING = UINT32_MAX - 1 }; /* no table has this number: there would be no memory for so many */

/* Reads one value; the elements of a table are owed afterwards. A reference leaves its number in *ref, one to a string REF_STRING. */
static bool read_value(struct wire_reader *reader, struct codec_view *out, uint32_t *ref)
{
    if (reader->at == reader->end)
        return false;
    reader->owed--;
    unsigned tag = *reader->at++;
    if (tag == WIRE_KEEP) {
        if (reader->at == reader->end || !wire_is_string(*reader->at))
            return false;
        tag = *reader->at++;
    }
    switch (tag) {
    case WIRE_NIL:
        out->tag = CODEC_NIL;
        return true;
    case WIRE_FALSE:
    case WIRE_TRUE:
        out->tag = CODEC_BOOLEAN;
        out->boolean = tag == WIRE_TRUE;
        return true;
    case WIRE_NUMBER:
        out->tag = CODEC_NUMBER;
        return wire_read_bytes(reader, &out->number, sizeof out->number);
    case WIRE_TABLE8:
    case WIRE_TABLE32:
    case WIRE_FLAT8:
        out->tag = CODEC_TABLE;
        return wire_read_table(reader, tag, &out->table.narr, &out->table.nhash);
    case WIRE_REF:
        return wire_read_varint(reader, ref);
    case WIRE_ERROR:
        return view_error(reader, out);
    case WIRE_TYPE:
        out->tag = CODEC_TYPE;
        return wire_read_type(reader, &out->string.data, &out->string.length);
    }
    if (tag <= WIRE_INTEGER_MAX || (tag >= WIRE_INT8 && tag <= WIRE_INT64)) {
        out->tag = CODEC_INTEGER;
        return wire_read_integer(reader, tag, &out->integer);
    }
    if (tag >= WIRE_KEPT) {
        *ref = REF_STRING;
        return true;
    }
    out->tag = CODEC_STRING;
    return wire_is_string(tag) && wire_read_string(reader, tag, &out->string.data, &out->string.length);
}

/* Reads values up to the one after which `later` top-level values are still to come. */
static bool read_until(struct wire_reader *reader, uint64_t later, struct codec_view *out, uint32_t *ref)
{
    do {
        *out = (struct codec_view){.retryable = -1};
        *ref = UINT32_MAX;
        if (!read_value(reader, out, ref))
            return false;
    } while (reader->owed > later);
    return true;
}

/* The table or error that has the number; it begins somewhere before the reference. */
static bool view_referenced(struct wire_reader reader, uint32_t number, struct codec_view *out)
{
    uint32_t ref;
    do {
        *out = (struct codec_view){.retryable = -1};
        ref = UINT32_MAX;
        if (reader.owed == 0 || !read_value(&reader, out, &ref))
            return false;
        if (ref == UINT32_MAX && (out->tag == CODEC_TABLE || out->tag == CODEC_ERROR || out->tag == CODEC_TYPE) &&
            number-- == 0)
            return true;
    } while (true);
}

int codec_count(const void *data, size_t length)
{
    struct wire_reader reader;
    struct wire_head head;
    return wire_read_head(&reader, data, length, &head) ? (int)head.count : -1;
}

bool codec_view(const void *data, size_t length, int index, struct codec_view *out)
{
    struct wire_reader reader;
    struct wire_head head;
    uint32_t ref;
    if (!wire_read_head(&reader, data, length, &head) || index < 0 || (uint32_t)index >= head.count)
        return false;
    struct wire_reader start = reader;
    if (index > 0 && !read_until(&reader, head.count - (uint32_t)index, out, &ref))
        return false;
    *out = (struct codec_view){.retryable = -1};
    ref = UINT32_MAX;
    if (!read_value(&reader, out, &ref))
        return false;
    return ref == UINT32_MAX || (head.has_refs && view_referenced(start, ref, out));
}

bool codec_fields_begin(struct codec_fields *fields, const void *data, size_t length)
{
    struct wire_reader reader;
    struct wire_head head;
    uint32_t narr, nhash;
    if (!wire_read_head(&reader, data, length, &head) || head.count != 1 || head.has_refs || head.strings)
        return false;
    reader.owed--;
    unsigned tag = *reader.at++;
    if (!wire_is_table(tag) || !wire_read_table(&reader, tag, &narr, &nhash) || narr > 0)
        return false;
    *fields = (struct codec_fields){reader.at, reader.end, nhash};
    return true;
}

bool codec_fields_next(struct codec_fields *fields, struct codec_field *out)
{
    struct wire_reader reader = {fields->at, fields->end, 2 * (uint64_t)fields->left};
    struct codec_view inner;
    uint32_t ref = UINT32_MAX;
    if (fields->left == 0 || !read_value(&reader, &out->view, &ref) || out->view.tag != CODEC_STRING)
        return false;
    out->key = out->view.string.data;
    out->key_length = out->view.string.length;
    out->value = reader.at;
    out->view = (struct codec_view){.retryable = -1};
    uint64_t later = reader.owed - 1;
    if (!read_value(&reader, &out->view, &ref) || ref != UINT32_MAX)
        return false;
    if (reader.owed > later && !read_until(&reader, later, &inner, &ref))
        return false;
    out->length = (size_t)(reader.at - out->value);
    fields->at = reader.at;
    fields->left--;
    return true;
}

static bool enter(const struct codec_field *field, struct wire_reader *reader, uint32_t *narr, uint32_t *nhash)
{
    *reader = (struct wire_reader){field->value + 1, field->value + field->length, 0};
    unsigned tag = field->value[0];
    return wire_is_table(tag) && wire_read_table(reader, tag, narr, nhash);
}

bool codec_fields_enter(struct codec_fields *fields, const struct codec_field *field)
{
    struct wire_reader reader;
    uint32_t narr, nhash;
    if (!enter(field, &reader, &narr, &nhash) || narr > 0)
        return false;
    *fields = (struct codec_fields){reader.at, reader.end, nhash};
    return true;
}

bool codec_items_enter(struct codec_fields *items, const struct codec_field *field)
{
    struct wire_reader reader;
    uint32_t narr, nhash;
    if (!enter(field, &reader, &narr, &nhash) || nhash > 0)
        return false;
    *items = (struct codec_fields){reader.at, reader.end, narr};
    return true;
}

bool codec_items_next(struct codec_fields *items, struct codec_view *out)
{
    struct wire_reader reader = {items->at, items->end, items->left};
    struct codec_view inner;
    uint32_t ref = UINT32_MAX;
    *out = (struct codec_view){.retryable = -1};
    if (items->left == 0 || !read_value(&reader, out, &ref) || ref != UINT32_MAX)
        return false;
    uint64_t later = items->left - 1;
    if (reader.owed > later && !read_until(&reader, later, &inner, &ref))
        return false;
    items->at = reader.at;
    items->left--;
    return true;
}

bool codec_walk_begin(struct codec_walk *walk, const void *data, size_t length)
{
    struct wire_reader reader;
    struct wire_head head;
    if (!wire_read_head(&reader, data, length, &head) || head.has_refs || head.strings)
        return false;
    *walk = (struct codec_walk){reader.at, reader.end, reader.owed};
    return true;
}

bool codec_walk_next(struct codec_walk *walk, struct codec_view *out)
{
    struct wire_reader reader = {walk->at, walk->end, walk->owed};
    uint32_t ref = UINT32_MAX;
    *out = (struct codec_view){.retryable = -1};
    if (!walk->owed || !read_value(&reader, out, &ref) || ref != UINT32_MAX)
        return false;
    walk->at = reader.at;
    walk->owed = reader.owed;
    return true;
}
