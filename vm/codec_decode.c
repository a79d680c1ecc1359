/* SPDX-License-Identifier: MIT */
/*
 * codec_decode: bytes to Lua values; one loop that reads a value per turn, with the open tables in frames. The input may be
 * anything: bounds, counts, depth, tags, keys and references are checked, and a table is made only as large as the
 * rest of the input could fill (codec_wire.h). Lua's memory errors go through: nothing here is malloc'd.
 *
 * References need the tables by number, so an encoding that has any makes the decoder keep all of them in a Lua
 * table, at stack index base + 1 while it runs; others pay nothing. Numbered strings lie on the stack behind it.
 *
 * The entries of a table are read in a loop of their own, and their commonest values with the first few tests: what a table costs is
 * mostly calls of Lua, and jumps that nobody can predict.
 */
#include "sched/base/compiler.h"
#include "vm/codec_cursor.h"
#include "vm/error.h"
#include "vm/scalars.h"
#include "vm/type.h"
#include "vm/typed.h"

enum {
    STACK_FIRST = 2,  /* Lua stack slots are asked for so many tables at the start, */
    STACK_TABLES = 8, /* for so many at once when they are nested deeper */
    STACK_TABLE = 2,  /* of one table: itself, a key */
    STACK_MORE = 8    /* above the last one */
};

/* A value was pushed; an empty table was pushed and its frame is open; see failure; over budget. */
enum get { GET_DONE, GET_OPENED, GET_FAILED, GET_PAUSED };

static enum get fail(struct codec_decoder *d, enum codec_status status)
{
    d->failure = status;
    return GET_FAILED;
}

/* Gives the table or error on top the next number. */
static void remember(lua_State *L, struct codec_decoder *d)
{
    if (likely(!d->head.has_refs))
        return;
    lua_pushvalue(L, -1);
    lua_rawseti(L, d->base + 1, ++d->refs);
}

static bool make_room(lua_State *L, struct codec_decoder *d)
{
    if (likely(d->depth < d->roomy))
        return true;
    d->roomy = d->depth + STACK_TABLES;
    return lua_checkstack(L, STACK_TABLES * STACK_TABLE + STACK_MORE);
}

static __attribute__((noinline)) enum get get_table(lua_State *L, struct codec_decoder *d, unsigned tag)
{
    uint32_t narr, nhash;
    if (unlikely(!wire_read_table(&d->in, tag, &narr, &nhash) || narr > INT32_MAX || nhash > INT32_MAX))
        return fail(d, CODEC_CORRUPT);
    if (d->depth == CODEC_MAX_DEPTH)
        return fail(d, CODEC_DEPTH);
    if (unlikely(!make_room(L, d)))
        return fail(d, CODEC_MEMORY);
    lua_createtable(L, (int)narr, (int)nhash);
    remember(L, d);
    d->frames[d->depth++] = (struct codec_decode_frame){.narr = narr, .nhash = nhash};
    return GET_OPENED;
}

static enum get get_reference(lua_State *L, struct codec_decoder *d)
{
    uint32_t number;
    if (!d->head.has_refs || !wire_read_varint(&d->in, &number) || number >= d->refs)
        return fail(d, CODEC_CORRUPT);
    lua_rawgeti(L, d->base + 1, (lua_Integer)number + 1);
    return GET_DONE;
}

static enum get get_error(lua_State *L, struct codec_decoder *d)
{
    struct error_parts parts;
    if (!wire_read_error(&d->in, &parts))
        return fail(d, CODEC_CORRUPT);
    error_push_parts(L, &parts);
    remember(L, d);
    return GET_DONE;
}

static enum get get_type(lua_State *L, struct codec_decoder *d)
{
    const char *data;
    size_t length;
    if (!wire_read_type(&d->in, &data, &length) || !typed_push_bytes(L, data, length))
        return fail(d, CODEC_CORRUPT);
    remember(L, d);
    return GET_DONE;
}

static enum get get_integer(lua_State *L, struct codec_decoder *d, unsigned tag)
{
    int64_t integer;
    if (!wire_read_integer(&d->in, tag, &integer))
        return fail(d, CODEC_CORRUPT);
    lua_pushinteger(L, integer);
    return GET_DONE;
}

static inline enum get get_number(lua_State *L, struct codec_decoder *d)
{
    double number;
    if (unlikely(!wire_read_bytes(&d->in, &number, sizeof number)))
        return fail(d, CODEC_CORRUPT);
    lua_pushnumber(L, number);
    return GET_DONE;
}

/* The form nearly all keys have: its length is in the tag. */
static inline enum get get_short_string(lua_State *L, struct codec_decoder *d, unsigned tag)
{
    size_t length = tag - WIRE_STRING;
    if (unlikely(wire_left(&d->in) < length))
        return fail(d, CODEC_CORRUPT);
    lua_pushlstring(L, (const char *)d->in.at, length);
    d->in.at += length;
    return GET_DONE;
}

static enum get get_string(lua_State *L, struct codec_decoder *d, unsigned tag)
{
    const char *data;
    size_t length;
    if (!wire_read_string(&d->in, tag, &data, &length))
        return fail(d, CODEC_CORRUPT);
    lua_pushlstring(L, data, length);
    return GET_DONE;
}

/* The string that follows gets the next number. */
static enum get get_kept(lua_State *L, struct codec_decoder *d)
{
    if (d->in.at == d->in.end || !wire_is_string(*d->in.at) || d->strings == d->head.strings)
        return fail(d, CODEC_CORRUPT);
    unsigned tag = *d->in.at++;
    if (get_string(L, d, tag) != GET_DONE)
        return GET_FAILED;
    lua_copy(L, -1, d->kept + (int)d->strings++);
    return GET_DONE;
}

static inline enum get get_numbered(lua_State *L, struct codec_decoder *d, unsigned number)
{
    if (unlikely(number >= d->strings))
        return fail(d, CODEC_CORRUPT);
    lua_pushvalue(L, d->kept + (int)number);
    return GET_DONE;
}

static __attribute__((noinline)) enum get get_rare(lua_State *L, struct codec_decoder *d, unsigned tag)
{
    switch (tag) {
    case WIRE_NIL:
        lua_pushnil(L);
        return GET_DONE;
    case WIRE_FALSE:
    case WIRE_TRUE:
        lua_pushboolean(L, tag == WIRE_TRUE);
        return GET_DONE;
    case WIRE_INT8:
    case WIRE_INT16:
    case WIRE_INT32:
    case WIRE_INT64:
        return get_integer(L, d, tag);
    case WIRE_STRING8:
    case WIRE_STRING32:
        return get_string(L, d, tag);
    case WIRE_TABLE32:
    case WIRE_FLAT8:
        return get_table(L, d, tag);
    case WIRE_REF:
        return get_reference(L, d);
    case WIRE_ERROR:
        return get_error(L, d);
    case WIRE_TYPE:
        return get_type(L, d);
    case WIRE_KEEP:
        return get_kept(L, d);
    default:
        return fail(d, CODEC_CORRUPT);
    }
}

/* The value whose tag has been read. */
static inline enum get get_tagged(lua_State *L, struct codec_decoder *d, unsigned tag)
{
    if (tag <= WIRE_INTEGER_MAX) {
        lua_pushinteger(L, tag);
        return GET_DONE;
    }
    if (tag <= WIRE_STRING_MAX)
        return get_short_string(L, d, tag);
    if (tag >= WIRE_KEPT)
        return get_numbered(L, d, tag - WIRE_KEPT);
    if (tag == WIRE_TABLE8)
        return get_table(L, d, tag);
    return tag == WIRE_NUMBER ? get_number(L, d) : get_rare(L, d, tag);
}

static inline enum get get_value(lua_State *L, struct codec_decoder *d)
{
    if (unlikely(d->in.at == d->in.end))
        return fail(d, CODEC_CORRUPT);
    d->in.owed--;
    return get_tagged(L, d, *d->in.at++);
}

/* Neither nil nor NaN. */
static bool is_key(lua_State *L)
{
    int type = lua_type(L, -1);
    if (type != LUA_TNUMBER)
        return type != LUA_TNIL;
    lua_Number number = lua_tonumber(L, -1);
    return number == number;
}

/* A table that is complete is on top: puts it into the one around it, or leaves it as a top-level value. */
static void store(lua_State *L, struct codec_decoder *d)
{
    if (d->depth == 0) {
        d->next++;
        return;
    }
    struct codec_decode_frame *f = &d->frames[d->depth - 1];
    if (f->index < f->narr) {
        lua_rawseti(L, -2, ++f->index);
    } else if (f->has_key) {
        lua_rawset(L, -3);
        f->has_key = false;
        f->nhash--;
    } else {
        f->has_key = true;
    }
}

static bool must_pause(struct codec_decoder *d)
{
    d->countdown = d->pause_every + 1; /* the next run gets on by at least one entry */
    return d->pause_every && (d->by_count || codec_is_time_up());
}

static inline enum get get_elements(lua_State *L, struct codec_decoder *d, struct codec_decode_frame *f)
{
    for (uint32_t index = f->index; index < f->narr;) {
        if (unlikely(--d->countdown == 0) && must_pause(d))
            return GET_PAUSED;
        enum get get = get_value(L, d);
        if (get != GET_DONE)
            return get;
        f->index = ++index;
        lua_rawseti(L, -2, index);
    }
    return GET_DONE;
}

static inline enum get get_key(lua_State *L, struct codec_decoder *d)
{
    if (unlikely(d->in.at == d->in.end))
        return fail(d, CODEC_CORRUPT);
    unsigned tag = *d->in.at++;
    d->in.owed--;
    if (likely(tag >= WIRE_KEPT))
        return get_numbered(L, d, tag - WIRE_KEPT);
    enum get get = get_tagged(L, d, tag);
    return get == GET_DONE && unlikely(!is_key(L)) ? fail(d, CODEC_CORRUPT) : get;
}

static inline enum get get_pairs(lua_State *L, struct codec_decoder *d, struct codec_decode_frame *f)
{
    while (f->nhash > 0) {
        if (unlikely(--d->countdown == 0) && must_pause(d))
            return GET_PAUSED;
        enum get get = f->has_key ? GET_DONE : get_key(L, d);
        if (get != GET_DONE)
            return get;
        f->has_key = true;
        get = get_value(L, d);
        if (get != GET_DONE)
            return get;
        lua_rawset(L, -3);
        f->has_key = false;
        f->nhash--;
    }
    return GET_DONE;
}

/* Entries of the innermost open table up to its end or to one that is a table. */
static enum get get_entries(lua_State *L, struct codec_decoder *d)
{
    struct codec_decode_frame *f = &d->frames[d->depth - 1];
    enum get get = get_elements(L, d, f);
    if (get == GET_DONE)
        get = get_pairs(L, d, f);
    if (get != GET_DONE)
        return get;
    d->depth--;
    store(L, d);
    return GET_DONE;
}

static enum get get_top(lua_State *L, struct codec_decoder *d)
{
    if (d->in.at < d->in.end && *d->in.at >= WIRE_KEEP)
        return fail(d, CODEC_CORRUPT); /* views could not see it */
    enum get get = get_value(L, d);
    if (get == GET_DONE)
        d->next++;
    return get;
}

static enum codec_status run(lua_State *L, struct codec_decoder *d)
{
    while (d->depth > 0 || d->next < d->head.count) {
        enum get get = d->depth > 0 ? get_entries(L, d) : get_top(L, d);
        if (unlikely(get == GET_FAILED))
            return d->failure;
        if (unlikely(get == GET_PAUSED))
            return CODEC_MORE;
    }
    return d->in.at == d->in.end && d->strings == d->head.strings ? CODEC_OK : CODEC_CORRUPT;
}

static enum codec_status begin(lua_State *L, struct codec_decoder *d)
{
    d->base = lua_gettop(L);
    d->next = d->refs = d->strings = 0;
    d->depth = 0;
    d->roomy = STACK_FIRST;
    d->countdown = d->pause_every;
    uint32_t slots = d->head.count + d->head.strings + STACK_FIRST * STACK_TABLE + STACK_MORE;
    if (slots > INT32_MAX || !lua_checkstack(L, (int)slots))
        return CODEC_MEMORY;
    if (d->head.has_refs)
        lua_newtable(L);
    d->kept = d->base + d->head.has_refs + 1;
    d->values = d->base + d->head.has_refs + d->head.strings;
    lua_settop(L, d->values);
    return CODEC_OK;
}

/* After the last run: the values alone stay on the stack, or nothing. */
static enum codec_status end(lua_State *L, struct codec_decoder *d, enum codec_status status, int *count)
{
    if (status != CODEC_OK) {
        lua_settop(L, d->base);
        return status;
    }
    *count = (int)d->head.count;
    if (d->values == d->base)
        return CODEC_OK;
    for (int i = 1; i <= *count; i++)
        lua_copy(L, d->values + i, d->base + i);
    lua_settop(L, d->base + *count);
    return CODEC_OK;
}

enum codec_status codec_decode(lua_State *L, const void *data, size_t length, int *count)
{
    struct codec_decoder d;
    if (scalars_decode(L, data, length, count))
        return CODEC_OK;
    if (!wire_read_head(&d.in, data, length, &d.head))
        return CODEC_CORRUPT;
    d.pause_every = 0;
    enum codec_status status = begin(L, &d);
    if (status == CODEC_OK)
        status = run(L, &d);
    return end(L, &d, status, count);
}

/* ---- resumable ---- */

static const struct type decoder_type = {.name = "decoder"};

struct codec_decoder *codec_decoder_new(lua_State *L, const void *data, size_t length)
{
    struct codec_decoder *d = type_new(L, &decoder_type, sizeof *d);
    d->pause_every = CODEC_PAUSE_NODES;
    d->base = -1;
    d->failure = wire_read_head(&d->in, data, length, &d->head) ? CODEC_OK : CODEC_CORRUPT;
    return d;
}

enum codec_status codec_decoder_run(lua_State *L, struct codec_decoder *d, int *count)
{
    if (d->failure != CODEC_OK)
        return d->failure;
    enum codec_status status = d->base < 0 ? begin(L, d) : CODEC_OK;
    if (status == CODEC_OK)
        status = run(L, d);
    return status == CODEC_MORE ? status : end(L, d, status, count);
}
