/* SPDX-License-Identifier: MIT */
/* links: vm */
/* What is written is a table to codec as well; what is not flat, or corrupt, is left to codec. */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <lauxlib.h>
#include <lualib.h>

#include "vm/codec.h"
#include "vm/codec_write.h"
#include "vm/flat.h"

static lua_State *L;
static unsigned char bytes[SCALARS_BYTES];

/* same(a, b): tables of scalars with the same entries and the same length. */
static const char same[] = "function same(a, b) "
                           "  local n = 0 "
                           "  for k, v in pairs(a) do n = n + 1 "
                           "    assert(b[k] == v and math.type(b[k]) == math.type(v), tostring(k)) "
                           "  end "
                           "  for _ in pairs(b) do n = n - 1 end "
                           "  assert(n == 0 and #a == #b) "
                           "end";

static void setup(void)
{
    L = luaL_newstate();
    luaL_openlibs(L);
    cr_assert_eq(luaL_dostring(L, same), LUA_OK);
}

static void teardown(void)
{
    lua_close(L);
}

TestSuite(flat, .init = setup, .fini = teardown);

/* Encodes the value of an expression, which stays at 1. */
static size_t encode(const char *text)
{
    lua_settop(L, 0);
    lua_pushfstring(L, "return %s", text);
    cr_assert_eq(luaL_dostring(L, lua_tostring(L, 1)), LUA_OK, "%s: %s", text, lua_tostring(L, -1));
    lua_remove(L, 1);
    size_t length = flat_encode(L, 1, bytes);
    cr_assert_eq(lua_gettop(L), 1, "%s", text);
    return length;
}

static void check_same(const char *text)
{
    lua_getglobal(L, "same");
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    cr_assert_eq(lua_pcall(L, 2, 0, 0), LUA_OK, "%s: %s", text, lua_tostring(L, -1));
    lua_settop(L, 1);
}

static const char *const tables[] = {
    "{}",
    "{1, 2.5, 'three', true, false, -4, 1 << 40}",
    "{id = 5, name = 'ping', share = 0.5, [''] = '', yes = true, no = false}",
    "{'a', 'b', first = 1, second = -300}",
    "{('x'):rep(63), [('k'):rep(63)] = 70000}",
    "table.pack(1, 2, 3)",
};

Test(flat, comes_back_from_both_decoders)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        size_t length = encode(tables[i]);
        struct codec_view view;
        int count;
        cr_assert_gt(length, 0, "%s", tables[i]);
        cr_assert(flat_decode(L, NULL, bytes, length), "%s", tables[i]);
        check_same(tables[i]);
        cr_assert_eq(codec_decode(L, bytes, length, &count), CODEC_OK, "%s", tables[i]);
        check_same(tables[i]);
        cr_assert(codec_view(bytes, length, 0, &view));
        cr_assert_eq(view.tag, CODEC_TABLE);
    }
}

Test(flat, what_is_no_table_is_written_as_scalars_do)
{
    static const char *const others[] = {"5", "-1 << 40", "0.5", "'text'", "true", "nil"};
    unsigned char expected[SCALARS_BYTES];
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        size_t length = encode(others[i]);
        cr_assert_gt(length, 0, "%s", others[i]);
        cr_assert_eq(length, scalars_encode(L, 1, 1, expected), "%s", others[i]);
        cr_assert_eq(memcmp(bytes, expected, length), 0, "%s", others[i]);
    }
}

/* Written by codec itself it is not read: it may hold anything. */
Test(flat, tables_of_codec_are_left_to_it)
{
    struct codec_bytes out = {0};
    encode("{id = 5}");
    cr_assert_eq(codec_encode(L, 1, 1, &out), CODEC_OK);
    cr_assert_not(flat_decode(L, NULL, out.data, out.length));
    cr_assert_eq(lua_gettop(L), 1);
    codec_bytes_free(&out);
}

Test(flat, other_values_are_left_to_codec)
{
    static const char *const others[] = {
        "print",
        "('x'):rep(64)",
        "{{}}",
        "{a = {}}",
        "{print}",
        "{a = print}",
        "{[5] = 1}",
        "{1, 2, nil, 4}",
        "{[0] = 1}",
        "{[1.5] = 1}",
        "{[true] = 1}",
        "{[{}] = 1}",
        "{('x'):rep(64)}",
        "{[('x'):rep(64)] = 1}",
        "setmetatable({1}, {})",
        "{('x'):rep(60), ('y'):rep(60), ('z'):rep(60), 'a', 'b'}",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_assert_eq(encode(others[i]), 0, "%s", others[i]);
}

Test(flat, no_encoding_is_read_past_its_end)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        size_t length = encode(tables[i]);
        for (size_t part = 0; part < length; part++) {
            unsigned char *cut = malloc(part ? part : 1); /* so that sanitizers see a read behind it */
            memcpy(cut, bytes, part);
            cr_assert_not(flat_decode(L, NULL, cut, part), "%s", tables[i]);
            cr_assert_eq(lua_gettop(L), 1);
            free(cut);
        }
        bytes[length] = 0;
        cr_assert_not(flat_decode(L, NULL, bytes, length + 1), "%s and a byte more", tables[i]);
    }
}

#define DECODE(...) \
    flat_decode(L, NULL, (const unsigned char[]){__VA_ARGS__}, sizeof((const unsigned char[]){__VA_ARGS__}))

Test(flat, what_does_not_belong_into_it_is_left_to_codec)
{
    enum { A = WIRE_STRING + 1 };
    cr_assert(DECODE(1, WIRE_FLAT8, 1, 1, 7, A, 'a', 8));
    lua_settop(L, 0);
    cr_assert_not(DECODE(2, WIRE_FLAT8, 0, 0, 7), "two values");
    cr_assert_not(DECODE(1, WIRE_FLAT8, 1, 0, WIRE_TABLE8, 0, 0));
    cr_assert_not(DECODE(1, WIRE_FLAT8, 1, 0, WIRE_NIL));
    cr_assert_not(DECODE(1, WIRE_FLAT8, 1, 0, WIRE_KEPT));
    cr_assert_not(DECODE(1, WIRE_FLAT8, 1, 0, WIRE_STRING8, 1, 'a'));
    cr_assert_not(DECODE(1, WIRE_FLAT8, 0, 1, 7, 8), "a key that is no string");
    cr_assert_not(DECODE(1, WIRE_FLAT8, 0, 1, WIRE_NIL, 8));
    cr_assert_not(DECODE(1, WIRE_FLAT8, 255, 255, 1, 2, 3), "more than there can be");
    cr_assert_eq(lua_gettop(L), 0);
}
