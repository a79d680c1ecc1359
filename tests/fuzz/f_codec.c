/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Decodes arbitrary bytes. Whatever decodes is encoded again, decoded again and compared, both with the one-shot and the
 * resumable form; views look at every top-level value; error objects and types are asked for everything. The state has a bounded
 * heap, so an input that makes the decoder allocate out of proportion is found as well.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "stdlib/errors.h"
#include "stdlib/libraries.h"
#include "vm/codec.h"
#include "vm/codec_cursor.h"
#include "vm/codec_write.h"
#include "vm/error.h"
#include "vm/fiber.h"
#include "vm/flat.h"
#include "vm/keys.h"
#include "vm/lang/shape.h"
#include "vm/lang/shape_relate.h"
#include "vm/lang/shape_text.h"
#include "vm/typed.h"
#include "vm/typed_check.h"
#include "vm/vm_struct.h"

enum { HEAP_BASE = 1 << 20, HEAP_PER_BYTE = 256, COMPARE_DEPTH = 150 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct memory {
    size_t used, limit;
};

#define REQUIRE(condition)                                                  \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                        \
        }                                                                   \
    } while (0)

static void *allocate(void *ud, void *block, size_t old_size, size_t new_size)
{
    struct memory *memory = ud;
    old_size = block ? old_size : 0;
    memory->used += new_size - old_size;
    REQUIRE(memory->used <= memory->limit);
    if (new_size)
        return realloc(block, new_size);
    free(block);
    return NULL;
}

static bool is_same(lua_State *L, int a, int b, int depth);

/* A type in a message is the same as its copy, unless it is too large to tell. */
static bool is_same_type(const struct typed *a, const struct typed *b)
{
    char text[2][SHAPE_TEXT_MESSAGE];
    shape_text(a->shapes, a->node, text[0], sizeof text[0]);
    shape_text(b->shapes, b->node, text[1], sizeof text[1]);
    return strcmp(text[0], text[1]) == 0;
}

/* Tables and errors that were met already correspond to what they corresponded to then; the map is at index 1. */
static bool was_met(lua_State *L, int a, int b, bool *same)
{
    lua_pushvalue(L, a);
    lua_rawget(L, 1);
    bool met = !lua_isnil(L, -1);
    *same = met && lua_rawequal(L, -1, b);
    lua_pop(L, 1);
    if (!met) {
        lua_pushvalue(L, a);
        lua_pushvalue(L, b);
        lua_rawset(L, 1);
    }
    return met;
}

/* Entries with scalar keys are compared; of the others (tables, errors as keys) only the number. */
static bool has_same_entries(lua_State *L, int a, int b, int depth)
{
    size_t others = 0;
    bool same = true;
    lua_pushnil(L);
    while (same && lua_next(L, a)) {
        int type = lua_type(L, -2);
        if (type == LUA_TTABLE || type == LUA_TUSERDATA) {
            others++;
        } else {
            lua_pushvalue(L, -2);
            lua_rawget(L, b);
            same = is_same(L, lua_gettop(L) - 1, lua_gettop(L), depth + 1);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    if (!same)
        return false;
    lua_pushnil(L);
    while (lua_next(L, b)) {
        int type = lua_type(L, -2);
        if (type == LUA_TTABLE || type == LUA_TUSERDATA) {
            others--;
        } else {
            lua_pushvalue(L, -2);
            lua_rawget(L, a);
            same = same && !lua_isnil(L, -1);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    return same && others == 0;
}

static bool is_same_error(lua_State *L, int a, int b)
{
    struct error_parts left, right;
    REQUIRE(error_parts(L, a, &left) && error_parts(L, b, &right));
    for (int i = 0; i < ERROR_TEXTS; i++) {
        if (left.text[i].length != right.text[i].length ||
            memcmp(left.text[i].data, right.text[i].data, left.text[i].length) != 0)
            return false;
    }
    return left.retryable == right.retryable && left.in_coroutine == right.in_coroutine;
}

static bool is_same(lua_State *L, int a, int b, int depth)
{
    int type = lua_type(L, a);
    bool same;
    if (type != lua_type(L, b))
        return false;
    if (type == LUA_TNUMBER && lua_isinteger(L, a) != lua_isinteger(L, b))
        return false;
    if (type != LUA_TTABLE && type != LUA_TUSERDATA) {
        lua_Number number = lua_tonumber(L, a);
        return lua_rawequal(L, a, b) || (number != number && lua_tonumber(L, b) != lua_tonumber(L, b));
    }
    REQUIRE(depth < COMPARE_DEPTH);
    luaL_checkstack(L, 10, "compare");
    if (was_met(L, a, b, &same))
        return same;
    if (type == LUA_TTABLE)
        return has_same_entries(L, a, b, depth);
    const struct typed *typed = typed_test(L, a), *other = typed_test(L, b);
    return typed ? other && is_same_type(typed, other) : !other && is_same_error(L, a, b);
}

/* Errors at top level: all methods must answer. */
static void ask_error(lua_State *L, int index)
{
    static const char *const names[] = {"kind", "message", "retryable", "details", "stack"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        lua_getfield(L, index, names[i]);
        lua_pushvalue(L, index);
        lua_call(L, 1, 1);
        lua_pop(L, 1);
    }
    lua_getglobal(L, "errors");
    lua_getfield(L, -1, "call_stack");
    lua_pushvalue(L, index);
    lua_call(L, 1, 1);
    lua_pop(L, 2);
}

/* ---- types ---- */

/* Calls the function on top with the value at `index`; what it gives is called in turn as long as it is an iterator that goes on. */
static void ask_part(lua_State *L, int index)
{
    enum { PARTS_MAX = 40 };
    int top = lua_gettop(L);
    lua_pushvalue(L, index);
    lua_call(L, 1, 1);
    for (int i = 0; i < PARTS_MAX && lua_isfunction(L, top); i++) {
        lua_pushvalue(L, top);
        lua_call(L, 0, 2);
        bool is_over = lua_isnil(L, -2);
        for (int part = 1; part <= 2; part++) {
            luaL_tolstring(L, -part, NULL);
            lua_pop(L, 1);
        }
        lua_pop(L, 2);
        if (is_over)
            break;
    }
    lua_settop(L, top - 1);
}

/* Looks whether the value on top is of the type, and asks why not. */
static void check_top(lua_State *L, const struct typed *typed)
{
    enum { SLICES_MAX = 20 };
    struct check check;
    int top = lua_gettop(L);
    enum check_status status = CHECK_MORE;
    check_begin(&check, typed->shapes, typed->node, top, 0, top);
    for (int i = 0; i < SLICES_MAX && status == CHECK_MORE; i++)
        status = check_run(L, &check);
    REQUIRE(status != CHECK_CALL);
    if (status == CHECK_INVALID)
        check_push_error(L, &check);
    lua_settop(L, top - 1);
}

/* {a = {1, "x"}, kind = "a", {}}, and the things in it. */
static void check_samples(lua_State *L, const struct typed *typed)
{
    lua_newtable(L);
    lua_pushinteger(L, 1);
    lua_rawseti(L, -2, 1);
    lua_pushliteral(L, "x");
    lua_rawseti(L, -2, 2);
    lua_newtable(L);
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, "a");
    lua_pushliteral(L, "a");
    lua_setfield(L, -2, "kind");
    lua_newtable(L);
    lua_rawseti(L, -2, 1);
    check_top(L, typed);
    check_top(L, typed);
    lua_pushnil(L);
    check_top(L, typed);
    lua_pushnumber(L, 1.5);
    check_top(L, typed);
    lua_pushliteral(L, "a");
    check_top(L, typed);
    lua_pushcfunction(L, lua_error);
    check_top(L, typed);
    typed_push_builtin(L, BUILTIN_STRING);
    check_top(L, typed);
}

/* Types at top level: all methods and comparisons must answer, and every value is of the type or not. */
static void ask_type(lua_State *L, int index)
{
    static const char *const names[] = {"annotations", "elem",   "fields", "inner",   "key", "kind",
                                        "name",        "params", "ret",    "tparams", "val", "variants"};
    const struct typed *typed = typed_test(L, index);
    struct shape_ref ref = {typed->shapes, typed->node}, string = {shape_builtins(), BUILTIN_STRING};
    luaL_tolstring(L, index, NULL);
    lua_pop(L, 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        lua_getfield(L, index, names[i]);
        ask_part(L, index);
    }
    REQUIRE(shape_is_equal(ref, ref) && shape_is_same(ref, ref) && shape_is_subtype(ref, ref));
    shape_is_equal(ref, string);
    shape_is_subtype(ref, string);
    shape_is_subtype(string, ref);
    check_samples(L, typed);
}

static enum codec_status decode_resumed(lua_State *L, const uint8_t *data, size_t size, int *count)
{
    enum codec_status status;
    struct codec_decoder *decoder = codec_decoder_new(L, data, size);
    decoder->pause_every = 3;
    decoder->by_count = true;
    while ((status = codec_decoder_run(L, decoder, count)) == CODEC_MORE)
        ;
    return status;
}

/*
 * Encodes the `count` values from index `first` and gives the bytes of the one-shot form, which the resumable form must match, but for the numbers
 * of strings.
 */
static struct codec_bytes encode_both(lua_State *L, int first, int count)
{
    struct codec_bytes once = {0}, resumed = {0};
    int top = lua_gettop(L);
    enum codec_status status = codec_encode(L, first, count, &once);
    REQUIRE(status == CODEC_OK && lua_gettop(L) == top);
    struct codec_encoder *encoder = codec_encoder_new(L, first, count);
    encoder->pause_every = 2;
    encoder->by_count = true;
    while ((status = codec_encoder_run(L, encoder, &resumed)) == CODEC_MORE)
        ;
    REQUIRE(status == CODEC_OK && lua_gettop(L) == top + 1);
    int again = -1;
    if (once.length > 0 && once.data[0] & WIRE_HAS_STRINGS)
        REQUIRE(decode_resumed(L, resumed.data, resumed.length, &again) == CODEC_OK && again == count);
    else
        REQUIRE(once.length == resumed.length && memcmp(once.data, resumed.data, once.length) == 0);
    lua_settop(L, top);
    codec_bytes_free(&resumed);
    return once;
}

struct input {
    const uint8_t *data;
    size_t size;
};

/* What the short way reads must be what the long way has read, the only value, which is at index 2. True: it read something. */
static bool check_flat_with(lua_State *L, struct keys *keys, const struct input *input, bool is_one)
{
    int top = lua_gettop(L);
    bool is_flat = flat_decode(L, keys, input->data, input->size) != FLAT_NOT;
    REQUIRE(lua_gettop(L) == top + is_flat);
    if (is_flat) {
        lua_newtable(L);
        lua_replace(L, 1); /* nothing was met yet */
        REQUIRE(is_one && is_same(L, 2, top + 1, 0));
    }
    lua_settop(L, top);
    return is_flat;
}

/* Whatever keys are known: none, another's, its own. */
static void check_flat(lua_State *L, const struct input *input, bool is_one)
{
    static const uint8_t other[] = {1, WIRE_FLAT8, 0, 2, WIRE_STRING + 1, 'a', 1, WIRE_STRING, 2};
    struct keys *keys = NULL;
    bool is_flat = check_flat_with(L, NULL, input, is_one);
    keys_learn(L, &keys, other, sizeof other);
    REQUIRE(check_flat_with(L, keys, input, is_one) == is_flat);
    if (is_flat)
        keys_learn(L, &keys, input->data, input->size);
    REQUIRE(check_flat_with(L, keys, input, is_one) == is_flat);
}

static int run_input(lua_State *L)
{
    const struct input *input = lua_touserdata(L, 1);
    int count = -1, again = -1;
    lua_settop(L, 0);
    lua_newtable(L); /* the map of was_met */
    enum codec_status status = codec_decode(L, input->data, input->size, &count);
    REQUIRE(lua_gettop(L) == (status == CODEC_OK ? 1 + count : 1));
    if (status != CODEC_OK) {
        REQUIRE(decode_resumed(L, input->data, input->size, &again) == status);
        check_flat(L, input, false);
        return 0;
    }
    luaL_checkstack(L, 2 * count + 20, "values");
    struct codec_bytes bytes = encode_both(L, 2, count);
    lua_pushlstring(L, (const char *)bytes.data, bytes.length);
    codec_bytes_free(&bytes);
    int copies = 2 + count + 2; /* after the map, the values, the string and the decoder */
    size_t length;
    const char *encoded = lua_tolstring(L, -1, &length);
    REQUIRE(decode_resumed(L, (const uint8_t *)encoded, length, &again) == CODEC_OK && again == count);
    for (int i = 0; i < count; i++) {
        REQUIRE(is_same(L, 2 + i, copies + i, 0));
        if (typed_test(L, 2 + i))
            ask_type(L, 2 + i);
        else if (lua_type(L, 2 + i) == LUA_TUSERDATA)
            ask_error(L, 2 + i);
    }
    check_flat(L, input, count == 1);
    return 0;
}

static void look(const uint8_t *data, size_t size)
{
    struct codec_view view;
    int count = codec_count(data, size);
    for (int i = -1; i <= count && i < 20; i++) {
        if (codec_view(data, size, i, &view) && (view.tag == CODEC_STRING || view.tag == CODEC_ERROR))
            REQUIRE((const uint8_t *)view.string.data >= data &&
                    (const uint8_t *)view.string.data + view.string.length <= data + size);
    }
}

/* Value by value: each takes at least a byte, and none reaches behind the end. */
static void walk(const uint8_t *data, size_t size)
{
    struct codec_walk walk;
    struct codec_view view;
    size_t values = 0;
    if (!codec_walk_begin(&walk, data, size))
        return;
    while (codec_walk_next(&walk, &view)) {
        REQUIRE(++values <= size && walk.at <= walk.end);
        if (view.tag == CODEC_STRING && view.string.length)
            REQUIRE((const uint8_t *)view.string.data + view.string.length == walk.at);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct memory memory = {.limit = HEAP_BASE + size * HEAP_PER_BYTE};
    struct input input = {data, size};
    lua_State *L = lua_newstate(allocate, &memory);
    static struct vm vm = {.config.libraries = std_libraries}; /* for the types that libraries show */
    struct state state = {.vm = &vm};
    REQUIRE(L);
    *(struct state **)lua_getextraspace(L) = &state;
    look(data, size);
    walk(data, size);
    lua_gc(L, LUA_GCSTOP, 0);
    lazy_push(L, std_errors_entries);
    lua_setglobal(L, "errors");
    lua_pushcfunction(L, run_input);
    lua_pushlightuserdata(L, &input);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK)
        REQUIRE(strstr(lua_tostring(L, -1), "stack overflow"));
    lua_close(L);
    return 0;
}
