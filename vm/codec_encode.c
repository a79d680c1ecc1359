/* SPDX-License-Identifier: MIT */
/*
 * codec_encode: Lua values to bytes. One loop writes a value per turn and keeps the open tables in frames, so depth costs no C
 * stack and the loop can stop anywhere. Nothing in it raises: it never allocates in Lua (see_through excepted, which is
 * protected), so memory of the one-shot form need not be anchored.
 *
 * Array part. `narr` counts the keys 1, 2, 3… as lua_next gives them. Starting lua_next behind the last array key, which
 * would save a step, is not possible: keys 1..n may as well lie in the hash part, mixed with others. Small holes are filled with nil so that
 * `#` is the same in the copy; a gap wider than what was seen so far makes the rest of the keys pairs.
 *
 * Counts are known only when the table ends, so its head is patched then: from TABLE8 to TABLE32 by moving its body if it
 * turns out to have more than 255 pairs.
 *
 * Strings are looked for (codec_strings.h) from the second table on: a table alone repeats few of them. codec_encoder.c has the
 * forms in which all this is called.
 */
#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "vm/codec_cursor.h"
#include "vm/codec_put.h"
#include "vm/error.h"
#include "vm/lang/shape_build.h"
#include "vm/lazy.h"
#include "vm/type.h"
#include "vm/typed.h"

_Static_assert((int)CODEC_STRINGS_MAX <= (int)WIRE_STRINGS_MAX, "each number has a tag");

enum {
    HOLES_FREE = 8,   /* holes in an array that need no elements to outweigh them */
    STACK_FIRST = 2,  /* Lua stack slots are asked for so many tables at the start, */
    STACK_TABLES = 8, /* for so many at once when they are nested deeper */
    STACK_TABLE = 3,  /* of one table: itself, a key, a value */
    STACK_MORE = 8,   /* above the last one */
    LONG_ARRAY = 16   /* strings are looked for from that element on, if not before */
};

/* As long as strings are not looked for. */
static __attribute__((noinline)) enum put put_plain_string(lua_State *L, struct codec_encoder *e, int index)
{
    size_t length;
    const char *data = lua_tolstring(L, index, &length);
    return put_text(e, data, length, false);
}

/* A string that has no number, and may get one. */
static __attribute__((noinline)) enum put put_new_string(struct codec_encoder *e, const char *data, size_t length,
                                                         bool expected)
{
    return put_text(e, data, length, codec_strings_note(&e->strings, data, expected));
}

/* A string in a table. `expected`: it will come again, probably. */
static inline enum put put_string(lua_State *L, struct codec_encoder *e, int index, bool expected)
{
    if (unlikely(!e->strings.is_on))
        return put_plain_string(L, e, index);
    const char *data = lua_tolstring(L, index, NULL);
    int number = codec_strings_find(&e->strings, data);
    return number >= 0 ? put_tag(e, WIRE_KEPT + (unsigned)number)
                       : put_new_string(e, data, lua_rawlen(L, index), expected);
}

/* A table or error object that may have been met. PUT_DROPPED: it had not, write it. */
static __attribute__((noinline)) enum put put_reference_met(struct codec_encoder *e, const void *id)
{
    uint32_t number;
    switch (codec_seen_visit(e, id, &number)) {
    case CODEC_SEEN_NEW:
        return PUT_DROPPED;
    case CODEC_SEEN_NO_MEMORY:
        return put_fail(e, CODEC_MEMORY);
    case CODEC_SEEN_AGAIN:
        break;
    }
    if (!put_reserve(e, WIRE_SCALAR_MAX))
        return PUT_FAILED;
    unsigned char *at = put_tail(e);
    *at = WIRE_REF;
    e->length += 1 + wire_write_varint(at + 1, number);
    e->data[e->start] |= WIRE_HAS_REFS;
    return PUT_DONE;
}

/* As above, of any; most are new. */
static inline enum put put_reference(struct codec_encoder *e, const void *id)
{
    return codec_seen_add(&e->seen, id) ? PUT_DROPPED : put_reference_met(e, id);
}

static int push_target(lua_State *L)
{
    return lazy_target(L, 1) ? 1 : 0;
}

/* The table on top has a metatable: if it is a proxy, the table behind it takes its place. That may allocate, hence the pcall. */
static enum put see_through(lua_State *L, struct codec_encoder *e)
{
    codec_strings_forget(&e->strings); /* what follows may collect */
    lua_pushcfunction(L, push_target);
    lua_pushvalue(L, -2);
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
        lua_pop(L, 1);
        return put_fail(e, CODEC_MEMORY);
    }
    if (lua_istable(L, -1))
        lua_replace(L, -2);
    else
        lua_pop(L, 1);
    return PUT_DONE;
}

static bool make_room(lua_State *L, struct codec_encoder *e)
{
    if (likely(e->depth < e->roomy))
        return true;
    e->roomy = e->depth + STACK_TABLES;
    return lua_checkstack(L, STACK_TABLES * STACK_TABLE + STACK_MORE) || (put_fail(e, CODEC_MEMORY), false);
}

/* The table is on top and stays there, with a key above it, while its frame is open. */
static __attribute__((noinline)) enum put put_table(lua_State *L, struct codec_encoder *e)
{
    enum put put = put_reference(e, lua_topointer(L, -1));
    if (put != PUT_DROPPED)
        return put;
    if (e->depth == CODEC_MAX_DEPTH)
        return put_fail(e, CODEC_DEPTH);
    if (unlikely(!make_room(L, e)))
        return PUT_FAILED;
    if (lua_getmetatable(L, -1)) {
        lua_pop(L, 1);
        if (see_through(L, e) == PUT_FAILED)
            return PUT_FAILED;
    }
    if (!put_reserve(e, WIRE_TABLE32_SIZE))
        return PUT_FAILED;
    unsigned char *at = put_tail(e);
    struct codec_encode_frame *f = e->frame = &e->frames[e->depth];
    f->is_record = e->depth > 0 && f[-1].in_array;
    f->header = e->length;
    f->border = 0;
    f->narr = f->nhash = f->holes = 0;
    f->is_wide = f->value_pending = false;
    f->in_array = true;
    *at = WIRE_TABLE8;
    e->length += WIRE_TABLE8_SIZE;
    if (e->depth++ > 0 && !e->strings.is_on)
        codec_strings_start(&e->strings);
    lua_pushnil(L);
    return PUT_OPENED;
}

static enum put put_type(struct codec_encoder *e, const struct typed *typed)
{
    struct shape_builder builder;
    uint32_t size = (uint32_t)typed_begin_bytes(typed, &builder);
    bool has_room = put_reserve(e, size + 5);
    if (has_room) {
        unsigned char *at = put_tail(e);
        at[0] = WIRE_TYPE;
        memcpy(at + 1, &size, sizeof size);
        shape_write(&builder, at + 5);
        e->length += size + 5;
    }
    shape_end(&builder);
    return has_room ? PUT_DONE : PUT_FAILED;
}

static __attribute__((noinline)) enum put put_userdata(lua_State *L, struct codec_encoder *e, int index)
{
    struct error_parts parts;
    const struct typed *typed = typed_test(L, index);
    if (!typed && !error_parts(L, index, &parts))
        return PUT_DROPPED;
    enum put put = put_reference(e, lua_topointer(L, index));
    if (put != PUT_DROPPED)
        return put;
    if (typed)
        return put_type(e, typed);
    size_t size = wire_error_size(&parts);
    if (size > CODEC_MAX_BYTES)
        return put_fail(e, CODEC_SIZE);
    if (!put_reserve(e, size))
        return PUT_FAILED;
    unsigned char *at = put_tail(e);
    wire_write_error(at, &parts);
    e->length += size;
    return PUT_DONE;
}

/* `type` is that of the value; a table must be on top. Pops nothing. */
static __attribute__((noinline)) enum put put_value(lua_State *L, struct codec_encoder *e, int index, int type)
{
    switch (type) {
    case LUA_TNIL:
        return put_tag(e, WIRE_NIL);
    case LUA_TBOOLEAN:
        return put_tag(e, lua_toboolean(L, index) ? WIRE_TRUE : WIRE_FALSE);
    case LUA_TNUMBER:
        return put_number(L, e, index);
    case LUA_TSTRING:
        return put_string(L, e, index, false);
    case LUA_TTABLE:
        return put_table(L, e);
    case LUA_TUSERDATA:
        return put_userdata(L, e, index);
    default:
        return PUT_DROPPED;
    }
}

/* The value on top, which is popped once it is written; what does not travel becomes nil. */
static inline enum put put_top(lua_State *L, struct codec_encoder *e, int type)
{
    enum put put;
    if (type == LUA_TSTRING)
        put = put_string(L, e, -1, false);
    else if (type == LUA_TNUMBER)
        put = put_number(L, e, -1);
    else
        put = type == LUA_TTABLE ? put_table(L, e) : put_value(L, e, -1, type);
    if (put == PUT_DROPPED)
        put = put_tag(e, WIRE_NIL);
    if (put == PUT_DONE)
        lua_pop(L, 1);
    return put;
}

static enum put put_argument(lua_State *L, struct codec_encoder *e, int index)
{
    int type = lua_type(L, index);
    if (type == LUA_TTABLE) {
        lua_pushvalue(L, index);
        return put_top(L, e, type);
    }
    if (type == LUA_TSTRING)
        return put_plain_string(L, e, index); /* views want to see it */
    enum put put = put_value(L, e, index, type);
    return put == PUT_DROPPED ? put_tag(e, WIRE_NIL) : put;
}

static inline bool is_plain(int type)
{
    enum { PLAIN = 1 << LUA_TBOOLEAN | 1 << LUA_TNUMBER | 1 << LUA_TSTRING | 1 << LUA_TTABLE };
    return PLAIN >> type & 1;
}

static bool does_travel(lua_State *L, int index, int type)
{
    return is_plain(type) ||
           (type == LUA_TUSERDATA && (type_of(L, index) == &error_type || type_of(L, index) == &typed_type));
}

/* Makes the head of the table a wide one. False: see failure. */
static bool widen(struct codec_encoder *e, struct codec_encode_frame *f)
{
    enum { WIDER = WIRE_TABLE32_SIZE - WIRE_TABLE8_SIZE };
    if (!put_reserve(e, WIDER))
        return false;
    unsigned char *body = e->data + f->header + WIRE_TABLE8_SIZE;
    memmove(body + WIDER, body, e->length - f->header - WIRE_TABLE8_SIZE);
    e->length += WIDER;
    f->is_wide = true;
    return true;
}

/* The array part of a table is long, or has a hole: how far does it go? False: see failure. */
static bool find_border(lua_State *L, struct codec_encoder *e, struct codec_encode_frame *f)
{
    f->border = lua_rawlen(L, -3);
    if (f->border >= LONG_ARRAY && !e->strings.is_on)
        codec_strings_start(&e->strings);
    return f->border <= UINT8_MAX || f->is_wide || widen(e, f);
}

/* Not the next element: may `key` follow in the array part all the same? It may leave a hole before it that is worth filling. */
static bool is_later_element(const struct codec_encode_frame *f, lua_Unsigned key)
{
    if (key <= f->narr || key > f->border)
        return false;
    lua_Unsigned holes = key - f->narr - 1, allowed = (lua_Unsigned)(f->narr - f->holes) + HOLES_FREE;
    return f->holes + holes <= allowed;
}

static enum put put_holes(struct codec_encoder *e, struct codec_encode_frame *f, lua_Unsigned key)
{
    uint32_t holes = (uint32_t)key - f->narr - 1;
    f->narr = (uint32_t)key;
    if (!put_reserve(e, holes))
        return PUT_FAILED;
    unsigned char *at = put_tail(e);
    memset(at, WIRE_NIL, holes);
    e->length += holes;
    f->holes += holes;
    return PUT_DONE;
}

/* As put_key, of any types. */
static __attribute__((noinline)) enum put put_any_key(lua_State *L, struct codec_encoder *e,
                                                      struct codec_encode_frame *f, int value)
{
    int key = lua_type(L, -2);
    if (!does_travel(L, -1, value) || !does_travel(L, -2, key)) {
        lua_pop(L, 1);
        return PUT_DROPPED;
    }
    f->nhash++;
    if (key != LUA_TTABLE)
        return put_value(L, e, -2, key);
    lua_pushvalue(L, -2);
    enum put put = put_table(L, e);
    if (put == PUT_DONE)
        lua_pop(L, 1);
    f->value_pending = put == PUT_OPENED;
    return put;
}

/*
 * [key, value] are on top: writes the key of a pair. PUT_DROPPED: one of them does not travel, and the value has been popped; PUT_OPENED: the key is
 * a table that must be written first. Nearly all keys are strings.
 */
static inline enum put put_key(lua_State *L, struct codec_encoder *e, struct codec_encode_frame *f, int value)
{
    if (unlikely(!is_plain(value) || lua_type(L, -2) != LUA_TSTRING))
        return put_any_key(L, e, f, value);
    f->nhash++;
    return put_string(L, e, -2, f->is_record);
}

/*
 * While only elements of the array part have been met: these have no key, but perhaps holes before them. PUT_DROPPED: it is the key of a pair, and from
 * now on all are.
 */
static inline enum put put_index(lua_State *L, struct codec_encoder *e, struct codec_encode_frame *f)
{
    if (lua_isinteger(L, -2)) {
        lua_Unsigned key = (lua_Unsigned)lua_tointeger(L, -2);
        if (likely(key == (lua_Unsigned)f->narr + 1)) /* no border can be before it */
            return unlikely(++f->narr == LONG_ARRAY && !find_border(L, e, f)) ? PUT_FAILED : PUT_DONE;
        if (f->border == 0 && !find_border(L, e, f))
            return PUT_FAILED;
        if (is_later_element(f, key))
            return put_holes(e, f, key);
    }
    f->in_array = false;
    return PUT_DROPPED;
}

static inline enum put put_pair(lua_State *L, struct codec_encoder *e, struct codec_encode_frame *f)
{
    int type = lua_type(L, -1);
    enum put put = put_key(L, e, f, type);
    return likely(put == PUT_DONE) ? put_top(L, e, type) : put;
}

static bool must_pause(struct codec_encoder *e)
{
    e->countdown = e->pause_every + 1; /* the next run gets on by at least one entry */
    if (!e->pause_every || (!e->by_count && !codec_is_time_up()))
        return false;
    codec_strings_forget(&e->strings);
    return true;
}

/* [table, key, value] are on top; the key was a table, and is written. */
static enum put put_pending(lua_State *L, struct codec_encoder *e, struct codec_encode_frame *f)
{
    f->value_pending = false;
    enum put put = put_value(L, e, -1, lua_type(L, -1));
    if (put == PUT_DONE)
        lua_pop(L, 1);
    return put;
}

/* [table, key] are on top: the elements, and the first pair. Two loops, for each is short then, and neither asks what it is in. */
static inline enum put put_elements(lua_State *L, struct codec_encoder *e, struct codec_encode_frame *f)
{
    enum put put;
    do {
        if (unlikely(--e->countdown == 0) && must_pause(e))
            return PUT_PAUSED;
        if (!lua_next(L, -2))
            return PUT_CLOSED;
        put = put_index(L, e, f);
        if (put == PUT_DROPPED)
            return put_pair(L, e, f);
        if (likely(put == PUT_DONE))
            put = put_top(L, e, lua_type(L, -1));
    } while (put == PUT_DONE);
    return put;
}

static inline enum put put_pairs(lua_State *L, struct codec_encoder *e, struct codec_encode_frame *f)
{
    enum put put;
    do {
        if (unlikely(--e->countdown == 0) && must_pause(e))
            return PUT_PAUSED;
        if (!lua_next(L, -2))
            return PUT_CLOSED;
        put = put_pair(L, e, f);
    } while (put == PUT_DONE || put == PUT_DROPPED);
    return put;
}

/* Entries of the innermost open table, [table, key] on top, up to its end or one that is a table. */
static inline enum put put_entries(lua_State *L, struct codec_encoder *e, struct codec_encode_frame *f)
{
    enum put put = unlikely(f->value_pending) ? put_pending(L, e, f) : PUT_DONE;
    if (f->in_array)
        put = put_elements(L, e, f);
    return put == PUT_DONE || put == PUT_DROPPED ? put_pairs(L, e, f) : put;
}

/* All of the table on top is written: fills in its counts. */
static inline enum put close_table(lua_State *L, struct codec_encoder *e)
{
    struct codec_encode_frame *f = e->frame;
    if (unlikely(!f->is_wide && (f->narr > UINT8_MAX || f->nhash > UINT8_MAX)) && !widen(e, f))
        return PUT_FAILED;
    unsigned char *at = e->data + f->header;
    if (f->is_wide) {
        *at = WIRE_TABLE32;
        memcpy(at + 1, &f->narr, 4);
        memcpy(at + 5, &f->nhash, 4);
    } else {
        at[1] = (unsigned char)f->narr;
        at[2] = (unsigned char)f->nhash;
    }
    if (--e->depth > 0)
        e->frame = f - 1;
    lua_pop(L, 1);
    return PUT_DONE;
}

/* All values are written: what belongs to the head. */
static enum codec_status end(struct codec_encoder *e)
{
    if (e->strings.count > 0) {
        if (put_tag(e, e->strings.count) == PUT_FAILED)
            return e->failure;
        e->data[e->start] |= WIRE_HAS_STRINGS;
    }
    return e->length - e->start <= CODEC_MAX_BYTES ? CODEC_OK : CODEC_SIZE;
}

static enum codec_status begin(lua_State *L, struct codec_encoder *e)
{
    e->base = lua_gettop(L);
    e->countdown = e->pause_every;
    if (!lua_checkstack(L, STACK_FIRST * STACK_TABLE + STACK_MORE))
        return CODEC_MEMORY;
    if (!put_reserve(e, WIRE_SCALAR_MAX))
        return e->failure;
    unsigned char *at = put_tail(e);
    e->length += wire_write_count(at, (uint32_t)e->count);
    return CODEC_OK;
}

void codec_encoder_init(struct codec_encoder *e, int first, int count)
{
    e->alloc = NULL;
    e->first = first;
    e->count = count;
    e->next = e->depth = 0;
    e->roomy = STACK_FIRST;
    e->base = -1;
    e->by_count = false;
    codec_seen_init(&e->seen);
    codec_strings_init(&e->strings);
}

enum codec_status codec_encoder_go(lua_State *L, struct codec_encoder *e)
{
    enum codec_status status = e->base < 0 ? begin(L, e) : CODEC_OK;
    if (status != CODEC_OK)
        return status;
    while (e->depth > 0 || e->next < e->count) {
        enum put put = e->depth > 0 ? put_entries(L, e, e->frame) : put_argument(L, e, e->first + e->next++);
        if (put == PUT_CLOSED)
            put = close_table(L, e);
        if (unlikely(put == PUT_FAILED))
            return e->failure;
        if (unlikely(put == PUT_PAUSED))
            return CODEC_MORE;
    }
    return end(e);
}
