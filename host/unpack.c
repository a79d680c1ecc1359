/* SPDX-License-Identifier: MIT */
/* unpack: see the header. A table with a sequence is a list, any other a map; an empty one is a map. */
#include "host/unpack.h"

#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/value.h"
#include "vm/codec.h"

static struct value *unpack(struct codec_walk *walk, unsigned depth);

static struct value *unpack_list(struct codec_walk *walk, uint32_t count, unsigned depth)
{
    struct value *list = value_new(VALUE_LIST, 0);
    for (uint32_t i = 0; i < count; i++) {
        struct value *item = unpack(walk, depth);
        if (!item) {
            value_free(list);
            return NULL;
        }
        value_append(list, item);
    }
    return list;
}

/* Keys are different, unless a number and a string have the same text; then the first counts. */
static struct value *unpack_map(struct codec_walk *walk, uint32_t count, unsigned depth)
{
    struct value *map = value_new(VALUE_MAP, 0);
    for (uint32_t i = 0; i < count; i++) {
        struct codec_view view;
        bool is_key = codec_walk_next(walk, &view) && view.tag == CODEC_STRING;
        char *key = is_key ? alloc_copy(view.string.data, view.string.length) : NULL;
        struct value *item = is_key ? unpack(walk, depth) : NULL;
        if (item)
            value_add(map, key, item, 0);
        free(key);
        if (!item) {
            value_free(map);
            return NULL;
        }
    }
    return map;
}

static struct value *unpack(struct codec_walk *walk, unsigned depth)
{
    struct codec_view view;
    if (!codec_walk_next(walk, &view))
        return NULL;
    if (view.tag == CODEC_STRING)
        return value_new_string(view.string.data, view.string.length, 0);
    if (view.tag == CODEC_TABLE && (depth > CODEC_MAX_DEPTH || (view.table.narr && view.table.nhash)))
        return NULL;
    if (view.tag == CODEC_TABLE)
        return view.table.narr ? unpack_list(walk, view.table.narr, depth + 1)
                               : unpack_map(walk, view.table.nhash, depth + 1);
    static const enum value_kind kinds[] = {[CODEC_NIL] = VALUE_NULL,
                                            [CODEC_BOOLEAN] = VALUE_BOOL,
                                            [CODEC_INTEGER] = VALUE_INT,
                                            [CODEC_NUMBER] = VALUE_FLOAT};
    if (view.tag > CODEC_NUMBER)
        return NULL;
    struct value *value = value_new(kinds[view.tag], 0);
    if (view.tag == CODEC_BOOLEAN)
        value->boolean = view.boolean;
    else if (view.tag == CODEC_INTEGER)
        value->integer = view.integer;
    else if (view.tag == CODEC_NUMBER)
        value->number = view.number;
    return value;
}

struct value *unpack_value(struct codec_walk *walk)
{
    return unpack(walk, 0);
}
