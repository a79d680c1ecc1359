/* SPDX-License-Identifier: MIT */
/* links: vm */
/* Encodings are those of codec, whatever is in them; what is no small value, or corrupt, is left to codec. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <lauxlib.h>
#include <lualib.h>

#include "vm/codec.h"
#include "vm/codec_wire.h"
#include "vm/scalars.h"

static lua_State *L;
static unsigned char bytes[SCALARS_BYTES];

static void setup(void)
{
    L = luaL_newstate();
}

static void teardown(void)
{
    lua_close(L);
}

TestSuite(scalars, .init = setup, .fini = teardown);

/* Pushes the values of a Lua expression list. */
static int push(const char *list)
{
    lua_settop(L, 0);
    lua_pushfstring(L, "return %s", list);
    cr_assert_eq(luaL_dostring(L, lua_tostring(L, 1)), LUA_OK, "%s", lua_tostring(L, -1));
    lua_remove(L, 1);
    return lua_gettop(L);
}

static size_t check_same(const char *list)
{
    struct codec_bytes same = {0};
    int count = push(list);
    size_t length = scalars_encode(L, 1, count, bytes);
    cr_assert_eq(codec_encode(L, 1, count, &same), CODEC_OK);
    cr_assert_eq(length, same.length, "%s", list);
    cr_assert_eq(memcmp(bytes, same.data, length), 0, "%s", list);
    cr_assert_eq(lua_gettop(L), count);
    codec_bytes_free(&same);
    return length;
}

static const char *const values[] = {
    "nil",
    "true",
    "false",
    "0",
    "127",
    "128",
    "-1",
    "-128",
    "-129",
    "32767",
    "32768",
    "-32769",
    "2147483647",
    "2147483648",
    "-2147483649",
    "1 << 62",
    "1 << 63",
    "0.0",
    "-0.5",
    "1 / 0",
    "0 / 0",
    "''",
    "'a'",
    "'a\\0b'",
    "'012345678901234567890123456789012345678901234567890123456789abc'",
};

Test(scalars, one_value_is_as_codec_writes_it_and_comes_back)
{
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
        size_t length = check_same(values[i]);
        cr_assert(scalars_decode_one(L, bytes, length), "%s", values[i]);
        bool is_nan = lua_tonumber(L, 1) != lua_tonumber(L, 1);
        cr_assert(is_nan || lua_rawequal(L, 1, 2), "%s", values[i]);
        cr_assert_eq(lua_isinteger(L, 1), lua_isinteger(L, 2));
        cr_assert_eq(lua_gettop(L), 2);
    }
}

Test(scalars, several_values_are_as_codec_writes_them)
{
    for (unsigned i = 0; i + 2 < sizeof values / sizeof *values; i++) {
        char list[256];
        snprintf(list, sizeof list, "%s, %s, %s", values[i], values[i + 1], values[i + 2]);
        size_t length = check_same(list);
        cr_assert_not(scalars_decode_one(L, bytes, length), "%s", list);
        cr_assert(scalars_decode_list(L, bytes, length), "%s", list);
        for (int k = 1; k <= 3; k++) {
            lua_rawgeti(L, 4, k);
            bool is_nan = lua_type(L, k) == LUA_TNUMBER && lua_tonumber(L, k) != lua_tonumber(L, k);
            cr_assert(is_nan || lua_rawequal(L, k, -1), "%s, value %d", list, k);
            lua_pop(L, 1);
        }
        cr_assert_eq(lua_gettop(L), 4);
        int count = 0;
        cr_assert(scalars_decode(L, bytes, length, &count), "%s", list);
        cr_assert(count == 3 && lua_gettop(L) == 7);
        for (int k = 1; k <= 3; k++) {
            bool is_nan = lua_type(L, k) == LUA_TNUMBER && lua_tonumber(L, k) != lua_tonumber(L, k);
            cr_assert(is_nan || lua_rawequal(L, k, k + 4), "%s, value %d", list, k);
        }
        for (size_t part = 0; part < length; part++) {
            unsigned char *cut = malloc(part ? part : 1);
            memcpy(cut, bytes, part);
            cr_assert_not(scalars_decode_list(L, cut, part), "%s", list);
            cr_assert_not(scalars_decode(L, cut, part, &count), "%s", list);
            free(cut);
        }
    }
}

Test(scalars, any_number_of_values_comes_back)
{
    static unsigned char many[1 + WIRE_COUNT_LONG];
    memset(many, 7, sizeof many);
    for (unsigned n = 0; n <= WIRE_COUNT_LONG; n++) {
        int count = -1;
        many[0] = (unsigned char)n;
        lua_settop(L, 0);
        cr_assert_eq(scalars_decode(L, many, 1 + n, &count), n < WIRE_COUNT_LONG, "%u", n);
        if (n == WIRE_COUNT_LONG)
            break;
        cr_assert_eq(count, (int)n);
        cr_assert_eq(lua_gettop(L), (int)n);
        cr_assert(n == 0 || (lua_tointeger(L, 1) == 7 && lua_tointeger(L, (int)n) == 7));
        cr_assert_not(scalars_decode(L, many, 2 + n, &count), "something is left");
    }
    cr_assert_not(scalars_decode(L, many, 0, &(int){0}));
}

Test(scalars, other_values_are_left_to_codec)
{
    static const char *const others[] = {
        "{}",
        "print",
        "1, {}",
        "'0123456789012345678901234567890123456789012345678901234567890abcd'",
        "'012345678901234567890123456789012345678901234567890123456789abc',"
        "'012345678901234567890123456789012345678901234567890123456789abc',"
        "'012345678901234567890123456789012345678901234567890123456789abc',"
        "'012345678901234567890123456789012345678901234567890123456789abc'",
    };
    luaL_requiref(L, "_G", luaopen_base, 1);
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++) {
        int count = push(others[i]);
        cr_assert_eq(scalars_encode(L, 1, count, bytes), 0, "%s", others[i]);
        cr_assert_eq(lua_gettop(L), count);
    }
}

Test(scalars, no_encoding_is_read_past_its_end)
{
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
        size_t length = check_same(values[i]);
        for (size_t part = 0; part < length; part++) {
            unsigned char *cut = malloc(part ? part : 1); /* so that sanitizers see a read behind it */
            memcpy(cut, bytes, part);
            cr_assert_not(scalars_decode_one(L, cut, part), "%s", values[i]);
            free(cut);
        }
        bytes[length] = 0;
        cr_assert_not(scalars_decode_one(L, bytes, length + 1), "%s and a byte more", values[i]);
    }
}

/* At no length: the size of an integer is computed from its tag, and other tags would give one too. */
Test(scalars, other_tags_are_left_to_codec)
{
    enum { MOST = 5000 };
    for (unsigned tag = WIRE_STRING8; tag < 256; tag++) {
        unsigned char *text = calloc(1, MOST);
        text[0] = 1;
        text[1] = (unsigned char)tag;
        for (size_t length = 2; length <= MOST; length++)
            cr_assert_not(scalars_decode_one(L, text, length), "%u of %zu bytes", tag, length);
        free(text);
    }
    for (unsigned tag = WIRE_STRING8; tag < 256; tag++) {
        unsigned char text[] = {1, (unsigned char)tag, 0, 0, 0};
        for (size_t length = 2; length <= sizeof text; length++)
            cr_assert_not(scalars_decode_one(L, text, length), "%u", tag);
        text[0] = 2;
        text[2] = 7;
        cr_assert_not(scalars_decode_list(L, text, 3), "%u", tag);
    }
}
