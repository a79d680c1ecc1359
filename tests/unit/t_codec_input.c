/* SPDX-License-Identifier: MIT */
/* links: vm */
/*
 * Encodings that nobody should have made, memory that runs out, and encodings made and seen from C.
 */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <lauxlib.h>
#include <lualib.h>

#include "vm/codec.h"
#include "vm/codec_cursor.h"
#include "vm/codec_write.h"
#include "vm/error.h"

/* A Lua allocator that counts and can fail. */
struct memory {
    size_t used, peak;
    size_t limit;     /* refuses what would pass it */
    size_t countdown; /* fails when it comes to 0; 0: never */
};

static void *allocate(void *ud, void *block, size_t old_size, size_t new_size)
{
    struct memory *memory = ud;
    old_size = block ? old_size : 0;
    if (new_size == 0) {
        memory->used -= old_size;
        free(block);
        return NULL;
    }
    if (new_size > old_size) {
        if (memory->countdown && --memory->countdown == 0)
            return NULL;
        if (memory->used + new_size - old_size > memory->limit)
            return NULL;
    }
    void *moved = realloc(block, new_size);
    memory->used += new_size - old_size;
    memory->peak = memory->used > memory->peak ? memory->used : memory->peak;
    return moved;
}

static lua_State *L;
static struct memory memory;
static struct codec_bytes bytes;

static void setup(void)
{
    memory = (struct memory){.limit = SIZE_MAX};
    L = lua_newstate(allocate, &memory);
    luaL_openlibs(L);
}

static void teardown(void)
{
    codec_bytes_free(&bytes);
    lua_close(L);
    cr_assert_eq(memory.used, 0);
}

TestSuite(codec_input, .init = setup, .fini = teardown);

static void encode(const char *text)
{
    lua_settop(L, 0);
    cr_assert(!luaL_dostring(L, text), "%s", lua_tostring(L, -1));
    bytes.length = 0;
    cr_assert_eq(codec_encode(L, 1, lua_gettop(L), &bytes), CODEC_OK);
}

static enum codec_status decode(const void *data, size_t length)
{
    int count = -1, top = lua_gettop(L);
    /* An exact copy, so that AddressSanitizer sees reads behind it. */
    void *copy = malloc(length ? length : 1);
    memcpy(copy, data, length);
    enum codec_status status = codec_decode(L, copy, length, &count);
    cr_assert_eq(lua_gettop(L), status == CODEC_OK ? top + count : top);
    struct codec_decoder *decoder = codec_decoder_new(L, copy, length);
    decoder->pause_every = 1;
    decoder->by_count = true;
    enum codec_status resumed;
    while ((resumed = codec_decoder_run(L, decoder, &count)) == CODEC_MORE)
        ;
    cr_assert_eq(resumed, status);
    lua_settop(L, top);
    free(copy);
    return status;
}

#define DECODE(...) decode((const unsigned char[]){__VA_ARGS__}, sizeof((const unsigned char[]){__VA_ARGS__}))

Test(codec_input, bad_numbered_strings)
{
    enum { HEAD = WIRE_HAS_STRINGS | 1, A = WIRE_STRING + 1 };
    cr_assert_eq(DECODE(HEAD, WIRE_TABLE8, 2, 0, WIRE_KEEP, A, 'a', WIRE_KEPT, 1), CODEC_OK);
    cr_assert_eq(DECODE(1, WIRE_TABLE8, 2, 0, WIRE_KEEP, A, 'a', WIRE_KEPT), CODEC_CORRUPT, "without the flag");
    cr_assert_eq(DECODE(1, WIRE_TABLE8, 1, 0, WIRE_KEPT), CODEC_CORRUPT);
    cr_assert_eq(DECODE(HEAD, WIRE_TABLE8, 2, 0, WIRE_KEEP, A, 'a', WIRE_KEPT, 2), CODEC_CORRUPT,
                 "fewer than announced");
    cr_assert_eq(DECODE(HEAD, WIRE_TABLE8, 2, 0, WIRE_KEEP, A, 'a', WIRE_KEEP, A, 'b', 1), CODEC_CORRUPT,
                 "more than announced");
    cr_assert_eq(DECODE(HEAD, WIRE_TABLE8, 2, 0, WIRE_KEPT, WIRE_KEEP, A, 'a', 1), CODEC_CORRUPT,
                 "before it has its number");
    cr_assert_eq(DECODE(HEAD, WIRE_TABLE8, 2, 0, WIRE_KEEP, A, 'a', WIRE_KEPT + 1, 1), CODEC_CORRUPT);
    cr_assert_eq(DECODE(HEAD, WIRE_TABLE8, 2, 0, WIRE_KEEP, 7, WIRE_KEPT, 1), CODEC_CORRUPT, "no string");
    cr_assert_eq(DECODE(HEAD, WIRE_TABLE8, 1, 0, WIRE_KEEP, WIRE_KEEP, A, 'a', 1), CODEC_CORRUPT);
    cr_assert_eq(DECODE(HEAD, WIRE_TABLE8, 1, 0, WIRE_KEEP, 1), CODEC_CORRUPT);
    cr_assert_eq(DECODE(HEAD, WIRE_KEEP, A, 'a', 1), CODEC_CORRUPT, "at top level");
    cr_assert_eq(DECODE(WIRE_HAS_STRINGS | 2, WIRE_TABLE8, 1, 0, WIRE_KEEP, A, 'a', WIRE_KEPT, 1), CODEC_CORRUPT,
                 "at top level");
    cr_assert_eq(DECODE(HEAD, 5, 0), CODEC_CORRUPT, "none");
    cr_assert_eq(DECODE(HEAD, 5, WIRE_STRINGS_MAX + 1), CODEC_CORRUPT, "too many");
    cr_assert_eq(DECODE(WIRE_HAS_STRINGS), CODEC_CORRUPT);
    cr_assert_eq(DECODE(WIRE_HAS_STRINGS | WIRE_COUNT_LONG, 1, 0, 0, 0), CODEC_CORRUPT);
}

Test(codec_input, views_pass_over_numbered_strings)
{
    struct codec_view view;
    struct codec_walk walk;
    struct codec_fields fields;
    encode("return {{a = 'x'}, {a = 'x'}, {a = 'x'}, {a = 'x'}}, 'tail'");
    cr_assert(bytes.data[0] & WIRE_HAS_STRINGS);
    cr_assert(codec_view(bytes.data, bytes.length, 1, &view));
    cr_assert_eq(view.tag, CODEC_STRING);
    cr_assert_arr_eq(view.string.data, "tail", 4);
    cr_assert_not(codec_walk_begin(&walk, bytes.data, bytes.length));
    static const unsigned char map[] = {WIRE_HAS_STRINGS | 1, WIRE_TABLE8, 0,         1, WIRE_KEEP,
                                        WIRE_STRING + 1,      'a',         WIRE_KEPT, 1};
    cr_assert_not(codec_fields_begin(&fields, map, sizeof map));
    static const unsigned char bare[] = {WIRE_HAS_STRINGS | 2, 1, WIRE_KEPT, 1};
    cr_assert_not(codec_view(bare, sizeof bare, 1, &view));
}

Test(codec_input, every_truncation_is_refused)
{
    encode("local t = {1, -5, 300, 70000, 1 << 40, 1.5, 'short', ('long'):rep(30), ('x'):rep(300), true, false, {}, a "
           "= {b = {c = 1}}} "
           "t.self = t t[{}] = 'key' for i = 10, 20 do t[i] = {again = 'and again'} end return t, nil, 'tail'");
    cr_assert_eq(decode(bytes.data, bytes.length), CODEC_OK);
    for (size_t length = 0; length < bytes.length; length++)
        cr_assert_eq(decode(bytes.data, length), CODEC_CORRUPT, "%zu", length);
}

Test(codec_input, trailing_bytes_are_refused)
{
    cr_assert_eq(DECODE(1, 5), CODEC_OK);
    cr_assert_eq(DECODE(1, 5, 5), CODEC_CORRUPT);
    cr_assert_eq(DECODE(0), CODEC_OK);
    cr_assert_eq(DECODE(0, 0), CODEC_CORRUPT);
}

Test(codec_input, bad_tags_keys_and_references)
{
    cr_assert_eq(DECODE(1, WIRE_TYPE), CODEC_CORRUPT);
    cr_assert_eq(DECODE(1, 0xff), CODEC_CORRUPT);
    cr_assert_eq(DECODE(1, WIRE_TABLE8, 0, 1, WIRE_NIL, 1), CODEC_CORRUPT);
    cr_assert_eq(DECODE(1, WIRE_TABLE8, 0, 1, WIRE_NUMBER, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f, 1), CODEC_CORRUPT);
    cr_assert_eq(DECODE(1, WIRE_TABLE8, 0, 1, 7, WIRE_NIL), CODEC_OK);
    cr_assert_eq(DECODE(WIRE_HAS_REFS | 1, WIRE_TABLE8, 1, 0, WIRE_REF, 0), CODEC_OK);
    cr_assert_eq(DECODE(1, WIRE_TABLE8, 1, 0, WIRE_REF, 0), CODEC_CORRUPT, "references without the flag");
    cr_assert_eq(DECODE(WIRE_HAS_REFS | 1, WIRE_TABLE8, 1, 0, WIRE_REF, 1), CODEC_CORRUPT, "forward");
    cr_assert_eq(DECODE(WIRE_HAS_REFS | 1, WIRE_REF, 0), CODEC_CORRUPT, "nothing to refer to");
    cr_assert_eq(DECODE(WIRE_HAS_REFS | 1, WIRE_TABLE8, 1, 0, WIRE_REF, 0xff, 0xff, 0xff, 0xff, 0xff), CODEC_CORRUPT);
}

Test(codec_input, counts_that_the_input_cannot_hold)
{
    size_t before = memory.used;
    cr_assert_eq(DECODE(0x7f, 0xff, 0xff, 0xff, 0x7f, 1, 2, 3), CODEC_CORRUPT);
    cr_assert_eq(DECODE(0x7f, 0xff, 0xff, 0xff, 0xff, 1, 2, 3), CODEC_CORRUPT);
    cr_assert_eq(DECODE(1, WIRE_TABLE32, 0, 0, 0, 0x80, 0, 0, 0, 0, 1), CODEC_CORRUPT);
    cr_assert_eq(DECODE(1, WIRE_TABLE32, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1), CODEC_CORRUPT);
    cr_assert_eq(DECODE(1, WIRE_TABLE32, 0, 0, 0, 0, 0, 0, 0, 0x40, 1), CODEC_CORRUPT);
    cr_assert_eq(DECODE(1, WIRE_TABLE8, 1, 1, 1, 1), CODEC_CORRUPT);
    cr_assert_eq(DECODE(1, WIRE_STRING32, 0xff, 0xff, 0xff, 0xff, 'a'), CODEC_CORRUPT);
    cr_assert_eq(DECODE(1, WIRE_ERROR, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0, 0), CODEC_CORRUPT);
    cr_assert_lt(memory.peak, before + 64 * 1024);
}

/* Each table alone claims no more than what follows; together they would be far more. */
Test(codec_input, nested_claims_do_not_add_up)
{
    enum { LEVELS = 100, FILL = 100000 };
    unsigned char *data = malloc(1 + LEVELS * WIRE_TABLE32_SIZE + FILL), *at = data;
    *at++ = 1;
    for (int i = 0; i < LEVELS; i++)
        at += wire_write_table_head(at, FILL, 0);
    memset(at, WIRE_NIL, FILL);
    size_t before = memory.used;
    cr_assert_eq(decode(data, 1 + LEVELS * WIRE_TABLE32_SIZE + FILL), CODEC_CORRUPT);
    cr_assert_lt(memory.peak, before + 3 * 16 * FILL);
    free(data);
}

Test(codec_input, nesting_past_the_limit)
{
    unsigned char data[1 + 3 * 200 + 1] = {1};
    for (int depth = 127; depth <= 129; depth++) {
        unsigned char *at = data + 1;
        for (int i = 0; i < depth; i++)
            at += wire_write_table_head(at, i < depth - 1, 0);
        cr_assert_eq(decode(data, (size_t)(at - data)), depth <= CODEC_MAX_DEPTH ? CODEC_OK : CODEC_DEPTH, "%d", depth);
    }
}

Test(codec_input, more_values_than_the_lua_stack_holds)
{
    enum { COUNT = 2000000 };
    unsigned char *data = malloc(COUNT + 5);
    size_t head = wire_write_count(data, COUNT);
    memset(data + head, WIRE_NIL, COUNT);
    cr_assert_eq(codec_count(data, head + COUNT), COUNT);
    cr_assert_eq(decode(data, head + COUNT), CODEC_MEMORY);
    free(data);
}

static int decode_protected(lua_State *state)
{
    int count;
    lua_pushinteger(state, codec_decode(state, bytes.data, bytes.length, &count));
    return 1;
}

static int encode_resumed_protected(lua_State *state)
{
    enum codec_status status;
    struct codec_encoder *encoder = codec_encoder_new(state, 1, 1);
    encoder->pause_every = 2;
    encoder->by_count = true;
    while ((status = codec_encoder_run(state, encoder, &bytes)) == CODEC_MORE)
        ;
    lua_pushinteger(state, status);
    return 1;
}

/* Fails each allocation in turn until there is none left to fail; the state stays usable and nothing leaks. */
static int fail_each_allocation(lua_CFunction function, int argument)
{
    for (int k = 1;; k++) {
        lua_settop(L, 1);
        lua_gc(L, LUA_GCCOLLECT, 0);
        lua_pushcfunction(L, function);
        if (argument)
            lua_pushvalue(L, argument);
        memory.countdown = (size_t)k;
        int status = lua_pcall(L, argument ? 1 : 0, 1, 0);
        bool has_failed = memory.countdown == 0;
        memory.countdown = 0;
        if (!has_failed) {
            cr_assert_eq(status, LUA_OK);
            cr_assert_eq(lua_tointeger(L, -1), CODEC_OK);
            return k - 1;
        }
        /* The collector may have made room at the second attempt: then all is well. */
        cr_assert(status == LUA_ERRMEM || lua_tointeger(L, -1) == CODEC_MEMORY || lua_tointeger(L, -1) == CODEC_OK);
        cr_assert(k < 100000);
    }
}

static const char big_value[] =
    "local t = {} for i = 1, 40 do t[i] = {i, name = ('n'):rep(i * 5), more = {{}, {}}} end t.again = t[1] return t";

Test(codec_input, decode_survives_memory_errors)
{
    encode(big_value);
    cr_assert_gt(fail_each_allocation(decode_protected, 0), 20);
}

Test(codec_input, resumed_encode_survives_memory_errors)
{
    encode(big_value);
    size_t length = bytes.length;
    bytes.length = 0;
    cr_assert_gt(fail_each_allocation(encode_resumed_protected, 1), 5);
    cr_assert_geq(bytes.length, length);
}

/* ---- without a lua_State ---- */

Test(codec_input, writers_and_decode_agree)
{
    int count;
    cr_assert(codec_begin(&bytes, 8));
    cr_assert(codec_put_nil(&bytes));
    cr_assert(codec_put_boolean(&bytes, true));
    cr_assert(codec_put_integer(&bytes, INT64_MIN));
    cr_assert(codec_put_number(&bytes, 2.25));
    cr_assert(codec_put_string(&bytes, "a\0b", 3));
    cr_assert(codec_put_string(&bytes, NULL, 0));
    cr_assert(codec_put_table(&bytes, 2, 1));
    cr_assert(codec_put_integer(&bytes, 1) && codec_put_integer(&bytes, 2));
    cr_assert(codec_put_string(&bytes, "k", 1) && codec_put_boolean(&bytes, false));
    cr_assert(codec_put_error(&bytes, ERROR_TIMEOUT, "too late", 1));
    cr_assert_eq(codec_decode(L, bytes.data, bytes.length, &count), CODEC_OK);
    cr_assert_eq(count, 8);
    cr_assert(lua_isnil(L, 1) && lua_toboolean(L, 2));
    cr_assert_eq(lua_tointeger(L, 3), INT64_MIN);
    cr_assert_eq(lua_tonumber(L, 4), 2.25);
    cr_assert_eq(lua_rawlen(L, 5), 3);
    cr_assert_eq(lua_rawlen(L, 6), 0);
    cr_assert_eq(lua_rawlen(L, 7), 2);
    lua_getfield(L, 7, "k");
    cr_assert(lua_isboolean(L, -1) && !lua_toboolean(L, -1));
    struct error_view view;
    cr_assert(error_view(L, 8, &view));
    cr_assert_str_eq(view.kind, "Timeout");
    cr_assert_str_eq(view.message, "too late");
    cr_assert_eq(view.retryable, 1);
}

Test(codec_input, writers_take_large_tables_and_counts)
{
    int count;
    cr_assert(codec_begin(&bytes, 200));
    for (int i = 0; i < 199; i++)
        cr_assert(codec_put_integer(&bytes, i));
    cr_assert(codec_put_table(&bytes, 300, 0));
    for (int i = 0; i < 300; i++)
        cr_assert(codec_put_integer(&bytes, i));
    cr_assert_eq(codec_count(bytes.data, bytes.length), 200);
    lua_checkstack(L, 300);
    cr_assert_eq(codec_decode(L, bytes.data, bytes.length, &count), CODEC_OK);
    cr_assert_eq(lua_rawlen(L, 200), 300);
}

Test(codec_input, views)
{
    struct codec_view view;
    encode("return nil, true, -70000, 0.5, ('s'):rep(100), {1, {2, x = {}}, y = 'z'}, 'last'");
    static const enum codec_tag tags[] = {CODEC_NIL,    CODEC_BOOLEAN, CODEC_INTEGER, CODEC_NUMBER,
                                          CODEC_STRING, CODEC_TABLE,   CODEC_STRING};
    for (int i = 0; i < 7; i++) {
        cr_assert(codec_view(bytes.data, bytes.length, i, &view), "%d", i);
        cr_assert_eq(view.tag, tags[i]);
    }
    cr_assert_eq(view.string.length, 4);
    cr_assert_arr_eq(view.string.data, "last", 4);
    cr_assert(codec_view(bytes.data, bytes.length, 1, &view) && view.boolean);
    cr_assert(codec_view(bytes.data, bytes.length, 2, &view) && view.integer == -70000);
    cr_assert(codec_view(bytes.data, bytes.length, 3, &view) && view.number == 0.5);
    cr_assert(codec_view(bytes.data, bytes.length, 4, &view) && view.string.length == 100);
    cr_assert_not(codec_view(bytes.data, bytes.length, 7, &view));
    cr_assert_not(codec_view(bytes.data, bytes.length, -1, &view));
    cr_assert_not(codec_view(bytes.data, bytes.length - 1, 6, &view));
    cr_assert_not(codec_view(bytes.data, 0, 0, &view));
}

Test(codec_input, views_of_errors)
{
    struct codec_view view;
    cr_assert(codec_begin(&bytes, 2));
    cr_assert(codec_put_nil(&bytes));
    cr_assert(codec_put_error(&bytes, ERROR_NOT_FOUND, "no such thing", -1));
    cr_assert(codec_view(bytes.data, bytes.length, 1, &view));
    cr_assert_eq(view.tag, CODEC_ERROR);
    cr_assert_eq(view.kind_length, strlen("NotFound"));
    cr_assert_arr_eq(view.kind, "NotFound", view.kind_length);
    cr_assert_eq(view.string.length, strlen("no such thing"));
    cr_assert_arr_eq(view.string.data, "no such thing", view.string.length);
    cr_assert_eq(view.retryable, -1);
    cr_assert(codec_view(bytes.data, bytes.length, 0, &view));
    cr_assert_eq(view.tag, CODEC_NIL);
    cr_assert_null(view.kind);
}

/* An exit value that holds the error which is the second value. */
Test(codec_input, views_follow_references)
{
    struct codec_view view;
    lua_settop(L, 0);
    lua_createtable(L, 1, 0);
    error_push(L, ERROR_CONFLICT, "clash %d", 7);
    lua_pushvalue(L, -1);
    lua_rawseti(L, 1, 1);
    lua_pushvalue(L, 1);
    cr_assert_eq(codec_encode(L, 1, 3, &bytes), CODEC_OK);
    cr_assert(codec_view(bytes.data, bytes.length, 1, &view));
    cr_assert_eq(view.tag, CODEC_ERROR);
    cr_assert_eq(view.string.length, strlen("clash 7"));
    cr_assert(codec_view(bytes.data, bytes.length, 2, &view));
    cr_assert_eq(view.tag, CODEC_TABLE);
    int count;
    cr_assert_eq(codec_decode(L, bytes.data, bytes.length, &count), CODEC_OK);
    lua_rawgeti(L, -3, 1);
    cr_assert(lua_rawequal(L, -1, -3), "an error object keeps its identity within one encoding");
}

Test(codec_input, views_of_anything_stay_inside)
{
    encode("local t = {1, 'x', {y = 2}} t[4] = t return t, 'b', {t, t}, 5.5, ('z'):rep(80)");
    for (size_t at = 0; at < bytes.length; at++) {
        for (int value = 0; value < 256; value += 5) {
            struct codec_view view;
            unsigned char *copy = malloc(bytes.length);
            memcpy(copy, bytes.data, bytes.length);
            copy[at] = (unsigned char)value;
            for (int i = 0; i < 6; i++) {
                if (codec_view(copy, bytes.length, i, &view) && view.tag == CODEC_STRING)
                    cr_assert(view.string.data >= (char *)copy &&
                              view.string.data + view.string.length <= (char *)copy + bytes.length);
            }
            decode(copy, bytes.length);
            free(copy);
        }
    }
}
