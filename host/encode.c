/* SPDX-License-Identifier: MIT */
/* encode: see the header. Lists become the array part of a table, maps its string keys; a null in a list keeps its place. */
#include "host/encode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/value.h"
#include "vm/codec.h"

static void check(bool ok)
{
    if (ok)
        return;
    fputs("moonlet: out of memory\n", stderr);
    abort();
}

static void put_map(struct codec_bytes *out, const struct value *map)
{
    check(codec_put_table(out, 0, (uint32_t)map->map.count));
    for (size_t i = 0; i < map->map.count; i++) {
        check(codec_put_string(out, map->map.pairs[i].key, strlen(map->map.pairs[i].key)));
        encode_put(out, map->map.pairs[i].value);
    }
}

void encode_put(struct codec_bytes *out, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        check(codec_put_nil(out));
        break;
    case VALUE_BOOL:
        check(codec_put_boolean(out, value->boolean));
        break;
    case VALUE_INT:
        check(codec_put_integer(out, value->integer));
        break;
    case VALUE_FLOAT:
        check(codec_put_number(out, value->number));
        break;
    case VALUE_STRING:
        check(codec_put_string(out, value->string.data, value->string.length));
        break;
    case VALUE_LIST:
        check(codec_put_table(out, (uint32_t)value->list.count, 0));
        for (size_t i = 0; i < value->list.count; i++)
            encode_put(out, value->list.items[i]);
        break;
    case VALUE_MAP:
        put_map(out, value);
        break;
    }
}

void encode_value(struct codec_bytes *out, const struct value *value)
{
    *out = (struct codec_bytes){0};
    check(codec_begin(out, 1));
    encode_put(out, value);
}

void encode_list(struct codec_bytes *out, const struct value *list)
{
    size_t count = list && list->kind == VALUE_LIST ? list->list.count : 0;
    *out = (struct codec_bytes){0};
    check(codec_begin(out, (int)count));
    for (size_t i = 0; i < count; i++)
        encode_put(out, list->list.items[i]);
}

void encode_strings(struct codec_bytes *out, char *const *strings, size_t count)
{
    *out = (struct codec_bytes){0};
    check(codec_begin(out, (int)count));
    for (size_t i = 0; i < count; i++)
        check(codec_put_string(out, strings[i], strlen(strings[i])));
}
